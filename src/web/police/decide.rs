//! The whole record on one page, to be checked and signed: authorise, refuse, or ask the officer for more (K7.7.1).

use serde::Serialize;

use crate::actions::decision::record::{self, Section};
use crate::actions::decision::{self, Gathered};
use crate::actions::{No, desk, release, step_up};
use crate::domain::ids::ReleaseId;
use crate::domain::policy::Act;
use crate::domain::release::Order;
use crate::web::police::tasks::told;
use crate::web::{Answer, Page, Visit};

/// The record with its buttons.
#[derive(Serialize, Default)]
pub struct Decide {
    id: String,
    title: String,
    sections: Vec<Section>,
    /// The same as words, signed with the decision.
    record: String,
    photographs: usize,
    recipients: usize,
    /// The words that would leave, to be read: the record holds their digest.
    leaving: String,
    /// Digest of the words that would leave; signed with the decision.
    words: String,
    /// Digests of the photographs, in order; signed too.
    pictures: Vec<String>,
    /// Every rule that is not met; empty: it can be authorised.
    unmet: Vec<String>,
    until: String,
}

impl Decide {
    fn of(of: &Gathered, sections: Vec<Section>, unmet: Vec<String>, until: String) -> Self {
        let (words, pictures) = of.subject();
        Self {
            id: of.filed.release.id.to_string(),
            title: of.file.request.title.as_str().to_owned(),
            record: record::text(&sections),
            sections,
            photographs: pictures.len(),
            recipients: of.people.len(),
            leaving: of.case.words.clone(),
            words,
            pictures,
            unmet,
            until,
        }
    }
}

impl Page for Decide {
    const TEMPLATE: &'static str = "pages/police/decide.html";

    fn samples() -> Vec<Self> {
        let section = |saved: &str| Section {
            title: "JAPAN (K6.4)".into(),
            part: if saved.is_empty() { "" } else { "risk" },
            saved: saved.into(),
            rows: vec![("Justified (K6.4)".into(), "Repeated thefts".into())],
        };
        let full = Self {
            id: "1".into(),
            title: "Thefts from pharmacies".into(),
            sections: vec![section(""), section("Saved by Sam Roe on 21 November 2026 at 5:30pm")],
            record: "Record".into(),
            photographs: 2,
            recipients: 3,
            leaving: "Suspected of theft in the town centre.".into(),
            words: "sha256:00".into(),
            pictures: vec!["sha256:01".into(), "sha256:02".into()],
            until: "11:59pm on 19 January 2027".into(),
            unmet: Vec::new(),
        };
        vec![full, Self { unmet: vec!["Complete the JAPAN record. (K6.4)".into()], ..Self::default() }]
    }
}

const TITLE: &str = "Check and sign";

async fn read(v: &Visit) -> Result<(bool, Decide), No> {
    let id = v.id(ReleaseId::parse)?;
    let sheet = desk::sheet(&v.office, v.actor(), id, v.stamp()).await?;
    let mut conn = v.office.read().await?;
    let of = decision::gather(&v.office, &mut conn, v.actor(), Act::Decide, id, v.now).await?;
    let sections = record::sections(&v.office, &mut conn, &of).await?;
    drop(conn);
    let decided = of.filed.release.decide(Order::Authorise(Box::new(of.case.clone())), v.actor(), v.now);
    let (unmet, until) = match &decided {
        Ok(decision) => (Vec::new(), decision.next().authority().map_or_else(String::new, |a| a.until.deadline())),
        Err(refusals) => (refusals.iter().map(told).collect(), String::new()),
    };
    Ok((sheet.may.decide, Decide::of(&of, sections, unmet, until)))
}

/// `GET /releases/{id}/decide`; a request that is decided already leads to its release.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let (may, page) = read(&v).await?;
    if may { v.page(TITLE, &page) } else { Answer::see(format!("/releases/{}", page.id)) }
}

/// `POST /releases/{id}/decide`: `answer` is `authorise` or `refuse`.
pub async fn decide(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let (_, page) = read(&v).await?;
    let done = match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => release::decide(&v.office, v.actor(), id, &v.form(), v.stamp()).await,
        no => no,
    };
    match done {
        Ok(()) if v.field("answer") == "refuse" || page.photographs == 0 => Answer::see(format!("/releases/{id}")),
        Ok(()) => Answer::see(format!("/releases/{id}/seal")),
        Err(no) => v.again(no, TITLE, &page),
    }
}

/// `POST /releases/{id}/return`: asks the officer for more.
pub async fn send_back(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let (_, page) = read(&v).await?;
    match release::send_back(&v.office, v.actor(), id, v.field("more"), v.stamp()).await {
        Ok(()) => Answer::see(format!("/releases/{id}")),
        Err(no) => v.again(no, TITLE, &page),
    }
}
