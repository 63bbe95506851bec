//! O3.2.3, O3.2.4, K7.7: representations and their 72 hours, the commander's and the inspector's decisions, telling the person.

use disclosure_portal::actions::answers::Form;
use disclosure_portal::actions::decision::{self, Answers};
use disclosure_portal::actions::home::{Waiting, waiting as landing};
use disclosure_portal::actions::request::draft::{self, Change};
use disclosure_portal::actions::request::submit;
use disclosure_portal::actions::rulings::waits::What;
use disclosure_portal::actions::{No, release, rotate, rulings};
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::demo::registers::pdf;
use disclosure_portal::demo::releases::{
    Plot, ask, asked, complete, consider, refuse, sign_as_it_stands, sign_request, to,
};
use disclosure_portal::demo::rulings::{represent, rule, said, sign_ruling, tell};
use disclosure_portal::demo::{portrait, stamp};
use disclosure_portal::domain::actor::{Actor, Grant, Role};
use disclosure_portal::domain::ids::ReleaseId;
use disclosure_portal::domain::moment::Moment;
use disclosure_portal::domain::release::{Part, Question};
use disclosure_portal::store::rekey::SOURCES;

use super::{PLOT, hidden};
use crate::harness::browser::Browser;
use crate::harness::{Scene, codes, who, world, wrong_fields};

const SAID: Question = Question::Representations;
const OUTCOME: Question = Question::NoPositiveOutcome;

pub(super) async fn waiting(scene: &Scene, plot: &Plot) -> ReleaseId {
    ask(&scene.office, who("Riley"), &world().areas[0].to_string(), plot).await.unwrap()
}

