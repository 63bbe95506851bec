//! A person's own account, and the two doors behind unlocking and signing.
//!
//! Promises: everything here is about the person who asks, nobody else. Absent on purpose: changing anything (administrators do).

use serde::Serialize;

use crate::actions::approve::{self, Link, Own};
use crate::actions::{No, desk, statement};
use crate::domain::moment::Moment;
use crate::web::{Answer, Page, Visit};

/// A person's own details.
#[derive(Serialize)]
pub struct Account {
    /// Key and value, in order.
    pub rows: Vec<Row>,
    /// How their keys stand.
    pub keys: OwnKeys,
}

/// How a person's own keys stand, for `parts/own_keys.html`.
#[derive(Serialize, Clone)]
pub struct OwnKeys {
    /// The six words.
    pub words: String,
    /// One of `none`, `changed`, `confirmed`.
    pub state: &'static str,
    /// Who confirmed them, up to the root, a sentence each.
    pub chain: Vec<String>,
}

impl From<&Own> for OwnKeys {
    fn from(own: &Own) -> Self {
        let state = match own {
            Own { changed: true, .. } => "changed",
            Own { links, .. } if links.is_empty() => "none",
            _ => "confirmed",
        };
        let step = |link: &Link| {
            let by = if link.by.is_empty() { "The root key, kept offline," } else { link.by.as_str() };
            format!("{by} confirmed the keys of {} on {}.", link.paper.keys.name, link.at)
        };
        Self { words: own.words.clone(), state, chain: own.links.iter().map(step).collect() }
    }
}

impl OwnKeys {
    /// Those of whoever asks.
    pub async fn of(v: &Visit) -> Result<Self, No> {
        Ok(Self::from(&approve::own(&v.office, v.actor()).await?))
    }

    /// Made up, in one of its states.
    pub fn sample(state: &'static str) -> Self {
        let chain = match state {
            "confirmed" => vec!["Sam Roe confirmed the keys of Alex Doe on 21 November 2026 at 5:30pm.".to_owned()],
            _ => Vec::new(),
        };
        Self { words: "home practice tuna lens aware tape".into(), state, chain }
    }
}

/// A line of a summary list.
#[derive(Serialize, Clone)]
pub struct Row {
    /// What.
    pub key: String,
    /// The value, in words.
    pub value: String,
}

/// A line of a summary list.
pub fn row(key: &str, value: impl Into<String>) -> Row {
    Row { key: key.to_owned(), value: value.into() }
}

impl Page for Account {
    const TEMPLATE: &'static str = "pages/account/account.html";

    fn samples() -> Vec<Self> {
        let rows = vec![row("Name", "Alex Doe"), row("Before that", "21 November 2026 at 5:30pm")];
        ["none", "changed", "confirmed"].map(|state| Self { rows: rows.clone(), keys: OwnKeys::sample(state) }).into()
    }
}

/// `GET /account`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let person = desk::account(&v.office, v.actor()).await?;
    let roles: Vec<&str> = v.actor().roles().into_iter().map(crate::domain::actor::Role::title).collect();
    let when = |at: Option<i64>| at.map_or_else(|| "Never".to_owned(), |at| Moment::from_millis(at).long());
    let before = desk::signed_in_before(&v.office, v.actor()).await?;
    let rows = vec![
        row("Name", person.name),
        row("Email address", person.email),
        row("Role", roles.join(", ")),
        row("Account made", Moment::from_millis(person.created_at).long()),
        row("Last signed in", when(person.signed_in_at)),
        row("Before that", when(before)),
        row("Key (age recipient)", person.recipient),
    ];
    v.page("Your account", &Account { rows, keys: OwnKeys::of(&v).await? })
}

/// `GET /account/keys`: the wrapped keys of the person who asks (`docs/formats/sign-in.md` clause 7).
pub async fn keys(v: Visit) -> Result<Answer, No> {
    Answer::json(&desk::keys(&v.office, v.actor()).await?)
}

/// `GET /account/nonce?kind=K&object=O` (`docs/formats/statement.md` clause 2).
pub fn nonce(v: &Visit) -> Result<Answer, No> {
    Answer::json(&statement::nonce(&v.office, v.person()?.id, v.query("kind"), v.query("object"))?)
}
