//! Where one is signed in: one's own open visits, and the button that ends all the others.
//!
//! Promise: nobody sees or ends another person's visits here. Absent on purpose: visits that are over (the log has them).

use serde::Serialize;

use crate::actions::{No, session};
use crate::web::{Answer, Page, Visit};

const TITLE: &str = "Where you are signed in";

/// One's open visits.
#[derive(Serialize)]
pub struct Visits {
    /// The newest first.
    pub visits: Vec<One>,
    /// There is another one to end.
    pub others: bool,
    /// Others were ended just now.
    pub ended: bool,
}

/// One visit.
#[derive(Serialize)]
pub struct One {
    /// Browser and system, as the browser said.
    pub device: String,
    /// The address it began from.
    pub client: String,
    /// When it began.
    pub began: String,
    /// When it was last used.
    pub seen: String,
    /// This one.
    pub this: bool,
}

impl Page for Visits {
    const TEMPLATE: &'static str = "pages/account/visits.html";

    fn samples() -> Vec<Self> {
        let one = |this| One {
            device: "Edge on Windows".into(),
            client: "192.0.2.1".into(),
            began: "21 November 2026 at 9am".into(),
            seen: "21 November 2026 at 9:30am".into(),
            this,
        };
        vec![
            Self { visits: vec![one(true), one(false)], others: true, ended: false },
            Self { visits: vec![one(true)], others: false, ended: true },
        ]
    }
}

/// `GET /account/visits`.
pub async fn list(v: Visit) -> Result<Answer, No> {
    let me = v.person()?;
    let visits: Vec<One> = session::mine(&v.office, me)
        .await?
        .into_iter()
        .map(|visit| One {
            this: visit.id == me.session.to_string(),
            began: visit.started_at().long(),
            seen: visit.seen_at().long(),
            device: visit.device,
            client: visit.client,
        })
        .collect();
    let others = visits.iter().any(|visit| !visit.this);
    v.page(TITLE, &Visits { visits, others, ended: v.query("ended") == "yes" })
}

/// `POST /account/visits/end`: ends every other visit, at once.
pub async fn end_others(v: Visit) -> Result<Answer, No> {
    session::end_others(&v.office, v.person()?, v.stamp()).await?;
    Answer::see("/account/visits?ended=yes")
}
