//! The list of a holder's bulletins, why they look at them in this visit, and the small pictures of those that open.
//!
//! Promises: what is withdrawn, expired or confirmed stays as a plain card with its dates; a small picture is a logged view like any
//! other. Absent on purpose: names, titles and words of a case: they come sealed, or not at all.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::json;

use crate::actions::corrections::Version;
use crate::actions::deliver::{self, Bulletin};
use crate::actions::{No, session};
use crate::domain::demand::State;
use crate::domain::ids::CopyId;
use crate::domain::moment::Moment;
use crate::domain::refusal::Refusal;
use crate::domain::release::request::Purpose;
use crate::web::frame::Wrong;
use crate::web::parts::{self, Leaving};
use crate::web::visit::own_path;
use crate::web::{Answer, Page, Visit};

/// Small pictures of one request.
pub const THUMBNAILS_MAX: usize = 24;

/// One bulletin, as the list and its page show it.
#[derive(Serialize, Clone)]
pub struct Card {
    /// The copy.
    pub copy: String,
    /// The release's reference.
    pub urn: String,
    /// How it stands, in a word or two.
    pub state: &'static str,
    /// The tag's colour.
    pub colour: &'static str,
    /// Its dates, a sentence each.
    pub dates: Vec<String>,
    /// Its corrections, newest first, a sentence each (K8.7).
    pub corrections: Vec<String>,
    /// What to do, or empty.
    pub todo: &'static str,
    /// The danger phrase, where there is danger (K8.5).
    pub danger: String,
    /// The warning about names (K8.3).
    pub names: String,
    /// Whether it may be opened now.
    pub opens: bool,
    /// Whether it has a small picture that may be shown now.
    pub pictured: bool,
    /// Its end: empty while it runs, `owed` once it is over, `confirmed` when there is a certificate.
    pub end: &'static str,
    /// Why it cannot be opened, each with its clause.
    pub closed: Vec<Wrong>,
}

const KEEPING: &str = "Surrender or destroy whatever you hold of it outside the portal, then confirm it. Keeping it may be an offence under section 170 of the Data Protection Act 2018.";

const LEFT: &str = "This copy ended when you left the scheme. Surrender or destroy whatever you hold of it, prints too, then confirm it.";

const LOST: &str = "This copy ended when your old keys were lost. A new one follows when the police have approved your new keys. If you still hold a print of this one, surrender or destroy it and confirm it.";

/// How a bulletin stands: words, colour, what to do.
fn standing(bulletin: &Bulletin) -> (&'static str, &'static str, &'static str) {
    let first = |one: &Refusal| matches!(one, Refusal::UndertakingUnsigned { .. } | Refusal::ConditionsUnacknowledged);
    let owed = matches!(bulletin.ending, Some(State::Owed { .. } | State::Overdue { .. }));
    match bulletin.word {
        _ if bulletin.copy.confirmed_at.is_some() => ("Confirmed", "grey", ""),
        // Before the release's own standing: there is nothing to wait for with this copy.
        "live" if bulletin.copy.left_at.is_some() => ("Ended", "grey", LEFT),
        "live" if bulletin.copy.replaced_at.is_some() => ("Keys lost", "grey", LOST),
        _ if matches!(bulletin.ending, Some(State::Overdue { .. })) => ("Overdue", "red", KEEPING),
        "recalled" | "voided" => ("Withdrawn", "red", KEEPING),
        "live" if bulletin.ended_alone.is_some() => ("Ended", "red", KEEPING),
        "live" if owed => ("Demanded back", "red", KEEPING),
        "expired" => ("Expired", "grey", KEEPING),
        _ if bulletin.closed.is_empty() => ("Open", "green", ""),
        _ if bulletin.closed.iter().all(first) => {
            ("To read first", "yellow", "Open it to see what you must read first.")
        }
        _ if bulletin.copy.awaits_conditions() => {
            ("To read first", "yellow", "Open it to see what you must read first.")
        }
        _ if bulletin.closed.contains(&Refusal::NotSealedYet) => {
            ("Being sealed", "blue", "Try again in a few minutes.")
        }
        _ => ("Closed", "grey", "Open it to see why."),
    }
}

/// What changed is told to whoever may still read the words; to others only that they were corrected.
fn corrections(bulletin: &Bulletin) -> Vec<String> {
    let reads = bulletin.closed.iter().all(|why| *why == Refusal::ConditionsUnacknowledged);
    let told = |one: &Version| match one.at.long() {
        at if reads => format!("Corrected on {at}: {}", one.said.changed),
        at => format!("Corrected on {at}."),
    };
    bulletin.versions.iter().map(told).collect()
}

