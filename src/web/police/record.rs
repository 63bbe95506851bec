//! What was asked and what was considered, as lines of a record (forms 3795 and 3796): for the release's page and its print.

use crate::actions::desk::Sheet;
use crate::domain::moment::{Day, Moment, long_day};
use crate::domain::release::authority::{Basis, Considered, GroundsKind};
use crate::domain::texts::Versions;
use crate::web::police::{Row, row, yes};

/// A titled part of the record.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Part {
    title: &'static str,
    rows: Vec<Row>,
}

fn dated(day: Option<Day>) -> String {
    day.map_or_else(String::new, long_day)
}

/// The request's words.
pub(crate) fn request(sheet: &Sheet) -> Vec<Row> {
    let request = &sheet.file.request;
    let purposes: Vec<&str> = request.purposes.iter().map(|purpose| purpose.title()).collect();
    let mut rows = vec![
        row("Why it is needed", request.reasons.as_str()),
        row("Purposes", purposes.join("\n")),
        row("Locality", request.locality.as_str()),
        row("Danger: do not approach", yes(request.danger)),
        row("Names the person", yes(request.named)),
    ];
    if !sheet.photographs.is_empty() {
        rows.push(row("Custody photograph (PACE Code D)", yes(request.source.custody)));
        rows.push(row("Brought to justice or cautioned", yes(request.source.justice)));
        rows.push(row("Genesis/Athena reference of the photograph", request.source.reference.as_str()));
    }
    if let Some(draft) = &sheet.draft {
        if request.named {
            rows.push(row("Name that would leave", draft.name.as_str()));
        }
        if !draft.text.is_empty() {
            rows.push(row("Text that would leave", draft.text.as_str()));
        }
    }
    rows
}

/// The co-ordinator's record, part by part.
pub(crate) fn considered(of: &Considered, named: bool, versions: Option<&Versions>) -> Vec<Part> {
    vec![grounds(of), risk(of), japan(of), notice(of), elsewhere(of, named), in_force(versions)]
}

/// Under which versions of the policy's texts and numbers it was decided.
fn in_force(versions: Option<&Versions>) -> Part {
    let told = versions.map_or_else(String::new, |versions| versions.told().join("\n"));
    Part { title: "Texts and numbers in force", rows: vec![row("Decided under", told)] }
}

fn grounds(of: &Considered) -> Part {
    let basis = match of.basis {
        Some(Basis::CommonLaw) => "Common law (Hellewell 1995, North Wales 1998)",
        Some(Basis::Section115) => "Crime and Disorder Act 1998, section 115",
        None => "",
    };
    let kind = match of.grounds.kind {
        Some(GroundsKind::Intelligence) => "Current documented intelligence",
        Some(GroundsKind::PastOnly) => "A past reprimand, caution or conviction only",
        None => "",
    };
    let rows = vec![
        row("Legal basis", basis),
        row("Grounds rest on", kind),
        row("Grounds", of.grounds.words.as_str()),
        row("Intelligence report", of.grounds.reference.as_str()),
        row("Dated", dated(of.grounds.dated)),
        row("Prejudice if not disclosed", of.grounds.prejudice.as_str()),
    ];
    Part { title: "Basis and grounds", rows }
}

fn risk(of: &Considered) -> Part {
    let risk = &of.risk;
    let mut rows = vec![
        row("Confidentiality and sensitivity", risk.confidentiality.as_str()),
        row("Level of risk", risk.level.as_str()),
        row("Purpose of the disclosure", risk.purpose.as_str()),
        row("Special conditions", risk.conditions.as_str()),
        row("Possible harm to the person", risk.harm.as_str()),
        row("A risk was found", yes(risk.found)),
    ];
    if risk.found {
        rows.push(row("Plan to manage it", risk.plan.as_str()));
    }
    Part { title: "Risk assessment", rows }
}

fn japan(of: &Considered) -> Part {
    let japan = &of.japan;
    let rows = vec![
        row("Justified", japan.justified.as_str()),
        row("Authorised", japan.authorised.as_str()),
        row("Proportionate", japan.proportionate.as_str()),
        row("Auditable", japan.auditable.as_str()),
        row("Necessary", japan.necessary.as_str()),
    ];
    Part { title: "JAPAN", rows }
}

fn notice(of: &Considered) -> Part {
    let notice = &of.notice;
    let rows = vec![
        row("Served", notice.served_at.map_or_else(String::new, Moment::long)),
        row("By", notice.served_by.as_str()),
        row("How", notice.how.as_str()),
        row("Document kept", notice.document.as_str()),
        row("Representations made", yes(notice.representations)),
        row("Positive outcome", yes(of.positive_outcome)),
    ];
    Part { title: "Notice to the person", rows }
}

fn elsewhere(of: &Considered, named: bool) -> Part {
    let mut rows = vec![
        row("K-MIP record of sharing", of.kmip.as_str()),
        row("Genesis/Athena record", of.athena.as_str()),
        row("Dated", dated(of.athena_dated)),
    ];
    if named {
        rows.push(row("Why the name is given", of.name_why.as_str()));
    }
    if of.exclusion_ends.is_some() {
        rows.push(row("Exclusion notice in force to", dated(of.exclusion_ends)));
    }
    Part { title: "Records elsewhere", rows }
}
