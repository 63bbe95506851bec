//! What each part of the decision asks: one table, from which the page, the stored answers and the signed record are made.
//!
//! Beside each question stands the clause it answers. Absent on purpose: whether the answers are enough (`domain::release::case`).

mod risk;

use crate::domain::release::Part;

/// One of several answers: the stored word, the words a page shows, a hint.
pub type Option3 = (&'static str, &'static str, &'static str);

/// How a question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Line,
    /// Several lines.
    Prose,
    /// A day.
    Day,
    /// A day and, in the field named here, a time of day.
    Moment(&'static str),
    /// One of these.
    Choice(&'static [Option3]),
    /// A statement confirmed by a tick.
    Tick,
    /// Recipients by name: `person:scheme`.
    People,
    /// Member businesses of the schemes.
    Members,
    /// Other areas.
    Areas,
    /// Copies that stand, by their holders (K7.9).
    Copies,
}

/// When a question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// Only where there are photographs (K5).
    Photographs,
    /// Only where the request names the person (K8.3).
    Named,
    /// Only where the words that would leave read like a conviction (K8.4).
    ConvictionLike,
}

/// A question.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The field's name; refusals name it too.
    pub name: &'static str,
    /// What is asked.
    pub label: &'static str,
    /// A short phrase of the policy in our words.
    pub hint: &'static str,
    /// The clause it answers.
    pub clause: &'static str,
    /// How it is answered.
    pub kind: Kind,
    /// When it is asked.
    pub when: When,
}

/// A question that is always asked.
pub(in crate::actions) const fn ask(
    name: &'static str,
    label: &'static str,
    clause: &'static str,
    kind: Kind,
    hint: &'static str,
) -> Question {
    Question { name, label, hint, clause, kind, when: When::Always }
}

const fn only(when: When, question: Question) -> Question {
    Question { when, ..question }
}

const YES_NO: &[Option3] = &[("yes", "Yes", ""), ("no", "No", "")];

const MATERIAL: &[Question] = &[
    only(
        When::Photographs,
        ask(
            "custody",
            "Custody photographs taken under PACE Code D, and nothing else",
            "K5.1",
            Kind::Tick,
            "Surveillance, CCTV and pictures taken by others have no way through",
        ),
    ),
    only(
        When::Photographs,
        ask(
            "justice",
            "The person was brought to justice or cautioned for the offence they were taken for",
            "K5.2",
            Kind::Tick,
            "",
        ),
    ),
    only(
        When::Photographs,
        ask("offence", "Which offence was that?", "K5.2", Kind::Line, "For the police only. It never leaves."),
    ),
    only(
        When::Photographs,
        ask(
            "image_reference",
            "Genesis/Athena reference of the photographs",
            "K5.2",
            Kind::Line,
            "The image must be held there",
        ),
    ),
    only(
        When::Photographs,
        ask(
            "destroy_on",
            "Day on which their destruction falls due (optional)",
            "K5.1.1",
            Kind::Day,
            "PACE Code D. From that day nothing of it can be released.",
        ),
    ),
    only(
        When::Named,
        ask(
            "name_why",
            "Why is the name needed?",
            "K8.3",
            Kind::Prose,
            "The request names the person. Without a written justification the name stays.",
        ),
    ),
    only(
        When::ConvictionLike,
        ask(
            "indication",
            "Some words read like a previous conviction. What are they?",
            "K8.4",
            Kind::Choice(&[
                (
                    "likely",
                    "An indication of offences that the person may commit",
                    "Such as “may engage in street robbery in your area”",
                ),
                ("notice", "The offence for which the person was given the notice", "Earlier convictions never leave"),
            ]),
            "If they are anything else, ask the officer to word them otherwise",
        ),
    ),
    ask(
        "words_considered",
        "I have read everything that would leave",
        "K8.3–8.5",
        Kind::Tick,
        "No address, nothing from the PNC, no earlier conviction",
    ),
];

