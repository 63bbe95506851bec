//! Who gets through which door, to whose things: printed to `docs/ACCESS.md` and compared (P10).
//!
//! Two tables. Doors: each door of the real table, knocked at by each persona with the identifiers of one area's live
//! release, its copy, its scheme. Acts: `policy::may` for each persona. A change of policy is a readable difference.

use std::fmt::Write as _;

use disclosure_portal::domain::actor::Actor;
use disclosure_portal::domain::policy::{Act, Thing, may};
use disclosure_portal::web::doors::{DOORS, Door, Method};

use crate::harness::browser::Browser;
use crate::harness::things::Things;
use crate::harness::{Scene, printed, who, world};

/// Heading, name. The objects are of area CZ, asked for by Riley, held by Priya.
const PERSONAS: [(&str, Option<&str>); 14] = [
    ("nobody", None),
    ("officer who asked", Some("Riley")),
    ("officer elsewhere", Some("Kit")),
    ("aic", Some("Sam")),
    ("aic elsewhere", Some("Dana")),
    ("reviewer", Some("Jordan")),
    ("inspector", Some("Alex")),
    ("commander", Some("Casey")),
    ("holder", Some("Priya")),
    ("manager, same scheme", Some("Morgan")),
    ("manager elsewhere", Some("Ines")),
    ("member", Some("Toby")),
    ("auditor", Some("Robin")),
    ("administrator", Some("Lee")),
];

/// What an answer means to whoever knocked.
fn cell(status: u16, location: &str) -> &'static str {
    match status {
        303 if location.starts_with("/sign-in") => "sign in",
        200 | 204 | 303 => "yes",
        401 => "sign in",
        403 => "refused",
        404 => "·",
        400 | 422 => "typed wrong",
        other => panic!("an answer of {other}"),
    }
}

#[actix_web::test]
async fn the_tables_of_access_are_as_printed() {
    let mut columns = Vec::new();
    for (_, name) in PERSONAS {
        // A world of their own: one persona's POSTs must not change what the next one finds.
        let scene = Scene::new().await;
        let of = Things::of(&scene, "CZ/003/26").await;
        let browser = Browser::of(&scene, name).await;
        let mut column = Vec::new();
        // Signing out ends the visit, so it comes last.
        for door in DOORS.iter().filter(|door| door.path != "/sign-out") {
            let got = browser.knock(door, &of.path(door)).await;
            assert!(got.status < 500, "{} {} by {name:?}: {}", door.method.word(), door.path, got.status);
            column.push(cell(got.status, &got.location));
        }
        scene.log_is_whole().await;
        columns.push(column);
    }
    let mut text = String::from(HEAD);
    doors_table(&mut text, &columns);
    acts_table(&mut text);
    printed("docs/ACCESS.md", &text);
    holds_what_must_hold(&columns);
}

