//! The people, the lawful cases and the orders, shared by the walks and by the printed table.
//!
//! Promises: [`lawful`] meets every rule in each of its shapes, at its very edge.
//! Absent on purpose: what the rules answer, which is `law.rs` for the walks and the code for the table.

use super::domain::actor::{Actor, Grant, Role};
use super::domain::ids::{AreaId, MemberId, PersonId, ReleaseId, SchemeId};
use super::domain::moment::{Moment, days_after};
use super::domain::numbers::Numbers;
use super::domain::release::correction::{Correction, ReportAnswer, ReportOutcome};
use super::domain::release::grounds::{Basis, Grounds, GroundsKind};
use super::domain::release::material::{Indication, Material};
use super::domain::release::notice::{Notice, Telling};
use super::domain::release::order::Submission;
use super::domain::release::outcome::Outcome;
use super::domain::release::recipients::Recipients;
use super::domain::release::records::Records;
use super::domain::release::request::{Purpose, Source};
use super::domain::release::review::{NoticeEnd, ReviewOutcome, ReviewPart, Shortening, Verdict};
use super::domain::release::risk::{Japan, Risk};
use super::domain::release::{Case, Considered, Order, Part, Question, Release, Request, Ruling, Stage};
use super::domain::scheme::Footing;
use super::domain::texts::Versions;
use super::domain::urn::{AreaCode, Urn};
use super::domain::words::{Line, Prose};
use super::reviews::verdict;

/// The moment identifiers are made from; it means nothing else.
fn birth() -> Moment {
    Moment::from_millis(1_790_000_000_000)
}

pub(super) fn own_area() -> AreaId {
    AreaId::fresh(birth(), [1; 10])
}

pub(super) fn other_area() -> AreaId {
    AreaId::fresh(birth(), [2; 10])
}

/// Persons are numbered; 1 asked, 4 asked in an area it came from, 7 ruled, 8 and 9 receive.
pub(super) fn person(n: u8) -> PersonId {
    PersonId::fresh(birth(), [n; 10])
}

pub(super) fn scheme(n: u8) -> SchemeId {
    SchemeId::fresh(birth(), [n; 10])
}

/// A role where it belongs: in the area, in a scheme, over the force.
pub(super) fn grant(role: Role, area: AreaId) -> Grant {
    match role {
        Role::Manager | Role::Member => Grant::InScheme(role, scheme(1)),
        Role::Auditor | Role::Administrator => Grant::Force(role),
        _ => Grant::InArea(role, area),
    }
}

pub(super) fn actor(n: u8, grants: &[Grant]) -> Actor {
    Actor::Person { id: person(n), grants: grants.to_vec() }
}

pub(super) fn release(stage: Stage) -> Release {
    let id = ReleaseId::fresh(birth(), [3; 10]);
    Release {
        id,
        area: own_area(),
        requested_by: person(1),
        requested_at: birth(),
        stage,
        origin: None,
        askers: vec![person(4)],
        version: 1,
    }
}

pub(super) fn line(text: &str) -> Line {
    Line::optional("it", text).unwrap()
}

pub(super) fn prose(text: &str) -> Prose {
    Prose::optional("it", text).unwrap()
}

pub(super) fn told() -> Prose {
    prose("Considered.")
}

/// Words that may be proposed, and the codes of what is wrong with them whoever looks.
pub(super) const WORDS: [(&str, &[&str]); 6] = [
    ("Suspected of shop theft in the town centre.\n", &[]),
    ("He was convicted of theft.\n", &["conviction-like"]),
    ("Lives at 4 Mill Lane.\n", &["address"]),
    ("Staff saw him in ME14 1XX.\n", &["address"]),
    ("The PNC shows more.\n", &["pnc"]),
    ("", &[]),
];

/// How many shapes a lawful case has: one for each set of [`lawful`]'s bits.
pub(super) const SHAPES: u32 = 1 << 14;

pub(super) fn says(case: &mut Case, index: usize) {
    case.words = WORDS[index].0.to_owned();
    case.subject = if case.words.is_empty() { String::new() } else { format!("digest {index}") };
}

pub(super) fn footing(role: Role, n: u8, now: Moment) -> Footing {
    Footing {
        person: person(n),
        scheme: scheme(n),
        role,
        person_suspended: false,
        scheme_suspended: false,
        vetting_ends: (role == Role::Manager).then(|| now.day()),
        isa_starts: Some(now.day()),
        isa_ends: Some(now.day()),
        scheme_has_manager: role == Role::Manager,
        undertaking_signed: None,
        undertaking_current: 1,
    }
}

