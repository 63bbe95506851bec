//! Whose keys wait to be confirmed, the form with the six words heard by telephone, and the record of an approval.
//!
//! Promises: the words of a key are never on a page of whoever has to hear them; the document that is signed comes as exact bytes.
//! Absent on purpose: deciding anything (`actions::approve`), and a way to take an approval back.

use serde::Serialize;

use crate::actions::approve::{self, Candidate, Link, State};
use crate::actions::{No, desk, step_up};
use crate::domain::ids::PersonId;
use crate::domain::moment::Moment;
use crate::web::police::{Row, Tag, row};
use crate::web::{Answer, Page, Visit};

/// Everybody who waits.
#[derive(Serialize)]
pub struct Approvals {
    people: Vec<Brief>,
}

#[derive(Serialize)]
struct Brief {
    href: String,
    name: String,
    role: &'static str,
    place: String,
    since: String,
    tag: Tag,
}

fn tag(state: State) -> Tag {
    match state {
        State::New => Tag { text: "Not confirmed", colour: "yellow" },
        State::Changed => Tag { text: "Keys have changed", colour: "red" },
        State::Role => Tag { text: "Not as co-ordinator", colour: "yellow" },
    }
}

fn place(place: &str) -> String {
    if place.is_empty() { "The whole force".to_owned() } else { place.to_owned() }
}

impl From<&Candidate> for Brief {
    fn from(one: &Candidate) -> Self {
        Self {
            href: format!("/approvals/{}", one.held.id),
            name: one.held.name.clone(),
            role: one.role.title(),
            place: place(&one.held.place),
            since: Moment::from_millis(one.held.created_at).long(),
            tag: tag(one.state),
        }
    }
}

impl Page for Approvals {
    const TEMPLATE: &'static str = "pages/approvals/list.html";

    fn samples() -> Vec<Self> {
        let one = |state, name: &str| Brief {
            href: "/approvals/1".into(),
            name: name.into(),
            role: "Scheme manager",
            place: "Colchester Retail Watch".into(),
            since: "21 November 2026 at 5:30pm".into(),
            tag: tag(state),
        };
        let people = vec![one(State::New, "Alex Doe"), one(State::Changed, "Sam Roe"), one(State::Role, "Kit Poe")];
        vec![Self { people }, Self { people: Vec::new() }]
    }
}

/// `GET /approvals`.
pub async fn list(v: Visit) -> Result<Answer, No> {
    let people = approve::waiting(&v.office, v.actor()).await?;
    v.page("Keys to confirm", &Approvals { people: people.iter().map(Brief::from).collect() })
}

/// The form for one of them.
#[derive(Serialize)]
pub struct Approve {
    id: String,
    name: String,
    /// One of `new`, `changed`, `partly`.
    state: &'static str,
    rows: Vec<Row>,
    /// For the part that unlocks.
    email: String,
}

impl Page for Approve {
    const TEMPLATE: &'static str = "pages/approvals/approve.html";

    fn samples() -> Vec<Self> {
        let of = |state| Self {
            id: "1".into(),
            name: "Alex Doe".into(),
            state,
            rows: vec![row("Role", "Scheme manager"), row("For", "Colchester Retail Watch")],
            email: "sam@example.org".into(),
        };
        vec![of("new"), of("changed"), of("partly")]
    }
}

async fn form(v: &Visit, person: PersonId) -> Result<Approve, No> {
    let one = approve::one(&v.office, v.actor(), person).await?;
    Ok(Approve {
        id: one.held.id.clone(),
        name: one.held.name.clone(),
        state: match one.state {
            State::New => "new",
            State::Changed => "changed",
            State::Role => "partly",
        },
        rows: vec![
            row("Role", one.role.title()),
            row("For", place(&one.held.place)),
            row("Account made", Moment::from_millis(one.held.created_at).long()),
        ],
        email: desk::account(&v.office, v.actor()).await?.email,
    })
}

fn title(page: &Approve) -> String {
    format!("Confirm the keys of {}", page.name)
}

fn person(v: &Visit) -> Result<PersonId, No> {
    PersonId::parse(v.path("person")).ok_or(No::NotFound)
}

/// `GET /approvals/{person}`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let page = form(&v, person(&v)?).await?;
    v.page(&title(&page), &page)
}

/// `GET /approvals/{person}/document`: the exact bytes to be signed.
pub async fn document(v: Visit) -> Result<Answer, No> {
    let one = approve::one(&v.office, v.actor(), person(&v)?).await?;
    Ok(Answer::text(one.document()?))
}

/// `POST /approvals/{person}`.
pub async fn send(v: Visit) -> Result<Answer, No> {
    let id = person(&v)?;
    let page = form(&v, id).await?;
    let done = match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => approve::approve(&v.office, v.actor(), id, v.field("words"), v.field("statement"), v.stamp()).await,
        Err(no) => Err(no),
    };
    match done {
        Ok(()) => Answer::see(format!("/approvals/{id}/record")),
        // The touch or code may have counted although the words did not: ask no second time.
        Err(no) => v.again(no, &title(&page), &form(&v, id).await?),
    }
}

/// The record of an approval, to print.
#[derive(Serialize)]
pub struct Record {
    rows: Vec<Row>,
    /// The chain, the nearest first.
    chain: Vec<Vec<Row>>,
    document: String,
    note: String,
    more: bool,
}

fn signed_by(link: &Link) -> String {
    if link.by.is_empty() { "The root key, kept offline".to_owned() } else { link.by.clone() }
}

fn holder(link: &Link) -> String {
    format!("{}\n{}, {}", link.paper.keys.name, link.role, place(&link.place))
}

impl Record {
    fn of(links: &[Link], root: &str) -> Option<Self> {
        let (first, rest) = links.split_first()?;
        let rows = vec![
            row("Whose keys", holder(first)),
            row("Confirmed by", signed_by(first)),
            row("Confirmed at", first.at.as_str()),
            row("Six words", first.words.as_str()),
            row("Key (age recipient)", first.paper.keys.recipient.as_str()),
            row("Signing key (Ed25519, base 64)", first.paper.keys.signing_key.as_str()),
        ];
        let mut chain: Vec<Vec<Row>> = rest
            .iter()
            .map(|link| {
                vec![
                    row("Whose keys", holder(link)),
                    row("Signed by", format!("{}, {}", signed_by(link), link.at)),
                    row("Six words", link.words.as_str()),
                    row("Signing key", link.paper.keys.signing_key.as_str()),
                ]
            })
            .collect();
        chain.push(vec![row("Root key, from the configuration", root)]);
        let document = serde_json::to_string(&first.paper.keys).ok()?;
        Some(Self { rows, chain, document, note: first.paper.note.clone(), more: !rest.is_empty() })
    }
}

impl Page for Record {
    const TEMPLATE: &'static str = "pages/approvals/record.html";

    fn samples() -> Vec<Self> {
        let link = || vec![row("Whose keys", "Sam Roe\nArea Intelligence Co-ordinator, Colchester")];
        let of = |more| Self {
            rows: vec![row("Whose keys", "Alex Doe\nScheme manager, Colchester Retail Watch")],
            chain: vec![link()],
            document: "{}".into(),
            note: "sign/v1\n".into(),
            more,
        };
        vec![of(true), of(false)]
    }
}

/// `GET /approvals/{person}/record`.
pub async fn record(v: Visit) -> Result<Answer, No> {
    let links = approve::record(&v.office, v.actor(), person(&v)?, v.stamp()).await?;
    let page = Record::of(&links, &v.office.root_vkey()).ok_or(No::NotFound)?;
    v.page("Record of confirmed keys", &page)
}
