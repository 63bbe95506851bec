//! Passkeys: signing in with one, touching one, and the page of a person's own.
//!
//! Promises: what scripts are told is JSON with a title of its own kind, never a page; removing works without a script; after signing in
//! only a path of our own is followed. Absent on purpose: the ceremonies (`actions::passkey`), anything about PRF but its refusal.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::actions::passkey::own::{NewPasskey, Ways};
use crate::actions::passkey::{self, entry, own};
use crate::actions::{No, session, step_up};
use crate::domain::moment::Moment;
use crate::web::cookie::Pointer;
use crate::web::visit::own_path;
use crate::web::{Answer, Page, Visit};

/// The largest answer of an authenticator: an attestation with its certificates fits many times.
pub const BODY_MAX: usize = 32 << 10;

/// A person's own passkeys.
#[derive(Serialize)]
pub struct Passkeys {
    held: Vec<One>,
    /// Whether it was proved lately who is there.
    fresh: bool,
    /// Whether they have an authenticator app.
    code: bool,
    /// Whether a passphrase unlocks their keys.
    passphrase: bool,
    /// Their address, for the passphrase of an unlock.
    email: String,
}

#[derive(Serialize)]
struct One {
    id: String,
    name: String,
    added: String,
    used: String,
    unlocks: bool,
    /// Why it cannot be removed; empty: it can.
    stays: &'static str,
}

impl Page for Passkeys {
    const TEMPLATE: &'static str = "pages/account/passkeys.html";

    fn samples() -> Vec<Self> {
        let one = |name: &str, unlocks, stays| One {
            id: "AAECAw".into(),
            name: name.into(),
            added: "20 November 2026 at 5:30pm".into(),
            used: "Never".into(),
            unlocks,
            stays,
        };
        let page = |held, fresh, code| Self { held, fresh, code, passphrase: code, email: "a@b.example".into() };
        let only = "This is your only way to sign in. Add another passkey first.";
        vec![
            page(vec![one("Work phone", true, ""), one("Old key <b>", false, "")], true, true),
            page(vec![one("Work phone", true, only)], false, false),
            page(vec![one("Work phone", true, "")], false, true),
            page(vec![], false, true),
        ]
    }
}

const TITLE: &str = "Your passkeys";

fn page(v: &Visit, ways: &Ways) -> Result<Passkeys, No> {
    let long = |at: i64| Moment::from_millis(at).long();
    let one = |row: &crate::actions::passkey::Stored| One {
        id: row.id.clone(),
        name: row.name.clone(),
        added: long(row.created_at),
        used: row.used_at.map_or_else(|| "Never".to_owned(), long),
        unlocks: row.wrap_id.is_some(),
        stays: ways.stays(&row.id).unwrap_or(""),
    };
    Ok(Passkeys {
        held: ways.passkeys.iter().map(one).collect(),
        fresh: step_up::is_fresh(v.person()?, v.now),
        code: ways.code(),
        passphrase: ways.passphrase,
        email: ways.person.email.clone(),
    })
}

/// A script's answer: what a form would tell beside its fields becomes `{title, detail}`, in words about a passkey.
pub fn said(done: Result<Answer, No>) -> Result<Answer, No> {
    match done {
        Err(No::Invalid(errors)) => {
            let detail: Vec<&str> = errors.iter().map(|error| error.sentence.as_str()).collect();
            let field = errors.first().map_or("", |error| error.field);
            let body = json!({"title": "That did not work", "detail": detail.join(" "), "field": field});
            Ok(Answer::json(&body)?.status(422))
        }
        other => other,
    }
}

/// The body of a script, once it holds no secret; read as `T`, else "cannot be read".
async fn body<T: for<'de> Deserialize<'de>>(v: &Visit) -> Result<T, No> {
    let object = v.who.as_ref().map_or_else(|| "account/unknown".to_owned(), |who| format!("person/{}", who.id));
    let value = passkey::refuse_secrets(&v.office, &object, &v.posted.bytes, &v.stamp()).await?;
    serde_json::from_value(value).map_err(|_| {
        No::field(passkey::FIELD, "Your browser sent something that cannot be read. Reload the page and begin again.")
    })
}

