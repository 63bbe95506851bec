//! K8.7: a holder reports, the co-ordinator considers, the words are corrected in every copy, the old ones open for nobody outside;
//! every way in which a correction is refused leaves the old version whole.

use disclosure_portal::actions::answers::Form;
use disclosure_portal::actions::{No, correct, corrections, deliver, home, report, reseal, seal, seal_words};
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::demo::releases::{Plot, acknowledge, ask, copy_of, look, recall, release_to, sign_form, to};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::event::Kind;
use disclosure_portal::domain::ids::{CopyId, PartId, ReleaseId, ReportId};
use disclosure_portal::sealing::age::{self, Identity};

use super::renewal::{approve, join, renew_priya};
use super::{PLOT, blobs, hidden, open, part};
use crate::harness::{Scene, codes, sql, who, world, wrong_fields};

const NEW: &str = "Suspected of thefts from pharmacies, not from cafés.";
const INSTRUCTIONS: &str = "Show it to security staff on duty at the doors.";

/// A release with words and a picture that Priya and Morgan hold; Priya has opened it.
pub(super) async fn held(scene: &Scene) -> (ReleaseId, CopyId) {
    let (office, priya) = (&scene.office, scene.who("Priya"));
    let plot = Plot { portraits: &[77], ..PLOT };
    let id = ask(office, scene.who("Riley"), &scene.world().areas[0].to_string(), &plot).await.unwrap();
    release_to(office, scene.who("Sam"), id, &plot, &to(scene.world(), &[("Priya", 0), ("Morgan", 0)]).unwrap())
        .await
        .unwrap();
    let copy = copy_of(office, priya, id).await.unwrap();
    acknowledge(office, priya, copy).await.unwrap();
    look(office, priya, copy).await.unwrap();
    (id, copy)
}

