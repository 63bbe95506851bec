//! The force's data protection registration (K8.1), and the demo's outbox.

use serde::Serialize;

use crate::actions::registers::Mail;
use crate::actions::{No, administer};
use crate::domain::policy::{Act, Thing, may};
use crate::web::frame::Typed;
use crate::web::police::long;
use crate::web::{Answer, Page, Visit};

/// The registration's form.
#[derive(Serialize)]
pub struct Settings {
    recorded: bool,
}

impl Page for Settings {
    const TEMPLATE: &'static str = "pages/police/settings.html";

    fn samples() -> Vec<Self> {
        vec![Self { recorded: true }, Self { recorded: false }]
    }
}

const TITLE: &str = "Data protection registration";

/// `GET /settings`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    if !may(v.actor(), Act::Administer, Thing::Force) {
        return Err(No::NotFound);
    }
    let (reference, ends) = administer::registration(&v.office).await?;
    let page = Settings { recorded: ends.is_some() };
    let typed = Typed::default()
        .with("registration_reference", reference.unwrap_or_default())
        .with("registration_ends", ends.unwrap_or_default());
    let notice = if v.query("saved") == "yes" { "The registration is recorded" } else { "" };
    v.show(TITLE, &page).filled(typed).noticed(notice).done()
}

/// `POST /settings`.
pub async fn save(v: Visit) -> Result<Answer, No> {
    let (reference, ends) = (v.field("registration_reference"), v.field("registration_ends"));
    match administer::set_registration(&v.office, v.actor(), reference, ends, v.stamp()).await {
        Ok(()) => Answer::see("/settings?saved=yes"),
        Err(no) => v.again(no, TITLE, &Settings { recorded: true }),
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
        let one = letter(&Mail {
            id: "1".into(),
            address: "priya@example.org".into(),
            subject: "Your invitation".into(),
            words: "Open this link:\nhttps://portal.example.org/enrol/0123".into(),
            created_at: 1_795_370_400_000,
        });
        let other = Letter {
            link: String::new(),
            ..letter(&Mail {
                id: "2".into(),
                address: "a@example.org".into(),
                subject: "Notice".into(),
                words: "Words".into(),
                created_at: 0,
            })
        };
        vec![Self { mails: vec![one, other] }, Self { mails: Vec::new() }]
    }
}

/// `GET /outbox`: in the demo open to anybody, since who is invited has no account yet; elsewhere there is none.
pub async fn outbox(v: Visit) -> Result<Answer, No> {
    let mails = administer::outbox(&v.office).await?;
    v.page("Outbox of the demo", &Outbox { mails: mails.iter().map(letter).collect() })
}
