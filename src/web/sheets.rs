//! Numbered prints as their holder sees them (O3.2.1): one sheet to be printed, and everything that somebody holds, to be confirmed.
//!
//! Promises: a sheet opens by its own button alone, and says beside it what opening does; what was printed or has ended says so.
//! Absent on purpose: pictures and words in the page itself; opening a sheet twice, which the gate refuses.
//! Proved by `tests/it/journeys/prints.rs` and `tests/browser/prints.test.mjs`.

use serde::Serialize;

use crate::actions::deliver::{self, Bulletin};
use crate::actions::desk::{self, Copy};
use crate::actions::{No, leavers};
use crate::domain::ids::CopyId;
use crate::domain::moment::Moment;
use crate::domain::refusal::Refusal;
use crate::web::bulletin::{Part, parts};
use crate::web::bulletins::{Choice, purposes};
use crate::web::frame::Wrong;
use crate::web::{Answer, Page, Visit};

/// One sheet.
#[derive(Serialize)]
pub struct Print {
    copy: String,
    urn: String,
    /// As it stands on the paper.
    title: String,
    mark: String,
    /// Whose sheet it is, and for which scheme.
    holder: String,
    /// Until when, in words.
    destroy_by: String,
    danger: String,
    names: String,
    /// The bulletin of the same release; empty: whoever prints it has none.
    bulletin: String,
    /// One of `first`, `purpose`, `open`, `closed`.
    step: &'static str,
    purposes: Vec<Choice>,
    parts: Vec<Part>,
    closed: Vec<Wrong>,
    /// When it was opened for printing; empty: not yet.
    printed: String,
    /// Its end: `confirmed`, or empty.
    end: &'static str,
    email: String,
}

impl Page for Print {
    const TEMPLATE: &'static str = "pages/bulletins/print.html";

    fn samples() -> Vec<Self> {
        let one = |step| Self {
            copy: "0190a5b0-0000-7000-8000-00000000000a".into(),
            urn: "CZ/001/26".into(),
            title: "Sheet 1 of 2".into(),
            mark: "K7Q42M".into(),
            holder: "Priya Shah, Colchester Retail Watch".into(),
            destroy_by: "19 January 2027".into(),
            danger: "Do not approach. Call the police immediately.".into(),
            names: "Refer to this person by the reference CZ/001/26 only.".into(),
            bulletin: "/bulletins/0190a5b0-0000-7000-8000-00000000000b".into(),
            step,
            purposes: purposes(),
            parts: vec![Part::sample(false), Part::sample(true)],
            closed: vec![Wrong::from(&Refusal::PrintedAlready)],
            printed: if step == "closed" { "21 November 2026 at 5:30pm".into() } else { String::new() },
            end: "",
            email: "priya@example.org".into(),
        };
        let confirmed = Self { end: "confirmed", danger: String::new(), bulletin: String::new(), ..one("closed") };
        ["first", "purpose", "open", "closed"].into_iter().map(one).chain([confirmed]).collect()
    }
}

/// What comes first.
fn step(v: &Visit, bulletin: &Bulletin) -> &'static str {
    let first = |one: &Refusal| matches!(one, Refusal::UndertakingUnsigned { .. } | Refusal::ConditionsUnacknowledged);
    match bulletin.closed.as_slice() {
        [] if v.who.as_ref().is_some_and(|who| who.purpose.is_some()) => "open",
        [] => "purpose",
        closed if closed.iter().all(first) => "first",
        _ => "closed",
    }
}

async fn page(v: &Visit) -> Result<Print, No> {
    let bulletin = deliver::opened_by(&v.office, v.actor(), v.id(CopyId::parse)?).await?;
    let sheet = bulletin.copy.sheet()?.ok_or(No::NotFound)?;
    let step = step(v, &bulletin);
    let own = bulletin.copy.holder == v.person()?.id.to_string();
    let copy = &bulletin.copy;
    let electronic = if own {
        let same = |one: &&(String, Copy)| {
            one.1.release_id == copy.release_id && one.1.is_electronic() && one.1.replaced_at.is_none()
        };
        leavers::own(&v.office, v.actor()).await?.iter().find(same).map(|(_, one)| format!("/bulletins/{}", one.id))
    } else {
        None
    };
    Ok(Print {
        title: sheet.title(),
        mark: copy.mark.clone(),
        holder: format!("{}, {}", copy.holder_name, copy.scheme_name),
        destroy_by: last_day(bulletin.until),
        danger: bulletin.danger.clone().unwrap_or_default(),
        names: bulletin.names.clone(),
        bulletin: electronic.unwrap_or_default(),
        step,
        purposes: purposes(),
        parts: if step == "open" { parts(&bulletin) } else { Vec::new() },
        closed: bulletin.closed.iter().map(Wrong::from).collect(),
        printed: copy.opened_at.map_or_else(String::new, |at| Moment::from_millis(at).long()),
        end: if copy.confirmed_at.is_some() { "confirmed" } else { "" },
        email: desk::account(&v.office, v.actor()).await?.email,
        copy: copy.id.clone(),
        urn: bulletin.urn,
    })
}

