//! Every way a request ends without its page: one struct, one template, fixed words.
//!
//! Promises: says what is wrong and what to do; "missing" and "not yours" are word for word the same (P10); a fault shows an incident
//! number and nothing else. Absent on purpose: causes, codes of libraries, what was typed.

use serde::Serialize;

use crate::actions::FieldError;
use crate::clock;
use crate::domain::refusal::Refusal;
use crate::web::frame::Wrong;
use crate::web::page::Page;

/// A problem page.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// HTTP status.
    #[serde(skip)]
    pub status: u16,
    /// The heading: what is wrong.
    pub heading: String,
    /// What it means and what to do, a paragraph each.
    pub paragraphs: Vec<String>,
    /// Rules or fields that say no, each with its clause.
    pub refusals: Vec<Wrong>,
    /// The incident number of a fault, or empty.
    pub incident: String,
    /// Whether to offer the way to the sign-in page.
    pub sign_in: bool,
    /// What was sent and could not be taken, to be sent once more.
    pub again: Option<Again>,
    /// Headers of its own: `Allow`, `Retry-After`, `WWW-Authenticate`.
    #[serde(skip)]
    pub headers: Vec<(&'static str, String)>,
    /// For programs: the refusals' stable words, in their order.
    #[serde(skip)]
    pub codes: Vec<&'static str>,
}

impl Problem {
    /// A problem with its heading and paragraphs.
    pub fn new(status: u16, heading: &str, paragraphs: &[&str]) -> Self {
        Self {
            status,
            heading: heading.to_owned(),
            paragraphs: paragraphs.iter().map(|&words| words.to_owned()).collect(),
            refusals: Vec::new(),
            incident: String::new(),
            sign_in: false,
            again: None,
            headers: Vec::new(),
            codes: Vec::new(),
        }
    }

    /// With a header of its own.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// 404: not there, or not theirs to know of.
    pub fn not_found() -> Self {
        Self::new(
            404,
            "Page not found",
            &[
                "If you typed the address, check it is correct. If you followed a link, what it led to may have ended, or may not be yours to see.",
                "Nothing has been changed.",
            ],
        )
    }

    /// 403: rules say no, all listed.
    pub fn refused(refusals: &[Refusal]) -> Self {
        let mut problem = Self::new(403, "This cannot be done now", &["Nothing has been changed."]);
        problem.refusals = refusals.iter().map(Wrong::from).collect();
        problem.codes = refusals.iter().map(Refusal::code).collect();
        problem
    }

    /// 422: what was typed cannot be read.
    pub fn invalid(errors: &[FieldError]) -> Self {
        let words =
            "Go back in your browser, correct what is listed and send it again. What you typed should still be there.";
        let mut problem = Self::new(422, "There is a problem with what you entered", &[words]);
        problem.refusals = errors.iter().map(Wrong::from).collect();
        problem.codes = vec!["invalid"; errors.len()];
        problem
    }

    /// 429: too many tries.
    pub fn throttled(seconds: u32) -> Self {
        let wait = waiting(seconds);
        let words =
            format!("There have been too many tries. Wait {wait}, then try again. You have not been locked out.");
        Self::new(429, "Too many tries", &[&words]).with("retry-after", seconds.max(1).to_string())
    }

    /// 503: the log or the store cannot be written, so nothing was served (P2).
    pub fn unavailable() -> Self {
        let words = "The portal cannot write its records at the moment, so nothing was shown, sent or changed. Try again in a few minutes.";
        Self::new(503, "Sorry, the portal is not available", &[words]).with("retry-after", soon())
    }

    /// 503: something the portal needs went away while it was at work; how far it came is not known.
    pub fn away() -> Self {
        let words = "The portal cannot reach its records at the moment, so it could not show or finish this. Try again in a few minutes. If you were sending something, look first whether it arrived.";
        Self::new(503, "Sorry, the portal is not available", &[words]).with("retry-after", soon())
    }

    /// With everything that was typed, to be sent once more.
    #[must_use]
    pub(crate) fn keeping(mut self, again: Option<Again>) -> Self {
        self.again = again;
        self
    }

    /// 500: the machine failed.
    pub fn broken(incident: &str) -> Self {
        let words = [
            "Sorry: something went wrong that you cannot mend. What you were doing may not have been saved: look at it again before you repeat it.",
            "If it happens again, tell the people below and give them this number.",
        ];
        Self { incident: incident.to_owned(), ..Self::new(500, "Sorry, there is a problem with the portal", &words) }
    }

    /// 401: nobody is signed in any more.
    pub fn signed_out() -> Self {
        let words = [
            "You have been signed out, or somebody changed your account. Nothing has been sent or changed.",
            "To keep what you typed: sign in again in another tab, then come back here with your browser's Back button and send it again.",
        ];
        let problem = Self { sign_in: true, ..Self::new(401, "You are not signed in", &words) };
        problem.with("www-authenticate", "Session realm=\"portal\"") // RFC 9110 wants a scheme; browsers pass over unknown ones
    }

