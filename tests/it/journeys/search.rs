//! Point 10 of the desk: finding by number or source reference however typed, by place, stage, scheme and day, and only what is
//! one's own to see (P10); the counts of the first page lead to lists of as many.

use disclosure_portal::actions::find::{self, Typed, Waits};
use disclosure_portal::actions::{home, issues, source};
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::demo::releases::{ask, authorise, complete, consider, to};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::ReleaseId;
use disclosure_portal::domain::policy::{Act, may};

use super::PLOT;
use crate::harness::browser::Browser;
use crate::harness::{Scene, sql, who, world, wrong_fields};

const EVERYBODY: [&str; 9] = ["Riley", "Kit", "Sam", "Dana", "Jordan", "Alex", "Casey", "Robin", "Lee"];

async fn found(scene: &Scene, who: &Somebody, typed: Typed<'_>) -> Vec<ReleaseId> {
    let found = find::releases(&scene.office, &who.actor, &typed).await.unwrap();
    assert_eq!(usize::try_from(found.count).unwrap(), found.lines.len(), "all on one page");
    found.lines.iter().map(|line| line.filed.release.id).collect()
}

async fn everything(scene: &Scene) -> Vec<disclosure_portal::domain::release::Release> {
    let ids = scene.sql("SELECT id FROM release");
    let mut conn = scene.office.read().await.unwrap();
    let mut all = Vec::new();
    for id in ids.split_whitespace().filter_map(ReleaseId::parse) {
        all.push(conn.release(id).await.unwrap().unwrap().release);
    }
    all
}

#[actix_web::test]
async fn nobody_finds_what_they_may_not_see_and_drafts_are_their_writers() {
    let scene = Scene::new().await;
    let draft =
        find::waiting(&scene.office, &who("Sam").actor, Waits::Decide, 1).await.unwrap().lines[0].filed.release.id;
    sql(&scene, &format!("UPDATE release SET stage = 'draft' WHERE id = '{draft}'"));
    // One that follows another area's release is not its officer's (K7.6): neither found nor counted.
    let (linked, origin) = (scene.release("CZ/002/26").await, scene.release("CZ/001/26").await);
    sql(&scene, &format!("UPDATE release SET origin_id = '{origin}' WHERE id = '{linked}'"));
    let all = everything(&scene).await;
    assert!(all.len() >= 7);
    for name in EVERYBODY {
        let person = who(name);
        let mut theirs: Vec<ReleaseId> =
            all.iter().filter(|one| may(&person.actor, Act::SeeRelease, one.thing())).map(|one| one.id).collect();
        let mut seen = found(&scene, person, Typed::default()).await;
        theirs.sort_unstable();
        seen.sort_unstable();
        assert_eq!(seen, theirs, "{name}");
        assert_eq!(seen.contains(&draft), name == "Riley", "{name}");
        assert!(name != "Riley" || !seen.contains(&linked));
        // However it is narrowed, only what is theirs is counted.
        for (waits, word, _) in Waits::ALL {
            for id in found(&scene, person, Typed { waits: word, ..Typed::default() }).await {
                assert!(theirs.contains(&id), "{name} {waits:?}");
            }
        }
        let by_number = found(&scene, person, Typed { q: "cz 3 26", ..Typed::default() }).await;
        assert_eq!(by_number.len(), usize::from(theirs.contains(&scene.release("CZ/003/26").await)), "{name}");
    }
}

#[actix_web::test]
async fn a_reference_is_found_however_typed() {
    let scene = Scene::new().await;
    let (sam, dana) = (who("Sam"), who("Dana"));
    let id = scene.release("CZ/003/26").await;
    for typed in ["CZ/003/26", "cz/3/26", " cz 3 26 ", "CZ-0003-26", "cz.3.26"] {
        assert_eq!(found(&scene, sam, Typed { q: typed, ..Typed::default() }).await, [id], "{typed}");
    }
    // The officer's own reference: a keyed hash is stored, and nothing that is not one is ever compared.
    let index = source::index(&scene.office, "OP/Cobalt-17 b").unwrap();
    assert!(!index.to_uppercase().contains("COBALT"));
    sql(&scene, &format!("UPDATE release SET source_index = '{index}' WHERE id = '{id}'"));
    for typed in ["op cobalt 17b", "OPCOBALT17B", " Op-Cobalt/17/B "] {
        assert_eq!(found(&scene, sam, Typed { q: typed, ..Typed::default() }).await, [id], "{typed}");
        assert!(found(&scene, dana, Typed { q: typed, ..Typed::default() }).await.is_empty());
    }
    for typed in ["op cobalt 17", "op cobalt 17 c", &index] {
        assert!(found(&scene, sam, Typed { q: typed, ..Typed::default() }).await.is_empty(), "{typed}");
    }
    assert_eq!(source::index(&scene.office, " /-. "), None);
}

