//! What a handler answers, and THE one match from "no" to an answer.
//!
//! Promises: each kind of failure has one status and one form, a page for people and JSON for programs; the cause of a fault goes to the
//! operator's log only. Absent on purpose: free text from any error.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;
use serde_json::json;

use crate::actions::{Fault, No};
use crate::telemetry;
use crate::web::cookie::{self, Audience, Pointer};
use crate::web::doors::Body;
use crate::web::frame::SECRET;
use crate::web::headers::CLEAR;
use crate::web::problem::{Again, Problem};
use crate::web::visit::{Visit, Wants, own_path, percent};

/// An answer.
pub struct Answer {
    status: u16,
    kind: Kind,
    headers: Vec<(&'static str, String)>,
    change: Option<Change>,
    known: Option<String>,
}

enum Kind {
    Whole { media: &'static str, bytes: Bytes },
    Stream { media: &'static str, body: BoxBody },
    Nothing,
}

/// What an answer does to the cookies.
enum Change {
    SignedIn(Pointer),
    Half(Pointer),
    Recovering(Pointer),
    SignedOut,
}

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";

impl Answer {
    fn whole(media: &'static str, bytes: impl Into<Bytes>) -> Self {
        Self {
            status: 200,
            kind: Kind::Whole { media, bytes: bytes.into() },
            headers: Vec::new(),
            change: None,
            known: None,
        }
    }

    pub(crate) fn html(html: String) -> Self {
        Self::whole(HTML, html)
    }

    /// 303 to a path of our own; any other address is a fault of ours, never followed.
    pub fn see(path: impl Into<String>) -> Result<Self, No> {
        let path = path.into();
        if own_path(&path).is_none() {
            return Err(Fault::Other("a redirect would have left the portal".to_owned()).into());
        }
        Ok(Self { status: 303, kind: Kind::Nothing, headers: vec![("location", path)], change: None, known: None })
    }

    /// JSON, for scripts.
    pub fn json(value: &impl Serialize) -> Result<Self, No> {
        let text = serde_json::to_string(value).map_err(|why| Fault::Other(format!("json: {why}")))?;
        Ok(Self::whole(JSON, text))
    }

    /// Bytes already in memory.
    pub fn bytes(media: &'static str, bytes: impl Into<Bytes>) -> Self {
        Self::whole(media, bytes)
    }

    /// A body of the handler's own making, such as one that ends when its release is recalled.
    pub fn stream(media: &'static str, body: BoxBody) -> Self {
        Self { status: 200, kind: Kind::Stream { media, body }, headers: Vec::new(), change: None, known: None }
    }

    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::whole("text/plain; charset=utf-8", text.into())
    }

    /// A file to keep, with a name from our own code (letters, digits, dots and hyphens).
    pub fn file(media: &'static str, name: &str, bytes: impl Into<Bytes>) -> Self {
        Self::whole(media, bytes).header("content-disposition", format!("attachment; filename=\"{name}\""))
    }

    /// A table to keep.
    pub fn csv(name: &str, text: String) -> Self {
        Self::file("text/csv; charset=utf-8; header=present", name, text)
    }

    /// 204, for a script that only wants to know that it was done.
    pub fn done() -> Self {
        Self { status: 204, kind: Kind::Nothing, headers: Vec::new(), change: None, known: None }
    }

    /// With another status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// With a header of its own (the headers of every answer win over it, but for `cache-control`).
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// From here on the browser holds this visit.
    #[must_use]
    pub fn signed_in(mut self, visit: Pointer) -> Self {
        self.change = Some(Change::SignedIn(visit));
        self
    }

    /// From here on the browser is a device that this account has signed in on.
    #[must_use]
    pub fn known_device(mut self, cookie: String) -> Self {
        self.known = Some(cookie);
        self
    }

    /// From here on the browser may bring the code.
    #[must_use]
    pub fn half_signed_in(mut self, attempt: Pointer) -> Self {
        self.change = Some(Change::Half(attempt));
        self
    }

    /// From here on the browser may make everything anew.
    #[must_use]
    pub fn recovering(mut self, attempt: Pointer) -> Self {
        self.change = Some(Change::Recovering(attempt));
        self
    }

    /// The browser forgets everything of ours (the handler has ended the visit in the store).
    #[must_use]
    pub fn signed_out(mut self) -> Self {
        self.change = Some(Change::SignedOut);
        self
    }

    /// Whether the handler itself decided what the browser holds.
    pub(crate) fn changes_cookies(&self) -> bool {
        self.change.is_some()
    }

    /// Turns an answer without cookies into HTTP, for the operator's listener.
    pub(crate) fn plain(self) -> Result<HttpResponse, Fault> {
        let status = StatusCode::from_u16(self.status).map_err(|_| Fault::Other(format!("status {}", self.status)))?;
        let building = HttpResponse::build(status);
        filled(building, self.headers, self.kind)
    }

    /// Turns it into HTTP; cookies are sealed with the visit's keys and time.
    pub(crate) fn into_response(self, visit: &Visit) -> Result<HttpResponse, Fault> {
        let status = StatusCode::from_u16(self.status).map_err(|_| Fault::Other(format!("status {}", self.status)))?;
        let mut building = HttpResponse::build(status);
        let put = |building: &mut HttpResponseBuilder, audience: Audience, to| {
            let token = visit.desk.keys.seal(audience, to, visit.now).map_err(Fault::Other)?;
            building.cookie(cookie::put(audience.cookie(), token));
            Ok::<_, Fault>(())
        };
        match self.change {
            Some(Change::SignedIn(to)) => {
                put(&mut building, Audience::Session, to)?;
                building.cookie(cookie::drop(cookie::HALF));
            }
            Some(Change::Half(to)) => put(&mut building, Audience::Half, to)?,
            Some(Change::Recovering(to)) => put(&mut building, Audience::Recovery, to)?,
            Some(Change::SignedOut) => {
                for name in [cookie::SESSION, cookie::HALF, cookie::RECOVERY, cookie::VISIT] {
                    building.cookie(cookie::drop(name));
                }
                building.insert_header(("clear-site-data", CLEAR));
            }
            None => {}
        }
        if let Some(value) = self.known {
            building.cookie(cookie::known(value));
        }
        filled(building, self.headers, self.kind)
    }
}

fn filled(
    mut building: HttpResponseBuilder,
    headers: Vec<(&'static str, String)>,
    kind: Kind,
) -> Result<HttpResponse, Fault> {
    for (name, value) in headers {
        let value = HeaderValue::try_from(value).map_err(|_| Fault::Other(format!("header {name}")))?;
        building.insert_header((HeaderName::from_static(name), value));
    }
    Ok(match kind {
        Kind::Whole { media, bytes } => building.content_type(media).body(bytes),
        Kind::Stream { media, body } => building.content_type(media).body(body),
        Kind::Nothing => building.finish(),
    })
}

/// Why a request ends without its page.
#[derive(Debug)]
pub enum Stop {
    /// An action said no.
    No(No),
    /// The web itself said no.
    Problem(Box<Problem>),
    /// Somebody has to sign in first and can be led there.
    SignIn,
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<No> for Stop {
    fn from(no: No) -> Self {
        Self::No(no)
    }
}

/// THE match: what the other side gets.
pub(crate) fn to_answer(stop: Stop, visit: &Visit) -> Answer {
    let problem = match stop {
        Stop::SignIn => return sign_in(visit),
        Stop::Problem(problem) => *problem,
        Stop::No(No::NotFound) => Problem::not_found(),
        Stop::No(No::Invalid(errors)) => Problem::invalid(&errors),
        Stop::No(No::SecretSent) => Problem::secret_sent(),
        Stop::No(No::Refused(refusals)) => Problem::refused(&refusals),
        Stop::No(No::Throttled(seconds)) => Problem::throttled(seconds),
        Stop::No(No::Unavailable) => Problem::unavailable().keeping(kept(visit)),
        Stop::No(No::Broken(fault)) if fault.is_away() => {
            telemetry::incident(&visit.request_id, visit.door.path, &fault);
            Problem::away().keeping(kept(visit))
        }
        Stop::No(No::Broken(fault)) => {
            telemetry::incident(&visit.request_id, visit.door.path, &fault);
            Problem::broken(&visit.request_id)
        }
    };
    shown(&problem, visit)
}

/// Whether what was asked for cannot be had now and can be later.
pub(crate) fn is_for_later(stop: &Stop) -> bool {
    matches!(stop, Stop::No(No::Unavailable)) || matches!(stop, Stop::No(No::Broken(fault)) if fault.is_away())
}

/// What was typed into a form that could not be taken.
fn kept(visit: &Visit) -> Option<Again> {
    let typed = |(name, _): &&(String, String)| !SECRET.contains(&name.as_str());
    let fields: Vec<_> = visit.posted.fields.iter().filter(typed).cloned().collect();
    let files = visit.door.body == Body::Upload;
    (visit.wants == Wants::Page && !fields.is_empty()).then(|| Again { action: visit.wanted(), files, fields })
}

fn shown(problem: &Problem, visit: &Visit) -> Answer {
    let answer = match visit.wants {
        Wants::Json => Ok(Answer::whole(JSON, json_of(problem))),
        Wants::Page => visit.page(&problem.heading, problem),
    };
    // Should even the problem's page fail, the fixed words still go out.
    let answer = answer.unwrap_or_else(|no| {
        if let No::Broken(fault) = no {
            telemetry::incident(&visit.request_id, visit.door.path, &fault);
        }
        Answer::text(format!("{}\nIncident {}\n", problem.heading, visit.request_id))
    });
    problem
        .headers
        .iter()
        .fold(answer, |answer, (name, value)| answer.header(name, value.clone()))
        .status(problem.status)
}

/// `{title, detail, refusals: [{code, clause, field, sentence}], incident}`; `incident` is empty but for a fault.
fn json_of(problem: &Problem) -> String {
    let mut detail = problem.paragraphs.clone();
    detail.extend(problem.refusals.iter().map(|wrong| wrong.sentence.clone()));
    let refusals: Vec<_> = problem
        .refusals
        .iter()
        .zip(&problem.codes)
        .map(|(wrong, code)| {
            json!({"code": code, "clause": wrong.clause, "field": wrong.field, "sentence": wrong.sentence})
        })
        .collect();
    json!({"title": problem.heading, "detail": detail.join(" "), "refusals": refusals, "incident": problem.incident})
        .to_string()
}

/// To the sign-in page and, after it, back to where they were going.
fn sign_in(visit: &Visit) -> Answer {
    let next = visit.wanted();
    let to = if next == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={}", percent(&next)) };
    Answer::see(to).unwrap_or_else(|_| shown(&Problem::signed_out(), visit))
}
