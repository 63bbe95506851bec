//! Whether a portal, after a kill, has every act that it acknowledged, once, in its place, with all that belongs to it; and nothing else.
//!
//! What was acknowledged comes from the killed processes' own words, what there is from the log, the tables and the vault's files, read
//! by other programs where there are any. Everything is judged anew after each kill. What may be: an act that was carried out and not
//! acknowledged (counted), and a blob that no row names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use disclosure_portal::config::Store;
use disclosure_portal::domain::moment::Moment;

use super::crowd::Book;
use super::log::{Leaf, Log};
use super::told::{Deed, Why};
use crate::harness::server::psql;

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) lost: Vec<String>,
    pub(super) doubled: Vec<String>,
    pub(super) wrong: Vec<String>,
    /// Acts that were carried out and not acknowledged.
    pub(super) unacknowledged: usize,
    /// Views and thumbnails in the log.
    pub(super) views: usize,
    /// Signed heads that were compared.
    pub(super) heads: usize,
    /// Acts that were acknowledged, refused by a rule, answered "not available".
    pub(super) acknowledged: usize,
    pub(super) refused: usize,
    pub(super) away: usize,
    /// Corrections in the log.
    pub(super) corrected: usize,
    /// Copies whose blobs are gone.
    pub(super) destroyed: usize,
    /// Copies that have one leaf which ended them, and after it one which says that they are gone.
    pub(super) paired: usize,
    /// Copies whose key is gone and whose blobs are not, yet.
    pub(super) waiting: usize,
}

impl Found {
    /// Everything that may not be.
    pub(super) fn faults(&self) -> Vec<&String> {
        self.lost.iter().chain(&self.doubled).chain(&self.wrong).collect()
    }
}

/// A portal's tables and files, by other programs.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) store: &'a Store,
    /// Where its sealed blobs lie as files.
    pub(super) files: &'a Path,
}

impl At<'_> {
    pub(super) fn rows(self, words: &str) -> Vec<Vec<String>> {
        let text = if let Some(at) = &self.store.postgres {
            psql(at, words)
        } else {
            let mut command = std::process::Command::new("sqlite3");
            let out = command.args(["-cmd", ".timeout 5000"]).arg(self.store.database()).arg(words).output().unwrap();
            assert!(out.status.success(), "{}: {words}", String::from_utf8_lossy(&out.stderr));
            String::from_utf8(out.stdout).unwrap()
        };
        text.lines().map(|line| line.split('|').map(str::to_owned).collect()).collect()
    }

    /// How long a blob is; `None`: it is not there.
    pub(super) fn length(self, object: &str) -> Option<u64> {
        let file = self.files.join(&object[..2]).join(object);
        std::fs::metadata(file).ok().map(|blob| blob.len())
    }
}

/// Judges the portal whose processes said what stands in the book, and are at nothing now.
pub(super) async fn judge(at: At<'_>, vkey: &str, book: &Book) -> Found {
    let log = Log::read(at.store, vkey).await;
    let answered = |why| book.not.values().filter(|one| **one == why).count();
    let mut found = Found {
        acknowledged: book.done.len(),
        refused: answered(Why::Refused),
        away: answered(Why::Away),
        ..Found::default()
    };
    found.wrong.extend(log.failures.iter().cloned());
    found.wrong.extend(book.wrong.iter().cloned());
    found.heads = log.fits(book.heads.iter(), vkey, &mut found.wrong);
    acts(&log, book, &mut found);
    order(&log, at, &mut found);
    releases(&log, at, &mut found);
    corrections(&log, at, &mut found);
    copies(&log, at, book, &mut found);
    intents(&log, at, &mut found);
    found
}

