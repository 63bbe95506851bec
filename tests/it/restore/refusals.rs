//! Whatever is wrong is refused by its name, and what was there stays as it was.

use std::path::{Path, PathBuf};

use disclosure_portal::actions::backup::archive::SUMS;
use disclosure_portal::actions::keyfiles::Hold;
use disclosure_portal::actions::restore::finish::Outcome;
use disclosure_portal::actions::restore::plan::Given;
use disclosure_portal::actions::restore::unpack::{Blobs, Wanted, unpack};
use disclosure_portal::demo::LOG_NAME;
use disclosure_portal::ledger::checkpoint::LogKey;
use disclosure_portal::ledger::tree::Hash;
use disclosure_portal::sealing::age::{Identity, Sealing, opening};

use super::{Ruins, Story, accepting, copy, opened, told};
use crate::harness::{Folder, who};

/// What `restore --from` says, and that nothing is left.
async fn refused(wanted: &Wanted, with: &Identity) -> String {
    let why = unpack(wanted, with).await.unwrap_err().to_string();
    let data = &wanted.data;
    let name = data.file_name().unwrap().to_str().unwrap();
    assert!(!data.join("portal.sqlite").exists(), "{why}");
    assert!(!data.with_file_name(format!(".{name}.restoring")).exists(), "{why}");
    why
}

#[actix_web::test]
async fn what_is_another_ones_cut_or_changed_leaves_nothing() {
    let ruins = Story::new().await.lost().await;
    let at = Folder::new();
    let data = at.0.join("portal");
    let wanted = ruins.wanted(&data, Blobs::FromArchive);
    let why = refused(&wanted, &Identity::fresh().unwrap()).await;
    assert!(why.contains("cannot be opened with this identity"), "{why}");
    let whole = std::fs::read(ruins.archive()).unwrap();
    let with = |name: &str, bytes: &[u8]| {
        let from = at.0.join(name);
        std::fs::write(&from, bytes).unwrap();
        Wanted { from, ..wanted.clone() }
    };
    for end in [whole.len() - 1, whole.len() - 20, whole.len() / 2, 65_600] {
        let why = refused(&with("cut", &whole[..end]), &ruins.keeper).await;
        assert!(why.contains("cut or changed"), "cut at {end}: {why}");
    }
    for at in [whole.len() / 3, whole.len() - 5] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        let why = refused(&with("changed", &changed), &ruins.keeper).await;
        assert!(why.contains("cut or changed"), "byte {at}: {why}");
    }
    // A folder that holds something is not touched.
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("mine"), "").unwrap();
    let why = refused(&wanted, &ruins.keeper).await;
    assert!(why.contains("mine") && data.join("mine").exists(), "{why}");
    let current = Wanted { blobs: Blobs::VaultIsCurrent, ..wanted.clone() };
    std::fs::write(data.join("portal.sqlite-wal"), "another's").unwrap();
    let why = refused(&current, &ruins.keeper).await;
    assert!(why.contains("portal.sqlite-wal"), "{why}");
    std::fs::remove_dir_all(&data).unwrap();
    // An empty one is taken; what a killed restore left beside it is begun anew.
    std::fs::create_dir(&data).unwrap();
    std::fs::create_dir(at.0.join(".portal.restoring")).unwrap();
    std::fs::write(at.0.join(".portal.restoring/portal.sqlite"), "half").unwrap();
    unpack(&wanted, &ruins.keeper).await.unwrap();
}

