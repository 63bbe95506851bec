//! Schemes, who receives for them and their member businesses (K7.2, K7.3, O2.1): the list, and one scheme's entry to read.

use serde::Serialize;

use crate::actions::registers::{self, Entry, Receiver, Scheme, Subject};
use crate::actions::{No, leavers};
use crate::domain::ids::{MemberId, PersonId, SchemeId};
use crate::domain::moment::{Moment, parse_day};
use crate::domain::policy::{Act, Thing, may};
use crate::domain::scheme::{Footing, SchemeKind, runs};
use crate::web::police::papers::{Paper, papers};
use crate::web::police::{LISTED, Row, capped, day, row, yes};
use crate::web::{Answer, Page, Visit};

/// The list of schemes.
#[derive(Serialize)]
pub struct Schemes {
    lines: Vec<Brief>,
    more: String,
    may_add: bool,
}

#[derive(Serialize)]
struct Brief {
    href: String,
    name: String,
    kind: &'static str,
    isa_ends: String,
    suspended: bool,
}

fn kind(scheme: &Scheme) -> &'static str {
    SchemeKind::parse(&scheme.kind).map_or("Other", SchemeKind::title)
}

impl Page for Schemes {
    const TEMPLATE: &'static str = "pages/police/schemes.html";

    fn samples() -> Vec<Self> {
        let one = |suspended| Brief {
            href: "/schemes/1".into(),
            name: "Colchester Retail Watch".into(),
            kind: "Shop Watch",
            isa_ends: if suspended { String::new() } else { "30 June 2027".into() },
            suspended,
        };
        vec![
            Self { lines: vec![one(false), one(true)], more: capped(600, LISTED), may_add: true },
            Self { lines: Vec::new(), more: String::new(), may_add: false },
        ]
    }
}

/// `GET /schemes`.
pub async fn list(v: Visit) -> Result<Answer, No> {
    let brief = |scheme: &Scheme| Brief {
        href: format!("/schemes/{}", scheme.id),
        name: scheme.name.clone(),
        kind: kind(scheme),
        isa_ends: day(scheme.isa_ends.as_deref()),
        suspended: scheme.suspended,
    };
    let schemes = registers::schemes(&v.office, v.actor()).await?;
    let may_add = !registers::kept_areas(&v.office, v.actor()).await?.is_empty();
    let more = capped(schemes.len(), LISTED);
    v.page("Schemes", &Schemes { lines: schemes.iter().take(LISTED).map(brief).collect(), more, may_add })
}

/// One scheme's entry.
#[derive(Serialize, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each part of a page")]
pub struct One {
    id: String,
    pub(super) name: String,
    facts: Vec<Row>,
    /// What is lapsed or due.
    warnings: Vec<String>,
    papers: Vec<Paper>,
    receivers: Vec<Person>,
    members: Vec<Business>,
    more: String,
    may_see_papers: bool,
    may_keep: bool,
    may_invite: bool,
    may_export: bool,
    /// Who left it, for whoever inspects it.
    left: Vec<Left>,
}

#[derive(Serialize)]
struct Left {
    id: String,
    told: String,
}

#[derive(Serialize)]
struct Person {
    id: String,
    name: String,
    manager: &'static str,
    rows: Vec<Row>,
    /// Why nothing can be supplied to them now.
    why: Vec<String>,
    papers: Vec<Paper>,
}

#[derive(Serialize)]
struct Business {
    id: String,
    name: String,
    contact: String,
    agreement: String,
    agreed_on: String,
    told: String,
    papers: usize,
    removed: String,
}

/// What keeps somebody from being supplied, in sentences.
pub(super) fn why(footing: &Footing, now: Moment) -> Vec<String> {
    let mut why: Vec<String> = footing
        .ineligible(now)
        .iter()
        .map(|refusal| {
            let told = refusal.told();
            format!("{} ({})", told.sentence, told.clause)
        })
        .collect();
    if footing.undertaking().is_err() {
        why.push("The undertaking in force is not signed yet. It can be signed after the supply, before the first view. (K8.2.1)".to_owned());
    }
    why
}