#[actix_web::test]
async fn stage_place_scheme_and_day_narrow_and_the_clock_decides_what_is_live() {
    let scene = Scene::new().await;
    let sam = who("Sam");
    let id = scene.release("CZ/003/26").await;
    let filed = scene.office.read().await.unwrap().release(id).await.unwrap().unwrap();
    let until = filed.release.stage.authority().unwrap().until;
    let stage = async |word| found(&scene, sam, Typed { stage: word, ..Typed::default() }).await.contains(&id);
    scene.clock.set(until.plus_millis(-1));
    assert!(stage("live").await && !stage("expired").await);
    scene.clock.set(until);
    assert!(!stage("live").await && stage("expired").await);
    for (n, count) in [(0, true), (2, false)] {
        let scheme = world().schemes[n].to_string();
        let of = found(&scene, sam, Typed { scheme: &scheme, ..Typed::default() }).await;
        assert_eq!(of.contains(&id), count);
    }
    let robin = who("Robin");
    let [cantwell, norhaven] = world().areas.map(|area| area.to_string());
    let (one, other) = (
        found(&scene, robin, Typed { area: &cantwell, ..Typed::default() }).await,
        found(&scene, robin, Typed { area: &norhaven, ..Typed::default() }).await,
    );
    assert!(one.contains(&id) && !other.contains(&id) && !other.is_empty());
    // It was asked for and authorised five days before noon of the 21st.
    let day = async |from, to| found(&scene, sam, Typed { from, to, ..Typed::default() }).await.contains(&id);
    assert!(day("2026-11-16", "2026-11-16").await && day("", "2026-11-16").await && day("2026-11-16", "").await);
    assert!(!day("2026-11-17", "").await && !day("", "2026-11-15").await);
}

#[actix_web::test]
async fn what_cannot_be_read_is_told_beside_its_field_and_kept() {
    let scene = Scene::new().await;
    let sam = who("Sam");
    let typed =
        Typed { q: "/", area: "x", stage: "y", scheme: "z", from: "2026-02-30", to: "soon", waits: "w", page: 0 };
    let wrong = find::releases(&scene.office, &sam.actor, &typed).await;
    assert_eq!(wrong_fields(wrong), ["q", "from", "to", "area", "scheme", "stage", "waits"]);
    let backwards = Typed { from: "2026-11-21", to: "2026-11-20", ..Typed::default() };
    assert_eq!(wrong_fields(find::releases(&scene.office, &sam.actor, &backwards).await), ["to"]);
    let browser = Browser::of(&scene, Some("Sam")).await;
    let got = browser.get("/releases?q=%21%21&from=2026-02-30").await;
    assert_eq!(got.status, 422);
    for part in
        ["value=\"!!\"", "value=\"2026-02-30\"", "id=\"q-error\"", "id=\"from-error\"", "Nothing was looked for."]
    {
        assert!(got.text().contains(part), "{part}");
    }
    for query in ["page=-1", "page=x", "page=99999999999999999999", "page=9", "q=%00", "q=%F0%9F%98%80"] {
        let status = browser.get(&format!("/releases?{query}")).await.status;
        assert!(status == 200 || status == 422, "{query}: {status}");
    }
}

#[actix_web::test]
async fn fifty_on_a_page_and_the_count_of_all() {
    let scene = Scene::new().await;
    let (riley, sam, office) = (who("Riley"), who("Sam"), &scene.office);
    let area = world().areas[0].to_string();
    let before = find::releases(office, &sam.actor, &Typed::default()).await.unwrap().count;
    for _ in 0..52 {
        ask(office, riley, &area, &PLOT).await.unwrap();
    }
    let mut seen = Vec::new();
    for (page, lines) in [(1, 50), (2, usize::try_from(before + 2).unwrap()), (3, 0)] {
        let found = find::releases(office, &sam.actor, &Typed { page, ..Typed::default() }).await.unwrap();
        assert_eq!((found.count, found.lines.len()), (before + 52, lines), "page {page}");
        seen.extend(found.lines.iter().map(|line| line.filed.release.id));
    }
    let all = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), all, "none twice");
    let page = Browser::of(&scene, Some("Sam")).await.get("/releases?waits=decide").await.text();
    assert!(page.contains("53 releases") && page.contains("/releases?waits=decide&amp;page=2"), "{page}");
}

