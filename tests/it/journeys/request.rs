//! K7.7, O3.4.2: a request is written over days, for its writer alone; checked, sent, sent back, sent again, thrown away.

use disclosure_portal::actions::request::draft::{self, Change, Kept};
use disclosure_portal::actions::request::submit;
use disclosure_portal::actions::{find, release, seal, source};
use disclosure_portal::demo::releases::{
    Answers, asked, authorise, begin, complete, consider, copy_of, refuse, send, sign_reason, sign_request, to,
};
use disclosure_portal::demo::{portrait, stamp};
use disclosure_portal::domain::ids::ReleaseId;
use disclosure_portal::domain::policy::Act;
use disclosure_portal::web::doors::{DOORS, Method};

use super::{PLOT, blobs, hidden};
use crate::harness::browser::{Browser, Got};
use crate::harness::things::Things;
use crate::harness::{Scene, codes, who, world, wrong_fields};

/// What Riley types first: unfinished, with a mark that is found wherever it goes.
const TYPED: [(&str, &str); 4] = [
    ("title", "Quoxley thefts"),
    ("text", "  A tall\r\nman "),
    ("own_reference", "42/1234 56"),
    ("purposes", "detection"),
];

fn whole() -> Vec<(&'static str, String)> {
    [
        ("area", world().areas[0].to_string()),
        ("title", "Quoxley thefts".to_owned()),
        ("reasons", "A series of reports.".to_owned()),
        ("purposes", "prevention".to_owned()),
        ("locality", "Cantwell".to_owned()),
        ("text", "Suspected of shop theft.".to_owned()),
        ("own_reference", "42/1234 56".to_owned()),
        ("source", "custody".to_owned()),
        ("justice", "yes".to_owned()),
        ("image_reference", "G/1".to_owned()),
    ]
    .to_vec()
}

fn lent<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// With the version of the page.
fn at<'a>(version: &'a str, fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().copied().chain([("version", version)]).collect()
}

/// The request a page led to.
fn led_to(got: &Got) -> ReleaseId {
    assert_eq!(got.status, 303, "{}", got.text());
    ReleaseId::parse(got.location.split('/').nth(2).unwrap()).unwrap()
}

/// The value of the hidden field.
fn field(page: &str, name: &str) -> String {
    let from = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("no {name}: {page}"));
    from.split('"').next().unwrap().to_owned()
}