impl Card {
    /// As it stands now.
    pub fn of(bulletin: &Bulletin) -> Self {
        let (state, colour, todo) = standing(bulletin);
        let owed = match bulletin.ending {
            Some(State::Owed { due } | State::Overdue { due }) => Some(due),
            _ => None,
        };
        let over = matches!(bulletin.word, "recalled" | "voided" | "expired") || owed.is_some();
        let confirmed = bulletin.copy.confirmed_at.map(Moment::from_millis);
        let until = bulletin.until.deadline();
        let mut dates = vec![if over {
            format!("It could be viewed until {until}.")
        } else {
            format!("You can view it until {until}.")
        }];
        if let Some(at) = bulletin.recalled_at {
            dates = vec![format!("The police withdrew it on {}.", at.long())];
        }
        if let (Some(_), "live") = (owed, bulletin.word) {
            dates = vec!["The police demanded it back.".to_owned()];
        }
        if let Some(at) = bulletin.ended_alone {
            dates = vec![format!("Your copy ended on {}, after a review: you are no longer named.", at.long())];
        }
        dates.extend(owed.map(|due| format!("Confirm its end by {}.", due.deadline())));
        let lost = bulletin.copy.replaced_at.or(bulletin.copy.left_at).map(Moment::from_millis);
        if let (Some(at), false) = (lost, over) {
            let how = if bulletin.copy.left_at.is_some() { "when you left the scheme" } else { "with your old keys" };
            dates = vec![format!("It was destroyed {how} on {}.", at.long())];
        }
        dates.extend(confirmed.map(|at| format!("You confirmed its end on {}.", at.long())));
        // What is over stays as a plain card: its reference, its dates and who held it (K7.8).
        let plain = over || lost.is_some() || confirmed.is_some();
        if plain {
            dates.push(format!("Held by {} for {}.", bulletin.copy.holder_name, bulletin.copy.scheme_name));
        }
        Self {
            copy: bulletin.copy.id.clone(),
            urn: bulletin.urn.clone(),
            state,
            colour,
            dates,
            corrections: if plain { Vec::new() } else { corrections(bulletin) },
            todo,
            danger: bulletin.danger.clone().filter(|_| !plain).unwrap_or_default(),
            names: bulletin.names.clone(),
            opens: bulletin.closed.is_empty(),
            pictured: false,
            end: match (confirmed, plain) {
                (Some(_), _) => "confirmed",
                (None, true) => "owed",
                (None, false) => "",
            },
            closed: bulletin.closed.iter().map(Wrong::from).collect(),
        }
    }

    /// Made-up cards, each kind once.
    pub fn samples() -> Vec<Self> {
        let open = Self {
            copy: "0190a5b0-0000-7000-8000-00000000000a".into(),
            urn: "CZ/001/26".into(),
            state: "Open",
            colour: "green",
            dates: vec!["You can view it until 11:59pm on 19 January 2027.".into()],
            corrections: vec!["Corrected on 21 November 2026 at 5:30pm: the kind of shop".into()],
            todo: "",
            danger: "Do not approach. Call the police immediately.".into(),
            names: "Refer to this person by the reference CZ/001/26 only.".into(),
            opens: true,
            pictured: true,
            end: "",
            closed: Vec::new(),
        };
        let closed = vec![Wrong::from(&Refusal::KeyDestroyed), Wrong::from(&Refusal::VettingLapsed { last: None })];
        let shut = Self {
            corrections: Vec::new(),
            opens: false,
            pictured: false,
            danger: String::new(),
            colour: "red",
            closed,
            ..open.clone()
        };
        let second = Self { copy: "0190a5b0-0000-7000-8000-00000000000b".into(), ..shut.clone() };
        vec![
            open,
            Self { state: "Withdrawn", todo: KEEPING, end: "owed", ..shut },
            Self { state: "Confirmed", end: "confirmed", ..second },
        ]
    }
}

/// A choice of a group of radios.
#[derive(Serialize, Clone)]
pub struct Choice {
    /// What is sent.
    pub value: &'static str,
    /// What is read.
    pub text: &'static str,
    /// A hint, or empty.
    pub hint: &'static str,
}

/// The purposes of K6.2.3.
pub fn purposes() -> Vec<Choice> {
    Purpose::ALL.iter().map(|(_, value, text)| Choice { value, text, hint: "" }).collect()
}

/// The list.
#[derive(Serialize)]
pub struct List {
    /// Newest first, 24 to a sheet.
    pub sheets: Vec<Sheet>,
    /// Whether there are small pictures to unlock.
    pub unlock: bool,
    /// What may be chosen, while the purpose of this visit is not yet said; then empty.
    pub purposes: Vec<Choice>,
    /// The purpose of this visit, or empty.
    pub purpose: String,
    /// Where to go after saying the purpose.
    pub next: String,
    /// What keeps this person from opening anything now, each with its clause.
    pub lapses: Vec<Wrong>,
}

