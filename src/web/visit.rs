//! What a handler gets: who asks, what for, what was handed in; and the short ways to answer.

use std::sync::{Arc, LazyLock};

use serde::Serialize;

use crate::actions::answers::Form;
use crate::actions::session::Person;
use crate::actions::{No, Office, Stamp};
use crate::domain::actor::Actor;
use crate::domain::ids::PersonId;
use crate::domain::moment::Moment;
use crate::web::cookie::Pointer;
use crate::web::desk::Desk;
use crate::web::doors::Door;
use crate::web::frame::{Show, Typed};
use crate::web::multipart::{FILE_MAX, FILES_MAX};
use crate::web::posted::{File, Posted, size};
use crate::web::{Answer, Page};

/// One request, past its guards.
pub struct Visit {
    /// The office whose actions to ask.
    pub office: Arc<Office>,
    /// The shared parts of the web.
    pub desk: Arc<Desk>,
    /// The door that was knocked at.
    pub door: &'static Door,
    /// Who is signed in.
    pub who: Option<Person>,
    /// Who has half signed in.
    pub half: Option<Pointer>,
    /// The device's cookie, as sent; believed by `actions::known` alone.
    pub known: String,
    /// The browser and system, in words, as it says itself.
    pub device: String,
    /// Whose recovery code was right.
    pub recovery: Option<Pointer>,
    /// What was handed in.
    pub posted: Posted,
    /// The address it came from (for the record and for throttling).
    pub client: String,
    /// This request's own random word.
    pub request_id: String,
    /// The portal's time, read once.
    pub now: Moment,
    pub(crate) table: &'static [Door],
    pub(crate) path: String,
    pub(crate) names: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) token: String,
    pub(crate) wants: Wants,
}

/// What kind of answer the other side reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wants {
    /// A person with a browser.
    Page,
    /// A script or a program.
    Json,
}

fn first<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
}

/// A person without any role, for doors that strangers may use. Never [`Actor::Portal`], which actions trust.
static NOBODY: LazyLock<Actor> =
    LazyLock::new(|| Actor::Person { id: PersonId::fresh(Moment::from_millis(0), [0; 10]), grants: Vec::new() });

impl Visit {
    /// A named part of the path; empty if the pattern has no such name.
    pub fn path(&self, name: &str) -> &str {
        first(&self.names, name)
    }

    /// A named part of the path read as an identifier; what is none is not found (P10): `v.id(ReleaseId::parse)?`.
    pub fn id<T>(&self, parse: fn(&str) -> Option<T>) -> Result<T, No> {
        parse(self.path("id")).ok_or(No::NotFound)
    }

    /// The first value of a query parameter; missing is empty.
    pub fn query(&self, name: &str) -> &str {
        first(&self.query, name)
    }

    /// The first value of a field of the form; missing is empty.
    pub fn field(&self, name: &str) -> &str {
        first(&self.posted.fields, name)
    }

    /// All values of a field (check boxes).
    pub fn fields(&self, name: &str) -> Vec<&str> {
        self.posted.fields.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The form as it was filled in, with the signature over it: for acts that are signed.
    pub fn form(&self) -> Form {
        Form::posted(&self.posted.fields)
    }

    /// The photographs of a field, in the order they came; where nothing was chosen there are none. Too large or too many is
    /// answered beside the field.
    pub fn files(&self, name: &'static str) -> Result<Vec<&File>, No> {
        let chosen =
            || self.posted.files.iter().filter(|file| file.field == name && (file.over || !file.bytes.is_empty()));
        if chosen().count() > FILES_MAX {
            return Err(No::field(name, format!("Choose {FILES_MAX} files or fewer")));
        }
        match chosen().find(|file| file.over) {
            Some(file) => Err(No::field(
                name,
                format!("{} is too large: each file must be {} or smaller", file.name, size(FILE_MAX)),
            )),
            None => Ok(chosen().collect()),
        }
    }

    /// Where to go after signing in: the `next` of the form or address if it is a path of our own, else the first page.
    pub fn next(&self) -> &str {
        let asked = [self.field("next"), self.query("next")].into_iter().find_map(own_path);
        asked.filter(|path| !path.starts_with("/sign-")).unwrap_or("/")
    }

    /// Who is signed in; at a door for signed-in people there always is somebody, elsewhere an actor without any role.
    pub fn actor(&self) -> &Actor {
        self.who.as_ref().map_or(&NOBODY, |who| &who.actor)
    }

    /// The signed-in person; at a door for strangers this is "not found".
    pub fn person(&self) -> Result<&Person, No> {
        self.who.as_ref().ok_or(No::NotFound)
    }

    /// Who asked from where, for the leaves of what is done.
    pub fn stamp(&self) -> Stamp {
        Stamp { client: self.client.clone(), request: self.request_id.clone() }
    }

    /// Shows a page.
    pub fn page<P: Page>(&self, title: &str, page: &P) -> Result<Answer, No> {
        self.show(title, page).done()
    }

    /// Shows a page whose form is filled in.
    pub fn filled<P: Page>(&self, title: &str, page: &P, typed: Typed) -> Result<Answer, No> {
        self.show(title, page).filled(typed).done()
    }

    /// Shows the page of a form again with everything typed in it and what was wrong with it. Passes on what no form can mend.
    pub fn again<P: Page>(&self, no: No, title: &str, page: &P) -> Result<Answer, No> {
        self.show(title, page).again(no)
    }

    /// Begins to show a page.
    pub fn show<'a, P: Page + Serialize>(&'a self, title: &'a str, page: &'a P) -> Show<'a, P> {
        Show::new(self, title, page)
    }

    /// The path and query that were asked for.
    pub(crate) fn wanted(&self) -> String {
        let pairs: Vec<String> =
            self.query.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect();
        if pairs.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, pairs.join("&")) }
    }

    /// The same visit with nothing that was handed in but the fields of its form: for problem pages after a handler has used it up.
    pub(crate) fn shell(&self) -> Self {
        Self {
            office: self.office.clone(),
            desk: self.desk.clone(),
            door: self.door,
            table: self.table,
            who: self.who.clone(),
            half: self.half,
            known: self.known.clone(),
            device: self.device.clone(),
            recovery: self.recovery,
            posted: Posted { fields: self.posted.fields.clone(), ..Posted::default() },
            client: self.client.clone(),
            request_id: self.request_id.clone(),
            now: self.now,
            path: self.path.clone(),
            names: Vec::new(),
            query: self.query.clone(),
            token: self.token.clone(),
            wants: self.wants,
        }
    }
}

/// A path of our own, or `None`: one slash first, then nothing that a browser might read as another host or header.
pub fn own_path(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('/')?;
    let safe = |c: char| c.is_ascii_graphic() && c != '\\';
    (!rest.starts_with('/') && text.chars().all(safe)).then_some(text)
}

/// Percent-encodes all but unreserved characters and slashes.
pub(crate) fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_our_own_are_followed() {
        for own in ["/", "/releases/1?x=%2F#a", "/a//b"] {
            assert_eq!(own_path(own), Some(own));
        }
        for foreign in
            ["", "a", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", "/a b", "/é", "\t/a"]
        {
            assert_eq!(own_path(foreign), None, "{foreign:?}");
        }
    }
}
