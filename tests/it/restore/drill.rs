//! The drill that CI runs: back up, go on, lose the machine, put it back; once with the journal alone, once with the vault, once with
//! neither.

use std::path::Path;

use disclosure_portal::actions::audit;
use disclosure_portal::actions::keyfiles::Hold;
use disclosure_portal::actions::restore::finish::Outcome;
use disclosure_portal::actions::restore::plan::{Given, Then};
use disclosure_portal::actions::restore::unpack::Blobs;
use disclosure_portal::domain::release::Stage;
use disclosure_portal::ledger::checkpoint::LogVerifier;
use disclosure_portal::ledger::export::Contents;
use disclosure_portal::ledger::state::State;
use disclosure_portal::ledger::verify::{Span, render, verify};
use disclosure_portal::store::journal::Journal;

use super::{Ruins, Story, accepting, asks, holder_reads, opened, there};
use crate::harness::{Scene, who};
use crate::ledger::stranger::logcheck;

/// What must hold of a portal that was put back with its journal.
async fn nothing_destroyed_comes_back(ruins: &Ruins, scene: &Scene) {
    let copies = &ruins.copies;
    let [recalled, confirmed, expired, alive] = &copies.blobs;
    for (copy, name) in [(copies.recalled, "Priya"), (copies.confirmed, "Toby"), (copies.expired, "Priya")] {
        let row = scene.office.read().await.unwrap().copy(copy).await.unwrap().unwrap();
        assert!(row.wrapped_key.is_none() && row.destroyed_at.is_some(), "{name}'s copy has its key again");
        assert!(!holder_reads(scene, who(name), copy).await);
    }
    for gone in [recalled, confirmed, expired] {
        assert_eq!(there(&scene.folder.0, gone), 0, "blobs of a destroyed copy");
    }
    let mut conn = scene.office.read().await.unwrap();
    let release = conn.release(copies.recalled_release).await.unwrap().unwrap().release;
    let Stage::Recalled { by, .. } = release.stage else { panic!("the recalled release is {:?}", release.stage) };
    assert_eq!(by, who("Sam").id);
    let confirmed = conn.copy(copies.confirmed).await.unwrap().unwrap();
    assert_eq!(confirmed.outcome.as_deref(), Some("destroyed"));
    let document = conn.document(copies.document).await.unwrap().unwrap();
    assert!(document.wrapped_key.is_none() && document.removed_at.is_some() && document.removed_by.is_some());
    assert_eq!(there(&scene.folder.0, std::slice::from_ref(&copies.paper)), 0, "the blob of a removed document");
    let replaced = conn.copy(copies.replaced).await.unwrap().unwrap();
    assert!(replaced.replaced_at.is_some() && replaced.wrapped_key.is_none() && replaced.destroyed_at.is_some());
    drop(conn);
    // What was not destroyed is there, and opens with its holder's own key.
    assert_eq!(there(&scene.folder.0, alive), alive.len());
    assert!(holder_reads(scene, who("Ines"), copies.alive).await, "a live copy does not open any more");
}

/// Our verifier with the auditor's memory, and Go's, on an export of the restored log.
async fn strangers_accept(ruins: &Ruins, scene: &Scene) {
    let dir = scene.folder.0.join("export");
    audit::export(&mut scene.office.read().await.unwrap(), &dir, Contents::Full).await.unwrap();
    let log = LogVerifier::new(&ruins.vkeys).unwrap();
    let lines = [&ruins.before, &ruins.after].map(|note| serde_json::json!({ "note": note }).to_string() + "\n");
    let state = State::parse(&lines.concat(), &log).unwrap();
    let report = verify(&dir, &ruins.vkeys, Some(&state)).unwrap();
    assert!(report.passed(), "{}", render(&report));
    assert_eq!(report.accepted_before, 2, "from before the backup, and from what was lost");
    assert_eq!(report.lost, [Span { first: ruins.backed_up, last: ruins.size - 1 }]);
    assert!(render(&report).contains("LOST"));
    assert_eq!(logcheck(&dir, &ruins.vkeys), 0);
    // Without the record that says so, the same gap is a failure.
    let records = std::fs::read_to_string(dir.join("records.jsonl")).unwrap();
    let (index, _) = scene.records("restored").await.pop().unwrap();
    let without: String =
        records.split_inclusive('\n').filter(|line| !line.starts_with(&format!("{{\"index\": {index},"))).collect();
    std::fs::write(dir.join("records.jsonl"), without).unwrap();
    assert!(!verify(&dir, &ruins.vkeys, None).unwrap().passed());
    assert_eq!(logcheck(&dir, &ruins.vkeys), 1);
    std::fs::remove_dir_all(dir).unwrap();
}

/// An auditor's state file with checkpoints from before the backup and from after it.
fn state_file(ruins: &Ruins, at: &Path) -> std::path::PathBuf {
    let file = at.join("auditor.state");
    let lines = [&ruins.before, &ruins.after].map(|note| serde_json::json!({ "note": note }).to_string() + "\n");
    std::fs::write(&file, lines.concat()).unwrap();
    file
}

