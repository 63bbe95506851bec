//! The end of a copy: the holder's confirmation, and its certificate.
//!
//! Promises: what the holder typed is kept when something is wrong; the certificate says what is not yet done as plainly as what is.
//! Absent on purpose: undoing it.

use serde::Serialize;

use crate::actions::surrender::{self, Certificate};
use crate::actions::{No, deliver};
use crate::domain::ids::CopyId;
use crate::domain::moment::Moment;
use crate::web::account::{Row, row};
use crate::web::bulletins::Choice;
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
        let one = |sheet: &str| Self {
            copy: "0190a5b0-0000-7000-8000-00000000000a".into(),
            urn: "CZ/001/26".into(),
            sheet: sheet.into(),
            back: "/held".into(),
            outcomes: outcomes(),
        };
        vec![one(""), one("Sheet 1 of 2")]
    }
}

/// The certificate.
#[derive(Serialize)]
pub struct Sheet {
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
    Ok((Confirm { copy, urn: bulletin.urn, sheet, back, outcomes: outcomes() }, confirmed))
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

fn sheet(found: Certificate, days: u16) -> Sheet {
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
        row("Confirmed and signed", precise(found.copy.confirmed_at)),
    ];
    let entry = found.index.map_or_else(|| "Not found".to_owned(), |index| format!("Entry {index}"));
    let portal = vec![
        row("Key destroyed", precise(found.copy.key_gone_at)),
        row("Sealed files deleted and read back as gone", precise(found.copy.destroyed_at)),
        row("Backups", backups(found.copy.key_gone_at, days)),
        row("In the log", format!("{entry}; the log has {} entries", found.log_size)),
    ];
    let document = String::from_utf8_lossy(&found.statement.document).into_owned();
    Sheet { rows, portal, note: found.statement.note, document, checkpoint: found.checkpoint }
}

/// `GET /certificates/{id}`: for the holder, the area's co-ordinator, an auditor.
pub async fn certificate(v: Visit) -> Result<Answer, No> {
    let found = surrender::certificate(&v.office, v.actor(), v.id(CopyId::parse)?).await?;
    let days = v.office.settings.store.backup_days;
    v.page("Certificate of surrender or destruction", &sheet(found, days))
}

/// What is true of backups made before the key was destroyed (P9).
fn backups(gone: Option<i64>, days: u16) -> String {
    let last = gone.map(|at| Moment::from_millis(at).plus_millis(86_400_000 * i64::from(days)));
    let until = last.map_or_else(String::new, |last| format!(", on {}", last.long()));
    format!(
        "A backup of the portal made before may hold the sealed files until it is removed, at most {days} days later{until}. Putting one back \
         does not open them again: the journal beside the sealed files says that they are destroyed. Copies of the disks that the force makes otherwise are outside this certificate."
    )
}
