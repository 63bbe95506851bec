//! The record of authority (forms 3795 and 3796): what was asked, what was considered, what others decided, who receives.
//!
//! Promise: the page, its print and the words that are signed are one: [`text`] says exactly what [`sections`] shows. The words
//! that leave stand in it by digest alone, since they are erased at authority (P4).

use std::fmt::Write as _;

use crate::actions::decision::questions::{self, Kind, Question, When};
use crate::actions::decision::{Answers, Gathered, Saved};
use crate::actions::rulings::{RECEIPT, REPRESENTATION, Told};
use crate::actions::{Fault, No, Office, elsewhere};
use crate::domain::content;
use crate::domain::ids::{AreaId, MemberId, PersonId};
use crate::domain::moment::{Moment, long_day, parse_day};
use crate::domain::release::{Part, Question as Asked, Stage};
use crate::store::Conn;
use crate::store::decisions::RulingRow;
use crate::store::documents::Document;

/// A titled part of the record.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Section {
    /// Its title, with the clauses.
    pub title: String,
    /// Which part of the decision it is; empty: none, it is changed elsewhere.
    pub part: &'static str,
    /// Who saved it and when; empty where it is nobody's own.
    pub saved: String,
    /// Question and answer.
    pub rows: Vec<(String, String)>,
}

pub(in crate::actions) fn row(label: impl Into<String>, value: impl Into<String>) -> (String, String) {
    let value: String = value.into();
    (label.into(), if value.is_empty() { "Not recorded".to_owned() } else { value })
}

/// A box that was left empty in a part that was saved: many apply to some cases alone.
pub(in crate::actions) const NOTHING: &str = "Nothing entered";

/// Whether a question is asked in this case.
pub fn is_asked(question: &Question, of: &Gathered) -> bool {
    match question.when {
        When::Always => true,
        When::Photographs => !of.photographs.is_empty(),
        When::Named => of.file.request.named,
        When::ConvictionLike => !content::conviction_like(&of.case.words).is_empty(),
    }
}

/// The whole record.
pub async fn sections(office: &Office, conn: &mut Conn, of: &Gathered) -> Result<Vec<Section>, No> {
    let mut all = vec![request(conn, of).await?];
    for (part, ..) in Part::ALL {
        if let Some(saved) = of.answers(part) {
            all.push(considered(conn, of, saved).await?);
        }
    }
    all.extend(decided(office, conn, of).await?);
    all.extend(elsewhere::recorded(office, conn, of.filed.release.id).await?);
    all.extend(in_force(of));
    Ok(all)
}

/// The versions of the policy's texts and numbers that it is, or was, decided under; none on a case that was decided before they were
/// recorded, or that ended undecided.
fn in_force(of: &Gathered) -> Option<Section> {
    let open = matches!(of.filed.release.stage, Stage::Requested);
    let versions = of.file.versions.as_ref().or(open.then_some(&of.case.versions))?;
    let rows = versions.told().into_iter().map(|(title, version)| row(title, format!("Version {version}"))).collect();
    Some(Section { title: "Texts and numbers in force".to_owned(), part: "", saved: String::new(), rows })
}

/// The same as words to be signed.
pub fn text(sections: &[Section]) -> String {
    let mut text = "Record of authority (forms 3795 and 3796)\n".to_owned();
    for section in sections {
        let _ = write!(text, "\n{}\n", section.title);
        if !section.saved.is_empty() {
            let _ = writeln!(text, "{}", section.saved);
        }
        for (label, value) in &section.rows {
            let _ = writeln!(text, "{label}: {value}");
        }
    }
    text
}

/// Somebody's name.
pub(in crate::actions) async fn name(conn: &mut Conn, id: &str) -> Result<String, No> {
    let id = PersonId::parse(id).ok_or(No::NotFound)?;
    Ok(conn.person(id).await?.map_or_else(String::new, |person| person.name))
}

/// What the officer asked.
async fn request(conn: &mut Conn, of: &Gathered) -> Result<Section, No> {
    let request = &of.file.request;
    let yes = |is: bool| if is { "Yes" } else { "No" };
    let officer = name(conn, &of.filed.release.requested_by.to_string()).await?;
    let purposes: Vec<&str> = request.purposes.iter().map(|purpose| purpose.title()).collect();
    let (words, pictures) = of.subject();
    let mut rows = vec![
        row("Title", request.title.as_str()),
        row("Asked for by", officer),
        row("On", of.filed.release.requested_at.long()),
        row("Why it is needed", request.reasons.as_str()),
        row("Purposes (K6.2.3)", purposes.join(", ")),
        row("Locality (K6.2.2)", request.locality.as_str()),
        row("Danger: do not approach (K8.5)", yes(request.danger)),
        row("Names the person (K8.3)", yes(request.named)),
        row("Words that would leave", if words.is_empty() { "None".to_owned() } else { words }),
        row("Photographs", if pictures.is_empty() { "None: text only".to_owned() } else { pictures.join("\n") }),
    ];
    if !pictures.is_empty() {
        rows.push(row("Genesis/Athena reference by the officer (K5.2)", request.source.reference.as_str()));
    }
    Ok(Section { title: "Request (K7.7)".to_owned(), part: "", saved: String::new(), rows })
}

/// One part's answers.
async fn considered(conn: &mut Conn, of: &Gathered, saved: &Saved) -> Result<Section, No> {
    let mut rows = Vec::new();
    for question in questions::of(saved.part).iter().filter(|question| is_asked(question, of)) {
        let value = answer(conn, of, question, &saved.answers).await?;
        let value = if value.is_empty() { NOTHING.to_owned() } else { value };
        rows.push(row(format!("{} ({})", question.label, question.clause), value));
    }
    Ok(Section {
        title: format!("{} ({})", saved.part.title(), saved.part.clause()),
        part: saved.part.word(),
        saved: format!("Saved by {} on {}", saved.by_name, saved.at.long()),
        rows,
    })
}