const GROUNDS: &[Question] = &[
    ask(
        "basis",
        "Legal basis",
        "K6.1",
        Kind::Choice(&[
            ("common_law", "Common law", "Hellewell (1995) and North Wales (1998)"),
            ("section115", "Crime and Disorder Act 1998, section 115", ""),
        ]),
        "",
    ),
    ask(
        "grounds_kind",
        "The grounds rest on",
        "K6.2.2",
        Kind::Choice(&[
            ("intelligence", "Current documented intelligence", ""),
            ("past_only", "Only a past reprimand, caution or conviction", "Not enough for a release"),
        ]),
        "",
    ),
    ask(
        "grounds",
        "Grounds",
        "K6.2.2",
        Kind::Prose,
        "What further or serious offences are suspected in the locality, and what points to them",
    ),
    ask("intelligence_reference", "Reference of the intelligence report", "K6.2.2", Kind::Line, ""),
    ask("intelligence_date", "Date of the intelligence", "K6.2.2", Kind::Day, "Not older than 180 days"),
    ask(
        "prejudice",
        "What would be prejudiced by not disclosing?",
        "K6.2.3",
        Kind::Prose,
        "Tie it to the purposes of the request",
    ),
];

const JAPAN: &[Question] = &[
    ask("japan_justified", "Justified", "K6.4", Kind::Prose, "Why is it right to disclose?"),
    ask("japan_authorised", "Authorised", "K6.4", Kind::Prose, "Under which power and policy?"),
    ask("japan_proportionate", "Proportionate", "K6.4", Kind::Prose, "Why no less would do"),
    ask("japan_auditable", "Auditable", "K6.4", Kind::Prose, "Where can somebody check it later?"),
    ask("japan_necessary", "Necessary", "K6.4", Kind::Prose, "What else was tried or thought of?"),
];

const OUTCOME: &[Question] = &[
    ask(
        "outcome",
        "How did the case end?",
        "O3.2.3, O3.2.4",
        Kind::Choice(&[
            ("positive", "There was a positive outcome", "Such as a charge, a caution or a community resolution"),
            ("none", "There was none", "An inspector or above decides first, on the record"),
        ]),
        "",
    ),
    only(
        When::Photographs,
        ask(
            "other_offence",
            "The photographs were taken for another offence, which ended in justice or a caution",
            "O3.2.4, K5.2",
            Kind::Tick,
            "Needed only if there was no positive outcome: otherwise the release is text only",
        ),
    ),
    ask("wanted", "Is the person wanted?", "K6.3", Kind::Choice(YES_NO), "A wanted person goes by a route of its own"),
    ask("c02_reference", "Reference under policy C02", "K6.3", Kind::Line, "Only for a wanted person"),
    ask(
        "identification",
        "Is identification an issue in the case?",
        "K6.3, K7.13",
        Kind::Choice(YES_NO),
        "Only for a wanted person",
    ),
    ask(
        "cps_consulted",
        "Who at the Crown Prosecution Service was consulted, and when?",
        "K6.3",
        Kind::Line,
        "Only for a wanted person, if identification is an issue",
    ),
];

const NOTICE: &[Question] = &[
    ask(
        "telling",
        "Is the person told first?",
        "O3.2.3, O3.2.5",
        Kind::Choice(&[
            (
                "served",
                "Yes, in writing",
                "They then have 72 hours to make representations, or more where the force gives more",
            ),
            (
                "left_out",
                "No: telling would prejudice the prevention or detection of crime",
                "Somebody decides that, with reasons",
            ),
        ]),
        "",
    ),
    ask("notice_date", "When was the notice served?", "O3.2.3", Kind::Moment("notice_time"), "UK time"),
    ask("notice_by", "Served by", "O3.2.3", Kind::Line, ""),
    ask("notice_how", "How it was served", "O3.2.3", Kind::Line, "Such as by hand, or recorded delivery"),
    ask("notice_document", "Where the document is kept", "O3.2.3", Kind::Line, ""),
    ask(
        "left_out_by",
        "Who decided that the person is not told?",
        "O3.2.5",
        Kind::Line,
        "Name and rank. Only if the person is not told.",
    ),
    ask(
        "left_out_why",
        "Why would telling prejudice the prevention or detection of crime?",
        "O3.2.5",
        Kind::Prose,
        "Only if the person is not told",
    ),
];

