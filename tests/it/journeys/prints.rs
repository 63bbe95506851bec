//! Numbered prints (O3.2.1, K7.4, K8.2): off by default; where they are allowed each sheet is a copy of its own, opened for printing once,
//! up to the limit and not at it, and confirmed one by one.

use disclosure_portal::actions::prints::{self, Typed};
use disclosure_portal::actions::{No, bundle, deliver, desk, find, release, seal, sweep};
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::demo::releases::{
    Plot, acknowledge, ask, complete, confirm, copy_of, look, recall, sign_decision, to, undertake,
};
use disclosure_portal::demo::{portrait, reviews, stamp};
use disclosure_portal::domain::event::Kind;
use disclosure_portal::domain::ids::{CopyId, PhotographId, ReleaseId};
use disclosure_portal::domain::moment::Moment;
use disclosure_portal::sealing::age::{self, Identity};
use disclosure_portal::store::copies::Row;

use super::corrections::corrected;
use super::{PLOT, hidden, open, part};
use crate::harness::{Scene, codes, wrong_fields};

pub(super) const FACE: u64 = 77;
const FACES: Plot = Plot { portraits: &[FACE], ..PLOT };
pub(super) const OWN: &[(&str, &str)] =
    &[("prints", "2"), ("prints_why", "A door without a screen"), ("prints_by", "holder")];
pub(super) const CARRIED: &[(&str, &str)] =
    &[("prints", "1"), ("prints_why", "No computer there"), ("prints_by", "police")];

/// A careful record for Priya and Morgan, with these answers about prints.
async fn authorised(scene: &Scene, prints: &[(&str, &str)]) -> Result<ReleaseId, No> {
    let office = &scene.office;
    let id = ask(office, scene.who("Riley"), &scene.world().areas[0].to_string(), &FACES).await?;
    authorise(scene, id, &[("Priya", 0), ("Morgan", 0)], prints).await?;
    Ok(id)
}

