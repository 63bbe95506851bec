//! The frame around each page: title, menu, marking, token, what was typed and what was wrong with it.
//!
//! Promises: a template gets a typed page and this frame, nothing else; `Error: ` begins the title of a page that lists errors; the
//! menu holds exactly the doors this actor may open. Absent on purpose: role names, anything a template could decide by.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::actions::{FieldError, No, step_up};
use crate::web::assets::Asset;
use crate::web::doors::{Method, Who};
use crate::web::page::Page;
use crate::web::problem::soon;
use crate::web::visit::{Visit, Wants};
use crate::web::{Answer, page};

/// Above a form whose act could not be written.
const NOT_TAKEN: &str = "The portal cannot reach its records at the moment, so it does not know whether this arrived. What you typed is still here: wait a minute, look whether it arrived, then send it again. Files have to be chosen again.";

/// What stands in a form: each field with all its values.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Typed(BTreeMap<String, Vec<String>>);

/// What only a script or an authenticator fills in: never shown again.
pub(crate) const SECRET: [&str; 3] = ["statement", "auth", "fresh_code"];

impl Typed {
    /// Adds a value to a field.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<String>) -> Self {
        self.0.entry(field.to_owned()).or_default().push(value.into());
        self
    }

    /// What was posted, but for the token and what only a script fills in.
    pub fn posted(fields: &[(String, String)]) -> Self {
        let kept = fields.iter().filter(|(name, _)| name != "token" && !SECRET.contains(&name.as_str()));
        kept.fold(Self::default(), |typed, (name, value)| typed.with(name, value.clone()))
    }
}

/// One thing that is wrong, for the summary and beside its field.
#[derive(Clone, Debug, Serialize)]
pub struct Wrong {
    /// The form field's name; empty where no field can mend it.
    pub field: String,
    /// What is wrong and what to do.
    pub sentence: String,
    /// The clause of the policy, where a rule said so.
    pub clause: String,
}

/// A form's state: macros of `parts/form.html` take it whole.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Form {
    typed: Typed,
    errors: Vec<Wrong>,
}

/// A line of the menu.
#[derive(Debug, Serialize)]
struct Item {
    label: &'static str,
    href: &'static str,
    current: bool,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "one for each thing a page shows or leaves out")]
struct Frame<'a> {
    service: &'a str,
    force: &'a str,
    contact: &'a str,
    title: &'a str,
    /// The whole `<title>`.
    heading: String,
    menu: Vec<Item>,
    person: &'a str,
    signed_in: bool,
    /// It was shown lately who is there: forms of weight do not ask again.
    fresh: bool,
    token: &'a str,
    marking: &'static str,
    handling: &'a str,
    demo: bool,
    /// The clock is behind the log: time stands at the newest leaf.
    clock_behind: bool,
    notice: &'a str,
    path: &'a str,
    idle_ms: i64,
    style: &'a Asset,
    script: &'a Asset,
    worker: &'a str,
    keeper: &'a str,
    /// Whose page this is, for the browser's keeper of keys; empty for a visitor.
    person_id: String,
    /// The root's verifier key, from the configuration: what the browser follows papers up to.
    root: String,
}

/// A page about to be shown.
pub struct Show<'a, P: Page> {
    visit: &'a Visit,
    title: &'a str,
    page: &'a P,
    form: Form,
    notice: String,
    status: u16,
}

impl<'a, P: Page> Show<'a, P> {
    pub(crate) fn new(visit: &'a Visit, title: &'a str, page: &'a P) -> Self {
        Self { visit, title, page, form: Form::default(), notice: String::new(), status: 200 }
    }

    /// With the form filled in.
    #[must_use]
    pub fn filled(mut self, typed: Typed) -> Self {
        self.form.typed = typed;
        self
    }

    /// With a green banner that says what has just been done.
    #[must_use]
    pub fn noticed(mut self, words: impl Into<String>) -> Self {
        self.notice = words.into();
        self
    }

    /// With another status than 200.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// With what is wrong in the summary and beside its field.
    #[must_use]
    pub fn wrong(mut self, errors: &[FieldError]) -> Self {
        self.form.errors = errors.iter().map(Wrong::from).collect();
        self
    }

