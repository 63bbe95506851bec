//! Each clause of the thin decision, on both sides of its edge.

use super::*;
use crate::actor::{Grant, Role};
use crate::ids::{AreaId, ReleaseId, SchemeId};
use crate::limits::REPRESENTATIONS_MS;
use crate::moment::{days_after, parse_day};
use crate::release::authority::{Basis, GroundsKind};
use crate::release::request::{Purpose, Source};
use crate::release::{Considered, Request, Standing};
use crate::scheme::Footing;
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
    Release { id, area: area(), requested_by: person(1), requested_at: now(), stage, version: 1 }
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

fn case() -> Case {
    let mut considered = Considered {
        basis: Some(Basis::CommonLaw),
        positive_outcome: true,
        kmip: line("K-MIP/1"),
        athena: line("ATH/1"),
        athena_dated: Some(now().day()),
        ..Considered::default()
    };
    considered.grounds.kind = Some(GroundsKind::Intelligence);
    considered.grounds.words = prose("Seen at three shops");
    considered.grounds.reference = line("INT/1");
    considered.grounds.dated = Some(now().day());
    considered.grounds.prejudice = prose("Staff could not act");
    let risk = &mut considered.risk;
    for answer in [&mut risk.confidentiality, &mut risk.level, &mut risk.purpose, &mut risk.conditions, &mut risk.harm]
    {
        *answer = prose("Considered");
    }
    let japan = &mut considered.japan;
    for answer in [
        &mut japan.justified,
        &mut japan.authorised,
        &mut japan.proportionate,
        &mut japan.auditable,
        &mut japan.necessary,
    ] {
        *answer = prose("Considered");
    }
    considered.notice.served_at = Some(now().plus_millis(-REPRESENTATIONS_MS));
    considered.notice.served_by = line("PC 1");
    considered.notice.how = line("By hand");
    considered.notice.document = line("DOC/1");
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
        photographs: 1,
        considered,
        recipients: vec![footing()],
        registration_ends: parse_day("2026-11-21"),
        urn: Urn::number(AreaCode::parse("CZ").unwrap(), 1, now()),
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
    let table: [(&str, Change); 26] = [
        ("not-custody", |c| c.request.source.custody = false),
        ("not-justice", |c| c.request.source.justice = false),
        ("no-image-reference", |c| c.request.source.reference = Line::default()),
        ("no-locality", |c| c.request.locality = Line::default()),
        ("no-purpose", |c| c.request.purposes.clear()),
        ("no-reason", |c| c.request.reasons = Prose::default()),
        ("address", |c| c.words = "Lives at 4 Mill Lane".into()),
        ("pnc", |c| c.words = "Name: A. Person, PNC shows more".into()),
        ("no-legal-basis", |c| c.considered.basis = None),
        ("registration-lapsed", |c| c.registration_ends = parse_day("2026-11-20")),
        ("no-intelligence", |c| c.considered.grounds.reference = Line::default()),
        ("past-conviction-alone", |c| c.considered.grounds.kind = Some(GroundsKind::PastOnly)),
        ("intelligence-future", |c| c.considered.grounds.dated = parse_day("2026-11-22")),
        ("intelligence-stale", |c| c.considered.grounds.dated = Some(days_after(now().day(), -181))),
        ("no-prejudice", |c| c.considered.grounds.prejudice = Prose::default()),
        ("risk-incomplete", |c| c.considered.risk.harm = Prose::default()),
        ("no-risk-plan", |c| c.considered.risk.found = true),
        ("japan-incomplete", |c| c.considered.japan.necessary = Prose::default()),
        ("no-positive-outcome", |c| c.considered.positive_outcome = false),
        ("name-not-justified", |c| c.request.named = true),
        ("no-kmip", |c| c.considered.kmip = Line::default()),
        ("no-athena", |c| c.considered.athena_dated = None),
        ("notice-not-served", |c| c.considered.notice.how = Line::default()),
        ("representations", |c| c.considered.notice.representations = true),
        ("no-recipients", |c| c.recipients.clear()),
        ("notice-future", |c| c.considered.notice.served_at = Some(now().plus_millis(1))),
    ];
    for (code, change) in table {
        assert_eq!(refused(change), vec![code]);
    }
}

#[test]
fn seventy_two_hours_to_the_millisecond() {
    let early = |c: &mut Case| c.considered.notice.served_at = Some(now().plus_millis(1 - REPRESENTATIONS_MS));
    assert_eq!(refused(early), vec!["notice-running"]);
    assert!(authorise(|c| c.considered.notice.served_at = Some(now().plus_millis(-REPRESENTATIONS_MS))).is_ok());
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
        })
        .is_ok()
    );
}

#[test]
fn text_alone_needs_no_photograph_rules_and_nothing_at_all_is_refused() {
    let text_only = |c: &mut Case| {
        c.photographs = 0;
        c.request.source = Source::default();
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
