//! Demands (K8.2): what is open by deadline, copies demanded of a holder, a scheme or a person, every release of one person.
//!
//! Promises: overdue ones stand first; what is demanded is shown before it is signed. Absent on purpose: one copy's confirmation, which
//! has a page of its own ([`super::ending`]); pictures and words of a case. Proved by `tests/it/journeys/demands.rs`.

use serde::Serialize;

use crate::actions::demands::{self, Line, Narrowed, Target};
use crate::actions::{No, step_up};
use crate::domain::actor::Role;
use crate::domain::demand::State;
use crate::domain::ids::{PersonId, ReleaseId, SchemeId};
use crate::domain::moment::Moment;
use crate::web::frame::Typed;
use crate::web::police::end::{End, Link};
use crate::web::police::waits::{days_left, left};
use crate::web::police::{Choice, Tag, choice, long};
use crate::web::{Answer, Page, Visit};

/// One copy of the list.
#[derive(Serialize, Clone)]
pub(crate) struct Entry {
    href: String,
    title: String,
    hint: String,
    tag: Tag,
}

/// How far a copy's end is, as a tag.
pub(crate) fn tag(state: State) -> Tag {
    let (text, colour) = match state {
        State::Held => ("Not demanded", "grey"),
        State::Owed { .. } => ("Not confirmed", "yellow"),
        State::Overdue { .. } => ("Overdue", "red"),
        State::Confirmed => ("To answer", "blue"),
        State::Accepted => ("Accepted", "green"),
    };
    Tag { text, colour }
}

/// Until when it is to be confirmed, and the time left or past; or since when it waits for an answer.
pub(crate) fn when(line: &Line, now: Moment) -> String {
    match (line.state, line.row.confirmed_at) {
        (State::Owed { due }, _) => format!("{} left, to be confirmed by {}", days_left(due, now), due.deadline()),
        (State::Overdue { due }, _) => format!("{} late, to be confirmed by {}", left(now, due), due.deadline()),
        (State::Confirmed, Some(at)) => format!("confirmed on {}", long(at)),
        _ => String::new(),
    }
}

impl Entry {
    pub(crate) fn of(line: &Line, now: Moment) -> Self {
        let row = &line.row;
        Self {
            href: format!("/demands/{}", row.copy_id),
            title: format!("{}, copy {}: {}", row.urn, row.named(), row.holder_name),
            hint: format!("{}: {}", row.scheme_name, when(line, now)),
            tag: tag(line.state),
        }
    }

    fn samples() -> Vec<Self> {
        let one = |state: State| Self {
            href: "/demands/1".into(),
            title: "CZ/001/26, copy 7KQ2XM: Priya Shah".into(),
            hint: "Cantwell Retail Watch: 2 days left, to be confirmed by 11:59pm on 5 December 2026".into(),
            tag: tag(state),
        };
        let due = Moment::from_millis(1_795_370_400_000);
        vec![one(State::Overdue { due }), one(State::Owed { due }), one(State::Confirmed)]
    }
}

/// The list.
#[derive(Serialize)]
pub struct Demands {
    entries: Vec<Entry>,
    /// In words: how many, and how many are overdue.
    found: String,
    schemes: Vec<Choice>,
    people: Vec<Choice>,
    narrowed: bool,
    /// This person may recall every release of one subject.
    recalls: bool,
    /// What a search for a subject led to; empty: nobody searched.
    nothing: String,
}

impl Page for Demands {
    const TEMPLATE: &'static str = "pages/police/demands.html";

    fn samples() -> Vec<Self> {
        let of = |entries: Vec<Entry>| Self {
            found: counted(entries.len(), 1),
            entries,
            schemes: vec![choice("1", "Cantwell Retail Watch", "")],
            people: vec![choice("1", "Priya Shah", "")],
            narrowed: true,
            recalls: true,
            nothing: "No live release of your area has the reference ATH/IMG/0417.".into(),
        };
        let none = Self { recalls: false, narrowed: false, nothing: String::new(), ..of(Vec::new()) };
        vec![of(Entry::samples()), none]
    }
}

fn counted(all: usize, overdue: usize) -> String {
    let all =
        if all == 1 { "1 copy is not accounted for".to_owned() } else { format!("{all} copies are not accounted for") };
    match overdue {
        0 => format!("{all}; none is overdue"),
        1 => format!("{all}; 1 is overdue"),
        many => format!("{all}; {many} are overdue"),
    }
}

/// Each of a list once, by its words.
fn choices<'a>(of: impl Iterator<Item = (&'a String, &'a String)>) -> Vec<Choice> {
    let mut all: Vec<(&String, &String)> = of.collect();
    all.sort_by_key(|(id, text)| (*text, *id));
    all.dedup();
    all.into_iter().map(|(id, text)| choice(id.clone(), text.clone(), "")).collect()
}

const TITLE: &str = "Demands";

async fn page(v: &Visit, to: Narrowed, nothing: String) -> Result<Demands, No> {
    let all = demands::open(&v.office, v.actor(), Narrowed::default()).await?;
    let scheme = to.scheme.map(|id| id.to_string());
    let (holder, release) = (to.holder.map(|id| id.to_string()), to.release.map(|id| id.to_string()));
    let fits = |line: &&Line| {
        scheme.as_ref().is_none_or(|id| *id == line.row.scheme_id)
            && holder.as_ref().is_none_or(|id| *id == line.row.holder)
            && release.as_ref().is_none_or(|id| *id == line.row.release_id)
    };
    let shown: Vec<&Line> = all.iter().filter(fits).collect();
    Ok(Demands {
        entries: shown.iter().map(|line| Entry::of(line, v.now)).collect(),
        found: counted(shown.len(), shown.iter().filter(|line| line.is_overdue()).count()),
        schemes: choices(all.iter().map(|line| (&line.row.scheme_id, &line.row.scheme_name))),
        people: choices(all.iter().map(|line| (&line.row.holder, &line.row.holder_name))),
        narrowed: shown.len() < all.len(),
        recalls: v.actor().is(Role::Aic),
        nothing,
    })
}

