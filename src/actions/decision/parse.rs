//! A part's answers as typed, read into what the rules take; what cannot be read is told beside its field.
//!
//! An empty answer is none: a part may be saved half done. Absent on purpose: rules, which are `domain::release::case`'s.

use crate::actions::decision::questions::{self, Kind, Question};
use crate::actions::{FieldError, No};
use crate::domain::ids::{AreaId, MemberId, PersonId, SchemeId};
use crate::domain::moment::{Day, Moment, parse_day};
use crate::domain::print::{Printer, Prints};
use crate::domain::release::grounds::{Basis, Grounds, GroundsKind};
use crate::domain::release::material::{Indication, Material};
use crate::domain::release::notice::{Notice, Telling};
use crate::domain::release::outcome::Outcome;
use crate::domain::release::recipients::Recipients;
use crate::domain::release::records::Records;
use crate::domain::release::risk::{Japan, Risk};
use crate::domain::release::{Considered, Part};
use crate::domain::words::{Line, Prose, Unfit};

/// Answers in their order: the field's name, what was typed.
pub type Answers = Vec<(String, String)>;

/// A part's answers out of everything posted: its own questions alone.
pub fn own(part: Part, posted: &[(String, String)]) -> Answers {
    own_of(questions::of(part), posted)
}

/// The answers to these questions alone.
pub(in crate::actions) fn own_of(questions: &[Question], posted: &[(String, String)]) -> Answers {
    let asked = |name: &str| {
        questions
            .iter()
            .any(|question| question.name == name || matches!(question.kind, Kind::Moment(time) if time == name))
    };
    posted.iter().filter(|(name, value)| asked(name) && !value.trim().is_empty()).cloned().collect()
}

/// Reads a part into `of`. Everything that cannot be read is told at once.
pub fn part(part: Part, answers: &Answers, of: &mut Considered) -> Result<(), No> {
    let mut paper = Paper::of(questions::of(part), answers);
    match part {
        Part::Material => of.material = paper.material(),
        Part::Grounds => of.grounds = paper.grounds(),
        Part::Risk => of.risk = paper.risk(),
        Part::Japan => of.japan = paper.japan(),
        Part::Outcome => of.outcome = paper.outcome(),
        Part::Notice => of.notice = paper.notice(),
        Part::Recipients => of.recipients = paper.recipients(),
        Part::Records => of.records = paper.records(),
    }
    paper.done()
}

/// Answers being read, and what is wrong with them.
pub(in crate::actions) struct Paper<'a> {
    questions: &'static [Question],
    answers: &'a Answers,
    wrong: Vec<FieldError>,
}

impl<'a> Paper<'a> {
    /// Answers to these questions.
    pub(in crate::actions) fn of(questions: &'static [Question], answers: &'a Answers) -> Self {
        Self { questions, answers, wrong: Vec::new() }
    }

    /// Everything that could not be read, at once.
    pub(in crate::actions) fn done(self) -> Result<(), No> {
        if self.wrong.is_empty() { Ok(()) } else { Err(No::Invalid(self.wrong)) }
    }
}

