//! The register of issues as a table to keep (K8.3), and whose registers a person may read.

use crate::actions::audit::defused;
use crate::actions::{Fault, No, Office, Stamp, registers};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::AreaId;
use crate::domain::moment::Moment;
use crate::domain::policy::{Act, Thing, may};
use crate::store::people::Area;
use crate::store::releases::Issue;

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

/// The register as CSV, defused (ASVS 1.2.10); that it left is a leaf.
pub async fn csv(office: &Office, by: &Actor, area: AreaId, stamp: Stamp) -> Result<String, No> {
    let issues = registers::issues(office, by, area, stamp.clone()).await?;
    let text = table(&issues, office.now())?;
    let (by, event) = (by.clone(), Event::new(Kind::Exported, format!("area/{area}")).with("what", "issues"));
    office.act(move |tx| Box::pin(async move { Ok(tx.append(&event, &by, &stamp).await?) })).await?;
    Ok(text)
}

fn table(issues: &[Issue], now: Moment) -> Result<String, Fault> {
    let broken = |why: String| Fault::Other(why);
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["reference", "issued", "state", "open_until", "copies", "voided", "reason"])
        .map_err(|why| broken(why.to_string()))?;
    let at = |ms: Option<i64>| ms.map_or_else(String::new, |ms| Moment::from_millis(ms).rfc3339());
    for issue in issues {
        let row = [
            issue.urn.clone(),
            at(Some(issue.issued_at)),
            word(issue, now).to_owned(),
            at(issue.until),
            issue.copies.to_string(),
            at(issue.voided_at),
            issue.void_reason.clone(),
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
            void_reason: "=1+1".into(),
        };
        assert_eq!(word(&issue, Moment::from_millis(999)), "live");
        assert_eq!(word(&issue, Moment::from_millis(1_000)), "expired");
        let text = table(&[issue], Moment::from_millis(0)).unwrap();
        assert!(text.contains("CZ/001/26,1970-01-01T00:00:00.000Z,live,1970-01-01T00:00:01.000Z,2,,'=1+1"), "{text}");
    }
}