/// Every act that was acknowledged is in the log once, where it was said to be, and is about what it was about.
fn acts(log: &Log, book: &Book, found: &mut Found) {
    let (requests, mut places) = (log.by_request(), BTreeSet::new());
    for (by, about) in &book.about {
        let Some(kind) = about.what.leaf() else { continue };
        let none = Vec::new();
        let its: Vec<&&Leaf> = requests.get(by.as_str()).unwrap_or(&none).iter().filter(|l| l.kind == kind).collect();
        if its.len() > 1 {
            found.doubled.push(format!("{by}: {:?} has {} leaves", about.what, its.len()));
        }
        let (Some(told), Some(leaf)) = (book.done.get(by), its.first()) else {
            match (book.done.contains_key(by), its.is_empty()) {
                (true, _) => found.lost.push(format!("{by}: {:?} was acknowledged and has no leaf", about.what)),
                (false, false) => unacknowledged(by, &about.what, book, found),
                (false, true) => {}
            }
            continue;
        };
        let right = about.what.copy().is_none_or(|copy| leaf.copy == copy)
            && about.what.release().is_none_or(|release| leaf.release() == release);
        if !right || told.is_some_and(|index| index != leaf.index) || !places.insert(leaf.index) {
            found
                .wrong
                .push(format!("{by}: {:?} was acknowledged with {told:?}, its leaf is {}", about.what, leaf.index));
        }
    }
    let strangers = requests.keys().filter(|by| by.starts_with("kill/") && !book.about.contains_key(**by));
    found.wrong.extend(strangers.map(|by| format!("nobody asked for what {by} did")));
}

fn unacknowledged(by: &str, what: &Deed, book: &Book, found: &mut Found) {
    found.unacknowledged += 1;
    // A view whose blob went before its bytes were read is refused after its leaf.
    let a_view = matches!(what, Deed::View(_) | Deed::Thumbnail(_));
    if book.not.get(by) == Some(&Why::Refused) && !a_view {
        found.wrong.push(format!("{by}: {what:?} was refused, and done"));
    }
}

/// Time never steps back, and no view follows what closed its copy.
fn order(log: &Log, at: At<'_>, found: &mut Found) {
    let limits = at.rows("SELECT id, until FROM release WHERE until IS NOT NULL");
    let until: BTreeMap<&str, i64> = limits.iter().map(|row| (row[0].as_str(), row[1].parse().unwrap())).collect();
    let (mut closed, mut versions, mut newest) = (BTreeSet::new(), BTreeMap::new(), "");
    for leaf in &log.leaves {
        if leaf.at.as_str() < newest {
            found.wrong.push(format!("leaf {} is older than the one before", leaf.index));
        }
        newest = &leaf.at;
        match leaf.kind.as_str() {
            "recall" | "expire" => drop(closed.insert(leaf.release())),
            "confirm" | "demand" => drop(closed.insert(leaf.copy.as_str())),
            "correct" => *versions.entry(leaf.release()).or_insert(1) += 1,
            "view" | "thumbnail" => {
                found.views += 1;
                let then = Moment::parse_rfc3339(&leaf.at).unwrap().millis();
                let late = until.get(leaf.release()).is_none_or(|until| then >= *until);
                if late || closed.contains(leaf.release()) || closed.contains(leaf.copy.as_str()) {
                    found.wrong.push(format!("leaf {}: a view of what was closed before", leaf.index));
                }
                let version = versions.get(leaf.release()).copied().unwrap_or(1);
                if leaf.revision.is_some_and(|seen| seen != version) {
                    found.wrong.push(format!("leaf {}: version {version} was in force, another was seen", leaf.index));
                }
            }
            _ => {}
        }
    }
}

/// Each release is at the stage that its leaves say, and its blobs are there.
fn releases(log: &Log, at: At<'_>, found: &mut Found) {
    let counts = log.counts();
    // A draft has no leaf yet, whether or not it was about to be sent.
    let rows = at.rows("SELECT id, stage, text_object FROM release WHERE stage <> 'draft'");
    for row in &rows {
        let (id, stage) = (row[0].as_str(), row[1].as_str());
        let has = ["request", "authorise", "recall", "close"].map(|kind| counts.get(&(kind, id)).copied().unwrap_or(0));
        let fits = match stage {
            "requested" => has == [1, 0, 0, 0],
            "live" => has == [1, 1, 0, 0],
            "recalled" => has == [1, 1, 1, 0],
            _ => has == [1, 0, 0, 1],
        };
        if !fits {
            found.wrong.push(format!("release {id} is {stage}; requested, authorised, recalled, closed: {has:?}"));
        }
    }
    let asked = log.leaves.iter().filter(|leaf| leaf.kind == "request").count();
    if asked != rows.len() {
        found.wrong.push(format!("{asked} requests in the log, {} releases", rows.len()));
    }
    let originals = at.rows("SELECT object FROM photograph");
    let blobs = originals.iter().map(|row| row[0].as_str()).chain(rows.iter().map(|row| row[2].as_str()));
    let missing = blobs.filter(|object| !object.is_empty() && at.length(object).is_none());
    found.wrong.extend(missing.map(|object| format!("the original {object} is not in the vault")));
}

