//! Reads the co-ordinator's page: what was typed becomes what was considered, or every field that cannot be read.
//!
//! Absent on purpose: rules. Those are [`Considered::check`]; they are only asked here beside unreadable fields, so that one answer
//! tells everything at once. Field names are those of [`Refusal::told`]. Proved by the tests below.

use crate::actions::enrol::optional_day;
use crate::actions::request::read;
use crate::actions::{FieldError, No};
use crate::domain::ids::{PersonId, SchemeId};
use crate::domain::moment::Moment;
use crate::domain::refusal::Refusal;
use crate::domain::release::Considered;
use crate::domain::release::authority::{Basis, Grounds, GroundsKind, Japan, Notice, Risk};
use crate::domain::words::{Line, Prose};

/// A form as it was typed, with what was wrong in it so far.
struct Paper<'a, F: Fn(&'static str) -> &'a str> {
    field: F,
    wrong: Vec<FieldError>,
}

impl<'a, F: Fn(&'static str) -> &'a str> Paper<'a, F> {
    fn prose(&mut self, field: &'static str, what: &'static str) -> Prose {
        read(&mut self.wrong, field, Prose::optional(what, (self.field)(field))).unwrap_or_default()
    }

    fn line(&mut self, field: &'static str, what: &'static str) -> Line {
        read(&mut self.wrong, field, Line::optional(what, (self.field)(field))).unwrap_or_default()
    }

    /// A question with two answers; no answer is told with `ask`.
    fn answered(&mut self, field: &'static str, yes: &str, no: &str, ask: &str) -> bool {
        let typed = (self.field)(field);
        if typed != yes && typed != no {
            self.wrong.push(FieldError::new(field, ask));
        }
        typed == yes
    }

    fn day(&mut self, field: &'static str) -> Option<chrono::NaiveDate> {
        let raw = (self.field)(field);
        let day = optional_day(field, raw, &mut self.wrong)?;
        crate::domain::moment::parse_day(&day)
    }

    fn grounds(&mut self) -> Grounds {
        Grounds {
            kind: match (self.field)("grounds_kind") {
                "intelligence" => Some(GroundsKind::Intelligence),
                "past_only" => Some(GroundsKind::PastOnly),
                _ => None,
            },
            words: self.prose("grounds", "The grounds"),
            reference: self.line("intelligence_reference", "The reference of the intelligence"),
            dated: self.day("intelligence_date"),
            prejudice: self.prose("prejudice", "The prejudice"),
        }
    }

    fn risk(&mut self) -> Risk {
        Risk {
            confidentiality: self.prose("risk_confidentiality", "Confidentiality and sensitivity"),
            level: self.prose("risk_level", "The level of risk"),
            purpose: self.prose("risk_purpose", "The purpose"),
            conditions: self.prose("risk_conditions", "The special conditions"),
            harm: self.prose("risk_harm", "The possible harm"),
            found: self.answered("risk_found", "yes", "no", "Select whether you found a risk"),
            plan: self.prose("risk_plan", "The plan"),
        }
    }

    fn japan(&mut self) -> Japan {
        Japan {
            justified: self.prose("japan_justified", "Justified"),
            authorised: self.prose("japan_authorised", "Authorised"),
            proportionate: self.prose("japan_proportionate", "Proportionate"),
            auditable: self.prose("japan_auditable", "Auditable"),
            necessary: self.prose("japan_necessary", "Necessary"),
        }
    }

    fn notice(&mut self) -> Notice {
        let (date, time) = ((self.field)("notice_date").trim(), (self.field)("notice_time").trim());
        let served_at = Moment::parse_london(date, time);
        if served_at.is_none() && !(date.is_empty() && time.is_empty()) {
            let ask = "Enter the date and the time of service, such as 27 March 2026 and 17:30";
            self.wrong.push(FieldError::new("notice_date", ask));
        }
        Notice {
            served_at,
            served_by: self.line("notice_by", "Who served the notice"),
            how: self.line("notice_how", "How it was served"),
            document: self.line("notice_document", "Where the document is kept"),
            representations: self.answered(
                "representations",
                "yes",
                "no",
                "Select whether the person has made representations",
            ),
        }
    }
}

