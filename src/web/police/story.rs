//! A release told in plain words: where it stands and what comes next, then what happened, step by step, from the log's records.
//!
//! Promise: each step is a record of the log, with its time and name; what is left out here (looks at pages, later openings) stands
//! in the whole timeline. Absent on purpose: words of a case, which the log does not have.

use crate::actions::audit::Record;
use crate::actions::desk::Sheet;
use crate::actions::duties::State;
use crate::domain::duty::Duty;
use crate::domain::event::Kind;
use crate::domain::moment::Moment;
use crate::domain::release::{Part, Question, Stage};
use crate::web::log::Names;
use crate::web::log_check::Step;

/// Where it stands and what comes next, in one paragraph.
pub(crate) fn standing(sheet: &Sheet) -> String {
    let release = &sheet.filed.release;
    let (done, parts) = sheet.parts;
    let copies = sheet.copies.iter().filter(|copy| copy.replaced_at.is_none() && copy.is_electronic());
    let count = |test: fn(&crate::actions::desk::Copy) -> bool| copies.clone().filter(|copy| test(copy)).count();
    let (all, sealed) = (copies.clone().count(), count(|copy| copy.sealed_at.is_some()));
    let (opened, gone) = (count(|copy| copy.opened_at.is_some()), count(|copy| copy.confirmed_at.is_some()));
    let asked = format!("{} asked for this on {}.", sheet.officer, release.requested_at.long());
    let limit = release.stage.authority().map_or_else(String::new, |authority| authority.until.deadline());
    let rest = match (&release.stage, sheet.word) {
        (Stage::Draft, _) => {
            "You are still writing this request, and nobody else sees it. Next: finish it, sign it and send it."
                .to_owned()
        }
        (Stage::Requested, _) => format!(
            "{asked} Nothing has left the police. {done} of {parts} parts of the decision are complete. Next: the Area Intelligence \
             Co-ordinator completes the parts and signs, sends it back, or refuses (K7.7)."
        ),
        (Stage::Returned { at, .. }, _) => format!(
            "{asked} It was sent back on {}, because something is missing. Nothing has left the police. Next: {} completes it and \
             sends it again, or withdraws it.",
            at.long(),
            sheet.officer
        ),
        (Stage::Closed { by, at }, _) => {
            let what = if *by == release.requested_by { "withdrawn" } else { "refused" };
            format!("{asked} It was {what} on {}. Nothing left the police, and nothing comes next.", at.long())
        }
        (Stage::Voided { at, .. }, _) => format!(
            "Its number was issued in error and voided on {}. Nobody had opened a copy. The number stays in the register with its \
             reason (K8.3).",
            at.long()
        ),
        (Stage::Recalled { at, .. }, _) => format!(
            "It was recalled on {}, and nobody outside the police can open it. {gone} of {all} recipients have confirmed that nothing is \
             left. Next: the others surrender or destroy what they hold, and confirm it (K8.2).",
            at.long()
        ),
        (Stage::Live(_), "expired") => format!(
            "Its time limit was {limit}, and nobody outside the police can open it. {gone} of {all} recipients have confirmed that \
             nothing is left. Next: the others confirm (K7.8, K8.2)."
        ),
        (Stage::Live(authority), _) if sealed < all => format!(
            "It was authorised on {} and is open until {limit}. {sealed} of {all} copies are sealed. Next: the co-ordinator seals the \
             others, because nobody can open a copy before.",
            authority.at.long()
        ),
        (Stage::Live(authority), _) => format!(
            "It was authorised on {} and is open to its {all} recipients until {limit}. {opened} of them have opened it. Next: it closes \
             by itself at its limit, or is recalled before (K7.8, K8.2).",
            authority.at.long()
        ),
    };
    match sheet.duties.iter().filter(|duty| duty.state == State::Open).count() {
        0 => rest,
        1 => format!("{rest} One duty is open."),
        many => format!("{rest} {many} duties are open."),
    }
}

/// The steps of its story, newest first.
pub(in crate::web) fn steps(sheet: &Sheet, records: &[Record], names: &Names) -> Vec<Step> {
    let (mut parts, mut opened, mut steps) = (Vec::new(), Vec::new(), Vec::new());
    // A part saved again counts at its last time; a copy opened again at its first.
    for record in records.iter().rev() {
        if word(record, "kind") == Kind::Considered.word() {
            if parts.contains(&word(record, "part")) {
                continue;
            }
            parts.push(word(record, "part"));
        }
        steps.extend(step(sheet, record, names).map(|step| (record, step)));
    }
    let mut told: Vec<Step> = Vec::new();
    for (record, step) in steps.into_iter().rev() {
        if word(record, "kind") == Kind::Viewed.word() {
            if opened.contains(&word(record, "copy")) {
                continue;
            }
            opened.push(word(record, "copy"));
        }
        told.push(step);
    }
    told.reverse();
    told
}