/// A ruling for disclosure, on what would leave now.
pub(super) fn ruling(c: &Case, question: Question, now: Moment) -> Ruling {
    let told_at = (question == Question::Representations).then_some(now);
    Ruling { question, by: person(7), at: now.plus_millis(-2), disclose: true, subject: c.subject.clone(), told_at }
}

/// What each bit of a shape makes of a plain case, in this order.
const RESHAPE: [fn(&mut Case, Moment); 14] = [
    |c, _| {
        c.photographs = 0;
        c.request.source = Source::default();
        c.considered.material = Material::default();
    },
    |c, _| {
        if c.photographs > 0 {
            says(c, 5);
        }
    },
    |c, _| {
        (c.considered.outcome.wanted, c.considered.outcome.identification) = (Some(true), Some(true));
        (c.considered.outcome.c02, c.considered.outcome.cps) = (line("C02/1"), line("CPS, 20 November"));
    },
    |c, now| {
        (c.considered.outcome.positive, c.considered.outcome.other_offence) = (Some(false), c.photographs > 0);
        c.rulings.push(ruling(c, Question::NoPositiveOutcome, now));
    },
    |c, now| {
        c.represented = Some(now.plus_millis(-3));
        c.rulings.push(ruling(c, Question::Representations, now));
    },
    |c, now| {
        c.recipients = vec![footing(Role::Member, 8, now)];
        c.considered.recipients.instructions = Prose::default();
    },
    |c, now| {
        c.considered.records.exclusion_ends = Some(days_after(now.day(), 90));
        c.considered.records.close_on = Some(days_after(now.day(), 90));
    },
    |c, _| {
        c.considered.recipients.elsewhere = Some(true);
        c.considered.recipients.areas = vec![other_area()];
        c.consulted = vec![own_area(), other_area()];
    },
    |c, _| (c.request.named, c.considered.material.name_why) = (true, told()),
    |c, _| {
        if !c.words.is_empty() {
            says(c, 1);
        }
        c.considered.material.indication = Some(Indication::Likely);
    },
    |c, _| (c.considered.risk.found, c.considered.risk.plan) = (Some(true), told()),
    |c, _| {
        c.considered.notice = Notice {
            telling: Some(Telling::LeftOut),
            left_out_by: line("DI One"),
            left_out_why: told(),
            ..Notice::default()
        };
    },
    |c, now| c.recipients.push(footing(Role::Manager, 9, now)),
    |c, now| {
        c.considered.grounds.basis = Some(Basis::Section115);
        c.photographs *= 6;
        c.considered.grounds.dated = Some(days_after(now.day(), -180));
        c.considered.recipients.members = vec![MemberId::fresh(now, [4; 10])];
        c.considered.material.destroy_on = Some(days_after(now.day(), 1));
    },
];

/// A case with one photograph and words about a person who was told, each rule met at its very edge at `now`; each bit of
/// `shape` turns it into another lawful one.
pub(super) fn lawful(shape: u32, now: Moment) -> Case {
    let mut case = plain(now);
    for (bit, change) in RESHAPE.into_iter().enumerate() {
        if shape & (1 << bit) != 0 {
            change(&mut case, now);
        }
    }
    let managed: Vec<SchemeId> =
        case.recipients.iter().filter(|one| one.role == Role::Manager).map(|one| one.scheme).collect();
    if case.considered.recipients.members.is_empty() && !managed.is_empty() {
        case.considered.recipients.instructions = told();
    } else {
        case.member_schemes = managed;
    }
    case.considered.material.subject.clone_from(&case.subject);
    for one in &mut case.rulings {
        one.subject.clone_from(&case.subject);
    }
    case
}

fn plain(now: Moment) -> Case {
    let mut case = Case {
        request: Request {
            title: line("Shop theft"),
            source: Source { custody: true, justice: true, reference: line("G/1") },
            locality: line("Maidstone"),
            reasons: told(),
            purposes: vec![Purpose::Prevention, Purpose::Detection],
            danger: false,
            named: false,
        },
        words: String::new(),
        subject: String::new(),
        photographs: 1,
        considered: considered(now),
        represented: None,
        rulings: Vec::new(),
        recipients: vec![footing(Role::Manager, 8, now)],
        member_schemes: Vec::new(),
        members_gone: false,
        recipients_gone: false,
        awaited: false,
        consulted: Vec::new(),
        registration_ends: Some(now.day()),
        numbers: Numbers::shipped(),
        versions: Versions::default(),
        urn: Urn::number(AreaCode::parse("CZ").unwrap(), 1, now),
    };
    says(&mut case, 0);
    case
}

