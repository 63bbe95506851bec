//! Each clause of the thin decision, on both sides of its edge.

use super::*;
use crate::actor::{Grant, Role};
use crate::ids::{AreaId, ReleaseId, SchemeId};
use crate::limits::REPRESENTATIONS_MS;
use crate::moment::{days_after, parse_day};
use crate::numbers::Numbers;
use crate::release::grounds::{Basis, Grounds, GroundsKind};
use crate::release::material::Material;
use crate::release::notice::{Notice, Ruling, Telling};
use crate::release::outcome::Outcome;
use crate::release::recipients::Recipients;
use crate::release::records::Records;
use crate::release::request::{Purpose, Source};
use crate::release::risk::{Japan, Risk};
use crate::release::{Considered, Request, Standing};
use crate::scheme::Footing;
use crate::texts::Versions;
use crate::urn::{AreaCode, Urn};
use crate::words::{Line, Prose};

fn now() -> Moment {
    Moment::parse_london("2026-11-21", "12:00").unwrap()
}

fn line(text: &str) -> Line {
    Line::parse("x", text).unwrap()
}

fn prose(text: &str) -> Prose {
    Prose::parse("x", text).unwrap()
}

fn area() -> AreaId {
    AreaId::fresh(now(), [1; 10])
}

fn person(n: u8) -> PersonId {
    PersonId::fresh(now(), [n; 10])
}

fn actor(n: u8, role: Role) -> Actor {
    Actor::Person { id: person(n), grants: vec![Grant::InArea(role, area())] }
}

fn release(stage: Stage) -> Release {
    let id = ReleaseId::fresh(now(), [2; 10]);
    Release {
        id,
        area: area(),
        requested_by: person(1),
        requested_at: now(),
        stage,
        origin: None,
        askers: vec![],
        version: 1,
    }
}

fn footing() -> Footing {
    Footing {
        person: person(5),
        scheme: SchemeId::fresh(now(), [6; 10]),
        role: Role::Manager,
        person_suspended: false,
        scheme_suspended: false,
        vetting_ends: parse_day("2026-11-21"),
        isa_starts: None,
        isa_ends: parse_day("2026-11-21"),
        scheme_has_manager: true,
        undertaking_signed: None,
        undertaking_current: 1,
    }
}

/// Everything considered, as a careful co-ordinator does.
fn considered() -> Considered {
    let told = || prose("Considered");
    Considered {
        material: Material {
            custody: true,
            justice: true,
            offence: line("Theft, 2025"),
            reference: line("G/1"),
            subject: "sha256:00".into(),
            ..Material::default()
        },
        grounds: Grounds {
            basis: Some(Basis::CommonLaw),
            kind: Some(GroundsKind::Intelligence),
            words: prose("Seen at three shops"),
            reference: line("INT/1"),
            dated: Some(now().day()),
            prejudice: prose("Staff could not act"),
        },
        risk: Risk {
            confidentiality: told(),
            level: told(),
            purpose: told(),
            conditions: told(),
            harm: told(),
            found: Some(false),
            ..Risk::default()
        },
        japan: Japan {
            justified: told(),
            authorised: told(),
            proportionate: told(),
            auditable: told(),
            necessary: told(),
        },
        outcome: Outcome { positive: Some(true), wanted: Some(false), ..Outcome::default() },
        notice: Notice {
            telling: Some(Telling::Served),
            served_at: Some(now().plus_millis(-REPRESENTATIONS_MS)),
            served_by: line("PC 1"),
            how: line("By hand"),
            document: line("DOC/1"),
            ..Notice::default()
        },
        recipients: Recipients { need: told(), instructions: told(), elsewhere: Some(false), ..Recipients::default() },
        records: Records {
            kmip: line("K-MIP/1"),
            kmip_complete: true,
            attached: true,
            athena: line("ATH/1"),
            athena_dated: Some(now().day()),
            exclusion_ends: None,
            close_on: None,
        },
    }
}