    /// 405: there is such a place, but not to be used so.
    pub fn not_so(allow: &'static str) -> Self {
        let words = "The address is right, but it cannot be used in this way. Go back and use the buttons on the page.";
        Self::new(405, "This page cannot be used like that", &[words]).with("allow", allow)
    }

    /// 403: a POST that does not prove to come from our own page.
    pub fn not_ours() -> Self {
        let words = [
            "For your safety the portal only takes what is sent from its own pages, and this could not be shown to be. Nothing has been changed.",
            "Go back in your browser, reload the page and send it again. If you have signed in or out in another tab since, that is why.",
        ];
        Self::new(403, "The portal could not check where this came from", &words)
    }

    /// 421: asked for under a name that is not ours.
    pub fn not_here() -> Self {
        let words = "This is not an address of the portal. Use the address you were given, exactly.";
        Self::new(421, "Wrong address", &[words])
    }

    /// 413: more than any form takes.
    pub fn too_large(most: &str) -> Self {
        let words = format!(
            "What was sent is larger than the portal takes here ({most}). Nothing has been saved. Go back and send less."
        );
        Self::new(413, "That is too large", &[&words])
    }

    /// 400: the request itself cannot be read.
    pub fn unreadable() -> Self {
        let words = "What was sent could not be read, perhaps because the connection broke. Nothing has been changed. Go back and send it again.";
        Self::new(400, "That could not be read", &[words])
    }

    /// 400: a browser sent what opens somebody's keys (DESIGN §5).
    pub fn secret_sent() -> Self {
        let words = [
            "Your browser sent a secret of your passkey that must never leave it. It was thrown away, nothing has been changed, and it is on the log.",
            "Do not try again. Tell the people who run the portal at once: its pages may have been tampered with.",
        ];
        Self::new(400, "That was not taken, to protect your keys", &words)
    }

    /// 408: the body did not arrive in time.
    pub fn too_slow() -> Self {
        let words =
            "It took too long to arrive. Nothing has been changed. Check your connection, go back and send it again.";
        Self::new(408, "That took too long", &[words])
    }

    /// 415: a body of another kind than the door takes.
    pub fn other_kind() -> Self {
        let words = "The portal does not take this kind of content here. Go back and use the form on the page.";
        Self::new(415, "That kind of content is not taken here", &[words])
    }
}

/// A form that could not be taken: where it was sent and what it held, but for files and what only a script fills in.
#[derive(Clone, Debug, Serialize)]
pub struct Again {
    /// The path and query it was sent to.
    pub action: String,
    /// Whether it may hold files.
    pub files: bool,
    /// Names and values in their order, the form's token among them: it is the very form that came from our page.
    pub fields: Vec<(String, String)>,
}

/// When to try again after "unavailable", seconds: spread, so that not everybody is back at once.
pub(crate) fn soon() -> String {
    let [spread] = clock::random::<1>();
    (10 + spread % 11).to_string()
}

/// Seconds in words.
fn waiting(seconds: u32) -> String {
    match seconds {
        0..=1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

impl From<&FieldError> for Wrong {
    fn from(error: &FieldError) -> Self {
        Self { field: error.field.to_owned(), sentence: error.sentence.clone(), clause: String::new() }
    }
}

impl From<&Refusal> for Wrong {
    fn from(refusal: &Refusal) -> Self {
        let told = refusal.told();
        let field = told.field.unwrap_or_default().to_owned();
        Self { field, sentence: told.sentence, clause: told.clause.to_owned() }
    }
}

impl Page for Problem {
    const TEMPLATE: &'static str = "pages/problem.html";

    fn samples() -> Vec<Self> {
        vec![
            Self::not_found(),
            Self::refused(&[Refusal::NoPurpose, Refusal::AddressInText { words: "<b>12 High Street</b>".to_owned() }]),
            Self::invalid(&[FieldError::new("email", "Enter your email address")]),
            Self::throttled(75),
            Self::throttled(600),
            Self::unavailable(),
            Self::away(),
            Self::unavailable().keeping(Some(Again {
                action: "/releases/new?a=b".into(),
                files: true,
                fields: vec![("token".into(), "0".into()), ("words".into(), "<b>typed</b>".into())],
            })),
            Self::broken("0123456789abcdef"),
            Self::signed_out(),
            Self::not_so("GET"),
            Self::not_ours(),
            Self::not_here(),
            Self::too_large("2 MB"),
            Self::unreadable(),
            Self::secret_sent(),
            Self::too_slow(),
            Self::other_kind(),
        ]
    }
}