#[derive(Deserialize)]
struct SignIn {
    ceremony: String,
    credential: Value,
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct Touch {
    ceremony: String,
    credential: Value,
}

/// `POST /sign-in/passkey/options`.
pub async fn sign_in_options(v: Visit) -> Result<Answer, No> {
    said(entry::begin_sign_in(&v.office, &v.stamp()).await.and_then(|begun| Answer::json(&begun)))
}

/// `POST /sign-in/passkey`: begins the visit.
pub async fn sign_in(v: Visit) -> Result<Answer, No> {
    said(signed_in(&v).await)
}

async fn signed_in(v: &Visit) -> Result<Answer, No> {
    let asked: SignIn = body(v).await?;
    let visit = entry::sign_in(&v.office, &asked.ceremony, &asked.credential, v.stamp()).await?;
    let next = own_path(&asked.next).filter(|path| !path.starts_with("/sign-")).unwrap_or("/");
    let pointer = Pointer { session: visit.session, person: visit.person, version: visit.version };
    let known = session::begun(&v.office, visit.person, visit.session, &v.device, &v.known).await?;
    Ok(Answer::json(&json!({"next": next}))?.signed_in(pointer).known_device(known))
}

/// `GET /account/passkeys`.
pub async fn list(v: Visit) -> Result<Answer, No> {
    let ways = own::list(&v.office, v.person()?).await?;
    v.page(TITLE, &page(&v, &ways)?)
}

/// `POST /account/passkeys/options`.
pub async fn add_options(v: Visit) -> Result<Answer, No> {
    said(own::begin(&v.office, v.person()?).await.and_then(|begun| Answer::json(&begun)))
}

/// `POST /account/passkeys`.
pub async fn add(v: Visit) -> Result<Answer, No> {
    said(added(&v).await)
}

async fn added(v: &Visit) -> Result<Answer, No> {
    let sent: NewPasskey = body(v).await?;
    own::add(&v.office, v.person()?, &sent, v.stamp()).await?;
    Answer::json(&json!({}))
}

/// `POST /account/passkeys/prove`: for people with an authenticator app and no passkey at hand.
pub async fn prove(v: Visit) -> Result<Answer, No> {
    match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => Answer::see("/account/passkeys"),
        Err(no) => {
            let ways = own::list(&v.office, v.person()?).await?;
            v.again(no, TITLE, &page(&v, &ways)?)
        }
    }
}

/// `POST /account/passkeys/{id}/remove`: every other visit of theirs is over, this one goes on.
pub async fn remove(v: Visit) -> Result<Answer, No> {
    let who = v.person()?;
    match own::remove(&v.office, who, v.path("id"), v.field(step_up::FIELD), v.stamp()).await {
        Ok(version) => {
            let pointer = Pointer { session: who.session, person: who.id, version };
            Ok(Answer::see("/account/passkeys")?.signed_in(pointer))
        }
        Err(no) => {
            let ways = own::list(&v.office, who).await?;
            v.again(no, TITLE, &page(&v, &ways)?)
        }
    }
}

/// `POST /account/touch/options`.
pub async fn touch_options(v: Visit) -> Result<Answer, No> {
    said(entry::begin_touch(&v.office, v.person()?).await.and_then(|begun| Answer::json(&begun)))
}

/// `POST /account/touch`.
pub async fn touch(v: Visit) -> Result<Answer, No> {
    said(touched(&v).await)
}

async fn touched(v: &Visit) -> Result<Answer, No> {
    let asked: Touch = body(v).await?;
    entry::touch(&v.office, v.person()?, &asked.ceremony, &asked.credential, v.stamp()).await?;
    Answer::json(&json!({}))
}
