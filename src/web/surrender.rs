//! The end of a copy: the holder's confirmation, and its certificate.
//!
//! Promises: what the holder typed is kept when something is wrong; the certificate says what is not yet done as plainly as what is.
//! A queried confirmation shows the question and is made anew. Absent on purpose: undoing it.

use serde::Serialize;

use crate::actions::certificate::{self, Certificate, Whole};
use crate::actions::{Fault, No, deliver, demands, surrender};
use crate::domain::demand::State;
use crate::domain::ids::{CopyId, ReleaseId};
use crate::domain::moment::Moment;
use crate::web::account::{Row, row};
use crate::web::bulletins::Choice;
use crate::web::police::ending::{RoundLine, onward};
use crate::web::{Answer, Page, Visit};

/// The form.
#[derive(Serialize)]
pub struct Confirm {
    /// The copy.
    pub copy: String,
    /// The release's reference.
    pub urn: String,
    /// Which sheet of paper it is; empty: the electronic copy.
    pub sheet: String,
    /// The page it leads back to.
    pub back: String,
    /// Surrendered, or destroyed.
    pub outcomes: Vec<Choice>,
    /// Nothing, or something.
    pub onwards: Vec<Choice>,
    /// The copy opens still: signing is what ends it.
    pub opens: bool,
    /// Until when; empty: nothing is demanded.
    pub due: String,
    /// The deadline has passed.
    pub overdue: bool,
    /// What the police ask about the last confirmation; empty: nothing.
    pub query: String,
    /// What was confirmed before, newest first.
    pub rounds: Vec<RoundLine>,
}

fn onwards() -> Vec<Choice> {
    vec![
        Choice { value: "none", text: "No, to nobody", hint: "" },
        Choice { value: "some", text: "Yes", hint: "Shown, printed, read out or handed on, within the instructions." },
    ]
}

fn outcomes() -> Vec<Choice> {
    vec![
        Choice {
            value: "destroyed",
            text: "Destroyed",
            hint: "In a manner fit for personal data, such as a cross-cut shredder.",
        },
        Choice { value: "surrendered", text: "Surrendered", hint: "Handed back to the police." },
    ]
}

impl Page for Confirm {
    const TEMPLATE: &'static str = "pages/bulletins/confirm.html";

    fn samples() -> Vec<Self> {
        let of = |sheet: &str, overdue: bool, query: &str| Self {
            copy: "0190a5b0-0000-7000-8000-00000000000a".into(),
            urn: "CZ/001/26".into(),
            sheet: sheet.into(),
            back: "/held".into(),
            outcomes: outcomes(),
            onwards: onwards(),
            opens: !overdue,
            due: "11:59pm on 5 December 2026".into(),
            overdue,
            query: query.into(),
            rounds: if query.is_empty() { Vec::new() } else { RoundLine::samples() },
        };
        vec![of("", false, ""), of("Sheet 1 of 2", true, "Who destroyed the print?")]
    }
}

/// The certificate of a copy.
#[derive(Serialize)]
pub struct Sheet {
    /// Where its file is.
    pub file: String,
    /// What, whose, how, when, before whom.
    pub rows: Vec<Row>,
    /// What the portal did with its own side.
    pub portal: Vec<Row>,
    /// The holder's signed statement.
    pub note: String,
    /// The exact document it covers.
    pub document: String,
    /// The log's newest signed checkpoint.
    pub checkpoint: String,
}

impl Page for Sheet {
    const TEMPLATE: &'static str = "pages/bulletins/certificate.html";

    fn samples() -> Vec<Self> {
        vec![Self {
            file: "/certificates/1/file".into(),
            rows: vec![row("Reference", "CZ/001/26"), row("How", "Cross-cut shredder")],
            portal: vec![row("Key destroyed", "21 November 2026 at 5:30:09.000pm")],
            note: "sign/v1\nsurrender\n".into(),
            document: "{\"method\":\"shredder\"}".into(),
            checkpoint: "portal\n12\nroot=\n".into(),
        }]
    }
}

