//! Nonces and signed statements: what a person signs is fresh, theirs, about this object, over this exact document.

use aws_lc_rs::{constant_time, hmac};

use crate::actions::office::ten;
use crate::actions::{No, Office, trust};
use crate::clock;
use crate::domain::ids::{PersonId, StatementId};
use crate::domain::moment::Moment;
use crate::domain::refusal::Refusal;
use crate::ledger::statement::Statement;
use crate::store::statements::Statement as Row;

/// A nonce is good for this long, milliseconds.
const LIFE_MS: i64 = 30 * 60_000;

/// A nonce and the time that goes with it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Nonce {
    /// Given once, bound to person, kind, object and time.
    pub nonce: String,
    /// RFC 3339, UTC, milliseconds.
    pub time: String,
}

fn seal(office: &Office, random: &str, person: PersonId, kind: &str, object: &str, time: &str) -> String {
    let text = format!("nonce/v1\n{random}\n{person}\n{kind}\n{object}\n{time}");
    let tag = hmac::sign(&office.blind, text.as_bytes());
    hex::encode(tag.as_ref().get(..16).unwrap_or(&[]))
}

/// Whether a word may stand on a line of a statement.
fn plain(word: &str) -> bool {
    (1..=100).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_graphic())
}

/// A fresh nonce for signing `kind` about `object`.
pub fn nonce(office: &Office, person: PersonId, kind: &str, object: &str) -> Result<Nonce, No> {
    if !plain(kind) || !plain(object) {
        return Err(No::field("kind", "The kind and the object must be plain words."));
    }
    let (random, time) = (hex::encode(clock::random::<16>()), office.now().rfc3339());
    let tag = seal(office, &random, person, kind, object, &time);
    Ok(Nonce { nonce: format!("{random}.{tag}"), time })
}

/// Checks a statement: a confirmed key, signature by it, kind, object, document, nonce and time. Answers the row to keep; its
/// nonce is unique in the store, so it is kept once.
pub(super) async fn check(
    office: &Office,
    person: PersonId,
    kind: &'static str,
    object: &str,
    document: &[u8],
    note: &str,
) -> Result<Row, No> {
    let again = |why: &str| No::field("statement", format!("{why} Unlock your keys and sign again."));
    if note.trim().is_empty() {
        return Err(again("This needs your signature."));
    }
    let mut conn = office.read().await?;
    let who = conn.person(person).await?.ok_or(No::NotFound)?;
    let trust = trust::of(office, &mut conn, &[person], &[]).await?;
    if trust.person(&who.id, &who.recipient, &who.signing_key).is_none() {
        // Keys made anew wait for approval; a key exchanged beside an approved one does not.
        let anew = trust.recipient(&who.id, &who.recipient).is_none()
            && trust::enrolled_with(&mut conn, person, &who.recipient).await?;
        return Err(No::refused(match trust.ever(&who.id) {
            [] => Refusal::OwnKeysUnconfirmed,
            _ if anew => Refusal::OwnKeysUnconfirmed,
            _ => Refusal::KeysChanged { name: who.name },
        }));
    }
    let statement = Statement::open(note, &who.id, &who.signing_key)
        .map_err(|why| again(&format!("The signature was not accepted: {why}.")))?;
    if statement.kind != kind || statement.object != object || !statement.covers(document) {
        return Err(again("The signature is about another document."));
    }
    let (random, tag) = statement.nonce.split_once('.').ok_or_else(|| again("The signature is not fresh."))?;
    let ours = seal(office, random, person, kind, object, &statement.time);
    let fresh = constant_time::verify_slices_are_equal(ours.as_bytes(), tag.as_bytes()).is_ok();
    let signed_at =
        Moment::parse_rfc3339(&statement.time).filter(|_| fresh).ok_or_else(|| again("The signature is not fresh."))?;
    let now = office.now();
    if now < signed_at || now > signed_at.plus_millis(LIFE_MS) || conn.nonce_used(&statement.nonce).await? {
        return Err(again("The signature is not fresh."));
    }
    Ok(Row {
        id: StatementId::fresh(now, ten()).to_string(),
        kind: kind.to_owned(),
        person_id: who.id,
        object: object.to_owned(),
        document: document.to_vec(),
        note: statement.note,
        nonce: statement.nonce,
        at: signed_at.millis(),
    })
}

/// A kept row's identifier.
pub(super) fn id_of(row: &Row) -> Result<StatementId, No> {
    StatementId::parse(&row.id).ok_or(No::NotFound)
}