fn considered(now: Moment) -> Considered {
    Considered {
        material: Material {
            custody: true,
            justice: true,
            offence: line("Theft"),
            reference: line("G/1"),
            ..Material::default()
        },
        grounds: Grounds {
            basis: Some(Basis::CommonLaw),
            kind: Some(GroundsKind::Intelligence),
            words: told(),
            reference: line("INT/1"),
            dated: Some(now.day()),
            prejudice: told(),
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
            served_at: Some(now.plus_millis(-72 * 3_600_000)),
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
            athena_dated: Some(now.day()),
            exclusion_ends: None,
            close_on: None,
        },
    }
}

/// The facts an order is given with.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and every set of them is tried")]
pub(super) struct Facts {
    pub(super) case: Case,
    /// The reason, or the words of representations, are left empty.
    pub(super) silent: bool,
    /// Somebody opened a copy.
    pub(super) opened: bool,
    /// The question waits for an answer.
    pub(super) open: bool,
    pub(super) disclose: bool,
    /// When representations were received, or the result told, from now in milliseconds.
    pub(super) when: i64,
    /// When representations were decided, from now in milliseconds.
    pub(super) decided: Option<i64>,
    pub(super) part: Part,
    /// The review, and what is decided on it.
    pub(super) verdict: Verdict,
    /// No signed review waits.
    pub(super) nothing_waits: bool,
    /// The day that is chosen, or on which a notice ended, from today.
    pub(super) days: Option<i64>,
    /// The last day of the notice on record, from today.
    pub(super) on_record: Option<i64>,
    /// So many days ago was the authority that the limit is counted from.
    pub(super) counted: i64,
}

impl Facts {
    /// Facts to which no rule objects.
    pub(super) fn good(now: Moment) -> Self {
        let (case, part) = (lawful(0, now), Part::Grounds);
        Self {
            case,
            silent: false,
            opened: false,
            open: true,
            disclose: true,
            when: 0,
            decided: Some(0),
            part,
            verdict: verdict(now),
            nothing_waits: false,
            days: Some(0),
            on_record: Some(30),
            counted: 10,
        }
    }
}

/// The order of this word (a row of the table in `law.rs`) with these facts.
pub(super) fn order(word: &str, facts: &Facts, now: Moment) -> Order {
    let reason = prose(if facts.silent { "" } else { "Because." });
    let at = now.plus_millis(facts.when);
    let rule = |question, reasons| Order::Rule { question, disclose: facts.disclose, reasons, open: facts.open };
    match word {
        "submit" => {
            let Case { request, words, photographs, .. } = facts.case.clone();
            Order::Submit(Box::new(Submission { request, words, photographs }))
        }
        "return" => Order::Return { reason },
        "save" => Order::Save(facts.part),
        "represent" => Order::Represent { received_at: at, words: reason },
        "rule on representations" => rule(Question::Representations, reason),
        "rule on the outcome" => rule(Question::NoPositiveOutcome, reason),
        "tell" => Order::Tell { told_at: at, decided_at: facts.decided.map(|ms| now.plus_millis(ms)) },
        "authorise" => Order::Authorise(Box::new(facts.case.clone())),
        "refuse" => Order::Refuse { reason },
        "withdraw" => Order::Withdraw { reason },
        "void" => Order::Void { reason, opened: facts.opened },
        "recall" => Order::Recall { reason },
        "save a review" => Order::SaveReview(ReviewPart::Grounds),
        "review" => Order::Review(Box::new(facts.verdict.of.clone())),
        "continue" => facts.conclude(ReviewOutcome::Continue, reason, now),
        "shorten on review" => facts.conclude(ReviewOutcome::Shorten, reason, now),
        "withdraw on review" => facts.conclude(ReviewOutcome::Withdraw, reason, now),
        "send a review back" => facts.conclude(ReviewOutcome::Again, reason, now),
        "shorten" => Order::Shorten(Box::new(Shortening { close_on: facts.day(now), reason })),
        "notice ended" => Order::NoticeEnded(Box::new(NoticeEnd {
            ended: facts.day(now),
            on_record: facts.on_record.map(|days| days_after(now.day(), days)),
            counted_from: facts.counted(now),
            numbers: Numbers::shipped(),
        })),
        "correct" => Order::Correct(Box::new(Correction {
            revision: 2,
            words: "Suspected of thefts from pharmacies.\n".into(),
            name: line(""),
            name_why: prose(""),
            indication: None,
            noticed: true,
            instructions_lost: false,
            changed: prose("The kind of shop"),
            reason,
            same: false,
        })),
        "answer a report" => Order::AnswerReport(Box::new(ReportAnswer {
            report: "1".into(),
            outcome: Some(ReportOutcome::Unchanged),
            reason,
            answer: prose("The words are right as they are."),
            answered: false,
            corrected_since: false,
            recalled: false,
        })),
        _ => panic!("no order is called {word}"),
    }
}
