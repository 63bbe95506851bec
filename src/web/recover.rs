//! Recovery by the printed code: the page that asks for it, and the one that makes everything else anew.
//!
//! Promises: the first page never says which part was wrong, nor whether an account exists; the second is only there for who gave the
//! right code, for half an hour. A refused code of the app keeps what the browser has made. Absent on purpose: the recovery code and
//! the passphrase, which never leave the browser.

use serde::Serialize;

use crate::actions::No;
use crate::actions::office::ten;
use crate::actions::recover::{self, Recovering, Renewed};
use crate::actions::sign_in::Half;
use crate::domain::ids::SessionId;
use crate::web::cookie::Pointer;
use crate::web::enrol::in_fours;
use crate::web::visit::percent;
use crate::web::{Answer, Page, Visit};

/// Email address and recovery code.
#[derive(Serialize)]
pub struct Recover {}

impl Page for Recover {
    const TEMPLATE: &'static str = "pages/account/recover.html";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}

/// What the browser made, as the form brings it back; empty at first.
#[derive(Serialize, Default)]
#[expect(missing_docs, reason = "named after the form's fields (docs/formats/sign-in.md)")]
pub struct Sent {
    pub auth: String,
    pub recovery_auth: String,
    pub identity_wrap: String,
    pub signing_wrap: String,
    pub recovery_identity_wrap: String,
    pub recovery_signing_wrap: String,
}

/// The page that makes everything anew.
#[derive(Serialize)]
pub struct Making {
    /// The person's identifier.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The passphrase wrap's identifier.
    pub wrap: String,
    /// The recovery wrap's identifier.
    pub recovery_wrap: String,
    /// The new authenticator secret in groups of four.
    pub secret: String,
    /// The same as an address that authenticator apps read.
    pub otpauth: String,
    /// What the server made for this attempt, sealed to it.
    pub ticket: String,
    /// Passkeys that end.
    pub passkeys: usize,
    /// The day, for the printed sheet.
    pub day: String,
    /// Where the portal is, for the printed sheet.
    pub origin: String,
    /// What the browser sent, when only the code was refused.
    pub sent: Sent,
}

impl Page for Making {
    const TEMPLATE: &'static str = "pages/account/recover-new.html";

    fn samples() -> Vec<Self> {
        let fresh = |passkeys| Self {
            person: "0190a5b0-0000-7000-8000-000000000001".into(),
            name: "Alex Doe".into(),
            email: "alex.doe@example.org".into(),
            wrap: "0190a5b0-0000-7000-8000-000000000002".into(),
            recovery_wrap: "0190a5b0-0000-7000-8000-000000000003".into(),
            secret: "ABCD EFGH".into(),
            otpauth: "otpauth://totp/Portal:alex.doe%40example.org?secret=ABCDEFGH&issuer=Portal".into(),
            ticket: "AAAA".into(),
            passkeys,
            day: "21 November 2026 at 5:30pm".into(),
            origin: "https://portal.example.org".into(),
            sent: Sent::default(),
        };
        vec![fresh(0), fresh(1), Self { sent: Sent { auth: "00".into(), ..Sent::default() }, ..fresh(2) }]
    }
}

/// It is done.
#[derive(Serialize)]
pub struct Recovered {}

impl Page for Recovered {
    const TEMPLATE: &'static str = "pages/account/recovered.html";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}

const TITLE: &str = "Use your recovery code";
const MAKING: &str = "Make a new passphrase and recovery code";

/// `GET /recover`.
pub fn form(v: &Visit) -> Result<Answer, No> {
    if v.who.is_some() {
        return Answer::see("/account");
    }
    v.page(TITLE, &Recover {})
}

/// `POST /recover`: email and the half of the code that the server may know.
pub async fn first(v: Visit) -> Result<Answer, No> {
    match recover::first(&v.office, v.field("email"), v.field("recovery_auth"), v.stamp()).await {
        Ok(half) => {
            let attempt = SessionId::fresh(v.now, ten());
            let pointer = Pointer { session: attempt, person: half.person, version: half.version };
            Ok(Answer::see("/recover/new")?.recovering(pointer))
        }
        Err(no) => v.again(no, TITLE, &Recover {}),
    }
}

fn attempt(v: &Visit) -> Result<(Half, SessionId), No> {
    let to = v.recovery.ok_or(No::NotFound)?;
    Ok((Half { person: to.person, version: to.version }, to.session))
}

async fn page(v: &Visit, ticket: Option<&str>, sent: Sent) -> Result<Making, No> {
    let (half, session) = attempt(v)?;
    let found: Recovering = recover::begin(&v.office, half, session, ticket).await?;
    let service = percent(&v.desk.portal.service);
    let email = percent(&found.email);
    Ok(Making {
        otpauth: format!("otpauth://totp/{service}:{email}?secret={}&issuer={service}", found.totp_secret),
        secret: in_fours(&found.totp_secret),
        person: found.person,
        name: found.name,
        email: found.email,
        wrap: found.wrap,
        recovery_wrap: found.recovery_wrap,
        ticket: found.ticket,
        passkeys: found.passkeys,
        day: v.now.long(),
        origin: v.office.settings.origin.clone(),
        sent,
    })
}

/// `GET /recover/new`.
pub async fn making(v: Visit) -> Result<Answer, No> {
    v.page(MAKING, &page(&v, None, Sent::default()).await?)
}

/// `GET /recover/keys`: only the wrap that the code opens.
pub async fn keys(v: Visit) -> Result<Answer, No> {
    Answer::json(&recover::keys(&v.office, attempt(&v)?.0).await?)
}

/// `POST /recover/new`.
pub async fn made(v: Visit) -> Result<Answer, No> {
    let of = |name: &str| v.field(name).to_owned();
    let form = Renewed {
        ticket: of("ticket"),
        auth: of("auth"),
        recovery_auth: of("recovery_auth"),
        identity_wrap: of("identity_wrap"),
        signing_wrap: of("signing_wrap"),
        recovery_identity_wrap: of("recovery_identity_wrap"),
        recovery_signing_wrap: of("recovery_signing_wrap"),
        code: of("code"),
    };
    let (half, session) = attempt(&v)?;
    match recover::finish(&v.office, half, session, &form, v.stamp()).await {
        Ok(()) => Ok(Answer::see("/recovered")?.signed_out()),
        Err(no) => {
            let sent = Sent {
                auth: form.auth,
                recovery_auth: form.recovery_auth,
                identity_wrap: form.identity_wrap,
                signing_wrap: form.signing_wrap,
                recovery_identity_wrap: form.recovery_identity_wrap,
                recovery_signing_wrap: form.recovery_signing_wrap,
            };
            v.again(no, MAKING, &page(&v, Some(&form.ticket), sent).await?)
        }
    }
}

/// `GET /recovered`: what happens next.
pub fn recovered(v: &Visit) -> Result<Answer, No> {
    v.page("Your account is recovered", &Recovered {})
}
