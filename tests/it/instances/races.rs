//! P3: whatever ends a copy races with 64 readers, of one portal on the embedded database, and of two instances on a server. No view is
//! served whose leaf would follow the leaf that ended it; an answer that is on its way ends within two seconds, wherever it is read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use disclosure_portal::actions::demands::{self, Target};
use disclosure_portal::actions::{No, deliver, follow, people};
use disclosure_portal::demo::releases::{copy_of, recall};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::{CopyId, ReleaseId};
use futures_util::future::{join, join_all};

use super::append;
use crate::harness::server::Backend;
use crate::harness::wait::until_so;
use crate::harness::{Scene, signed};
use crate::journeys::leaving::{Asking, piece};
use crate::journeys::{open, part};

/// What ends Priya's copy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ends {
    Recall,
    OfHolder,
    OfScheme,
    OfPerson,
    OfSubject,
    Suspension,
}

/// The photograph's reference of the demo's live release.
const REFERENCE: &str = "ATH/IMG/0417";

impl Ends {
    async fn carried_out(self, scene: &Scene, id: ReleaseId) -> Result<(), No> {
        let (office, sam, priya) = (&scene.office, scene.who("Sam"), scene.who("Priya").id);
        let target = match self {
            Self::Recall => return recall(office, sam, id, "The purpose is met.").await,
            Self::Suspension => {
                return people::suspend(office, &scene.who("Lee").actor, priya, true, stamp()).await;
            }
            Self::OfSubject => {
                let found = demands::find(office, &sam.actor, REFERENCE).await?;
                let ids: Vec<String> = found.hits.iter().map(|hit| hit.id.to_string()).collect();
                assert!(ids.contains(&id.to_string()));
                let mut fields = vec![("reference", REFERENCE), ("reason", "Destruction falls due.")];
                fields.extend(ids.iter().map(|id| ("release", id.as_str())));
                let form = signed(scene, sam, "recall", &found.object, &fields);
                return demands::recall_subject(office, &sam.actor, REFERENCE, &form, stamp()).await;
            }
            Self::OfHolder => Target::Holder(id, priya),
            Self::OfScheme => Target::Scheme(scene.world().schemes[0]),
            Self::OfPerson => Target::Person(priya),
        };
        let copies = demands::propose(office, &sam.actor, target).await?.copies();
        let mut fields: Vec<(&str, &str)> = copies.iter().map(|copy| ("copy", copy.as_str())).collect();
        fields.push(("reason", "Kept in the open."));
        let form = signed(scene, sam, "demand", &target.object(), &fields);
        demands::demand(office, &sam.actor, target, &form, stamp()).await
    }

    /// The leaf that says so.
    async fn leaf(self, scene: &Scene, id: ReleaseId, copy: CopyId) -> u64 {
        let (kind, field, of) = match self {
            Self::Recall | Self::OfSubject => ("recall", "object", format!("release/{id}")),
            Self::Suspension => ("suspend", "object", format!("person/{}", scene.who("Priya").id)),
            _ => ("demand", "copy", copy.to_string()),
        };
        let all = scene.records(kind).await;
        all.into_iter().find(|(_, body)| body[field] == of).expect("the leaf that ends it").0
    }
}

