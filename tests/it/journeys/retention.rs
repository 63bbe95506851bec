//! K6.4.1, K7.11, K9.1: records are kept for their period, then two people dispose of them or keep them on; a legal hold stops it.

use std::collections::BTreeSet;

use disclosure_portal::actions::retention::{self, holds, review};
use disclosure_portal::actions::{No, audit, issues, statements, sweep};
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::{HoldId, ReleaseId, StatementId};
use disclosure_portal::domain::moment::Moment;
use disclosure_portal::domain::retention::Subject;
use disclosure_portal::ledger::export::Contents;
use disclosure_portal::ledger::verify::{render, verify};
use disclosure_portal::store::erasing::GOES;

use super::hidden;
use crate::harness::server::Backend;
use crate::harness::{Scene, signed, who, wrong_fields};
use crate::ledger::stranger::logcheck;

/// Recalled, and its last copy confirmed gone on 2 November 2026.
const URN: &str = "CZ/002/26";
/// Ten years on it is kept through 2 November.
const DUE: (&str, &str) = ("2036-11-03", "00:00");

fn due() -> Moment {
    Moment::parse_london(DUE.0, DUE.1).unwrap()
}

pub(crate) const DISPOSE: [(&str, &str); 3] = [("fate", "dispose"), ("years", ""), ("reason", "Nothing depends on it")];
pub(crate) const AGREE: [(&str, &str); 2] = [("agrees", "yes"), ("reason", "")];

pub(crate) async fn propose(
    scene: &Scene,
    by: &Somebody,
    id: impl Into<Subject>,
    said: &[(&str, &str)],
) -> Result<(), No> {
    let id = id.into();
    let form = signed(scene, by, "disposal", &review::object(id), said);
    review::propose(&scene.office, &by.actor, id, &form, stamp()).await
}

pub(crate) async fn decide(
    scene: &Scene,
    by: &Somebody,
    id: impl Into<Subject>,
    said: &[(&str, &str)],
) -> Result<(), No> {
    let id = id.into();
    let proposal = newest(scene, id).await;
    let said = [said, &[("proposal", proposal.as_str())]].concat();
    let form = signed(scene, by, "disposal.agree", &review::object(id), &said);
    review::decide(&scene.office, &by.actor, id, &form, stamp()).await
}

/// The newest proposal about it, which the page that decides on it names.
async fn newest(scene: &Scene, id: Subject) -> String {
    let all = scene.office.read().await.unwrap().disposals_of(&id.to_string()).await.unwrap();
    all.into_iter().next().map_or_else(String::new, |row| row.id)
}

/// Two people agree to dispose of it; the clock stands at the hour of the night after.
pub(crate) async fn agreed(scene: &Scene, id: impl Into<Subject>) {
    let id = id.into();
    propose(scene, scene.who("Sam"), id, &DISPOSE).await.unwrap();
    decide(scene, scene.who("Casey"), id, &AGREE).await.unwrap();
    scene.later(27 * 3_600_000);
}

/// A scene at the moment at which the recalled release falls due, and that release.
pub(crate) async fn when_due() -> (Scene, ReleaseId) {
    let scene = Scene::new().await;
    let id = scene.release(URN).await;
    scene.clock.set(due());
    (scene, id)
}

async fn listed(scene: &Scene, by: &Somebody) -> Vec<String> {
    let areas = retention::overview(&scene.office, &by.actor, stamp()).await.unwrap();
    areas.iter().flat_map(|area| &area.due).map(|term| term.urn.clone()).collect()
}

async fn is_there(scene: &Scene, id: ReleaseId) -> bool {
    scene.office.read().await.unwrap().release(id).await.unwrap().is_some()
}

