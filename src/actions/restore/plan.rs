//! What a restore has to make good: looked at before anything is changed, from the journal, the auditor's memory and the database.
//!
//! Promises: the published bundles are believed only where they extend the database's own log to a root that was signed; every checkpoint
//! that somebody remembers must be a prefix of the result; else it is refused by its name (FORK, ROLLBACK, SPLIT VIEW) and nothing
//! happens. Absent on purpose: writing.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::Serialize;

use crate::actions::{Fault, No, Office};
use crate::domain::event::Kind;
use crate::ledger::checkpoint::{self, Checkpoint, LogVerifier};
use crate::ledger::leaf::Leaf;
use crate::ledger::state::State;
use crate::ledger::tree::{self, Hash};
use crate::store::Conn;
use crate::store::journal::{Closing, Journal};
use crate::store::log::Head;

/// What the operator hands over.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// A copy of the journal from elsewhere.
    pub journal: Option<std::path::PathBuf>,
    /// The auditor's state file, or one signed checkpoint.
    pub witnessed: Option<std::path::PathBuf>,
    /// What is lost is accepted.
    pub accept_lost: bool,
}

/// Leaves of one kind whose records are lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lost {
    /// The kind.
    pub kind: String,
    /// What it means.
    pub meaning: String,
    /// How many.
    pub count: u64,
    /// The first one's time.
    pub first: String,
    /// The last one's time.
    pub last: String,
    /// What is to be done about it.
    pub then: Then,
}

/// What is to be done about records that are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Then {
    /// It changed something, and that change is undone: somebody has to do it again.
    Again,
    /// The journal's closings do it again.
    Replayed,
    /// Nothing changed but the record.
    Record,
}

/// What is to be made good.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Entries in the database.
    pub size: u64,
    /// Entries that were published beyond them.
    pub leaves: Vec<Vec<u8>>,
    /// The journal was there.
    pub journal: bool,
    /// What is closed for good.
    pub closings: Vec<Closing>,
    /// What the published leaves say happened.
    pub lost: Vec<Lost>,
    /// Copies destroyed and releases recalled since, that no closing names.
    pub unnamed: u64,
    /// Blobs that the database names and that are not in the vault.
    pub missing: Vec<String>,
}

impl Plan {
    /// Whether something cannot be made good, so that somebody has to accept it.
    pub fn loses(&self) -> bool {
        !self.leaves.is_empty() || !self.journal || self.unnamed > 0 || !self.missing.is_empty()
    }

    /// How many releases were authorised since: as many numbers may have been given.
    pub fn authorised(&self) -> u64 {
        self.lost.iter().filter(|lost| lost.kind == Kind::Authorised.word()).map(|lost| lost.count).sum()
    }
}

fn told(sentence: String) -> Fault {
    Fault::Other(sentence)
}

/// Looks at everything and changes nothing.
pub async fn look(office: &Office, given: &Given) -> Result<Plan, No> {
    let log = LogVerifier::new(&office.log_vkeys).map_err(|why| Fault::Log(why.to_string()))?;
    let elsewhere = given.journal.as_deref().map(Journal::at).transpose()?;
    let journals: Vec<Journal> = elsewhere.into_iter().chain([Journal::of(&office.vault)]).collect();
    let mut conn = office.read().await?;
    let head = Head::read(&mut conn).await?.ok_or(No::NotFound)?;
    let published = published(&journals, &log).await?;
    let witnessed = given.witnessed.as_deref().map_or(Ok(Vec::new()), |file| remembered(file, &log))?;
    let known: Vec<&Checkpoint> = published.iter().chain(&witnessed).collect();
    let target = known.iter().max_by_key(|known| known.size()).filter(|known| known.size() > head.size());
    let leaves = match target {
        Some(target) => refill(office, &journals, &head, target).await?,
        None => Vec::new(),
    };
    let roots = roots(&head, &leaves)?;
    for known in known {
        contains(&mut conn, &head, &roots, known).await?;
    }
    let lost = tally(&leaves)?;
    let closings = closings(&journals).await?;
    let unnamed = unnamed(&mut conn, &lost, &closings).await?;
    let missing = missing(office, &mut conn, &closings).await?;
    Ok(Plan { size: head.size(), leaves, journal: !published.is_empty(), closings, lost, unnamed, missing })
}

/// The newest checkpoint of each journal.
async fn published(journals: &[Journal], log: &LogVerifier) -> Result<Vec<Checkpoint>, Fault> {
    let mut found = Vec::new();
    for journal in journals {
        let Some((size, note)) = journal.newest().await? else { continue };
        let signed = log.open(&note).map_err(|why| {
            told(format!(
                "the journal's newest checkpoint, over {size} entries: {why}. If the log's key was replaced after this backup was made, \
                 restore one that was made after that. Otherwise the journal was changed: keep it. Nothing was done"
            ))
        })?;
        if signed.size() != size {
            return Err(told(format!(
                "the journal's checkpoint {size} is over {} entries: it was changed",
                signed.size()
            )));
        }
        found.push(signed);
    }
    Ok(found)
}

