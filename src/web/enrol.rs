//! Joining: the page of an invitation link, and what follows it.
//!
//! Promises: an unknown, used or expired link is not found; a refused code keeps the keys that the browser has made, so that
//! nobody has to write down a second passphrase. Absent on purpose: the passphrase and the recovery code.

use serde::Serialize;

use crate::actions::enrol::{self, Enrolment, Invited};
use crate::actions::{FieldError, No, passkey};
use crate::web::passkey::said;
use crate::web::visit::percent;
use crate::web::{Answer, Page, Visit};

/// The values that the browser made; empty at first.
#[derive(Serialize, Default, Clone)]
#[expect(missing_docs, reason = "named after the form's fields (docs/formats/sign-in.md)")]
pub struct Sent {
    pub auth: String,
    pub recovery_auth: String,
    pub recipient: String,
    pub signing_key: String,
    pub identity_wrap: String,
    pub signing_wrap: String,
    pub recovery_identity_wrap: String,
    pub recovery_signing_wrap: String,
    pub ceremony: String,
    pub credential: String,
    pub passkey_name: String,
    pub passkey_wrap: String,
    pub passkey_identity_wrap: String,
    pub passkey_signing_wrap: String,
}

impl Sent {
    /// What is worth showing again: where the passkey was refused, it is made anew, and with it what it alone unlocked.
    fn after(self, no: &No) -> Self {
        let about_passkey = |wrong: &FieldError| wrong.field == passkey::FIELD;
        if !matches!(no, No::Invalid(errors) if errors.iter().any(about_passkey)) {
            return self;
        }
        if self.auth.is_empty() {
            return Self::default();
        }
        Self {
            ceremony: String::new(),
            credential: String::new(),
            passkey_wrap: String::new(),
            passkey_identity_wrap: String::new(),
            passkey_signing_wrap: String::new(),
            ..self
        }
    }
}

/// The page of a link.
#[derive(Serialize)]
pub struct Enrol {
    /// The link's secret, already known to whoever holds the page.
    pub ticket: String,
    /// The person's identifier.
    pub person: String,
    /// Their name, as invited.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their role's title.
    pub role: String,
    /// The passphrase wrap's identifier.
    pub wrap: String,
    /// The recovery wrap's identifier.
    pub recovery_wrap: String,
    /// The authenticator secret in groups of four.
    pub secret: String,
    /// The same as an address that authenticator apps read.
    pub otpauth: String,
    /// What the browser sent, when only the code was refused.
    pub sent: Sent,
}

impl Page for Enrol {
    const TEMPLATE: &'static str = "pages/account/enrol.html";

    fn samples() -> Vec<Self> {
        let fresh = || Self {
            ticket: "00ff".into(),
            person: "0190a5b0-0000-7000-8000-000000000001".into(),
            name: "Alex Doe".into(),
            email: "alex.doe@example.org".into(),
            role: "Scheme manager".into(),
            wrap: "0190a5b0-0000-7000-8000-000000000002".into(),
            recovery_wrap: "0190a5b0-0000-7000-8000-000000000003".into(),
            secret: "ABCD EFGH".into(),
            otpauth: "otpauth://totp/Portal:alex.doe%40example.org?secret=ABCDEFGH&issuer=Portal".into(),
            sent: Sent::default(),
        };
        vec![fresh(), Self { sent: Sent { auth: "00".into(), ..Sent::default() }, ..fresh() }]
    }
}

/// The account is there.
#[derive(Serialize)]
pub struct Enrolled {}

impl Page for Enrolled {
    const TEMPLATE: &'static str = "pages/account/enrolled.html";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}

const TITLE: &str = "Join the portal";

fn page(v: &Visit, invited: Invited, sent: Sent) -> Enrol {
    let service = percent(&v.desk.portal.service);
    let email = percent(&invited.email);
    Enrol {
        ticket: v.path("token").to_owned(),
        otpauth: format!("otpauth://totp/{service}:{email}?secret={}&issuer={service}", invited.totp_secret),
        secret: in_fours(&invited.totp_secret),
        person: invited.person,
        name: invited.name,
        email: invited.email,
        role: invited.role.to_owned(),
        wrap: invited.wrap,
        recovery_wrap: invited.recovery_wrap,
        sent,
    }
}

fn in_fours(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// `GET /enrol/{token}`.
pub async fn form(v: Visit) -> Result<Answer, No> {
    let invited = enrol::invited(&v.office, v.path("token")).await?;
    v.page(TITLE, &page(&v, invited, Sent::default()))
}

/// `POST /enrol/{token}/passkey/options`.
pub async fn passkey_options(v: Visit) -> Result<Answer, No> {
    said(enrol::begin_passkey(&v.office, v.path("token")).await.and_then(|begun| Answer::json(&begun)))
}

/// `POST /enrol/{token}`.
pub async fn join(v: Visit) -> Result<Answer, No> {
    let sent = sent(&v);
    let form = filled(sent.clone(), v.field("code").to_owned());
    match enrol::enrol(&v.office, v.path("token"), &form, v.stamp()).await {
        Ok(()) => Answer::see("/enrolled"),
        Err(no) => {
            let invited = enrol::invited(&v.office, v.path("token")).await?;
            let sent = sent.after(&no);
            v.again(no, TITLE, &page(&v, invited, sent))
        }
    }
}

fn sent(v: &Visit) -> Sent {
    let of = |name: &str| v.field(name).to_owned();
    Sent {
        auth: of("auth"),
        recovery_auth: of("recovery_auth"),
        recipient: of("recipient"),
        signing_key: of("signing_key"),
        identity_wrap: of("identity_wrap"),
        signing_wrap: of("signing_wrap"),
        recovery_identity_wrap: of("recovery_identity_wrap"),
        recovery_signing_wrap: of("recovery_signing_wrap"),
        ceremony: of("ceremony"),
        credential: of("credential"),
        passkey_name: of("passkey_name"),
        passkey_wrap: of("passkey_wrap"),
        passkey_identity_wrap: of("passkey_identity_wrap"),
        passkey_signing_wrap: of("passkey_signing_wrap"),
    }
}

fn filled(sent: Sent, code: String) -> Enrolment {
    Enrolment {
        auth: sent.auth,
        recovery_auth: sent.recovery_auth,
        recipient: sent.recipient,
        signing_key: sent.signing_key,
        identity_wrap: sent.identity_wrap,
        signing_wrap: sent.signing_wrap,
        recovery_identity_wrap: sent.recovery_identity_wrap,
        recovery_signing_wrap: sent.recovery_signing_wrap,
        code,
        ceremony: sent.ceremony,
        credential: sent.credential,
        passkey_name: sent.passkey_name,
        passkey_wrap: sent.passkey_wrap,
        passkey_identity_wrap: sent.passkey_identity_wrap,
        passkey_signing_wrap: sent.passkey_signing_wrap,
    }
}

/// `GET /enrolled`: what happens next. The same for everybody, so that it may be kept as a bookmark.
pub fn enrolled(v: &Visit) -> Result<Answer, No> {
    v.page("Your account is ready", &Enrolled {})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_shown_in_groups_of_four() {
        assert_eq!(in_fours("ABCDEFGHIJ"), "ABCD EFGH IJ");
        assert_eq!(in_fours(""), "");
    }
}
