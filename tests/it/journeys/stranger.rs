//! P8: a stranger's program, Go's sumdb, verifies what the portal exports; and the exported receipt of a view.

use disclosure_portal::actions::audit;
use disclosure_portal::ledger::export::Contents;

use crate::harness::{Scene, who};
use crate::ledger::stranger::logcheck;

#[actix_web::test]
async fn gos_sumdb_accepts_the_export_and_refuses_a_changed_one() {
    let scene = Scene::new().await;
    let dir = scene.folder.0.join("export");
    let alarm = audit::export(&mut scene.office.read().await.unwrap(), &dir, Contents::Full).await.unwrap();
    assert_eq!(alarm, None);
    assert_eq!(logcheck(&dir, &scene.office.log_vkey), 0);
    let bundle = dir.join("tile/entries/000.p/53");
    let bundle = if bundle.exists() {
        bundle
    } else {
        std::fs::read_dir(dir.join("tile/entries/000.p")).unwrap().next().unwrap().unwrap().path()
    };
    let mut bytes = std::fs::read(&bundle).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    assert_eq!(logcheck(&dir, &scene.office.log_vkey), 1);
}

#[actix_web::test]
async fn the_auditor_verifies_and_an_edit_by_sql_is_named() {
    let scene = Scene::new().await;
    let robin = who("Robin");
    let report = audit::verify(&scene.office, &robin.actor, disclosure_portal::demo::stamp()).await.unwrap();
    assert!(report.passed(), "{:?}", report.failures);
    assert!(audit::verify(&scene.office, &who("Sam").actor, disclosure_portal::demo::stamp()).await.is_err());
    scene.sql("UPDATE access_record SET actor = 'person/nobody' WHERE idx = 7");
    let found = audit::fsck(&mut scene.office.read().await.unwrap(), &scene.office.log_vkey).await.unwrap();
    assert_eq!(found.failures, ["entry 7: a search column differs from the record"]);
    let body = "UPDATE access_record SET body = (SELECT o.body FROM access_record o WHERE o.idx = 2) WHERE idx = 3";
    scene.sql(body);
    let report = audit::verify(&scene.office, &robin.actor, disclosure_portal::demo::stamp()).await.unwrap();
    assert!(!report.passed());
    assert_eq!(report.first_bad, Some(3));
}
