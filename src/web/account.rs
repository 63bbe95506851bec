//! A person's own account, and the two doors behind unlocking and signing.
//!
//! Promises: everything here is about the person who asks, nobody else. Absent on purpose: changing anything (administrators do).

use serde::Serialize;

use crate::actions::fingerprint::fingerprint;
use crate::actions::{No, desk, statement};
use crate::domain::moment::Moment;
use crate::web::{Answer, Page, Visit};

/// A person's own details.
#[derive(Serialize)]
pub struct Account {
    /// Key and value, in order.
    pub rows: Vec<Row>,
    /// The six words of their key.
    pub fingerprint: String,
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
        let rows = vec![row("Name", "Alex Doe"), row("Last signed in", "21 November 2026 at 5:30pm")];
        vec![Self { rows, fingerprint: "home practice tuna lens aware tape".into() }]
    }
}

/// `GET /account`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let person = desk::account(&v.office, v.actor()).await?;
    let roles: Vec<&str> = v.actor().roles().into_iter().map(crate::domain::actor::Role::title).collect();
    let last = person.signed_in_at.map_or_else(|| "Never".to_owned(), |at| Moment::from_millis(at).long());
    let rows = vec![
        row("Name", person.name),
        row("Email address", person.email),
        row("Role", roles.join(", ")),
        row("Account made", Moment::from_millis(person.created_at).long()),
        row("Last signed in", last),
        row("Key (age recipient)", person.recipient.clone()),
    ];
    v.page("Your account", &Account { rows, fingerprint: fingerprint(&person.recipient, &person.signing_key) })
}

/// `GET /account/keys`: the wrapped keys of the person who asks (`docs/formats/sign-in.md` clause 7).
pub async fn keys(v: Visit) -> Result<Answer, No> {
    Answer::json(&desk::keys(&v.office, v.actor()).await?)
}

/// `GET /account/nonce?kind=K&object=O` (`docs/formats/statement.md` clause 2).
pub fn nonce(v: &Visit) -> Result<Answer, No> {
    Answer::json(&statement::nonce(&v.office, v.person()?.id, v.query("kind"), v.query("object"))?)
}