#[actix_web::test]
async fn the_first_page_counts_what_its_lists_hold_and_says_how_much_time_is_left() {
    let scene = Scene::new().await;
    let (riley, sam, office) = (who("Riley"), who("Sam"), &scene.office);
    let area = world().areas[0].to_string();
    // A notice that was served four days ago has run; one that was served just now has not.
    let id = ask(office, riley, &area, &PLOT).await.unwrap();
    let mut said = complete(office, &to(world(), &[("Priya", 0)]).unwrap());
    for (name, value) in &mut said {
        match name.as_str() {
            "notice_date" => *value = office.now().day().to_string(),
            "notice_time" => *value = office.now().clock_time(),
            _ => {}
        }
    }
    consider(office, sam, id, &said).await.unwrap();
    // Near its limit.
    let until = office.now().plus_millis(3 * 86_400_000).millis();
    let near = scene.release("CZ/003/26").await;
    sql(&scene, &format!("UPDATE release SET until = {until} WHERE id = '{near}'"));
    for name in EVERYBODY {
        for waiting in home::waiting(office, &who(name).actor).await.unwrap() {
            let (found, waits) = match waiting {
                home::Waiting::Requests(found) => (found, "decide"),
                home::Waiting::Unsealed(found) => (found, "seal"),
                home::Waiting::Returned(found) => (found, "returned"),
                home::Waiting::Ending(found) => (found, "ending"),
                home::Waiting::Duties(found) => (found, "duties"),
                home::Waiting::Own(found) => (found, "own"),
                home::Waiting::Area(found) => (found, "others"),
                _ => continue,
            };
            let list = find::releases(office, &who(name).actor, &Typed { waits, ..Typed::default() }).await.unwrap();
            assert_eq!(found.count, list.count, "{name} {waits}");
        }
    }
    for (name, part) in [
        ("Sam", "Notices and questions"),
        ("Sam", "/releases?waits=decide"),
        ("Sam", "3 days left: open until"),
        ("Riley", "3 days left: open until"),
        ("Riley", "/releases?waits=ending"),
    ] {
        let page = Browser::of(&scene, Some(name)).await.get("/").await.text();
        assert!(page.contains(part), "{name} {part}: {page}");
    }
}

#[actix_web::test]
async fn the_register_is_searched_by_number_stage_and_day_and_taken_along_as_shown() {
    let scene = Scene::new().await;
    let (riley, sam, office) = (who("Riley"), who("Sam"), &scene.office);
    let area = world().areas[0];
    let find = async |typed: issues::Typed<'_>| -> Vec<String> {
        let (issues, count) = issues::find(office, &sam.actor, area, typed, stamp()).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), issues.len());
        issues.into_iter().map(|(issue, _)| issue.urn).collect()
    };
    let of = issues::Typed::default;
    assert_eq!(find(of()).await, ["CZ/004/26", "CZ/003/26", "CZ/002/26", "CZ/001/26"]);
    for q in ["cz-3-26", "3", "003"] {
        assert_eq!(find(issues::Typed { q, ..of() }).await, ["CZ/003/26"], "{q}");
    }
    assert_eq!(find(issues::Typed { stage: "recalled", ..of() }).await, ["CZ/002/26"]);
    assert_eq!(find(issues::Typed { stage: "expired", ..of() }).await, ["CZ/001/26"]);
    assert_eq!(find(issues::Typed { from: "2026-11-16", to: "2026-11-16", ..of() }).await, ["CZ/003/26"]);
    let wrong = issues::Typed { q: "three", stage: "draft", from: "x", ..of() };
    assert_eq!(wrong_fields(issues::find(office, &sam.actor, area, wrong, stamp()).await), ["q", "from", "stage"]);
    let text = issues::csv(office, &sam.actor, area, issues::Typed { q: "3", ..of() }, stamp()).await.unwrap();
    assert!(text.lines().count() == 2 && text.contains("CZ/003/26,"), "{text}");
    assert_eq!(scene.records("export").await.last().unwrap().1["what"], "issues");
    assert!(issues::find(office, &who("Dana").actor, area, of(), stamp()).await.is_err(), "another area's register");
    assert!(issues::find(office, &riley.actor, area, of(), stamp()).await.is_err(), "an officer");
    let id = ask(office, riley, &area.to_string(), &PLOT).await.unwrap();
    authorise(office, sam, id, &to(world(), &[("Priya", 0)]).unwrap()).await.unwrap();
    assert_eq!(find(issues::Typed { stage: "live", from: "2026-11-21", ..of() }).await, ["CZ/005/26"]);
    let browser = Browser::of(&scene, Some("Sam")).await;
    let got = browser.get(&format!("/register/{area}?q=three")).await;
    assert!(got.status == 422 && got.text().contains("value=\"three\""), "{}", got.text());
    let page = browser.get(&format!("/register/{area}?stage=live")).await.text();
    assert!(page.contains(&format!("/register/{area}/csv?stage=live")), "the table is what is shown");
}