/// Every answer of a careful co-ordinator, but for these.
pub(super) fn answers(scene: &Scene, other: &[(&str, &str)]) -> Answers {
    let mut said = complete(&scene.office, &to(world(), &[("Morgan", 0)]).unwrap());
    said.retain(|(name, _)| other.iter().all(|(other, _)| other != name));
    said.extend(other.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    said
}

/// A request with every part saved for Morgan.
pub(super) async fn considered(scene: &Scene, other: &[(&str, &str)]) -> ReleaseId {
    let id = waiting(scene, &PLOT).await;
    consider(&scene.office, who("Sam"), id, &answers(scene, other)).await.unwrap();
    id
}

async fn authorise(scene: &Scene, id: ReleaseId) -> Result<(), No> {
    let form = sign_as_it_stands(&scene.office, who("Sam"), id, "authorise", "").await.unwrap();
    release::decide(&scene.office, &who("Sam").actor, id, &form, stamp()).await
}

/// What stands on somebody's first page.
pub(super) async fn waits(scene: &Scene, actor: &Actor, id: ReleaseId) -> Vec<What> {
    let all = landing(&scene.office, actor).await.unwrap();
    let open = all.iter().filter_map(|one| if let Waiting::Questions(open) = one { Some(open) } else { None });
    open.flatten().filter(|one| one.release == id).map(|one| one.what).collect()
}

/// Gives somebody one more role, in Cantwell, and answers them as they act from then on.
async fn also(scene: &Scene, name: &str, role: Role) -> Somebody {
    let (grant, person) = (Grant::InArea(role, world().areas[0]), who(name));
    let id = person.id;
    scene.office.act(move |tx| Box::pin(async move { Ok(tx.add_grant(id, grant).await?) })).await.unwrap();
    let mut conn = scene.office.read().await.unwrap();
    let account = person.account.clone();
    let mut again = Somebody::again(&mut conn, id, account, *person.seed).await.unwrap();
    again.actor = conn.actor(id).await.unwrap();
    again
}

#[actix_web::test]
async fn upheld_representations_end_the_case_and_the_person_is_told() {
    let scene = Scene::new().await;
    let (office, casey) = (&scene.office, who("Casey"));
    let id = considered(&scene, &[]).await;
    assert!(waits(&scene, &casey.actor, id).await.is_empty());
    represent(office, who("Riley"), id, "It was not me.", vec![pdf("ALIBI"), portrait::draw(3)]).await.unwrap();
    assert_eq!(waits(&scene, &casey.actor, id).await, [What::Answer(SAID, None)]);
    assert_eq!(codes(beside(authorise(&scene, id).await)), ["representations"]);
    assert_eq!(codes(rule(office, who("Alex"), id, SAID, true).await), ["not-commander"]);
    assert_eq!(codes(rule(office, who("Sam"), id, SAID, true).await), ["not-commander"]);
    scene.later(60_000);
    rule(office, casey, id, SAID, false).await.unwrap();
    assert!(waits(&scene, &casey.actor, id).await.is_empty());
    assert_eq!(codes(beside(authorise(&scene, id).await)), ["representations-upheld"]);
    assert_eq!(waits(&scene, &who("Sam").actor, id).await, [What::Telling]);
    // The result letter says so, and is recorded as made.
    let sam = Browser::of(&scene, Some("Sam")).await;
    let letter = format!("/releases/{id}/letters/result");
    let made = sam.post(&letter, &[("name", "A Person"), ("offence", "Theft, Cantwell, 3 March")]).await;
    assert!(made.status == 200 && made.text().contains("has upheld them"), "{}", made.text());
    assert!(made.text().contains("Cantwell Business Crime Reduction Partnership"));
    assert_eq!(scene.records("export").await.pop().unwrap().1["what"], "letter.result");
    refuse(office, who("Sam"), id, "Representations upheld").await.unwrap();
    assert_eq!(waits(&scene, &who("Sam").actor, id).await, [What::Telling], "after the refusal too");
    tell(office, who("Sam"), id).await.unwrap();
    assert!(waits(&scene, &who("Sam").actor, id).await.is_empty());
    assert_eq!(codes(beside(tell(office, who("Sam"), id).await)), ["nothing-to-tell"], "once");
    let kinds = ["represent", "rule", "tell"];
    for kind in kinds {
        let (_, body) = scene.records(kind).await.pop().unwrap();
        assert_eq!(body["object"], format!("release/{id}"), "{kind}");
        assert!(!body.to_string().contains("not me"), "no word of a case");
    }
    // The page shows what was decided; and what was said, decided and told is sealed under the records key.
    let page = Browser::of(&scene, Some("Casey")).await.get(&format!("/releases/{id}/ruling/representations")).await;
    assert!(page.status == 200 && page.text().contains("Nothing is given") && page.text().contains("It was not me."));
    for marker in ["It was not me", "The thefts go on; the public", "A letter, by hand", "ALIBI"] {
        for (name, bytes) in scene.everything() {
            assert!(
                !bytes.windows(marker.len()).any(|window| window == marker.as_bytes()),
                "{marker} lies open in {name}"
            );
        }
    }
    every_field_is_under_the_records_key(&scene).await;
    scene.log_is_whole().await;
}

async fn every_field_is_under_the_records_key(scene: &Scene) {
    let text = std::fs::read_to_string(scene.folder.0.join("keys/records.key")).unwrap();
    let mut key = zeroize::Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.trim(), key.as_mut()).unwrap();
    let key = disclosure_portal::sealing::lock::RecordsKey::from_bytes(key);
    let mut conn = scene.office.read().await.unwrap();
    for source in SOURCES.iter().filter(|source| ["representation", "ruling", "document"].contains(&source.table)) {
        let fields = conn.sealed_fields(source).await.unwrap();
        assert!(!fields.is_empty(), "{}.{}", source.table, source.column);
        assert!(fields.iter().all(|field| rotate::opens(source, field, &key)), "{}.{}", source.table, source.column);
    }
}

/// Refusals that stand beside fields, as refusals again: their codes are in no sentence.
fn beside(result: Result<(), No>) -> Result<(), No> {
    use disclosure_portal::domain::refusal::Refusal;
    let Err(No::Invalid(errors)) = &result else { return result };
    let at = Moment::from_millis(0);
    let known = [
        Refusal::RepresentationsUndecided,
        Refusal::ResultNotTold,
        Refusal::RecordChanged,
        Refusal::NoPositiveOutcome,
        Refusal::PhotographOfThisOffence,
        Refusal::NothingToTell,
        Refusal::ToldOutOfTime,
        Refusal::ReceivedInFuture,
        Refusal::RepresentationsMissing,
        Refusal::ReasonMissing,
        Refusal::RepresentationsUpheld { at },
        Refusal::OutcomeRuledAgainst { at },
        Refusal::NoticeStillRunning { until: at },
    ];
    // A sentence with a date is known by its beginning; these come last.
    let dated = |one: &Refusal| {
        matches!(
            one,
            Refusal::RepresentationsUpheld { .. }
                | Refusal::OutcomeRuledAgainst { .. }
                | Refusal::NoticeStillRunning { .. }
        )
    };
    let head = |text: &str| text.chars().take(21).collect::<String>();
    let is = |one: &Refusal, said: &str| {
        let sentence = one.told().sentence;
        said.starts_with(&sentence) || (dated(one) && head(said) == head(&sentence))
    };
    let code = |said: &str| known.iter().find(|one| is(one, said)).cloned();
    let found: Option<Vec<Refusal>> = errors.iter().map(|error| code(&error.sentence)).collect();
    Err(No::Refused(found.unwrap_or_else(|| panic!("{errors:?}"))))
}