/// Each correction has its leaf, its number and its words; and every copy that opens has the newest words, none an older version's (K8.7).
fn corrections(log: &Log, at: At<'_>, found: &mut Found) {
    let counts = log.counts();
    let mut versions: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for row in at.rows("SELECT release_id, number, text_object FROM revision ORDER BY number") {
        versions.entry(row[0].clone()).or_default().push(row);
    }
    found.corrected = log.leaves.iter().filter(|leaf| leaf.kind == "correct").count();
    let kept: usize = versions.values().map(Vec::len).sum();
    if kept != found.corrected {
        found.wrong.push(format!("{} corrections in the log, {kept} versions", found.corrected));
    }
    for (id, rows) in &versions {
        let leaves = counts.get(&("correct", id.as_str())).copied().unwrap_or(0);
        let numbers: Vec<&str> = rows.iter().map(|row| row[1].as_str()).collect();
        if !numbers.iter().eq((2..leaves + 2).map(|n| n.to_string()).collect::<Vec<_>>().iter()) {
            found.wrong.push(format!("release {id} was corrected {leaves} times, its versions are {numbers:?}"));
        }
        let missing = rows.iter().filter(|row| at.length(&row[2]).is_none());
        found.wrong.extend(missing.map(|row| format!("the words before version {} of {id} are gone", row[1])));
    }
    let words = "SELECT c.id, c.release_id, p.revision FROM part p JOIN copy c ON c.id = p.copy_id \
        WHERE p.rendition = 'text' AND c.wrapped_key IS NOT NULL";
    for row in at.rows(words) {
        let newest = versions.get(&row[1]).map_or(1, |of| of.len() + 1);
        if row[2] != newest.to_string() {
            found.wrong.push(format!("copy {} has version {} of its words; {newest} is in force", row[0], row[2]));
        }
    }
}

/// Which acknowledgements of its conditions each copy has: a correction asks for them anew, where the copy still opens.
fn acknowledged<'a>(log: &'a Log, release_of: &BTreeMap<&str, &str>) -> BTreeMap<&'a str, usize> {
    let (mut counts, mut closed) = (BTreeMap::new(), BTreeSet::new());
    for leaf in &log.leaves {
        match leaf.kind.as_str() {
            "acknowledge" => *counts.entry(leaf.copy.as_str()).or_default() += 1,
            "confirm" | "demand" => drop(closed.insert(leaf.copy.as_str())),
            "correct" => {
                counts.retain(|copy, _| closed.contains(copy) || release_of.get(copy).copied() != Some(leaf.release()));
            }
            _ => {}
        }
    }
    counts
}

const COPIES: &str = "SELECT c.id, c.release_id, c.wrapped_key IS NOT NULL, c.sealed_at IS NOT NULL, c.acknowledged_at IS NOT NULL, \
    c.opened_at IS NOT NULL, c.key_gone_at IS NOT NULL, c.destroyed_at IS NOT NULL, c.confirmed_at IS NOT NULL, \
    (SELECT COUNT(*) FROM photograph p WHERE p.release_id = c.release_id), r.text_object IS NOT NULL \
    FROM copy c JOIN release r ON r.id = c.release_id";

