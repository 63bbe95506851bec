//! Somebody leaves a scheme (K7.3, K8.2): the form that says what it ends, and the report of what they saw and hold, to print.
//!
//! Promises: what ends is said before it is done; the report names each copy, sheet and view. Absent on purpose: undoing it: a role is
//! given anew. Proved by `tests/it/journeys/leavers.rs` and `tests/browser/prints.test.mjs`.

use serde::Serialize;

use crate::actions::No;
use crate::actions::leavers::{self, About, View};
use crate::domain::actor::Role;
use crate::domain::ids::{LeavingId, PersonId, SchemeId};
use crate::web::police::{Choice, Row, choice, long, row};
use crate::web::sheets::Held;
use crate::web::{Answer, Page, Visit};

/// The form.
#[derive(Serialize)]
pub struct Leave {
    scheme: String,
    scheme_name: String,
    person: String,
    name: String,
    /// Copies and sheets that end.
    copies: usize,
    successors: Vec<Choice>,
}

fn role(word: &str) -> &'static str {
    Role::parse(word).map_or("", Role::title)
}

impl Leave {
    fn of(about: &About) -> Self {
        let others = about.others.iter();
        let mut successors: Vec<Choice> =
            others.map(|one| choice(one.person_id.as_str(), one.name.as_str(), role(&one.role))).collect();
        successors.push(choice("nobody", "Nobody follows them", "Their copies end, and nothing takes their place"));
        Self {
            scheme: about.receiver.scheme_id.clone(),
            scheme_name: about.receiver.scheme_name.clone(),
            person: about.receiver.person_id.clone(),
            name: about.receiver.name.clone(),
            copies: about.copies,
            successors,
        }
    }
}

impl Page for Leave {
    const TEMPLATE: &'static str = "pages/police/leave.html";

    fn samples() -> Vec<Self> {
        let one = |copies| Self {
            scheme: "1".into(),
            scheme_name: "Colchester Retail Watch".into(),
            person: "1".into(),
            name: "Priya Shah".into(),
            copies,
            successors: vec![choice("2", "Morgan Lee", "Scheme manager"), choice("nobody", "Nobody follows them", "")],
        };
        vec![one(0), one(1), one(3)]
    }
}

const TITLE: &str = "Somebody leaves the scheme";

async fn page(v: &Visit) -> Result<(SchemeId, PersonId, Leave), No> {
    let (scheme, person) = (v.id(SchemeId::parse)?, PersonId::parse(v.path("person")).ok_or(No::NotFound)?);
    let about = leavers::about(&v.office, v.actor(), scheme, person).await?;
    Ok((scheme, person, Leave::of(&about)))
}

/// `GET /schemes/{id}/receivers/{person}/leave`.
pub async fn ask(v: Visit) -> Result<Answer, No> {
    let (_, _, page) = page(&v).await?;
    v.page(TITLE, &page)
}

/// `POST /schemes/{id}/receivers/{person}/leave`. Closing is never held up by a question.
pub async fn leave(v: Visit) -> Result<Answer, No> {
    let (scheme, person, page) = page(&v).await?;
    let said = (v.field("successor"), v.field("reason"));
    match leavers::leave(&v.office, v.actor(), (scheme, person), said, v.stamp()).await {
        Ok(id) => Answer::see(format!("/leavings/{id}")),
        Err(no) => v.again(no, TITLE, &page),
    }
}

/// The report.
#[derive(Serialize)]
pub struct Leaver {
    scheme: String,
    scheme_name: String,
    name: String,
    facts: Vec<Row>,
    held: Vec<Held>,
    views: Vec<Vec<String>>,
    /// Copies are to be sealed to whoever follows.
    follows: bool,
}

impl Page for Leaver {
    const TEMPLATE: &'static str = "pages/police/leaver.html";

    fn samples() -> Vec<Self> {
        let one = |held, follows| Self {
            scheme: "1".into(),
            scheme_name: "Colchester Retail Watch".into(),
            name: "Priya Shah".into(),
            facts: vec![row("Left on", "21 November 2026 at 5:30pm")],
            held,
            views: vec![vec!["21 November 2026 at 5:30pm".into(), "CZ/001/26".into(), "Picture".into(), String::new()]],
            follows,
        };
        vec![one(Held::samples(), true), Self { views: Vec::new(), ..one(Vec::new(), false) }]
    }
}

fn view(one: &View) -> Vec<String> {
    let what = match (one.rendition.as_str(), one.sheet) {
        ("text", 0) => "Words".to_owned(),
        (_, 0) => "Picture".to_owned(),
        ("text", sheet) => format!("Words, printed as sheet {sheet}"),
        (_, sheet) => format!("Picture, printed as sheet {sheet}"),
    };
    vec![one.at.long(), one.urn.clone(), what, one.purpose.clone()]
}

/// `GET /leavings/{id}`.
pub async fn report(v: Visit) -> Result<Answer, No> {
    let id = v.id(LeavingId::parse)?;
    let of = leavers::report(&v.office, v.actor(), id, v.stamp()).await?;
    let row_ = &of.row;
    let page = Leaver {
        scheme: row_.scheme_id.clone(),
        scheme_name: row_.scheme_name.clone(),
        name: row_.name.clone(),
        facts: vec![
            row("Was", role(&row_.role)),
            row("Left on", long(row_.at)),
            row("Why", of.reason.as_str()),
            row("Recorded by", row_.by_name.as_str()),
            row("Followed by", row_.successor_name.clone().unwrap_or_else(|| "Nobody".to_owned())),
            row("Copies and prints that ended", row_.copies.to_string()),
        ],
        held: of.held.iter().map(|(urn, copy)| Held::of(urn, copy)).collect::<Result<_, _>>()?,
        views: of.views.iter().map(view).collect(),
        follows: row_.successor.is_some() && v.actor().is(Role::Aic),
    };
    v.page(&format!("{} left {}", page.name, page.scheme_name), &page)
}
