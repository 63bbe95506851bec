//! What is in a backup, opened by a stranger with Debian's `age`, `tar` and `sha256sum`; and what is not.

use std::path::{Path, PathBuf};
use std::process::Command;

use disclosure_portal::actions::backup::{Manifest, clear_stale};
use disclosure_portal::demo::releases::{acknowledge, confirm, copy_of, recall};
use disclosure_portal::sealing::age::Identity;

use super::{back_up, objects, there, told};
use crate::harness::{Folder, Scene, who};

/// Opened by hand, as `docs/formats/backup.md` says.
fn by_hand(archive: &Path, with: &Identity, to: &Path) -> PathBuf {
    let run = |command: &mut Command| {
        let out = command.output().expect("Debian's packages age, tar and coreutils");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    };
    let (identity, tar, dir) = (to.join("identity.txt"), to.join("backup.tar"), to.join("opened"));
    std::fs::write(&identity, format!("{}\n", with.secret().as_str())).unwrap();
    run(Command::new("age").arg("-d").arg("-i").arg(&identity).arg("-o").arg(&tar).arg(archive));
    std::fs::create_dir(&dir).unwrap();
    run(Command::new("tar").arg("-xf").arg(&tar).arg("-C").arg(&dir));
    run(Command::new("sha256sum").args(["--check", "--strict", "--quiet", "SHA256SUMS"]).current_dir(&dir));
    dir
}

fn sqlite(file: &Path, sql: &str) -> String {
    let out = Command::new("sqlite3").arg(file).arg(sql).output().expect("Debian's package sqlite3");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    assert!(what.len() >= 16, "too short to look for");
    bytes.windows(what.len()).any(|window| window == what)
}

#[actix_web::test]
async fn a_stranger_opens_it_and_finds_no_key_and_nothing_that_was_destroyed() {
    let scene = Scene::new().await;
    let (office, away) = (&scene.office, Folder::new());
    let [kept, confirmed] = [("Priya", "CZ/003/26"), ("Toby", "CZ/003/26")];
    let of = async |(name, urn): (&str, &str)| copy_of(office, who(name), scene.release(urn).await).await.unwrap();
    let (kept, confirmed) = (of(kept).await, of(confirmed).await);
    let recalled = of(("Priya", "CZ/004/26")).await;
    let mut gone = Vec::new();
    for copy in [confirmed, recalled] {
        gone.push(office.read().await.unwrap().copy(copy).await.unwrap().unwrap().wrapped_key.unwrap());
        gone.extend(objects(office, copy).await.into_iter().map(String::into_bytes));
    }
    acknowledge(office, who("Toby"), confirmed).await.unwrap();
    confirm(office, who("Toby"), confirmed, "A. Witness").await.unwrap();
    recall(office, who("Sam"), scene.release("CZ/004/26").await, "Met.").await.unwrap();

    // One whose key is gone and whose blobs are not yet: the sweep was cut off.
    let closing = copy_of(office, who("Morgan"), scene.release("CZ/003/26").await).await.unwrap();
    let behind = objects(office, closing).await;
    scene.sql(&format!("UPDATE copy SET wrapped_key = NULL, key_gone_at = 1 WHERE id = '{closing}'"));

    let (keeper, other) = (Identity::fresh().unwrap(), Identity::fresh().unwrap());
    let archive = away.0.join("one.age");
    let made = back_up(office, &archive, &keeper).await.unwrap();
    let dir = by_hand(&archive, &keeper, &away.0);
    let tar = std::fs::read(away.0.join("backup.tar")).unwrap();
    // The list covers everything, and everything is listed.
    let listed = std::fs::read_to_string(dir.join("SHA256SUMS")).unwrap().lines().count() as u64;
    assert_eq!(listed, made.manifest.blobs + 2, "the database and the manifest besides the blobs");
    let manifest: Manifest = serde_json::from_slice(&std::fs::read(dir.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest, made.manifest);
    assert!(manifest.blobs > 10 && manifest.missing.is_empty() && manifest.format == "disclosure-portal/backup/v1");

    // No key of the portal, neither as in its file nor raw; and no file of the folder but the database and the vault.
    let mut keys = 0;
    for file in std::fs::read_dir(scene.folder.0.join("keys")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!holds(&tar, text.trim().as_bytes()) && !holds(&tar, &hex::decode(text.trim()).unwrap()));
        keys += 1;
    }
    assert_eq!(keys, 4);
    for secret in ["demo-root.key", "demo-break-glass.txt"] {
        let text = std::fs::read_to_string(scene.folder.0.join(secret)).unwrap();
        assert!(!holds(&tar, text.lines().last().unwrap().as_bytes()), "{secret}");
    }
    // Nothing that was destroyed: neither the keys of the second locks nor the names of the blobs, in any page. What stands is there.
    for (at, gone) in gone.iter().enumerate() {
        assert!(!holds(&tar, gone), "the {at}th trace of what was destroyed");
    }
    assert!(!behind.is_empty() && there(&dir, &behind) == 0, "sealed files without a key are not carried away");
    assert_eq!(there(&dir, &objects(office, kept).await), objects(office, kept).await.len());
    let stands = office.read().await.unwrap().copy(kept).await.unwrap().unwrap().wrapped_key.unwrap();
    assert!(holds(&tar, &stands), "the search finds what is there");
    // The copy bears the mark from the beginning; who made it for whom is a leaf, and in the backup itself.
    let database = dir.join("portal.sqlite");
    assert_eq!(sqlite(&database, "SELECT value FROM setting WHERE name = 'quarantine'"), "put back");
    assert_eq!(sqlite(&database, "SELECT COUNT(*) FROM access_record WHERE kind = 'backup'"), "1");
    let (_, body) = scene.records("backup").await.pop().unwrap();
    assert_eq!(body["recipients"], serde_json::json!([keeper.recipient().to_string()]));
    assert!(
        !Command::new("age")
            .arg("-d")
            .arg("-i")
            .arg(identity_of(&other, &away.0))
            .arg(&archive)
            .output()
            .unwrap()
            .status
            .success()
    );
    // Nothing is left beside the portal.
    assert_eq!(leftovers(&scene.folder.0), Vec::<String>::new());
    scene.log_is_whole().await;
}

