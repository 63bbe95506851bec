//! The pages of representations and of what only a higher rank decides (O3.2.3, O3.2.4).
//!
//! Promise: whoever decides has all of it on one page: the record, what the person said with its documents, the question.

pub mod letters;
pub mod papers;
pub mod represent;
pub mod told;

use serde::Serialize;

use crate::actions::decision::record::{self, Section};
use crate::actions::decision::{self, Gathered};
use crate::actions::rulings::waits::What;
use crate::actions::{No, desk, rulings, step_up};
use crate::domain::ids::{PersonId, ReleaseId};
use crate::domain::policy::Act;
use crate::domain::release::{Order, Question};
use crate::domain::words::Prose;
use crate::web::police::rulings::papers::{Attached, attached};
use crate::web::police::tasks::told as sentence;
use crate::web::police::waits::left;
use crate::web::police::{Row, row};
use crate::web::{Answer, Page, Visit};

/// The page of one question.
#[derive(Serialize, Default)]
pub struct Ruling {
    id: String,
    title: String,
    question: &'static str,
    /// What is asked, in a sentence or two.
    asked: &'static str,
    yes: &'static str,
    no: &'static str,
    /// The time left.
    time: String,
    sections: Vec<Section>,
    /// The same as words, signed with the answer.
    record: String,
    /// What would leave.
    words: String,
    photographs: usize,
    attached: Vec<Attached>,
    /// What was decided already; empty: nothing.
    result: Vec<Row>,
    /// Why it is not this person's to decide now; empty: it is.
    unmet: Vec<String>,
}

/// What is asked, and the two answers.
fn asked(question: Question) -> [&'static str; 3] {
    match question {
        Question::Representations => [
            "The person was told that information about them would be given, and has made representations against it. You decide: may it be given?",
            "Sign: it may be given",
            "Sign: uphold the representations, nothing is given",
        ],
        Question::NoPositiveOutcome => [
            "The case had no positive outcome. Information may still be given if there is a risk of further offending, or a strong public interest. You decide, and say which it is. The person is told first all the same.",
            "Sign: it may be given",
            "Sign: nothing is given",
        ],
    }
}

impl Page for Ruling {
    const TEMPLATE: &'static str = "pages/police/ruling.html";

    fn samples() -> Vec<Self> {
        let section = Section {
            title: "Representations of the person (O3.2.3)".into(),
            part: "",
            saved: "Recorded by Sam Roe on 21 November 2026 at 5:30pm".into(),
            rows: vec![("What was said".into(), "It was not me.".into())],
        };
        let one = |question: Question| {
            let [asked, yes, no] = asked(question);
            Self {
                id: "1".into(),
                title: "Thefts".into(),
                question: question.word(),
                asked,
                yes,
                no,
                ..Self::default()
            }
        };
        let open = Self {
            time: "The notice runs until 24 November 2026 at 9:30am: 2 days left.".into(),
            sections: vec![section],
            record: "Record".into(),
            words: "Suspected of theft.".into(),
            photographs: 1,
            attached: Attached::samples(),
            ..one(Question::Representations)
        };
        let ruled = Self {
            result: vec![row("Decision", "Nothing is disclosed")],
            unmet: vec!["Nothing waits for this decision now. (O3.2.3)".into()],
            ..one(Question::NoPositiveOutcome)
        };
        vec![open, ruled]
    }
}

fn which(v: &Visit) -> Result<Question, No> {
    Question::parse(v.path("question")).ok_or(No::NotFound)
}

/// What was decided last on the question.
async fn result(v: &Visit, of: &Gathered, question: Question) -> Result<Vec<Row>, No> {
    let Some(ruling) = of.rulings.iter().rfind(|one| one.question == question.word()) else { return Ok(Vec::new()) };
    let by = PersonId::parse(&ruling.decided_by).ok_or(No::NotFound)?;
    let by = desk::name(&v.office, by).await?;
    let decided = if ruling.disclose { "It may be given" } else { "Nothing is given" };
    let mut rows = vec![
        row("Decision", decided),
        row("Decided", format!("{}, by {by}", crate::web::police::long(ruling.decided_at))),
    ];
    if question == Question::Representations {
        rows.push(row(
            "Person told in writing",
            ruling.told_at.map_or_else(|| "Not yet".to_owned(), crate::web::police::long),
        ));
    }
    Ok(rows)
}

async fn read(v: &Visit) -> Result<Ruling, No> {
    let (id, question) = (v.id(ReleaseId::parse)?, which(v)?);
    // Reading is recorded; it is also what says how much time is left.
    let sheet = desk::sheet(&v.office, v.actor(), id, v.stamp()).await?;
    let mut conn = v.office.read().await?;
    let of = decision::gather(&v.office, &mut conn, v.actor(), Act::SeeRelease, id, v.now).await?;
    let sections = record::sections(&v.office, &mut conn, &of).await?;
    drop(conn);
    let reasons = Prose::parse("It", "Asked").unwrap_or_default();
    let order = Order::Rule { question, disclose: true, reasons, open: of.case.asks(question) };
    let unmet = of.filed.release.decide(order, v.actor(), v.now).err().unwrap_or_default();
    let until = sheet.waits.iter().find_map(|wait| match wait.what {
        What::Answer(which, until) if which == question => Some(until),
        _ => None,
    });
    let [asked, yes, no] = asked(question);
    Ok(Ruling {
        id: id.to_string(),
        title: of.file.request.title.as_str().to_owned(),
        question: question.word(),
        asked,
        yes,
        no,
        time: match until {
            Some(Some(until)) => format!("The notice runs until {}: {} left.", until.long(), left(until, v.now)),
            Some(None) => "Decide now: nothing can be authorised before you do.".to_owned(),
            None => String::new(),
        },
        record: record::text(&sections),
        sections,
        words: of.case.words.clone(),
        photographs: of.photographs.len(),
        attached: attached(&of),
        result: result(v, &of, question).await?,
        unmet: unmet.iter().map(sentence).collect(),
    })
}

/// `GET /releases/{id}/ruling/{question}`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    v.page(which(&v)?.title(), &read(&v).await?)
}

/// `POST /releases/{id}/ruling/{question}`: `answer` is `disclose` or `withhold`.
pub async fn rule(v: Visit) -> Result<Answer, No> {
    let (id, question) = (v.id(ReleaseId::parse)?, which(&v)?);
    let done = match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => rulings::rule(&v.office, v.actor(), id, question, &v.form(), v.stamp()).await,
        no => no,
    };
    match done {
        Ok(()) => Answer::see(format!("/releases/{id}/ruling/{}", question.word())),
        Err(no) => v.again(no, question.title(), &read(&v).await?),
    }
}
