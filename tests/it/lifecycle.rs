//! `docs/LIFECYCLE.md`: who may order what of a release at which stage, as `decide` answers, and what keeps an authority back.
//!
//! Absent on purpose: a judgement. The same people, cases and broken rules walk in `src/domain/release/walk_tests.rs`, where each answer
//! is held against a table written from the policy; here the answers are only put on paper.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use disclosure_portal::domain;
use disclosure_portal::domain::actor::{Actor, Grant, Role};
use disclosure_portal::domain::moment::Moment;
use disclosure_portal::domain::refusal::Refusal;
use disclosure_portal::domain::release::{Authority, Decision, Question, Release, Ruling, Stage};

use crate::harness::printed;

#[expect(dead_code, reason = "the codes are what the walks expect; the paper has what was answered")]
#[path = "../../src/domain/release/walk_tests/breaches.rs"]
mod breaches;
#[expect(dead_code, reason = "the judge of the walks: here only its list of orders is printed")]
#[path = "../../src/domain/release/walk_tests/law.rs"]
mod law;
#[expect(dead_code, reason = "the walks break each rule of a review too")]
#[path = "../../src/domain/release/walk_tests/reviews.rs"]
mod reviews;
#[expect(dead_code, reason = "the walks take more shapes of a case than the paper")]
#[path = "../../src/domain/release/walk_tests/world.rs"]
mod world;

use law::{Row, TABLE};
use world::{Facts, actor, grant, lawful, order, other_area, own_area, person, release};

fn now() -> Moment {
    Moment::parse_london("2026-11-21", "12:00").unwrap()
}

/// Every stage, and what it is.
fn stages() -> Vec<(Stage, &'static str)> {
    let (by, at) = (person(2), now());
    let authority = Authority { by, at, urn: "CZ/001/26".into(), until: at.plus_millis(60 * 86_400_000) };
    let over = authority.clone();
    vec![
        (Stage::Draft, "being written by the officer; nobody else sees it"),
        (Stage::Requested, "waiting for the co-ordinator"),
        (Stage::Returned { by, at }, "back with the officer, who was asked for more"),
        (Stage::Closed { by, at }, "withdrawn or refused; for good"),
        (Stage::Live(authority), "authorised and numbered; open to its recipients until its limit"),
        (
            Stage::Voided { authority: over.clone(), by, at },
            "issued in error, never opened; the number stays; for good",
        ),
        (Stage::Recalled { authority: over, by, at }, "called back; for good"),
    ]
}

/// Everybody who may come to a release.
fn people() -> Vec<(&'static str, Actor)> {
    let here = |n, roles: &[Role]| actor(n, &roles.iter().map(|role| grant(*role, own_area())).collect::<Vec<_>>());
    let away = actor(4, &[Grant::InArea(Role::Aic, other_area())]);
    vec![
        ("officer who asked", here(1, &[Role::Officer])),
        ("who asked and is aic", here(1, &[Role::Officer, Role::Aic])),
        ("officer", here(3, &[Role::Officer])),
        ("aic", here(2, &[Role::Aic])),
        ("aic elsewhere", away),
        ("reviewer", here(5, &[Role::Reviewer])),
        ("inspector", here(6, &[Role::Inspector])),
        ("commander", here(7, &[Role::Commander])),
        ("manager, member", here(8, &[Role::Manager, Role::Member])),
        ("auditor", here(9, &[Role::Auditor])),
        ("administrator, the portal", here(10, &[Role::Administrator])),
    ]
}

fn ask(at: &Stage, row: &Row, facts: &Facts, by: &Actor) -> Result<Stage, Vec<Refusal>> {
    let asked: Release = release(at.clone());
    asked.decide(order(row.order, facts, now()), by, now()).map(Decision::into_parts).map(|(next, _)| next)
}

/// What one of the people is told: the next stage, `kept` where it stays, `·` not found, `–` not at this stage, or a code.
fn cell(at: &Stage, row: &Row, by: &Actor) -> String {
    match ask(at, row, &Facts::good(now()), by) {
        Ok(next) if next == *at => "**kept**".to_owned(),
        Ok(next) => format!("**{}**", next.word()),
        Err(why) => match why[..] {
            [Refusal::NotFound] => "·".to_owned(),
            [Refusal::WrongStage { .. }] => "–".to_owned(),
            _ => why.iter().map(Refusal::code).collect::<Vec<_>>().join(", "),
        },
    }
}

/// Rows of one order; stages with the same answers stand together.
fn order_rows(row: &Row) -> String {
    let (mut rows, people): (Vec<(Vec<&str>, String)>, _) = (Vec::new(), people());
    for (stage, _) in stages() {
        let answers: Vec<String> = people.iter().map(|(_, by)| cell(&stage, row, by)).collect();
        let answers = answers.join(" | ");
        match rows.iter_mut().find(|(_, same)| *same == answers) {
            Some((words, _)) => words.push(stage.word()),
            None => rows.push((vec![stage.word()], answers)),
        }
    }
    rows.iter().fold(String::new(), |mut text, (words, answers)| {
        writeln!(text, "| {} ({}) | {} | {answers} |", row.order, row.clause, words.join(", ")).unwrap();
        text
    })
}

