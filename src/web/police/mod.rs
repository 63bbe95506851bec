//! The police desk: what waits, requests and decisions, sealing, registers, accounts.
//!
//! Promises: a handler reads the form, asks one action, shows a page; whether a button is shown comes from the policy
//! ([`crate::actions::desk::May`], `domain::policy`). Absent on purpose: rules, role names in templates, pictures outside the two
//! doors that answer sealed bytes. Proved by `tests/it/police_pages.rs` and, sample by sample, by `tests/it/web_shell.rs`.

pub mod approvals;
pub mod areas;
pub mod ask;
pub mod check;
pub mod correct;
pub mod corrections;
pub mod decide;
pub mod demands;
pub mod duties;
pub mod elsewhere;
pub mod end;
pub mod ending;
pub mod home;
pub mod initiatives;
pub mod inspections;
pub mod invite;
pub mod jobs;
pub mod leavers;
pub mod legal_holds;
pub mod list;
pub mod members;
pub mod papers;
pub mod part;
pub mod people;
pub mod print_ledger;
pub mod prints;
pub mod receivers;
pub mod record;
pub mod register;
pub mod renew;
pub mod reseal;
pub mod retention;
pub mod reviews;
pub mod root;
pub mod rulings;
pub mod scheme_form;
pub mod schemes;
pub mod seal;
pub mod settings;
pub mod sheet;
mod state;
pub mod story;
pub mod tasks;
pub mod texts;
pub mod unit;
mod waits;

use serde::Serialize;

use crate::actions::No;
use crate::domain::moment::{Moment, long_day, parse_day};
use crate::domain::release::request::Purpose;

/// The most lines of a register's list on one page.
const LISTED: usize = 500;

/// Says that a list was cut, with both numbers; nothing where it was not.
fn capped(all: usize, shown: usize) -> String {
    if all > shown { format!("The first {shown} of {all} are shown.") } else { String::new() }
}

/// Puts errors into the order of the page's fields, so that the summary reads as the page does.
fn ordered(no: No, fields: &[&str]) -> No {
    match no {
        No::Invalid(mut errors) => {
            errors.sort_by_key(|error| fields.iter().position(|field| *field == error.field).unwrap_or(fields.len()));
            No::Invalid(errors)
        }
        other => other,
    }
}

/// One of several answers, as the form's macros take it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Choice {
    value: String,
    text: String,
    hint: String,
}

fn choice(value: impl Into<String>, text: impl Into<String>, hint: &str) -> Choice {
    Choice { value: value.into(), text: text.into(), hint: hint.to_owned() }
}

/// A line of a summary list.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    key: &'static str,
    value: String,
}

/// A line of a summary list; nothing on record is said as such.
fn row(key: &'static str, value: impl Into<String>) -> Row {
    let value: String = value.into();
    Row { key, value: if value.is_empty() { "Not recorded".to_owned() } else { value } }
}

/// A word in a coloured box; the words carry the meaning.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Tag {
    text: &'static str,
    colour: &'static str,
}

/// A release's stage as pages show it.
fn stage_tag(word: &str) -> Tag {
    let (text, colour) = match word {
        "draft" => ("Draft", "grey"),
        "requested" => ("Requested", "blue"),
        "returned" => ("Sent back", "yellow"),
        "voided" => ("Voided", "grey"),
        "live" => ("Live", "green"),
        "expired" => ("Expired", "orange"),
        "recalled" => ("Recalled", "red"),
        "disposed" => ("Disposed of", "grey"),
        _ => ("Closed", "grey"),
    };
    Tag { text, colour }
}

fn long(ms: i64) -> String {
    Moment::from_millis(ms).long()
}

/// A stored day in words; nothing where there is none.
fn day(text: Option<&str>) -> String {
    text.and_then(parse_day).map_or_else(String::new, long_day)
}

fn purposes() -> Vec<Choice> {
    Purpose::ALL.iter().map(|(_, word, title)| choice(*word, *title, "")).collect()
}

fn yes(value: bool) -> &'static str {
    if value { "Yes" } else { "No" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::FieldError;

    #[test]
    fn errors_stand_in_the_order_of_the_page_and_strange_ones_last() {
        let errors = ["b", "x", "a"].map(|field| FieldError::new(field, "Wrong")).to_vec();
        let No::Invalid(sorted) = ordered(No::Invalid(errors), &["a", "b"]) else { panic!("changed its kind") };
        assert_eq!(sorted.iter().map(|error| error.field).collect::<Vec<_>>(), ["a", "b", "x"]);
    }
}
