//! The drill with the program itself, as an operator types it; and killed in the middle.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use disclosure_portal::demo;
use disclosure_portal::sealing::age::Identity;

use super::archive::leftovers;
use super::{publish, size};
use crate::harness::{Folder, Scene, who};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_disclosure-portal"))
}

fn said(out: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

/// Runs to its end and answers the exit code with all it said.
fn run(words: &[&str], files: &[(&str, &Path)]) -> (Option<i32>, String) {
    let mut command = program();
    command.args(words);
    for (option, file) in files {
        command.arg(option).arg(file);
    }
    let out = command.output().unwrap();
    (out.status.code(), said(&out))
}

fn identity(keeper: &Identity, at: &Path) -> PathBuf {
    let file = at.join("keeper.txt");
    std::fs::write(&file, format!("# public key: {}\n{}\n", keeper.recipient(), keeper.secret().as_str())).unwrap();
    file
}

#[actix_web::test]
async fn an_operators_drill_from_backup_to_the_served_portal() {
    let scene = Scene::new().await;
    let (away, keeper) = (Folder::new(), Identity::fresh().unwrap());
    let data = scene.folder.0.clone();
    let (archive, recipient, key) =
        (away.0.join("one.age"), keeper.recipient().to_string(), identity(&keeper, &away.0));
    // Beside the open portal.
    let (code, text) = run(&["backup", "--recipient", &recipient], &[("--data", &data), ("--out", &archive)]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("sealed") && text.contains("keys are not in it"), "{text}");
    let (code, text) =
        run(&["backup", "--recipient", "age1x"], &[("--data", &data), ("--out", &away.0.join("two.age"))]);
    assert!(code == Some(2) && text.contains("--recipient"), "{text}");
    let id = scene.release("CZ/004/26").await;
    disclosure_portal::demo::releases::recall(&scene.office, who("Sam"), id, "Met.").await.unwrap();
    publish(&scene.office).await;
    let entries = size(&scene.office).await;
    let journal = data.join("vault/journal");

    // The machine is lost; the keys and the journal are not.
    let new = away.0.join("portal");
    let put_back =
        [("--from", archive.as_path()), ("--identity", &key), ("--data", &new), ("--keys", &data.join("keys"))];
    let (code, text) = run(&["restore"], &put_back);
    assert!(code == Some(0) && text.contains("in quarantine"), "{text}");
    let mut found: Vec<_> = std::fs::read_dir(&new).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    found.sort();
    assert_eq!(found, ["keys", "portal.sqlite", "vault"]);
    let (code, text) = run(&["restore"], &put_back);
    assert!(code == Some(1) && text.contains("must be absent or empty"), "twice: {text}");
    for command in [&["log", "export"][..], &["keys", "rotate-records"]] {
        let mut words = command.to_vec();
        let export = away.0.join("export");
        if command[1] == "export" {
            words.push(export.to_str().unwrap());
        }
        let (code, text) = run(&words, &[("--data", &new)]);
        assert!(code != Some(0) && text.contains("quarantine"), "{command:?}: {text}");
    }
    // The demo, with all that is a demo's.
    for name in [demo::ROOT_KEY, demo::BREAK_GLASS] {
        std::fs::copy(data.join(name), new.join(name)).unwrap();
    }
    std::fs::write(new.join(demo::ACCOUNTS), "[]").unwrap();
    let (code, text) = run(&["demo", "--listen", "127.0.0.1:0"], &[("--data", &new)]);
    assert!(code == Some(2) && text.contains("quarantine"), "{text}");
    let (code, text) = run(&["restore", "--finish"], &[("--data", &new), ("--journal", &journal)]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("1 x recall") && text.contains("Nothing was changed") && text.contains("--accept-lost"),
        "{text}"
    );
    let finish = ["restore", "--finish", "--accept-lost"];
    let (code, text) = run(&finish, &[("--data", &new), ("--journal", &journal)]);
    assert!(code == Some(0) && text.contains("The quarantine is over") && text.contains("LOST: the records"), "{text}");
    let (code, text) = run(&finish, &[("--data", &new), ("--journal", &journal)]);
    assert!(code == Some(0) && text.contains("nothing to finish"), "{text}");

    // What the checks say of it, ours from the store and ours from an export.
    let (code, text) = run(&["log", "fsck"], &[("--data", &new)]);
    assert!(code == Some(0) && text.contains("LOST: entries") && text.contains("whole"), "{text}");
    let (code, vkey) = run(&["log", "head", "--vkey"], &[("--data", &new)]);
    assert_eq!(code, Some(0));
    let export = away.0.join("export");
    let (code, text) = run(&["log", "export", export.to_str().unwrap()], &[("--data", &new)]);
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = run(&["log", "verify", export.to_str().unwrap(), "--vkey", vkey.trim()], &[]);
    assert!(code == Some(0) && text.contains("LOST") && text.contains("PASSED"), "{text}");
    assert!(entries > 0 && text.contains(&format!("to {}", entries - 1)), "to the last published entry: {text}");
}

#[actix_web::test]
async fn a_database_put_back_by_other_means_is_put_in_quarantine_first() {
    let scene = Scene::new().await;
    let data = scene.folder.0.clone();
    let (code, text) = run(&["restore", "--begin"], &[("--data", &data)]);
    assert!(code == Some(2) && text.contains("stop it first"), "beside an open portal: {text}");
    let Scene { office, folder, .. } = scene;
    std::sync::Arc::into_inner(office).unwrap().close().await;
    let (code, text) = run(&["restore", "--begin"], &[("--data", &data)]);
    assert!(code == Some(0) && text.contains("In quarantine"), "{text}");
    let (code, text) = run(&["log", "export", folder.0.join("export").to_str().unwrap()], &[("--data", &data)]);
    assert!(code != Some(0) && text.contains("quarantine"), "{text}");
    let (code, text) = run(&["restore", "--finish", "--accept-lost"], &[("--data", &data)]);
    assert!(code == Some(0) && text.contains("The quarantine is over"), "{text}");
}

/// Started, and ended with the test.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Self {
        Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// Kill -9.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    fn runs(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Looks again and again, for half a minute at most.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let mut rounds = tokio::time::interval(std::time::Duration::from_millis(20));
    for _ in 0..1_500 {
        if holds() {
            return;
        }
        rounds.tick().await;
    }
    panic!("never came: {what}");
}

