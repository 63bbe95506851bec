//! One release: what was asked, what was decided, what became of each copy; withdrawal.

use std::collections::HashMap;

use serde::Serialize;

use crate::actions::decision::record::Section;
use crate::actions::desk::Copy;
use crate::actions::desk::{self, May};
use crate::actions::request::draft;
use crate::actions::statements::Signature;
use crate::actions::{No, audit, certificate, corrections, demands, release, retention};
use crate::domain::ids::ReleaseId;
use crate::domain::moment::{Moment, long_day};
use crate::domain::release::Stage;
use crate::web::log::Names;
use crate::web::log_check::Step;
use crate::web::police::duties::DutyLine;
use crate::web::police::elsewhere::{Side, side};
use crate::web::police::waits::Waits;
use crate::web::police::{Row, Tag, long, record, row, stage_tag, state, story};
use crate::web::{Answer, Page, Visit};

/// A release's page.
#[derive(Serialize, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each part of a page")]
pub struct Sheet {
    id: String,
    title: String,
    tag: Option<Tag>,
    /// Where it stands and what comes next: for whoever asked in the second person.
    standing: String,
    steps: Vec<Step>,
    duties: Vec<DutyLine>,
    facts: Vec<Row>,
    request: Vec<Row>,
    record: Vec<Section>,
    begun: bool,
    photographs: Vec<Photograph>,
    copies: Vec<Line>,
    signatures: Vec<Signature>,
    /// Whether this person sees what is demanded of its copies (K8.2).
    demands: bool,
    /// Whether every copy is accounted for, so that there is a certificate.
    whole: bool,
    /// What holders reported and which version is in force, in short (K8.7).
    corrections: String,
    /// Holds, and when it is due for review or how that stands (K9.1).
    retention: Vec<String>,
    /// Whether this person reads more about it.
    retained: bool,
    may: May,
    waits: Waits,
    /// How it is linked with other areas (K7.6).
    elsewhere: Vec<Side>,
    area: String,
    /// Boxes of the unit's keys that the photographs lie under, and their recipients: each with spaces between.
    unit_box: String,
    unit_recipient: String,
    email: String,
    overlay: String,
}

#[derive(Serialize)]
struct Photograph {
    id: String,
    size: String,
}

#[derive(Serialize)]
struct Line {
    id: String,
    holder: String,
    scheme: String,
    sealed: String,
    /// Its numbered prints, in a line; empty: none.
    sheets: String,
    /// The holder's keys were lost or they left, and this copy ended.
    lost: String,
    signed: String,
    opened: String,
    confirmed: String,
    ended: bool,
    /// It was supplied, and its end is shown on a page of its own.
    supplied: bool,
}

fn line(copy: &Copy) -> Line {
    let at = |ms: Option<i64>| ms.map_or_else(|| "Not yet".to_owned(), long);
    let outcome = match copy.outcome.as_deref() {
        Some("surrendered") => "Surrendered, ",
        Some(_) => "Destroyed, ",
        None => "",
    };
    Line {
        id: copy.id.clone(),
        holder: copy.holder_name.clone(),
        scheme: copy.scheme_name.clone(),
        sealed: at(copy.sealed_at),
        sheets: String::new(),
        lost: match (copy.left_at, copy.replaced_at) {
            (Some(ms), _) => format!("Left the scheme: ended on {}", long(ms)),
            (None, Some(ms)) => format!("Keys lost: destroyed on {}", long(ms)),
            (None, None) => String::new(),
        },
        signed: at(copy.acknowledged_at),
        opened: at(copy.opened_at),
        confirmed: format!("{outcome}{}", at(copy.confirmed_at)),
        ended: copy.confirmed_at.is_some(),
        // What a leaver held is owed by them, whoever follows.
        supplied: copy.sealed_at.is_some() && (copy.replaced_at.is_none() || copy.replaced_at == copy.left_at),
    }
}

/// A line for each electronic copy; its sheets are counted under it, for the ledger lists them.
fn lines(copies: &[Copy]) -> Vec<Line> {
    let electronic = copies.iter().filter(|copy| copy.is_electronic());
    let with_sheets = |copy: &Copy| {
        // Sheets end and are replaced with the holder's own copy; what stands under it is the same person's.
        let own = |one: &&Copy| {
            !one.is_electronic() && one.holder == copy.holder && one.replaced_at.is_some() == copy.replaced_at.is_some()
        };
        let sheets: Vec<&Copy> = copies.iter().filter(own).collect();
        let opened = sheets.iter().filter(|one| one.opened_at.is_some()).count();
        let gone = sheets.iter().filter(|one| one.confirmed_at.is_some()).count();
        let told = match sheets.len() {
            0 => String::new(),
            1 => format!("1 numbered print: {opened} opened, {gone} confirmed gone"),
            many => format!("{many} numbered prints: {opened} opened, {gone} confirmed gone"),
        };
        Line { sheets: told, ..line(copy) }
    };
    electronic.map(with_sheets).collect()
}