const TITLE: &str = "Confirm surrender or destruction";

async fn page(v: &Visit) -> Result<(Confirm, bool), No> {
    let bulletin = deliver::opened_by(&v.office, v.actor(), v.id(CopyId::parse)?).await?;
    let confirmed = bulletin.copy.confirmed_at.is_some();
    let sheet = bulletin.copy.sheet()?.map_or_else(String::new, crate::domain::print::Sheet::title);
    let receives = !v.actor().schemes().is_empty();
    let copy = bulletin.copy.id;
    let back = match (sheet.is_empty(), receives) {
        (true, true) => format!("/bulletins/{copy}"),
        (_, false) if !v.actor().is(crate::domain::actor::Role::Aic) => "/held".to_owned(),
        _ => format!("/sheets/{copy}"),
    };
    let own = demands::own(&v.office, v.actor(), v.id(CopyId::parse)?).await?;
    let due = own.line.as_ref().and_then(|line| line.due);
    let query = own.rounds.first().map_or_else(String::new, |round| round.query.as_str().to_owned());
    let page = Confirm {
        opens: bulletin.copy.key_gone_at.is_none() && due.is_none(),
        copy,
        urn: bulletin.urn,
        sheet,
        back,
        outcomes: outcomes(),
        onwards: onwards(),
        due: due.map_or_else(String::new, Moment::deadline),
        overdue: own.line.is_some_and(|line| matches!(line.state, State::Overdue { .. })),
        query,
        rounds: RoundLine::all(&own.rounds),
    };
    Ok((page, confirmed))
}

/// `GET /bulletins/{id}/confirm`; once confirmed, the certificate.
pub async fn form(v: Visit) -> Result<Answer, No> {
    let (page, confirmed) = page(&v).await?;
    if confirmed { Answer::see(format!("/certificates/{}", page.copy)) } else { v.page(TITLE, &page) }
}

/// `POST /bulletins/{id}/confirm`.
pub async fn confirm(v: Visit) -> Result<Answer, No> {
    let copy = v.id(CopyId::parse)?;
    let done = surrender::confirm(&v.office, v.actor(), copy, &v.form(), v.stamp()).await;
    match done {
        Ok(()) => Answer::see(format!("/certificates/{copy}")),
        Err(no) => {
            let (page, _) = page(&v).await?;
            v.again(no, TITLE, &page)
        }
    }
}

fn sheet(found: Certificate) -> Sheet {
    let precise = |ms: Option<i64>| ms.map_or_else(|| "Not yet".to_owned(), |at| Moment::from_millis(at).precise());
    let said = &found.confirming;
    let done = Moment::parse_london(&said.done_date, &said.done_time).map(Moment::long).unwrap_or_default();
    let what = if said.outcome == "surrendered" { "Surrendered to the police" } else { "Destroyed" };
    let sheet = match found.copy.print {
        0 => "Electronic copy".to_owned(),
        number => format!("Numbered print, sheet {number} of {}", found.copy.print_of),
    };
    let rows = vec![
        row("Reference", found.urn),
        row("Authorised", found.authorised_at.long()),
        row("Mark of the copy", found.copy.mark),
        row("What it was", sheet),
        row("Holder", format!("{}\n{}", found.copy.holder_name, found.copy.scheme_name)),
        row("What was done", what),
        row("How", said.method.clone()),
        row("When", done),
        row("Before whom", said.witness.clone()),
        row("Shown or given onward", onward(&said.onward, &said.onward_told)),
        row("Confirmed and signed", precise(found.copy.confirmed_at)),
        row(
            "Accepted by the police",
            found.accepted_at.map_or_else(|| "It waits for their answer".to_owned(), Moment::precise),
        ),
    ];
    let entry = found.index.map_or_else(|| "Not found".to_owned(), |index| format!("Entry {index}"));
    let portal = vec![
        row("Key destroyed", precise(found.copy.key_gone_at)),
        row("Sealed files deleted and read back as gone", precise(found.copy.destroyed_at)),
        row("Backups", found.file.backups.clone()),
        row("In the log", format!("{entry}; the log has {} entries", found.log_size)),
    ];
    let document = String::from_utf8_lossy(&found.statement.document).into_owned();
    let file = format!("/certificates/{}/file", found.file.copies.first().map_or("", |end| end.copy.as_str()));
    Sheet { file, rows, portal, note: found.statement.note, document, checkpoint: found.checkpoint }
}

