//! The auditor's room: search, timeline, verification, export of the log. Reading it is itself a leaf (s.62(4)).
//!
//! Absent on purpose: any picture, any text of a case.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::actions::office::slow;
use crate::actions::{Fault, No, Office, casefile, lost, registers};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::ReleaseId;
use crate::domain::moment::Moment;
use crate::domain::policy::{Act, Thing, may};
use crate::domain::release::Stage;
use crate::ledger::checkpoint;
use crate::ledger::export::{Contents, Writer};
use crate::ledger::leaf::{Leaf, commitment};
use crate::ledger::tree::{Edge, Hash};
pub use crate::ledger::verify::Report;
use crate::ledger::verify::Span;
use crate::ledger::verify::verify as verify_export;
use crate::store::Conn;
pub use crate::store::log::Search;
use crate::store::log::{Head, Stamp};

/// Entries read at a time.
const PAGE: u32 = 1_024;

/// One record, as pages and exports show it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Record {
    /// From 0.
    pub index: u64,
    /// The stored body.
    pub body: Value,
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The records, newest first.
    pub records: Vec<Record>,
    /// How many match in all.
    pub count: u64,
}

fn auditor(by: &Actor) -> Result<(), No> {
    if may(by, Act::ReadLog, Thing::Force) { Ok(()) } else { Err(No::NotFound) }
}

/// Searches the log; the search is a leaf.
pub async fn search(office: &Office, by: &Actor, what: &Search, stamp: Stamp) -> Result<Found, No> {
    auditor(by)?;
    let query = serde_json::json!({ "actor": what.actor, "object": what.object, "kind": what.kind, "from": what.from.rfc3339(), "to": what.to.rfc3339() });
    registers::consulted(office, by, "log".to_owned(), &query.to_string(), stamp).await?;
    let (rows, count) = office.read().await?.log_search(what).await?;
    Ok(Found { records: rows.into_iter().map(|(index, body)| Record { index, body }).collect(), count })
}

/// All records of one release, oldest first: for its own police and auditors. Reading them is a consultation, whoever reads.
pub async fn timeline(office: &Office, by: &Actor, release: ReleaseId, stamp: Stamp) -> Result<Vec<Record>, No> {
    let records = story(office, by, release).await?;
    registers::consulted(office, by, format!("release/{release}"), "timeline", stamp).await?;
    Ok(records)
}

/// The same for a page of the release, whose reading is a leaf already (decision 0014).
pub async fn story(office: &Office, by: &Actor, release: ReleaseId) -> Result<Vec<Record>, No> {
    let mut conn = office.read().await?;
    let filed = casefile::load(&mut conn, by, Act::SeeRelease, release).await?;
    if filed.release.stage == Stage::Draft {
        return Err(No::NotFound);
    }
    let what = Search {
        actor: String::new(),
        object: format!("release/{release}"),
        kind: String::new(),
        from: Moment::from_millis(0),
        to: Moment::from_millis(i64::MAX),
        limit: 10_000,
        skip: 0,
    };
    let (rows, _) = conn.log_search(&what).await?;
    Ok(rows.into_iter().rev().map(|(index, body)| Record { index, body }).collect())
}

/// Names by the word the log keeps (`person/<id>`).
pub type Names = std::collections::HashMap<String, String>;

/// Names for the identifiers in records: `person/<id>` to a name.
pub async fn names(office: &Office) -> Result<Names, No> {
    let people = office.read().await?.people().await?;
    Ok(people.into_iter().map(|person| (format!("person/{}", person.id), person.name)).collect())
}

/// References for the releases that `records` are about and `by` may see: `release/<id>` to `CZ/001/26`.
pub async fn references(
    office: &Office,
    by: &Actor,
    records: &[Record],
) -> Result<std::collections::HashMap<String, String>, No> {
    let objects = records.iter().filter_map(|record| record.body.get("object")?.as_str());
    let wanted: std::collections::HashSet<ReleaseId> =
        objects.filter_map(|object| ReleaseId::parse(object.strip_prefix("release/")?)).collect();
    let (mut conn, mut known) = (office.read().await?, std::collections::HashMap::new());
    for id in wanted {
        let filed = conn.release(id).await?.filter(|filed| may(by, Act::SeeRelease, casefile::thing(&filed.release)));
        if let Some(authority) = filed.as_ref().and_then(|filed| filed.release.stage.authority()) {
            known.insert(format!("release/{id}"), authority.urn.clone());
        }
    }
    Ok(known)
}

/// The newest signed head of the log, to keep elsewhere.
#[derive(Clone, Debug)]
pub struct Newest {
    /// Entries it covers.
    pub size: u64,
    /// The signed checkpoint.
    pub note: String,
    /// The key that verifies it (C2SP verifier key).
    pub vkey: String,
}

/// The log's head.
pub async fn head(office: &Office, by: &Actor) -> Result<Newest, No> {
    auditor(by)?;
    let head = Head::read(&mut office.read().await?).await?.ok_or(No::NotFound)?;
    Ok(Newest { size: head.size(), note: head.note().to_owned(), vkey: office.log_vkeys.clone() })
}

