//! Copies to seal again: who waits for what, one button, one bar; and the two doors by which the words pass.

use serde::Serialize;

use crate::actions::reseal::{self, Waiting};
use crate::actions::{No, desk, seal_words};
use crate::domain::ids::ReleaseId;
use crate::domain::refusal::Refusal;
use crate::web::{Answer, Page, Visit};

/// The queue.
#[derive(Serialize)]
pub struct Reseal {
    releases: Vec<One>,
    /// New copies can be made now.
    ready: usize,
    /// New copies are made and wait to be sealed.
    unsealed: usize,
    /// The plans of their releases, for the script.
    plans: String,
    email: String,
}

#[derive(Serialize)]
struct One {
    id: String,
    urn: String,
    people: Vec<Person>,
}

#[derive(Serialize)]
struct Person {
    name: String,
    state: String,
}

impl Page for Reseal {
    const TEMPLATE: &'static str = "pages/police/reseal.html";

    fn samples() -> Vec<Self> {
        let person = |state: &str| Person { name: "Priya Shah".into(), state: state.into() };
        let one = || One { id: "1".into(), urn: "CZ/001/26".into(), people: vec![person("Ready"), person("Waits")] };
        let page = |ready, unsealed, releases| Self {
            releases,
            ready,
            unsealed,
            plans: "/releases/1/sealing".into(),
            email: "sam@example.org".into(),
        };
        vec![
            page(0, 0, vec![]),
            page(0, 0, vec![one()]),
            page(1, 0, vec![one()]),
            page(2, 1, vec![one()]),
            page(0, 2, vec![one()]),
        ]
    }
}

fn one(waiting: &Waiting) -> One {
    let lost = waiting.lost.iter().map(|(name, why)| Person {
        name: name.clone(),
        state: match why.as_slice() {
            [] => "Ready to be sealed again".to_owned(),
            many => many.iter().map(state).collect::<Vec<_>>().join(" "),
        },
    });
    let made =
        waiting.unsealed.iter().map(|name| Person { name: name.clone(), state: "New copy, not sealed yet".into() });
    let reading = waiting.reading.iter().map(|name| Person {
        name: name.clone(),
        state: "New copy. Nothing is sealed before they have accepted the conditions.".into(),
    });
    let made = made.chain(reading);
    One { id: waiting.release.to_string(), urn: waiting.urn.clone(), people: lost.chain(made).collect() }
}

fn state(why: &Refusal) -> String {
    match why {
        Refusal::KeysUnconfirmed { .. } => {
            "Waits until they have joined again and their new keys are approved.".to_owned()
        }
        other => other.told().sentence,
    }
}

async fn page(v: &Visit) -> Result<Reseal, No> {
    let queue = reseal::queue(&v.office, v.actor()).await?;
    let plans: Vec<String> = queue
        .iter()
        .filter(|one| !one.unsealed.is_empty())
        .map(|one| format!("/releases/{}/sealing", one.release))
        .collect();
    Ok(Reseal {
        ready: queue.iter().flat_map(|one| &one.lost).filter(|(_, why)| why.is_empty()).count(),
        unsealed: queue.iter().map(|one| one.unsealed.len()).sum(),
        releases: queue.iter().map(one).collect(),
        plans: plans.join(" "),
        email: desk::account(&v.office, v.actor()).await?.email,
    })
}

const TITLE: &str = "Copies to seal again";

/// `GET /reseal`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    v.page(TITLE, &page(&v).await?)
}

/// `POST /reseal`: the new copies are made; the page goes on to seal them.
pub async fn begin(v: Visit) -> Result<Answer, No> {
    match reseal::begin(&v.office, v.actor(), &v.stamp()).await {
        Ok(_) => Answer::see("/reseal"),
        Err(no) => v.again(no, TITLE, &page(&v).await?),
    }
}

/// `GET /releases/{id}/text`: sealed to the unit, a logged act.
pub async fn text(v: Visit) -> Result<Answer, No> {
    let sealed = seal_words::original(&v.office, v.actor(), v.id(ReleaseId::parse)?, v.stamp()).await?;
    Ok(Answer::bytes("application/octet-stream", sealed).header("cache-control", "no-store"))
}

/// `POST /releases/{id}/text/sealing`.
pub async fn take(mut v: Visit) -> Result<Answer, No> {
    let bytes = Vec::from(std::mem::take(&mut v.posted.bytes));
    seal_words::take(&v.office, v.actor(), v.id(ReleaseId::parse)?, bytes, v.stamp()).await?;
    Ok(Answer::done())
}
