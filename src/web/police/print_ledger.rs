//! The ledger of a release's numbered prints (O3.2.1): every sheet with its number, mark, holder, and what became of it; one sheet's
//! page frees it after a print that failed, or records who carried it.
//!
//! Promises: the ledger says why prints are off where there are none. Absent on purpose: pictures; making more sheets.
//! Proved by `tests/it/journeys/prints.rs` and `tests/browser/prints.test.mjs`.

use serde::Serialize;

use crate::actions::prints::{self, Ledger, Recorded, Typed};
use crate::actions::{No, desk};
use crate::domain::ids::{CopyId, ReleaseId};
use crate::domain::moment::Moment;
use crate::web::police::{Row, row};
use crate::web::sheets::last_day;
use crate::web::{Answer, Page, Visit};

/// A sheet of the ledger.
#[derive(Serialize, Clone)]
struct Line {
    copy: String,
    sheet: String,
    mark: String,
    holder: String,
    printer: String,
    opened: String,
    /// What is recorded about it, a sentence each.
    records: Vec<String>,
    end: String,
    confirmed: bool,
}

/// The ledger.
#[derive(Serialize)]
pub struct Prints {
    id: String,
    urn: String,
    destroy_by: String,
    lines: Vec<Line>,
    keeps: bool,
}

fn told(one: &Recorded) -> String {
    let at = |ms: Option<i64>| ms.map_or_else(String::new, |ms| Moment::from_millis(ms).long());
    let said = &one.said;
    let what = if one.carried {
        format!(
            "Carried by {} ({}): left on {}, received by {} on {}.",
            said.carrier.as_str(),
            said.how.as_str(),
            at(said.left),
            said.receiver.as_str(),
            at(said.received)
        )
    } else {
        format!("Freed to be printed again: {}", said.reason.as_str())
    };
    format!("{what} Recorded by {} on {}.", one.by, one.at.long())
}

fn line(sheet: &prints::Sheet) -> Result<Line, No> {
    let copy = &sheet.copy;
    let at = |ms: Option<i64>| ms.map(|ms| Moment::from_millis(ms).long());
    let outcome = if copy.outcome.as_deref() == Some("surrendered") { "Surrendered" } else { "Destroyed" };
    Ok(Line {
        copy: copy.id.clone(),
        sheet: copy.sheet()?.map_or_else(String::new, crate::domain::print::Sheet::title),
        mark: copy.mark.clone(),
        holder: format!("{}, {}", copy.holder_name, copy.scheme_name),
        printer: copy.printer.as_ref().map_or_else(|| "The holder".to_owned(), |_| copy.printer_name.clone()),
        opened: match (at(copy.opened_at), sheet.printed, copy.sealed_at) {
            (Some(on), false, _) if copy.key_gone_at.is_none() => format!("{on}. Freed: it can be opened again"),
            (Some(on), ..) => on,
            (None, _, Some(_)) => "Not yet".to_owned(),
            (None, _, None) => "Not sealed yet".to_owned(),
        },
        records: sheet.records.iter().map(told).collect(),
        end: match (at(copy.confirmed_at), at(copy.left_at), at(copy.replaced_at), at(copy.key_gone_at)) {
            (Some(on), ..) => format!("{outcome}, confirmed on {on}"),
            (None, Some(on), ..) => format!("Ended on {on}: its holder left. Not confirmed yet"),
            (None, None, Some(on), _) => format!("Ended on {on} with its holder’s keys. Not confirmed yet"),
            (None, None, None, Some(on)) => format!("Ended on {on}. Not confirmed yet"),
            (None, None, None, None) => "Out".to_owned(),
        },
        confirmed: copy.confirmed_at.is_some(),
    })
}

fn sample(n: u8, confirmed: bool) -> Line {
    Line {
        copy: n.to_string(),
        sheet: format!("Sheet {n} of 2"),
        mark: format!("K7Q42{n}"),
        holder: "Priya Shah, Colchester Retail Watch".into(),
        printer: "The holder".into(),
        opened: "21 November 2026 at 5:30pm".into(),
        records: vec!["Freed to be printed again: the printer jammed.".into()],
        end: "Out".into(),
        confirmed,
    }
}

impl Page for Prints {
    const TEMPLATE: &'static str = "pages/police/prints.html";