fn case() -> Case {
    Case {
        request: Request {
            title: line("Shop theft"),
            source: Source { custody: true, justice: true, reference: line("G/1") },
            locality: line("Maidstone"),
            reasons: prose("Series of thefts"),
            purposes: vec![Purpose::Prevention],
            danger: false,
            named: false,
        },
        words: "Suspected of shop theft in the town centre.\n".into(),
        subject: "sha256:00".into(),
        photographs: 1,
        considered: considered(),
        represented: None,
        rulings: Vec::new(),
        recipients: vec![footing()],
        member_schemes: Vec::new(),
        members_gone: false,
        recipients_gone: false,
        consulted: Vec::new(),
        awaited: false,
        registration_ends: parse_day("2026-11-21"),
        urn: Urn::number(AreaCode::parse("CZ").unwrap(), 1, now()),
        numbers: Numbers::shipped(),
        versions: Versions::default(),
    }
}

/// A ruling by somebody of a higher rank, an hour ago.
fn ruling(question: Question, disclose: bool) -> Ruling {
    Ruling {
        question,
        by: person(7),
        at: now().plus_millis(-3_600_000),
        disclose,
        subject: "sha256:00".into(),
        told_at: None,
    }
}

fn authorise(change: impl FnOnce(&mut Case)) -> Result<Decision, Vec<Refusal>> {
    let mut case = case();
    change(&mut case);
    release(Stage::Requested).decide(Order::Authorise(Box::new(case)), &actor(2, Role::Aic), now())
}

fn refused(change: impl FnOnce(&mut Case)) -> Vec<&'static str> {
    authorise(change).unwrap_err().iter().map(Refusal::code).collect()
}

#[test]
fn a_complete_case_goes_live_until_sixty_days_on() {
    let (next, event) = authorise(|_| ()).unwrap().into_parts();
    let Stage::Live(authority) = next else { panic!("not live") };
    assert_eq!(authority.urn, "CZ/001/26");
    assert_eq!(authority.until.deadline(), "11:59pm on 19 January 2027");
    assert_eq!(event.kind, Kind::Authorised);
}

