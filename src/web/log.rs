//! The auditor's room: searching the log and taking it along.
//!
//! Promises: each reading of the log is itself recorded (s.62(4)); names and references stand for identifiers where they are known.
//! Absent on purpose: pictures, words of a case, anything that changes a record.

use std::collections::HashMap;

use serde::Serialize;

use crate::actions::audit::Search;
use crate::actions::audit::{self, Found, Record};
use crate::actions::{FieldError, No};
use crate::domain::event::Kind;
use crate::domain::ids::ReleaseId;
use crate::domain::moment::{Moment, days_after, parse_day};
use crate::web::visit::percent;
use crate::web::{Answer, Page, Visit, fresh};

/// Records on a page.
const PAGE: i64 = 50;
/// Records in one file.
const CSV_MAX: i64 = 10_000;

/// One of a list to choose from.
#[derive(Serialize, Clone)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub text: String,
}

/// One record, in words.
#[derive(Serialize, Clone)]
pub struct Line {
    /// Its place in the log, from 0.
    pub index: u64,
    /// When, to the millisecond, UK time.
    pub at: String,
    /// Who: a name, or the portal.
    pub who: String,
    /// What happened.
    pub what: String,
    /// The kind's word.
    pub kind: String,
    /// To what: a name or reference where there is one.
    pub about: String,
    /// The release's timeline, or empty.
    pub href: String,
    /// Everything else that is recorded.
    pub more: Vec<String>,
}

/// The log's page.
#[derive(Serialize)]
pub struct Log {
    /// People who can be searched for.
    pub people: Vec<Choice>,
    /// Kinds that can be searched for.
    pub kinds: Vec<Choice>,
    /// What was found, newest first.
    pub lines: Vec<Line>,
    /// How many match in all.
    pub count: u64,
    /// The first and last of these among them, from 1.
    pub span: String,
    /// The page before, or empty.
    pub before: String,
    /// The next page, or empty.
    pub after: String,
    /// The same as CSV.
    pub csv: String,
}

impl Page for Log {
    const TEMPLATE: &'static str = "pages/log/search.html";

    fn samples() -> Vec<Self> {
        let line = Line {
            index: 12,
            at: "21 November 2026 at 5:30:09.123pm".into(),
            who: "Alex Doe".into(),
            what: "The release was recalled".into(),
            kind: "recall".into(),
            about: "CZ/001/26".into(),
            href: "/releases/0190a5b0-0000-7000-8000-000000000001/timeline".into(),
            more: vec!["Purpose: Prevention of crime".into(), "client: 127.0.0.1".into()],
        };
        let of = |lines: Vec<Line>, before: &str, after: &str| Self {
            people: vec![Choice { value: "person/1".into(), text: "Alex Doe".into() }],
            kinds: kinds(),
            count: lines.len() as u64,
            lines,
            span: "1 to 2".into(),
            before: before.into(),
            after: after.into(),
            csv: "/log/csv?kind=".into(),
        };
        let other = Line { href: String::new(), more: vec![], ..line.clone() };
        vec![of(vec![], "", ""), of(vec![line, other], "/log?page=1", "/log?page=3")]
    }
}

/// What a kind means, in as few words as its meaning begins with.
fn said(meaning: &str) -> String {
    let end = meaning.find([':', ';', '(']).unwrap_or(meaning.len());
    meaning.get(..end).unwrap_or(meaning).trim().trim_end_matches('.').to_owned()
}

fn meaning(word: &str) -> String {
    Kind::ALL.iter().find(|(_, one, _)| *one == word).map_or_else(|| word.to_owned(), |(_, _, text)| said(text))
}

fn kinds() -> Vec<Choice> {
    let mut all: Vec<Choice> =
        Kind::ALL.iter().map(|(_, word, text)| Choice { value: (*word).to_owned(), text: said(text) }).collect();
    all.sort_by(|one, other| one.text.cmp(&other.text));
    all
}

/// What is looked for, as typed; the reference is looked up.
async fn asked(v: &Visit, limit: i64, skip: i64) -> Result<Search, No> {
    let mut wrong = Vec::new();
    let mut day = |field: &'static str| {
        let typed = v.query(field).trim();
        let read = parse_day(typed);
        if read.is_none() && !typed.is_empty() {
            wrong.push(FieldError::new(field, "Enter a real date, like 27 3 2027"));
        }
        read
    };
    let (from, to) = (day("from"), day("to"));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        wrong.push(FieldError::new("to", "The last day must not be before the first"));
    }
    if !wrong.is_empty() {
        return Err(No::Invalid(wrong));
    }
    let object = match v.query("urn").trim() {
        "" => String::new(),
        urn => format!("release/{}", audit::release_by_urn(&v.office, v.actor(), urn).await?),
    };
    Ok(Search {
        actor: v.query("person").to_owned(),
        object,
        kind: v.query("kind").to_owned(),
        from: from.map_or(Moment::from_millis(0), Moment::start_of),
        to: Moment::start_of(days_after(to.unwrap_or(v.now.day()), 1)),
        limit,
        skip,
    })
}