#[actix_web::test]
async fn dismissed_representations_are_told_before_anything_is_authorised() {
    let scene = Scene::new().await;
    let office = &scene.office;
    let id = considered(&scene, &[]).await;
    represent(office, who("Sam"), id, "I paid.", vec![]).await.unwrap();
    scene.later(1);
    rule(office, who("Casey"), id, SAID, true).await.unwrap();
    assert_eq!(codes(beside(authorise(&scene, id).await)), ["result-not-told"]);
    scene.later(60_000);
    tell(office, who("Sam"), id).await.unwrap();
    authorise(&scene, id).await.unwrap();
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn representations_count_however_late_they_come() {
    let scene = Scene::new().await;
    let office = &scene.office;
    let id = considered(&scene, &[]).await;
    represent(office, who("Sam"), id, "First.", vec![]).await.unwrap();
    scene.later(1);
    rule(office, who("Casey"), id, SAID, true).await.unwrap();
    tell(office, who("Sam"), id).await.unwrap();
    // Ready to be signed; one millisecond before it is, the person says more.
    let form = sign_as_it_stands(office, who("Sam"), id, "authorise", "").await.unwrap();
    scene.later(1);
    represent(office, who("Riley"), id, "And again.", vec![]).await.unwrap();
    let sent = release::decide(office, &who("Sam").actor, id, &form, stamp()).await;
    assert!(!codes(beside(sent)).is_empty());
    assert_eq!(codes(beside(authorise(&scene, id).await)), ["representations"]);
    assert_eq!(waits(&scene, &who("Casey").actor, id).await, [What::Answer(SAID, None)]);
    // A ruling of the very millisecond in which they were recorded may be older than they are: it does not count.
    rule(office, who("Casey"), id, SAID, true).await.unwrap();
    assert_eq!(codes(beside(authorise(&scene, id).await)), ["representations"]);
    scene.later(1);
    rule(office, who("Casey"), id, SAID, true).await.unwrap();
    tell(office, who("Sam"), id).await.unwrap();
    authorise(&scene, id).await.unwrap();
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn seventy_two_hours_run_to_the_millisecond_and_the_first_page_says_until_when() {
    let scene = Scene::new().await;
    let id = considered(&scene, &[("notice_date", "2026-11-21"), ("notice_time", "09:30")]).await;
    let until = Moment::parse_london("2026-11-24", "09:30").unwrap();
    assert_eq!(waits(&scene, &who("Sam").actor, id).await, [What::Running(until)]);
    let page = Browser::of(&scene, Some("Sam")).await.get("/").await.text();
    assert!(page.contains("Authorise from 24 November 2026 at 9:30am: 2 days 21 hours left"), "{page}");
    represent(&scene.office, who("Sam"), id, "No.", vec![]).await.unwrap();
    let page = Browser::of(&scene, Some("Casey")).await.get("/").await.text();
    assert!(page.contains("The notice runs until 24 November 2026 at 9:30am: 2 days 21 hours left"), "{page}");
    scene.later(1);
    rule(&scene.office, who("Casey"), id, SAID, true).await.unwrap();
    tell(&scene.office, who("Sam"), id).await.unwrap();
    scene.clock.set(until.plus_millis(-1));
    assert_eq!(codes(beside(authorise(&scene, id).await)), ["notice-running"], "71:59:59.999");
    scene.clock.set(until);
    // A refusal is no leaf; put back, the clock gives no second try: time stands at the newest leaf.
    let form = sign_as_it_stands(&scene.office, who("Sam"), id, "authorise", "").await.unwrap();
    scene.clock.set(until.plus_millis(-1));
    let early = release::decide(&scene.office, &who("Sam").actor, id, &form, stamp()).await;
    assert!(early.is_err(), "before");
    scene.clock.set(until);
    authorise(&scene, id).await.unwrap();
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn without_a_positive_outcome_an_inspector_decides_and_a_photograph_of_this_offence_stays() {
    let scene = Scene::new().await;
    let (office, alex) = (&scene.office, who("Alex"));
    let id = considered(&scene, &[("outcome", "none")]).await;
    assert_eq!(codes(beside(authorise(&scene, id).await)), ["no-positive-outcome"]);
    assert_eq!(waits(&scene, &alex.actor, id).await, [What::Answer(OUTCOME, None)]);
    assert_eq!(waits(&scene, &who("Casey").actor, id).await, [What::Answer(OUTCOME, None)]);
    assert_eq!(codes(rule(office, who("Sam"), id, OUTCOME, true).await), ["not-inspector"]);
    rule(office, alex, id, OUTCOME, true).await.unwrap();
    authorise(&scene, id).await.unwrap();
    // A no ends it, and is not asked again.
    let id = considered(&scene, &[("outcome", "none")]).await;
    rule(office, who("Casey"), id, OUTCOME, false).await.unwrap();
    assert_eq!(codes(beside(authorise(&scene, id).await)), ["outcome-ruled-against"]);
    assert_eq!(codes(rule(office, alex, id, OUTCOME, true).await), ["nothing-to-rule"]);
    refuse(office, who("Sam"), id, "The inspector decided against it").await.unwrap();
    // With a photograph of this offence the inspector's yes is not enough.
    let pictured = Plot { portraits: &[5], ..PLOT };
    let id = waiting(&scene, &pictured).await;
    consider(office, who("Sam"), id, &answers(&scene, &[("outcome", "none")])).await.unwrap();
    rule(office, alex, id, OUTCOME, true).await.unwrap();
    assert_eq!(codes(beside(authorise(&scene, id).await)), ["photograph-of-this-offence"]);
    scene.log_is_whole().await;
}

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

#[actix_web::test]
async fn nobody_decides_twice_in_a_case_nor_on_their_own_request_nor_elsewhere() {
    let scene = Scene::new().await;
    let office = &scene.office;
    // A commander who is a co-ordinator too: who ruled does not authorise.
    let id = considered(&scene, &[]).await;
    represent(office, who("Sam"), id, "No.", vec![]).await.unwrap();
    scene.later(1);
    let sam = also(&scene, "Sam", Role::Commander).await;
    rule(office, &sam, id, SAID, true).await.unwrap();
    tell(office, &sam, id).await.unwrap();
    let form = sign_as_it_stands(office, &sam, id, "authorise", "").await.unwrap();
    assert_eq!(codes(release::decide(office, &sam.actor, id, &form, stamp()).await), ["own-ruling"]);
    let frankie = who("Frankie");
    let form = sign_as_it_stands(office, frankie, id, "authorise", "").await.unwrap();
    release::decide(office, &frankie.actor, id, &form, stamp()).await.unwrap();
    // The officer who asked is an inspector too.
    let id = considered(&scene, &[("outcome", "none")]).await;
    let riley = also(&scene, "Riley", Role::Inspector).await;
    assert_eq!(codes(rule(office, &riley, id, OUTCOME, true).await), ["own-request"]);
    assert!(waits(&scene, &riley.actor, id).await.is_empty());
    // A commander of another area: there is no such case.
    let elsewhere = Grant::InArea(Role::Commander, world().areas[1]);
    let other = Actor::Person { id: who("Dana").id, grants: vec![elsewhere] };
    let form = sign_ruling(office, who("Alex"), id, OUTCOME, "disclose", "Why").await.unwrap();
    hidden(rulings::rule(office, &other, id, OUTCOME, &form, stamp()).await);
    hidden(represent(office, who("Dana"), id, "No.", vec![]).await);
    hidden(tell(office, who("Dana"), id).await);
    let dana = Browser::of(&scene, Some("Dana")).await;
    for path in ["representations", "documents", "ruling/outcome", "told", "letters/notice"] {
        assert_eq!(dana.get(&format!("/releases/{id}/{path}")).await.status, 404, "{path}");
    }
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn what_is_sent_twice_counts_once_and_two_rulings_at_once_are_one() {
    let scene = Scene::new().await;
    let (office, riley) = (&scene.office, who("Riley"));
    let id = considered(&scene, &[("outcome", "none")]).await;
    let form = said(office, riley, "No.");
    let send = || rulings::represent(office, &riley.actor, id, &form, vec![pdf("A")], stamp());
    for sent in futures_util::future::join_all((0..4).map(|_| send())).await {
        sent.unwrap();
    }
    assert_eq!(office.read().await.unwrap().representations(id).await.unwrap().len(), 1);
    assert_eq!(scene.records("represent").await.len(), 1);
    scene.later(1);
    let (yes, no) = (
        sign_ruling(office, who("Alex"), id, OUTCOME, "disclose", "Yes").await.unwrap(),
        sign_ruling(office, who("Casey"), id, OUTCOME, "withhold", "No").await.unwrap(),
    );
    let (one, other) = futures_util::future::join(
        Box::pin(rulings::rule(office, &who("Alex").actor, id, OUTCOME, &yes, stamp())),
        Box::pin(rulings::rule(office, &who("Casey").actor, id, OUTCOME, &no, stamp())),
    )
    .await;
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let lost = if one.is_ok() { other } else { one };
    assert!(matches!(lost, Err(No::Invalid(_) | No::Refused(_))), "{lost:?}");
    assert_eq!(office.read().await.unwrap().rulings(id).await.unwrap().len(), 1);
    // A signature counts once, and for its question alone.
    let again = rulings::rule(office, &who("Alex").actor, id, OUTCOME, &yes, stamp()).await;
    assert_eq!(codes(again), ["nothing-to-rule"]);
    assert!(rulings::rule(office, &who("Casey").actor, id, SAID, &no, stamp()).await.is_err());
    // What changed while the commander read is not what they sign.
    let form = sign_ruling(office, who("Casey"), id, SAID, "disclose", "Why").await.unwrap();
    let more = [("risk_level", "Other")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    decision::save(office, &who("Sam").actor, id, Part::Risk, &more, 1, stamp()).await.unwrap();
    let stale = rulings::rule(office, &who("Casey").actor, id, SAID, &form, stamp()).await;
    assert_eq!(codes(beside(stale)), ["record-changed"]);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn bad_input_is_told_beside_its_field_and_nothing_is_kept() {
    let scene = Scene::new().await;
    let office = &scene.office;
    let id = considered(&scene, &[]).await;
    let riley = Browser::of(&scene, Some("Riley")).await;
    let door = format!("/releases/{id}/representations");
    let draft = rulings::draft(office, who("Riley").id);
    let good = [("representation", draft.as_str()), ("received_date", "2026-11-21"), ("received_time", "11:00")];
    let post = async |more: &[(&str, &str)], files: &[(&str, &[u8])]| {
        let fields: Vec<_> = good.iter().chain(more).copied().collect();
        riley.upload_as("document", &door, &fields, files).await
    };
    let hidden_one = post(&[("words", "It was\u{202E} me")], &[]).await;
    assert!(hidden_one.status == 422 && hidden_one.text().contains("href=\"#words\""));
    assert_eq!(post(&[("words", " ")], &[]).await.status, 422);
    let long = "x".repeat(300_000);
    assert!([413, 422].contains(&post(&[("words", &long)], &[]).await.status));
    let wrong: [&[u8]; 4] = [b"words", b"PK\x03\x04", b"%PDF-1.7 cut off", &portrait::draw(5)[..4000]];
    for bytes in wrong {
        let got = post(&[("words", "No.")], &[("a.pdf", &pdf("GOOD")), ("b.pdf", bytes)]).await;
        assert!(got.status == 422 && got.text().contains("Document 2: "), "{}", got.text());
        assert!(got.text().contains("No.</textarea>") || got.text().contains("\nNo.</textarea>"), "typed words stay");
    }
    let typed = [("received_date", "2026-11-22"), ("received_time", "11:00"), ("words", "No.")];
    let typed = typed.into_iter().chain([good[0]]).map(|(name, value)| (name.to_owned(), value.to_owned()));
    let form = Form::posted(&typed.collect::<Vec<_>>());
    let future = rulings::represent(office, &who("Riley").actor, id, &form, vec![], stamp());
    assert_eq!(wrong_fields(future.await), ["received_date"]);
    assert!(office.read().await.unwrap().representations(id).await.unwrap().is_empty());
    assert!(office.read().await.unwrap().documents_of(id).await.unwrap().is_empty());
    assert_eq!(post(&[("words", "No.")], &[("a.pdf", &pdf("GOOD"))]).await.status, 303);
    scene.later(1);
    // No reasons, no button, a hidden character.
    for (answer, reason, field) in
        [("disclose", "", "reason"), ("", "Why", "statement"), ("withhold", "a\u{200B}", "reason")]
    {
        let form = sign_ruling(office, who("Casey"), id, SAID, answer, reason).await.unwrap();
        let sent = rulings::rule(office, &who("Casey").actor, id, SAID, &form, stamp()).await;
        assert_eq!(wrong_fields(sent), [field]);
    }
    rule(office, who("Casey"), id, SAID, true).await.unwrap();
    let sam = Browser::of(&scene, Some("Sam")).await;
    let told = format!("/releases/{id}/told");
    let early = [("told_date", "2026-11-20"), ("told_time", "09:00"), ("told_by", "PC 1"), ("told_how", "Letter")];
    assert!(sam.post(&told, &early).await.text().contains("href=\"#told_date\""));
    let got = sam.post(&told, &[]).await;
    for field in ["told_date", "told_by", "told_how"] {
        assert!(got.status == 422 && got.text().contains(&format!("href=\"#{field}\"")), "{field}");
    }
    scene.log_is_whole().await;
}