/// Each fact that keeps an order from being carried out, though somebody gives it who may.
fn facts_against(row: &Row) -> Vec<String> {
    let good = || Facts::good(now());
    let against: Vec<(&str, Facts)> = vec![
        ("nothing is written", Facts { silent: true, ..good() }),
        ("the time lies in the future", Facts { when: 1, ..good() }),
        ("the time is more than a minute before the decision", Facts { when: -60_001, ..good() }),
        ("there was no decision", Facts { decided: None, ..good() }),
        ("nothing waits for an answer", Facts { open: false, ..good() }),
        ("a copy was opened", Facts { opened: true, ..good() }),
        ("no signed review waits", Facts { nothing_waits: true, ..good() }),
        ("no day is chosen", Facts { days: None, ..good() }),
        ("the day is after the latest one", Facts { days: Some(200), ..good() }),
        ("no exclusion notice is on record", Facts { on_record: None, ..good() }),
    ];
    let mut found: Vec<(String, Vec<&str>)> = Vec::new();
    for (fact, facts) in against {
        for (stage, _) in stages() {
            let may = people().into_iter().find(|(_, by)| ask(&stage, row, &good(), by).is_ok());
            for why in may.and_then(|(_, by)| ask(&stage, row, &facts, &by).err()).unwrap_or_default() {
                let told = why.told();
                let said = format!("{fact} | {} | {}", told.clause, told.code);
                match found.iter_mut().find(|(same, _)| *same == said) {
                    Some((_, stages)) => stages.push(stage.word()),
                    None => found.push((said, vec![stage.word()])),
                }
            }
        }
    }
    found.into_iter().map(|(said, stages)| format!("| {} | {} | {said} |", row.order, stages.join(", "))).collect()
}

/// Each rule of a lawful release, broken alone: the refusal that names it.
fn rules() -> String {
    let row = TABLE.iter().find(|row| row.order == "authorise").unwrap();
    let (aic, mut said, mut rules) = (&people()[3].1, Vec::new(), BTreeMap::<String, Vec<&str>>::new());
    let mut note = |rule: &'static str, facts: &Facts| {
        let why = ask(&Stage::Requested, row, facts, aic).unwrap_err();
        let told: Vec<_> =
            why.iter().map(Refusal::told).map(|told| format!("{} | {}", told.clause, told.code)).collect();
        let told = told.join(", ");
        if !said.contains(&told) {
            said.push(told.clone());
        }
        rules.entry(told).or_default().push(rule);
    };
    for one in breaches::BREACHES {
        let mut case = lawful(0, now());
        (one.breaks)(&mut case, now());
        note(one.rule, &Facts { case, ..Facts::good(now()) });
    }
    let mut case = lawful(1 << 3, now());
    let own = Ruling { by: person(2), ..world::ruling(&case, Question::NoPositiveOutcome, now()) };
    case.rulings.push(own);
    note("whoever authorises decided no question of the case", &Facts { case, ..Facts::good(now()) });
    said.iter().fold(String::new(), |mut text, told| {
        writeln!(text, "| {told} | {} |", rules[told].join("; ")).unwrap();
        text
    })
}

#[test]
fn the_life_of_a_release_is_as_printed() {
    let mut text = String::from(
        "# The life of a release\n\nPrinted by `tests/it/lifecycle.rs` from what `Release::decide` answers; change the code, run the test, read the difference.\n\
`src/domain/release/walk_tests.rs` holds the same answers, along random walks, against a table written from the policy.\n\n\
## Stages\nTime is no stage: a live release past its limit is closed to everybody outside at that instant (K7.8), and still `live` here.\n\n\
| stage | what it is | left by |\n| --- | --- | --- |\n",
    );
    for (stage, what) in stages() {
        let mut by: Vec<String> = Vec::new();
        for row in TABLE {
            let moves = people().iter().find_map(|(_, by)| {
                ask(&stage, row, &Facts::good(now()), by).ok().filter(|next| *next != stage).map(|next| next.word())
            });
            by.extend(moves.map(|next| format!("{} → {next}", row.order)));
        }
        writeln!(text, "| {} | {what} | {} |", stage.word(), by.join(", ")).unwrap();
    }
    let heads: Vec<&str> = people().iter().map(|(name, _)| *name).collect();
    write!(
        text,
        "\n## Who may order what, and when\nWith facts to which no rule objects. In bold the stage that follows, **kept** where it stays; `·` not found; `–` not at this\n\
stage; else the code of the refusal.\n\n| order | at | {} |\n| --- | ---{} |\n",
        heads.join(" | "),
        " | ---".repeat(heads.len())
    )
    .unwrap();
    for row in TABLE {
        text.push_str(&order_rows(row));
    }
    text.push_str("\n## What else an order is refused for\nFacts of a request that is sent, and of an authority, are below.\n\n| order | at | when | clause | code |\n| --- | --- | --- | --- | --- |\n");
    for line in TABLE.iter().flat_map(facts_against) {
        writeln!(text, "{line}").unwrap();
    }
    text.push_str("\n## What must be true of a release before it is authorised\nEach rule broken alone is named by this refusal; all that are broken are named at once. A request is sent only if the officer's own answers stand.\n\n| clause | code | rules |\n| --- | --- | --- |\n");
    text.push_str(&rules());
    printed("docs/LIFECYCLE.md", &text);
}

#[test]
fn the_portal_itself_orders_nothing() {
    for (stage, _) in stages() {
        for row in TABLE {
            let why = ask(&stage, row, &Facts::good(now()), &Actor::Portal).unwrap_err();
            assert_eq!(why, [Refusal::NotFound], "{} at {}", row.order, stage.word());
        }
    }
}
