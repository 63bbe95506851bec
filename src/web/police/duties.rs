//! A release's duties: marking that there is one, and recording what was done about it (K7.12, K7.13, O3.2.2).

use serde::Serialize;

use crate::actions::duties::{self, Filled, Listed, State};
use crate::actions::{No, bundle};
use crate::domain::duty::Duty as Kind;
use crate::domain::ids::ReleaseId;
use crate::web::{Answer, Page, Visit};

/// A line of the list on a release's page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct DutyLine {
    title: &'static str,
    what: &'static str,
    state: &'static str,
    colour: &'static str,
    told: Vec<String>,
    /// The word of its form; empty: nothing to record.
    href: &'static str,
}

impl DutyLine {
    pub(crate) fn of(listed: &Listed) -> Self {
        let (state, colour) = match listed.state {
            State::Done => ("Done", "green"),
            State::Open => ("To do", "yellow"),
            State::Later => ("Not due yet", "grey"),
        };
        let href = listed.duty.filter(|_| listed.state == State::Open).map_or("", Kind::word);
        Self { title: listed.title, what: listed.what, state, colour, told: listed.told.clone(), href }
    }

    pub(crate) fn samples() -> Vec<Self> {
        let one = |state| Listed {
            duty: Some(Kind::Prosecution),
            title: Kind::Prosecution.title(),
            what: Kind::Prosecution.what(),
            state,
            told: vec!["Marked by Sam Roe on 21 November 2026 at 5:30pm".into()],
        };
        [State::Done, State::Open, State::Later].map(|state| Self::of(&one(state))).to_vec()
    }
}

/// The words of a duty's two forms.
struct Words {
    mark: &'static str,
    due: &'static str,
    reference: &'static str,
    who: &'static str,
    on: &'static str,
}

fn words(duty: Kind) -> Words {
    match duty {
        Kind::Prosecution => Words {
            mark: "Mark that the person is prosecuted",
            due: "First hearing, if you know the day",
            reference: "Court file reference",
            who: "Endorsed by",
            on: "Day on which form MG6E was endorsed",
        },
        Kind::Identification => Words {
            mark: "Mark that identification is an issue",
            due: "Day of the identification procedure, if it is set",
            reference: "Reference of form 2380H",
            who: "Identification Officer who was told",
            on: "Day on which they were told",
        },
        Kind::Kmip => Words {
            mark: "",
            due: "",
            reference: "Reference of the confirmation",
            who: "Who confirmed it for the partnership",
            on: "Day of the confirmation",
        },
    }
}

/// One duty's page.
#[derive(Serialize)]
pub struct Duty {
    id: String,
    urn: String,
    word: &'static str,
    what: &'static str,
    /// It is marked: what was done is recorded now.
    open: bool,
    mark: &'static str,
    due: &'static str,
    reference: &'static str,
    who: &'static str,
    on: &'static str,
    /// The sentence for form MG6E, or empty.
    wording: String,
    /// Form 2380H has to be sent before anything else.
    reminder: bool,
}

impl Duty {
    fn of(id: String, urn: String, duty: Kind, open: bool, wording: String) -> Self {
        let Words { mark, due, reference, who, on } = words(duty);
        let reminder = duty == Kind::Identification;
        let (word, what) = (duty.word(), duty.what());
        Self { id, urn, word, what, open, mark, due, reference, who, on, wording, reminder }
    }
}

impl Page for Duty {
    const TEMPLATE: &'static str = "pages/police/duty.html";

    fn samples() -> Vec<Self> {
        let one = |duty, open, wording: &str| Self::of("1".into(), "CZ/001/26".into(), duty, open, wording.into());
        vec![
            one(Kind::Prosecution, false, ""),
            one(Kind::Prosecution, true, "A custody photograph of the defendant was circulated."),
            one(Kind::Identification, false, ""),
            one(Kind::Identification, true, ""),
            one(Kind::Kmip, true, ""),
        ]
    }
}

async fn page(v: &Visit) -> Result<(Duty, Kind), No> {
    let id = v.id(ReleaseId::parse)?;
    let duty = Kind::parse(v.path("duty")).ok_or(No::NotFound)?;
    let open = duties::is_open(&v.office, v.actor(), id, duty).await?;
    let (urn, wording) = bundle::mg6e(&v.office, v.actor(), id).await?;
    let wording = if duty == Kind::Prosecution { wording } else { String::new() };
    Ok((Duty::of(id.to_string(), urn, duty, open, wording), duty))
}

/// `GET /releases/{id}/duties/{duty}`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let (page, duty) = page(&v).await?;
    v.page(duty.title(), &page)
}

/// `POST /releases/{id}/duties/{duty}`: marks it, or records what was done, as the form says.
pub async fn send(v: Visit) -> Result<Answer, No> {
    let (page, duty) = page(&v).await?;
    let id = v.id(ReleaseId::parse)?;
    let said = Filled {
        note: v.field("note"),
        due: v.field("due"),
        reference: v.field("reference"),
        who: v.field("who"),
        on: v.field("on"),
    };
    let done = match v.field("step") {
        "mark" if duty.is_marked() => duties::mark(&v.office, v.actor(), id, duty, said, v.stamp()).await,
        _ => duties::done(&v.office, v.actor(), id, duty, said, v.stamp()).await,
    };
    match done {
        // Once it is marked, the same page says what to do.
        Ok(()) if v.field("step") == "mark" => Answer::see(format!("/releases/{id}/duties/{}", duty.word())),
        Ok(()) => Answer::see(format!("/releases/{id}")),
        Err(no) => v.again(no, duty.title(), &page),
    }
}