#[test]
fn one_refusal_for_each_unmet_clause() {
    type Change = fn(&mut Case);
    let table: &[(&str, Change)] = &[
        ("not-custody", |c| c.request.source.custody = false),
        ("not-custody", |c| c.considered.material.custody = false),
        ("not-justice", |c| c.request.source.justice = false),
        ("not-justice", |c| c.considered.material.justice = false),
        ("not-justice", |c| c.considered.material.offence = Line::default()),
        ("no-image-reference", |c| c.request.source.reference = Line::default()),
        ("no-image-reference", |c| c.considered.material.reference = Line::default()),
        ("image-destruction-due", |c| c.considered.material.destroy_on = Some(now().day())),
        ("words-not-considered", |c| c.subject = "sha256:01".into()),
        ("conviction-like", |c| c.words = "He was convicted of theft.".into()),
        ("no-locality", |c| c.request.locality = Line::default()),
        ("no-purpose", |c| c.request.purposes.clear()),
        ("no-reason", |c| c.request.reasons = Prose::default()),
        ("address", |c| c.words = "Lives at 4 Mill Lane".into()),
        ("pnc", |c| c.words = "Name: A. Person, PNC shows more".into()),
        ("no-legal-basis", |c| c.considered.grounds.basis = None),
        ("registration-lapsed", |c| c.registration_ends = parse_day("2026-11-20")),
        ("no-intelligence", |c| c.considered.grounds.reference = Line::default()),
        ("no-intelligence", |c| c.considered.grounds.words = Prose::default()),
        ("no-intelligence", |c| c.considered.grounds.dated = None),
        ("past-conviction-alone", |c| c.considered.grounds.kind = Some(GroundsKind::PastOnly)),
        ("intelligence-future", |c| c.considered.grounds.dated = parse_day("2026-11-22")),
        ("intelligence-stale", |c| c.considered.grounds.dated = Some(days_after(now().day(), -181))),
        ("no-prejudice", |c| c.considered.grounds.prejudice = Prose::default()),
        ("risk-incomplete", |c| c.considered.risk.harm = Prose::default()),
        ("risk-incomplete", |c| c.considered.risk.found = None),
        ("no-risk-plan", |c| c.considered.risk.found = Some(true)),
        ("japan-incomplete", |c| c.considered.japan.necessary = Prose::default()),
        ("outcome-missing", |c| c.considered.outcome.positive = None),
        ("wanted-not-answered", |c| c.considered.outcome.wanted = None),
        ("name-not-justified", |c| c.request.named = true),
        ("no-kmip", |c| c.considered.records.kmip = Line::default()),
        ("no-kmip", |c| c.considered.records.kmip_complete = false),
        ("kmip-not-attached", |c| c.considered.records.attached = false),
        ("no-athena", |c| c.considered.records.athena_dated = None),
        ("no-athena", |c| c.considered.records.athena = Line::default()),
        ("no-athena", |c| c.considered.records.athena_dated = parse_day("2026-11-22")),
        ("notice-not-served", |c| c.considered.notice.telling = None),
        ("notice-not-served", |c| c.considered.notice.how = Line::default()),
        ("notice-not-served", |c| c.considered.notice.served_by = Line::default()),
        ("notice-not-served", |c| c.considered.notice.document = Line::default()),
        ("notice-future", |c| c.considered.notice.served_at = Some(now().plus_millis(1))),
        ("dispensation-incomplete", |c| c.considered.notice.telling = Some(Telling::LeftOut)),
        ("representations", |c| c.represented = Some(now())),
        ("no-recipients", |c| c.recipients.clear()),
        ("recipient-gone", |c| c.recipients_gone = true),
        ("no-need", |c| c.considered.recipients.need = Prose::default()),
        ("no-instructions", |c| c.considered.recipients.instructions = Prose::default()),
        ("elsewhere-not-answered", |c| c.considered.recipients.elsewhere = None),
        ("elsewhere-not-answered", |c| c.considered.recipients.elsewhere = Some(true)),
        ("area-not-consulted", |c| {
            c.considered.recipients.elsewhere = Some(true);
            c.considered.recipients.areas = vec![AreaId::fresh(now(), [9; 10])];
        }),
    ];
    for (code, change) in table {
        assert_eq!(refused(change), vec![*code]);
    }
}

#[test]
fn seventy_two_hours_to_the_millisecond() {
    let early = |c: &mut Case| c.considered.notice.served_at = Some(now().plus_millis(1 - REPRESENTATIONS_MS));
    assert_eq!(refused(early), vec!["notice-running"]);
    assert!(authorise(|c| c.considered.notice.served_at = Some(now().plus_millis(-REPRESENTATIONS_MS))).is_ok());
}

#[test]
fn stricter_numbers_in_force_bind_the_decision_and_it_says_under_which_versions_it_was_made() {
    let strict = |c: &mut Case| {
        let words = r#"{"review_days":{"value":30,"source":"x"},"representations_hours":{"value":96,"source":"x"},
            "current_intelligence_days":{"value":5,"source":"x"},"recipients_max":{"value":1,"source":"x"}}"#;
        c.numbers = Numbers::stored(words).unwrap();
        c.versions = Versions::of([("numbers".to_owned(), 2)]);
        c.considered.notice.served_at = Some(now().plus_millis(-96 * 3_600_000));
        c.considered.grounds.dated = Some(days_after(now().day(), -5));
    };
    let event = authorise(strict).unwrap().event;
    assert_eq!(event.more["until"], Moment::start_of(days_after(now().day(), 30)).rfc3339());
    assert_eq!(event.more["versions"]["numbers"], 2);
    let why = refused(|c| {
        strict(c);
        c.considered.notice.served_at = Some(now().plus_millis(1 - 96 * 3_600_000));
        c.considered.grounds.dated = Some(days_after(now().day(), -6));
        c.recipients.push(footing());
    });
    assert_eq!(why, ["intelligence-stale", "notice-running", "too-many-recipients"]);
    assert_eq!(refused(|c| c.photographs = 7), ["too-many-photographs"]);
}