/// What somebody outside remembers: an auditor's state file, or one checkpoint.
fn remembered(file: &Path, log: &LogVerifier) -> Result<Vec<Checkpoint>, Fault> {
    let text = std::fs::read_to_string(file).map_err(|why| told(format!("{}: {why}", file.display())))?;
    if text.trim_start().starts_with('{') {
        let state = State::parse(&text, log).map_err(|why| told(format!("{}: {why}", file.display())))?;
        return Ok(state.accepted().to_vec());
    }
    Ok(vec![log.open(&text).map_err(|why| told(format!("{}: {why}", file.display())))?])
}

/// The leaves from the database's end to the signed size, checked to give the signed root.
async fn refill(
    office: &Office,
    journals: &[Journal],
    head: &Head,
    target: &Checkpoint,
) -> Result<Vec<Vec<u8>>, Fault> {
    let (size, signed) = (head.size(), target.size());
    // What is put back is signed again as it was: only the same key makes the same checkpoint.
    checkpoint::open(target.note(), &office.log_vkey).map_err(|why| {
        told(format!("the checkpoint over {signed} entries was signed, but not by the log key in force here: {why}. Nothing was done"))
    })?;
    for journal in journals {
        let Some(leaves) = journal.leaves(size, signed).await? else { continue };
        let mut edge = head.edge().clone();
        let mut at = head.at().millis();
        for bytes in &leaves {
            let leaf = Leaf::parse(bytes).map_err(|why| told(format!("a published entry: {why}")))?;
            if leaf.at() < at {
                return Err(told(format!("the published entry {} steps back in time", edge.size())));
            }
            at = leaf.at();
            edge.append(bytes);
        }
        if edge.root() != target.root() {
            return Err(told(format!(
                "FORK: the journal's entries {size} to {signed} do not extend this database's log to what was signed over {signed} \
                 entries. The database is of another history, or the journal was changed: keep both. Nothing was done"
            )));
        }
        return Ok(leaves);
    }
    Err(told(format!(
        "ROLLBACK: {signed} entries were signed, the database has {size}, and no journal here holds what is between. Nothing may be signed \
         below a size already signed: find a copy of the journal (--journal DIR), or begin a log of another name, whose first record \
         carries the old checkpoint (the operations guide, \"When the journal is lost too\"). Nothing was done"
    )))
}

/// The root at each size that the refilled leaves give, beyond the database.
fn roots(head: &Head, leaves: &[Vec<u8>]) -> Result<HashMap<u64, Hash>, Fault> {
    let mut edge = head.edge().clone();
    if edge.size() != head.size() {
        return Err(Fault::Log("the stored head contradicts itself".to_owned()));
    }
    Ok(leaves
        .iter()
        .map(|leaf| {
            edge.append(leaf);
            (edge.size(), edge.root())
        })
        .collect())
}

/// A remembered checkpoint must be a prefix of what the database and the refilled leaves give.
async fn contains(conn: &mut Conn, head: &Head, roots: &HashMap<u64, Hash>, known: &Checkpoint) -> Result<(), Fault> {
    let size = known.size();
    let same = if size > head.size() {
        roots.get(&size) == Some(&known.root())
    } else {
        let needed = tree::needed_for_consistency(size, head.size()).map_err(|why| Fault::Log(why.to_string()))?;
        let nodes = conn.log_nodes(&needed).await?;
        let proof = tree::consistency(size, head.size(), &nodes).map_err(|why| Fault::Log(why.to_string()))?;
        tree::check_consistency(&proof, head.size(), head.root(), size, known.root()).is_ok()
    };
    if same {
        return Ok(());
    }
    Err(told(format!(
        "SPLIT VIEW: a checkpoint over {size} entries was signed that is not of this database's history: keep both. Nothing was done"
    )))
}

fn tally(leaves: &[Vec<u8>]) -> Result<Vec<Lost>, Fault> {
    let mut kinds: BTreeMap<String, Lost> = BTreeMap::new();
    for bytes in leaves {
        let leaf = Leaf::parse(bytes).map_err(|why| told(format!("a published entry: {why}")))?;
        let lost = kinds.entry(leaf.kind().to_owned()).or_insert_with(|| Lost {
            kind: leaf.kind().to_owned(),
            meaning: meaning(leaf.kind()),
            count: 0,
            first: leaf.at_text().to_owned(),
            last: String::new(),
            then: then(leaf.kind()),
        });
        lost.count += 1;
        leaf.at_text().clone_into(&mut lost.last);
    }
    let mut all: Vec<Lost> = kinds.into_values().collect();
    all.sort_by_key(|lost| lost.then);
    Ok(all)
}