/// The rows that no change may touch, whatever is printed.
fn holds_what_must_hold(columns: &[Vec<&'static str>]) {
    let rows: Vec<&Door> = DOORS.iter().filter(|door| door.path != "/sign-out").collect();
    let admitted = |path: &str| -> Vec<&str> {
        let row = rows.iter().position(|door| door.path == path && door.method == Method::Get).unwrap();
        PERSONAS.iter().zip(columns).filter(|(_, column)| column[row] == "yes").map(|((word, _), _)| *word).collect()
    };
    assert_eq!(admitted("/photographs/{id}/original"), ["aic", "reviewer"]);
    assert_eq!(admitted("/areas/{id}/unit-box"), ["aic", "reviewer"]);
    assert_eq!(admitted("/copies/{id}/parts/{part}"), ["holder"]);
    assert_eq!(admitted("/bulletins/{id}"), ["holder"]);
    assert_eq!(admitted("/log"), ["auditor"]);
    // Cantwell asks Norhaven: each side reads its own (K7.6).
    assert_eq!(admitted("/consultations/{id}"), ["aic elsewhere"]);
    assert_eq!(admitted("/releases/{id}/areas"), ["aic"]);
    assert_eq!(admitted("/documents/{id}"), ["aic", "holder", "manager, same scheme", "auditor"]);
    assert_eq!(admitted("/initiatives/{id}"), ["aic", "auditor"]);
    assert_eq!(admitted("/people/{id}"), ["aic", "administrator"]);
    an_administrator_does_their_work_and_never_reaches_a_case(&rows, columns.last().unwrap());
    assert_eq!(
        admitted("/releases/{id}"),
        ["officer who asked", "aic", "reviewer", "inspector", "commander", "auditor"]
    );
}

/// DESIGN §3: accounts, areas, settings, schemes to look at; never a case, a picture, a paper, a register, the log.
fn an_administrator_does_their_work_and_never_reaches_a_case(rows: &[&Door], column: &[&'static str]) {
    assert_eq!(PERSONAS.last().unwrap().0, "administrator");
    let never = ["/releases", "/photographs", "/copies", "/bulletins", "/thumbnails", "/certificates", "/undertaking"];
    let nor = ["/register", "/log", "/documents", "/initiatives"];
    for (door, cell) in rows.iter().zip(column) {
        let below = |start: &&str| door.path == *start || door.path.starts_with(&format!("{start}/"));
        if never.iter().chain(&nor).any(below) || door.path.ends_with("/unit-box") {
            assert_eq!(*cell, "·", "{} {}", door.method.word(), door.path);
        }
        let work = [
            "/people",
            "/people/{id}",
            "/areas",
            "/areas/{id}/rename",
            "/invitations/new",
            "/settings/numbers",
            "/schemes",
        ];
        if door.method == Method::Get && work.contains(&door.path) {
            assert_eq!(*cell, "yes", "{}", door.path);
        }
    }
    let (area, scheme) = (world().areas[0], world().schemes[0]);
    let (requested_by, holder) = (who("Riley").id, who("Priya").id);
    for (act, _) in Act::ALL {
        for thing in [Thing::Release { area, requested_by }, Thing::Copy { area, holder }] {
            assert!(!may(&who("Lee").actor, *act, thing), "{act:?} {thing:?}");
        }
    }
    for act in [Act::SeePapers, Act::Inspect, Act::KeepRegister, Act::ChangeRoles] {
        assert!(!may(&who("Lee").actor, act, Thing::Scheme { area, scheme }), "{act:?}");
    }
}

const HEAD: &str = "# Who gets through\n\nPrinted by `tests/it/access.rs`; change the code, run the tests, read the difference.\n\n\
`yes`: answered. `typed wrong`: through, but nothing was filled in. `refused`: known, and the rules say no. `sign in`: not signed in.\n\
`·`: not found, the same as for something that does not exist.\n\n";

fn doors_table(text: &mut String, columns: &[Vec<&'static str>]) {
    text.push_str("## Doors\nThe identifiers are those of a live release of area CZ, asked for by the first officer; its copy held by *holder*; its scheme.\n\n| door | for |");
    for (heading, _) in PERSONAS {
        write!(text, " {heading} |").unwrap();
    }
    write!(text, "\n| --- | --- |{}\n", " --- |".repeat(PERSONAS.len())).unwrap();
    for (row, door) in DOORS.iter().filter(|door| door.path != "/sign-out").enumerate() {
        write!(text, "| {} `{}` | {} |", door.method.word(), door.path, door.what).unwrap();
        for column in columns {
            write!(text, " {} |", column[row]).unwrap();
        }
        text.push('\n');
    }
}

fn acts_table(text: &mut String) {
    let area = world().areas[0];
    let scheme = world().schemes[0];
    let (requested_by, holder) = (who("Riley").id, who("Priya").id);
    let things = [
        ("area", Thing::Area(area)),
        ("release", Thing::Release { area, requested_by }),
        ("copy", Thing::Copy { area, holder }),
        ("scheme", Thing::Scheme { area, scheme }),
        ("force", Thing::Force),
    ];
    text.push_str("\n## Acts\nWhat the policy says (`src/domain/policy.rs`), for the same things. Stage, time and papers come on top.\n\n| act | to |");
    for (heading, _) in PERSONAS.iter().skip(1) {
        write!(text, " {heading} |").unwrap();
    }
    write!(text, " the portal |\n| --- | --- |{}\n", " --- |".repeat(PERSONAS.len())).unwrap();
    for (act, meaning) in Act::ALL {
        for (word, thing) in things {
            let actors = PERSONAS.iter().filter_map(|(_, name)| name.map(|name| who(name).actor.clone()));
            let cells: Vec<bool> = actors.chain([Actor::Portal]).map(|actor| may(&actor, *act, thing)).collect();
            if cells.iter().any(|yes| *yes) {
                write!(text, "|{} | {word} |", meaning.trim_end()).unwrap();
                for yes in cells {
                    text.push_str(if yes { " yes |" } else { " · |" });
                }
                text.push('\n');
            }
        }
    }
}
