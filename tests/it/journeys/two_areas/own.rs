//! K7.7 through another area: nobody decides the disclosure they asked for, whatever role they hold there.

use disclosure_portal::actions::elsewhere;
use disclosure_portal::actions::find::{self, Waits};
use disclosure_portal::domain::actor::{Grant, Role};

use super::*;

/// Gives somebody one more role, and answers them as they act from then on.
async fn also(scene: &Scene, name: &str, grant: Grant) -> Somebody {
    let person = who(name);
    let id = person.id;
    scene.office.act(move |tx| Box::pin(async move { Ok(tx.add_grant(id, grant).await?) })).await.unwrap();
    let mut conn = scene.office.read().await.unwrap();
    let mut again = Somebody::again(&mut conn, id, person.account.clone(), *person.seed).await.unwrap();
    again.actor = conn.actor(id).await.unwrap();
    again
}

/// What somebody hears who decides: of a part, of the whole, of bringing it up to date.
async fn decides_nothing(scene: &Scene, by: &Somebody, linked: ReleaseId) {
    let (office, actor) = (&scene.office, &by.actor);
    for (part, ..) in Part::ALL {
        assert_eq!(
            codes(decision::save(office, actor, linked, part, &record(scene), 0, stamp()).await),
            ["own-request"]
        );
    }
    for answer in ["authorise", "refuse"] {
        let said = vec![("answer".to_owned(), answer.to_owned()), ("reason".to_owned(), "Because".to_owned())];
        let posted = disclosure_portal::actions::answers::Form::posted(&said);
        let form = plots::sign_form(office, by, "authority", &format!("release/{linked}"), posted, &[]).unwrap();
        let heard = codes(release::decide(office, actor, linked, &form, stamp()).await);
        assert!(heard.contains(&"own-request"), "{answer}: {heard:?}");
    }
    // No button and no line leads there either.
    let may = disclosure_portal::actions::desk::sheet(office, actor, linked, stamp()).await.unwrap().may;
    assert!(!may.decide && !may.void);
    let waits = find::waiting(office, actor, Waits::Decide, 50).await.unwrap();
    assert!(waits.lines.iter().all(|line| line.filed.release.id != linked));
}

#[actix_web::test]
async fn an_officer_of_one_area_does_not_decide_their_own_case_as_coordinator_of_another() {
    let scene = Scene::new().await;
    let text = Plot { portraits: &[], ..TWO };
    let (id, asked) = consulted(&scene, &text).await;
    let riley = also(&scene, "Riley", Grant::InArea(Role::Aic, norhaven())).await;
    let mine = answer::answer(&scene.office, &riley.actor, asked, &own(), stamp()).await;
    assert_eq!(codes(mine), ["own-request"]);
    let not_here = Typed { answer: "not_here".into(), ..own() };
    assert_eq!(codes(answer::answer(&scene.office, &riley.actor, asked, &not_here, stamp()).await), ["own-request"]);
    let linked = answered(&scene, asked).await;
    decides_nothing(&scene, &riley, linked).await;
    // Whoever else is co-ordinator there may.
    norhaven_releases(&scene, linked).await;
    assert!(urn(&scene, linked).await.starts_with("NH/"));
    assert_eq!(filed(&scene, id).await.release.requested_by, riley.id);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn nor_where_the_other_area_asked_a_third_time() {
    let scene = Scene::new().await;
    let text = Plot { portraits: &[], ..TWO };
    let (_, asked) = consulted(&scene, &text).await;
    let linked = answered(&scene, asked).await;
    // Norhaven asks Cantwell in turn: what comes of it follows Riley's request by way of Sam's question.
    let mut said = plots::complete(&scene.office, &[(who("Ines").id, world().schemes[2])]);
    said.retain(|(name, _)| name != "elsewhere");
    let more = [("elsewhere", "yes".into()), ("areas", cantwell().to_string()), ("elsewhere_words", TOLD.to_owned())];
    said.extend(more.map(|(name, value)| (name.to_owned(), value)));
    plots::consider(&scene.office, who("Dana"), linked, &said).await.unwrap();
    let rows = scene.office.read().await.unwrap().consultations(linked).await.unwrap();
    let again = ConsultationId::parse(&rows[0].id).unwrap();
    let riley = also(&scene, "Riley", Grant::InArea(Role::Aic, cantwell())).await;
    for by in [&riley, who("Sam")] {
        assert_eq!(codes(answer::answer(&scene.office, &by.actor, again, &own(), stamp()).await), ["own-request"]);
    }
    let third = answer::answer(&scene.office, &who("Frankie").actor, again, &own(), stamp()).await.unwrap().unwrap();
    decides_nothing(&scene, &riley, third).await;
    let release = filed(&scene, third).await.release;
    assert_eq!((release.requested_by, release.origin), (who("Dana").id, Some(linked)));
    assert!(elsewhere::work(&scene.office, &who("Frankie").actor).await.is_ok());
    scene.log_is_whole().await;
}
