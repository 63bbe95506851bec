//! K8.2: each kind of demand ends access at its commit and names a deadline; expiry does the same without anybody; an account with an
//! overdue confirmation is confirm-only to the millisecond; a confirmation is accepted, or queried and made anew.

use disclosure_portal::actions::answers::Form;
use disclosure_portal::actions::demands::{self, Narrowed, Target};
use disclosure_portal::actions::{No, deliver, home, surrender};
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::demo::releases::{
    accept, acknowledge, ask, confirm, copy_of, recall, release_to, sign_form, to,
};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::demand::State;
use disclosure_portal::domain::ids::ReleaseId;
use disclosure_portal::domain::moment::Moment;

use super::{PLOT, hidden, open, part};
use crate::harness::wait::pace;
use crate::harness::{Scene, codes, who, wrong_fields};

const DAY: i64 = 86_400_000;

/// A text that Priya and Morgan hold for the first scheme and Toby for the second, the conditions acknowledged.
pub(super) async fn held(scene: &Scene) -> ReleaseId {
    let office = &scene.office;
    let id = ask(office, who("Riley"), &scene.world().areas[0].to_string(), &PLOT).await.unwrap();
    let people = to(scene.world(), &[("Priya", 0), ("Morgan", 0), ("Toby", 1)]).unwrap();
    release_to(office, who("Sam"), id, &PLOT, &people).await.unwrap();
    for name in ["Priya", "Toby"] {
        let copy = copy_of(office, who(name), id).await.unwrap();
        acknowledge(office, who(name), copy).await.unwrap();
    }
    id
}

fn form(scene: &Scene, aic: &Somebody, kind: &str, object: &str, fields: &[(&str, &str)]) -> Form {
    let said: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    sign_form(&scene.office, aic, kind, object, Form::posted(&said), &[]).unwrap()
}

/// A demand as its page makes it: naming each copy that it showed.
async fn signed(scene: &Scene, target: Target, more: &[(&str, &str)]) -> Form {
    let sam = who("Sam");
    let copies = demands::propose(&scene.office, &sam.actor, target).await.unwrap().copies();
    let mut fields: Vec<(&str, &str)> = copies.iter().map(|copy| ("copy", copy.as_str())).collect();
    fields.extend(more);
    form(scene, sam, "demand", &target.object(), &fields)
}

async fn demand(scene: &Scene, target: Target) -> Result<(), No> {
    let form = signed(scene, target, &[("reason", "Kept in the open."), ("due", "2026-11-25")]).await;
    demands::demand(&scene.office, &who("Sam").actor, target, &form, stamp()).await
}

/// Whether somebody opens the words of their copy of a release.
async fn opens(scene: &Scene, name: &str, id: ReleaseId) -> Result<u64, No> {
    let copy = copy_of(&scene.office, who(name), id).await.unwrap();
    let text = part(scene, copy, "text", 0).await;
    open(scene, who(name), copy, text).await.map(|opened| opened.index)
}

async fn states(scene: &Scene, id: ReleaseId) -> Vec<(String, State)> {
    let to = Narrowed { release: Some(id), ..Narrowed::default() };
    let all = demands::open(&scene.office, &who("Sam").actor, to).await.unwrap();
    let mut all: Vec<_> =
        all.into_iter().map(|line| (line.row.holder_name.split(' ').next().unwrap().to_owned(), line.state)).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// A demand, a query and a visit: for tests of what is kept of them.
pub(crate) async fn one_made(scene: &Scene) {
    let (office, sam, priya) = (&scene.office, who("Sam"), who("Priya"));
    let id = held(scene).await;
    demand(scene, Target::Holder(id, priya.id)).await.unwrap();
    let copy = copy_of(office, priya, id).await.unwrap();
    confirm(office, priya, copy, "A. Witness").await.unwrap();
    let row = office.read().await.unwrap().copy(copy).await.unwrap().unwrap();
    let seen: &'static str = Box::leak(row.confirmed_at.unwrap().to_string().into_boxed_str());
    let said = move |name: &'static str| match name {
        "seen" => seen,
        "visited_on" => "2026-11-21",
        "due" => "",
        _ => "Who saw it?",
    };
    demands::query(office, &sam.actor, copy, said, stamp()).await.unwrap();
    demands::visit(office, &sam.actor, copy, said, stamp()).await.unwrap();
}

