//! The notice and the result letter (O3.2.3): what is typed for the letter, and the letter to print.
//!
//! Promise: what is typed here is shown on the letter and kept nowhere (decision 0031).

use serde::Serialize;

use crate::actions::rulings::letters::{self, Which};
use crate::actions::{No, desk};
use crate::domain::ids::ReleaseId;
use crate::domain::moment::long_day;
use crate::web::frame::Typed;
use crate::web::police::ordered;
use crate::web::{Answer, Page, Visit};

/// The form.
#[derive(Serialize, Default)]
pub struct Form {
    id: String,
    title: String,
    letter: &'static str,
    notice: bool,
    /// What the letter lacks; empty: it can be made.
    lacks: Vec<&'static str>,
}

impl Page for Form {
    const TEMPLATE: &'static str = "pages/police/letter-form.html";

    fn samples() -> Vec<Self> {
        let one = |notice| Self { id: "1".into(), title: "Thefts".into(), notice, letter: "notice", ..Self::default() };
        vec![one(true), Self { lacks: vec!["No recipient is chosen yet."], ..one(false) }]
    }
}

/// The letter.
#[derive(Serialize)]
pub struct Letter {
    id: String,
    heading: String,
    day: String,
    paragraphs: Vec<String>,
    /// Lines to fill in by hand when it is served.
    receipt: bool,
}

impl Page for Letter {
    const TEMPLATE: &'static str = "pages/police/letter.html";

    fn samples() -> Vec<Self> {
        let one = |receipt| Self {
            id: "1".into(),
            heading: "Notice before information is given".into(),
            day: "21 November 2026".into(),
            paragraphs: vec!["To A Person".into(), "We intend to give information about you.".into()],
            receipt,
        };
        vec![one(true), one(false)]
    }
}

const FIELDS: [&str; 4] = ["letter", "name", "offence", "contact"];

fn which(v: &Visit) -> Result<Which, No> {
    Which::parse(v.path("letter")).ok_or(No::NotFound)
}

fn heading(which: Which) -> &'static str {
    match which {
        Which::Notice => "Print the notice to the person",
        Which::Result => "Print the result letter",
    }
}

async fn read(v: &Visit, which: Which) -> Result<(Form, Typed), No> {
    let id = v.id(ReleaseId::parse)?;
    let facts = letters::facts(&v.office, v.actor(), id, which).await?;
    desk::consulted(&v.office, v.actor(), id, "letter", v.stamp()).await?;
    let form = Form {
        id: id.to_string(),
        title: facts.title,
        letter: which.word(),
        notice: which == Which::Notice,
        lacks: facts.lacks,
    };
    Ok((form, Typed::default().with("name", facts.name).with("offence", facts.offence)))
}

/// `GET /releases/{id}/letters/{letter}`: what is to be typed for it.
pub async fn ask(v: Visit) -> Result<Answer, No> {
    let which = which(&v)?;
    let (form, typed) = read(&v, which).await?;
    v.filled(heading(which), &form, typed)
}

/// `POST /releases/{id}/letters/{letter}`: the letter.
pub async fn print(v: Visit) -> Result<Answer, No> {
    let (id, which) = (v.id(ReleaseId::parse)?, which(&v)?);
    match letters::letter(&v.office, v.actor(), id, which, &v.form(), v.stamp()).await {
        Ok(words) => {
            // A letter's first line is its heading.
            let mut paragraphs = words.trim().split("\n\n").map(str::to_owned);
            let page = Letter {
                id: id.to_string(),
                heading: paragraphs.next().unwrap_or_default(),
                day: long_day(v.now.day()),
                paragraphs: paragraphs.collect(),
                receipt: which == Which::Notice,
            };
            v.page(&page.heading, &page)
        }
        Err(no) => v.again(ordered(no, &FIELDS), heading(which), &read(&v, which).await?.0),
    }
}