fn narrowed(v: &Visit) -> Narrowed {
    Narrowed {
        scheme: SchemeId::parse(v.query("scheme")),
        holder: PersonId::parse(v.query("person")),
        release: ReleaseId::parse(v.query("release")),
    }
}

/// `GET /demands`.
pub async fn list(v: Visit) -> Result<Answer, No> {
    let page = page(&v, narrowed(&v), String::new()).await?;
    let typed = Typed::default().with("scheme", v.query("scheme")).with("person", v.query("person"));
    v.filled(TITLE, &page, typed)
}

/// `GET /demands/subject`: what would be recalled.
pub async fn ask_subject(v: Visit) -> Result<Answer, No> {
    let reference = v.query("reference").trim().to_owned();
    let again = async |no: No| {
        let page = page(&v, Narrowed::default(), String::new()).await?;
        v.again(no, TITLE, &page)
    };
    let found = match demands::find(&v.office, v.actor(), &reference).await {
        Ok(found) => found,
        Err(no) => return again(no).await,
    };
    if found.hits.is_empty() {
        let nothing = format!("No live release of your area has the reference {reference}.");
        let page = page(&v, Narrowed::default(), nothing).await?;
        return v.filled(TITLE, &page, Typed::default().with("reference", reference.clone()));
    }
    let latest = demands::latest(&v.office).await?;
    v.page(SUBJECT, &End::subject(&reference, &found, latest))
}

const SUBJECT: &str = "Recall every release of one person?";

/// `POST /demands/subject`.
pub async fn subject(v: Visit) -> Result<Answer, No> {
    let reference = v.field("reference").to_owned();
    let done = match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => demands::recall_subject(&v.office, v.actor(), &reference, &v.form(), v.stamp()).await,
        no => no,
    };
    match done {
        Ok(()) => Answer::see("/demands"),
        Err(no @ No::Invalid(_)) => {
            let found = demands::find(&v.office, v.actor(), &reference).await?;
            let latest = demands::latest(&v.office).await?;
            v.again(no, SUBJECT, &End::subject(&reference, &found, latest))
        }
        Err(no) => Err(no),
    }
}

/// Where a demand's page is, and where one came from.
fn places(target: Target) -> (String, Link) {
    let link = |href: String, text: &str| Link { href, text: text.to_owned(), before: "" };
    match target {
        Target::Holder(release, holder) => (
            format!("/releases/{release}/holders/{holder}/demand"),
            link(format!("/releases/{release}"), "Back to the release"),
        ),
        Target::Scheme(id) => (format!("/schemes/{id}/demand"), link(format!("/schemes/{id}"), "Back to the scheme")),
        Target::Person(id) => (format!("/people/{id}/demand"), link(format!("/people/{id}"), "Back to the person")),
    }
}

const DEMAND: &str = "Demand these copies back?";

async fn form(v: &Visit, target: Target) -> Result<End, No> {
    let found = demands::propose(&v.office, v.actor(), target).await?;
    let (action, back) = places(target);
    Ok(End::demand(target, &found, back, action, demands::latest(&v.office).await?))
}

async fn ask(v: Visit, target: Target) -> Result<Answer, No> {
    let page = form(&v, target).await?;
    v.page(DEMAND, &page)
}

async fn demand(v: Visit, target: Target) -> Result<Answer, No> {
    let done = match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => demands::demand(&v.office, v.actor(), target, &v.form(), v.stamp()).await,
        no => no,
    };
    match done {
        Ok(()) => Answer::see("/demands"),
        Err(no @ No::Invalid(_)) => {
            let page = form(&v, target).await?;
            v.again(no, DEMAND, &page)
        }
        Err(no) => Err(no),
    }
}

fn of_holder(v: &Visit) -> Result<Target, No> {
    let holder = PersonId::parse(v.path("person")).ok_or(No::NotFound)?;
    Ok(Target::Holder(v.id(ReleaseId::parse)?, holder))
}

/// `GET /releases/{id}/holders/{person}/demand`.
pub async fn ask_holder(v: Visit) -> Result<Answer, No> {
    let target = of_holder(&v)?;
    ask(v, target).await
}

/// `POST /releases/{id}/holders/{person}/demand`.
pub async fn holder(v: Visit) -> Result<Answer, No> {
    let target = of_holder(&v)?;
    demand(v, target).await
}

/// `GET /schemes/{id}/demand`.
pub async fn ask_scheme(v: Visit) -> Result<Answer, No> {
    let target = Target::Scheme(v.id(SchemeId::parse)?);
    ask(v, target).await
}

/// `POST /schemes/{id}/demand`.
pub async fn scheme(v: Visit) -> Result<Answer, No> {
    let target = Target::Scheme(v.id(SchemeId::parse)?);
    demand(v, target).await
}

/// `GET /people/{id}/demand`.
pub async fn ask_person(v: Visit) -> Result<Answer, No> {
    let target = Target::Person(v.id(PersonId::parse)?);
    ask(v, target).await
}

/// `POST /people/{id}/demand`.
pub async fn person(v: Visit) -> Result<Answer, No> {
    let target = Target::Person(v.id(PersonId::parse)?);
    demand(v, target).await
}
