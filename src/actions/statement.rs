//! Nonces and signed statements: what a person signs is fresh, theirs, about this object, over this exact document.
//!
//! Promises: a statement is checked before anything slow is done for it, and kept once; its document lies under the records
//! key. Absent on purpose: what an act demands besides; reading statements is [`crate::actions::statements`].

use aws_lc_rs::{constant_time, hmac};

use crate::actions::answers::Form;
use crate::actions::office::ten;
use crate::actions::{Fault, No, Office, trust};
use crate::clock;
use crate::domain::ids::{PersonId, ReleaseId, StatementId};
use crate::domain::moment::Moment;
use crate::domain::refusal::Refusal;
use crate::ledger::statement::Statement;
use crate::store::statements::Statement as Row;

/// What people sign in their browsers, with the words of a page. A new kind is a line here; nothing else is given a nonce.
pub const KINDS: &[(&str, &str)] = &[
    ("undertaking", "Undertaking (form 3797)"),
    ("request", "Request for a release"),
    ("withdrawal", "Withdrawal of a request"),
    ("authority", "Decision on a request (forms 3795 and 3796)"),
    ("ruling", "Decision by a higher rank (O3.2.3, O3.2.4)"),
    ("correction", "Correction of released words (K8.7)"),
    ("void", "Voiding of a number"),
    ("recall", "Recall"),
    ("review", "Review (form 3796)"),
    ("review-decision", "Decision on a review (form 3796)"),
    ("limit", "Earlier time limit"),
    ("demand", "Demand for surrender or destruction (K8.2)"),
    ("acknowledge", "Receipt: conditions of a supply"),
    ("surrender", "Surrender or destruction"),
    ("disposal", "Proposal on records whose period has run (K9.1)"),
    ("disposal.agree", "Second decision on their disposal (K9.1)"),
    ("approve", "Approval of a person’s keys"),
];

/// The title of a kind; its own word where it has none.
pub fn title(kind: &str) -> &str {
    KINDS.iter().find(|(word, _)| *word == kind).map_or(kind, |(_, title)| title)
}

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
    if !KINDS.iter().any(|(word, _)| *word == kind) {
        return Err(No::field("kind", "This kind of statement is not signed here."));
    }
    if !plain(kind) || !plain(object) {
        return Err(No::field("object", "The object must be a plain word."));
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
    if trust::superseded(&mut conn, person, &who.recipient).await? {
        return Err(No::refused(Refusal::KeysChanged { name: who.name }));
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
    let id = StatementId::fresh(now, ten()).to_string();
    Ok(Row {
        kind: kind.to_owned(),
        person_id: who.id,
        object: object.to_owned(),
        document: office.seal_field(TABLE, &id, COLUMN, 0, document)?,
        id,
        note: statement.note,
        nonce: statement.nonce,
        at: signed_at.millis(),
    })
}

/// The same for a form whose answers are the document: it must say what the fields say. `by_digest`: questions whose words are
/// kept elsewhere, and stand in the document as digests.
pub(super) async fn check_form(
    office: &Office,
    person: PersonId,
    kind: &'static str,
    object: &str,
    form: &Form,
    by_digest: &[&str],
) -> Result<Row, No> {
    let (document, note) = form.agreed(by_digest)?;
    check(office, person, kind, object, document.as_bytes(), note).await
}

const TABLE: &str = "statement";
const COLUMN: &str = "document";

/// The exact bytes that a kept statement covers.
pub(super) fn document(office: &Office, row: &Row) -> Result<Vec<u8>, Fault> {
    Ok(office.open_field(TABLE, &row.id, COLUMN, 0, &row.document)?.to_vec())
}

/// An identifier for a request that is still being written: random, and marked for this person, so that a form can bring
/// it back and be believed. Nothing is kept.
pub fn draft(office: &Office, person: PersonId) -> ReleaseId {
    let (at, head) = (office.now(), clock::random::<5>());
    ReleaseId::fresh(at, marked(office, person, at, head))
}

/// Reads an identifier that [`draft`] gave to this person; any other is none.
pub(super) fn drafted(office: &Office, person: PersonId, text: &str) -> Option<ReleaseId> {
    let id = ReleaseId::parse(text)?;
    let head = id.random().first_chunk::<5>().copied().unwrap_or_default();
    let ours = ReleaseId::fresh(id.at(), marked(office, person, id.at(), head));
    constant_time::verify_slices_are_equal(ours.to_string().as_bytes(), text.as_bytes()).is_ok().then_some(id)
}

/// Five random bytes and five of their mark. Bits that an identifier's own form takes are left out of the mark.
fn marked(office: &Office, person: PersonId, at: Moment, head: [u8; 5]) -> [u8; 10] {
    let mut all = [0; 10];
    let (random, mark) = all.split_at_mut(5);
    random.copy_from_slice(&head);
    let plain = ReleaseId::fresh(at, [head, [0; 5]].concat().try_into().unwrap_or_default());
    let tag = office.blind("draft/v1", &format!("{person}\n{plain}"));
    let _ = hex::decode_to_slice(tag.get(..10).unwrap_or_default(), mark);
    all
}

/// A kept row's identifier.
pub(super) fn id_of(row: &Row) -> Result<StatementId, No> {
    StatementId::parse(&row.id).ok_or(No::NotFound)
}
