//! The policy's texts and numbers: what is in force, its versions, and a form for a new one.
//!
//! Promises: a change asks anew who is there; what was typed is kept; whoever may only read is offered no form. Absent on purpose:
//! rules: what a text must say and how far a number may go is told by `domain::texts` and `domain::numbers`.

use serde::Serialize;

use crate::actions::texts::{self, Told};
use crate::actions::{No, step_up};
use crate::domain::numbers::{Number, Numbers};
use crate::domain::texts::{Slot, Text};
use crate::web::frame::Typed;
use crate::web::police::{Row, long, row};
use crate::web::{Answer, Page, Visit};

/// Every text.
#[derive(Serialize)]
pub struct Texts {
    texts: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    kind: &'static str,
    title: &'static str,
    clause: &'static str,
    version: u32,
    since: String,
}

impl Line {
    fn of(text: Text, version: u32, since: String) -> Self {
        Self { kind: text.word(), title: text.title(), clause: text.clause(), version, since }
    }
}

impl Page for Texts {
    const TEMPLATE: &'static str = "pages/police/texts.html";

    fn samples() -> Vec<Self> {
        let line = |text: &Text| Line::of(*text, 1, "21 November 2026 at 5:30pm".into());
        vec![Self { texts: Text::ALL.iter().map(line).collect() }]
    }
}

/// `GET /settings/texts`.
pub async fn list(v: Visit) -> Result<Answer, No> {
    let all = texts::all(&v.office, v.actor()).await?;
    let line = |(text, row): &(Text, texts::Version)| Line::of(*text, row.number(), long(row.changed_at));
    v.page("Policy texts", &Texts { texts: all.iter().map(line).collect() })
}

/// An earlier version, to read.
#[derive(Serialize)]
struct Earlier {
    title: String,
    words: String,
}

/// When and by whom a version was put in force.
fn since((version, name): &Told) -> String {
    let by = if name.is_empty() { "came with the program".to_owned() } else { format!("by {name}") };
    format!("{}, {by}", long(version.changed_at))
}

fn earlier(told: &Told, words: String) -> Earlier {
    Earlier { title: format!("Version {}: {}", told.0.version, since(told)), words }
}

/// A version for the samples of pages.
fn sample(words: String, name: &str) -> Told {
    let row = texts::Version {
        version: 1,
        words,
        sha256: String::new(),
        changed_by: String::new(),
        changed_at: 1_795_370_400_000,
    };
    (row, name.to_owned())
}

/// One text.
#[derive(Serialize)]
pub struct One {
    kind: &'static str,
    clause: &'static str,
    facts: Vec<Row>,
    version: u32,
    words: String,
    needs: Vec<String>,
    slots: Vec<String>,
    change: bool,
    history: Vec<Earlier>,
}

impl One {
    fn of(text: Text, all: &[Told], change: bool) -> Self {
        let newest = all.first();
        let slot = |slot: &Slot| {
            let meaning = Slot::ALL.iter().find(|(one, _)| one == slot).map_or("", |(_, meaning)| meaning.trim());
            format!("{{{}}}: {}", slot.word(), meaning.trim_end_matches('.').to_lowercase())
        };
        Self {
            kind: text.word(),
            clause: text.clause(),
            facts: vec![
                row("Clause", text.clause()),
                row("Version in force", newest.map_or_else(String::new, |told| told.0.version.to_string())),
                row("Since", newest.map_or_else(String::new, since)),
                row("Used", text.used()),
            ],
            version: newest.map_or(0, |told| told.0.number()),
            words: newest.map_or_else(String::new, |told| told.0.words.clone()),
            needs: text.needs().iter().map(|need| need.told.to_owned()).collect(),
            slots: text.slots().iter().map(slot).collect(),
            change,
            history: all.iter().map(|told| earlier(told, told.0.words.clone())).collect(),
        }
    }
}

impl Page for One {
    const TEMPLATE: &'static str = "pages/police/text.html";

    fn samples() -> Vec<Self> {
        let one = |text: Text, name, change| Self::of(text, &[sample(text.shipped().to_owned(), name)], change);
        vec![one(Text::Notice, "", true), one(Text::Danger, "Alex Doe", false)]
    }
}

fn which(v: &Visit) -> Result<Text, No> {
    Text::parse(v.path("kind")).ok_or(No::NotFound)
}

async fn page(v: &Visit, text: Text) -> Result<One, No> {
    let all = texts::versions(&v.office, v.actor(), text).await?;
    Ok(One::of(text, &all, texts::may_change(v.actor())))
}

