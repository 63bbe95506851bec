//! Sheets of paper (O3.2.1, P5, K9.1): none where prints are off, none past the number allowed; a picture's mark names its very sheet; what is
//! recorded about sheets goes with their release.

use disclosure_portal::actions::{deliver, prints, sweep};
use disclosure_portal::demo::releases::{acknowledge, copy_of, recall, undertake};
use disclosure_portal::demo::{portrait, stamp};
use disclosure_portal::domain::event::Kind;
use disclosure_portal::domain::ids::{CopyId, ReleaseId};
use disclosure_portal::domain::moment::Moment;
use disclosure_portal::domain::print::Sheet;
use disclosure_portal::sealing::copy::Prepared;
use disclosure_portal::sealing::mark::{Mark, Rendition};
use disclosure_portal::store::copies::{NewCopy, Row};

use super::prints::{CARRIED, FACE, OWN, picture, printed, screen, sealed, sheets, two_each};
use super::retention::agreed;
use crate::harness::browser::Browser;
use crate::harness::{Scene, codes};

#[actix_web::test]
async fn where_prints_are_off_nothing_prints_and_the_pages_say_why() {
    let scene = Scene::new().await;
    let (office, priya) = (&scene.office, scene.who("Priya"));
    let (off, on) = (printed(&scene, &[]).await, two_each(&scene).await);
    let (sam, holder) = (Browser::of(&scene, Some("Sam")).await, Browser::of(&scene, Some("Priya")).await);
    let (none, why) = ("No print of this release is allowed.", "paper leaves the portal’s sight");
    for (id, is_off) in [(off, true), (on, false)] {
        let ledger = sam.get(&format!("/releases/{id}/prints")).await.text();
        assert_eq!((ledger.contains(none), ledger.contains(why)), (is_off, is_off), "{ledger}");
        let copy = copy_of(office, priya, id).await.unwrap();
        let bulletin = holder.get(&format!("/bulletins/{copy}")).await.text();
        assert_eq!(bulletin.contains("Prints of this bulletin are off"), is_off, "{bulletin}");
        assert_eq!(bulletin.contains("Sheet 1 of 2"), !is_off, "{bulletin}");
    }
    // The electronic copy is no sheet, whatever is asked for; nor does it leave as one.
    let copy = copy_of(office, priya, off).await.unwrap();
    assert_eq!(holder.get(&format!("/sheets/{copy}")).await.status, 404);
    screen(&scene, priya, copy).await.unwrap();
    screen(&scene, priya, copy).await.unwrap();
    let viewed = scene.records(Kind::Viewed.word()).await;
    assert!(
        viewed.iter().filter(|(_, body)| body["copy"] == copy.to_string()).all(|(_, body)| body["sheet"].is_null())
    );
}

#[actix_web::test]
async fn the_last_sheet_allowed_prints_and_there_is_no_next_one() {
    let scene = Scene::new().await;
    let (office, priya) = (&scene.office, scene.who("Priya"));
    let id = two_each(&scene).await;
    for (sheet, _) in sheets(&scene, priya, id).await {
        screen(&scene, priya, sheet).await.unwrap();
    }
    for (sheet, _) in sheets(&scene, priya, id).await {
        assert_eq!(codes(screen(&scene, priya, sheet).await), ["printed-already"]);
    }
    // Handing the photograph over once more makes none; nor can a row say that there is a third of two, or a second second.
    sealed(&scene, id, FACE).await;
    assert_eq!(sheets(&scene, priya, id).await.len(), 2);
    let scheme = scene.world().schemes[0];
    let another = async |number: u32| {
        let sheet = Some(Sheet { number, of: 2, printer: None, printed: false });
        let new = NewCopy {
            copy: CopyId::fresh(office.now(), [9; 10]),
            release: id,
            holder: priya.id,
            scheme,
            mark: "7KQ2XM".into(),
            wrapped_key: vec![1],
            sheet,
            follows: None,
        };
        office.act(move |tx| Box::pin(async move { Ok(tx.add_copy(&new).await?) })).await.is_ok()
    };
    assert!(!another(3).await, "past the number allowed");
    assert!(!another(2).await, "a number twice");
    assert_eq!(sheets(&scene, priya, id).await.len(), 2);
}

#[actix_web::test]
async fn the_mark_on_a_printed_picture_names_the_very_sheet() {
    let scene = Scene::new().await;
    let (office, priya, morgan) = (&scene.office, scene.who("Priya"), scene.who("Morgan"));
    let id = two_each(&scene).await;
    undertake(office, morgan).await.unwrap();
    acknowledge(office, morgan, copy_of(office, morgan, id).await.unwrap()).await.unwrap();
    let urn = deliver::one(office, &priya.actor, copy_of(office, priya, id).await.unwrap()).await.unwrap().urn;
    let clean = Prepared::open(&portrait::draw(FACE), None).unwrap();
    let all = office.read().await.unwrap().copies_of_release(id).await.unwrap();
    let drawn = |row: &Row| {
        let sheet = row.sheet().unwrap().map_or_else(String::new, Sheet::title);
        let mark = Mark { urn: &urn, copy: &row.mark, recipient: &row.holder_name, sheet: &sheet };
        clean.mark(Rendition::Screen, &mark).unwrap().encode().unwrap()
    };
    let marked: Vec<(String, Vec<u8>)> = all.iter().map(|row| (row.id.clone(), drawn(row))).collect();
    let mut traced = 0;
    for holder in [priya, morgan] {
        for (sheet, _) in sheets(&scene, holder, id).await {
            let paper = picture(&screen(&scene, holder, sheet).await.unwrap(), holder);
            let named: Vec<&str> =
                marked.iter().filter(|(_, bytes)| *bytes == paper).map(|(id, _)| id.as_str()).collect();
            assert_eq!(named, [sheet.to_string()]);
            traced += 1;
        }
    }
    assert_eq!((traced, marked.len()), (4, 6));
}

#[actix_web::test]
async fn what_is_recorded_about_the_sheets_of_a_disposed_release_goes_with_it() {
    let scene = Scene::new().await;
    let (office, sam, priya) = (&scene.office, scene.who("Sam"), scene.who("Priya"));
    let (gone, kept) = (printed(&scene, OWN).await, printed(&scene, CARRIED).await);
    for (id, who) in [(gone, priya), (kept, sam)] {
        let sheet = sheets(&scene, priya, id).await[0].0;
        screen(&scene, who, sheet).await.unwrap();
        prints::free(office, &sam.actor, id, sheet, "The printer jammed", stamp()).await.unwrap();
    }
    recall(office, sam, gone, "The purpose is met.").await.unwrap();
    let count = |table: &str, id: ReleaseId| {
        scene
            .sql(&format!("SELECT COUNT(*) FROM {table} a JOIN copy c ON c.id = a.copy_id WHERE c.release_id = '{id}'"))
    };
    assert_eq!(scene.sql("SELECT COUNT(*) FROM print_act").trim(), "2");
    scene.clock.set(Moment::parse_london("2036-11-22", "09:00").unwrap());
    agreed(&scene, gone).await;
    sweep::round(office).await.unwrap();
    assert!(office.read().await.unwrap().release(gone).await.unwrap().is_none());
    assert_eq!(scene.sql("SELECT COUNT(*) FROM print_act").trim(), "1");
    assert_eq!(count("print_act", kept).trim(), "1", "another release’s stays");
    assert_eq!((count("part", gone).trim(), sheets(&scene, priya, gone).await.len()), ("0", 0));
    scene.log_is_whole().await;
}