/// `GET /certificates/{id}`: for the holder, the area's co-ordinator, an auditor.
pub async fn certificate(v: Visit) -> Result<Answer, No> {
    let found = certificate::of_copy(&v.office, v.actor(), v.id(CopyId::parse)?).await?;
    v.page("Certificate of surrender or destruction", &sheet(found))
}

fn as_file<T: Serialize>(name: &str, file: &T) -> Result<Answer, No> {
    let text = serde_json::to_string_pretty(file).map_err(|why| Fault::Other(format!("json: {why}")))?;
    Ok(Answer::file("application/json", name, format!("{text}\n")))
}

/// `GET /certificates/{id}/file`: `docs/formats/certificate.md`.
pub async fn file(v: Visit) -> Result<Answer, No> {
    let copy = v.id(CopyId::parse)?;
    let found = certificate::of_copy(&v.office, v.actor(), copy).await?;
    as_file(&format!("certificate-copy-{copy}.json"), &found.file)
}

/// One copy of a release's certificate.
#[derive(Serialize)]
struct Ended {
    mark: String,
    holder: String,
    what: String,
    accepted: String,
}

/// The certificate of a release.
#[derive(Serialize)]
pub struct Release {
    id: String,
    rows: Vec<Row>,
    copies: Vec<Ended>,
    checkpoint: String,
}

impl Release {
    fn of(id: String, found: &Whole) -> Self {
        let precise = |ms: Option<i64>| ms.map_or_else(String::new, |at| Moment::from_millis(at).precise());
        let ended = |line: &demands::Line| Ended {
            mark: line.row.mark.clone(),
            holder: format!("{}, {}", line.row.holder_name, line.row.scheme_name),
            what: match line.row.outcome.as_deref() {
                Some("surrendered") => format!("Surrendered, confirmed {}", precise(line.row.confirmed_at)),
                _ => format!("Destroyed, confirmed {}", precise(line.row.confirmed_at)),
            },
            accepted: precise(line.row.accepted_at),
        };
        let rows = vec![
            row("Reference", found.urn.clone()),
            row("Authorised", found.authorised_at.long()),
            row("Copies", found.lines.len().to_string()),
            row("Backups", found.file.backups.clone()),
        ];
        Self { id, rows, copies: found.lines.iter().map(ended).collect(), checkpoint: found.checkpoint.clone() }
    }
}

impl Page for Release {
    const TEMPLATE: &'static str = "pages/police/certificate.html";

    fn samples() -> Vec<Self> {
        let ended = Ended {
            mark: "7KQ2XM".into(),
            holder: "Priya Shah, Cantwell Retail Watch".into(),
            what: "Destroyed, confirmed 21 November 2026 at 5:30:09.000pm".into(),
            accepted: "22 November 2026 at 5:30:09.000pm".into(),
        };
        let rows = vec![row("Reference", "CZ/001/26"), row("Copies", "1")];
        vec![Self { id: "1".into(), rows, copies: vec![ended], checkpoint: "portal\n12\nroot=\n".into() }]
    }
}

/// `GET /releases/{id}/certificate`: for the area's co-ordinator and commander, an auditor.
pub async fn of_release(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let found = certificate::of_release(&v.office, v.actor(), id).await?;
    v.page("Certificate: every copy is accounted for", &Release::of(id.to_string(), &found))
}

/// `GET /releases/{id}/certificate/file`.
pub async fn file_of_release(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let found = certificate::of_release(&v.office, v.actor(), id).await?;
    as_file(&format!("certificate-release-{id}.json"), &found.file)
}
