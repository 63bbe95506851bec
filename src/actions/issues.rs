//! The register of issues as a table to keep (K8.3), and whose registers a person may read.

use crate::actions::audit::defused;
use crate::actions::{Fault, FieldError, No, Office, Stamp, find, registers};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::AreaId;
use crate::domain::moment::Moment;
use crate::domain::policy::{Act, Thing, may};
use crate::domain::urn::Urn;
use crate::domain::words::Prose;
use crate::store::people::Area;
use crate::store::releases::Issue;
use crate::store::search::Numbers;

/// The areas whose register `by` may read.
pub async fn areas(office: &Office, by: &Actor) -> Result<Vec<Area>, No> {
    let mut seen = Vec::new();
    for area in registers::areas(office).await? {
        if may(by, Act::SeeIssues, Thing::Area(area.id()?)) {
            seen.push(area);
        }
    }
    Ok(seen)
}

/// The stage's word at `now`; time is not stored (K7.8).
pub fn word(issue: &Issue, now: Moment) -> &str {
    let over = issue.until.is_some_and(|until| now >= Moment::from_millis(until));
    if issue.stage == "live" && over { "expired" } else { &issue.stage }
}

/// Numbers on one page.
pub const PAGE: i64 = 50;
/// Numbers in one table.
const TABLE_MAX: i64 = 10_000;

/// A search of the register as it was typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typed<'a> {
    /// A number however typed, or its serial alone.
    pub q: &'a str,
    /// A stage's word.
    pub stage: &'a str,
    /// Issued from this day.
    pub from: &'a str,
    /// To this day.
    pub to: &'a str,
    /// Which page, from 1.
    pub page: i64,
}

/// The stages a number can have.
pub const STAGES: [&str; 5] = ["live", "expired", "recalled", "voided", "disposed"];

fn sought(typed: Typed<'_>, now: Moment) -> Result<Numbers, No> {
    let mut wrong = Vec::new();
    let (q, urn) = (typed.q.trim(), Urn::parse(typed.q));
    let serial = if q.chars().all(|c| c.is_ascii_digit()) { q.parse().ok().filter(|n| *n > 0) } else { None };
    if !q.is_empty() && urn.is_none() && serial.is_none() {
        wrong.push(FieldError::new("q", "Enter a reference like CZ/001/26, or its number alone, like 1"));
    }
    let (from, to) = find::days(typed.from, typed.to, &mut wrong);
    if !typed.stage.is_empty() && !STAGES.contains(&typed.stage) {
        wrong.push(FieldError::new("stage", "Choose one from the list"));
    }
    if !wrong.is_empty() {
        return Err(No::Invalid(wrong));
    }
    Ok(Numbers {
        urn: urn.map_or_else(String::new, |urn| urn.to_string()),
        serial: serial.unwrap_or(0),
        stage: typed.stage.to_owned(),
        from,
        to,
        now,
        limit: PAGE,
        skip: (typed.page.clamp(1, 100_000) - 1) * PAGE,
    })
}

/// Seals why a number was voided, as the register keeps it when nothing else of the case is left (K8.3): words of a case.
pub(super) fn seal_reason(office: &Office, urn: &str, reason: &Prose) -> Result<Vec<u8>, No> {
    Ok(office.seal_field("issue", urn, "void_words", 0, reason.as_str().as_bytes())?)
}

/// Each number with why it was voided; empty: it was not.
fn opened(office: &Office, issues: Vec<Issue>) -> Result<Vec<(Issue, String)>, No> {
    let open = |issue: Issue| {
        let Some(sealed) = &issue.void_words else { return Ok((issue, String::new())) };
        let plain = office.open_field("issue", &issue.urn, "void_words", 0, sealed)?;
        let words = String::from_utf8(plain.to_vec()).map_err(|_| Fault::Corrupt {
            table: "issue",
            column: "void_words",
            row: issue.urn.clone(),
        })?;
        Ok((issue, words))
    };
    issues.into_iter().map(open).collect()
}

/// One page of the numbers sought in an area's register, and how many there are in all.
pub async fn find(
    office: &Office,
    by: &Actor,
    area: AreaId,
    typed: Typed<'_>,
    stamp: Stamp,
) -> Result<(Vec<(Issue, String)>, i64), No> {
    registers::may_read_issues(office, by, area, stamp).await?;
    let mut of = sought(typed, office.now())?;
    let mut conn = office.read().await?;
    let (issues, count) = conn.find_issues(area, &of).await?;
    if issues.is_empty() && of.skip > 0 {
        // Beyond the last page: only the count is wanted.
        (of.skip, of.limit) = (0, 1);
        return Ok((Vec::new(), conn.find_issues(area, &of).await?.1));
    }
    Ok((opened(office, issues)?, count))
}

/// What is shown of the register, as CSV, defused (ASVS 1.2.10); that it left is a leaf.
pub async fn csv(office: &Office, by: &Actor, area: AreaId, typed: Typed<'_>, stamp: Stamp) -> Result<String, No> {
    registers::may_read_issues(office, by, area, stamp.clone()).await?;
    let of = Numbers { limit: TABLE_MAX, skip: 0, ..sought(typed, office.now())? };
    let (issues, _) = office.read().await?.find_issues(area, &of).await?;
    let issues = opened(office, issues)?;
    let text = table(&issues, office.now())?;
    let (by, event) = (by.clone(), Event::new(Kind::Exported, format!("area/{area}")).with("what", "issues"));
    office.act(move |tx| Box::pin(async move { Ok(tx.append(&event, &by, &stamp).await?) })).await?;
    Ok(text)
}

fn table(issues: &[(Issue, String)], now: Moment) -> Result<String, Fault> {
    let broken = |why: String| Fault::Other(why);
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["reference", "issued", "state", "open_until", "copies", "voided", "reason", "disposed_of"])
        .map_err(|why| broken(why.to_string()))?;
    let at = |ms: Option<i64>| ms.map_or_else(String::new, |ms| Moment::from_millis(ms).rfc3339());
    for (issue, reason) in issues {
        let row = [
            issue.urn.clone(),
            at(Some(issue.issued_at)),
            word(issue, now).to_owned(),
            at(issue.until),
            issue.copies.to_string(),
            at(issue.voided_at),
            reason.clone(),
            at(issue.disposed_at),
        ];
        out.write_record(row.map(|cell| defused(&cell))).map_err(|why| broken(why.to_string()))?;
    }
    let bytes = out.into_inner().map_err(|why| broken(why.to_string()))?;
    String::from_utf8(bytes).map_err(|why| broken(why.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_shows_at_its_millisecond_and_formulas_are_defused() {
        let issue = Issue {
            urn: "CZ/001/26".into(),
            serial: 1,
            release_id: String::new(),
            issued_at: 0,
            stage: "live".into(),
            until: Some(1_000),
            copies: 2,
            voided_at: None,
            void_words: None,
            disposed_at: None,
        };
        assert_eq!(word(&issue, Moment::from_millis(999)), "live");
        assert_eq!(word(&issue, Moment::from_millis(1_000)), "expired");
        let text = table(&[(issue, "=1+1".into())], Moment::from_millis(0)).unwrap();
        assert!(text.contains("CZ/001/26,1970-01-01T00:00:00.000Z,live,1970-01-01T00:00:01.000Z,2,,'=1+1"), "{text}");
    }
}