/// An answer in words.
async fn answer(conn: &mut Conn, of: &Gathered, question: &Question, answers: &Answers) -> Result<String, No> {
    let all = values(answers, question.name);
    Ok(match question.kind {
        Kind::People => {
            let told = |(receiver, footing): &(crate::store::registers::Receiver, crate::domain::scheme::Footing)| {
                format!("{}, {} ({})", receiver.name, receiver.scheme_name, footing.role.title())
            };
            of.people.iter().map(told).collect::<Vec<_>>().join("\n")
        }
        Kind::Members => {
            let mut told = Vec::new();
            for id in all.iter().filter_map(|id| MemberId::parse(id)) {
                told.extend(conn.member(id).await?.map(|member| member.business));
            }
            told.join("\n")
        }
        Kind::Areas => {
            let mut told = Vec::new();
            for id in all.iter().filter_map(|id| AreaId::parse(id)) {
                told.extend(conn.area(id).await?.map(|area| format!("{} ({})", area.name, area.code)));
            }
            told.join("\n")
        }
        _ => plain(question, answers),
    })
}

fn values(answers: &Answers, name: &str) -> Vec<String> {
    answers.iter().filter(|(field, _)| field == name).map(|(_, value)| value.clone()).collect()
}

/// An answer that names nothing of the store, in words.
pub(in crate::actions) fn plain(question: &Question, answers: &Answers) -> String {
    let all = values(answers, question.name);
    let first = all.first().map_or("", String::as_str);
    match question.kind {
        Kind::Line | Kind::Prose => first.to_owned(),
        Kind::Day => parse_day(first).map_or_else(String::new, long_day),
        Kind::Moment(time) => {
            let time = values(answers, time);
            Moment::parse_london(first, time.first().map_or("", String::as_str)).map_or_else(String::new, Moment::long)
        }
        Kind::Choice(options) => options
            .iter()
            .find(|(value, ..)| *value == first)
            .map_or_else(String::new, |(_, words, _)| (*words).to_owned()),
        Kind::Tick => if first == "yes" { "Yes" } else { "No" }.to_owned(),
        Kind::People | Kind::Members | Kind::Areas | Kind::Copies => all.join("\n"),
    }
}

/// A document as the record names it: by its bytes.
fn paper(document: &Document) -> String {
    format!("{}, sha256:{}", document.media.to_uppercase(), document.sha256)
}

/// By whom and how the person was told what was ruled.
fn told(office: &Office, one: &RulingRow) -> Result<Vec<(String, String)>, No> {
    let Some(sealed) = &one.told else { return Ok(Vec::new()) };
    let plain = office.open_field("ruling", &one.id, "told", 0, sealed)?;
    let corrupt = |_| Fault::Corrupt { table: "ruling", column: "told", row: one.id.clone() };
    let told: Told = serde_json::from_slice(&plain).map_err(corrupt)?;
    Ok(vec![row("Told by", told.by.as_str()), row("How", told.how.as_str())])
}

/// The signed receipts of service.
async fn receipts(conn: &mut Conn, of: &Gathered) -> Result<Option<Section>, No> {
    let mut rows = Vec::new();
    for one in of.documents.iter().filter(|one| one.subject == RECEIPT) {
        let when = Moment::from_millis(one.added_at).long();
        rows.push(row(format!("Attached by {} on {when}", name(conn, &one.added_by).await?), paper(one)));
    }
    let title = "Receipt of service (O3.2.3)".to_owned();
    Ok((!rows.is_empty()).then_some(Section { title, part: "", saved: String::new(), rows }))
}

/// Receipts, representations, and what a higher rank decided.
async fn decided(office: &Office, conn: &mut Conn, of: &Gathered) -> Result<Vec<Section>, No> {
    let mut all: Vec<Section> = receipts(conn, of).await?.into_iter().collect();
    for one in &of.representations {
        let said = office.open_field("representation", &one.id, "body", 0, &one.body)?;
        let with = |document: &&Document| document.subject == REPRESENTATION && document.subject_id == one.id;
        let papers: Vec<String> = of.documents.iter().filter(with).map(paper).collect();
        all.push(Section {
            title: "Representations of the person (O3.2.3)".to_owned(),
            part: "",
            saved: format!(
                "Recorded by {} on {}",
                name(conn, &one.recorded_by).await?,
                Moment::from_millis(one.recorded_at).long()
            ),
            rows: vec![
                row("Received", Moment::from_millis(one.received_at).long()),
                row("What was said", String::from_utf8_lossy(&said)),
                row("Documents", if papers.is_empty() { "None".to_owned() } else { papers.join("\n") }),
            ],
        });
    }
    for one in &of.rulings {
        let ruling = one.ruling()?;
        let reasons = office.open_field("ruling", &one.id, "body", 0, &one.body)?;
        let mut rows = vec![
            row("Decision", if ruling.disclose { "Disclosure may go on" } else { "Nothing is disclosed" }),
            row("Reasons", String::from_utf8_lossy(&reasons)),
        ];
        if ruling.question == Asked::Representations {
            rows.push(row("Person told in writing", ruling.told_at.map_or_else(String::new, Moment::long)));
            rows.extend(told(office, one)?);
        }
        let saved = format!("Decided by {} on {}", name(conn, &one.decided_by).await?, ruling.at.long());
        all.push(Section { title: ruling.question.title().to_owned(), part: "", saved, rows });
    }
    Ok(all)
}
