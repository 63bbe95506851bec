//! The undertaking (form 3797, K8.2.1): how one stands with it, its text in full, one's own signed copy.
//!
//! Promises: showing the text is opening it, and is recorded first. Absent on purpose: signing without having opened it (the
//! action refuses), a box to tick in place of a signature.

use serde::Serialize;

use crate::actions::fingerprint::fingerprint;
use crate::actions::undertaking::{self, Standing};
use crate::actions::{No, desk};
use crate::web::account::{OwnKeys, Row, row};
use crate::web::{Answer, Page, Visit};

/// How a person stands with the version in force.
#[derive(Serialize)]
pub struct Status {
    /// The version in force.
    pub version: u32,
    /// One of `new`, `opened`, `declined`, `signed`.
    pub state: &'static str,
    /// When that happened; empty for `new`.
    pub at: String,
    /// An earlier version they signed; 0: none.
    pub earlier: u32,
    /// How their keys stand: without confirmed ones nobody signs.
    pub keys: OwnKeys,
}

impl Page for Status {
    const TEMPLATE: &'static str = "pages/undertaking/status.html";

    fn samples() -> Vec<Self> {
        let of = |state, earlier, keys| {
            let keys = OwnKeys::sample(keys);
            Self { version: 2, state, at: "21 November 2026 at 5:30pm".into(), earlier, keys }
        };
        vec![
            of("new", 0, "none"),
            of("new", 1, "changed"),
            of("opened", 0, "confirmed"),
            of("declined", 0, "confirmed"),
            of("signed", 0, "confirmed"),
        ]
    }
}

/// The text in full, with the form that signs it.
#[derive(Serialize)]
pub struct Text {
    /// Which version.
    pub version: u32,
    /// The exact words.
    pub words: String,
    /// Whether it is signed already.
    pub signed: bool,
    /// How their keys stand.
    pub keys: OwnKeys,
}

impl Page for Text {
    const TEMPLATE: &'static str = "pages/undertaking/text.html";

    fn samples() -> Vec<Self> {
        let of = |signed, keys| {
            let keys = OwnKeys::sample(keys);
            Self { version: 1, words: "Undertaking\n\n1. One.\n".into(), signed, keys }
        };
        vec![of(false, "none"), of(false, "confirmed"), of(true, "confirmed")]
    }
}

/// One's own signed copy, to keep and print.
#[derive(Serialize)]
pub struct Mine {
    /// Who signed what, when, with which key.
    pub rows: Vec<Row>,
    /// The words that were signed.
    pub words: String,
    /// The signed note.
    pub note: String,
}

impl Page for Mine {
    const TEMPLATE: &'static str = "pages/undertaking/mine.html";

    fn samples() -> Vec<Self> {
        let rows = vec![row("Signed by", "Alex Doe")];
        vec![Self { rows, words: "Undertaking\n\n1. One.\n".into(), note: "sign/v1\nundertaking\n".into() }]
    }
}

const TITLE: &str = "Undertaking";

fn state(standing: &Standing) -> (&'static str, String) {
    let at = |moment: crate::domain::moment::Moment| moment.long();
    match (standing.signed_at, standing.declined_at, standing.opened_at) {
        (Some(signed), _, _) => ("signed", at(signed)),
        (None, Some(declined), _) => ("declined", at(declined)),
        (None, None, Some(opened)) => ("opened", at(opened)),
        (None, None, None) => ("new", String::new()),
    }
}

fn version(v: &Visit) -> Result<u32, No> {
    v.path("version").parse().map_err(|_| No::NotFound)
}

/// `GET /undertaking`.
pub async fn status(v: Visit) -> Result<Answer, No> {
    let standing = undertaking::standing(&v.office, v.actor()).await?;
    let (state, at) = state(&standing);
    let (earlier, keys) = (standing.signed_earlier.unwrap_or_default(), OwnKeys::of(&v).await?);
    v.page(TITLE, &Status { version: standing.version, state, at, earlier, keys })
}

async fn text_page(v: &Visit, version: u32) -> Result<Text, No> {
    let words = undertaking::open(&v.office, v.actor(), version, v.stamp()).await?;
    let signed = undertaking::standing(&v.office, v.actor()).await?.signed_at.is_some();
    Ok(Text { version, words, signed, keys: OwnKeys::of(v).await? })
}

/// `GET /undertaking/{version}`: this is the opening.
pub async fn text(v: Visit) -> Result<Answer, No> {
    let page = text_page(&v, version(&v)?).await?;
    v.page(TITLE, &page)
}

/// `GET /undertaking/{version}/text`: the exact bytes to be signed.
pub async fn bytes(v: Visit) -> Result<Answer, No> {
    Ok(Answer::text(undertaking::open(&v.office, v.actor(), version(&v)?, v.stamp()).await?))
}

/// `POST /undertaking/{version}`: signs or declines.
pub async fn answer(v: Visit) -> Result<Answer, No> {
    let version = version(&v)?;
    let done = match v.field("answer") {
        "sign" => undertaking::sign(&v.office, v.actor(), version, v.field("statement"), v.stamp()).await,
        "decline" => undertaking::decline(&v.office, v.actor(), version, v.stamp()).await,
        _ => Err(No::field("statement", "Choose one of the two buttons: sign, or decline.")),
    };
    match done {
        Ok(()) if v.field("answer") == "sign" => Answer::see("/undertaking/mine"),
        Ok(()) => Answer::see("/undertaking"),
        Err(no) => v.again(no, TITLE, &text_page(&v, version).await?),
    }
}

/// `GET /undertaking/mine`: one's own copy; before there is one, how one stands.
pub async fn mine(v: Visit) -> Result<Answer, No> {
    let standing = undertaking::standing(&v.office, v.actor()).await?;
    let (Some(note), Some(at)) = (standing.note, standing.signed_at) else { return Answer::see("/undertaking") };
    let person = desk::account(&v.office, v.actor()).await?;
    let rows = vec![
        row("Signed by", format!("{}\n{}", person.name, person.email)),
        row("Signed at", at.precise()),
        row("Version", standing.version.to_string()),
        row("Fingerprint of the signer’s key", fingerprint(&person.recipient, &person.signing_key)),
        row("Signing key (Ed25519, base 64)", person.signing_key),
    ];
    v.page("Your signed undertaking", &Mine { rows, words: standing.words, note })
}
