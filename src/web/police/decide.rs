//! The co-ordinator's one page: everything considered, who receives, and the decision (K7.7.1).

use serde::Serialize;

use crate::actions::desk::{self, Candidate};
use crate::actions::{No, release, step_up};
use crate::domain::ids::ReleaseId;
use crate::web::police::{Choice, Row, choice, ordered, record, row};
use crate::web::{Answer, Page, Visit};

/// The decision's form.
#[derive(Serialize, Default)]
pub struct Decide {
    id: String,
    title: String,
    request: Vec<Row>,
    named: bool,
    photographs: usize,
    /// Digest of the words that would leave; signed with the decision.
    words: String,
    /// Digests of the photographs, in order; signed too.
    pictures: Vec<String>,
    bases: Vec<Choice>,
    kinds: Vec<Choice>,
    truths: Vec<Choice>,
    outcomes: Vec<Choice>,
    recipients: Vec<Offered>,
    /// The first box that can be ticked carries the field's name as its id, so that the error summary leads there.
    none_can: bool,
}

#[derive(Serialize)]
struct Offered {
    id: String,
    value: String,
    name: String,
    scheme: String,
    why: Vec<String>,
}

fn offered(all: &[Candidate]) -> Vec<Offered> {
    let first = all.iter().position(|candidate| candidate.ineligible.is_empty());
    let one = |(n, candidate): (usize, &Candidate)| Offered {
        id: if Some(n) == first { "recipients".to_owned() } else { format!("recipients-{}", n + 1) },
        value: format!("{}:{}", candidate.footing.person, candidate.footing.scheme),
        name: candidate.receiver.name.clone(),
        scheme: candidate.receiver.scheme_name.clone(),
        why: candidate
            .ineligible
            .iter()
            .map(|refusal| {
                let told = refusal.told();
                format!("{} ({})", told.sentence, told.clause)
            })
            .collect(),
    };
    all.iter().enumerate().map(one).collect()
}

impl Decide {
    fn of(sheet: &desk::Sheet, candidates: &[Candidate]) -> Self {
        let recipients = offered(candidates);
        let (words, pictures) = release::subject(sheet.draft.as_ref(), &sheet.photographs);
        Self {
            words,
            pictures,
            id: sheet.filed.release.id.to_string(),
            title: sheet.file.request.title.as_str().to_owned(),
            request: record::request(sheet),
            named: sheet.file.request.named,
            photographs: sheet.photographs.len(),
            none_can: recipients.iter().all(|one| !one.why.is_empty()),
            recipients,
            ..Self::choices()
        }
    }

    fn choices() -> Self {
        Self {
            bases: vec![
                choice("common_law", "Common law", "Hellewell (1995) and North Wales (1998)"),
                choice("section115", "Crime and Disorder Act 1998, section 115", ""),
            ],
            kinds: vec![
                choice("intelligence", "Current documented intelligence", ""),
                choice("past_only", "Only a past reprimand, caution or conviction", ""),
            ],
            truths: vec![choice("yes", "Yes", ""), choice("no", "No", "")],
            outcomes: vec![
                choice("positive", "There was a positive outcome", ""),
                choice("none", "There was none", "An inspector or above decides first (O3.2.4)"),
            ],
            ..Self::default()
        }
    }
}

impl Page for Decide {
    const TEMPLATE: &'static str = "pages/police/decide.html";

    fn samples() -> Vec<Self> {
        let can = Offered {
            id: "recipients".into(),
            value: "1:1".into(),
            name: "Priya Shah".into(),
            scheme: "Colchester Retail Watch".into(),
            why: Vec::new(),
        };
        let cannot = Offered {
            id: "recipients-2".into(),
            value: "2:1".into(),
            name: "Chris Low".into(),
            scheme: "Pub Watch".into(),
            why: vec!["Vetting ran out on 1 November 2026. (K7.3)".into()],
        };
        let full = Self {
            id: "1".into(),
            title: "Thefts from pharmacies".into(),
            request: vec![row("Locality", "Town centre")],
            named: true,
            photographs: 2,
            words: "sha256:00".into(),
            pictures: vec!["sha256:01".into(), "sha256:02".into()],
            recipients: vec![can, cannot],
            ..Self::choices()
        };
        vec![full, Self { none_can: true, ..Self::choices() }]
    }
}

const TITLE: &str = "Decide a request";

/// The fields in their order on the page.
const FIELDS: [&str; 33] = [
    "basis",
    "grounds_kind",
    "grounds",
    "intelligence_reference",
    "intelligence_date",
    "prejudice",
    "risk_confidentiality",
    "risk_level",
    "risk_purpose",
    "risk_conditions",
    "risk_harm",
    "risk_found",
    "risk_plan",
    "japan_justified",
    "japan_authorised",
    "japan_proportionate",
    "japan_auditable",
    "japan_necessary",
    "notice_date",
    "notice_by",
    "notice_how",
    "notice_document",
    "representations",
    "outcome",
    "kmip_reference",
    "athena_reference",
    "athena_date",
    "exclusion_ends",
    "name_why",
    "recipients",
    "reason",
    step_up::FIELD,
    "statement",
];

async fn read(v: &Visit) -> Result<(desk::Sheet, Decide), No> {
    let sheet = desk::sheet(&v.office, v.actor(), v.id(ReleaseId::parse)?, v.stamp()).await?;
    let candidates = desk::candidates(&v.office, v.actor(), sheet.filed.release.area).await?;
    let page = Decide::of(&sheet, &candidates);
    Ok((sheet, page))
}

/// `GET /releases/{id}/decide`; a request that is decided already leads to its release.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let (sheet, page) = read(&v).await?;
    if sheet.may.decide { v.page(TITLE, &page) } else { Answer::see(format!("/releases/{}", page.id)) }
}

/// `POST /releases/{id}/decide`: `answer` is `authorise` or `refuse`.
pub async fn decide(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let (sheet, page) = read(&v).await?;
    let done = match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => release::decide(&v.office, v.actor(), id, &v.form(), v.stamp()).await,
        no => no,
    };
    match done {
        Ok(()) if v.field("answer") == "refuse" || sheet.photographs.is_empty() => {
            Answer::see(format!("/releases/{id}"))
        }
        Ok(()) => Answer::see(format!("/releases/{id}/seal")),
        Err(no) => v.again(ordered(no, &FIELDS), TITLE, &page),
    }
}