/// An archive's files, by name.
type Files = Vec<(String, Vec<u8>)>;
/// What a refusal says, and what it is about.
type Change = (&'static str, fn(&mut Files));

/// The archive written again by somebody who has its recipient, as changed.
fn forged(ruins: &Ruins, to: &Path, change: impl Fn(&mut Files)) -> PathBuf {
    use std::io::Read as _;
    let sealed = std::fs::read(ruins.archive()).unwrap();
    let mut tar = tar::Archive::new(opening(&sealed[..], &ruins.keeper).unwrap());
    let mut files = Vec::new();
    for entry in tar.entries().unwrap() {
        let (mut entry, mut bytes) = (entry.unwrap(), Vec::new());
        entry.read_to_end(&mut bytes).unwrap();
        files.push((entry.path().unwrap().to_str().unwrap().to_owned(), bytes));
    }
    change(&mut files);
    let mut out = tar::Builder::new(Sealing::to(Vec::new(), &[ruins.keeper.recipient()]).unwrap());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // As a hostile writer would: no check of the name.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        out.append(&header, &bytes[..]).unwrap();
    }
    let file = to.join("forged.age");
    std::fs::write(&file, out.into_inner().unwrap().finish().unwrap()).unwrap();
    file
}

#[actix_web::test]
async fn an_archive_of_somebody_else_writes_nowhere_and_must_fit_its_own_list() {
    let ruins = Story::new().await.lost().await;
    let at = Folder::new();
    let data = at.0.join("portal");
    let changes: [Change; 7] = [
        ("which no backup has", |files| files.insert(0, ("../evil".into(), b"x".to_vec()))),
        ("which no backup has", |files| files.insert(0, ("vault/../../evil".into(), b"x".to_vec()))),
        ("which no backup has", |files| files.insert(0, ("keys/log.key".into(), b"x".to_vec()))),
        ("twice or behind its end", |files| files.push(files[0].clone())),
        ("does not fit its list", |files| {
            let blob = files.iter_mut().find(|(name, _)| name.starts_with("vault/")).unwrap();
            blob.1[0] ^= 1;
        }),
        ("does not fit its list", |files| {
            let at = files.iter().position(|(name, _)| name.starts_with("vault/")).unwrap();
            files.remove(at);
        }),
        ("no manifest or no list", |files| files.retain(|(name, _)| name != SUMS)),
    ];
    for (words, change) in changes {
        let wanted = Wanted { from: forged(&ruins, &at.0, change), ..ruins.wanted(&data, Blobs::FromArchive) };
        let why = refused(&wanted, &ruins.keeper).await;
        assert!(why.contains(words), "{why}");
        assert!(!at.0.join("evil").exists() && !data.exists());
    }
    // Written again without a change it is taken: the changes are what was refused.
    let wanted = Wanted { from: forged(&ruins, &at.0, |_| ()), ..ruins.wanted(&data, Blobs::FromArchive) };
    unpack(&wanted, &ruins.keeper).await.unwrap();
}

/// The log's own key, as an operator holds it.
fn log_key(ruins: &Ruins) -> LogKey {
    let text = std::fs::read_to_string(ruins.folder.0.join("keys/log.key")).unwrap();
    let seed: [u8; 32] = hex::decode(text.trim()).unwrap().try_into().unwrap();
    LogKey::from_seed(LOG_NAME, &seed).unwrap()
}

fn kept(ruins: &Ruins, note: &str) -> PathBuf {
    let file = ruins.folder.0.join("kept");
    std::fs::write(&file, note).unwrap();
    file
}

