//! The words of a release, sealed again for copies that take a lost one's place: the co-ordinator's browser opens them once and
//! hands them over; the portal checks their digest and seals them to each new key (DESIGN §5).
//!
//! At authorisation the words are sealed from the draft, so only such copies lack them. Absent on purpose: keeping the words.

use zeroize::Zeroizing;

use crate::actions::request::take_back;
use crate::actions::{Fault, No, Office, casefile, reseal, seal};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{CopyId, ReleaseId};
use crate::domain::policy::Act;
use crate::domain::refusal::Refusal;
use crate::domain::release::Stage;
use crate::sealing::age::Recipient;
use crate::sealing::copy::seal_text;
use crate::sealing::image;
use crate::store::Conn;
use crate::store::copies::{Part, Row};
use crate::store::log::Stamp;
use crate::store::releases::Filed;

/// The most bytes of released words: 5,000 characters and a name, of any script.
pub const WORDS_MAX: usize = 64 << 10;

/// The words in the plan of a sealing, where a copy lacks them.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Words {
    /// Where they are fetched, sealed to the unit.
    pub original: String,
    /// Where the opened words are handed over.
    pub upload: String,
    /// What they must hash to.
    pub sha256: String,
    /// A copy lacks them.
    pub needed: bool,
}

/// The words' part of a plan, how many of them are sealed, and of how many; only copies in the place of lost ones count.
pub(super) async fn plan(conn: &mut Conn, filed: &Filed, copies: &[Row]) -> Result<(Option<Words>, usize, usize), No> {
    let Some(sha256) = filed.text_sha256.clone() else { return Ok((None, 0, 0)) };
    let (mut sealed, mut total) = (0, 0);
    for copy in copies.iter().filter(|copy| copy.key_gone_at.is_none() && !copy.awaits_conditions()) {
        let lost = |other: &Row| other.holder == copy.holder && other.replaced_at.is_some();
        let follows = copy.follows.is_some() || copies.iter().any(lost);
        if follows {
            total += 1;
            sealed += usize::from(has_words(conn, copy).await?);
        }
    }
    let id = filed.release.id;
    let words = Words {
        original: format!("/releases/{id}/text"),
        upload: format!("/releases/{id}/text/sealing"),
        sha256,
        needed: sealed < total,
    };
    Ok((Some(words), sealed, total))
}

pub(super) async fn has_words(conn: &mut Conn, copy: &Row) -> Result<bool, No> {
    let id = CopyId::parse(&copy.id).ok_or(No::NotFound)?;
    Ok(conn.parts(id).await?.iter().any(|part| part.rendition == "text"))
}

/// The words, sealed to the unit: opening them is a logged act, as for a photograph.
pub async fn original(office: &Office, by: &Actor, id: ReleaseId, stamp: Stamp) -> Result<Vec<u8>, No> {
    let actor = by.clone();
    let object = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let filed = casefile::load(tx, &actor, Act::OpenOriginal, id).await?;
                let object = filed.text_object.ok_or(No::NotFound)?;
                let event = Event::new(Kind::Original, filed.release.object()).with("text", true);
                tx.append(&event, &actor, &stamp).await?;
                Ok(object)
            })
        })
        .await?;
    office.vault.of_original(&object).await
}

/// Takes the opened words and seals them to every copy that lacks them, one act for each.
pub async fn take(office: &Office, by: &Actor, id: ReleaseId, bytes: Vec<u8>, stamp: Stamp) -> Result<(), No> {
    let bytes = Zeroizing::new(bytes);
    let mut conn = office.read().await?;
    let filed = casefile::load(&mut conn, by, Act::Decide, id).await?;
    let now = office.now();
    if !matches!(filed.release.stage, Stage::Live(_)) || !filed.release.standing().closed(now).is_empty() {
        return Err(No::refused(Refusal::WrongStage { stage: filed.release.word(now) }));
    }
    let told = "These are not the words on record: their digest differs. Nothing was sealed. Tell your administrator.";
    let words = std::str::from_utf8(&bytes).map_err(|_| No::field("text", told))?;
    if filed.text_sha256.as_deref() != Some(&hex::encode(image::sha256(&bytes))) {
        return Err(No::field("text", told));
    }
    let revision = conn.revisions(id).await?.first().map_or(1, |newest| newest.number);
    let mut lacking = Vec::new();
    for copy in conn.copies_of_release(id).await? {
        if copy.wrapped_key.is_some() && !copy.awaits_conditions() && !has_words(&mut conn, &copy).await? {
            lacking.push(copy);
        }
    }
    drop(conn);
    reseal::proven(office, id, &lacking, &stamp).await?;
    for copy in lacking {
        seal_one(office, by, &copy, words, revision, &stamp).await?;
    }
    Ok(())
}

/// The words sealed to a copy's holder, under the copy's own second lock, stored and not yet written down.
pub(super) async fn sealed_part(office: &Office, row: &Row, words: &str, revision: i64) -> Result<Part, No> {
    let copy = CopyId::parse(&row.id).ok_or(No::NotFound)?;
    let wrapped = row.wrapped_key.as_ref().ok_or_else(|| No::refused(Refusal::KeyDestroyed))?;
    let key = office.records.unwrap(wrapped, &row.id).map_err(|why| Fault::Lock(why.to_string()))?;
    let to = Recipient::parse(&row.recipient).map_err(|why| Fault::Other(why.to_string()))?;
    let sealed = seal_text(words, &to).map_err(|why| Fault::Other(why.to_string()))?;
    let part = seal::store_part(office, copy, &key, None, "text", 0, &sealed).await?;
    Ok(Part { revision, ..part })
}

async fn seal_one(office: &Office, by: &Actor, row: &Row, words: &str, revision: i64, stamp: &Stamp) -> Result<(), No> {
    let copy = CopyId::parse(&row.id).ok_or(No::NotFound)?;
    let part = sealed_part(office, row, words, revision).await?;
    let objects = [part.object.clone()];
    let digest = casefile::digest(words);
    let (actor, stamp, recipient) = (by.clone(), stamp.clone(), row.recipient.clone());
    let done = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let now = tx.copy(copy).await?.ok_or(No::NotFound)?;
                if now.key_gone_at.is_some() || now.recipient != recipient {
                    return Err(No::refused(Refusal::KeyDestroyed));
                }
                let filed = tx.release(now.holding()?.release).await?.ok_or(No::NotFound)?;
                let closed = filed.release.standing().closed(tx.now());
                if !closed.is_empty() {
                    return Err(No::from(closed));
                }
                // Corrected meanwhile (K8.7): these are not the words in force any more.
                if filed.text_sha256.as_ref() != Some(&digest) {
                    return Err(No::Unavailable);
                }
                // Handed over twice at once: the first one counts.
                if tx.parts(copy).await?.iter().any(|one| one.rendition == "text") {
                    return Err(No::NotFound);
                }
                tx.add_part(&part).await?;
                seal::finish_copy(tx, copy, &actor, &stamp).await
            })
        })
        .await;
    match done {
        Ok(_) => Ok(()),
        Err(no) => {
            take_back(office, &no, &objects).await;
            match no {
                No::NotFound => Ok(()),
                other => Err(other),
            }
        }
    }
}
