//! K8.2: a certificate holds with nothing but the file and two public keys; that of a release is given once every copy is accepted.

use disclosure_portal::actions::certificate;
use disclosure_portal::demo::releases::{accept, confirm, copy_of, recall};
use disclosure_portal::domain::ids::CopyId;
use disclosure_portal::ledger::certificate::CertificateFile;
use disclosure_portal::ledger::checkpoint::LogVerifier;
use disclosure_portal::ledger::trust::Root;

use super::demands::held;
use super::hidden;
use crate::harness::{Scene, codes, who};

/// What somebody checks who has the file and the two public keys.
fn checked(scene: &Scene, file: &CertificateFile) -> Result<usize, String> {
    let root = Root::parse(&scene.office.root.as_ref().unwrap().vkey()).unwrap();
    let log = LogVerifier::new(&scene.office.log_vkeys).unwrap();
    file.verify(&root, &log).map(|all| all.len()).map_err(|why| why.to_string())
}

#[actix_web::test]
async fn a_certificate_holds_without_the_portal_and_that_of_a_release_is_given_when_all_are_accepted() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, who("Sam"));
    let id = held(&scene).await;
    recall(office, sam, id, "The purpose is met.").await.unwrap();
    let copies: Vec<CopyId> = futures_util::future::join_all(
        ["Priya", "Morgan", "Toby"].map(async |name| copy_of(office, who(name), id).await.unwrap()),
    )
    .await;
    for (name, copy) in ["Priya", "Morgan", "Toby"].into_iter().zip(&copies) {
        assert_eq!(codes(certificate::of_release(office, &sam.actor, id).await.map(|_| ())), ["not-all-accepted"]);
        confirm(office, who(name), *copy, "A. Witness").await.unwrap();
        let own = certificate::of_copy(office, &who(name).actor, *copy).await.unwrap().file;
        assert_eq!(checked(&scene, &own), Ok(1));
        let text = serde_json::to_string(&own).unwrap();
        assert!(!text.contains("confirm.accept"), "nothing of the police");
        accept(office, sam, *copy).await.unwrap();
    }
    let file = certificate::of_release(office, &sam.actor, id).await.unwrap().file;
    assert_eq!(checked(&scene, &file), Ok(3));
    hidden(certificate::of_release(office, &who("Dana").actor, id).await.map(|_| ()));
    hidden(certificate::of_release(office, &who("Priya").actor, id).await.map(|_| ()));

    // Nothing of it changed holds.
    let broken = |change: &dyn Fn(&mut CertificateFile)| {
        let mut changed = file.clone();
        change(&mut changed);
        checked(&scene, &changed).unwrap_err()
    };
    assert!(broken(&|f| f.format = "certificate/v2".into()).contains("format"));
    assert!(broken(&|f| f.copies[0].copy = f.copies[1].copy.clone()).contains("twice"));
    assert!(broken(&|f| f.copies[0].statement = f.copies[1].statement.clone()).contains("not the end of this copy"));
    assert!(broken(&|f| f.copies[0].entries = f.copies[1].entries.clone()).contains("not about this confirmation"));
    assert!(broken(&|f| drop(f.copies[0].entries.remove(2))).contains("accepted"));
    assert!(broken(&|f| drop(f.copies[0].entries.remove(0))).contains("not about this confirmation"));
    assert!(
        broken(&|f| f.copies[0].entries[0].body = f.copies[0].entries[0].body.replace("destroyed", "surrendered"))
            .contains("log")
    );
    assert!(broken(&|f| f.copies[0].entries[0].receipt = f.copies[0].entries[1].receipt.clone()).contains("log"));
    assert!(broken(&|f| f.object = format!("release/{}", f.copies[0].copy)).contains("not about this confirmation"));
    scene.log_is_whole().await;
}