#[actix_web::test]
async fn with_the_journal_nothing_destroyed_comes_back_and_the_log_goes_on() {
    let ruins = Story::played().await.lost().await;
    let folder = ruins.put_back(Blobs::FromArchive).await;
    let why = ruins.open(&folder.0, Hold::Shared).await.err().expect("quarantine").to_string();
    assert!(why.contains("quarantine"), "{why}");

    // Asked first: what is lost is said in words, and nothing is done.
    let given = Given {
        journal: Some(ruins.journal()),
        witnessed: Some(state_file(&ruins, &ruins.folder.0)),
        accept_lost: false,
    };
    let account = asks(ruins.finish(&folder.0, &given).await);
    assert_eq!((account.size, account.refilled), (ruins.backed_up, ruins.size - ruins.backed_up));
    assert!(!account.no_journal && account.unnamed == 0 && account.missing.is_empty());
    let suspended = account.lost.iter().find(|lost| lost.kind == "suspend").expect("the suspension");
    assert_eq!((suspended.count, suspended.then), (1, Then::Again));
    assert!(suspended.meaning.contains("suspended or restored") && suspended.first == suspended.last);
    assert!(account.lost.iter().any(|lost| lost.kind == "view" && lost.then == Then::Record));
    assert!(ruins.open(&folder.0, Hold::Shared).await.is_err(), "still in quarantine");

    let account = opened(ruins.finish(&folder.0, &Given { accept_lost: true, ..given.clone() }).await);
    assert_eq!(account.spans, [Span { first: ruins.backed_up, last: ruins.size - 1 }]);
    // What is closed stands in the new portal's own journal too: an older backup may still be put back.
    let closings = async |dir: &Path| Journal::at(dir).unwrap().closings().await.unwrap();
    let (kept, own) = (closings(&ruins.journal()).await, closings(&folder.0.join("vault/journal")).await);
    assert!(kept.len() > 5 && kept.iter().all(|closing| own.contains(closing)));
    // Twice is harmless.
    assert!(matches!(ruins.finish(&folder.0, &given).await, Ok(Outcome::NotInQuarantine)));
    let scene = ruins.served(folder).await;
    nothing_destroyed_comes_back(&ruins, &scene).await;
    strangers_accept(&ruins, &scene).await;
    let (_, body) = scene.records("restored").await.pop().unwrap();
    assert_eq!(body["lost"], serde_json::json!([[ruins.backed_up, ruins.size - 1]]));
    // It goes on, also over the next start, and the journal with it.
    super::publish(&scene.office).await;
    let scene = scene.restarted().await;
    assert!(holder_reads(&scene, who("Ines"), ruins.copies.alive).await);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn with_the_vault_that_survived_its_blobs_are_taken_and_those_of_destroyed_copies_stay_gone() {
    let ruins = Story::played().await.lost().await;
    let folder = ruins.put_back(Blobs::VaultIsCurrent).await;
    let account = opened(ruins.finish(&folder.0, &accepting(None)).await);
    assert!(account.missing.is_empty(), "what is gone is closed: {:?}", account.missing);
    let scene = ruins.served(folder).await;
    nothing_destroyed_comes_back(&ruins, &scene).await;
    strangers_accept(&ruins, &scene).await;
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_number_given_after_the_backup_is_never_given_again() {
    use disclosure_portal::demo::releases::{Plot, ask, release_to, to};
    const PLOT: Plot =
        Plot { title: "T", text: "Suspected of thefts.", locality: "Cantwell", portraits: &[], danger: false };
    let story = Story::new().await;
    let office = &story.scene.office;
    let [cantwell, _] = crate::harness::world().areas;
    let supply = async |office: &disclosure_portal::actions::Office| {
        let id = ask(office, who("Riley"), &cantwell.to_string(), &PLOT).await.unwrap();
        let recipients = to(crate::harness::world(), &[("Priya", 0)]).unwrap();
        release_to(office, who("Sam"), id, &PLOT, &recipients).await.unwrap();
        let filed = office.read().await.unwrap().release(id).await.unwrap().unwrap();
        filed.release.stage.authority().unwrap().urn.clone()
    };
    let given = supply(office).await;
    super::publish(office).await;
    let ruins = story.lost().await;
    let folder = ruins.put_back(Blobs::FromArchive).await;
    let account = opened(ruins.finish(&folder.0, &accepting(Some(ruins.journal()))).await);
    assert!(account.lost.iter().any(|lost| lost.kind == "authorise" && lost.then == Then::Again));
    let scene = ruins.served(folder).await;
    assert_ne!(supply(&scene.office).await, given);
    assert_eq!(scene.records("restored").await[0].1["skipped"], 1);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn without_any_journal_it_is_said_loudly_and_done_only_when_accepted() {
    let ruins = Story::played().await.lost().await;
    let folder = ruins.put_back(Blobs::FromArchive).await;
    let account = asks(ruins.finish(&folder.0, &Given::default()).await);
    assert!(account.no_journal && account.refilled == 0 && account.lost.is_empty());
    let account = opened(ruins.finish(&folder.0, &accepting(None)).await);
    assert!(account.no_journal);
    let scene = ruins.served(folder).await;
    assert_eq!(scene.records("restored").await.len(), 1, "a restore is a leaf, also when nothing could be refilled");
    assert!(holder_reads(&scene, who("Ines"), ruins.copies.alive).await);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_record_that_is_missing_without_a_reason_is_a_failure_of_the_stored_log() {
    let scene = Scene::new().await;
    scene.sql("DELETE FROM access_record WHERE idx IN (5, 6)");
    let found = audit::fsck(&mut scene.office.read().await.unwrap(), &scene.office.log_vkey).await.unwrap();
    assert!(found.failures.iter().any(|why| why.starts_with("entries 5 to 6: their records are missing")), "{found:?}");
    assert!(found.lost.is_empty());
}