fn word<'a>(record: &'a Record, field: &str) -> &'a str {
    record.body.get(field).and_then(serde_json::Value::as_str).unwrap_or_default()
}

/// The limit that a record gave.
fn limit(record: &Record) -> String {
    Moment::parse_rfc3339(word(record, "until")).map_or_else(String::new, Moment::deadline)
}

/// What happened to one copy or sheet.
fn of_copy(sheet: &Sheet, record: &Record, kind: Kind) -> Option<String> {
    let copy = sheet.copies.iter().find(|copy| copy.id == word(record, "copy"));
    let holder = copy.map_or("a recipient", |copy| copy.holder_name.as_str());
    let what = match copy.map_or(0, |copy| copy.print) {
        0 => "Copy".to_owned(),
        sheet => format!("Sheet {sheet}"),
    };
    Some(match kind {
        Kind::Sealed => format!("{what} sealed to {holder}"),
        Kind::Viewed if copy.is_some_and(|copy| copy.print > 0) => format!("{what} of {holder} opened for printing"),
        Kind::Viewed => "First opened".to_owned(),
        Kind::Confirmed => {
            let how = if word(record, "outcome") == "surrendered" { "surrendered" } else { "destroyed" };
            format!("{what} of {holder} confirmed {how}")
        }
        Kind::Destroyed => format!("Key and files of {holder}’s copy destroyed"),
        Kind::CopyReplaced => {
            let before = sheet.copies.iter().find(|copy| copy.id == word(record, "of"));
            match before.filter(|before| before.left_at.is_some()) {
                Some(left) => format!("{}’s copy ended; {holder}’s copy takes its place", left.holder_name),
                None => format!("A new copy for {holder}, whose keys were lost"),
            }
        }
        Kind::PrintFreed => format!("{what} of {holder} freed to be printed again"),
        Kind::PrintCarried => format!("{what} carried to {holder}"),
        _ => return None,
    })
}

/// One record in words; `None`: it is no step of the story.
fn step(sheet: &Sheet, record: &Record, names: &Names) -> Option<Step> {
    let kind = Kind::parse(word(record, "kind"))?;
    let (title, text) = match kind {
        Kind::Requested => ("Asked for".to_owned(), String::new()),
        Kind::Returned => ("Sent back to the officer".to_owned(), String::new()),
        Kind::Considered => {
            let part = Part::parse(word(record, "part")).map_or("", Part::title);
            (format!("Part of the decision saved: {part}"), String::new())
        }
        Kind::Represented => ("Representations of the person put on record".to_owned(), String::new()),
        Kind::Ruled => {
            let question = Question::parse(word(record, "question")).map_or("", Question::title);
            let disclose = record.body.get("disclose").and_then(serde_json::Value::as_bool) == Some(true);
            let said = if disclose { "Disclosure may go on." } else { "Nothing is disclosed." };
            (format!("Decided: {question}"), said.to_owned())
        }
        Kind::ResultTold => ("The person was told the result in writing".to_owned(), String::new()),
        Kind::Closed => {
            let own = word(record, "actor") == format!("person/{}", sheet.filed.release.requested_by);
            ((if own { "Withdrawn" } else { "Refused" }).to_owned(), String::new())
        }
        Kind::Authorised => {
            (format!("Authorised as {}", word(record, "urn")), format!("Open until {}.", limit(record)))
        }
        Kind::Acknowledged => ("Conditions of the supply signed".to_owned(), String::new()),
        Kind::Original => ("An original was opened".to_owned(), String::new()),
        Kind::Recalled => ("Recalled".to_owned(), String::new()),
        Kind::Reviewed => ("Review signed (form 3796)".to_owned(), String::new()),
        Kind::ReviewReturned => ("Review sent back, to be made again".to_owned(), String::new()),
        Kind::Continued => ("Continued after a review".to_owned(), format!("Open until {}.", limit(record))),
        Kind::Shortened => ("Time limit brought forward".to_owned(), format!("Open until {}.", limit(record))),
        Kind::NoticeEnded => ("Exclusion notice ended early".to_owned(), format!("Open until {}.", limit(record))),
        Kind::Voided => ("Number voided".to_owned(), String::new()),
        Kind::Expired => ("The time limit was reached".to_owned(), String::new()),
        Kind::Duty => {
            let duty = Duty::parse(word(record, "duty")).map_or("", Duty::title);
            let done = record.body.get("done").and_then(serde_json::Value::as_bool) == Some(true);
            (format!("{}: {duty}", if done { "Duty done" } else { "Marked" }), String::new())
        }
        _ => (of_copy(sheet, record, kind)?, String::new()),
    };
    let at = Moment::parse_rfc3339(word(record, "at")).map_or_else(String::new, Moment::long);
    Some(Step { at, title, by: names.of(word(record, "actor")), text })
}