fn due(day: &str) -> State {
    State::Owed { due: Moment::parse_london(day, "00:00").unwrap() }
}

#[actix_web::test]
async fn a_holders_copies_are_demanded_and_the_release_goes_on_for_the_others() {
    let scene = Scene::new().await;
    let id = held(&scene).await;
    assert!(opens(&scene, "Priya", id).await.is_ok() && opens(&scene, "Toby", id).await.is_ok());
    let target = Target::Holder(id, who("Priya").id);
    let copy = copy_of(&scene.office, who("Priya"), id).await.unwrap();
    let text = part(&scene, copy, "text", 0).await;
    demand(&scene, target).await.unwrap();
    assert_eq!(codes(open(&scene, who("Priya"), copy, text).await.map(|o| o.index)), ["key-destroyed"]);
    assert!(opens(&scene, "Toby", id).await.is_ok());
    let row = scene.office.read().await.unwrap().copy(copy).await.unwrap().unwrap();
    assert!(row.wrapped_key.is_none() && row.destroyed_at.is_some());
    let card = deliver::one(&scene.office, &who("Priya").actor, copy).await.unwrap();
    assert_eq!((card.word, card.closed[0].code()), ("live", "demanded"));
    assert_eq!(states(&scene, id).await, [("Priya".to_owned(), due("2026-11-26"))]);
    let leaves = scene.records("demand").await;
    assert_eq!((leaves.len(), leaves[0].1["copy"].as_str().unwrap()), (1, copy.to_string().as_str()));
    assert!(!leaves[0].1.to_string().contains("open."), "the reason stays out of the log");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn all_that_a_scheme_or_a_person_holds_is_demanded_each_copy_with_its_leaf() {
    let scene = Scene::new().await;
    let id = held(&scene).await;
    let scheme = scene.world().schemes[0];
    let many = demands::propose(&scene.office, &who("Sam").actor, Target::Scheme(scheme)).await.unwrap().copies().len();
    assert!(many >= 4, "of several releases: {many}");
    demand(&scene, Target::Scheme(scheme)).await.unwrap();
    assert_eq!(scene.records("demand").await.len(), many);
    assert!(opens(&scene, "Toby", id).await.is_ok(), "another scheme's");
    // A person, with what ended before and is not confirmed yet: its deadline comes nearer.
    demand(&scene, Target::Person(who("Toby").id)).await.unwrap();
    let all = demands::open(&scene.office, &who("Sam").actor, Narrowed::default()).await.unwrap();
    let mine: Vec<_> = all.iter().filter(|line| line.row.holder == who("Toby").id.to_string()).collect();
    assert!(mine.iter().any(|line| line.row.urn == "CZ/001/26"), "the expired one too");
    for line in mine.iter().filter(|line| line.row.confirmed_at.is_none()) {
        // The expired one fell due before: a demand never gives more time.
        let expired = line.row.urn == "CZ/001/26";
        let at = Moment::parse_london("2026-11-26", "00:00").unwrap();
        assert!(if expired { line.due <= Some(at) } else { line.due == Some(at) }, "{line:?}");
    }
    // Once more, since nobody has confirmed: it adds a reason and gives no more time.
    let again = signed(&scene, Target::Scheme(scheme), &[("reason", "Again.")]).await;
    demands::demand(&scene.office, &who("Sam").actor, Target::Scheme(scheme), &again, stamp()).await.unwrap();
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn every_release_of_one_subject_is_found_by_its_reference_and_recalled_by_one_signature() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, who("Sam"));
    // The photograph's reference of the demo's live release, however it is written.
    for (reference, none) in [("ATH/IMG/9999", true), ("ath img 0417", false)] {
        let found = demands::find(office, &sam.actor, reference).await.unwrap();
        assert_eq!(found.hits.is_empty(), none, "{reference}: {found:?}");
    }
    assert_eq!(wrong_fields(demands::find(office, &sam.actor, " - ").await.map(|_| ())), ["reference"]);
    // Another area's co-ordinator finds their own and none of these.
    let found = demands::find(office, &sam.actor, "ATH/IMG/0417").await.unwrap();
    let theirs = demands::find(office, &who("Dana").actor, "ATH/IMG/0417").await.unwrap();
    assert!(
        found.hits.iter().all(|hit| hit.urn.starts_with("CZ/"))
            && theirs.hits.iter().all(|hit| !hit.urn.starts_with("CZ/"))
    );
    let ids: Vec<String> = found.hits.iter().map(|hit| hit.id.to_string()).collect();
    let signed = |ids: &[String]| {
        let mut fields = vec![("reference", "ATH/IMG/0417"), ("reason", "Destruction of the photograph falls due.")];
        fields.extend(ids.iter().map(|id| ("release", id.as_str())));
        form(&scene, sam, "recall", &found.object, &fields)
    };
    let send = async |form: Form| demands::recall_subject(office, &sam.actor, "ATH/IMG/0417", &form, stamp()).await;
    let before = scene.records("recall").await.len();
    assert_eq!(wrong_fields(send(signed(&[])).await), ["statement"]);
    send(signed(&ids)).await.unwrap();
    assert_eq!(scene.records("recall").await.len(), before + ids.len(), "each with its own leaf");
    assert!(demands::find(office, &sam.actor, "ATH/IMG/0417").await.unwrap().hits.is_empty());
    // Sent twice: there is nothing left.
    assert_eq!(wrong_fields(send(signed(&ids)).await), ["statement"]);
    scene.log_is_whole().await;
}