const RECIPIENTS: &[Question] = &[
    ask("recipients", "Who receives it?", "K6.2.1, K6.2.4, K7.3–7.5", Kind::People, "Each gets a copy of their own"),
    ask("need", "Why do they need to know?", "K6.2.4", Kind::Prose, ""),
    ask(
        "instructions",
        "Instructions to the managers",
        "K7.4",
        Kind::Prose,
        "They leave with the bulletin: no address, nothing from the PNC",
    ),
    ask(
        "members",
        "Members who may be shown it",
        "K7.4",
        Kind::Members,
        "The manager may show it to these businesses and no others",
    ),
    ask(
        "elsewhere",
        "Is the person active in another area too?",
        "K7.6",
        Kind::Choice(YES_NO),
        "That area’s co-ordinator is then consulted and makes a release of their own",
    ),
    ask("areas", "In which areas?", "K7.6", Kind::Areas, "Only if the person is active elsewhere"),
    ask(
        "elsewhere_words",
        "What are their co-ordinators told?",
        "K7.6",
        Kind::Prose,
        "Only if the person is active elsewhere. They see these words, the title and the number of photographs; nothing else of the case, and no picture. No address, nothing from the PNC. What they were told once stays as it was.",
    ),
];

const RECORDS: &[Question] = &[
    ask("kmip_reference", "K-MIP record of sharing", "O3.2.1", Kind::Line, ""),
    ask("kmip_complete", "The K-MIP record is complete", "O3.2.1", Kind::Tick, ""),
    ask(
        "kmip_attached",
        "It is attached to the Athena record, titled “information sharing” and the organisation",
        "O3.2.2",
        Kind::Tick,
        "",
    ),
    ask("athena_reference", "Genesis/Athena record of this release", "K7.7.2", Kind::Line, ""),
    ask("athena_date", "Date of that record", "K7.7.2", Kind::Day, ""),
    ask(
        "exclusion_ends",
        "Last day of an exclusion notice (optional)",
        "K7.8",
        Kind::Day,
        "If one is in force, the release may stay open to it, at most 120 days",
    ),
    ask(
        "close_on",
        "Close earlier, at the end of (optional)",
        "K7.8",
        Kind::Day,
        "The limit is 60 days, or with an exclusion notice its end. You can only bring it forward.",
    ),
];

/// What a part asks, in the order of its page.
pub fn of(part: Part) -> &'static [Question] {
    match part {
        Part::Material => MATERIAL,
        Part::Grounds => GROUNDS,
        Part::Risk => risk::RISK,
        Part::Japan => JAPAN,
        Part::Outcome => OUTCOME,
        Part::Notice => NOTICE,
        Part::Recipients => RECIPIENTS,
        Part::Records => RECORDS,
    }
}

/// Every question with its part.
pub fn all() -> impl Iterator<Item = (Part, &'static Question)> {
    Part::ALL.into_iter().flat_map(|(part, ..)| of(part).iter().map(move |question| (part, question)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_stands_once_and_each_question_names_its_clause() {
        let mut names: Vec<&str> = all().map(|(_, question)| question.name).collect();
        names.extend(all().filter_map(|(_, question)| match question.kind {
            Kind::Moment(time) => Some(time),
            _ => None,
        }));
        names.sort_unstable();
        let many = names.len();
        names.dedup();
        assert_eq!(names.len(), many);
        for (part, question) in all() {
            assert!(question.clause.starts_with(['K', 'O']), "{}: {}", part.word(), question.name);
        }
    }
}