/// What a kind means, without the fields of its body.
fn meaning(kind: &str) -> String {
    let known = Kind::ALL.iter().find(|(_, word, _)| *word == kind);
    let words = known.map_or("a kind that this program does not know", |(_, _, meaning)| meaning.trim());
    words.split("; body").next().unwrap_or(words).trim_end_matches('.').to_owned()
}

fn then(kind: &str) -> Then {
    match Kind::parse(kind) {
        Some(Kind::Recalled | Kind::Voided | Kind::Expired | Kind::Confirmed | Kind::Destroyed | Kind::Erased) => {
            Then::Replayed
        }
        Some(
            Kind::Began
            | Kind::Viewed
            | Kind::Thumbnail
            | Kind::Delivered
            | Kind::Aborted
            | Kind::RefusedView
            | Kind::Original
            | Kind::SignedIn
            | Kind::SignInFailed
            | Kind::SteppedUp
            | Kind::Consulted
            | Kind::Exported
            | Kind::BackedUp
            | Kind::Verified
            | Kind::UnitDrill
            | Kind::UndertakingOpened,
        ) => Then::Record,
        _ => Then::Again,
    }
}

/// The closings of all journals, each once, in the order in which they were made: what refers to another went before it.
async fn closings(journals: &[Journal]) -> Result<Vec<Closing>, Fault> {
    let mut all: Vec<Closing> = Vec::new();
    for journal in journals {
        for closing in journal.closings().await? {
            if !all.contains(&closing) {
                all.push(closing);
            }
        }
    }
    let mut timed = all.into_iter().map(|one| Ok((one.at()?, one))).collect::<Result<Vec<_>, Fault>>()?;
    timed.sort_by_key(|(at, _)| *at);
    Ok(timed.into_iter().map(|(_, one)| one).collect())
}

/// Copies destroyed and releases recalled, by the lost leaves, less those that closings name and this database does not know of.
async fn unnamed(conn: &mut Conn, lost: &[Lost], closings: &[Closing]) -> Result<u64, Fault> {
    let count = |kind: Kind| lost.iter().find(|lost| lost.kind == kind.word()).map_or(0, |lost| lost.count);
    let (mut copies, mut releases) = (count(Kind::Destroyed), count(Kind::Recalled) + count(Kind::Voided));
    let mut disposals = count(Kind::Erased);
    for closing in closings {
        if conn.knows(closing).await? {
            continue;
        }
        match closing {
            Closing::Copy { .. } => copies = copies.saturating_sub(1),
            Closing::Release { .. } => releases = releases.saturating_sub(1),
            Closing::Disposal(_) => disposals = disposals.saturating_sub(1),
            Closing::Document { .. } => {}
        }
    }
    Ok(copies + releases + disposals)
}

/// Blobs that the database has a use for, that no closing ends, and that the vault does not hold.
async fn missing(office: &Office, conn: &mut Conn, closings: &[Closing]) -> Result<Vec<String>, No> {
    let mut closed = std::collections::HashSet::new();
    for closing in closings {
        closed.extend(conn.objects_closed_by(closing).await?);
    }
    let (mut missing, mut last) = (Vec::new(), String::new());
    loop {
        let names = conn.objects(&last, 1_024).await?;
        let Some(end) = names.last() else { return Ok(missing) };
        last.clone_from(end);
        for name in names {
            if !closed.contains(&name) && !office.vault.has(&name).await? {
                missing.push(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::moment::Moment;

    #[tokio::test]
    async fn closings_of_several_journals_are_in_the_order_in_which_they_were_made() {
        let folder = std::env::temp_dir().join(format!("portal-closings-{}", hex::encode(crate::clock::random::<8>())));
        let mut journals = Vec::new();
        // The later one's journal is read first.
        for (name, at) in [("later", 2_000_000_000_000), ("earlier", 1_900_000_000_000)] {
            let dir = folder.join(name);
            std::fs::create_dir_all(&dir).unwrap();
            let journal = Journal::at(&dir).unwrap();
            let (id, by, at) = (name.to_owned(), String::new(), Moment::from_millis(at).rfc3339());
            journal.close(&Closing::Release { id, by, at }).await.unwrap();
            journals.push(journal);
        }
        let all = closings(&journals).await.unwrap();
        let at: Vec<Moment> = all.iter().map(|one| one.at().unwrap()).collect();
        assert_eq!(at, [1_900_000_000_000, 2_000_000_000_000].map(Moment::from_millis));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