/// Its life in dates, up to where it is.
fn facts(sheet: &desk::Sheet) -> Vec<Row> {
    let release = &sheet.filed.release;
    let mut rows = Vec::new();
    if let Some(authority) = release.stage.authority() {
        rows.push(row("Reference", authority.urn.as_str()));
    }
    rows.push(row("Area", format!("{} ({})", sheet.area.name, sheet.area.code)));
    rows.push(row("Asked for", format!("{}, by {}", release.requested_at.long(), sheet.officer)));
    if let Some(authority) = release.stage.authority() {
        let by = sheet.authorised_by.as_deref().unwrap_or_default();
        rows.push(row("Authorised", format!("{}, by {by}", authority.at.long())));
        let was = if sheet.word == "live" { "Open to its recipients until" } else { "Time limit" };
        rows.push(row(was, authority.until.deadline()));
    }
    let reason = sheet.file.reason.as_ref().map_or("", |reason| reason.as_str());
    match &release.stage {
        Stage::Closed { by, at } => {
            let what = if *by == release.requested_by { "Withdrawn" } else { "Refused" };
            rows.push(row(what, at.long()));
            rows.push(row("Reason", reason));
        }
        Stage::Recalled { at, .. } => {
            rows.push(row("Recalled", at.long()));
            rows.push(row("Reason", reason));
        }
        Stage::Returned { at, .. } => {
            rows.push(row("Sent back", at.long()));
            rows.push(row("What is missing", reason));
        }
        Stage::Voided { at, .. } => {
            rows.push(row("Voided", at.long()));
            rows.push(row("Reason", reason));
        }
        Stage::Draft | Stage::Requested | Stage::Live(_) => {}
    }
    rows
}

/// Where the boxes are of the keys that the photographs lie under.
fn boxes(sheet: &desk::Sheet) -> String {
    let place = |unit: &String| format!("/areas/{}/unit/boxes/{unit}", sheet.area.id);
    sheet.units.iter().map(place).collect::<Vec<_>>().join(" ")
}

impl Sheet {
    fn of(sheet: &desk::Sheet, own: bool, steps: Vec<Step>, (email, overlay): (String, String), now: Moment) -> Self {
        let request = &sheet.file.request;
        Self {
            standing: if own { state::told(sheet) } else { story::standing(sheet) },
            steps,
            duties: sheet.duties.iter().map(DutyLine::of).collect(),
            id: sheet.filed.release.id.to_string(),
            title: request.title.as_str().to_owned(),
            tag: Some(stage_tag(sheet.word)),
            facts: facts(sheet),
            request: record::request(sheet),
            record: sheet.record.clone(),
            begun: sheet.begun,
            photographs: sheet
                .photographs
                .iter()
                .map(|one| Photograph { id: one.id.clone(), size: format!("{} by {} pixels", one.width, one.height) })
                .collect(),
            copies: lines(&sheet.copies),
            signatures: sheet.signatures.clone(),
            corrections: String::new(),
            demands: false,
            whole: false,
            retention: Vec::new(),
            retained: false,
            may: sheet.may,
            waits: Waits::of(sheet.filed.release.id, &sheet.waits, sheet.word, sheet.may, now),
            elsewhere: sheet.links.iter().map(side).collect(),
            area: sheet.area.id.clone(),
            unit_box: boxes(sheet),
            unit_recipient: sheet.units.join(" "),
            email,
            overlay,
        }
    }
}

/// What a co-ordinator may do with a live release, for samples.
fn every() -> May {
    May {
        recall: true,
        original: true,
        seal: true,
        void: true,
        record: true,
        duties: true,
        areas: true,
        reviews: true,
        shorten: true,
        notice: true,
        ..May::default()
    }
}

/// A signature, for samples.
fn signature(verified: bool) -> Signature {
    Signature {
        id: "1".into(),
        title: "Request for a release".into(),
        name: "Alex Doe".into(),
        at: "21 November 2026 at 5:30pm".into(),
        words: "home practice tuna lens aware tape".into(),
        verified,
    }
}

