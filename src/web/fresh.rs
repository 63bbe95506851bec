//! Showing again that it is you, on a page of its own: before something leaves the portal by a link (a table to keep).
//!
//! Promise: afterwards only a path of our own is followed. Forms of weight ask on their own page instead and keep what was typed.

use serde::Serialize;

use crate::actions::{No, step_up};
use crate::web::visit::{own_path, percent};
use crate::web::{Answer, Page, Visit};

const TITLE: &str = "Show that it is you";

/// The form.
#[derive(Serialize)]
pub struct Fresh {
    /// Where to go afterwards.
    pub next: String,
}

impl Page for Fresh {
    const TEMPLATE: &'static str = "pages/account/fresh.html";

    fn samples() -> Vec<Self> {
        vec![Self { next: "/log/csv?kind=view".into() }]
    }
}

/// `None` when it was shown lately; else the way to the form, and back from it to what was asked for.
pub fn first(v: &Visit) -> Result<Option<Answer>, No> {
    if step_up::is_fresh(v.person()?, v.now) {
        return Ok(None);
    }
    Answer::see(format!("/account/fresh?next={}", percent(&v.wanted()))).map(Some)
}

fn next(v: &Visit) -> String {
    let asked = [v.field("next"), v.query("next")].into_iter().find_map(own_path);
    asked.unwrap_or("/account").to_owned()
}

/// `GET /account/fresh`.
pub fn form(v: &Visit) -> Result<Answer, No> {
    v.page(TITLE, &Fresh { next: next(v) })
}

/// `POST /account/fresh`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let next = next(&v);
    match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => Answer::see(next),
        Err(no) => v.again(no, TITLE, &Fresh { next }),
    }
}
