//! P9, K9.1: what two people disposed of after a backup is erased again before anything is served, and the log still accounts for it.

use disclosure_portal::actions::restore::unpack::Blobs;
use disclosure_portal::actions::{audit, retention, sweep};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::moment::Moment;
use disclosure_portal::ledger::export::Contents;
use disclosure_portal::ledger::verify::{render, verify};
use disclosure_portal::sealing::age::Identity;
use disclosure_portal::store::journal::{Closing, Journal};

use super::{ARCHIVE, Copies, Ruins, Story, accepting, asks, back_up, note, opened, publish, there};
use crate::harness::{Folder, who};
use crate::journeys::retention::{agreed, when_due};
use crate::ledger::stranger::logcheck;

/// A case is due, a backup is made, the case is disposed of, the machine is lost.
async fn lost_after_a_disposal() -> (Ruins, disclosure_portal::domain::ids::ReleaseId, Vec<String>) {
    let (scene, id) = when_due().await;
    let (office, away, keeper) = (&scene.office, Folder::new(), Identity::fresh().unwrap());
    let objects = office.read().await.unwrap().objects_of_case(&id.to_string()).await.unwrap();
    let originals: Vec<String> =
        objects.into_iter().filter(|object| there(&scene.folder.0, std::slice::from_ref(object)) == 1).collect();
    assert!(!originals.is_empty(), "the unit's own originals are still there");
    let before = note(office).await;
    let made = back_up(office, &away.0.join(ARCHIVE), &keeper).await.unwrap();
    agreed(&scene, id).await;
    sweep::round(office).await.unwrap();
    publish(office).await;
    assert_eq!(there(&scene.folder.0, &originals), 0);
    let after = note(office).await;
    let copies = Copies::none(&scene).await;
    let story = Story { scene, keeper, backed_up: made.manifest.size, before, after, copies, away };
    (story.lost().await, id, originals)
}

#[actix_web::test]
async fn what_was_disposed_of_since_the_backup_does_not_come_back() {
    let (ruins, id, originals) = lost_after_a_disposal().await;
    let closings = Journal::at(&ruins.journal()).unwrap().closings().await.unwrap();
    assert!(closings.iter().any(|one| matches!(one, Closing::Disposal(one) if one.subject == id.to_string())));
    let folder = ruins.put_back(Blobs::FromArchive).await;
    assert_eq!(there(&folder.0, &originals), originals.len(), "the archive still has them");
    let given = accepting(Some(ruins.journal()));
    let account = opened(ruins.finish(&folder.0, &given).await);
    assert_eq!((account.unnamed, account.missing.len()), (0, 0));
    let scene = ruins.served(folder).await;
    assert_eq!(there(&scene.folder.0, &originals), 0);
    let mut conn = scene.office.read().await.unwrap();
    assert!(conn.release(id).await.unwrap().is_none());
    drop(conn);
    let of = retention::one(&scene.office, &who("Robin").actor, id.into(), stamp()).await.unwrap();
    let told = &of.reviews[0];
    assert_eq!((told.proposer.as_str(), told.decider.as_str()), ("Sam Hollis", "Casey Wren"));
    assert!(told.row.erased_at.is_some() && told.row.gone_at.is_some() && told.row.source.contains("B18"));
    assert_eq!(scene.sql(&format!("SELECT COUNT(*) FROM access_record WHERE object = 'release/{id}'")), "0");
    assert_eq!(scene.records("erase").await.len(), 1, "the entries that came back are erased by a leaf of their own");
    scene.log_is_whole().await;
    let dir = scene.folder.0.join("export");
    audit::export(&mut scene.office.read().await.unwrap(), &dir, Contents::Full).await.unwrap();
    let report = verify(&dir, &ruins.vkeys, None).unwrap();
    assert!(report.passed() && !report.erased.is_empty(), "{}", render(&report));
    assert_eq!(logcheck(&dir, &ruins.vkeys), 0);
    assert!(scene.office.now() > Moment::parse_london("2036-11-03", "00:00").unwrap());
}

#[actix_web::test]
async fn a_journal_without_the_disposal_is_not_taken_for_whole() {
    let (ruins, ..) = lost_after_a_disposal().await;
    let folder = ruins.journal().join("closings");
    let mut removed = 0;
    for day in std::fs::read_dir(folder).unwrap() {
        for file in std::fs::read_dir(day.unwrap().path()).unwrap() {
            let file = file.unwrap();
            if file.file_name().to_string_lossy().starts_with("disposal-") {
                std::fs::remove_file(file.path()).unwrap();
                removed += 1;
            }
        }
    }
    assert_eq!(removed, 1);
    let folder = ruins.put_back(Blobs::FromArchive).await;
    let given = accepting(Some(ruins.journal()));
    let account = asks(
        ruins
            .finish(&folder.0, &disclosure_portal::actions::restore::plan::Given { accept_lost: false, ..given })
            .await,
    );
    assert_eq!(account.unnamed, 1);
}

#[actix_web::test]
async fn what_was_agreed_before_a_backup_waits_a_night_after_the_restore_for_lost_holds() {
    let (scene, id) = when_due().await;
    let (office, away, keeper) = (&scene.office, Folder::new(), Identity::fresh().unwrap());
    let before = note(office).await;
    agreed(&scene, id).await;
    let made = back_up(office, &away.0.join(ARCHIVE), &keeper).await.unwrap();
    publish(office).await;
    let after = note(office).await;
    let copies = Copies::none(&scene).await;
    let ruins = Story { scene, keeper, backed_up: made.manifest.size, before, after, copies, away }.lost().await;
    let folder = ruins.put_back(Blobs::FromArchive).await;
    opened(ruins.finish(&folder.0, &accepting(Some(ruins.journal()))).await);
    let scene = ruins.served(folder).await;
    let is_there = async || scene.office.read().await.unwrap().release(id).await.unwrap().is_some();
    sweep::round(&scene.office).await.unwrap();
    assert!(is_there().await, "nobody could place the holds again that were lost");
    scene.later(27 * 3_600_000);
    sweep::round(&scene.office).await.unwrap();
    assert!(!is_there().await);
}
