//! A page is a typed struct and a template; templates are carried in the binary and parsed once.
//!
//! Promises: a template can only be rendered through its struct; a page whose template is missing stops the start; every sample of
//! every page in [`PAGES`] is rendered by `tests/it/web_shell.rs`. Text is escaped: files end in `.html`, and `| safe` is banned by test.
//! Absent on purpose: a bare context, templates read at run time.

use include_dir::{Dir, include_dir};
use serde::Serialize;
use tera::{Context, Tera};

use crate::actions::{Fault, No};
use crate::web::recover;
use crate::web::visit::Visit;
use crate::web::{Answer, plain, police, problem};
use crate::web::{
    account, bulletin, bulletins, enrol, fresh, log, log_check, messages, passkey, report, sheets, sign_in, statements,
    surrender, undertaking, visits,
};

static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// What a template shows. Field names become the template's variables; `frame` and `form` are taken.
pub trait Page: Serialize {
    /// File below `templates/`.
    const TEMPLATE: &'static str;

    /// Made-up contents, each branch of the template at least once.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// A page as the sample test sees it.
pub struct Sampled {
    /// The template.
    pub template: &'static str,
    /// Renders all samples on behalf of a visitor.
    pub render: fn(&Visit) -> Vec<Result<Answer, No>>,
}

macro_rules! pages {
    ($($page:ty),+ $(,)?) => {
        /// Every page there is. A page left out is caught by its own template: each file below `pages/` must be named here.
        pub const PAGES: &[Sampled] = &[$(Sampled {
            template: <$page as Page>::TEMPLATE,
            render: |visit| <$page as Page>::samples().iter().map(|page| visit.page("Sample", page)).collect(),
        }),+];
    };
}

pages![
    problem::Problem,
    plain::Accessibility,
    plain::Cookies,
    plain::Privacy,
    sign_in::SignIn,
    sign_in::Code,
    enrol::Enrol,
    enrol::Enrolled,
    account::Account,
    undertaking::Status,
    undertaking::Text,
    undertaking::Mine,
    bulletins::List,
    bulletin::Show,
    surrender::Confirm,
    sheets::Print,
    sheets::Holdings,
    surrender::Sheet,
    surrender::Release,
    log::Log,
    log_check::Verify,
    log_check::Head,
    log_check::Timeline,
    police::home::Home,
    police::list::List,
    police::ask::Ask,
    police::check::Check,
    police::sheet::Sheet,
    // Demands
    police::end::End,
    police::demands::Demands,
    police::ending::Ending,
    // The desk
    police::duties::Duty,
    police::prints::Authority,
    police::prints::Bundle,
    // Requests and decisions
    police::tasks::Tasks,
    police::part::Part,
    police::decide::Decide,
    // Representations and rulings
    police::rulings::Ruling,
    police::rulings::represent::Represent,
    police::rulings::papers::Papers,
    police::rulings::told::Told,
    police::rulings::letters::Form,
    police::rulings::letters::Letter,
    police::seal::Seal,
    police::register::Registers,
    police::register::Register,
    police::schemes::Schemes,
    police::schemes::One,
    police::invite::Form,
    police::invite::Invited,
    police::settings::Settings,
    police::settings::Registration,
    police::settings::Outbox,
    // Passkeys
    passkey::Passkeys,
    // Recovery and keys made anew
    recover::Recover,
    recover::Making,
    recover::Recovered,
    police::renew::Renew,
    police::reseal::Reseal,
    // Approvals and the root
    police::approvals::Approvals,
    police::approvals::Approve,
    police::approvals::Record,
    police::root::Ceremony,
    // Units
    police::unit::Units,
    police::unit::Unit,
    // Corrections
    report::Report,
    police::correct::Correct,
    police::corrections::Corrections,
    police::corrections::Consider,
    // Reviews
    police::reviews::Reviews,
    police::reviews::Check,
    police::reviews::conclude::Conclude,
    police::reviews::limits::Shorten,
    police::reviews::limits::Notice,
    police::reviews::queue::Queue,
    // Statements
    statements::Mine,
    statements::Signed,
    // Visits and proving who is there
    visits::Visits,
    messages::Messages,
    messages::Told,
    police::jobs::Jobs,
    police::jobs::PersonMail,
    police::inspections::Inspections,
    police::inspections::Inspected,
    fresh::Fresh,
    // People, roles and registers
    police::scheme_form::Form,
    police::receivers::Receiving,
    police::print_ledger::Prints,
    police::print_ledger::Kept,
    police::leavers::Leave,
    police::leavers::Leaver,
    police::members::One,
    police::papers::Remove,
    police::initiatives::Initiatives,
    police::initiatives::One,
    police::people::People,
    police::people::Person,
    police::areas::Areas,
    police::areas::Rename,
    // Other areas
    police::elsewhere::Areas,
    police::elsewhere::Consultation,
    // Texts and numbers of the policy
    police::texts::Texts,
    police::texts::One,
    police::texts::Figures,
    // Retention
    police::retention::List,
    police::retention::Review,
    police::legal_holds::Hold,
    police::legal_holds::Lift,
];

/// Parses all templates and checks that each page has its own and each template below `pages/` its page.
pub(crate) fn templates() -> Result<Tera, String> {
    let mut tera = Tera::default();
    tera.autoescape_on(vec![".html"]);
    tera.set_escape_fn(escape);
    let mut texts = Vec::new();
    gather(&TEMPLATES, &mut texts)?;
    tera.add_raw_templates(texts).map_err(|why| told(&why))?;
    for page in PAGES {
        tera.get_template(page.template).map_err(|why| told(&why))?;
    }
    let lost = tera
        .get_template_names()
        .find(|name| name.starts_with("pages/") && !PAGES.iter().any(|page| page.template == *name));
    match lost {
        Some(name) => Err(format!("templates/{name} has no page in web::page::PAGES")),
        None => Ok(tera),
    }
}

/// The five characters that HTML text and quoted attributes need escaped. Tera's own also turns each slash into `&#x2F;`, which
/// doubles the size of addresses and makes pages hard to read for people and scripts.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

fn gather(dir: &'static Dir<'static>, texts: &mut Vec<(String, &'static str)>) -> Result<(), String> {
    for file in dir.files() {
        let name = file.path().display().to_string();
        let text = file.contents_utf8().ok_or_else(|| format!("templates/{name} is not UTF-8"))?;
        texts.push((name, text));
    }
    dir.dirs().try_for_each(|dir| gather(dir, texts))
}

/// Renders a page inside its frame.
pub(crate) fn render<P: Page>(
    tera: &Tera,
    page: &P,
    frame: &impl Serialize,
    form: &impl Serialize,
) -> Result<String, Fault> {
    let broken = |why: tera::Error| Fault::Other(format!("template {}: {}", P::TEMPLATE, told(&why)));
    let mut context = Context::from_serialize(page).map_err(broken)?;
    context.insert("frame", frame);
    context.insert("form", form);
    tera.render(P::TEMPLATE, &context).map_err(broken)
}

/// An error with all its causes, for the operator.
fn told(why: &tera::Error) -> String {
    let mut words = why.to_string();
    let mut cause = std::error::Error::source(why);
    while let Some(next) = cause {
        words = format!("{words}: {next}");
        cause = next.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::frame::Typed;
    use serde_json::json;

    const FORM: &str = r#"{% extends "base.html" %}{% block content %}
        {{ f::token(frame=frame) }}
        {{ f::input(form=form, name="email", label="Email", hint="Work address", type="email", autocomplete="username", width="20") }}
        {{ f::input(form=form, name="missing", label="Nothing typed") }}
        {{ f::date(form=form, name="day", label="Day") }}{{ f::time(form=form, name="hour", label="Hour") }}
        {{ f::moment(form=form, legend="Served", date="served_date", time="served_time", hint="In UK time") }}
        {{ f::textarea(form=form, name="text", label="Text", max=5000) }}
        {{ f::radios(form=form, name="basis", legend="Basis", options=options) }}
        {{ f::checkboxes(form=form, name="purposes", legend="Purposes", options=options, hint="Any") }}
        {{ f::select(form=form, name="area", label="Area", options=options) }}
        {{ f::tick(form=form, name="sure", label="Sure") }}{{ f::file(form=form, name="photographs", label="Photographs", multiple=true) }}
        {{ f::button(text="Send", kind="warning") }}{{ f::hidden(name="x", value=evil) }}
        {{ s::summary(rows=rows) }}{{ s::table(caption="T", heads=["A", "B"], rows=cells) }}{{ s::tag(text="Live", colour="green") }}
        {{ s::warning(text=evil) }}{{ s::inset(text=evil) }}{{ s::details(summary="S", text=evil) }}{{ s::panel(title="Done", body=evil) }}
        {{ s::back(href="/x") }}{{ s::breadcrumbs(items=links) }}{{ s::pages(before="/1", after="") }}{{ s::tasks(items=tasks) }}
        {{ s::timeline(events=events) }}{% endblock content %}"#;

    fn rendered() -> String {
        let mut tera = templates().unwrap();
        tera.add_raw_template("trial.html", FORM).unwrap();
        let typed = Typed::default()
            .with("email", "<a@b>")
            .with("purposes", "one")
            .with("purposes", "two")
            .with("basis", "two")
            .with("area", "one")
            .with("sure", "yes")
            .with("text", "</textarea><script>");
        let wrong = |field: &str| json!({"field": field, "sentence": "Mend <this>", "clause": "K6.1"});
        let context = json!({
            "frame": {"token": "t0", "demo": false, "clock_behind": false, "signed_in": false, "fresh": false, "notice": "", "handling": "", "menu": [], "style": {"href": "", "integrity": ""}, "script": {"href": "", "integrity": ""}, "worker": "", "keeper": "", "person_id": "", "root": "",
                "heading": "", "title": "", "service": "", "force": "", "contact": "", "marking": "", "path": ""},
            "form": {"typed": typed, "errors": [wrong("email"), wrong("basis"), wrong("text"), wrong("")]},
            "options": [{"value": "one", "text": "One", "hint": ""}, {"value": "two", "text": "Two", "hint": "More"}],
            "rows": [{"key": "K", "value": "V"}, {"key": "K2", "value": "<V>", "href": "/c"}],
            "cells": [["a", "b"]], "links": [{"text": "Home", "href": "/"}], "evil": "<script>",
            "tasks": [{"text": "Risk", "href": "/r", "hint": "", "status": "Completed", "colour": ""},
                {"text": "Later", "href": "", "hint": "After risk", "status": "Cannot start yet", "colour": "grey"}],
            "events": [{"at": "now", "title": "Asked", "by": "A", "text": ""}],
        });
        tera.render("trial.html", &Context::from_value(context).unwrap()).unwrap()
    }

    #[test]
    fn forms_keep_what_was_typed_and_tell_what_is_wrong_beside_the_field() {
        let html = rendered();
        for part in [
            r#"<input type="hidden" name="token" value="t0">"#,
            r#"value="&lt;a@b&gt;" autocomplete="username" aria-describedby="email-hint email-error" aria-invalid="true">"#,
            r#"id="missing" name="missing" type="text" value="">"#,
            r#"<p id="email-error" class="govuk-error-message"><span class="govuk-visually-hidden">Error:</span> Mend &lt;this&gt; (K6.1)</p>"#,
            r#"class="govuk-input govuk-input--width-20 govuk-input--error""#,
            r#"id="basis-2" name="basis" type="radio" value="two" checked aria-describedby="basis-2-item-hint">"#,
            r#"id="purposes" name="purposes" type="checkbox" value="one" checked>"#,
            r#"id="purposes-2" name="purposes" type="checkbox" value="two" checked"#,
            r#"<option value="one" selected>One</option>"#,
            r#"id="sure" name="sure" type="checkbox" value="yes" checked>"#,
            r#"name="day" type="date""#,
            r#"aria-describedby="purposes-hint""#,
            "&lt;/textarea&gt;&lt;script&gt;</textarea>",
        ] {
            assert!(html.contains(part), "missing: {part}\n{html}");
        }
        assert!(!html.contains("<script>") && !html.contains("<this>") && !html.contains("<V>"), "{html}");
        assert_eq!(html.matches(" checked").count(), 4, "{html}");
    }
}