/// A careful correction, with some answers changed.
fn said(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = [
        ("revision", "2"),
        ("text", NEW),
        ("name", ""),
        ("name_why", ""),
        ("instructions", INSTRUCTIONS),
        ("changed", "The kind of shop"),
        ("reason", "A holder reported it; the officer agrees"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    for (name, value) in changes {
        match all.iter_mut().find(|(field, _)| field == name) {
            Some((_, old)) => *old = (*value).to_owned(),
            None => all.push(((*name).to_owned(), (*value).to_owned())),
        }
    }
    all
}

pub(super) fn form(scene: &Scene, aic: &Somebody, id: ReleaseId, changes: &[(&str, &str)]) -> Form {
    let form = Form::posted(&said(changes));
    sign_form(&scene.office, aic, "correction", &format!("release/{id}"), form, &correct::BY_DIGEST).unwrap()
}

pub(super) async fn corrected(scene: &Scene, id: ReleaseId, changes: &[(&str, &str)]) -> Result<(), No> {
    let sam = scene.who("Sam");
    correct::correct(&scene.office, &sam.actor, id, &form(scene, sam, id, changes), stamp()).await
}

/// A report that is answered, and a correction, of a release of their own: for tests of what is kept of them.
pub(crate) async fn one_made(scene: &Scene) {
    let (office, sam, priya) = (&scene.office, scene.who("Sam"), scene.who("Priya"));
    let area = scene.world().areas[0].to_string();
    let id = ask(office, scene.who("Riley"), &area, &PLOT).await.unwrap();
    release_to(office, sam, id, &PLOT, &to(scene.world(), &[("Priya", 0)]).unwrap()).await.unwrap();
    let copy = copy_of(office, priya, id).await.unwrap();
    report::report(office, &priya.actor, copy, "It was a pharmacy.", stamp()).await.unwrap();
    corrected(scene, id, &[]).await.unwrap();
    let report = ReportId::parse(&corrections::waiting(office, &sam.actor).await.unwrap()[0].id).unwrap();
    let say = |name: &str| if name == "outcome" { "corrected" } else { "Thank you." };
    report::answer(office, &sam.actor, id, report, say, stamp()).await.unwrap();
}

/// What somebody reads in their copy with their own key.
async fn words(scene: &Scene, who: &Somebody, copy: CopyId) -> String {
    let text = part(scene, copy, "text", 0).await;
    let sealed = open(scene, who, copy, text).await.unwrap().bytes;
    let key = Identity::parse(&who.account.age_identity).unwrap();
    String::from_utf8(age::open(&sealed, &key).unwrap().to_vec()).unwrap()
}

async fn object(scene: &Scene, part: PartId, copy: CopyId) -> Option<String> {
    scene.office.read().await.unwrap().part(copy, part).await.unwrap().map(|part| part.object)
}

/// Whether a blob lies in the vault.
fn stored(scene: &Scene, object: &str) -> bool {
    fn within(dir: &std::path::Path, object: &str) -> bool {
        std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .any(|path| if path.is_dir() { within(&path, object) } else { path.ends_with(object) })
    }
    within(&scene.folder.0.join("vault"), object)
}

/// Everything that a correction changes, to be compared.
async fn state(scene: &Scene, id: ReleaseId) -> (String, usize, usize, usize) {
    let mut conn = scene.office.read().await.unwrap();
    let filed = conn.release(id).await.unwrap().unwrap();
    let mut parts = Vec::new();
    for copy in conn.copies_of_release(id).await.unwrap() {
        for part in conn.parts(CopyId::parse(&copy.id).unwrap()).await.unwrap() {
            parts.push(format!("{} {} {:?}", part.object, part.revision, copy.acknowledged_at));
        }
    }
    let versions = conn.revisions(id).await.unwrap().len();
    drop(conn);
    let row =
        format!("{:?} {:?} {} {} {parts:?}", filed.text_object, filed.text_sha256, filed.danger, filed.release.version);
    (row, versions, blobs(scene), scene.records(Kind::Corrected.word()).await.len())
}

#[actix_web::test]
async fn from_a_report_to_the_corrected_words_and_the_outcome_that_the_holder_reads() {
    let scene = Scene::new().await;
    let (office, sam, priya) = (&scene.office, who("Sam"), who("Priya"));
    let (id, copy) = held(&scene).await;
    let (old, screen) = (part(&scene, copy, "text", 0).await, part(&scene, copy, "screen", 0).await);
    let old_object = object(&scene, old, copy).await.unwrap();
    let until = deliver::one(office, &priya.actor, copy).await.unwrap().until;

    report::report(office, &priya.actor, copy, "It was a pharmacy, not a café.", stamp()).await.unwrap();
    let waiting = corrections::waiting(office, &sam.actor).await.unwrap();
    assert_eq!(waiting.len(), 1);
    let report = ReportId::parse(&waiting[0].id).unwrap();
    assert!(
        home::waiting(office, &sam.actor).await.unwrap().iter().any(|one| matches!(one, home::Waiting::Reports(_)))
    );
    assert!(corrections::waiting(office, &who("Dana").actor).await.unwrap().is_empty());

    // Only what was done can be recorded as the outcome.
    let say = |outcome: &'static str, answer: &'static str| {
        move |name: &str| match name {
            "outcome" => outcome,
            "answer" => answer,
            _ => "The officer agrees",
        }
    };
    for (outcome, answer, field) in [
        ("corrected", "Thank you.", "outcome"),
        ("recalled", "Thank you.", "outcome"),
        ("", "Thank you.", "outcome"),
        ("unchanged", "", "answer"),
        ("unchanged", "They live at 12 High Street.", "answer"),
    ] {
        let refused = report::answer(office, &sam.actor, id, report, say(outcome, answer), stamp()).await;
        assert_eq!(wrong_fields(refused), [field], "{outcome} {answer}");
    }
    corrected(&scene, id, &[("danger", "yes")]).await.unwrap();
    report::answer(office, &sam.actor, id, report, say("corrected", "Thank you."), stamp()).await.unwrap();
    let again = report::answer(office, &sam.actor, id, report, say("unchanged", "No."), stamp()).await;
    assert_eq!(codes(again), ["report-answered"]);

    // The old words: gone from the row, from the vault, from the door. The photograph is the same.
    assert_eq!(object(&scene, old, copy).await, None);
    assert!(!stored(&scene, &old_object));
    let new = part(&scene, copy, "text", 0).await;
    // The conditions are signed anew, and name the version.
    assert_eq!(codes(open(&scene, priya, copy, new).await.map(|_| ())), ["conditions"]);
    let bulletin = deliver::one(office, &priya.actor, copy).await.unwrap();
    assert!(deliver::conditions(&bulletin).contains("Version 2, corrected on 21 November 2026"));
    assert_eq!((bulletin.until, bulletin.danger.is_some()), (until, true), "the limit does not move");
    assert_eq!(bulletin.versions[0].said.changed.as_str(), "The kind of shop");
    assert_eq!(bulletin.reports[0].answered.as_ref().unwrap().2.answer.as_str(), "Thank you.");
    acknowledge(office, priya, copy).await.unwrap();
    hidden(open(&scene, priya, copy, old).await.map(|_| ()));
    assert_eq!(words(&scene, priya, copy).await, format!("{NEW}\n\nInstructions: {INSTRUCTIONS}\n"));
    open(&scene, priya, copy, screen).await.unwrap();
    let views = scene.records("view").await;
    let seen: Vec<_> = views.iter().filter_map(|(_, body)| body["revision"].as_i64()).rev().take(2).collect();
    assert_eq!(seen, [2, 1], "each view of words says which version was seen");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn both_versions_stay_on_record_for_the_unit_and_nobody_else() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, who("Sam"));
    let (id, _) = held(&scene).await;
    corrected(&scene, id, &[]).await.unwrap();
    corrected(&scene, id, &[("revision", "3"), ("text", "Suspected of thefts."), ("danger", "yes")]).await.unwrap();
    let box_ = seal::unit_box(office, &sam.actor, world().areas[0]).await.unwrap();
    let own = Identity::parse(&sam.account.age_identity).unwrap();
    let unit = String::from_utf8(age::open(&box_, &own).unwrap().to_vec()).unwrap();
    let unit = Identity::parse(unit.trim()).unwrap();
    for (version, begins) in [(1, "Suspected of thefts from shops."), (2, NEW), (3, "Suspected of thefts.\n")] {
        let sealed = corrections::words(office, &sam.actor, id, version, stamp()).await.unwrap();
        let plain = String::from_utf8(age::open(&sealed, &unit).unwrap().to_vec()).unwrap();
        assert!(plain.starts_with(begins), "{version}: {plain}");
        assert_eq!(scene.records("original").await.last().unwrap().1["revision"], version);
    }
    for (name, version) in [("Sam", 4), ("Sam", 0), ("Dana", 1), ("Priya", 1), ("Riley", 1), ("Robin", 1)] {
        hidden(corrections::words(office, &who(name).actor, id, version, stamp()).await);
    }
    let history = corrections::history(office, &sam.actor, id, stamp()).await.unwrap();
    let flags: Vec<_> = history.versions.iter().map(|one| (one.row.number, one.row.danger)).collect();
    assert_eq!((flags, history.filed.danger), (vec![(3, false), (2, false)], true));
    assert_eq!(history.versions[0].row.corrector, sam.account.name);
    let last = scene.records("correct").await.pop().unwrap().1;
    assert_eq!((last["revision"].as_i64(), last["copies"].as_i64()), (Some(3), Some(2)));
    assert!(!last.to_string().contains("thefts"));
    scene.log_is_whole().await;
}

/// What is typed, and the fields that are wrong.
type Wrong<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

#[actix_web::test]
async fn whatever_may_not_leave_is_refused_beside_its_field_and_nothing_is_half_done() {
    let scene = Scene::new().await;
    let (id, _) = held(&scene).await;
    let before = state(&scene, id).await;
    let long = "x".repeat(300_000);
    let wrong: &[Wrong<'_>] = &[
        (&[("text", "Seen at 12 High Street.")], &["text"]),
        (&[("text", "Known under PNC 01/123456A.")], &["text"]),
        (&[("name", "J. Smith")], &["name_why"]),
        (&[("name", "J. Smith, 12 High Street"), ("name_why", "Known")], &["text"]),
        (&[("instructions", "Ask at 12 High Street.")], &["text"]),
        (&[("text", "Was convicted of theft.")], &["indication"]),
        (&[("text", "")], &["text"]),
        (&[("instructions", "")], &["instructions"]),
        (&[("changed", "")], &["changed"]),
        (&[("changed", "No longer 12 High Street")], &["changed"]),
        (&[("changed", "No longer convicted")], &["changed"]),
        (&[("reason", "")], &["reason"]),
        (&[("text", &long)], &["text"]),
        (&[("changed", &long), ("name", &long)], &["name", "changed"]),
        (&[("revision", "3")], &["statement"]),
        (&[("revision", "")], &["statement"]),
    ];
    for (changes, fields) in wrong {
        let mut found = wrong_fields(corrected(&scene, id, changes).await);
        found.dedup();
        assert_eq!(found, *fields);
    }
    // The address is named, so that it can be found.
    let No::Invalid(told) = corrected(&scene, id, &[("text", "Seen at 12 High Street.")]).await.unwrap_err() else {
        panic!("not beside a field")
    };
    assert!(told[0].sentence.contains("12 High Street"), "{}", told[0].sentence);
    let same =
        [("text", PLOT.text), ("instructions", "Show it to security staff on duty at the doors. Do not print it.")];
    assert_eq!(wrong_fields(corrected(&scene, id, &same).await), ["text"], "these are the words in force");
    // Signed by nobody, and signed about other words.
    let unsigned = Form::posted(&said(&[]));
    let sent = correct::correct(&scene.office, &who("Sam").actor, id, &unsigned, stamp()).await;
    assert_eq!(wrong_fields(sent), ["statement"]);
    let mut fields = form(&scene, who("Sam"), id, &[]).fields_to_post();
    for (name, value) in &mut fields {
        if name == "text" {
            value.push_str(" And more.");
        }
    }
    let sent = correct::correct(&scene.office, &who("Sam").actor, id, &Form::posted(&fields), stamp()).await;
    assert_eq!(wrong_fields(sent), ["statement"]);
    assert_eq!(state(&scene, id).await, before);
    corrected(&scene, id, &[("name", "J. Smith"), ("name_why", "Staff know the name")]).await.unwrap();
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn after_the_end_nothing_is_corrected_and_reports_still_come() {
    let scene = Scene::new().await;
    let (office, sam, priya) = (&scene.office, who("Sam"), who("Priya"));
    let (id, copy) = held(&scene).await;
    for name in ["Riley", "Jordan", "Casey", "Alex"] {
        let sent = correct::correct(office, &who(name).actor, id, &form(&scene, who(name), id, &[]), stamp()).await;
        assert_eq!(codes(sent), ["not-coordinator"], "{name}");
    }
    for name in ["Dana", "Priya", "Lee"] {
        hidden(correct::correct(office, &who(name).actor, id, &form(&scene, who(name), id, &[]), stamp()).await);
    }
    recall(office, sam, id, "The purpose is met.").await.unwrap();
    assert_eq!(codes(corrected(&scene, id, &[]).await), ["wrong-stage"]);
    report::report(office, &priya.actor, copy, "It was wrong anyway.", stamp()).await.unwrap();
    let report = ReportId::parse(&corrections::waiting(office, &sam.actor).await.unwrap()[0].id).unwrap();
    let say = |name: &str| if name == "outcome" { "recalled" } else { "It was recalled." };
    report::answer(office, &sam.actor, id, report, say, stamp()).await.unwrap();

    let live = scene.release("CZ/003/26").await;
    let copy = copy_of(office, priya, live).await.unwrap();
    let until = deliver::one(office, &priya.actor, copy).await.unwrap().until;
    scene.clock.set(until);
    assert_eq!(codes(corrected(&scene, live, &[]).await), ["wrong-stage"]);
    report::report(office, &priya.actor, copy, "It was wrong.", stamp()).await.unwrap();
    assert!(deliver::one(office, &priya.actor, copy).await.unwrap().versions.is_empty());
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn of_many_at_once_one_counts_and_the_same_form_counts_once() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, who("Sam"));
    let (id, _) = held(&scene).await;
    let before = state(&scene, id).await;
    let texts = ["Suspected of one.", "Suspected of two.", "Suspected of three.", "Suspected of four."];
    let forms: Vec<Form> = texts.iter().map(|text| form(&scene, sam, id, &[("text", text)])).collect();
    let send = forms.iter().chain(&forms[..1]).map(|form| correct::correct(office, &sam.actor, id, form, stamp()));
    let outcomes = futures_util::future::join_all(send).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for refused in outcomes.into_iter().filter(Result::is_err) {
        assert_eq!(wrong_fields(refused), ["statement"]);
    }
    let after = state(&scene, id).await;
    assert_eq!((after.1, after.3), (before.1 + 1, before.3 + 1));
    assert_eq!(after.2, before.2 + 1, "the old words to the unit are kept; everything else was exchanged");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_key_exchanged_in_the_database_stops_it_all_with_an_alarm() {
    let stranger = Identity::fresh().unwrap().recipient().to_string();
    let (morgan, area) = (who("Morgan").id, world().areas[0]);
    for (swap, code) in [
        (format!("UPDATE person SET recipient = '{stranger}' WHERE id = '{morgan}'"), "keys-changed"),
        (format!("UPDATE area SET unit_recipient = '{stranger}' WHERE id = '{area}'"), "unit-key-changed"),
    ] {
        let scene = Scene::new().await;
        let (id, _) = held(&scene).await;
        let before = state(&scene, id).await;
        let form = form(&scene, who("Sam"), id, &[]);
        sql(&scene, &swap);
        let sent = correct::correct(&scene.office, &who("Sam").actor, id, &form, stamp()).await;
        match sent {
            Err(No::Invalid(told)) => assert!(told[0].sentence.starts_with("Stop"), "{}", told[0].sentence),
            other => assert_eq!(codes(other), [code]),
        }
        assert_eq!(state(&scene, id).await, before, "{code}");
        assert_eq!(scene.records("key.alarm").await.len(), 1, "{code}");
        scene.log_is_whole().await;
    }
}

#[actix_web::test]
async fn a_failure_in_the_middle_leaves_the_old_version_standing() {
    let scene = Scene::new().await;
    let (id, copy) = held(&scene).await;
    let before = state(&scene, id).await;
    // The second copy's part cannot be written: the whole act is undone.
    let second = "SELECT RAISE(ABORT, 'no') WHERE (SELECT COUNT(*) FROM part WHERE revision = 2) > 1";
    if scene.database.is_none() {
        scene.leave_trigger("broken", "AFTER", "part", second);
        let sent = corrected(&scene, id, &[]).await;
        assert!(matches!(sent, Err(No::Broken(_) | No::Unavailable)), "{sent:?}");
        scene.take_trigger("broken");
        // Whether it was committed is not known at once, so that the new blobs stay for the sweep of orphans; no row names them.
        let after = state(&scene, id).await;
        assert_eq!((after.0, after.1, after.3), (before.0, before.1, before.3));
        assert_eq!(words(&scene, who("Priya"), copy).await.lines().next(), Some(PLOT.text));
    }
    corrected(&scene, id, &[]).await.unwrap();
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn who_lost_their_keys_gets_the_corrected_words_and_never_the_old_ones() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, who("Sam"));
    let (id, _) = held(&scene).await;
    let path = renew_priya(&scene).await;
    join(office, &path).await;
    approve(office).await;
    // Made before the correction, sealed after it: the correction itself brings the words.
    assert!(reseal::begin(office, &sam.actor, &stamp()).await.unwrap() > 0);
    corrected(&scene, id, &[]).await.unwrap();
    let old = seal_words::take(office, &sam.actor, id, b"Suspected of thefts from shops.\n".to_vec(), stamp()).await;
    assert_eq!(wrong_fields(old), ["text"]);
    let copy = copy_of(office, who("Priya"), id).await.unwrap();
    let parts = office.read().await.unwrap().parts(copy).await.unwrap();
    assert_eq!(parts.iter().map(|part| (part.rendition.as_str(), part.revision)).collect::<Vec<_>>(), [("text", 2)]);
    let object = parts[0].object.clone();
    assert!(stored(&scene, &object));
    let picture = office.read().await.unwrap().photographs(id).await.unwrap()[0].id.clone();
    let picture = disclosure_portal::domain::ids::PhotographId::parse(&picture).unwrap();
    let drawn = disclosure_portal::demo::portrait::draw(77);
    seal::take_whole(office, &sam.actor, id, picture, drawn, stamp()).await.unwrap();
    assert!(office.read().await.unwrap().copy(copy).await.unwrap().unwrap().sealed_at.is_some());
    scene.log_is_whole().await;
}