#[test]
fn a_lapsed_recipient_cannot_be_supplied_and_each_lapse_is_named() {
    let lapsed = |c: &mut Case| {
        let mut one = footing();
        one.vetting_ends = parse_day("2026-11-20");
        one.isa_ends = None;
        one.scheme_suspended = true;
        one.person_suspended = true;
        c.recipients.push(one);
    };
    assert_eq!(refused(lapsed).len(), 4);
    let member = |c: &mut Case| c.recipients[0].role = Role::Member;
    assert_eq!(refused(member), vec!["goes-to-manager"]);
    assert!(
        authorise(|c| {
            c.recipients[0].role = Role::Member;
            c.recipients[0].scheme_has_manager = false;
            c.considered.recipients.instructions = Prose::default();
        })
        .is_ok()
    );
}

#[test]
fn text_alone_needs_no_photograph_rules_and_nothing_at_all_is_refused() {
    let text_only = |c: &mut Case| {
        c.photographs = 0;
        c.request.source = Source::default();
        c.considered.material.custody = false;
        c.considered.material.justice = false;
    };
    assert!(authorise(text_only).is_ok());
    assert_eq!(
        refused(|c| {
            text_only(c);
            c.words = String::new();
        }),
        vec!["nothing-to-release"]
    );
}

#[test]
fn every_unmet_rule_is_listed_at_once() {
    let all = refused(|c| {
        c.considered = Considered::default();
        c.request.source = Source::default();
        c.recipients.clear();
    });
    assert!(all.len() >= 12, "{all:?}");
}

#[test]
fn the_requester_never_authorises_even_as_coordinator() {
    let both = Actor::Person {
        id: person(1),
        grants: vec![Grant::InArea(Role::Officer, area()), Grant::InArea(Role::Aic, area())],
    };
    let why = release(Stage::Requested).decide(Order::Authorise(Box::new(case())), &both, now()).unwrap_err();
    assert_eq!(why, vec![Refusal::AuthorisedByRequester]);
}

#[test]
fn only_the_areas_coordinator_decides_and_outsiders_learn_nothing() {
    let order = || Order::Recall { reason: prose("Why") };
    let live = release(authorise(|_| ()).unwrap().into_parts().0);
    for role in [Role::Officer, Role::Reviewer, Role::Inspector, Role::Commander] {
        let why = live.decide(order(), &actor(if role == Role::Officer { 1 } else { 3 }, role), now()).unwrap_err();
        assert_eq!(why, vec![Refusal::NotAreaCoordinator], "{role:?}");
    }
    let elsewhere = AreaId::fresh(now(), [9; 10]);
    let other = Actor::Person { id: person(4), grants: vec![Grant::InArea(Role::Aic, elsewhere)] };
    assert_eq!(live.decide(order(), &other, now()).unwrap_err(), vec![Refusal::NotFound]);
    assert_eq!(live.decide(order(), &Actor::Portal, now()).unwrap_err(), vec![Refusal::NotFound]);
}

#[test]
fn a_recall_ends_a_live_release_once_and_nothing_follows_it() {
    let aic = actor(2, Role::Aic);
    let live = release(authorise(|_| ()).unwrap().into_parts().0);
    assert_eq!(
        live.decide(Order::Recall { reason: Prose::default() }, &aic, now()).unwrap_err(),
        vec![Refusal::ReasonMissing]
    );
    let (next, _) = live.decide(Order::Recall { reason: prose("Why") }, &aic, now()).unwrap().into_parts();
    let recalled = release(next);
    assert_eq!(recalled.standing(), Standing::Recalled { at: now() });
    for order in [
        Order::Recall { reason: prose("Again") },
        Order::Refuse { reason: prose("No") },
        Order::Authorise(Box::new(case())),
    ] {
        assert_eq!(recalled.decide(order, &aic, now()).unwrap_err(), vec![Refusal::WrongStage { stage: "recalled" }]);
    }
}

#[path = "route_tests.rs"]
mod routes;

#[path = "linked_tests.rs"]
mod linked;