/// Reads the page. `field` gives what was typed in a field (missing: empty), `recipients` the ticked boxes; `named`: the request
/// names the person. Where a field cannot be read, unmet rules are told with it.
pub fn parse<'a>(
    field: impl Fn(&'static str) -> &'a str,
    recipients: &[&str],
    named: bool,
    now: Moment,
) -> Result<(Considered, Vec<(PersonId, SchemeId)>), No> {
    let mut paper = Paper { field, wrong: Vec::new() };
    let considered = Considered {
        basis: match (paper.field)("basis") {
            "common_law" => Some(Basis::CommonLaw),
            "section115" => Some(Basis::Section115),
            _ => None,
        },
        grounds: paper.grounds(),
        risk: paper.risk(),
        japan: paper.japan(),
        notice: paper.notice(),
        positive_outcome: paper.answered("outcome", "positive", "none", "Select whether there was a positive outcome"),
        name_why: paper.prose("name_why", "The justification of the name"),
        kmip: paper.line("kmip_reference", "The K-MIP reference"),
        athena: paper.line("athena_reference", "The Genesis/Athena reference"),
        athena_dated: paper.day("athena_date"),
        exclusion_ends: paper.day("exclusion_ends"),
    };
    let mut chosen = Vec::new();
    for value in recipients {
        let pair = value.split_once(':').and_then(|(p, s)| Some((PersonId::parse(p)?, SchemeId::parse(s)?)));
        match pair {
            Some(pair) if !chosen.contains(&pair) => chosen.push(pair),
            Some(_) => {}
            None => paper.wrong.push(FieldError::new("recipients", "Choose recipients from this area's schemes")),
        }
    }
    let mut wrong = paper.wrong;
    if wrong.is_empty() {
        return Ok((considered, chosen));
    }
    let mut unmet = considered.check(named, now);
    if chosen.is_empty() {
        unmet.push(Refusal::NoRecipients);
    }
    for refusal in unmet {
        let told = refusal.told();
        let field = told.field.unwrap_or("");
        if !field.is_empty() && wrong.iter().all(|error| error.field != field) {
            wrong.push(FieldError::new(field, format!("{} ({})", told.sentence, told.clause)));
        }
    }
    Err(No::Invalid(wrong))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-21T18:00:00.000Z";

    fn fields(no: No) -> Vec<&'static str> {
        match no {
            No::Invalid(errors) => errors.iter().map(|error| error.field).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_empty_page_is_told_everything_at_once() {
        let now = Moment::parse_rfc3339(NOW).unwrap();
        let told = fields(parse(|_| "", &[], true, now).unwrap_err());
        for field in [
            "basis",
            "intelligence_reference",
            "prejudice",
            "risk_confidentiality",
            "risk_found",
            "japan_justified",
            "notice_date",
            "representations",
            "outcome",
            "name_why",
            "kmip_reference",
            "athena_reference",
            "recipients",
        ] {
            assert_eq!(told.iter().filter(|one| **one == field).count(), 1, "{field}: {told:?}");
        }
    }

    #[test]
    fn what_is_typed_arrives_in_its_place() {
        let now = Moment::parse_rfc3339(NOW).unwrap();
        let typed = |name: &'static str| match name {
            "basis" => "section115",
            "grounds_kind" => "intelligence",
            "intelligence_date" | "athena_date" => "2026-11-01",
            "notice_date" => "2026-11-10",
            "notice_time" => "09:30",
            "risk_found" | "representations" => "no",
            "outcome" => "positive",
            "exclusion_ends" => "",
            other => other,
        };
        let (read, chosen) = parse(typed, &[], false, now).unwrap();
        assert!(chosen.is_empty());
        assert_eq!(read.basis, Some(Basis::Section115));
        assert_eq!(read.grounds.words.as_str(), "grounds");
        assert_eq!(read.risk.harm.as_str(), "risk_harm");
        assert_eq!(read.japan.necessary.as_str(), "japan_necessary");
        assert_eq!(read.notice.served_at.unwrap().rfc3339(), "2026-11-10T09:30:00.000Z");
        assert_eq!(read.notice.document.as_str(), "notice_document");
        assert_eq!(read.check(true, now), Vec::new());
    }

    #[test]
    fn half_a_time_and_a_strange_recipient_are_told_beside_their_fields() {
        let now = Moment::parse_rfc3339(NOW).unwrap();
        let typed = |name: &'static str| if name == "notice_date" { "2026-11-10" } else { "" };
        let told = fields(parse(typed, &["x:y"], false, now).unwrap_err());
        assert!(told.contains(&"notice_date") && told.contains(&"recipients"), "{told:?}");
    }
}