#[actix_web::test]
async fn a_draft_survives_sign_out_and_an_idle_hour_exactly_as_it_was_typed() {
    let scene = Scene::new().await;
    let riley = Browser::of(&scene, Some("Riley")).await;
    let got = riley.upload("/releases/new", &[&TYPED[..], &[("then", "stay")]].concat(), &[]).await;
    let id = led_to(&got);
    assert_eq!(got.location, format!("/releases/{id}/request"));
    assert_eq!(riley.post("/sign-out", &[]).await.status, 303);
    scene.later(3_600_000);
    assert_eq!(riley.get(&got.location).await.status, 303, "signed out");
    let riley = Browser::of(&scene, Some("Riley")).await;
    let page = riley.get(&got.location).await.text();
    for kept in ["value=\"Quoxley thefts\"", "  A tall\r\nman ", "value=\"42/1234 56\"", "value=\"detection\" checked"]
    {
        assert!(page.contains(kept), "{kept}: {page}");
    }
    assert!(page.contains("Saved at 12:00"), "{page}");
    // Where it is found again: the first page, the list, and its own address.
    for list in ["/", "/releases"] {
        let text = riley.get(list).await.text();
        assert!(text.contains("Quoxley thefts") && text.contains(&format!("/releases/{id}")), "{list}");
    }
    assert_eq!(riley.get(&format!("/releases/{id}")).await.location, format!("/releases/{id}/request"));
    // What is missing stands on the page where it is checked, each with a link to its field, and beside the fields.
    let page = riley.get(&format!("/releases/{id}/check")).await.text();
    assert!(page.contains("It cannot be sent yet") && page.contains("request?missing=yes#locality"), "{page}");
    assert!(!page.contains("data-kind=\"request\""), "nothing to sign yet");
    let page = riley.get(&format!("/releases/{id}/request?missing=yes")).await.text();
    assert!(page.contains("id=\"locality-error\"") && page.contains("value=\"Quoxley thefts\""), "{page}");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn nobody_but_its_writer_learns_of_a_draft_at_any_door() {
    let scene = Scene::new().await;
    let riley = who("Riley");
    let answers: Answers = whole().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let before = scene.records("").await.len();
    let id = begin(&scene.office, riley, &answers, vec![portrait::draw(3)]).await.unwrap();
    let photograph = scene.office.read().await.unwrap().photographs(id).await.unwrap()[0].id.clone();
    assert_eq!(scene.records("").await.len(), before, "no leaf tells of it");
    let mut things = Things::of(&scene, "CZ/003/26").await;
    things.release = id.to_string();
    for name in ["Sam", "Jordan", "Alex", "Casey", "Kit", "Robin", "Lee", "Priya", "Frankie", "Dana"] {
        let browser = Browser::of(&scene, Some(name)).await;
        for door in DOORS.iter().filter(|door| door.path.contains("/releases/{id}")) {
            let got = browser.knock(door, &things.path(door).replace("/releases/1", &format!("/releases/{id}"))).await;
            assert_eq!(got.status, 404, "{name} at {:?} {}: {}", door.method, door.path, got.text());
        }
        assert_eq!(browser.get(&format!("/photographs/{photograph}/original")).await.status, 404, "{name}");
        for door in DOORS.iter().filter(|door| door.method == Method::Get && !door.path.contains('{')) {
            let text = browser.get(door.path).await.text();
            assert!(!text.contains("Quoxley") && !text.contains(&id.to_string()), "{name} at {}", door.path);
        }
        for query in [format!("/log?object=release%2F{id}"), format!("/releases?q={id}&stage=draft")] {
            let text = browser.get(&query).await.text();
            assert!(!text.contains("Quoxley"), "{name} at {query}");
        }
        hidden(draft::open(&scene.office, &who(name).actor, id).await);
    }
    // Its words lie sealed.
    assert!(scene.stored().iter().all(|(_, bytes)| !bytes.windows(7).any(|w| w == b"Quoxley")));
}

#[actix_web::test]
async fn the_later_of_two_windows_is_told_and_overwrites_nothing_unseen() {
    let scene = Scene::new().await;
    let riley = Browser::of(&scene, Some("Riley")).await;
    let id = led_to(&riley.upload("/releases/new", &TYPED, &[]).await);
    let door = format!("/releases/{id}/request");
    let version = field(&riley.get(&door).await.text(), "version");
    scene.later(60_000);
    let got = riley.upload_by_script(&door, &at(&version, &[("title", "The first window")])).await;
    assert_eq!(got.status, 200, "{}", got.text());
    assert_eq!((got.json()["saved"].as_str(), got.json()["version"].as_i64()), (Some("12:01"), Some(2)));
    // The second window, by hand and by script.
    let typed = at(&version, &[("title", "The second window")]);
    let got = riley.upload_by_script(&door, &typed).await;
    assert_eq!(got.status, 409);
    assert!(got.json()["title"].as_str().unwrap().contains("another window at 12:01"), "{}", got.text());
    let got = riley.upload(&door, &typed, &[]).await;
    let page = got.text();
    assert_eq!(got.status, 409);
    assert!(page.contains("another window at 12:01") && page.contains("value=\"The second window\""), "{page}");
    assert!(riley.get(&door).await.text().contains("value=\"The first window\""), "nothing was overwritten");
    // Told, it may go over it.
    let typed = at("2", &[("title", "The second window"), ("then", "stay")]);
    assert_eq!(field(&page, "version"), "2");
    assert_eq!(riley.upload(&door, &typed, &[]).await.status, 303);
    assert!(riley.get(&door).await.text().contains("value=\"The second window\""));
    // The same again, as from a page that was sent twice, is no other window.
    assert_eq!(riley.upload(&door, &typed, &[]).await.status, 303);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_page_sent_twice_begins_one_draft_with_each_photograph_once_and_is_sent_once() {
    let scene = Scene::new().await;
    let riley = Browser::of(&scene, Some("Riley")).await;
    let release = field(&riley.get("/releases/new").await.text(), "release");
    let mut fields = whole();
    fields.push(("release", release));
    let (one, two) = (portrait::draw(5), portrait::draw(6));
    let files: [(&str, &[u8]); 2] = [("a.jpg", &one), ("b.jpg", &two)];
    let before = blobs(&scene);
    let id = led_to(&riley.upload("/releases/new", &lent(&fields), &files).await);
    assert_eq!(led_to(&riley.upload("/releases/new", &lent(&fields), &files).await), id);
    assert_eq!(blobs(&scene), before + 2);
    let form = sign_request(&scene.office, who("Riley"), id).await.unwrap();
    let said = form.fields_to_post();
    let said: Vec<(&str, &str)> = said.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let check = format!("/releases/{id}/check");
    for _ in 0..2 {
        let got = riley.post(&check, &said).await;
        assert_eq!((got.status, got.location), (303, format!("/releases/{id}")), "sent");
    }
    assert_eq!(
        scene.records("request").await.iter().filter(|(_, body)| body["object"] == format!("release/{id}")).count(),
        1
    );
    assert_eq!(riley.get(&check).await.location, format!("/releases/{id}"));
    // Sent, it is not written any more, and an old page of it overwrites nothing.
    let late = riley.upload(&format!("/releases/{id}/request"), &lent(&fields), &[]).await;
    assert_eq!(late.status, 403, "{}", late.text());
    let page = riley.get(&format!("/releases/{id}")).await.text();
    assert!(page.contains("waits for an Area Intelligence Co-ordinator of Cantwell"), "{page}");
    // Found by its own reference, however that is typed; the reference itself stands nowhere.
    let index = scene.office.read().await.unwrap().release(id).await.unwrap().unwrap().source_index;
    assert!(index.is_some() && index == source::index(&scene.office, "42-123456"));
    assert_ne!(index, source::index(&scene.office, "42/1234 57"));
    assert_eq!(source::index(&scene.office, " /-"), None);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn photographs_come_and_go_and_stay_with_the_area_they_are_sealed_to() {
    let scene = Scene::new().await;
    let (office, riley) = (&scene.office, who("Riley"));
    let before = blobs(&scene);
    let answers: Answers = whole().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let id = begin(office, riley, &answers, vec![portrait::draw(1), portrait::draw(2)]).await.unwrap();
    let rows = office.read().await.unwrap().photographs(id).await.unwrap();
    let save = async |posted: Answers, photographs, version| {
        draft::save(office, &riley.actor, id, Change { posted, photographs, version }, &stamp()).await.unwrap()
    };
    let mut less = answers.clone();
    less.push(("remove".to_owned(), rows[0].id.clone()));
    let Kept::Saved { version: 2, wrong, .. } = save(less, vec![portrait::draw(3)], 1).await else {
        panic!("not kept")
    };
    assert_eq!(wrong.len(), 0);
    let now = office.read().await.unwrap().photographs(id).await.unwrap();
    assert_eq!(now.len(), 2);
    assert_eq!((now[0].id.as_str(), blobs(&scene)), (rows[1].id.as_str(), before + 2), "the removed one is destroyed");
    // Seven are too many, and no other area opens these: told beside the field, with the words kept.
    let Kept::Saved { wrong, .. } = save(answers.clone(), (10..15).map(portrait::draw).collect(), 2).await else {
        panic!("not kept")
    };
    assert_eq!(wrong.iter().map(|one| one.field).collect::<Vec<_>>(), ["photographs"]);
    assert_eq!(blobs(&scene), before + 2);
    // Without an area there is no unit to seal to.
    let Kept::Saved { id: other, wrong, .. } = draft::begin(
        office,
        &riley.actor,
        Change { posted: vec![("title".into(), "No area".into())], photographs: vec![portrait::draw(9)], version: 0 },
        &stamp(),
    )
    .await
    .unwrap() else {
        panic!("not kept")
    };
    assert_eq!(wrong.iter().map(|one| one.field).collect::<Vec<_>>(), ["area"]);
    assert_eq!(draft::open(office, &riley.actor, other).await.unwrap().file.request.title.as_str(), "No area");
}

#[actix_web::test]
async fn a_request_that_was_sent_back_is_mended_and_sent_again_and_its_new_words_are_read_anew() {
    let scene = Scene::new().await;
    let (office, riley, sam) = (&scene.office, who("Riley"), who("Sam"));
    let plot = disclosure_portal::demo::releases::Plot { portraits: &[7], ..PLOT };
    let answers = asked(office, riley, &world().areas[0].to_string(), &plot);
    let id = send(office, riley, &answers, vec![portrait::draw(7)]).await.unwrap();
    let asked_at = office.read().await.unwrap().release(id).await.unwrap().unwrap().release.requested_at;
    let recipients = to(world(), &[("Priya", 0)]).unwrap();
    consider(office, sam, id, &complete(office, &recipients)).await.unwrap();
    scene.later(3_600_000);
    release::send_back(office, &sam.actor, id, "Which <shops>?", stamp()).await.unwrap();

    let browser = Browser::of(&scene, Some("Riley")).await;
    let page = browser.get(&format!("/releases/{id}")).await.text();
    assert!(page.contains("sent it back to you") && page.contains("Change it and send it again"), "{page}");
    let door = format!("/releases/{id}/request");
    let page = browser.get(&door).await.text();
    assert!(page.contains("Which &lt;shops&gt;?") && page.contains("Suspected of thefts from shops."), "{page}");
    // Saved and not sent: the co-ordinator reads what was sent to them.
    let mut mended = answers.clone();
    for (name, value) in &mut mended {
        if name == "text" {
            *value = "Suspected of thefts from chemists.".to_owned();
        }
    }
    mended.push(("version".to_owned(), field(&page, "version")));
    let removed = office.read().await.unwrap().photographs(id).await.unwrap()[0].id.clone();
    mended.push(("remove".to_owned(), removed.clone()));
    let fields: Vec<(&str, &str)> = mended.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let before = blobs(&scene);
    let got = browser.upload(&door, &fields, &[("b.jpg", &portrait::draw(8))]).await;
    assert_eq!((got.status, got.location.as_str()), (303, format!("/releases/{id}/check").as_str()), "{}", got.text());
    assert_eq!(blobs(&scene), before + 1, "what was sent once is kept, though it is no part of the request now");
    let seen = Browser::of(&scene, Some("Sam")).await.get(&format!("/releases/{id}")).await.text();
    assert!(seen.contains("thefts from shops") && !seen.contains("chemists"), "{seen}");
    let form = sign_request(office, riley, id).await.unwrap();
    submit::submit(office, &riley.actor, id, &form, stamp()).await.unwrap();

    let mut conn = office.read().await.unwrap();
    let of = disclosure_portal::actions::decision::gather(office, &mut conn, &sam.actor, Act::Decide, id, office.now())
        .await
        .unwrap();
    drop(conn);
    assert_eq!(of.filed.release.requested_at, asked_at, "asked for when it was first sent");
    assert_eq!(of.saved.len(), 8, "the co-ordinator's parts stay");
    assert_eq!(of.photographs.len(), 1);
    let unmet: Vec<&str> =
        of.case.unmet(office.now()).iter().map(disclosure_portal::domain::refusal::Refusal::code).collect();
    assert_eq!(unmet, ["words-not-considered"]);
    authorise(office, sam, id, &recipients).await.unwrap();
    // What was taken out is on record, and is sealed to nobody, whoever hands it in (K5).
    let photograph = |id: &str| disclosure_portal::domain::ids::PhotographId::parse(id).unwrap();
    hidden(seal::take_whole(office, &sam.actor, id, photograph(&removed), portrait::draw(7), stamp()).await);
    let copy = copy_of(office, who("Priya"), id).await.unwrap();
    assert_eq!(office.read().await.unwrap().parts(copy).await.unwrap().len(), 1, "the words alone");
    seal::take_whole(office, &sam.actor, id, photograph(&of.photographs[0].id), portrait::draw(8), stamp())
        .await
        .unwrap();
    assert!(office.read().await.unwrap().copy(copy).await.unwrap().unwrap().sealed_at.is_some());
    let page = browser.get(&format!("/releases/{id}")).await.text();
    assert!(page.contains("was authorised under CZ/") && page.contains("open to its recipients until"), "{page}");
    // What was typed is gone with the draft (P4).
    let filed = office.read().await.unwrap().release(id).await.unwrap().unwrap();
    assert!(filed.draft.is_none());
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_draft_thrown_away_leaves_nothing_but_that_it_was() {
    let scene = Scene::new().await;
    let (office, riley) = (&scene.office, who("Riley"));
    let before = blobs(&scene);
    let answers: Answers = whole().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let id = begin(office, riley, &answers, vec![portrait::draw(4)]).await.unwrap();
    let browser = Browser::of(&scene, Some("Riley")).await;
    // Not by the signed withdrawal, which keeps what was proposed.
    let signed = sign_reason(office, riley, "withdrawal", id, "Solved.").unwrap();
    assert_eq!(codes(release::withdraw(office, &riley.actor, id, &signed, stamp()).await), ["wrong-stage"]);
    let got = browser.post(&format!("/releases/{id}/discard"), &[]).await;
    assert_eq!((got.status, got.location.as_str()), (303, "/releases"));
    assert_eq!(blobs(&scene), before);
    for table in ["release", "photograph", "unit_sealed"] {
        let column = if table == "photograph" { "release_id" } else { "id" };
        if table != "unit_sealed" {
            let left = scene.sql(&format!("SELECT COUNT(*) FROM {table} WHERE {column} = '{id}'"));
            assert_eq!(left.trim(), "0", "{table}");
        }
    }
    let leaves = scene.records("close").await;
    assert_eq!(leaves.iter().filter(|(_, body)| body["object"] == format!("release/{id}")).count(), 1);
    for door in ["discard", "request", "check"] {
        let door = format!("/releases/{id}/{door}");
        let got = if door.ends_with("discard") { browser.post(&door, &[]).await } else { browser.get(&door).await };
        assert_eq!(got.status, 404, "{door}");
    }
    // What was sent is withdrawn, not thrown away.
    let sent = send(office, riley, &asked(office, riley, &world().areas[0].to_string(), &PLOT), vec![]).await.unwrap();
    assert_eq!(codes(draft::discard(office, &riley.actor, sent, stamp()).await), ["wrong-stage"]);
    let form = sign_reason(office, riley, "withdrawal", sent, "Solved.").unwrap();
    release::withdraw(office, &riley.actor, sent, &form, stamp()).await.unwrap();
    let page = browser.get(&format!("/releases/{sent}")).await.text();
    assert!(page.contains("You withdrew it on"), "{page}");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn hidden_and_endless_words_are_kept_told_beside_their_field_and_never_sent() {
    let scene = Scene::new().await;
    let riley = Browser::of(&scene, Some("Riley")).await;
    let (long, reversed) = ("é".repeat(300_000), "Riley \u{202E}gpj.exe");
    let mut fields = whole();
    for (name, value) in &mut fields {
        match *name {
            "text" => value.clone_from(&long),
            "locality" => reversed.clone_into(value),
            _ => {}
        }
    }
    let got = riley.upload("/releases/new", &lent(&fields), &[]).await;
    let page = got.text();
    assert_eq!(got.status, 422);
    assert!(page.contains("you have 300000") && page.contains("hidden control character"), "told beside the fields");
    let id = ReleaseId::parse(page.split("action=\"/releases/").nth(1).unwrap().split('/').next().unwrap()).unwrap();
    let page = riley.get(&format!("/releases/{id}/request?missing=yes")).await.text();
    assert!(page.contains(&long) && page.contains(reversed) && page.contains("you have 300000"), "kept as typed");
    let signed = sign_request(&scene.office, who("Riley"), id).await;
    assert_eq!(wrong_fields(signed), ["locality", "text"]);
    let got = riley.post(&format!("/releases/{id}/check"), &[("record", "x"), ("statement", "y")]).await;
    assert_eq!(got.status, 422, "{}", got.text());
}

#[actix_web::test]
async fn the_first_page_leads_to_a_sent_request_in_four_screens_and_a_refusal_is_told_in_words() {
    let scene = Scene::new().await;
    let browser = Browser::of(&scene, Some("Riley")).await;
    assert!(browser.get("/").await.text().contains("href=\"/releases/new\""));
    assert_eq!(browser.get("/releases/new").await.status, 200);
    let mut fields = whole();
    fields.retain(|(name, _)| !["source", "justice", "image_reference"].contains(name));
    let got = browser.upload("/releases/new", &lent(&fields), &[]).await;
    let id = led_to(&got);
    assert_eq!(got.location, format!("/releases/{id}/check"));
    let page = browser.get(&got.location).await.text();
    assert!(page.contains("data-kind=\"request\"") && page.contains("Suspected of shop theft."), "{page}");
    assert!(!field(&page, "record").contains("Suspected"), "what leaves is signed by its digest (P4)");
    let form = sign_request(&scene.office, who("Riley"), id).await.unwrap();
    submit::submit(&scene.office, &who("Riley").actor, id, &form, stamp()).await.unwrap();
    refuse(&scene.office, who("Sam"), id, "Not enough <yet>.").await.unwrap();
    let page = browser.get(&format!("/releases/{id}")).await.text();
    assert!(page.contains("It was refused on") && page.contains("Not enough &lt;yet&gt;."), "{page}");
    let sought = find::Typed { stage: "closed", page: 1, ..find::Typed::default() };
    let found = find::releases(&scene.office, &who("Robin").actor, &sought).await.unwrap();
    assert!(found.lines.iter().any(|line| line.filed.release.id == id));
}

#[actix_web::test]
async fn a_refused_request_stays_refused_and_is_asked_for_again_as_a_new_one() {
    let scene = Scene::new().await;
    let (office, riley, sam) = (&scene.office, who("Riley"), who("Sam"));
    let answers: Answers = whole().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let first = send(office, riley, &answers, vec![portrait::draw(7)]).await.unwrap();
    let recipients = to(world(), &[("Priya", 0)]).unwrap();
    consider(office, sam, first, &complete(office, &recipients)).await.unwrap();
    refuse(office, sam, first, "Not enough yet.").await.unwrap();

    // The refused one is neither written nor sent any more: not from its pages, not by a form signed before.
    let browser = Browser::of(&scene, Some("Riley")).await;
    let page = browser.get(&format!("/releases/{first}")).await.text();
    assert!(page.contains("It was refused on") && !page.contains(&format!("/releases/{first}/request")), "{page}");
    let late = browser.upload(&format!("/releases/{first}/request"), &lent(&whole()), &[]).await;
    assert_eq!(late.status, 403, "{}", late.text());
    assert_eq!(codes(sign_request(office, riley, first).await.map(|_| ())), ["wrong-stage"]);

    // The same words again, under the same own reference, by the way of every request.
    assert!(page.contains("ask for another release") && page.contains("href=\"/releases\""), "{page}");
    assert!(browser.get("/releases").await.text().contains("href=\"/releases/new\""));
    let got = browser.upload("/releases/new", &lent(&whole()), &[("a.jpg", &portrait::draw(7))]).await;
    let second = led_to(&got);
    assert_ne!(second, first);
    let form = sign_request(office, riley, second).await.unwrap();
    submit::submit(office, &riley.actor, second, &form, stamp()).await.unwrap();
    // Nothing that was considered for the first counts for the second: it is decided anew, and by its own number.
    let mut conn = office.read().await.unwrap();
    let of =
        disclosure_portal::actions::decision::gather(office, &mut conn, &sam.actor, Act::Decide, second, office.now())
            .await
            .unwrap();
    drop(conn);
    assert_eq!((of.saved.len(), of.photographs.len()), (0, 1));
    assert!(!of.case.unmet(office.now()).is_empty());
    authorise(office, sam, second, &recipients).await.unwrap();
    let stage = async |id| office.read().await.unwrap().release(id).await.unwrap().unwrap().release.stage.word();
    assert_eq!((stage(first).await, stage(second).await), ("closed", "live"));
    let page = browser.get(&format!("/releases/{first}")).await.text();
    assert!(page.contains("Not enough yet.") && !page.contains("was authorised"), "{page}");
    // Both are found by the reference that they share, each in its own state.
    let sought = find::Typed { q: "42-123456", page: 1, ..find::Typed::default() };
    let found = find::releases(office, &sam.actor, &sought).await.unwrap();
    let mut ids: Vec<_> = found.lines.iter().map(|line| line.filed.release.id).collect();
    ids.sort();
    let mut both = [first, second];
    both.sort();
    assert_eq!(ids, both);
    scene.log_is_whole().await;
}