impl Paper<'_> {
    pub(in crate::actions) fn field(&self, name: &str) -> &str {
        self.answers.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    fn fit<T: Default>(&mut self, name: &'static str, read: impl Fn(&'static str, &str) -> Result<T, Unfit>) -> T {
        let label = self.questions.iter().find(|question| question.name == name).map_or("This", |q| q.label);
        match read(label, self.field(name)) {
            Ok(value) => value,
            Err(why) => {
                self.wrong.push(FieldError::new(name, why.to_string()));
                T::default()
            }
        }
    }

    fn line(&mut self, name: &'static str) -> Line {
        self.fit(name, Line::optional)
    }

    pub(in crate::actions) fn prose(&mut self, name: &'static str) -> Prose {
        self.fit(name, Prose::optional)
    }

    fn tick(&self, name: &str) -> bool {
        self.field(name) == "yes"
    }

    fn yes_no(&self, name: &str) -> Option<bool> {
        match self.field(name) {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        }
    }

    pub(in crate::actions) fn day(&mut self, name: &'static str) -> Option<Day> {
        let raw = self.field(name).trim().to_owned();
        let day = parse_day(&raw);
        if day.is_none() && !raw.is_empty() {
            self.wrong.push(FieldError::new(name, "Enter a date, such as 27 March 2027"));
        }
        day
    }

    /// A whole number; nothing chosen is none.
    fn count(&mut self, name: &'static str) -> u32 {
        let raw = self.field(name).trim().to_owned();
        let read = if raw.is_empty() { Ok(0) } else { raw.parse() };
        read.unwrap_or_else(|_| {
            self.wrong.push(FieldError::new(name, "Choose one of the numbers shown"));
            0
        })
    }

    fn material(&mut self) -> Material {
        Material {
            custody: self.tick("custody"),
            justice: self.tick("justice"),
            offence: self.line("offence"),
            reference: self.line("image_reference"),
            destroy_on: self.day("destroy_on"),
            name_why: self.prose("name_why"),
            indication: match self.field("indication") {
                "likely" => Some(Indication::Likely),
                "notice" => Some(Indication::NoticeOffence),
                _ => None,
            },
            // What this was about is put beside the tick when the part is saved.
            subject: self.field(super::SUBJECT).to_owned(),
        }
    }

    pub(in crate::actions) fn grounds(&mut self) -> Grounds {
        Grounds {
            basis: match self.field("basis") {
                "common_law" => Some(Basis::CommonLaw),
                "section115" => Some(Basis::Section115),
                _ => None,
            },
            kind: match self.field("grounds_kind") {
                "intelligence" => Some(GroundsKind::Intelligence),
                "past_only" => Some(GroundsKind::PastOnly),
                _ => None,
            },
            words: self.prose("grounds"),
            reference: self.line("intelligence_reference"),
            dated: self.day("intelligence_date"),
            prejudice: self.prose("prejudice"),
        }
    }

    pub(in crate::actions) fn risk(&mut self) -> Risk {
        Risk {
            confidentiality: self.prose("risk_confidentiality"),
            level: self.prose("risk_level"),
            purpose: self.prose("risk_purpose"),
            conditions: self.prose("risk_conditions"),
            harm: self.prose("risk_harm"),
            found: self.yes_no("risk_found"),
            plan: self.prose("risk_plan"),
            immunity: self.prose("risk_immunity"),
            prints: Prints {
                allowed: self.count("prints"),
                why: self.prose("prints_why"),
                by: Printer::parse(self.field("prints_by")),
            },
        }
    }

    fn japan(&mut self) -> Japan {
        Japan {
            justified: self.prose("japan_justified"),
            authorised: self.prose("japan_authorised"),
            proportionate: self.prose("japan_proportionate"),
            auditable: self.prose("japan_auditable"),
            necessary: self.prose("japan_necessary"),
        }
    }

    fn outcome(&mut self) -> Outcome {
        Outcome {
            positive: match self.field("outcome") {
                "positive" => Some(true),
                "none" => Some(false),
                _ => None,
            },
            other_offence: self.tick("other_offence"),
            wanted: self.yes_no("wanted"),
            c02: self.line("c02_reference"),
            identification: self.yes_no("identification"),
            cps: self.line("cps_consulted"),
        }
    }

    fn notice(&mut self) -> Notice {
        let (date, time) = (self.field("notice_date").trim(), self.field("notice_time").trim());
        let served_at = Moment::parse_london_last(date, time);
        if served_at.is_none() && !(date.is_empty() && time.is_empty()) {
            let ask = "Enter the date and the time of service, such as 27 March 2026 and 17:30";
            self.wrong.push(FieldError::new("notice_date", ask));
        }
        Notice {
            telling: match self.field("telling") {
                "served" => Some(Telling::Served),
                "left_out" => Some(Telling::LeftOut),
                _ => None,
            },
            served_at,
            served_by: self.line("notice_by"),
            how: self.line("notice_how"),
            document: self.line("notice_document"),
            left_out_by: self.line("left_out_by"),
            left_out_why: self.prose("left_out_why"),
        }
    }

    /// Every ticked box of a question, once each; a value that nobody was offered is told.
    pub(in crate::actions) fn ticked<T: PartialEq>(
        &mut self,
        name: &'static str,
        ask: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        let mut all = Vec::new();
        for (_, value) in self.answers.iter().filter(|(field, _)| field == name) {
            match read(value) {
                Some(one) if !all.contains(&one) => all.push(one),
                Some(_) => {}
                None => self.wrong.push(FieldError::new(name, ask)),
            }
        }
        all
    }

    fn recipients(&mut self) -> Recipients {
        let pair =
            |value: &str| value.split_once(':').and_then(|(p, s)| Some((PersonId::parse(p)?, SchemeId::parse(s)?)));
        Recipients {
            to: self.ticked("recipients", "Choose recipients from this area’s schemes", pair),
            need: self.prose("need"),
            instructions: self.prose("instructions"),
            members: self.ticked("members", "Choose members of this area’s schemes", MemberId::parse),
            elsewhere: self.yes_no("elsewhere"),
            areas: self.ticked("areas", "Choose from the areas shown", AreaId::parse),
            told: self.prose("elsewhere_words"),
        }
    }

    fn records(&mut self) -> Records {
        Records {
            kmip: self.line("kmip_reference"),
            kmip_complete: self.tick("kmip_complete"),
            attached: self.tick("kmip_attached"),
            athena: self.line("athena_reference"),
            athena_dated: self.day("athena_date"),
            exclusion_ends: self.day("exclusion_ends"),
            close_on: self.day("close_on"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each field answered with its own name, where it takes words.
    fn filled() -> Answers {
        let mut all = Vec::new();
        for (_, question) in questions::all() {
            let value = match question.kind {
                Kind::Line | Kind::Prose => question.name,
                Kind::Day => "2026-11-01",
                Kind::Moment(time) => {
                    all.push((time.to_owned(), "09:30".to_owned()));
                    "2026-11-10"
                }
                Kind::Choice(options) => options[0].0,
                Kind::Tick => "yes",
                Kind::People | Kind::Members | Kind::Areas | Kind::Copies => continue,
            };
            all.push((question.name.to_owned(), value.to_owned()));
        }
        all
    }

    #[test]
    fn what_is_typed_arrives_in_its_place() {
        let (answers, mut read) = (filled(), Considered::default());
        for (one, ..) in Part::ALL {
            part(one, &own(one, &answers), &mut read).unwrap();
        }
        assert_eq!(read.grounds.basis, Some(Basis::CommonLaw));
        assert_eq!(read.grounds.words.as_str(), "grounds");
        assert_eq!(read.risk.harm.as_str(), "risk_harm");
        assert_eq!((read.risk.prints.allowed, read.risk.prints.by), (0, Some(Printer::Holder)));
        assert_eq!(read.risk.prints.why.as_str(), "prints_why");
        assert_eq!(read.japan.necessary.as_str(), "japan_necessary");
        assert_eq!(read.notice.served_at.unwrap().rfc3339(), "2026-11-10T09:30:00.000Z");
        assert_eq!(read.notice.left_out_by.as_str(), "left_out_by");
        assert_eq!(read.outcome.cps.as_str(), "cps_consulted");
        assert_eq!(read.material.offence.as_str(), "offence");
        assert_eq!(read.records.athena.as_str(), "athena_reference");
        assert!(read.records.attached && read.records.kmip_complete && read.material.custody);
        assert_eq!(read.recipients.instructions.as_str(), "instructions");
    }

    #[test]
    fn half_a_time_a_strange_recipient_and_three_hundred_thousand_characters_are_told_beside_their_fields() {
        let fields = |one: Part, typed: &[(&str, &str)]| {
            let typed: Answers = typed.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            match part(one, &typed, &mut Considered::default()) {
                Err(No::Invalid(errors)) => errors.iter().map(|error| error.field).collect::<Vec<_>>(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(fields(Part::Notice, &[("notice_date", "2026-11-10")]), ["notice_date"]);
        assert_eq!(fields(Part::Recipients, &[("recipients", "x:y"), ("areas", "z")]), ["recipients", "areas"]);
        assert_eq!(fields(Part::Records, &[("athena_date", "yesterday")]), ["athena_date"]);
        assert_eq!(fields(Part::Risk, &[("prints", "-1")]), ["prints"]);
        assert_eq!(fields(Part::Risk, &[("prints", "two")]), ["prints"]);
        let long = "x".repeat(300_000);
        assert_eq!(
            fields(Part::Risk, &[("risk_harm", &long), ("risk_plan", "a\u{202E}b")]),
            ["risk_harm", "risk_plan"]
        );
    }

    #[test]
    fn other_fields_than_the_parts_own_are_not_kept() {
        let posted = [("token", "t"), ("basis", "common_law"), ("grounds", " "), ("risk_harm", "x")];
        let posted: Answers = posted.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        assert_eq!(own(Part::Grounds, &posted), [("basis".to_owned(), "common_law".to_owned())]);
    }
}