fn identity_of(identity: &Identity, at: &Path) -> PathBuf {
    let file = at.join("other.txt");
    std::fs::write(&file, format!("{}\n", identity.secret().as_str())).unwrap();
    file
}

/// What a backup could leave behind, readable or not.
pub(super) fn leftovers(dir: &Path) -> Vec<String> {
    let names = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names
        .filter(|name| (name.starts_with("backup-") || name.starts_with(".unfinished")) && name.len() > 11)
        .collect();
    names.sort();
    names
}

#[actix_web::test]
async fn a_blob_that_vanishes_meanwhile_is_left_out_and_named() {
    let scene = Scene::new().await;
    let (away, keeper) = (Folder::new(), Identity::fresh().unwrap());
    let copy = copy_of(&scene.office, who("Priya"), scene.release("CZ/003/26").await).await.unwrap();
    let gone = objects(&scene.office, copy).await.remove(0);
    std::fs::remove_file(scene.folder.0.join("vault").join(&gone[..2]).join(&gone)).unwrap();
    let made = back_up(&scene.office, &away.0.join("one.age"), &keeper).await.unwrap();
    assert_eq!(made.manifest.missing, [gone]);
    by_hand(&away.0.join("one.age"), &keeper, &away.0);
}

#[actix_web::test]
async fn a_folder_of_backups_keeps_its_days_and_nothing_else_is_touched() {
    let scene = Scene::new().await;
    let (away, keeper) = (Folder::new(), Identity::fresh().unwrap());
    let names = || {
        let mut names: Vec<_> = std::fs::read_dir(&away.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    std::fs::write(away.0.join("notes.txt"), "").unwrap();
    back_up(&scene.office, &away.0, &keeper).await.unwrap();
    let first = "portal-20261121T120000Z.backup.age";
    assert_eq!(names(), ["notes.txt", first]);
    scene.later(30 * 86_400_000);
    back_up(&scene.office, &away.0, &keeper).await.unwrap();
    assert_eq!(names().len(), 3, "thirty days to the millisecond are kept");
    scene.later(1_000);
    // Without a new one the old ones stay: a damaged log is not backed up.
    scene.sql("UPDATE access_record SET object = 'x' WHERE idx = 3");
    let why = told(back_up(&scene.office, &away.0, &keeper).await);
    assert!(why.contains("not whole"), "{why}");
    assert_eq!(names().len(), 3);
    scene.sql("UPDATE access_record SET object = json_extract(CAST(body AS TEXT), '$.object') WHERE idx = 3");
    let made = back_up(&scene.office, &away.0, &keeper).await.unwrap();
    assert_eq!(made.removed, [away.0.join(first)]);
    assert!(!names().contains(&first.to_owned()) && names().contains(&"notes.txt".to_owned()));
    // One that is there is never replaced.
    let why = told(back_up(&scene.office, &made.file.clone(), &keeper).await);
    assert!(why.contains("never replaces"), "{why}");
    assert_eq!(leftovers(&scene.folder.0), Vec::<String>::new());
    assert_eq!(leftovers(&away.0), Vec::<String>::new());
}

#[actix_web::test]
async fn what_a_killed_backup_left_goes_when_the_portal_starts() {
    let scene = Scene::new().await;
    let stale = scene.folder.0.join("backup-0123456789abcdef");
    std::fs::create_dir(&stale).unwrap();
    std::fs::write(stale.join("portal.sqlite"), "a copy").unwrap();
    std::fs::create_dir(scene.folder.0.join("backup-of-mine")).unwrap();
    clear_stale(&scene.folder.0);
    assert!(!stale.exists() && scene.folder.0.join("backup-of-mine").exists());
}