fn pipe(at: &Path) {
    assert!(Command::new("mkfifo").arg(at).status().unwrap().success());
}

#[actix_web::test]
async fn a_backup_killed_in_the_middle_leaves_no_file_of_its_name_and_the_next_one_clears_away() {
    let scene = Scene::new().await;
    let (away, keeper) = (Folder::new(), Identity::fresh().unwrap());
    let data = scene.folder.0.clone();
    // A blob that never ends being read: a pipe that nobody writes.
    let copy =
        disclosure_portal::demo::releases::copy_of(&scene.office, who("Priya"), scene.release("CZ/003/26").await);
    let object = super::objects(&scene.office, copy.await.unwrap()).await.into_iter().max().unwrap();
    let blob = data.join("vault").join(&object[..2]).join(&object);
    let bytes = std::fs::read(&blob).unwrap();
    std::fs::remove_file(&blob).unwrap();
    pipe(&blob);
    let (archive, recipient) = (away.0.join("one.age"), keeper.recipient().to_string());
    let backup = |command: &mut Command| {
        command.args(["backup", "--recipient", &recipient]).arg("--data").arg(&data).arg("--out").arg(&archive);
    };
    let mut command = program();
    backup(&mut command);
    let mut running = Running::start(&mut command);
    until("an unfinished archive", || leftovers(&away.0).len() == 1 && leftovers(&data).len() == 1).await;
    assert!(running.runs() && !archive.exists());
    running.kill();
    assert!(!archive.exists(), "half a backup has the name of a whole one");
    assert_eq!((leftovers(&away.0).len(), leftovers(&data).len()), (1, 1), "what the next one clears away");
    std::fs::remove_file(&blob).unwrap();
    std::fs::write(&blob, bytes).unwrap();
    let mut command = program();
    backup(&mut command);
    let out = command.output().unwrap();
    assert!(out.status.success() && archive.exists(), "{}", said(&out));
    assert_eq!((leftovers(&away.0).len(), leftovers(&data).len()), (0, 0));
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_restore_killed_in_the_middle_puts_nothing_in_place_and_is_begun_anew() {
    use std::io::Write as _;
    let scene = Scene::new().await;
    let (away, keeper) = (Folder::new(), Identity::fresh().unwrap());
    let archive = away.0.join("one.age");
    super::back_up(&scene.office, &archive, &keeper).await.unwrap();
    let (key, new, slow) = (identity(&keeper, &away.0), away.0.join("portal"), away.0.join("slow"));
    pipe(&slow);
    let restore = |command: &mut Command, from: &Path| {
        command.arg("restore").arg("--from").arg(from).arg("--identity").arg(&key).arg("--data").arg(&new);
    };
    let mut command = program();
    restore(&mut command, &slow);
    let mut running = Running::start(&mut command);
    // Half of the archive, and then nothing more: the pipe stays open.
    let bytes = std::fs::read(&archive).unwrap();
    let half = bytes[..bytes.len() / 2].to_vec();
    let at = slow.clone();
    let writer = std::thread::spawn(move || {
        let mut pipe = std::fs::OpenOptions::new().write(true).open(at).unwrap();
        pipe.write_all(&half).unwrap();
        pipe
    });
    let staging = away.0.join(".portal.restoring");
    until("what is being unpacked", || staging.join("portal.sqlite").exists()).await;
    assert!(running.runs() && !new.exists());
    running.kill();
    drop(writer.join());
    assert!(!new.exists() && staging.exists());
    let mut command = program();
    restore(&mut command, &archive);
    let out = command.output().unwrap();
    assert!(out.status.success() && new.join("portal.sqlite").exists() && !staging.exists(), "{}", said(&out));
}