/// References and identifiers of releases an auditor may look for, by `urn` as typed.
pub async fn release_by_urn(office: &Office, by: &Actor, urn: &str) -> Result<ReleaseId, No> {
    let urn = crate::domain::urn::Urn::parse(urn)
        .ok_or_else(|| No::field("urn", "Enter a reference in the form CZ/001/26"))?;
    let filed = office.read().await?.release_by_urn(&urn.to_string()).await?;
    let filed = filed.filter(|filed| may(by, Act::SeeRelease, casefile::thing(&filed.release)));
    filed.map(|filed| filed.release.id).ok_or_else(|| No::field("urn", format!("No release {urn} that you may see")))
}

/// Verifies the whole log as a stranger would: exports it beside the data and runs the offline verifier over the export.
pub async fn verify(office: &Office, by: &Actor, stamp: Stamp) -> Result<Report, No> {
    auditor(by)?;
    let dir = office.settings.store.data.join(format!("verify-{}", hex::encode(crate::clock::random::<6>())));
    let vkey = office.log_vkeys.clone();
    let done = verify_in(&mut office.read().await?, &dir, vkey).await;
    if let Err(why) = std::fs::remove_dir_all(&dir) {
        tracing::warn!(cause = %why, "a verification's export stays behind");
    }
    let report = done?;
    let event = Event::new(Kind::Verified, "log").with("ok", report.passed()).with("size", report.size);
    let by = by.clone();
    office.act(move |tx| Box::pin(async move { Ok(tx.append(&event, &by, &stamp).await?) })).await?;
    Ok(report)
}

async fn verify_in(conn: &mut Conn, dir: &Path, vkey: String) -> Result<Report, No> {
    export(conn, dir, Contents::Full).await?;
    let dir = dir.to_owned();
    let report = slow(move || verify_export(&dir, &vkey, None)).await?;
    Ok(report.map_err(|why| Fault::Log(why.to_string()))?)
}

/// Writes the export directory from one consistent head. Safe beside a live portal: entries below a size never change.
pub async fn export(conn: &mut Conn, dir: &Path, contents: Contents) -> Result<Option<String>, No> {
    let broken = |why: crate::ledger::export::ExportError| Fault::Log(why.to_string());
    let head = Head::read(conn).await?.ok_or(No::NotFound)?;
    let mut out = Writer::create(dir, contents).map_err(broken)?;
    let mut from = 0;
    while from < head.size() {
        let entries = conn.log_entries(from, head.size(), PAGE).await?;
        let Some(last) = entries.last() else {
            return Err(Fault::Log(format!("entry {from} is missing from the store")).into());
        };
        from = last.index + 1;
        for entry in &entries {
            out.push(&entry.leaf, entry.opening.as_ref().map(|(salt, body)| (salt, body.as_slice())))
                .map_err(broken)?;
        }
    }
    for note in conn.log_checkpoints(head.size()).await? {
        if note != head.note() {
            out.checkpoint(&note).map_err(broken)?;
        }
    }
    Ok(out.finish(head.note()).map_err(broken)?.alarm)
}

/// What the check of the stored log found.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Fsck {
    /// Entries checked.
    pub size: u64,
    /// Entries whose records were lost in a disaster, as a `restored` record says.
    pub lost: Vec<Span>,
    /// What does not fit, the first bad entries by index.
    pub failures: Vec<String>,
}

/// Checks the stored log against itself and its signed head: leaves to nodes to root and right edge, kept checkpoints to the roots
/// they speak of, bodies to commitments, search columns to bodies (so that nobody hides a hit by changing a column), missing records to what accounts for them.
/// `vkey`: all verifier keys there have been.
pub async fn fsck(conn: &mut Conn, vkey: &str) -> Result<Fsck, No> {
    let head = Head::read(conn).await?.ok_or(No::NotFound)?;
    let mut found = Fsck { size: head.size(), lost: Vec::new(), failures: Vec::new() };
    let kept = kept(conn, &head, vkey, &mut found.failures).await?;
    let mut edge = Edge::empty();
    let (mut from, mut newest) = (0, None);
    while from < head.size() && found.failures.len() < 20 {
        let entries = conn.log_entries(from, head.size(), PAGE).await?;
        // One that is gone from the middle moves those after it.
        let whole = entries.iter().zip(from..).take_while(|(entry, index)| entry.index == *index).count() as u64;
        if entries.is_empty() || whole < entries.len() as u64 {
            found.failures.push(format!("entry {} is missing", from + whole));
            break;
        }
        for entry in &entries {
            let nodes = edge.append(&entry.leaf);
            let positions: Vec<u64> = nodes.iter().map(|(position, _)| *position).collect();
            let stored = conn.log_nodes(&positions).await?;
            if nodes.iter().any(|(position, hash)| stored.get(position).is_none_or(|there| there.0 != hash.0)) {
                found.failures.push(format!("entry {}: a stored hash of the tree differs", entry.index));
            }
            found.failures.extend(check_entry(entry).err().map(|why| format!("entry {}: {why}", entry.index)));
            if kept.get(&edge.size()).is_some_and(|root| root.0 != edge.root().0) {
                found.failures.push(format!("the kept checkpoint of {} entries does not fit them", edge.size()));
            }
        }
        from += entries.len() as u64;
        newest = entries.last().and_then(|entry| Leaf::parse(&entry.leaf).ok()).map(|leaf| leaf.at());
    }
    for index in conn.log_bad_columns().await? {
        found.failures.push(format!("entry {index}: a search column differs from the record"));
    }
    let missing = lost::missing(conn).await?;
    found.lost = missing.lost;
    for Span { first, last } in missing.unexplained {
        found
            .failures
            .push(format!("entries {first} to {last}: their records are missing, and nothing in the log says why"));
    }
    found.failures.extend(check_head(&head, vkey, &edge, newest));
    Ok(found)
}

