//! Another records key: everything that the one before seals is sealed under it, in one transaction, with the portal stopped. And
//! another log key: a leaf names it, the last checkpoint of the one before covers that leaf and is signed by both.
//!
//! Promise: after each step, and a stop at any moment between them, the portal opens with exactly one key and every field with it.
//! Absent on purpose: a rotation beside a running portal, which holds the key before in memory.

use zeroize::Zeroizing;

use crate::actions::office::{Office, write_secret};
use crate::actions::samekeys::{SAME_KEYS, named_keys};
use crate::actions::{Fault, No, keyfiles};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::ledger::checkpoint::LogKey;
use crate::sealing::lock::{Field, RecordsKey};
use crate::store::log::Stamp;
use crate::store::rekey::{SOURCES, Sealed, Source};
use crate::{clock, config};

/// A key that was written beside the one in force.
pub struct Next {
    key: Zeroizing<[u8; 32]>,
    id: String,
}

/// Step 1: the new key, durably beside the one in force.
pub fn prepare(office: &Office) -> Result<Next, Fault> {
    let (key, id) = keyfiles::write_next(&office.settings.keys.records)?;
    Ok(Next { key, id })
}

/// Step 2: everything under the new key, the key named as in force, the leaf: one transaction. Answers how many fields.
pub async fn commit(office: &Office, next: &Next, stamp: Stamp) -> Result<usize, No> {
    let (old, new) = (office.records.clone(), RecordsKey::from_bytes(next.key.clone()));
    let id = next.id.clone();
    let done = office.act(move |tx| {
        Box::pin(async move {
            let mut fields = 0;
            for source in SOURCES {
                for field in tx.sealed_fields(source).await? {
                    let sealed = under(source, &field, &old, &new)?;
                    tx.replace_sealed(source, &field.id, &sealed).await?;
                    fields += 1;
                }
            }
            tx.set(keyfiles::IN_FORCE, &id).await?;
            let event = Event::new(Kind::RecordsKey, "log").with("fields", fields);
            tx.append(&event, &Actor::Portal, &stamp).await?;
            Ok(fields)
        })
    });
    Ok(done.await?.into_inner())
}

/// Step 3: the file of the key before is replaced.
pub fn finish(office: &Office, next: &Next) -> Result<(), Fault> {
    keyfiles::settle(&office.settings.keys.records, Some(&next.id))
}

/// All three. The office is of no use afterwards: it holds the key before.
pub async fn records(office: Office, stamp: Stamp) -> Result<usize, No> {
    let next = prepare(&office)?;
    let fields = commit(&office, &next, stamp).await?;
    finish(&office, &next)?;
    office.close().await;
    Ok(fields)
}

/// One field, out of the old key and under the new one, at the same place.
fn under(source: &Source, field: &Sealed, old: &RecordsKey, new: &RecordsKey) -> Result<Vec<u8>, Fault> {
    let locked = |why: String| Fault::Lock(format!("{}.{} of {}: {why}", source.table, source.column, field.id));
    let Some(table) = source.bound else {
        let key = old.unwrap(&field.sealed, &field.place).map_err(|why| locked(why.to_string()))?;
        return new.wrap(&key, &field.place).map_err(|why| locked(why.to_string()));
    };
    let place = Field { table, row: &field.place, column: source.column, version: field.version };
    let plain = old.open_field(&place, &field.sealed).map_err(|why| locked(why.to_string()))?;
    new.seal_field(&place, &plain).map_err(|why| locked(why.to_string()))
}

/// Whether a key opens a field, at its place.
pub fn opens(source: &Source, field: &Sealed, key: &RecordsKey) -> bool {
    match source.bound {
        None => key.unwrap(&field.sealed, &field.place).is_ok(),
        Some(table) => {
            let place = Field { table, row: &field.place, column: source.column, version: field.version };
            key.open_field(&place, &field.sealed).is_ok()
        }
    }
}

/// Another key for cookies and form tokens: everybody signs in anew. Cut short, it is done again from the beginning.
pub async fn web(office: Office, stamp: Stamp) -> Result<(), No> {
    let keys = &office.settings.keys;
    let key = Zeroizing::new(clock::random::<32>());
    write_secret(&keys.web, &Zeroizing::new(format!("{}\n", hex::encode(*key))))?;
    let blind = config::key(&keys.blind).map_err(|why| Fault::Other(why.to_string()))?;
    let names = named_keys(&key, &blind);
    let done = office.act(move |tx| {
        Box::pin(async move {
            tx.set(SAME_KEYS, &names).await?;
            tx.append(&Event::new(Kind::WebKey, "log"), &Actor::Portal, &stamp).await?;
            Ok(())
        })
    });
    done.await?;
    office.close().await;
    Ok(())
}

/// A log key that was written beside the one in force.
pub struct NextLog(LogKey);

/// Step 1 of another log key: the key, durably beside the one in force.
pub fn prepare_log(office: &Office) -> Result<NextLog, Fault> {
    keyfiles::write_next_log(&office.settings.keys.log, &office.settings.log_name).map(NextLog)
}

/// Step 2: a leaf names it, under a checkpoint of the key before.
pub async fn announce_log(office: &Office, next: &NextLog, stamp: Stamp) -> Result<(), No> {
    office.record(Event::new(Kind::LogKey, "log").with("vkey", next.0.vkey()), &stamp).await
}

/// Step 3: that checkpoint is signed by it too, and kept. Answers all verifier keys. From here on the next opening takes the new key.
pub async fn hand_over_log(office: &Office, next: NextLog) -> Result<String, No> {
    let before = office.log_vkeys.clone();
    let done = office.act(move |tx| {
        Box::pin(async move {
            let from = tx.sign_head_too(&next.0).await?;
            let all = format!("{before}\n{}@{from}", next.0.vkey());
            tx.set(keyfiles::VKEYS, &all).await?;
            Ok(all)
        })
    });
    Ok(done.await?.into_inner())
}

/// All of it. The office is of no use afterwards: it holds the key before.
pub async fn log(office: Office, stamp: Stamp) -> Result<String, No> {
    let next = prepare_log(&office)?;
    announce_log(&office, &next, stamp).await?;
    let all = hand_over_log(&office, next).await?;
    let settings = office.settings.clone();
    office.close().await;
    keyfiles::log_key(&settings.store, &settings.keys.log, &settings.log_name).await?;
    Ok(all)
}