    /// The form again: everything typed, each error in the summary and beside its field. `Invalid` answers 422, `Refused` 403 with each
    /// clause. `Unavailable` answers 503 and the form to be sent once more. Whatever a form cannot mend, and anything for a program,
    /// is passed on to `answer`.
    pub fn again(mut self, no: No) -> Result<Answer, No> {
        if self.visit.wants == Wants::Json {
            return Err(no);
        }
        (self.status, self.form.errors) = match &no {
            No::Invalid(errors) => (422, errors.iter().map(Wrong::from).collect()),
            No::Refused(refusals) => (403, refusals.iter().map(Wrong::from).collect()),
            No::Unavailable => (503, vec![Wrong::from(&FieldError::new("", NOT_TAKEN))]),
            _ => return Err(no),
        };
        // A search form asks by GET: what was typed stands in the query.
        let typed = match self.visit.door.method {
            Method::Get => &self.visit.query,
            Method::Post => &self.visit.posted.fields,
        };
        self.form.typed = Typed::posted(typed);
        let answer = self.done()?;
        Ok(if matches!(no, No::Unavailable) { answer.header("retry-after", soon()) } else { answer })
    }

    /// Renders it; the summary tells the errors in the order of their fields on the page, those without a field first.
    pub fn done(mut self) -> Result<Answer, No> {
        let mut html = self.render()?;
        if self.form.errors.len() > 1 {
            let place = |wrong: &Wrong| html.find(&format!(" id=\"{}\"", wrong.field));
            self.form.errors.sort_by_key(place);
            html = self.render()?;
        }
        Ok(Answer::html(html).status(self.status))
    }

    fn render(&self) -> Result<String, No> {
        Ok(page::render(&self.visit.desk.templates, self.page, &self.frame(), &self.form)?)
    }

    fn frame(&self) -> Frame<'_> {
        let visit = self.visit;
        let desk = &visit.desk;
        let (portal, named) = (&desk.portal, &desk.named);
        let prefix = if self.form.errors.is_empty() { "" } else { "Error: " };
        Frame {
            service: &portal.service,
            force: &portal.force,
            contact: &portal.contact,
            title: self.title,
            heading: format!("{prefix}{} – {}", self.title, portal.service),
            menu: menu(visit),
            person: visit.who.as_ref().map_or("", |who| who.name.as_str()),
            signed_in: visit.who.is_some(),
            fresh: visit.who.as_ref().is_some_and(|who| step_up::is_fresh(who, visit.now)),
            token: &visit.token,
            marking: "OFFICIAL-SENSITIVE",
            handling: portal.handling.as_deref().filter(|_| visit.who.is_some()).unwrap_or(""),
            demo: portal.demo,
            clock_behind: visit.who.is_some() && visit.office.clock_behind().is_some(),
            notice: &self.notice,
            path: &visit.path,
            // A minute less than a visit lasts: a token younger than a minute is not made anew.
            idle_ms: crate::domain::limits::IDLE_MS - super::cookie::REFRESH_MS,
            style: &named.style,
            script: &named.script,
            worker: &named.worker.href,
            keeper: &named.keeper.href,
            person_id: visit.who.as_ref().map(|who| who.id.to_string()).unwrap_or_default(),
            root: visit.office.root_vkey(),
        }
    }
}

/// The doors on the menu that this person may open.
fn menu(visit: &Visit) -> Vec<Item> {
    let admits = |who: Who| match &visit.who {
        Some(person) => who.admits(&person.actor),
        None => matches!(who, Who::Anyone | Who::Unasked | Who::Machine),
    };
    let mut items: Vec<Item> = visit
        .table
        .iter()
        .filter(|door| door.method == Method::Get && admits(door.who))
        .filter_map(|door| Some(Item { label: door.menu?, href: door.path, current: false }))
        .collect();
    let within = |href: &str| {
        visit.path == href || (href != "/" && visit.path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')))
    };
    // The longest fitting door, so that `/releases/new` does not light `/releases` too.
    if let Some(item) = items.iter_mut().filter(|item| within(item.href)).max_by_key(|item| item.href.len()) {
        item.current = true;
    }
    items
}