/// What in the stored head does not fit its signature or the stored entries, of which the last was logged at `newest`.
fn check_head(head: &Head, vkey: &str, edge: &Edge, newest: Option<i64>) -> Vec<String> {
    let signed = match checkpoint::open(head.note(), vkey) {
        Ok(signed) => signed,
        Err(why) => return vec![format!("the head's signature does not hold: {why}")],
    };
    let fits = signed.size() == head.size() && signed.root().0 == edge.root().0;
    let wrong = [
        (!fits, "the signed head does not fit the stored entries"),
        (fits && head.root().0 != edge.root().0, "the stored right edge of the tree does not fit the stored entries"),
        (signed.origin() != head.origin(), "the stored name of the log is not the signed one"),
        (newest.is_some_and(|at| at != head.at().millis()), "the head's time is not that of the newest entry"),
    ];
    wrong.into_iter().filter(|(is, _)| *is).map(|(_, why)| why.to_owned()).collect()
}

/// The roots that the kept checkpoints speak of, by size. One that this log did not sign is told.
async fn kept(conn: &mut Conn, head: &Head, vkey: &str, failures: &mut Vec<String>) -> Result<BTreeMap<u64, Hash>, No> {
    let mut kept = BTreeMap::new();
    for note in conn.log_checkpoints(head.size()).await? {
        match checkpoint::open(&note, vkey) {
            Ok(signed) => drop(kept.insert(signed.size(), signed.root())),
            Err(why) => {
                let named = note.lines().nth(1).unwrap_or_default();
                failures.push(format!("the kept checkpoint of {named} entries does not hold: {why}"));
            }
        }
    }
    Ok(kept)
}

fn check_entry(entry: &crate::store::log::Entry) -> Result<(), String> {
    let leaf = Leaf::parse(&entry.leaf).map_err(|why| why.to_string())?;
    let Some((salt, body)) = &entry.opening else { return Ok(()) };
    if commitment(salt, body) != *leaf.commitment() {
        return Err("the record is not the one that was logged".to_owned());
    }
    Ok(())
}

/// Writes down that records left the portal.
pub async fn exported(office: &Office, by: &Actor, what: &str, stamp: Stamp) -> Result<(), No> {
    let (by, event) = (by.clone(), Event::new(Kind::Exported, "log").with("what", what));
    office.act(move |tx| Box::pin(async move { Ok(tx.append(&event, &by, &stamp).await?) })).await?;
    Ok(())
}

/// Records as CSV: quoted, and defused where a spreadsheet would read a formula (ASVS 1.2.10).
pub fn csv(records: &[Record], names: &Names) -> Result<String, No> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let broken = |why: csv::Error| Fault::Other(why.to_string());
    out.write_record(["index", "at", "kind", "actor", "name", "object", "copy", "purpose", "client", "details"])
        .map_err(broken)?;
    for record in records {
        let text = |field: &str| record.body.get(field).and_then(Value::as_str).unwrap_or("").to_owned();
        let mut details = record.body.clone();
        if let Some(map) = details.as_object_mut() {
            for field in ["at", "kind", "actor", "object", "copy", "purpose", "client"] {
                map.remove(field);
            }
        }
        let name = names.get(&text("actor")).cloned().unwrap_or_default();
        let row = [
            record.index.to_string(),
            text("at"),
            text("kind"),
            text("actor"),
            name,
            text("object"),
            text("copy"),
            text("purpose"),
            text("client"),
            details.to_string(),
        ];
        out.write_record(row.map(|cell| defused(&cell))).map_err(broken)?;
    }
    let bytes = out.into_inner().map_err(|why| Fault::Other(why.to_string()))?;
    Ok(String::from_utf8(bytes).map_err(|why| Fault::Other(why.to_string()))?)
}

/// A cell that no spreadsheet takes for a formula: a leading `= + - @`, tab or return gets an apostrophe before it.
pub fn defused(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_defused_and_plain_text_is_not() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"] {
            assert!(defused(cell).starts_with('\''), "{cell}");
        }
        assert_eq!(defused("CZ/001/26"), "CZ/001/26");
    }
}