    fn samples() -> Vec<Self> {
        let one = |lines, keeps| Self {
            id: "1".into(),
            urn: "CZ/001/26".into(),
            destroy_by: "19 January 2027".into(),
            lines,
            keeps,
        };
        vec![one(vec![sample(1, false), sample(2, true)], true), one(vec![sample(1, true)], false), one(vec![], true)]
    }
}

fn ledger(of: &Ledger) -> Result<Prints, No> {
    Ok(Prints {
        id: of.release.to_string(),
        urn: of.urn.clone(),
        destroy_by: last_day(of.until),
        lines: of.sheets.iter().map(line).collect::<Result<_, _>>()?,
        keeps: of.keeps,
    })
}

/// `GET /releases/{id}/prints`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let of = prints::ledger(&v.office, v.actor(), v.id(ReleaseId::parse)?).await?;
    desk::consulted(&v.office, v.actor(), of.release, "prints", v.stamp()).await?;
    v.page("Numbered prints", &ledger(&of)?)
}

/// One sheet, to those who keep it.
#[derive(Serialize)]
pub struct Kept {
    id: String,
    copy: String,
    urn: String,
    facts: Vec<Row>,
    records: Vec<String>,
    /// It was opened for printing, and its key is there: it can be freed.
    frees: bool,
    /// The police print it, it was opened for printing, and how it was carried is not on record.
    carries: bool,
    /// Whoever looks prints it.
    prints: bool,
}

impl Page for Kept {
    const TEMPLATE: &'static str = "pages/police/print.html";

    fn samples() -> Vec<Self> {
        let one = |frees, carries| Self {
            id: "1".into(),
            copy: "1".into(),
            urn: "CZ/001/26".into(),
            facts: vec![row("Mark", "K7Q42M")],
            records: vec!["Freed to be printed again: the printer jammed.".into()],
            frees,
            carries,
            prints: frees,
        };
        vec![one(true, true), one(false, true), one(false, false)]
    }
}

async fn kept(v: &Visit) -> Result<(ReleaseId, CopyId, Kept), No> {
    let (id, copy) = (v.id(ReleaseId::parse)?, CopyId::parse(v.path("copy")).ok_or(No::NotFound)?);
    let (of, sheet) = prints::one(&v.office, v.actor(), id, copy).await?;
    let line = line(&sheet)?;
    let page = Kept {
        id: id.to_string(),
        copy: copy.to_string(),
        urn: of.urn,
        facts: vec![
            row("Sheet", line.sheet),
            row("Mark", line.mark),
            row("Holder", line.holder),
            row("Printed by", line.printer),
            row("Opened for printing", line.opened),
            row("Its end", line.end),
        ],
        records: line.records,
        frees: sheet.printed && sheet.copy.key_gone_at.is_none(),
        carries: sheet.copy.printer.is_some()
            && sheet.copy.opened_at.is_some()
            && !sheet.records.iter().any(|one| one.carried),
        prints: sheet.copy.opener() == v.person()?.id.to_string() && sheet.copy.key_gone_at.is_none(),
    };
    Ok((id, copy, page))
}

const TITLE: &str = "A numbered print";

/// `GET /releases/{id}/prints/{copy}`.
pub async fn sheet(v: Visit) -> Result<Answer, No> {
    let (id, _, page) = kept(&v).await?;
    desk::consulted(&v.office, v.actor(), id, "prints", v.stamp()).await?;
    v.page(TITLE, &page)
}

/// `POST /releases/{id}/prints/{copy}/free`.
pub async fn free(v: Visit) -> Result<Answer, No> {
    let (id, copy, page) = kept(&v).await?;
    match prints::free(&v.office, v.actor(), id, copy, v.field("reason"), v.stamp()).await {
        Ok(()) => Answer::see(format!("/releases/{id}/prints")),
        Err(no) => v.again(no, TITLE, &page),
    }
}

/// `POST /releases/{id}/prints/{copy}/carried`.
pub async fn carried(v: Visit) -> Result<Answer, No> {
    let (id, copy, page) = kept(&v).await?;
    let typed = Typed {
        carrier: v.field("carrier"),
        how: v.field("how"),
        receiver: v.field("receiver"),
        left_date: v.field("left_date"),
        left_time: v.field("left_time"),
        received_date: v.field("received_date"),
        received_time: v.field("received_time"),
    };
    match prints::carried(&v.office, v.actor(), id, copy, typed, v.stamp()).await {
        Ok(()) => Answer::see(format!("/releases/{id}/prints")),
        Err(no) => v.again(no, TITLE, &page),
    }
}