/// Whoever is first changes what the other signed: nothing is demanded by a signature that names other copies.
#[actix_web::test]
async fn a_demand_that_a_confirmation_overtakes_in_the_writers_queue_demands_nothing() {
    let scene = Scene::new().await;
    let id = held(&scene).await;
    let (target, priya) = (Target::Scheme(scene.world().schemes[0]), who("Priya"));
    let copy = copy_of(&scene.office, priya, id).await.unwrap();
    let form = signed(&scene, target, &[("reason", "Kept in the open.")]).await;
    // The writer is at something: both find the copies as they were, and wait for their turn.
    let (go_on, waits) = tokio::sync::oneshot::channel::<()>();
    let at_something = scene.office.act(move |_| Box::pin(async move { Ok(waits.await.is_ok()) }));
    let confirming = async {
        pace(15).await;
        confirm(&scene.office, priya, copy, "A. Witness").await
    };
    let demanding = async {
        pace(40).await;
        demands::demand(&scene.office, &who("Sam").actor, target, &form, stamp()).await
    };
    let releasing = async {
        pace(65).await;
        go_on.send(()).unwrap();
    };
    let (held_up, confirmed, demanded, ()) =
        futures_util::future::join4(at_something, confirming, demanding, releasing).await;
    assert!(held_up.unwrap().into_inner());
    confirmed.unwrap();
    assert_eq!(wrong_fields(demanded), ["statement"]);
    assert_eq!(scene.records("demand").await, Vec::new());
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_demand_needs_a_reason_a_deadline_within_the_number_and_the_copies_that_were_shown() {
    let scene = Scene::new().await;
    let id = held(&scene).await;
    let (office, sam, target) = (&scene.office, who("Sam"), Target::Holder(id, who("Priya").id));
    let send = async |more: &[(&str, &str)]| {
        let form = signed(&scene, target, more).await;
        demands::demand(office, &sam.actor, target, &form, stamp()).await
    };
    assert_eq!(wrong_fields(send(&[("reason", "")]).await), ["reason"]);
    for wrong in ["2026-11-20", "2026-12-06", "soon"] {
        assert_eq!(wrong_fields(send(&[("reason", "Why"), ("due", wrong)]).await), ["due"], "{wrong}");
    }
    let other = form(&scene, sam, "demand", &target.object(), &[("reason", "Why"), ("copy", "another")]);
    assert_eq!(wrong_fields(demands::demand(office, &sam.actor, target, &other, stamp()).await), ["statement"]);
    // Whoever co-ordinates another area finds nobody's copies; an officer, a commander and an auditor demand nothing.
    for name in ["Dana", "Riley", "Robin", "Priya"] {
        hidden(demands::propose(office, &who(name).actor, target).await.map(|_| ()));
    }
    assert!(opens(&scene, "Priya", id).await.is_ok());
    send(&[("reason", "Why"), ("due", "")]).await.unwrap();
    assert_eq!(states(&scene, id).await, [("Priya".to_owned(), due("2026-12-06"))]);
}

#[actix_web::test]
async fn two_coordinators_who_demand_at_once_leave_one_demand() {
    let scene = Scene::new().await;
    let id = held(&scene).await;
    let (office, sam, target) = (&scene.office, who("Sam"), Target::Holder(id, who("Priya").id));
    let (first, second) =
        (signed(&scene, target, &[("reason", "One")]).await, signed(&scene, target, &[("reason", "Another")]).await);
    let send = |form: Form| async move { demands::demand(office, &sam.actor, target, &form, stamp()).await };
    let done = futures_util::future::join(send(first.clone()), send(second)).await;
    // The copies are still to be confirmed, so both may stand; but the key went once and no copy has two deadlines.
    assert!(done.0.is_ok() || done.1.is_ok(), "{done:?}");
    assert_eq!(wrong_fields(send(first).await), ["statement"], "the same form again");
    assert_eq!(states(&scene, id).await.len(), 1);
    // Two who recall: one of them is told that it is recalled.
    let twice = futures_util::future::join(recall(office, sam, id, "One"), recall(office, sam, id, "Two")).await;
    let refused = [twice.0, twice.1].into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(codes::<()>(Err(refused.into_iter().next().unwrap())), ["wrong-stage"]);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn an_overdue_confirmation_closes_everything_else_to_the_millisecond_until_it_is_made() {
    let scene = Scene::new().await;
    let office = &scene.office;
    let (first, second) = (held(&scene).await, held(&scene).await);
    recall(office, who("Sam"), first, "The purpose is met.").await.unwrap();
    let copy = copy_of(office, who("Priya"), first).await.unwrap();
    let at = Moment::parse_london("2026-12-06", "00:00").unwrap();
    assert_eq!(states(&scene, first).await[1], ("Priya".to_owned(), State::Owed { due: at }));
    scene.clock.set(at.plus_millis(-1));
    assert!(opens(&scene, "Priya", second).await.is_ok());
    scene.clock.set(at);
    assert_eq!(codes(opens(&scene, "Priya", second).await), ["confirm-first"]);
    let lapses = deliver::lapses(office, &who("Priya").actor).await.unwrap();
    assert_eq!(
        lapses.iter().map(disclosure_portal::domain::refusal::Refusal::code).collect::<Vec<_>>(),
        ["confirm-first"]
    );
    let card = deliver::one(office, &who("Priya").actor, copy).await.unwrap();
    assert_eq!(card.ending, Some(State::Overdue { due: at }));
    // It stands first for the co-ordinator and for the commander, and for nobody else.
    for name in ["Sam", "Casey"] {
        let person = who(name);
        let all = home::waiting(office, &person.actor).await.unwrap();
        assert!(matches!(&all[0], home::Waiting::Overdue(lines) if lines.len() >= 2), "{name}: {:?}", all[0]);
    }
    // The clock set back reopens nothing: time never goes below the newest leaf.
    scene.later(-1);
    assert_eq!(codes(opens(&scene, "Priya", second).await), ["confirm-first"]);
    confirm(office, who("Priya"), copy, "A. Witness").await.unwrap();
    assert!(opens(&scene, "Priya", second).await.is_ok(), "the confirmation lifts it");
    assert_eq!(states(&scene, first).await[1].1, State::Confirmed);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_limit_demands_without_anybody_and_its_card_stays() {
    let scene = Scene::new().await;
    let (office, toby) = (&scene.office, who("Toby"));
    let expired = scene.release("CZ/001/26").await;
    let copy = copy_of(office, toby, expired).await.unwrap();
    let card = deliver::one(office, &toby.actor, copy).await.unwrap();
    let due = card.until.plus_millis(14 * DAY);
    assert_eq!((card.word, card.parts.len(), card.ending), ("expired", 0, Some(State::Owed { due })));
    let live = scene.release("CZ/003/26").await;
    let other = copy_of(office, toby, live).await.unwrap();
    acknowledge(office, toby, other).await.unwrap();
    let screen = part(&scene, other, "screen", 0).await;
    scene.clock.set(due.plus_millis(-1));
    assert!(open(&scene, toby, other, screen).await.is_ok());
    scene.clock.set(due);
    assert_eq!(codes(open(&scene, toby, other, screen).await.map(|o| o.index)), ["confirm-first"]);
    confirm(office, toby, copy, "A. Witness").await.unwrap();
    assert!(open(&scene, toby, other, screen).await.is_ok());
}

#[actix_web::test]
async fn a_confirmation_is_queried_made_anew_and_accepted_and_each_round_stays() {
    let scene = Scene::new().await;
    let (office, sam, priya) = (&scene.office, who("Sam"), who("Priya"));
    let id = held(&scene).await;
    recall(office, sam, id, "The purpose is met.").await.unwrap();
    let copy = copy_of(office, priya, id).await.unwrap();
    // That nothing was given onward has to be said.
    let silent = form(
        &scene,
        priya,
        "surrender",
        &deliver::object(copy),
        &[
            ("outcome", "destroyed"),
            ("method", "Shredded"),
            ("done_date", "2026-11-21"),
            ("done_time", "12:00"),
            ("witness", "A. Witness"),
        ],
    );
    assert_eq!(wrong_fields(surrender::confirm(office, &priya.actor, copy, &silent, stamp()).await), ["onward"]);
    confirm(office, priya, copy, "A. Witness").await.unwrap();
    let case = async || demands::case(office, &sam.actor, copy, stamp()).await.unwrap();
    let seen = case().await.line.row.confirmed_at.unwrap().to_string();
    let say = |seen: String, query: &'static str, due: &'static str| {
        move |name: &'static str| -> &'static str {
            match name {
                "seen" => Box::leak(seen.clone().into_boxed_str()),
                "query" => query,
                "due" => due,
                _ => "",
            }
        }
    };
    let query = async |seen: &str, words, due| {
        demands::query(office, &sam.actor, copy, say(seen.to_owned(), words, due), stamp()).await
    };
    assert_eq!(wrong_fields(query(&seen, "", "").await), ["query"]);
    assert_eq!(wrong_fields(query(&seen, "Who?", "2026-11-20").await), ["due"]);
    assert_eq!(wrong_fields(query("1", "Who?", "").await), ["statement"], "not what the page showed");
    hidden(demands::accept(office, &who("Dana").actor, copy, &seen, stamp()).await);
    hidden(demands::accept(office, &priya.actor, copy, &seen, stamp()).await);
    query(&seen, "Who shredded the print?", "2026-11-23").await.unwrap();
    assert_eq!(wrong_fields(query(&seen, "Again", "").await), ["statement"]);
    assert_eq!(wrong_fields(demands::accept(office, &sam.actor, copy, &seen, stamp()).await), ["statement"]);
    let own = demands::own(office, &priya.actor, copy).await.unwrap();
    assert_eq!(own.rounds[0].query.as_str(), "Who shredded the print?");
    assert_eq!(own.line.unwrap().state, due("2026-11-24"));
    // Open again, and overdue by the query's own deadline.
    let second = held(&scene).await;
    scene.clock.set(Moment::parse_london("2026-11-24", "00:00").unwrap());
    assert_eq!(codes(opens(&scene, "Priya", second).await), ["confirm-first"]);
    confirm(office, priya, copy, "B. Witness").await.unwrap();
    assert!(opens(&scene, "Priya", second).await.is_ok());
    // A visit because of it, while it is not accepted.
    let visit = async |on: &'static str| {
        let said = move |name: &'static str| match name {
            "visited_on" => on,
            "who" => "PC 1042",
            "findings" => "The cabinet was empty.",
            _ => "",
        };
        demands::visit(office, &sam.actor, copy, said, stamp()).await
    };
    assert_eq!(wrong_fields(visit("2026-11-25").await), ["visited_on"]);
    visit("2026-11-24").await.unwrap();
    accept(office, sam, copy).await.unwrap();
    assert_eq!(wrong_fields(visit("2026-11-24").await), ["visited_on"]);
    let case = case().await;
    assert_eq!((case.line.state, case.rounds.len(), case.visits.len()), (State::Accepted, 2, 1));
    assert_eq!(case.rounds[1].query.as_str(), "Who shredded the print?");
    assert_eq!(case.rounds[0].confirming.witness, "B. Witness");
    assert_eq!(case.visits[0].said.findings.as_str(), "The cabinet was empty.");
    for kind in ["confirm.accept", "confirm.query", "demand.visit"] {
        let (_, body) = scene.records(kind).await.pop().unwrap();
        assert_eq!(body["copy"], copy.to_string());
        assert!(!body.to_string().contains("cabinet") && !body.to_string().contains("shredded"), "{body}");
    }
    scene.log_is_whole().await;
}