fn copy_sample(ended: bool) -> Line {
    Line {
        id: "1".into(),
        holder: "Priya Shah".into(),
        scheme: "Colchester Retail Watch".into(),
        sealed: "21 November 2026 at 5:30pm".into(),
        sheets: if ended { String::new() } else { "2 numbered prints: 1 opened, 0 confirmed gone".into() },
        lost: if ended { "Keys lost: destroyed on 22 November 2026 at 9:00am".into() } else { String::new() },
        signed: "Not yet".into(),
        opened: "Not yet".into(),
        confirmed: "Not yet".into(),
        ended,
        supplied: !ended,
    }
}

impl Page for Sheet {
    const TEMPLATE: &'static str = "pages/police/sheet.html";

    fn samples() -> Vec<Self> {
        let asked = Self {
            id: "1".into(),
            title: "Thefts from pharmacies".into(),
            tag: Some(stage_tag("requested")),
            facts: vec![row("Asked for", "21 November 2026 at 5:30pm, by Alex Doe")],
            request: vec![row("Purposes", "Prevention of crime\nDetection of crime"), row("Locality", "")],
            may: May { decide: true, withdraw: true, ..May::default() },
            waits: Waits::sample(),
            standing: "Alex Doe asked for this. Nothing has left the police.".into(),
            ..Self::default()
        };
        let live = Self {
            tag: Some(stage_tag("live")),
            record: vec![Section {
                title: "JAPAN (K6.4)".into(),
                part: "risk",
                saved: "Saved by Sam Roe on 21 November 2026 at 5:30pm".into(),
                rows: vec![("Justified (K6.4)".into(), "Repeated thefts".into())],
            }],
            photographs: vec![Photograph { id: "1".into(), size: "800 by 1000 pixels".into() }],
            copies: vec![copy_sample(false), copy_sample(true)],
            signatures: vec![signature(true), signature(false)],
            corrections: "1 report of a holder waits for an answer.".into(),
            retention: vec!["Legal hold since 21 November 2026 at 5:30pm, placed by Sam Roe: a claim".into()],
            retained: true,
            may: every(),
            standing: "It was authorised on 21 November 2026.".into(),
            steps: vec![Step {
                at: "21 November 2026 at 5:30pm".into(),
                title: "Authorised as CZ/001/26".into(),
                by: "Sam Roe".into(),
                text: "Open until 11:59pm on 19 January 2027.".into(),
            }],
            duties: DutyLine::samples(),
            elsewhere: vec![Side::sample()],
            email: "sam@example.org".into(),
            overlay: "Sam Roe · 21 November 2026".into(),
            ..Self { id: "2".into(), title: "Thefts".into(), ..Self::default() }
        };
        vec![asked, live]
    }
}

async fn page(v: &Visit) -> Result<Sheet, No> {
    let sheet = desk::sheet(&v.office, v.actor(), v.id(ReleaseId::parse)?, v.stamp()).await?;
    let email = desk::account(&v.office, v.actor()).await?.email;
    let overlay = format!("{} · {}", v.person()?.name, long_day(v.now.day()));
    let own = v.actor().person() == Some(sheet.filed.release.requested_by);
    let records = audit::story(&v.office, v.actor(), sheet.filed.release.id).await?;
    let names = Names { people: audit::names(&v.office).await?, releases: HashMap::new() };
    let steps = story::steps(&sheet, &records, &names);
    let corrections = corrections::in_short(&v.office, sheet.filed.release.id).await?;
    // A void number was opened by nobody: there is nothing to account for.
    let supplied = matches!(sheet.filed.release.stage, Stage::Live(_) | Stage::Recalled { .. });
    let demands = supplied && demands::sees(v.actor(), sheet.filed.release.area);
    let whole = demands && certificate::is_given(&v.office, sheet.filed.release.id).await?;
    let retention = retention::in_short(&v.office, sheet.filed.release.id).await?;
    let retained = retention::may_see(v.actor(), sheet.filed.release.area);
    let own = Sheet::of(&sheet, own, steps, (email, overlay), v.now);
    Ok(Sheet { demands, whole, corrections, retention, retained, ..own })
}

/// `GET /releases/{id}`; one's own draft leads to where it is written.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    if retention::is_disposed(&v.office, v.actor(), id).await? {
        return Answer::see(format!("/retention/{id}"));
    }
    if draft::is_draft(&v.office, v.actor(), id).await? {
        return Answer::see(format!("/releases/{id}/request"));
    }
    let page = page(&v).await?;
    v.page(&page.title, &page)
}

/// `POST /releases/{id}/withdraw`.
pub async fn withdraw(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    match release::withdraw(&v.office, v.actor(), id, &v.form(), v.stamp()).await {
        Ok(()) => Answer::see(format!("/releases/{id}")),
        Err(no) => {
            let page = page(&v).await?;
            v.again(no, &page.title, &page)
        }
    }
}
