//! One's own messages, and how one is told by mail.
//!
//! Promises: a message says what kind of thing waits and leads there; nobody sees another person's. Absent on purpose: deciding who is
//! told of what; removing a message.

use serde::Serialize;

use crate::actions::messages::{self, Message, Mine, Reminder};
use crate::actions::{No, messages as told};
use crate::domain::ids::MessageId;
use crate::domain::message::{Choice, Stage, Topic};
use crate::domain::moment::Moment;
use crate::web::frame::Typed;

use crate::web::{Answer, Page, Visit};

/// The page of one's messages.
#[derive(Serialize)]
pub struct Messages {
    lines: Vec<Line>,
    unread: i64,
    /// When the page was made, milliseconds: what comes later stays unread.
    now: i64,
    more: bool,
}

#[derive(Serialize)]
struct Line {
    id: String,
    title: &'static str,
    /// The reference of the release it is about; empty: it is about none.
    urn: String,
    at: String,
    /// Where it leads; empty: nowhere of its own.
    href: String,
    read: bool,
    dates: Vec<Date>,
}

#[derive(Serialize)]
struct Date {
    text: String,
    href: String,
}

/// Where a message about something leads.
fn href(object: &str) -> String {
    match object.split_once('/') {
        Some(("release", id)) => format!("/releases/{id}"),
        Some(("copy", id)) => format!("/bulletins/{id}"),
        Some(("demand", id)) => format!("/demands/{id}"),
        Some(("inspection", id)) => format!("/inspections/{id}"),
        Some(("consultation", id)) => format!("/consultations/{id}"),
        Some(("person", id)) => format!("/people/{id}"),
        Some(("scheme", id)) => format!("/schemes/{id}"),
        Some(("held", _)) => "/held".to_owned(),
        Some(("leaving", id)) => format!("/leavings/{id}"),
        _ if object == "undertaking" => "/undertaking".to_owned(),
        _ if object == "held" => "/held".to_owned(),
        _ if object == "account" => "/account".to_owned(),
        _ => String::new(),
    }
}

fn date(reminder: &Reminder) -> Date {
    let due = Moment::from_millis(reminder.due);
    let stage = Stage::parse(&reminder.stage).map_or("", Stage::title);
    let what = match reminder.source.as_str() {
        "limit" => format!("Time limit, {}", due.deadline()),
        "demand" => format!("Confirm the end of a copy, {}", due.deadline()),
        "inspection" => format!("Inspection of storage, {}", crate::domain::moment::long_day(due.day())),
        _ => due.long(),
    };
    let of = reminder.urn.as_ref().map_or_else(String::new, |urn| format!("{urn}: "));
    Date { text: format!("{of}{what}: {stage}"), href: href(&reminder.object) }
}

impl Messages {
    fn of(mine: &Mine, now: Moment) -> Self {
        let line = |row: &Message| Line {
            id: row.id.clone(),
            title: Topic::parse(&row.topic).map_or("A message", Topic::title),
            urn: row.urn.clone().unwrap_or_default(),
            at: Moment::from_millis(row.created_at).long(),
            href: href(&row.object),
            read: row.read_at.is_some(),
            dates: mine.reminders.iter().filter(|one| one.message_id == row.id).map(date).collect(),
        };
        Self {
            lines: mine.messages.iter().map(line).collect(),
            unread: mine.unread,
            now: now.millis(),
            more: mine.messages.len() >= usize::try_from(messages::SHOWN).unwrap_or(usize::MAX),
        }
    }
}

impl Page for Messages {
    const TEMPLATE: &'static str = "pages/account/messages.html";

    fn samples() -> Vec<Self> {
        let at = Moment::from_millis(1_795_370_400_000);
        let row = |id: &str, topic: Topic, object: &str, read: Option<i64>| Message {
            id: id.into(),
            person_id: "1".into(),
            topic: topic.word().into(),
            object: object.into(),
            source: "log/1".into(),
            created_at: at.millis(),
            read_at: read,
            post: "digest".into(),
            mail_id: None,
            urn: object.contains('/').then(|| "CZ/001/26".into()),
        };
        let reminder = |source: &str, object: &str| Reminder {
            person_id: "1".into(),
            source: source.into(),
            object: object.into(),
            due: at.millis(),
            stage: "7".into(),
            message_id: "2".into(),
            urn: (source == "limit").then(|| "CZ/001/26".into()),
        };
        let full = Mine {
            messages: vec![
                row("1", Topic::Recall, "copy/1", None),
                row("2", Topic::Reminder, "", None),
                row("3", Topic::Request, "release/1", Some(1)),
            ],
            reminders: vec![reminder("limit", "release/1"), reminder("inspection", "inspection/1"), reminder("x", "")],
            unread: 2,
        };
        let one = Mine { messages: vec![row("1", Topic::Keys, "account", None)], reminders: Vec::new(), unread: 1 };
        let none = Mine { messages: Vec::new(), reminders: Vec::new(), unread: 0 };
        let mut all: Vec<Self> = [full, one, none].iter().map(|mine| Self::of(mine, at)).collect();
        if let Some(first) = all.first_mut() {
            first.more = true;
        }
        all
    }
}

/// `GET /messages`.
pub async fn list(v: Visit) -> Result<Answer, No> {
    let mine = told::mine(&v.office, v.actor()).await?;
    v.page("Messages", &Messages::of(&mine, v.now))
}

/// `POST /messages/read`: all that the page showed.
pub async fn read_all(v: Visit) -> Result<Answer, No> {
    match told::read_all(&v.office, v.actor(), v.field("shown")).await {
        Ok(()) => Answer::see("/messages"),
        Err(no) => {
            let mine = told::mine(&v.office, v.actor()).await?;
            v.again(no, "Messages", &Messages::of(&mine, v.now))
        }
    }
}

/// `POST /messages/{id}/read`.
pub async fn read_one(v: Visit) -> Result<Answer, No> {
    told::read_one(&v.office, v.actor(), v.id(MessageId::parse)?).await?;
    Answer::see("/messages")
}

/// How one is told by mail.
#[derive(Serialize)]
pub struct Told {
    address: String,
    choices: Vec<Radio>,
}

/// A radio button.
#[derive(Serialize)]
struct Radio {
    value: &'static str,
    text: &'static str,
    hint: &'static str,
}

fn choices() -> Vec<Radio> {
    Choice::ALL.iter().map(|(_, value, text, hint)| Radio { value, text, hint }).collect()
}

impl Page for Told {
    const TEMPLATE: &'static str = "pages/account/told.html";

    fn samples() -> Vec<Self> {
        vec![Self { address: "alex@example.org".into(), choices: choices() }]
    }
}

const TITLE: &str = "How you are told";

/// `GET /account/mail`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let (chosen, address) = told::choice(&v.office, v.actor()).await?;
    let notice = if v.query("saved") == "yes" { "Your choice is saved" } else { "" };
    let typed = Typed::default().with("choice", chosen.word());
    v.show(TITLE, &Told { address, choices: choices() }).filled(typed).noticed(notice).done()
}

/// `POST /account/mail`.
pub async fn choose(v: Visit) -> Result<Answer, No> {
    match told::choose(&v.office, v.actor(), v.field("choice")).await {
        Ok(()) => Answer::see("/account/mail?saved=yes"),
        Err(no) => {
            let (_, address) = told::choice(&v.office, v.actor()).await?;
            v.again(no, TITLE, &Told { address, choices: choices() })
        }
    }
}