/// The same search at another address or page.
fn address(v: &Visit, path: &str, page: i64) -> String {
    let fields = ["person", "urn", "kind", "from", "to"];
    let mut pairs: Vec<String> = fields
        .into_iter()
        .filter(|field| !v.query(field).is_empty())
        .map(|field| format!("{field}={}", percent(v.query(field))))
        .collect();
    if page > 1 {
        pairs.push(format!("page={page}"));
    }
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// Names and references for what records hold.
pub(super) struct Names {
    pub(super) people: HashMap<String, String>,
    pub(super) releases: HashMap<String, String>,
}

impl Names {
    pub(super) fn of(&self, word: &str) -> String {
        let known = self.people.get(word).or_else(|| self.releases.get(word));
        known.cloned().unwrap_or_else(|| if word == "portal" { "The portal".to_owned() } else { word.to_owned() })
    }

    /// A value of a record, with names for the people in it.
    fn told(&self, value: &serde_json::Value) -> String {
        match value {
            serde_json::Value::String(word) => match self.people.get(&format!("person/{word}")) {
                Some(name) => name.clone(),
                None => self.of(word),
            },
            serde_json::Value::Array(all) => all.iter().map(|one| self.told(one)).collect::<Vec<_>>().join(", "),
            other => other.to_string(),
        }
    }
}

pub(super) fn line(record: &Record, names: &Names) -> Line {
    let text = |field: &str| record.body.get(field).and_then(serde_json::Value::as_str).unwrap_or_default();
    let object = text("object");
    let kind = text("kind").to_owned();
    let release = object.strip_prefix("release/").filter(|id| ReleaseId::parse(id).is_some());
    let mut more = Vec::new();
    for (field, value) in record.body.as_object().into_iter().flatten() {
        if ["at", "kind", "actor", "object", "request_id"].contains(&field.as_str()) || value.is_null() || value == "" {
            continue;
        }
        more.push(format!("{field}: {}", names.told(value)));
    }
    Line {
        index: record.index,
        at: Moment::parse_rfc3339(text("at")).map(Moment::precise).unwrap_or_default(),
        who: names.of(text("actor")),
        what: meaning(&kind),
        kind,
        about: names.of(object),
        href: release.map(|id| format!("/releases/{id}/timeline")).unwrap_or_default(),
        more,
    }
}

async fn names(v: &Visit, records: &[Record]) -> Result<Names, No> {
    let releases = audit::references(&v.office, v.actor(), records).await?;
    Ok(Names { people: audit::names(&v.office).await?, releases })
}

async fn log_page(v: &Visit, found: Found, page: i64) -> Result<Log, No> {
    let names = names(v, &found.records).await?;
    let mut people: Vec<Choice> =
        names.people.iter().map(|(value, text)| Choice { value: value.clone(), text: text.clone() }).collect();
    people.sort_by(|one, other| one.text.cmp(&other.text));
    people.push(Choice { value: "portal".into(), text: "The portal itself".into() });
    let lines: Vec<Line> = found.records.iter().map(|record| line(record, &names)).collect();
    let first = (page - 1) * PAGE;
    let last = first + i64::try_from(lines.len()).unwrap_or(0);
    let more = u64::try_from(last).is_ok_and(|last| last < found.count);
    Ok(Log {
        people,
        kinds: kinds(),
        span: format!("{} to {last}", first + 1),
        lines,
        count: found.count,
        before: if page > 1 { address(v, "/log", page - 1) } else { String::new() },
        after: if more { address(v, "/log", page + 1) } else { String::new() },
        csv: address(v, "/log/csv", 1),
    })
}

fn typed(v: &Visit) -> crate::web::frame::Typed {
    let fields = ["person", "urn", "kind", "from", "to"];
    fields.into_iter().fold(crate::web::frame::Typed::default(), |typed, field| typed.with(field, v.query(field)))
}

const TITLE: &str = "Log of who did what";

/// `GET /log`.
pub async fn search(v: Visit) -> Result<Answer, No> {
    let page = v.query("page").parse::<i64>().unwrap_or(1).clamp(1, 1_000_000);
    let found = match asked(&v, PAGE, (page - 1) * PAGE).await {
        Ok(what) => audit::search(&v.office, v.actor(), &what, v.stamp()).await?,
        Err(no) => {
            let nothing = Found { records: Vec::new(), count: 0 };
            return v.again(no, TITLE, &log_page(&v, nothing, 1).await?);
        }
    };
    let shown = log_page(&v, found, page).await?;
    v.filled(TITLE, &shown, typed(&v))
}

/// `GET /log/csv`: the same search, up to 10,000 records; that they left is recorded.
pub async fn csv(v: Visit) -> Result<Answer, No> {
    if let Some(asked) = fresh::first(&v)? {
        return Ok(asked);
    }
    let what = asked(&v, CSV_MAX, 0).await?;
    let found = audit::search(&v.office, v.actor(), &what, v.stamp()).await?;
    let text = audit::csv(&found.records, &audit::names(&v.office).await?)?;
    let told = format!("csv, {} records", found.records.len());
    audit::exported(&v.office, v.actor(), &told, v.stamp()).await?;
    Ok(Answer::csv("log.csv", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_in_a_few_words() {
        assert_eq!(said(" The release was recalled (K8.2); body: `reason`."), "The release was recalled");
        assert_eq!(meaning("sign-in"), "A person signed in");
        assert_eq!(meaning("unheard-of"), "unheard-of");
    }
}