/// Each copy is what its leaves say, has all its parts with their blobs while it has a key, and none once it is destroyed.
fn copies(log: &Log, at: At<'_>, book: &Book, found: &mut Found) {
    let counts = log.counts();
    let mut parts: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for row in at.rows("SELECT copy_id, rendition, object, bytes FROM part") {
        parts.entry(row[0].clone()).or_default().push(row);
    }
    let mut open = BTreeSet::new();
    let rows = at.rows(COPIES);
    let told = acknowledged(log, &rows.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect());
    for row in &rows {
        let (id, release) = (row[0].as_str(), row[1].as_str());
        let is = |column: usize| matches!(row[column].as_str(), "1" | "t");
        let [has_key, sealed, acknowledged, opened, gone, destroyed, confirmed] = [2, 3, 4, 5, 6, 7, 8].map(is);
        let many = |kind: &'static str| counts.get(&(kind, id)).copied().unwrap_or(0);
        let closed = ["recall", "expire"].iter().any(|kind| counts.contains_key(&(*kind, release)));
        let fits = many("seal") == usize::from(sealed)
            && told.get(id).copied().unwrap_or(0) == usize::from(acknowledged)
            && many("confirm") == usize::from(confirmed)
            && many("destroy") == usize::from(destroyed)
            && opened == (many("view") > 0)
            && gone == (closed || confirmed || many("demand") > 0)
            && has_key != gone;
        if !fits {
            found.wrong.push(format!("copy {id} is {row:?}, which its leaves do not say"));
        }
        found.destroyed += usize::from(destroyed);
        found.waiting += usize::from(gone && !destroyed);
        if !sealed && !gone {
            open.insert(release.to_owned());
        }
        let none = Vec::new();
        let its = parts.get(id).unwrap_or(&none);
        // Words of before a correction may be gone, or wait for the sweep of orphans.
        let newest = i64::try_from(counts.get(&("correct", release)).copied().unwrap_or(0)).unwrap() + 1;
        let seen = book.objects.get(id).into_iter().flatten();
        let seen: Vec<&String> =
            seen.filter(|(_, version)| **version == 0 || **version == newest).map(|(object, _)| object).collect();
        if let Some(why) = sealed_parts(at, its, row, seen.as_slice(), [sealed, gone, destroyed]) {
            found.wrong.push(format!("copy {id}: {why}"));
        }
    }
    for by in book.done.keys() {
        if let Some(Deed::Seal(release)) = book.about.get(by).map(|about| &about.what)
            && open.contains(release)
        {
            found.lost.push(format!("{by}: {release} was sealed, and has a copy that is not"));
        }
    }
}

fn sealed_parts(
    at: At<'_>,
    its: &[Vec<String>],
    row: &[String],
    seen: &[&String],
    [sealed, gone, destroyed]: [bool; 3],
) -> Option<String> {
    if destroyed {
        let back = seen.iter().filter(|object| at.length(object).is_some()).count();
        return (back > 0 || !its.is_empty()).then(|| format!("destroyed, with {back} blobs and {} parts", its.len()));
    }
    for object in seen {
        if its.iter().all(|part| part[2] != **object) {
            return Some(format!("its part {object} is gone"));
        }
    }
    if gone {
        return None;
    }
    for part in its {
        if at.length(&part[2]) != part[3].parse().ok() {
            return Some(format!("its part {} is not in the vault", part[2]));
        }
    }
    let many = |rendition: &str| its.iter().filter(|part| part[1] == rendition).count();
    let photographs: usize = row[9].parse().unwrap();
    let words = usize::from(matches!(row[10].as_str(), "1" | "t"));
    let whole = [many("screen"), many("thumbnail"), many("text")] == [photographs, photographs, words];
    (sealed && !whole).then(|| "sealed, but not all of its parts are there".to_owned())
}

/// Each copy was ended by exactly one leaf, and said to be destroyed by exactly one after it; what a limit ended was counted right (P9).
fn intents(log: &Log, at: At<'_>, found: &mut Found) {
    let rows = at.rows("SELECT release_id, id FROM copy");
    let (mut ended, mut gone, mut expired) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for leaf in &log.leaves {
        match leaf.kind.as_str() {
            kind @ ("recall" | "expire") => {
                let its = rows.iter().filter(|row| row[0] == leaf.release());
                let took = its.filter(|row| ended.insert(row[1].as_str())).count() as u64;
                if kind == "expire" && (leaf.copies != Some(took) || !expired.insert(leaf.release())) {
                    found.wrong.push(format!("leaf {}: {took} keys went, it says {:?}", leaf.index, leaf.copies));
                }
            }
            "confirm" | "demand" => drop(ended.insert(leaf.copy.as_str())),
            "destroy" if !ended.contains(leaf.copy.as_str()) => {
                found.wrong.push(format!("leaf {}: destroyed, and nothing ended it", leaf.index));
            }
            "destroy" if !gone.insert(leaf.copy.as_str()) => {
                found.doubled.push(format!("leaf {}: {} was destroyed before", leaf.index, leaf.copy));
            }
            _ => {}
        }
    }
    found.paired = gone.len();
}