/// A request authorised by a careful record, with these recipients and these answers about prints.
pub(super) async fn authorise(
    scene: &Scene,
    id: ReleaseId,
    people: &[(&str, usize)],
    prints: &[(&str, &str)],
) -> Result<(), No> {
    let (office, sam) = (&scene.office, scene.who("Sam"));
    let mut said = complete(office, &to(scene.world(), people).unwrap());
    said.extend(prints.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let form = sign_decision(office, sam, id, said).await?;
    release::decide(office, &sam.actor, id, &form, stamp()).await.map(drop)
}

/// Hands over the release's one photograph, which is sealed to every copy.
pub(super) async fn sealed(scene: &Scene, id: ReleaseId, face: u64) {
    let (office, sam) = (&scene.office, scene.who("Sam"));
    let photograph = office.read().await.unwrap().photographs(id).await.unwrap()[0].id.clone();
    let photograph = PhotographId::parse(&photograph).unwrap();
    seal::take_whole(office, &sam.actor, id, photograph, portrait::draw(face), stamp()).await.unwrap();
}

/// A release with prints, sealed; Priya has accepted the conditions.
pub(super) async fn printed(scene: &Scene, prints: &[(&str, &str)]) -> ReleaseId {
    let (office, priya) = (&scene.office, scene.who("Priya"));
    let id = authorised(scene, prints).await.unwrap();
    sealed(scene, id, FACE).await;
    acknowledge(office, priya, copy_of(office, priya, id).await.unwrap()).await.unwrap();
    id
}

pub(super) async fn two_each(scene: &Scene) -> ReleaseId {
    printed(scene, OWN).await
}

/// Somebody's sheets of a release, in their order.
pub(super) async fn sheets(scene: &Scene, holder: &Somebody, id: ReleaseId) -> Vec<(CopyId, Row)> {
    let all = scene.office.read().await.unwrap().copies_of_release(id).await.unwrap();
    let own = all.into_iter().filter(|copy| copy.holder == holder.id.to_string() && !copy.is_electronic());
    own.map(|copy| (CopyId::parse(&copy.id).unwrap(), copy)).collect()
}

pub(super) async fn screen(scene: &Scene, who: &Somebody, copy: CopyId) -> Result<Vec<u8>, No> {
    let screen = part(scene, copy, "screen", 0).await;
    open(scene, who, copy, screen).await.map(|opened| opened.bytes)
}

pub(super) fn picture(sealed: &[u8], who: &Somebody) -> Vec<u8> {
    age::open(sealed, &Identity::parse(&who.account.age_identity).unwrap()).unwrap().to_vec()
}

#[actix_web::test]
async fn prints_are_off_and_allowing_them_takes_a_reason_a_printer_and_a_number_within_the_bound() {
    let scene = Scene::new().await;
    let id = authorised(&scene, &[]).await.unwrap();
    assert_eq!(sheets(&scene, scene.who("Priya"), id).await.len(), 0);
    let ledger = prints::ledger(&scene.office, &scene.who("Sam").actor, id).await.unwrap();
    assert!(ledger.sheets.is_empty() && ledger.keeps);
    let refused = async |prints: &[(&str, &str)]| wrong_fields(authorised(&scene, prints).await);
    assert_eq!(refused(&[("prints", "1")]).await, ["prints_why", "prints_by"]);
    assert_eq!(refused(&[("prints", "1"), ("prints_why", "x")]).await, ["prints_by"]);
    let six = [("prints", "6"), ("prints_why", "x"), ("prints_by", "holder")];
    assert_eq!(refused(&six).await, ["prints"]);
    assert!(authorised(&scene, &[("prints", "0"), ("prints_why", "x")]).await.is_ok());
}

#[actix_web::test]
async fn each_sheet_is_a_copy_of_its_own_and_counts_no_recipient() {
    let scene = Scene::new().await;
    let (office, sam, priya) = (&scene.office, scene.who("Sam"), scene.who("Priya"));
    let id = two_each(&scene).await;
    let own = sheets(&scene, priya, id).await;
    assert_eq!(own.iter().map(|(_, row)| (row.print, row.print_of)).collect::<Vec<_>>(), [(1, 2), (2, 2)]);
    assert!(own.iter().all(|(_, row)| row.sealed_at.is_some() && row.acknowledged_at.is_some()));
    let electronic = copy_of(office, priya, id).await.unwrap();
    let marks: std::collections::HashSet<String> =
        office.read().await.unwrap().copies_of_release(id).await.unwrap().into_iter().map(|copy| copy.mark).collect();
    assert_eq!(marks.len(), 6, "two copies and four sheets, each with a mark");
    // Recipients are counted, sheets are not: in the list, in the register, among the holder's bulletins.
    let found = find::releases(office, &sam.actor, &find::Typed { page: 1, ..find::Typed::default() }).await.unwrap();
    let line = found.lines.iter().find(|line| line.filed.release.id == id).unwrap();
    assert_eq!(line.counts, [2, 2, 0, 0]);
    let issued = office.read().await.unwrap().issues(scene.world().areas[0]).await.unwrap();
    assert_eq!(issued.iter().find(|one| one.release_id == id.to_string()).unwrap().copies, 2);
    let bulletins = deliver::bulletins(office, &priya.actor).await.unwrap();
    let of: Vec<String> =
        bulletins.into_iter().filter(|one| one.copy.release_id == id.to_string()).map(|one| one.copy.id).collect();
    assert_eq!(of, [electronic.to_string()]);
    assert!(!desk::sheet(office, &sam.actor, id, stamp()).await.unwrap().may.seal);
    // The picture of each sheet differs from the others', and from the electronic copy's.
    let mut pictures = vec![picture(&screen(&scene, priya, electronic).await.unwrap(), priya)];
    for (sheet, _) in &own {
        pictures.push(picture(&screen(&scene, priya, *sheet).await.unwrap(), priya));
    }
    assert!(pictures[0] != pictures[1] && pictures[1] != pictures[2] && pictures[0] != pictures[2]);
}

#[actix_web::test]
async fn a_sheet_opens_once_is_freed_with_a_reason_and_opens_once_more() {
    let scene = Scene::new().await;
    let (office, sam, priya) = (&scene.office, scene.who("Sam"), scene.who("Priya"));
    let id = two_each(&scene).await;
    let own = sheets(&scene, priya, id).await;
    let (one, other) = (own[0].0, own[1].0);
    let free = async |copy: CopyId, reason: &str| prints::free(office, &sam.actor, id, copy, reason, stamp()).await;
    assert_eq!(codes(free(one, "Jammed").await), ["not-printed-yet"]);

    screen(&scene, priya, one).await.unwrap();
    assert_eq!(codes(screen(&scene, priya, one).await), ["printed-already"]);
    // The words of the same sheet have not been opened yet, and the other sheet is its own.
    let text = part(&scene, one, "text", 0).await;
    open(&scene, priya, one, text).await.unwrap();
    assert_eq!(codes(open(&scene, priya, one, text).await.map(|_| ())), ["printed-already"]);
    screen(&scene, priya, other).await.unwrap();

    let viewed = scene.records(Kind::Viewed.word()).await;
    let of_sheet = viewed.iter().filter(|(_, body)| body["copy"] == one.to_string() && body["sheet"] == 1).count();
    assert_eq!(of_sheet, 2, "one leaf each for picture and words, none for the refused");

    assert_eq!(wrong_fields(free(one, " ").await), ["reason"]);
    for stranger in ["Riley", "Priya", "Dana", "Robin"] {
        hidden(prints::free(office, &scene.who(stranger).actor, id, one, "Jammed", stamp()).await);
    }
    free(one, "The printer jammed; the paper was shredded").await.unwrap();
    assert_eq!(codes(free(one, "Again").await), ["not-printed-yet"], "freed twice by a double press");
    screen(&scene, priya, one).await.unwrap();
    assert_eq!(codes(screen(&scene, priya, one).await), ["printed-already"]);
    let freed = scene.records(Kind::PrintFreed.word()).await;
    assert_eq!((freed.len(), freed[0].1["sheet"].as_i64()), (1, Some(1)));
    let ledger = prints::ledger(office, &sam.actor, id).await.unwrap();
    let line = ledger.sheets.iter().find(|sheet| sheet.copy.id == one.to_string()).unwrap();
    assert_eq!(line.records[0].said.reason.as_str(), "The printer jammed; the paper was shredded");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn other_words_do_not_free_a_printed_sheet() {
    let scene = Scene::new().await;
    let priya = scene.who("Priya");
    let id = two_each(&scene).await;
    let own = sheets(&scene, priya, id).await;
    let text = part(&scene, own[0].0, "text", 0).await;
    open(&scene, priya, own[0].0, text).await.unwrap();
    corrected(&scene, id, &[]).await.unwrap();
    acknowledge(&scene.office, priya, copy_of(&scene.office, priya, id).await.unwrap()).await.unwrap();
    let text = part(&scene, own[0].0, "text", 0).await;
    assert_eq!(codes(open(&scene, priya, own[0].0, text).await.map(|_| ())), ["printed-already"]);
    let text = part(&scene, own[1].0, "text", 0).await;
    open(&scene, priya, own[1].0, text).await.unwrap();
}

#[actix_web::test]
async fn a_sheet_opens_one_millisecond_before_the_limit_and_never_at_it_nor_after_a_recall() {
    let scene = Scene::new().await;
    let (office, priya) = (&scene.office, scene.who("Priya"));
    let id = two_each(&scene).await;
    let own = sheets(&scene, priya, id).await;
    let until = deliver::one(office, &priya.actor, own[0].0).await.unwrap().until;
    scene.clock.set(until.plus_millis(-1));
    screen(&scene, priya, own[0].0).await.unwrap();
    for late in [0, 1] {
        scene.clock.set(until.plus_millis(late));
        assert_eq!(codes(screen(&scene, priya, own[1].0).await), ["limit"], "{late} ms after");
    }
    assert_eq!(until.clock_time(), "00:00", "the page says: destroy by the day before");
    sweep::round(office).await.unwrap();
    assert!(sheets(&scene, priya, id).await.iter().all(|(_, row)| row.wrapped_key.is_none()), "expired");
    // The printed one is confirmed by itself, and so is the one that was never printed.
    confirm(office, priya, own[0].0, "Morgan").await.unwrap();
    let now = sheets(&scene, priya, id).await;
    assert_eq!(now.iter().map(|(_, row)| row.confirmed_at.is_some()).collect::<Vec<_>>(), [true, false]);
    confirm(office, priya, own[1].0, "Morgan").await.unwrap();
    assert_eq!(codes(confirm(office, priya, own[1].0, "Morgan").await), ["already-confirmed"]);

    let scene = Scene::new().await;
    let id = two_each(&scene).await;
    let own = sheets(&scene, scene.who("Priya"), id).await;
    let screened = part(&scene, own[0].0, "screen", 0).await;
    recall(&scene.office, scene.who("Sam"), id, "Charged").await.unwrap();
    let now = sheets(&scene, scene.who("Priya"), id).await;
    assert!(now.iter().all(|(_, row)| row.wrapped_key.is_none()), "each sheet’s key goes in the recall’s act");
    let after = open(&scene, scene.who("Priya"), own[0].0, screened).await;
    assert!(codes(after.map(|_| ())).contains(&"recalled"), "recalled");
}

#[actix_web::test]
async fn somebody_elses_sheet_is_not_found_and_the_conditions_come_first() {
    let scene = Scene::new().await;
    let (office, priya, morgan) = (&scene.office, scene.who("Priya"), scene.who("Morgan"));
    let id = two_each(&scene).await;
    let (own, theirs) = (sheets(&scene, priya, id).await[0].0, sheets(&scene, morgan, id).await[0].0);
    for (who, copy) in [(morgan, own), (priya, theirs), (scene.who("Sam"), own), (scene.who("Dana"), own)] {
        hidden(screen(&scene, who, copy).await);
        hidden(deliver::opened_by(office, &who.actor, copy).await);
        hidden(confirm(office, who, copy, "Nobody").await);
    }
    assert!(codes(screen(&scene, morgan, theirs).await).contains(&"conditions"));
    undertake(office, morgan).await.unwrap();
    // Conditions are accepted for the electronic copy, and for no sheet alone.
    hidden(acknowledge(office, morgan, theirs).await);
    acknowledge(office, morgan, copy_of(office, morgan, id).await.unwrap()).await.unwrap();
    screen(&scene, morgan, theirs).await.unwrap();
}

#[actix_web::test]
async fn a_print_that_the_police_carry_is_opened_by_them_alone_and_recorded_with_carrier_and_receiver() {
    let scene = Scene::new().await;
    let (office, sam, priya) = (&scene.office, scene.who("Sam"), scene.who("Priya"));
    let (id, theirs) = (printed(&scene, CARRIED).await, two_each(&scene).await);
    let sheet = sheets(&scene, priya, id).await[0].0;
    hidden(screen(&scene, priya, sheet).await);
    let now = scene.clock.now();
    let (day, time) = (now.day().to_string(), now.clock_time());
    let typed = Typed {
        carrier: "PC 1042",
        how: "By hand",
        receiver: "Priya Shah, manager",
        left_date: &day,
        left_time: &time,
        received_date: &day,
        received_time: &time,
    };
    let record = async |typed: Typed<'_>| prints::carried(office, &sam.actor, id, sheet, typed, stamp()).await;
    // What its holder prints is carried by nobody.
    let own = sheets(&scene, priya, theirs).await[0].0;
    screen(&scene, priya, own).await.unwrap();
    hidden(prints::carried(office, &sam.actor, theirs, own, typed, stamp()).await);
    assert_eq!(codes(record(typed).await), ["not-printed-yet"]);
    // By their role, asked when they open it.
    scene.sql(&format!("UPDATE grant_held SET role = 'reviewer' WHERE person_id = '{}' AND role = 'aic'", sam.id));
    hidden(screen(&scene, sam, sheet).await);
    scene.sql(&format!("UPDATE grant_held SET role = 'aic' WHERE person_id = '{}' AND role = 'reviewer'", sam.id));
    let bytes = screen(&scene, sam, sheet).await.unwrap();
    assert!(!picture(&bytes, sam).is_empty());
    assert_eq!(codes(screen(&scene, sam, sheet).await), ["printed-already"]);

    assert_eq!(
        wrong_fields(record(Typed { carrier: "", received_date: "soon", ..typed }).await),
        ["carrier", "received_date"]
    );
    let tomorrow = now.plus_millis(86_400_000).day().to_string();
    assert_eq!(wrong_fields(record(Typed { received_date: &tomorrow, ..typed }).await), ["received_date"]);
    record(typed).await.unwrap();
    assert_eq!(wrong_fields(record(typed).await), ["carrier"], "recorded twice by a double press");
    let ledger = prints::ledger(office, &sam.actor, id).await.unwrap();
    let line = ledger.sheets.iter().find(|one| one.copy.id == sheet.to_string()).unwrap();
    assert_eq!(
        (line.records[0].said.carrier.as_str(), line.records[0].said.receiver.as_str()),
        ("PC 1042", "Priya Shah, manager")
    );
    let leaves = scene.records(Kind::PrintCarried.word()).await;
    assert_eq!(leaves.len(), 1);
    assert!(!leaves[0].1.to_string().contains("1042"), "names of carriers are in no leaf");
    // One paper is out: it is not printed once more, and the police do not confirm it in the recipient's place.
    assert_eq!(codes(prints::free(office, &sam.actor, id, sheet, "It jammed", stamp()).await), ["sheet-carried"]);
    assert_eq!(codes(confirm(office, sam, sheet, "PC 1042").await), ["sheet-carried"]);
    // Whoever received it confirms its end; so may the police who printed it, of one that was spoiled.
    confirm(office, priya, sheet, "PC 1042").await.unwrap();
    let other = sheets(&scene, scene.who("Morgan"), id).await[0].0;
    confirm(office, sam, other, "PC 1042").await.unwrap();
}

#[actix_web::test]
async fn what_was_printed_is_in_the_bundle_and_a_number_with_a_printed_sheet_is_not_voided() {
    let scene = Scene::new().await;
    let (office, sam, priya) = (&scene.office, scene.who("Sam"), scene.who("Priya"));
    let id = two_each(&scene).await;
    assert!(desk::sheet(office, &sam.actor, id, stamp()).await.unwrap().may.void);
    look(office, priya, sheets(&scene, priya, id).await[0].0).await.unwrap();
    let of = bundle::bundle(office, &sam.actor, id, stamp()).await.unwrap();
    assert!(!of.sheet.may.void);
    assert_eq!(of.sheet.copies.iter().filter(|copy| copy.print == 1 && copy.opened_at.is_some()).count(), 1);
    assert_eq!(Moment::from_millis(of.sheet.copies.iter().find_map(|copy| copy.opened_at).unwrap()), scene.clock.now());
}

#[actix_web::test]
async fn a_review_ends_the_sheets_of_whoever_needs_it_no_more_and_asks_the_others_anew() {
    let scene = Scene::new().await;
    let (office, sam, jordan) = (&scene.office, scene.who("Sam"), scene.who("Jordan"));
    let (priya, morgan) = (scene.who("Priya"), scene.who("Morgan"));
    let id = two_each(&scene).await;
    let other = copy_of(office, morgan, id).await.unwrap();
    let mut said = reviews::said(office, jordan, id, "continue", "INT/2026/1001").await.unwrap();
    let before = said.len();
    said.retain(|(_, value)| *value != other.to_string());
    assert_eq!(before - said.len(), 1, "a recipient is one choice, whatever sheets they have");
    reviews::review(office, jordan, id, &said).await.unwrap();
    reviews::conclude(office, sam, id, "continue", &[]).await.unwrap();
    assert!(sheets(&scene, morgan, id).await.iter().all(|(_, row)| row.wrapped_key.is_none()));
    let own = sheets(&scene, priya, id).await;
    assert!(own.iter().all(|(_, row)| row.wrapped_key.is_some()));
    assert_eq!(codes(screen(&scene, priya, own[0].0).await), ["conditions"]);
    acknowledge(office, priya, copy_of(office, priya, id).await.unwrap()).await.unwrap();
    screen(&scene, priya, own[0].0).await.unwrap();
    scene.log_is_whole().await;
}
