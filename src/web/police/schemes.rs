//! Schemes, who receives for them and their member businesses (K7.2, K7.3, O2.1): to read, and for the co-ordinator to keep.

use serde::Serialize;

use crate::actions::No;
use crate::actions::registers::{self, Entry, ReceiverForm, SchemeForm};
use crate::actions::registers::{Receiver, Scheme};
use crate::domain::ids::{MemberId, PersonId, SchemeId};
use crate::domain::policy::{Act, Thing, may};
use crate::domain::scheme::{Footing, SchemeKind};
use crate::web::frame::Typed;
use crate::web::police::{Choice, Row, choice, day, row, yes};
use crate::web::{Answer, Page, Visit};

/// The list of schemes.
#[derive(Serialize)]
pub struct Schemes {
    schemes: Vec<Brief>,
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
        vec![Self { schemes: vec![one(false), one(true)] }, Self { schemes: Vec::new() }]
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
    v.page("Schemes", &Schemes { schemes: schemes.iter().map(brief).collect() })
}

/// One scheme's entry.
#[derive(Serialize, Default)]
pub struct One {
    id: String,
    name: String,
    facts: Vec<Row>,
    receivers: Vec<Person>,
    members: Vec<Business>,
    may_keep: bool,
    may_invite: bool,
}

#[derive(Serialize)]
struct Person {
    id: String,
    name: String,
    manager: &'static str,
    rows: Vec<Row>,
    /// Why nothing can be supplied to them now.
    why: Vec<String>,
}

#[derive(Serialize)]
struct Business {
    id: String,
    name: String,
    contact: String,
    agreement: String,
    removed: String,
}

fn person((receiver, footing): &(Receiver, Footing), v: &Visit) -> Person {
    let mut why: Vec<String> = footing
        .ineligible(v.now)
        .iter()
        .map(|refusal| {
            let told = refusal.told();
            format!("{} ({})", told.sentence, told.clause)
        })
        .collect();
    if footing.undertaking().is_err() {
        why.push("The undertaking in force is not signed yet. It can be signed after the supply, before the first view. (K8.2.1)".to_owned());
    }
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
        why,
    }
}

impl One {
    fn of(entry: &Entry, v: &Visit) -> Result<Self, No> {
        let scheme = &entry.scheme;
        let thing = Thing::Scheme { area: scheme.area()?, scheme: scheme.id()? };
        Ok(Self {
            id: scheme.id.clone(),
            name: scheme.name.clone(),
            facts: vec![
                row("Type", kind(scheme)),
                row("ICO registration", scheme.ico_reference.as_str()),
                row("Information sharing agreement", scheme.isa_reference.as_str()),
                row("Agreement runs to", day(scheme.isa_ends.as_deref())),
                row("Suspended", yes(scheme.suspended)),
            ],
            receivers: entry.receivers.iter().map(|one| person(one, v)).collect(),
            members: entry
                .members
                .iter()
                .map(|member| Business {
                    id: member.id.clone(),
                    name: member.business.clone(),
                    contact: member.contact.clone(),
                    agreement: member.agreement.clone(),
                    removed: member.removed_at.map_or_else(String::new, super::long),
                })
                .collect(),
            may_keep: may(v.actor(), Act::KeepRegister, thing),
            may_invite: may(v.actor(), Act::Invite, thing),
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
        };
        let business = |removed: &str| Business {
            id: "1".into(),
            name: "Corner Pharmacy".into(),
            contact: "Lee Park".into(),
            agreement: "A-12".into(),
            removed: removed.into(),
        };
        let full = Self {
            id: "1".into(),
            name: "Colchester Retail Watch".into(),
            facts: vec![row("Type", "Shop Watch")],
            receivers: vec![person(""), person("Vetting ran out on 1 November 2026. (K7.3)")],
            members: vec![business(""), business("21 November 2026 at 5:30pm")],
            may_keep: true,
            may_invite: true,
        };
        vec![full, Self { name: "Pub Watch".into(), ..Self::default() }]
    }
}

async fn page(v: &Visit) -> Result<One, No> {
    let entry = registers::scheme(&v.office, v.actor(), v.id(SchemeId::parse)?, v.stamp()).await?;
    One::of(&entry, v)
}

/// `GET /schemes/{id}`.
pub async fn one(v: Visit) -> Result<Answer, No> {
    let page = page(&v).await?;
    v.page(&page.name, &page)
}

/// `POST /schemes/{id}/members`.
pub async fn add_member(v: Visit) -> Result<Answer, No> {
    let id = v.id(SchemeId::parse)?;
    let (business, contact, agreement) = (v.field("business"), v.field("contact"), v.field("agreement"));
    match registers::add_member(&v.office, v.actor(), id, business, contact, agreement, v.stamp()).await {
        Ok(()) => Answer::see(format!("/schemes/{id}")),
        Err(no) => {
            let page = page(&v).await?;
            v.again(no, &page.name, &page)
        }
    }
}

/// `POST /schemes/{id}/members/{member}/remove`.
pub async fn remove_member(v: Visit) -> Result<Answer, No> {
    let id = v.id(SchemeId::parse)?;
    let member = MemberId::parse(v.path("member")).ok_or(No::NotFound)?;
    registers::remove_member(&v.office, v.actor(), id, member, v.stamp()).await?;
    Answer::see(format!("/schemes/{id}"))
}

/// The form of a scheme's entry.
#[derive(Serialize)]
pub struct Change {
    id: String,
    kinds: Vec<Choice>,
}

impl Change {
    fn of(id: SchemeId) -> Self {
        Self {
            id: id.to_string(),
            kinds: SchemeKind::ALL.iter().map(|(_, word, title)| choice(*word, *title, "")).collect(),
        }
    }
}

impl Page for Change {
    const TEMPLATE: &'static str = "pages/police/scheme-change.html";