/// Cards whose small pictures come in one request.
#[derive(Serialize, Clone)]
pub struct Sheet {
    /// Where the small pictures come from; empty if there are none.
    pub url: String,
    /// The cards.
    pub cards: Vec<Card>,
}

impl Sheet {
    fn of(cards: &[Card]) -> Self {
        let copies: Vec<&str> = cards.iter().filter(|card| card.pictured).map(|card| card.copy.as_str()).collect();
        let url = if copies.is_empty() { String::new() } else { format!("/thumbnails?copies={}", copies.join(",")) };
        Self { url, cards: cards.to_vec() }
    }
}

impl Page for List {
    const TEMPLATE: &'static str = "pages/bulletins/list.html";

    fn samples() -> Vec<Self> {
        let of = |cards: &[Card], said: bool| Self {
            unlock: cards.iter().any(|card| card.pictured),
            sheets: cards.chunks(THUMBNAILS_MAX).map(Sheet::of).collect(),
            purposes: if said { Vec::new() } else { purposes() },
            purpose: if said { "Prevention of crime".into() } else { String::new() },
            next: "/bulletins".into(),
            lapses: if cards.is_empty() {
                vec![Wrong::from(&Refusal::VettingLapsed { last: None })]
            } else {
                Vec::new()
            },
        };
        let cards = Card::samples();
        let plain: Vec<Card> = cards.iter().skip(1).cloned().collect();
        vec![of(&[], false), of(&plain, false), of(&cards, true)]
    }
}

const TITLE: &str = "Bulletins";

async fn list_page(v: &Visit) -> Result<List, No> {
    let mut found = deliver::bulletins(&v.office, v.actor()).await?;
    // What has to be confirmed stands first, overdue before the rest: it may keep everything else away.
    found.sort_by_key(|one| match one.ending {
        Some(State::Overdue { .. }) => 0,
        Some(State::Owed { .. }) => 1,
        _ => 2,
    });
    let purpose = v.person()?.purpose;
    let pictured = |one: &Bulletin| {
        purpose.is_some() && one.closed.is_empty() && one.parts.iter().any(|part| part.rendition == "thumbnail")
    };
    let cards: Vec<Card> = found.iter().map(|one| Card { pictured: pictured(one), ..Card::of(one) }).collect();
    // Nobody is asked why they look where nothing would open.
    let opens = |one: &Bulletin| one.closed.iter().all(|why| *why == Refusal::ConditionsUnacknowledged);
    let asks = purpose.is_none() && found.iter().any(opens);
    let lapses = deliver::lapses(&v.office, v.actor()).await?;
    Ok(List {
        unlock: cards.iter().any(|card| card.pictured),
        sheets: cards.chunks(THUMBNAILS_MAX).map(Sheet::of).collect(),
        purposes: if asks { purposes() } else { Vec::new() },
        purpose: purpose.map_or("", Purpose::title).to_owned(),
        next: "/bulletins".to_owned(),
        lapses: lapses.iter().map(Wrong::from).collect(),
    })
}

/// `GET /bulletins`.
pub async fn list(v: Visit) -> Result<Answer, No> {
    let page = list_page(&v).await?;
    v.page(TITLE, &page)
}

/// `POST /bulletins/purpose`: said once a visit; each view's leaf repeats it.
pub async fn say_purpose(v: Visit) -> Result<Answer, No> {
    match session::set_purpose(&v.office, v.person()?, v.field("purpose")).await {
        Ok(()) => Answer::see(own_path(v.field("next")).unwrap_or("/bulletins")),
        Err(no) => {
            let page = list_page(&v).await?;
            v.again(no, TITLE, &page)
        }
    }
}

/// `GET /thumbnails?copies=…`: what may not be opened is left out.
pub async fn thumbnails(v: Visit) -> Result<Answer, No> {
    let copies: Option<Vec<CopyId>> = v.query("copies").split(',').map(CopyId::parse).collect();
    let copies = copies.ok_or(No::NotFound)?;
    if copies.len() > THUMBNAILS_MAX {
        return Err(No::field("copies", format!("Ask for {THUMBNAILS_MAX} thumbnails or fewer at a time.")));
    }
    let why = parts::purpose(&v)?;
    let opened = deliver::thumbnails(&v.office, v.actor(), &copies, why, &v.stamp()).await?;
    let item = |one: &deliver::Opened| json!({ "copy": one.copy.to_string(), "part": one.part.to_string(), "sealed": STANDARD.encode(&one.bytes) });
    let text = json!({ "items": opened.iter().map(item).collect::<Vec<_>>() }).to_string();
    Ok(Leaving::new(&v, &opened, text).answer("application/json"))
}
