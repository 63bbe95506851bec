//! Placing and lifting a legal hold (K9.1).
//!
//! Absent on purpose: a hold from nowhere: one is placed where its release is read. Proved by `tests/it/journeys/retention.rs`.

use serde::Serialize;

use crate::actions::No;
use crate::actions::retention::holds::{self, Scope};
use crate::actions::retention::{self, LegalHold};
use crate::domain::ids::{HoldId, ReleaseId};
use crate::domain::retention::Subject;
use crate::web::police::{Choice, choice, long, ordered};
use crate::web::{Answer, Page, Visit};

/// A hold.
#[derive(Serialize, Clone)]
pub(crate) struct Held {
    id: String,
    what: String,
    placed: String,
    why: String,
    /// By whom, when and why it was lifted; empty: it stands.
    lifted: String,
}

pub(super) fn held(hold: &LegalHold, why: &str, lift: &str) -> Held {
    let name = if hold.held.is_empty() { "a request without a reference" } else { &hold.held };
    let what = match hold.scope.as_str() {
        "release" => format!("Release: {name}"),
        "scheme" => format!("Everything supplied to {name}"),
        _ => format!("Everything of {name}"),
    };
    let lifted = hold.lifted_at.map_or_else(String::new, |at| {
        let by = hold.lifter.as_deref().unwrap_or_default();
        let said = if lift.is_empty() { String::new() } else { format!(": {lift}") };
        format!("Lifted on {}, by {by}{said}", long(at))
    });
    Held {
        id: hold.id.clone(),
        what,
        placed: format!("{}, by {}", long(hold.placed_at), hold.placer),
        why: why.to_owned(),
        lifted,
    }
}

impl Held {
    pub(super) fn sample(lifted: &str) -> Self {
        Self {
            id: "1".into(),
            what: "Everything supplied to Cantwell Pub Watch".into(),
            placed: "21 November 2036 at 5:30pm, by Sam Hollis".into(),
            why: "Civil claim 17/2036".into(),
            lifted: lifted.into(),
        }
    }
}

/// The form that places a hold.
#[derive(Serialize)]
pub struct Hold {
    id: String,
    heading: String,
    scopes: Vec<Choice>,
}

impl Page for Hold {
    const TEMPLATE: &'static str = "pages/police/retention-hold.html";

    fn samples() -> Vec<Self> {
        let scopes = vec![choice("release", "This one only", ""), choice("scheme/1", "Everything supplied to X", "")];
        vec![Self { id: "1".into(), heading: "CZ/001/26".into(), scopes }]
    }
}

const HOLD: &str = "Place a legal hold";

async fn holding(v: &Visit) -> Result<Hold, No> {
    let id = v.id(ReleaseId::parse)?;
    let scopes = holds::scopes(&v.office, v.actor(), id).await?;
    let of = retention::one(&v.office, v.actor(), Subject::Release(id), v.stamp()).await?;
    let one = |scope: &Scope| choice(scope.word.as_str(), scope.title.as_str(), "");
    Ok(Hold { id: id.to_string(), heading: of.title, scopes: scopes.iter().map(one).collect() })
}

/// `GET /retention/{id}/hold`.
pub async fn ask_hold(v: Visit) -> Result<Answer, No> {
    let page = holding(&v).await?;
    v.page(HOLD, &page)
}

/// `POST /retention/{id}/hold`.
pub async fn hold(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let said = (v.field("scope"), v.field("reason"));
    match holds::place(&v.office, v.actor(), id, said, v.stamp()).await {
        Ok(()) => Answer::see(format!("/retention/{id}")),
        Err(no) => {
            let page = holding(&v).await?;
            v.again(ordered(no, &["scope", "reason"]), HOLD, &page)
        }
    }
}

/// The form that lifts one.
#[derive(Serialize)]
pub struct Lift {
    id: String,
    held: Held,
}

impl Page for Lift {
    const TEMPLATE: &'static str = "pages/police/retention-lift.html";

    fn samples() -> Vec<Self> {
        let one = |lifted| Self { id: "1".into(), held: Held::sample(lifted) };
        vec![one(""), one("Lifted on 22 November 2036 at 9:00am, by Sam Hollis")]
    }
}

const LIFT: &str = "Lift a legal hold";

async fn lifting(v: &Visit) -> Result<Lift, No> {
    let id = v.id(HoldId::parse)?;
    let (row, why) = holds::one(&v.office, v.actor(), id).await?;
    Ok(Lift { id: id.to_string(), held: held(&row, &why, "") })
}

/// `GET /holds/{id}`.
pub async fn ask_lift(v: Visit) -> Result<Answer, No> {
    let page = lifting(&v).await?;
    v.page(LIFT, &page)
}

/// `POST /holds/{id}`.
pub async fn lift(v: Visit) -> Result<Answer, No> {
    match holds::lift(&v.office, v.actor(), v.id(HoldId::parse)?, v.field("reason"), v.stamp()).await {
        Ok(()) => Answer::see("/retention".to_owned()),
        Err(no) => {
            let page = lifting(&v).await?;
            v.again(no, LIFT, &page)
        }
    }
}
