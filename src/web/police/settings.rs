//! The settings' first page, the force's data protection registration (K8.1), and the demo's outbox.

use serde::Serialize;

use crate::actions::administer::Mail;
use crate::actions::{No, administer, texts};
use crate::domain::moment::Moment;
use crate::domain::policy::{Act, Thing, may};
use crate::web::frame::Typed;
use crate::web::police::{day, long};
use crate::web::{Answer, Page, Visit};

/// What there is to set.
#[derive(Serialize)]
pub struct Settings {
    links: Vec<Link>,
}

#[derive(Serialize)]
struct Link {
    href: &'static str,
    text: &'static str,
    about: String,
}

impl Settings {
    /// `ends`: how the registration stands; `None` for who may not change it.
    fn of(ends: Option<&str>) -> Self {
        let link = |href, text, about: &str| Link { href, text, about: about.to_owned() };
        let registration = ends.map(|about| link("/settings/registration", REGISTRATION, about));
        let texts = link(
            "/settings/texts",
            "Policy texts",
            "The undertaking, the conditions, the letters, the warnings: the words in force and every earlier version",
        );
        let numbers = link(
            "/settings/numbers",
            "Limits and periods",
            "Time limits, counts and retention periods: stricter than the policy, never looser",
        );
        Self { links: registration.into_iter().chain([texts, numbers]).collect() }
    }
}

impl Page for Settings {
    const TEMPLATE: &'static str = "pages/police/settings.html";

    fn samples() -> Vec<Self> {
        vec![Self::of(Some("On record, to 1 January 2027")), Self::of(None)]
    }
}

/// `GET /settings`.
pub async fn index(v: Visit) -> Result<Answer, No> {
    if !may(v.actor(), Act::SeeRules, Thing::Force) {
        return Err(No::NotFound);
    }
    let about = if texts::may_change(v.actor()) {
        let (_, ends) = administer::registration(&v.office).await?;
        Some(match day(ends.as_deref()) {
            none if none.is_empty() => "Not on record: nothing can be released".to_owned(),
            last => format!("On record, to {last}"),
        })
    } else {
        None
    };
    v.page("Settings", &Settings::of(about.as_deref()))
}

/// The registration's form.
#[derive(Serialize)]
pub struct Registration {
    recorded: bool,
}

impl Page for Registration {
    const TEMPLATE: &'static str = "pages/police/registration.html";

    fn samples() -> Vec<Self> {
        vec![Self { recorded: true }, Self { recorded: false }]
    }
}

const REGISTRATION: &str = "Data protection registration";

/// `GET /settings/registration`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    if !may(v.actor(), Act::Administer, Thing::Force) {
        return Err(No::NotFound);
    }
    let (reference, ends) = administer::registration(&v.office).await?;
    let page = Registration { recorded: ends.is_some() };
    let typed = Typed::default()
        .with("registration_reference", reference.unwrap_or_default())
        .with("registration_ends", ends.unwrap_or_default());
    let notice = if v.query("saved") == "yes" { "The registration is recorded" } else { "" };
    v.show(REGISTRATION, &page).filled(typed).noticed(notice).done()
}

/// `POST /settings/registration`.
pub async fn save(v: Visit) -> Result<Answer, No> {
    let (reference, ends) = (v.field("registration_reference"), v.field("registration_ends"));
    match administer::set_registration(&v.office, v.actor(), reference, ends, v.stamp()).await {
        Ok(()) => Answer::see("/settings/registration?saved=yes"),
        Err(no) => v.again(no, REGISTRATION, &Registration { recorded: true }),
    }
}

/// What the demo would have mailed.
#[derive(Serialize)]
pub struct Outbox {
    mails: Vec<Letter>,
}

#[derive(Serialize)]
struct Letter {
    to: String,
    subject: String,
    at: String,
    words: String,
    /// The invitation's path, to follow with a click.
    link: String,
}

fn letter(mail: &Mail) -> Letter {
    let link = mail.words.split_whitespace().find_map(|word| word.find("/enrol/").and_then(|at| word.get(at..)));
    Letter {
        to: mail.address.clone(),
        subject: mail.subject.clone(),
        at: long(mail.created_at),
        words: mail.words.clone(),
        link: link.unwrap_or_default().to_owned(),
    }
}

impl Page for Outbox {
    const TEMPLATE: &'static str = "pages/police/outbox.html";

    fn samples() -> Vec<Self> {
        let mail = |subject, words: &str| {
            let at = Moment::from_millis(1_795_370_400_000);
            letter(&Mail::shown("1".into(), "priya@example.org".into(), subject, words.into(), at))
        };
        let one = mail("Your invitation", "Open this link:\nhttps://portal.example.org/enrol/0123");
        let other = mail("Notice", "Words");
        vec![Self { mails: vec![one, other] }, Self { mails: Vec::new() }]
    }
}

/// `GET /outbox`: in the demo open to anybody, since who is invited has no account yet; elsewhere there is none.
pub async fn outbox(v: Visit) -> Result<Answer, No> {
    let mails = administer::outbox(&v.office).await?;
    v.page("Outbox of the demo", &Outbox { mails: mails.iter().map(letter).collect() })
}