fn person((receiver, footing): &(Receiver, Footing), entry: &Entry, now: Moment) -> Person {
    let of = |id: PersonId| papers(&entry.papers, |paper| Subject::Vetting(id).holds(footing.scheme, paper));
    Person {
        id: receiver.person_id.clone(),
        name: receiver.name.clone(),
        manager: footing.role.title(),
        rows: vec![
            row("Email", receiver.email.as_str()),
            row("Vetting", receiver.vetting_reference.as_str()),
            row("Vetted to", day(receiver.vetting_ends.as_deref())),
            row("Responsible for storage", receiver.responsible_person.as_str()),
            row("Place of storage", receiver.storage_place.as_str()),
        ],
        why: why(footing, now),
        papers: of(footing.person),
    }
}

/// What is lapsed or due. Only the agreement closes the door (O3.1.2); the others are told.
fn warnings(scheme: &Scheme, now: Moment) -> Vec<String> {
    let mut told = Vec::new();
    let over = |text: Option<&str>| text.is_some_and(|text| !runs(parse_day(text), now));
    if over(scheme.ico_ends.as_deref()) {
        told.push("Its ICO registration ran out. Ask the scheme for the new one (O2.1). Supply goes on meanwhile.");
    }
    if !runs(scheme.isa_ends.as_deref().and_then(parse_day), now) {
        told.push("No information sharing agreement is in force: nothing can be supplied or opened (O3.1.2).");
    } else if over(scheme.isa_review.as_deref()) {
        told.push("The review of the information sharing agreement is due (O3.1.2). Supply goes on meanwhile.");
    }
    told.into_iter().map(str::to_owned).collect()
}

fn facts(entry: &Entry) -> Vec<Row> {
    let scheme = &entry.scheme;
    let until = |words: &str, last: Option<&str>| match (words.is_empty(), day(last)) {
        (false, last) if !last.is_empty() => format!("{words}, runs to {last}"),
        _ => words.to_owned(),
    };
    let mut facts = vec![row("Area", entry.area.name.as_str()), row("Type", kind(scheme))];
    if !scheme.kind_reason.is_empty() {
        facts.push(row("Recognised because", scheme.kind_reason.as_str()));
    }
    facts.extend([
        row("ICO registration", until(&scheme.ico_reference, scheme.ico_ends.as_deref())),
        row("Information sharing agreement", scheme.isa_reference.as_str()),
        row("Between", scheme.isa_parties.as_str()),
        row("Agreement runs from", day(scheme.isa_starts.as_deref())),
        row("Agreement runs to", day(scheme.isa_ends.as_deref())),
        row("To be reviewed by", day(scheme.isa_review.as_deref())),
        row("Members told of their legal duties", told(&scheme.duties_version, scheme.duties_told.as_deref())),
        row("Equality impact assessment", scheme.eia_reference.as_str()),
        row("Suspended", yes(scheme.suspended)),
    ]);
    facts
}

/// That somebody was told of the legal duties in force (O3.5), in words.
pub(super) fn told(version: &str, on: Option<&str>) -> String {
    let on = day(on);
    if on.is_empty() { String::new() } else { format!("{on}: {version}") }
}