    fn samples() -> Vec<Self> {
        vec![Self { id: "1".into(), kinds: vec![choice("shop_watch", "Shop Watch", "")] }]
    }
}

const CHANGE: &str = "Change the scheme’s entry";

/// Its entry, for those who may change it; to others there is no such page.
async fn kept(v: &Visit) -> Result<(SchemeId, Entry), No> {
    let id = v.id(SchemeId::parse)?;
    let entry = registers::scheme(&v.office, v.actor(), id, v.stamp()).await?;
    let thing = Thing::Scheme { area: entry.scheme.area()?, scheme: id };
    if may(v.actor(), Act::KeepRegister, thing) { Ok((id, entry)) } else { Err(No::NotFound) }
}

/// `GET /schemes/{id}/change`.
pub async fn changing(v: Visit) -> Result<Answer, No> {
    let (id, entry) = kept(&v).await?;
    let scheme = entry.scheme;
    let mut typed = Typed::default()
        .with("kind", scheme.kind)
        .with("name", scheme.name)
        .with("ico_reference", scheme.ico_reference)
        .with("isa_reference", scheme.isa_reference)
        .with("isa_ends", scheme.isa_ends.unwrap_or_default())
        .with("version", scheme.version.to_string());
    if scheme.suspended {
        typed = typed.with("suspended", "yes");
    }
    v.filled(CHANGE, &Change::of(id), typed)
}

/// `POST /schemes/{id}`.
pub async fn change(v: Visit) -> Result<Answer, No> {
    let id = v.id(SchemeId::parse)?;
    let text = |name| v.field(name).to_owned();
    let form = SchemeForm {
        kind: text("kind"),
        name: text("name"),
        ico_reference: text("ico_reference"),
        isa_reference: text("isa_reference"),
        isa_ends: text("isa_ends"),
        suspended: text("suspended"),
        version: text("version"),
    };
    match registers::change_scheme(&v.office, v.actor(), id, &form, v.stamp()).await {
        Ok(()) => Answer::see(format!("/schemes/{id}")),
        Err(no) => v.again(no, CHANGE, &Change::of(id)),
    }
}

/// The form of a receiver's entry.
#[derive(Serialize)]
pub struct Receiving {
    scheme: String,
    person: String,
    name: String,
}

impl Page for Receiving {
    const TEMPLATE: &'static str = "pages/police/receiver.html";

    fn samples() -> Vec<Self> {
        vec![Self { scheme: "1".into(), person: "1".into(), name: "Priya Shah".into() }]
    }
}

const RECEIVER: &str = "Vetting and storage";

async fn receiver(v: &Visit) -> Result<(SchemeId, PersonId, Receiver), No> {
    let (id, entry) = kept(v).await?;
    let person = PersonId::parse(v.path("person")).ok_or(No::NotFound)?;
    let found = entry.receivers.into_iter().find(|(row, _)| row.person_id == person.to_string());
    found.map(|(row, _)| (id, person, row)).ok_or(No::NotFound)
}

/// `GET /schemes/{id}/receivers/{person}`.
pub async fn receiving(v: Visit) -> Result<Answer, No> {
    let (id, person, row) = receiver(&v).await?;
    let page = Receiving { scheme: id.to_string(), person: person.to_string(), name: row.name };
    let mut typed = Typed::default()
        .with("vetting_reference", row.vetting_reference)
        .with("vetting_ends", row.vetting_ends.unwrap_or_default())
        .with("responsible_person", row.responsible_person)
        .with("storage_place", row.storage_place);
    if row.person_suspended {
        typed = typed.with("suspended", "yes");
    }
    v.filled(RECEIVER, &page, typed)
}

/// `POST /schemes/{id}/receivers/{person}`.
pub async fn change_receiver(v: Visit) -> Result<Answer, No> {
    let (id, person, row) = receiver(&v).await?;
    let text = |name| v.field(name).to_owned();
    let form = ReceiverForm {
        vetting_reference: text("vetting_reference"),
        vetting_ends: text("vetting_ends"),
        responsible_person: text("responsible_person"),
        storage_place: text("storage_place"),
        suspended: text("suspended"),
    };
    match registers::change_receiver(&v.office, v.actor(), id, person, &form, v.stamp()).await {
        Ok(()) => Answer::see(format!("/schemes/{id}")),
        Err(no) => {
            let page = Receiving { scheme: id.to_string(), person: person.to_string(), name: row.name };
            v.again(no, RECEIVER, &page)
        }
    }
}