/// The last day on which a sheet may exist: the day before the limit's midnight.
pub(crate) fn last_day(until: Moment) -> String {
    crate::domain::moment::long_day(until.plus_millis(-1).day())
}

/// `GET /sheets/{id}`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let page = page(&v).await?;
    v.page(&format!("{}: {}", page.urn, page.title), &page)
}

/// A line of what somebody holds.
#[derive(Serialize, Clone)]
pub(crate) struct Held {
    pub(crate) href: String,
    pub(crate) copy: String,
    pub(crate) urn: String,
    pub(crate) what: String,
    pub(crate) mark: String,
    pub(crate) state: String,
    /// It may be confirmed now.
    pub(crate) confirm: bool,
    /// It has a certificate.
    pub(crate) confirmed: bool,
}

impl Held {
    pub(crate) fn of(urn: &str, copy: &Copy) -> Result<Self, No> {
        let at = |ms: Option<i64>| ms.map(|ms| Moment::from_millis(ms).long());
        let sheet = copy.sheet()?;
        let state = match (at(copy.confirmed_at), at(copy.left_at), at(copy.key_gone_at), at(copy.opened_at)) {
            (Some(on), ..) => format!("Confirmed gone on {on}"),
            (None, Some(on), ..) => format!("Ended on {on}, when its holder left. Not confirmed"),
            (None, None, Some(on), _) => format!("Ended on {on}. Not confirmed"),
            (None, None, None, Some(on)) if sheet.is_some() => format!("Opened for printing on {on}"),
            (None, None, None, Some(on)) => format!("First opened on {on}"),
            (None, None, None, None) if sheet.is_some() => "Not printed".to_owned(),
            (None, None, None, None) => "Not opened".to_owned(),
        };
        let href = if sheet.is_some() { "sheets" } else { "bulletins" };
        Ok(Self {
            href: format!("/{href}/{}", copy.id),
            copy: copy.id.clone(),
            urn: urn.to_owned(),
            what: sheet.map_or_else(|| "Electronic copy".to_owned(), crate::domain::print::Sheet::title),
            mark: copy.mark.clone(),
            state,
            confirm: copy.confirmed_at.is_none() && (copy.sealed_at.is_some() || copy.key_gone_at.is_some()),
            confirmed: copy.confirmed_at.is_some(),
        })
    }

    pub(crate) fn samples() -> Vec<Self> {
        let one = |n: u8, what: &str, confirmed: bool| Self {
            href: format!("/sheets/{n}"),
            copy: n.to_string(),
            urn: "CZ/001/26".into(),
            what: what.into(),
            mark: format!("K7Q42{n}"),
            state: "Opened for printing on 21 November 2026 at 5:30pm".into(),
            confirm: !confirmed,
            confirmed,
        };
        vec![one(1, "Electronic copy", false), one(2, "Sheet 1 of 2", false), one(3, "Sheet 2 of 2", true)]
    }
}

/// All that somebody holds.
#[derive(Serialize)]
pub struct Holdings {
    lines: Vec<Held>,
    /// They receive for a scheme, and may open what is not over.
    receives: bool,
}

impl Page for Holdings {
    const TEMPLATE: &'static str = "pages/bulletins/held.html";

    fn samples() -> Vec<Self> {
        let one = |lines, receives| Self { lines, receives };
        vec![one(Held::samples(), true), one(Held::samples(), false), one(Vec::new(), false)]
    }
}

/// `GET /held`: one's own copies and sheets. Whoever receives nothing any more still confirms here.
pub async fn held(v: Visit) -> Result<Answer, No> {
    let own = leavers::own(&v.office, v.actor()).await?;
    let lines = own.iter().map(|(urn, copy)| Held::of(urn, copy)).collect::<Result<Vec<_>, No>>()?;
    let page = Holdings { lines, receives: !v.actor().schemes().is_empty() };
    v.page("Copies and prints you hold", &page)
}