impl One {
    fn of(entry: &Entry, v: &Visit) -> Result<Self, No> {
        let scheme = &entry.scheme;
        let id = scheme.id()?;
        let thing = Thing::Scheme { area: scheme.area()?, scheme: id };
        let standing = |member: &str| {
            MemberId::parse(member).map_or(0, |member| {
                let held = entry.papers.iter().filter(|paper| Subject::Member(member).holds(id, paper));
                held.filter(|paper| paper.removed_at.is_none()).count()
            })
        };
        let business = |member: &registers::Member| Business {
            id: member.id.clone(),
            name: member.business.clone(),
            contact: member.contact.clone(),
            agreement: member.agreement.clone(),
            agreed_on: day(member.agreed_on.as_deref()),
            told: match (member.duties_told.as_deref(), scheme.duties_told.is_some()) {
                (None, true) => "With the scheme".to_owned(),
                (None, false) => "Not recorded".to_owned(),
                (on, _) => told(&member.duties_version, on),
            },
            papers: standing(&member.id),
            removed: member.removed_at.map_or_else(String::new, super::long),
        };
        Ok(Self {
            id: scheme.id.clone(),
            name: scheme.name.clone(),
            facts: facts(entry),
            warnings: warnings(scheme, v.now),
            papers: papers(&entry.papers, |paper| Subject::Agreement.holds(id, paper)),
            receivers: entry.receivers.iter().map(|one| person(one, entry, v.now)).collect(),
            members: entry.members.iter().take(LISTED).map(business).collect(),
            more: capped(entry.members.len(), LISTED),
            may_see_papers: may(v.actor(), Act::SeePapers, thing),
            may_keep: may(v.actor(), Act::KeepRegister, thing),
            may_invite: may(v.actor(), Act::Invite, thing),
            may_export: may(v.actor(), Act::Inspect, thing),
            left: Vec::new(),
        })
    }
}

impl Page for One {
    const TEMPLATE: &'static str = "pages/police/scheme.html";

    fn samples() -> Vec<Self> {
        let person = |why: &str| Person {
            id: "1".into(),
            name: "Priya Shah".into(),
            manager: "Scheme manager",
            rows: vec![row("Vetted to", "30 June 2027")],
            why: if why.is_empty() { Vec::new() } else { vec![why.to_owned()] },
            papers: Paper::samples(),
        };
        let business = |removed: &str| Business {
            id: "1".into(),
            name: "Corner Pharmacy".into(),
            contact: "Lee Park".into(),
            agreement: "A-12".into(),
            agreed_on: "1 November 2026".into(),
            told: "With the scheme".into(),
            papers: 1,
            removed: removed.into(),
        };
        let full = Self {
            id: "1".into(),
            name: "Colchester Retail Watch".into(),
            facts: vec![row("Type", "Shop Watch")],
            warnings: vec!["Its ICO registration ran out.".into()],
            papers: Paper::samples(),
            receivers: vec![person(""), person("Vetting was valid until the end of 1 November 2026. (K7.3)")],
            members: vec![business(""), business("21 November 2026 at 5:30pm")],
            more: capped(600, LISTED),
            may_see_papers: true,
            may_keep: true,
            may_invite: true,
            may_export: true,
            left: vec![Left { id: "1".into(), told: "Sam Park, 21 November 2026 at 5:30pm".into() }],
        };
        vec![full, Self { name: "Pub Watch".into(), may_see_papers: true, ..Self::default() }]
    }
}

pub(super) async fn page(v: &Visit) -> Result<One, No> {
    let id = v.id(SchemeId::parse)?;
    let entry = registers::scheme(&v.office, v.actor(), id, v.stamp()).await?;
    let left = leavers::of_scheme(&v.office, v.actor(), id).await?;
    let left = left.into_iter().map(|one| Left { id: one.id, told: format!("{}, {}", one.name, super::long(one.at)) });
    Ok(One { left: left.collect(), ..One::of(&entry, v)? })
}

/// `GET /schemes/{id}`.
pub async fn one(v: Visit) -> Result<Answer, No> {
    let page = page(&v).await?;
    v.page(&page.name, &page)
}

/// A scheme's entry, for those who may change it; to others there is no such page.
pub(super) async fn kept(v: &Visit) -> Result<(SchemeId, Entry), No> {
    let id = v.id(SchemeId::parse)?;
    let entry = registers::scheme(&v.office, v.actor(), id, v.stamp()).await?;
    let thing = Thing::Scheme { area: entry.scheme.area()?, scheme: id };
    if may(v.actor(), Act::KeepRegister, thing) { Ok((id, entry)) } else { Err(No::NotFound) }
}
