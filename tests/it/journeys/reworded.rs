//! O3.2.3, O3.2.4: what a higher rank decided holds for the words and photographs it was decided on.

use disclosure_portal::actions::release;
use disclosure_portal::actions::request::draft::{self, Change};
use disclosure_portal::actions::request::submit;
use disclosure_portal::actions::rulings::waits::What;
use disclosure_portal::demo::releases::{asked, consider, sign_request};
use disclosure_portal::demo::rulings::{represent, rule, tell};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::ReleaseId;

use super::PLOT;
use crate::harness::{Scene, codes, who, world};

use super::rulings::{OUTCOME, SAID, answers, authorise, beside, considered, waits};

/// Sends a request back to its officer, who words it otherwise and sends it again.
async fn reworded(scene: &Scene, id: ReleaseId, text: &str) {
    let (office, riley) = (&scene.office, who("Riley"));
    release::send_back(office, &who("Sam").actor, id, "Word it otherwise.", stamp()).await.unwrap();
    let mut posted = asked(office, riley, &world().areas[0].to_string(), &PLOT);
    for (name, value) in &mut posted {
        if name == "text" {
            text.clone_into(value);
        }
    }
    let version = office.read().await.unwrap().release(id).await.unwrap().unwrap().release.version;
    let change = Change { posted, photographs: Vec::new(), version };
    draft::save(office, &riley.actor, id, change, &stamp()).await.unwrap();
    let form = sign_request(office, riley, id).await.unwrap();
    submit::submit(office, &riley.actor, id, &form, stamp()).await.unwrap();
}

#[actix_web::test]
async fn a_ruling_answers_for_the_words_and_photographs_it_was_made_on_and_no_others() {
    let scene = Scene::new().await;
    let (office, alex, casey) = (&scene.office, who("Alex"), who("Casey"));
    let said = answers(&scene, &[("outcome", "none")]);
    let id = considered(&scene, &[("outcome", "none")]).await;
    represent(office, who("Riley"), id, "It was not me.", vec![]).await.unwrap();
    scene.later(1);
    rule(office, alex, id, OUTCOME, true).await.unwrap();
    rule(office, casey, id, SAID, true).await.unwrap();
    tell(office, who("Sam"), id).await.unwrap();
    reworded(&scene, id, "Suspected of thefts from chemists.").await;
    consider(office, who("Sam"), id, &said).await.unwrap();
    assert_eq!(codes(beside(authorise(&scene, id).await)), ["no-positive-outcome", "representations"]);
    assert_eq!(waits(&scene, &alex.actor, id).await, [What::Answer(OUTCOME, None)]);
    scene.later(1);
    rule(office, alex, id, OUTCOME, true).await.unwrap();
    rule(office, casey, id, SAID, true).await.unwrap();
    tell(office, who("Sam"), id).await.unwrap();
    authorise(&scene, id).await.unwrap();
    scene.log_is_whole().await;
}
