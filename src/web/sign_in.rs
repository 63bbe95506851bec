//! Signing in and out: two plain forms (`docs/formats/sign-in.md` clause 3), which scripts may post as well.
//!
//! Promises: neither page says which part was wrong, nor whether an account exists; after signing in only a path of our own is
//! followed. Absent on purpose: the passphrase, which never leaves the browser; "remember me".

use serde::Serialize;

use crate::actions::office::ten;
use crate::actions::sign_in::{self, Half};
use crate::actions::{No, session};
use crate::domain::ids::SessionId;
use crate::web::cookie::Pointer;
use crate::web::visit::percent;
use crate::web::{Answer, Page, Visit};

/// Email address and passphrase.
#[derive(Serialize)]
pub struct SignIn {
    /// Where to go afterwards.
    pub next: String,
}

impl Page for SignIn {
    const TEMPLATE: &'static str = "pages/account/sign-in.html";

    fn samples() -> Vec<Self> {
        vec![Self { next: "/".into() }, Self { next: "/bulletins".into() }]
    }
}

/// The six digits.
#[derive(Serialize)]
pub struct Code {
    /// Where to go afterwards.
    pub next: String,
}

impl Page for Code {
    const TEMPLATE: &'static str = "pages/account/code.html";

    fn samples() -> Vec<Self> {
        vec![Self { next: "/".into() }, Self { next: "/bulletins?x=1".into() }]
    }
}

const TITLE: &str = "Sign in";
const CODE_TITLE: &str = "Enter your code";

/// `GET /sign-in`.
pub fn form(v: &Visit) -> Result<Answer, No> {
    if v.who.is_some() {
        return Answer::see("/");
    }
    v.page(TITLE, &SignIn { next: v.next().to_owned() })
}

/// `POST /sign-in`: the first step.
pub async fn first(v: Visit) -> Result<Answer, No> {
    let next = v.next().to_owned();
    match sign_in::first(&v.office, v.field("email"), v.field("auth"), &v.known, v.stamp()).await {
        Ok(half) => {
            let attempt = SessionId::fresh(v.now, ten());
            let pointer = Pointer { session: attempt, person: half.person, version: half.version };
            Ok(Answer::see(format!("/sign-in/code?next={}", percent(&next)))?.half_signed_in(pointer))
        }
        Err(no) => v.again(no, TITLE, &SignIn { next }),
    }
}

/// `GET /sign-in/code`.
pub fn code(v: &Visit) -> Result<Answer, No> {
    v.page(CODE_TITLE, &Code { next: v.next().to_owned() })
}

/// `POST /sign-in/code`: the second step begins the visit.
pub async fn second(v: Visit) -> Result<Answer, No> {
    let half = v.half.ok_or(No::NotFound)?;
    let next = v.next().to_owned();
    let shown = Half { person: half.person, version: half.version };
    match sign_in::second(&v.office, shown, v.field("code"), v.stamp()).await {
        Ok(session) => {
            let known = session::begun(&v.office, half.person, session, &v.device, &v.known).await?;
            Ok(Answer::see(next)?.signed_in(Pointer { session, ..half }).known_device(known))
        }
        Err(no) => v.again(no, CODE_TITLE, &Code { next }),
    }
}

/// `POST /sign-out`: the visit is over on the server, and the browser forgets it.
pub async fn out(v: Visit) -> Result<Answer, No> {
    session::end(&v.office, v.person()?, v.stamp()).await?;
    Ok(Answer::see("/sign-in")?.signed_out())
}
