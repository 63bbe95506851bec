//! What a door is: a method, a path, who may knock, what may be handed in, who answers; and how the one for a request is found.
//!
//! Absent on purpose: any door. They all stand in the table, [`super::doors`].

use std::future::{Future, ready};
use std::pin::Pin;

use crate::actions::No;
use crate::domain::actor::{Actor, Role};
use crate::web::{Answer, Visit};

/// What a handler answers, some time later, on the same thread.
pub type Coming = Pin<Box<dyn Future<Output = Result<Answer, No>>>>;

/// A handler.
pub type Handler = fn(Visit) -> Coming;

/// The answer of a handler that waits for nothing.
pub fn at_once(answer: Result<Answer, No>) -> Coming {
    Box::pin(ready(answer))
}

/// The two methods there are. Everything else, HEAD too, is answered 405.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// Shows, changes nothing but the log of what was shown.
    Get,
    /// Does.
    Post,
}

impl Method {
    /// As it stands in a request.
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// Who may knock. What they may do to which thing is asked later, of `domain::policy`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Who {
    /// Anybody, and the store is not even asked who: assets.
    Unasked,
    /// The same, and by any name: a balancer's checks, which ask by address ([`crate::web::guard::host`]).
    Machine,
    /// Anybody; somebody signed in is known.
    Anyone,
    /// Who has given the right passphrase and now owes the code.
    HalfSignedIn,
    /// Who has given the right recovery code and now makes everything else anew.
    Recovering,
    /// Anybody signed in.
    SignedIn,
    /// Who holds one of these roles anywhere; to others there is no such door (P10).
    Holding(&'static [Role]),
}

impl Who {
    /// Whether a signed-in actor may knock.
    pub fn admits(self, actor: &Actor) -> bool {
        match self {
            Self::Unasked | Self::Machine | Self::Anyone | Self::SignedIn => true,
            Self::HalfSignedIn | Self::Recovering => false,
            Self::Holding(roles) => roles.iter().any(|role| actor.is(*role)),
        }
    }
}

/// What may be handed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Body {
    /// Nothing; a script's POST brings its token in a header.
    Empty,
    /// A form without files.
    Form,
    /// A form with photographs.
    Upload,
    /// Bytes from a script, at most this many; the token comes in a header.
    Bytes(usize),
}

/// One route.
#[derive(Clone, Copy, Debug)]
pub struct Door {
    /// GET or POST.
    pub method: Method,
    /// Pattern: literal parts and `{names}`.
    pub path: &'static str,
    /// Who may knock.
    pub who: Who,
    /// What may be handed in.
    pub body: Body,
    /// What it is for, for the printed table of access.
    pub what: &'static str,
    /// Its word on the menu of those it admits.
    pub menu: Option<&'static str>,
    /// Who answers.
    pub handler: Handler,
}

/// A door that shows.
pub const fn get(path: &'static str, who: Who, what: &'static str, handler: Handler) -> Door {
    Door { method: Method::Get, path, who, body: Body::Empty, what, menu: None, handler }
}

/// A door that does.
pub const fn post(path: &'static str, who: Who, body: Body, what: &'static str, handler: Handler) -> Door {
    Door { method: Method::Post, path, who, body, what, menu: None, handler }
}

impl Door {
    /// What kind of answer it gives, for figures: `page`, `act`, `view`, `asset`, `probe`, or `none` where there is no door.
    pub fn kind(&self) -> &'static str {
        match (self.who, self.method, self.path) {
            (_, _, "") => "none",
            (Who::Machine, _, _) => "probe",
            (Who::Unasked, _, _) => "asset",
            (_, _, "/copies/{id}/parts/{part}" | "/thumbnails") => "view",
            (_, Method::Post, _) => "act",
            (_, Method::Get, _) => "page",
        }
    }

    /// Puts the door on the menu of whoever it admits.
    #[must_use]
    pub const fn on_menu(self, word: &'static str) -> Self {
        Self { menu: Some(word), ..self }
    }
}

/// The doors of one path, and how to find them.
pub struct Place {
    /// The pattern.
    pub path: &'static str,
    /// GET, if there is one.
    pub get: Option<&'static Door>,
    /// POST, if there is one.
    pub post: Option<&'static Door>,
}

impl Place {
    /// For the `Allow` header.
    pub fn allows(&self) -> &'static str {
        match (self.get, self.post) {
            (Some(_), Some(_)) => "GET, POST",
            (Some(_), None) => "GET",
            _ => "POST",
        }
    }
}

/// The table by path, literal parts before names, so that `/releases/new` is never taken for a release called `new`.
pub fn places(doors: &'static [Door]) -> Vec<Place> {
    let mut paths: Vec<&'static str> = doors.iter().map(|door| door.path).collect();
    paths.sort_by_key(|path| path.split('/').map(|part| (part.starts_with('{'), part)).collect::<Vec<_>>());
    paths.dedup();
    let find = |path, method| doors.iter().find(|door| door.path == path && door.method == method);
    paths.into_iter().map(|path| Place { path, get: find(path, Method::Get), post: find(path, Method::Post) }).collect()
}