#[actix_web::test]
async fn a_fork_a_rollback_and_a_split_view_stay_in_quarantine() {
    let ruins = Story::played().await.lost().await;
    let folder = ruins.put_back(Blobs::FromArchive).await;
    let stays = async |given: &Given, words: &str| {
        let why = told(ruins.finish(&folder.0, given).await);
        assert!(why.contains(words), "{why}");
        assert!(ruins.open(&folder.0, Hold::Shared).await.err().unwrap().to_string().contains("quarantine"));
    };
    let journal = ruins.journal();
    let with = |journal: &Path| accepting(Some(journal.to_owned()));

    // More was signed than any journal here can give back.
    let witnessed = Some(kept(&ruins, &ruins.after));
    stays(&Given { journal: None, witnessed, accept_lost: true }, "ROLLBACK").await;
    let beyond = log_key(&ruins).sign(ruins.size + 9, Hash([7; 32])).unwrap();
    stays(&Given { witnessed: Some(kept(&ruins, &beyond)), ..with(&journal) }, "ROLLBACK").await;

    // Two histories, before the backup and after it.
    for size in [ruins.backed_up - 5, ruins.size - 2] {
        let other = log_key(&ruins).sign(size, Hash([7; 32])).unwrap();
        stays(&Given { witnessed: Some(kept(&ruins, &other)), ..with(&journal) }, "SPLIT VIEW").await;
    }
    let stranger = LogKey::from_seed(LOG_NAME, &[9; 32]).unwrap().sign(5, Hash([7; 32])).unwrap();
    stays(&Given { witnessed: Some(kept(&ruins, &stranger)), ..with(&journal) }, "no signature").await;

    // A journal that does not extend this log, or is not whole.
    let forked = ruins.folder.0.join("forked");
    copy(&journal, &forked);
    let checkpoint = forked.join(format!("checkpoint/{:020}", ruins.size));
    let note = std::fs::read_to_string(&checkpoint).unwrap();
    std::fs::write(&checkpoint, log_key(&ruins).sign(ruins.size, Hash([7; 32])).unwrap()).unwrap();
    stays(&with(&forked), "FORK").await;
    std::fs::write(&checkpoint, note.replacen(&ruins.size.to_string(), &(ruins.size + 1).to_string(), 1)).unwrap();
    stays(&with(&forked), "signature").await;
    std::fs::write(&checkpoint, &note).unwrap();
    std::fs::remove_dir_all(forked.join("tile")).unwrap();
    stays(&with(&forked), "ROLLBACK").await;
    stays(&with(&ruins.folder.0.join("nowhere")), "not a folder").await;

    // And with the true one it opens.
    opened(ruins.finish(&folder.0, &with(&journal)).await);
}

#[actix_web::test]
async fn a_closing_that_is_missing_is_counted_and_must_be_accepted() {
    let ruins = Story::played().await.lost().await;
    let folder = ruins.put_back(Blobs::FromArchive).await;
    let closings = ruins.journal().join("closings");
    let given = Given { journal: Some(ruins.journal()), ..Given::default() };
    let copy = format!("copy-{}.json", ruins.copies.confirmed);
    let release = format!("release-{}.json", ruins.copies.recalled_release);
    for (at, name) in [copy, release].into_iter().enumerate() {
        let days = std::fs::read_dir(&closings).unwrap().map(|day| day.unwrap().path().join(&name));
        let file = days.into_iter().find(|file| file.exists()).expect("the closing");
        std::fs::remove_file(file).unwrap();
        let unnamed = super::asks(ruins.finish(&folder.0, &given).await).unnamed;
        assert_eq!(unnamed, at as u64 + 1, "{name}");
    }
}

#[actix_web::test]
async fn a_finish_that_is_cut_short_goes_on_from_there() {
    let ruins = Story::played().await.lost().await;
    let folder = ruins.put_back(Blobs::FromArchive).await;
    // A blob that cannot be deleted: the replay is committed, what follows is not.
    let object = &ruins.copies.blobs[0][0];
    let blob = folder.0.join("vault").join(&object[..2]).join(object);
    let bytes = std::fs::read(&blob).unwrap();
    std::fs::remove_file(&blob).unwrap();
    std::fs::create_dir_all(blob.join("in the way")).unwrap();
    let given = accepting(Some(ruins.journal()));
    assert!(ruins.finish(&folder.0, &given).await.is_err());
    let why = ruins.open(&folder.0, Hold::Shared).await.err().unwrap().to_string();
    assert!(why.contains("quarantine"), "{why}");
    std::fs::remove_dir_all(&blob).unwrap();
    std::fs::write(&blob, bytes).unwrap();
    let account = opened(ruins.finish(&folder.0, &given).await);
    assert_eq!(account.spans.len(), 1);
    assert!(!blob.exists());
    assert!(matches!(ruins.finish(&folder.0, &given).await, Ok(Outcome::NotInQuarantine)));
    let scene = ruins.served(folder).await;
    assert_eq!(scene.records("restored").await.len(), 1, "one restore, one leaf");
    assert!(super::holder_reads(&scene, who("Ines"), ruins.copies.alive).await);
    scene.log_is_whole().await;
}