async fn no_view_follows(what: Ends) {
    for backend in [Backend::Embedded, Backend::Server] {
        let scene = Scene::on(backend).await;
        // One file is one portal's; a server is shared.
        let beside = if backend == Backend::Server { Some(scene.beside().await) } else { None };
        let second = beside.as_ref().unwrap_or(&scene);
        let priya = scene.who("Priya");
        let id = scene.release("CZ/003/26").await;
        let copy = copy_of(&scene.office, priya, id).await.unwrap();
        let screen = part(&scene, copy, "screen", 0).await;
        let warm = [tokio::sync::Semaphore::new(0), tokio::sync::Semaphore::new(0)];
        // Each of 64 readers, half of them at the other instance, reads on until it is refused.
        let reader = async |at: &Scene, warm: &tokio::sync::Semaphore| {
            let mut served = Vec::new();
            loop {
                match open(at, priya, copy, screen).await {
                    Ok(opened) => served.push(opened.index),
                    Err(No::Refused(_) | No::NotFound) => return served,
                    // Too much at once: nothing was served, and the browser comes again.
                    Err(No::Unavailable) => continue,
                    Err(other) => panic!("{what:?} on {backend:?}: {other:?}"),
                }
                warm.add_permits(1);
            }
        };
        let both = [&scene, second];
        let reading = join_all((0..64).map(|n| reader(both[n % 2], &warm[n % 2])));
        let ending = async {
            // Both instances are in the midst of it.
            for instance in &warm {
                instance.acquire_many(50).await.unwrap().forget();
            }
            what.carried_out(&scene, id).await
        };
        let (served, ended) = join(reading, ending).await;
        ended.unwrap();
        for instance in 0..2 {
            let here = served.iter().skip(instance).step_by(2).any(|one| !one.is_empty());
            assert!(here, "{what:?} on {backend:?}: instance {instance} served before");
        }
        let ended_at = what.leaf(&scene, id, copy).await;
        let served = served.concat();
        assert!(served.iter().all(|index| *index < ended_at), "{what:?} on {backend:?}: served after it");
        let views = |more: &str| {
            let of = format!("SELECT COUNT(*) FROM access_record WHERE kind = 'view' AND copy_id = '{copy}'{more}");
            scene.sql(&of).parse::<usize>().unwrap()
        };
        assert!(views("") >= served.len(), "{what:?} on {backend:?}: each has its leaf");
        assert_eq!(views(&format!(" AND idx > {ended_at}")), 0, "{what:?} on {backend:?}: a view after it");
        for at in both {
            assert!(open(at, priya, copy, screen).await.is_err(), "{what:?} on {backend:?}: opens again");
        }
        scene.log_is_whole().await;
    }
}

#[actix_web::test]
async fn no_view_follows_a_recall() {
    no_view_follows(Ends::Recall).await;
}

#[actix_web::test]
async fn no_view_follows_a_demand_on_its_holder() {
    no_view_follows(Ends::OfHolder).await;
}

#[actix_web::test]
async fn no_view_follows_a_demand_of_all_that_a_scheme_holds() {
    no_view_follows(Ends::OfScheme).await;
}

#[actix_web::test]
async fn no_view_follows_a_demand_of_all_that_a_person_holds() {
    no_view_follows(Ends::OfPerson).await;
}

#[actix_web::test]
async fn no_view_follows_the_recall_of_all_of_one_subject() {
    no_view_follows(Ends::OfSubject).await;
}

#[actix_web::test]
async fn no_view_follows_its_readers_suspension() {
    no_view_follows(Ends::Suspension).await;
}

/// Read at the other instance, where there are several: on the embedded database there is one.
#[actix_web::test]
async fn a_running_answer_ends_within_two_seconds_whatever_ends_its_copy() {
    for backend in [Backend::Embedded, Backend::Server] {
        for what in [Ends::Recall, Ends::OfHolder, Ends::OfScheme, Ends::OfPerson, Ends::OfSubject, Ends::Suspension] {
            let scene = Scene::on(backend).await;
            let (first, read_at) =
                if backend == Backend::Server { (Some(scene.beside().await), scene) } else { (None, scene) };
            let asking = Asking::at(read_at, "prevention").await;
            let (here, ended_at) = (&asking.scene, first.as_ref().unwrap_or(&asking.scene));
            let follower = tokio::spawn(follow::follow(Arc::clone(&here.office)));
            if first.is_some() {
                // It follows once it knows of a leaf that only the other has written.
                ended_at.later(60_000);
                append(&ended_at.office, "a minute on".into()).await.unwrap();
                ended_at.later(-60_000);
                until_so("it hears", async || here.office.now() > here.clock.now()).await;
            }
            let mut body = Box::pin(asking.ask().await.into_body());
            assert!(matches!(piece(&mut body).await, Some(Ok(_))), "{what:?} on {backend:?}");
            let (priya, until) = (here.who("Priya"), deliver::one(&here.office, &here.who("Priya").actor, asking.copy));
            let until = until.await.unwrap().until;
            let stops = || deliver::must_stop(&here.office, &priya.actor, asking.release, asking.copy, until);
            assert!(!stops());
            what.carried_out(ended_at, asking.release).await.unwrap();
            let ended = Instant::now();
            until_so("it stops", async || stops()).await;
            let took = ended.elapsed();
            assert!(matches!(piece(&mut body).await, Some(Err(_))), "{what:?} on {backend:?}: a byte more");
            assert!(took < Duration::from_secs(2), "{what:?} on {backend:?}: {took:?}");
            eprintln!("{what:?} on {backend:?}: ended after {took:?}");
            follower.abort();
        }
    }
}