/// `GET /settings/texts/{kind}`.
pub async fn one(v: Visit) -> Result<Answer, No> {
    let text = which(&v)?;
    let page = page(&v, text).await?;
    let notice = if v.query("saved") == "yes" { "The new version is in force" } else { "" };
    let typed = Typed::default().with("words", page.words.trim_end());
    v.show(text.title(), &page).filled(typed).noticed(notice).done()
}

/// `POST /settings/texts/{kind}`.
pub async fn change(v: Visit) -> Result<Answer, No> {
    let text = which(&v)?;
    let done = match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => texts::change(&v.office, v.actor(), text, v.field("words"), v.field("version"), v.stamp()).await,
        no => no,
    };
    match done {
        Ok(()) => Answer::see(format!("/settings/texts/{}?saved=yes", text.word())),
        Err(no) => v.again(no, text.title(), &page(&v, text).await?),
    }
}

/// The numbers.
#[derive(Serialize)]
pub struct Figures {
    version: u32,
    rows: Vec<[String; 5]>,
    limits: Vec<Place>,
    periods: Vec<Place>,
    change: bool,
    history: Vec<Earlier>,
}

/// A number's place in the form.
#[derive(Serialize)]
struct Place {
    field: &'static str,
    source: &'static str,
    source_label: String,
    label: &'static str,
    hint: String,
}

fn counted(numbers: &Numbers, number: Number) -> String {
    format!("{} {}", numbers.get(number), number.unit())
}

impl Figures {
    fn of(numbers: &Numbers, all: &[Told], change: bool) -> Self {
        let row = |&number: &Number| {
            let source = numbers.source(number).to_owned();
            [number.title().into(), counted(numbers, number), number.bound(), number.clause().into(), source]
        };
        let field = |number: Number| Place {
            field: number.word(),
            source: number.source_field(),
            source_label: format!("Source for the period: {}", number.title().to_lowercase()),
            label: number.title(),
            hint: format!("{} ({})", number.bound(), number.clause()),
        };
        let fields = |period: bool| {
            Number::ALL.iter().filter(|number| number.is_retention() == period).map(|number| field(*number)).collect()
        };
        let words = |told: &Told| {
            let then = Numbers::stored(&told.0.words).unwrap_or_else(Numbers::shipped);
            let line =
                |&number: &Number| format!("{}: {} ({})", number.title(), counted(&then, number), then.source(number));
            Number::ALL.iter().map(line).collect::<Vec<_>>().join("\n")
        };
        Self {
            version: all.first().map_or(0, |told| told.0.number()),
            rows: Number::ALL.iter().map(row).collect(),
            limits: fields(false),
            periods: fields(true),
            change,
            history: all.iter().map(|told| earlier(told, words(told))).collect(),
        }
    }
}

impl Page for Figures {
    const TEMPLATE: &'static str = "pages/police/numbers.html";

    fn samples() -> Vec<Self> {
        let shipped = Numbers::shipped();
        let one = |change| Self::of(&shipped, &[sample(shipped.words(), "")], change);
        vec![one(true), one(false)]
    }
}

const NUMBERS: &str = "Limits and periods";

async fn figures(v: &Visit) -> Result<(Numbers, Figures), No> {
    let (numbers, all) = texts::numbers(&v.office, v.actor()).await?;
    let page = Figures::of(&numbers, &all, texts::may_change(v.actor()));
    Ok((numbers, page))
}

/// `GET /settings/numbers`.
pub async fn numbers(v: Visit) -> Result<Answer, No> {
    let (numbers, page) = figures(&v).await?;
    let typed = Number::ALL.iter().fold(Typed::default(), |typed, &number| {
        let typed = typed.with(number.word(), numbers.get(number).to_string());
        if number.is_retention() { typed.with(number.source_field(), numbers.source(number)) } else { typed }
    });
    let notice = if v.query("saved") == "yes" { "The numbers are in force" } else { "" };
    v.show(NUMBERS, &page).filled(typed).noticed(notice).done()
}

/// `POST /settings/numbers`.
pub async fn change_numbers(v: Visit) -> Result<Answer, No> {
    let done = match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => texts::change_numbers(&v.office, v.actor(), |field| v.field(field), v.stamp()).await,
        no => no,
    };
    match done {
        Ok(()) => Answer::see("/settings/numbers?saved=yes"),
        Err(no) => v.again(no, NUMBERS, &figures(&v).await?.1),
    }
}
