//! A review in words (form 3796): as it is signed, as it stands on the release's page, and in the printed record.
//!
//! Promise: the page and the words that are signed are one: [`text`] says exactly what [`shown`] shows.

use std::fmt::Write as _;

use crate::actions::decision::questions::Kind;
use crate::actions::decision::record::{NOTHING, Section, plain, row};
use crate::actions::reviews::{Gathered, Round, Saved, questions};
use crate::actions::{Fault, No, Office};
use crate::domain::actor::Role;
use crate::domain::ids::ReleaseId;
use crate::domain::moment::{Moment, long_day};
use crate::domain::release::ReviewOutcome;
use crate::domain::words::Prose;
use crate::store::Conn;
use crate::store::copies::Row as Copy;
use crate::store::reviews::LimitChange;

/// The release as it is when it is reviewed: what the reviewer and the decider sign first.
fn head(of: &Gathered) -> Result<Section, Fault> {
    let release = &of.of.filed.release;
    let authority = release.stage.authority();
    let mut rows = vec![
        row("Reference", authority.map_or("", |authority| authority.urn.as_str())),
        row("Title", of.of.file.request.title.as_str()),
        row("Authorised", authority.map_or_else(String::new, |authority| authority.at.long())),
        row("Time limit (K7.8)", authority.map_or_else(String::new, |authority| authority.until.deadline())),
        row("Counted from", of.counted_from().map_or_else(String::new, Moment::long)),
    ];
    if let Some(day) = of.notice()? {
        rows.push(row("Last day of the exclusion notice on record", long_day(day)));
    }
    Ok(Section { title: "The release".to_owned(), part: "", saved: String::new(), rows })
}

fn part(saved: &Saved, copies: &[Copy]) -> Section {
    let mut rows = Vec::new();
    for question in questions::of(saved.part) {
        let value = match question.kind {
            Kind::Copies => {
                let needs =
                    |copy: &&Copy| saved.answers.iter().any(|(name, id)| name == question.name && *id == copy.id);
                let told = |copy: &Copy| format!("{}, {}", copy.holder_name, copy.scheme_name);
                copies.iter().filter(needs).map(told).collect::<Vec<_>>().join("\n")
            }
            _ => plain(question, &saved.answers),
        };
        let value = if value.is_empty() { NOTHING.to_owned() } else { value };
        rows.push(row(format!("{} ({})", question.label, question.clause), value));
    }
    Section {
        title: format!("{} ({})", saved.part.title(), saved.part.clause()),
        part: saved.part.word(),
        saved: format!("Saved by {} on {}", saved.by_name, saved.at.long()),
        rows,
    }
}

/// The review as it is read and signed: the release, each part; by whom it was signed, once it was.
pub fn shown(of: &Gathered, round: &Round) -> Result<Vec<Section>, Fault> {
    let mut all = vec![head(of)?];
    all.extend(round.saved.iter().map(|saved| part(saved, &of.copies)));
    if let Some(at) = round.row.signed_at {
        let title = "Signed by the reviewing officer (K7.9)".to_owned();
        let rows = vec![row("Reviewing officer", round.signer.as_str()), row("On", Moment::from_millis(at).long())];
        all.push(Section { title, part: "", saved: String::new(), rows });
    }
    Ok(all)
}

/// The same as words to be signed.
pub fn text(sections: &[Section]) -> String {
    let mut text = "Review of a release (form 3796)\n".to_owned();
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

/// What was decided on a review; nothing while it was not.
pub fn decision(round: &Round) -> Result<Option<Section>, Fault> {
    let (Some(outcome), Some(at)) = (round.row.decided()?, round.row.decided_at) else { return Ok(None) };
    let said = round.reasons.clone().unwrap_or_default();
    let role = round.row.decided_as.as_deref().and_then(Role::parse).map_or("", Role::title);
    let mut rows = vec![row("Decision", outcome.title()), row("Reasons", said.reasons.as_str())];
    if !said.enactment.is_empty() {
        rows.push(row("Decided in the co-ordinator’s place under", said.enactment.as_str()));
    }
    let saved = format!("Decided by {}, {role}, on {}", round.decider, Moment::from_millis(at).long());
    let title = format!("Review {}: the decision (K7.8, K7.9)", round.row.round);
    Ok(Some(Section { title, part: "", saved, rows }))
}

fn change(change: &LimitChange, reason: &Prose) -> Result<Section, Fault> {
    let title = match change.kind.as_str() {
        "notice" => "The exclusion notice ended early (K7.8)",
        word if word == ReviewOutcome::Continue.word() => "Continued to a new limit (K7.8)",
        _ => "Time limit brought forward (K7.8)",
    };
    let until = |ms: i64| Moment::from_millis(ms).deadline();
    let mut rows =
        vec![row("Limit before", until(change.until_before)), row("Limit from then on", until(change.until_after))];
    if let Some(day) = change.notice()? {
        rows.push(row("Last day of the exclusion notice", long_day(day)));
    }
    if !reason.is_empty() {
        rows.push(row("Why", reason.as_str()));
    }
    let saved = format!("{} on {}", change.changer, Moment::from_millis(change.changed_at).long());
    Ok(Section { title: title.to_owned(), part: "", saved, rows })
}

/// Every review and every change of the limit, in their order, for the release's page and the printed record. Of a review that is being
/// written only that it is.
pub async fn sections(office: &Office, conn: &mut Conn, id: ReleaseId) -> Result<Vec<Section>, No> {
    let (rounds, changes) = super::history(office, conn, id).await?;
    let copies = conn.copies_of_release(id).await?;
    let mut all: Vec<(i64, Section)> = Vec::new();
    for round in &rounds {
        let Some(at) = round.row.signed_at else { continue };
        for saved in &round.saved {
            let one = part(saved, &copies);
            all.push((at, Section { title: format!("Review {}: {}", round.row.round, one.title), part: "", ..one }));
        }
        let signed = vec![row("Reviewing officer", round.signer.as_str()), row("On", Moment::from_millis(at).long())];
        let title = format!("Review {}: signed (form 3796, K7.9)", round.row.round);
        all.push((at, Section { title, part: "", saved: String::new(), rows: signed }));
        let decided = decision(round)?;
        all.extend(decided.map(|section| (round.row.decided_at.unwrap_or(at), section)));
    }
    for (one, reason) in &changes {
        all.push((one.changed_at, change(one, reason)?));
    }
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, section)| section).collect())
}