#[actix_web::test]
async fn it_is_on_the_list_from_the_first_moment_of_its_day_with_its_source() {
    let (scene, id) = when_due().await;
    scene.clock.set(due().plus_millis(-1));
    assert!(!listed(&scene, who("Sam")).await.contains(&URN.to_owned()));
    assert_eq!(wrong_fields(propose(&scene, who("Sam"), id, &DISPOSE).await), ["fate"]);
    scene.clock.set(due());
    for name in ["Sam", "Casey", "Alex", "Robin"] {
        assert!(listed(&scene, who(name)).await.contains(&URN.to_owned()), "{name}");
    }
    let areas = retention::overview(&scene.office, &who("Sam").actor, stamp()).await.unwrap();
    assert_eq!(areas.iter().filter(|of| of.area.is_some()).count(), 1, "their own area");
    let term = areas[0].due.iter().find(|term| term.urn == URN).unwrap();
    assert_eq!((term.years, term.ended.to_string().as_str()), (10, "2026-11-02"));
    assert!(term.source.contains("B18"), "{}", term.source);
    // A refused request has its own, shorter period: it has been due since 2032.
    assert!(areas[0].due.iter().any(|term| term.urn.is_empty() && term.years == 6));
    assert!(!listed(&scene, who("Dana")).await.contains(&URN.to_owned()), "another area");
    for name in ["Riley", "Jordan", "Lee", "Priya"] {
        hidden(retention::overview(&scene.office, &who(name).actor, stamp()).await);
        hidden(retention::one(&scene.office, &who(name).actor, id.into(), stamp()).await);
    }
    hidden(retention::one(&scene.office, &who("Dana").actor, id.into(), stamp()).await);
    assert!(retention::waiting(&scene.office, &who("Sam").actor).await.unwrap() > 0);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn two_people_dispose_of_it_and_nothing_is_left_but_its_number_and_the_record() {
    let (scene, id) = when_due().await;
    let (office, sam, casey) = (&scene.office, who("Sam"), who("Casey"));
    let objects: Vec<String> = office.read().await.unwrap().objects_of_case(&id.to_string()).await.unwrap();
    assert!(!objects.is_empty());
    for name in ["Casey", "Alex", "Robin", "Riley", "Dana"] {
        hidden(propose(&scene, who(name), id, &DISPOSE).await);
    }
    propose(&scene, sam, id, &DISPOSE).await.unwrap();
    // One person does not do both, the auditor and another area nothing; each signature counts once.
    assert_eq!(wrong_fields(decide(&scene, sam, id, &AGREE).await), ["agrees"]);
    for name in ["Robin", "Dana", "Riley", "Jordan"] {
        hidden(decide(&scene, who(name), id, &AGREE).await);
    }
    assert_eq!(wrong_fields(propose(&scene, who("Frankie"), id, &DISPOSE).await), ["fate"]);
    assert_eq!(retention::waiting(office, &casey.actor).await.unwrap(), 1);
    // What was signed names the proposal that was shown: not another one.
    let shown = newest(&scene, id.into()).await;
    let other = [&AGREE[..], &[("proposal", "another")]].concat();
    let form = signed(&scene, casey, "disposal.agree", &review::object(id.into()), &other);
    assert_eq!(wrong_fields(review::decide(office, &casey.actor, id.into(), &form, stamp()).await), ["agrees"]);
    let form = signed(
        &scene,
        casey,
        "disposal.agree",
        &review::object(id.into()),
        &[&AGREE[..], &[("proposal", &shown)]].concat(),
    );
    review::decide(office, &casey.actor, id.into(), &form, stamp()).await.unwrap();
    assert!(review::decide(office, &casey.actor, id.into(), &form, stamp()).await.is_err(), "sent twice");
    assert_eq!(scene.records("dispose.decide").await.len(), 1);

    // Not before its night.
    scene.later(26 * 3_600_000 - 1);
    sweep::round(office).await.unwrap();
    assert!(is_there(&scene, id).await);
    scene.later(1);
    sweep::round(office).await.unwrap();
    sweep::round(office).await.unwrap();
    assert!(!is_there(&scene, id).await);
    let erased = scene.records("erase").await;
    assert_eq!(erased.len(), 1);
    assert_eq!((&erased[0].1["urn"], &erased[0].1["decided_by"]), (&URN.into(), &casey.id.to_string().into()));
    for object in &objects {
        assert!(!scene.folder.0.join("vault").join(&object[..2]).join(object).exists(), "{object}");
    }
    // No row of any table, and no body of the log, names it but the record of its disposal.
    let left = scene.sql(&format!("SELECT COUNT(*) FROM access_record WHERE object = 'release/{id}'"));
    assert_eq!(left, "0");
    for (table, column) in [("copy", "release_id"), ("photograph", "release_id"), ("consideration", "release_id")] {
        assert_eq!(scene.sql(&format!("SELECT COUNT(*) FROM {table} WHERE {column} = '{id}'")), "0", "{table}");
    }
    assert_eq!(scene.sql(&format!("SELECT COUNT(*) FROM statement WHERE object = 'release/{id}'")), "0");

    // The register has no gap; the record says who, when, under which period and source.
    let area = crate::harness::world().areas[0];
    let sought = issues::Typed { stage: "disposed", page: 1, ..issues::Typed::default() };
    let (found, _) = issues::find(office, &sam.actor, area, sought, stamp()).await.unwrap();
    assert_eq!((found.len(), found[0].0.urn.as_str(), found[0].0.stage.as_str()), (1, URN, "disposed"));
    assert_eq!(found[0].0.release_id, id.to_string());
    for name in ["Sam", "Casey", "Robin", "Jordan"] {
        let by = &who(name).actor;
        assert!(retention::is_disposed(office, by, id).await.unwrap(), "{name}");
        let of = retention::one(office, by, id.into(), stamp()).await.unwrap();
        assert!(of.term.is_none() && of.title.is_empty());
        let told = &of.reviews[0];
        assert_eq!((told.proposer.as_str(), told.decider.as_str()), ("Sam Hollis", "Casey Wren"));
        assert!(told.row.source.contains("B18") && told.row.gone_at.is_some());
    }
    for name in ["Riley", "Dana", "Lee", "Priya"] {
        assert!(!retention::is_disposed(office, &who(name).actor, id).await.unwrap(), "{name}");
        hidden(retention::one(office, &who(name).actor, id.into(), stamp()).await);
    }
    let of = retention::one(office, &who("Robin").actor, id.into(), stamp()).await.unwrap();
    let proposal = StatementId::parse(&of.reviews[0].row.proposal).unwrap();
    assert!(statements::one(office, &who("Robin").actor, proposal, "shown", stamp()).await.unwrap().verified.is_ok());
    log_verifies(&scene).await;
}

/// The stored log is whole, and an export passes here and with Go's check, which prints the spans that were erased.
pub(crate) async fn log_verifies(scene: &Scene) {
    scene.log_is_whole().await;
    let dir = scene.folder.0.join("export");
    audit::export(&mut scene.office.read().await.unwrap(), &dir, Contents::Full).await.unwrap();
    let report = verify(&dir, &scene.office.log_vkeys, None).unwrap();
    assert!(report.passed(), "{}", render(&report));
    assert!(!report.erased.is_empty() && render(&report).contains("erased"), "{}", render(&report));
    assert_eq!(logcheck(&dir, &scene.office.log_vkeys), 0);
}

#[actix_web::test]
async fn a_hold_stops_what_two_people_agreed_to_and_lifted_it_goes() {
    let (scene, id) = when_due().await;
    let (office, alex) = (&scene.office, who("Alex"));
    agreed(&scene, id).await;
    for name in ["Robin", "Riley", "Dana", "Lee"] {
        hidden(holds::place(office, &who(name).actor, id, ("release", "Claim 17/2036"), stamp()).await);
    }
    assert_eq!(wrong_fields(holds::place(office, &alex.actor, id, ("", ""), stamp()).await), ["scope", "reason"]);
    holds::place(office, &alex.actor, id, ("release", "Claim 17/2036"), stamp()).await.unwrap();
    sweep::round(office).await.unwrap();
    assert!(is_there(&scene, id).await, "held in the last moment");
    let said = retention::in_short(office, id).await.unwrap();
    assert!(said[0].contains("Alex Thorne") && said[0].contains("Claim 17/2036"), "{said:?}");
    let of = retention::one(office, &who("Robin").actor, id.into(), stamp()).await.unwrap();
    let hold = HoldId::parse(&of.holds[0].0.id).unwrap();
    hidden(holds::lift(office, &who("Dana").actor, hold, "Settled", stamp()).await);
    hidden(holds::lift(office, &who("Robin").actor, hold, "Settled", stamp()).await);
    assert_eq!(wrong_fields(holds::lift(office, &who("Sam").actor, hold, " ", stamp()).await), ["reason"]);
    holds::lift(office, &who("Sam").actor, hold, "The claim is settled", stamp()).await.unwrap();
    assert_eq!(wrong_fields(holds::lift(office, &alex.actor, hold, "Again", stamp()).await), ["reason"]);
    let of = retention::one(office, &alex.actor, id.into(), stamp()).await.unwrap();
    assert_eq!(of.holds[0].2, "The claim is settled");
    assert_eq!(of.holds[0].0.lifter.as_deref(), Some("Sam Hollis"));
    sweep::round(office).await.unwrap();
    assert!(!is_there(&scene, id).await);
    assert_eq!(
        (scene.records("erase").await.len(), scene.records("hold").await.len()),
        (1, 0),
        "its own leaves went too"
    );
    log_verifies(&scene).await;
}

#[actix_web::test]
async fn a_hold_on_a_scheme_or_a_person_holds_every_release_of_theirs_in_the_area() {
    let (scene, id) = when_due().await;
    let (office, sam) = (&scene.office, who("Sam"));
    let other = scene.release("CZ/001/26").await;
    let morgans = scene.release("CZ/004/26").await;
    let scheme = format!("scheme/{}", crate::harness::world().schemes[1]);
    let person = format!("person/{}", who("Toby").id);
    // Both are due by then.
    scene.later(30 * 86_400_000);
    let offered = holds::scopes(office, &sam.actor, id).await.unwrap();
    for scope in [scheme, person] {
        assert!(offered.iter().any(|one| one.word == scope), "{offered:?}");
        holds::place(office, &sam.actor, id, (&scope, "Complaint 4"), stamp()).await.unwrap();
        for (release, held) in [(id, 1), (other, 1), (morgans, 0)] {
            let standing = retention::in_short(office, release).await.unwrap();
            let many = standing.iter().filter(|said| said.starts_with("Legal hold")).count();
            assert_eq!(many, held, "{scope} {release}");
        }
        assert_eq!(wrong_fields(propose(&scene, sam, other, &DISPOSE).await), ["fate"]);
        let of = retention::one(office, &sam.actor, id.into(), stamp()).await.unwrap();
        let hold = of.holds.iter().find(|(hold, ..)| hold.lifted_at.is_none()).unwrap();
        let hold = HoldId::parse(&hold.0.id).unwrap();
        holds::lift(office, &sam.actor, hold, "Answered", stamp()).await.unwrap();
    }
    propose(&scene, sam, other, &DISPOSE).await.unwrap();
    // Placed between proposal and agreement it stops the agreement.
    holds::place(office, &sam.actor, other, ("release", "Complaint 5"), stamp()).await.unwrap();
    assert_eq!(wrong_fields(decide(&scene, who("Casey"), other, &AGREE).await), ["agrees"]);
    decide(&scene, who("Casey"), other, &[("agrees", "no"), ("reason", "Held")]).await.unwrap();
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn what_is_kept_on_is_due_again_after_those_years_and_disagreement_leaves_it_open() {
    let (scene, id) = when_due().await;
    let (office, sam, casey) = (&scene.office, who("Sam"), who("Casey"));
    for (said, fields) in [
        (vec![("fate", ""), ("years", ""), ("reason", "")], vec!["fate", "reason"]),
        (vec![("fate", "keep"), ("years", "11"), ("reason", "Why not")], vec!["years"]),
    ] {
        assert_eq!(wrong_fields(propose(&scene, sam, id, &said).await), fields);
    }
    let keep = [("fate", "keep"), ("years", "2"), ("reason", "The person is before the court")];
    propose(&scene, sam, id, &keep).await.unwrap();
    assert_eq!(wrong_fields(decide(&scene, casey, id, &[("agrees", "no"), ("reason", "")]).await), ["reason"]);
    assert_eq!(wrong_fields(decide(&scene, casey, id, &[("agrees", ""), ("reason", "")]).await), ["agrees"]);
    decide(&scene, casey, id, &[("agrees", "no"), ("reason", "One year is enough")]).await.unwrap();
    assert!(listed(&scene, sam).await.contains(&URN.to_owned()), "as open as before");
    // The newest is by its time: two in one millisecond have no order.
    scene.later(1_000);
    propose(&scene, sam, id, &[("fate", "keep"), ("years", "1"), ("reason", "As said")]).await.unwrap();
    decide(&scene, casey, id, &AGREE).await.unwrap();
    assert!(!listed(&scene, sam).await.contains(&URN.to_owned()));
    let again = Moment::parse_london("2037-11-04", "00:00").unwrap();
    scene.clock.set(again.plus_millis(-1));
    assert!(!listed(&scene, sam).await.contains(&URN.to_owned()));
    scene.clock.set(again);
    assert!(listed(&scene, sam).await.contains(&URN.to_owned()));
    sweep::round(office).await.unwrap();
    assert!(is_there(&scene, id).await);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_refused_request_goes_the_same_way() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, who("Sam"));
    // Refused on 13 November 2026: six years.
    let from = Moment::parse_london("2032-11-14", "00:00").unwrap();
    let refused = async || {
        let areas = retention::overview(office, &sam.actor, stamp()).await.unwrap();
        areas.into_iter().flat_map(|area| area.due).map(|term| term.subject).collect::<Vec<_>>()
    };
    scene.clock.set(from.plus_millis(-1));
    assert_eq!(refused().await, []);
    scene.clock.set(from);
    let [Subject::Release(id)] = refused().await[..] else { panic!("one request is due") };
    agreed(&scene, id).await;
    sweep::round(office).await.unwrap();
    assert!(!is_there(&scene, id).await);
    let of = retention::one(office, &sam.actor, id.into(), stamp()).await.unwrap();
    assert_eq!((of.reviews[0].row.kind.as_str(), of.reviews[0].row.years), ("request", 6));
    log_verifies(&scene).await;
}

#[actix_web::test]
async fn every_table_that_hangs_on_a_release_goes_with_it() {
    let scene = Scene::on(Backend::Embedded).await;
    let references = scene.sql(
        "SELECT m.name || ' ' || f.\"table\" FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
    );
    let known: BTreeSet<&str> = GOES.iter().map(|(table, _)| *table).collect();
    // Its line stays, and the release's name in it goes (K8.3).
    let stays = ["issue"];
    let of_case =
        ["release", "copy", "photograph", "consultation", "report", "revision", "ruling", "representation", "review"];
    let mut found = BTreeSet::new();
    for (table, on) in references.lines().filter_map(|line| line.split_once(' ')) {
        if of_case.contains(&on) && !stays.contains(&table) {
            found.insert(table);
            assert!(known.contains(table), "say in store::erasing how the rows of {table} go: it refers to {on}");
        }
    }
    assert!(found.len() > 10, "{found:?}");
}
