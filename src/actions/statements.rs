//! Reading what was signed: who signed what, with the document, checked again each time.
//!
//! Promises: whoever may not see what a statement is about gets "not found" (P10); reading somebody else's is a leaf before it is
//! answered. Absent on purpose: changing or removing a statement. Proved by `tests/it/journeys/statements.rs`.

use std::collections::HashMap;

use crate::actions::fingerprint::fingerprint;
use crate::actions::{Fault, No, Office, Stamp, answers, casefile, questions, registers, retention, statement, trust};
use crate::domain::actor::Actor;
use crate::domain::ids::{AreaId, CopyId, PersonId, ReleaseId, StatementId};
use crate::domain::moment::Moment;
use crate::domain::policy::{Act, Thing, may};
use crate::ledger::statement::Statement;
use crate::ledger::statement_file::StatementFile;
pub use crate::ledger::statement_file::Verified;
pub use crate::ledger::trust::Trusted;
use crate::ledger::trust::{Paper, Trust};
use crate::store::Conn;
use crate::store::statements::Statement as Row;

/// One line of "who signed what".
#[derive(Clone, Debug, serde::Serialize)]
pub struct Signature {
    /// The statement.
    pub id: String,
    /// What was signed, in a page's words.
    pub title: String,
    /// The signer's name.
    pub name: String,
    /// When, in words.
    pub at: String,
    /// The six words of the key it is signed with.
    pub words: String,
    /// Whether it holds, from the root down.
    pub verified: bool,
}

/// A statement with all that a page shows of it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The row.
    pub row: Row,
    /// The exact document.
    pub document: Vec<u8>,
    /// Its answers, where it is a form's: question and answers in words.
    pub answers: Vec<(String, String)>,
    /// The signer's name as the portal has it.
    pub name: String,
    /// What the check said.
    pub verified: Result<Verified, String>,
    /// The names of those in the chain, by their identifiers.
    pub names: HashMap<String, String>,
    /// The file to keep.
    pub file: StatementFile,
}

/// Whether `by` may read this statement.
async fn may_read(conn: &mut Conn, by: &Actor, row: &Row) -> Result<bool, No> {
    let signer = PersonId::parse(&row.person_id).ok_or(No::NotFound)?;
    if by.person() == Some(signer) || may(by, Act::ReadLog, Thing::Force) {
        return Ok(true);
    }
    match row.object.split_once('/') {
        Some(("release", id)) => {
            let Some(id) = ReleaseId::parse(id) else { return Ok(false) };
            let filed = conn.release(id).await?;
            Ok(filed.is_some_and(|filed| may(by, Act::SeeRelease, casefile::thing(&filed.release))))
        }
        Some(("copy", id)) => {
            let Some(id) = CopyId::parse(id) else { return Ok(false) };
            let Some(copy) = conn.copy(id).await? else { return Ok(false) };
            let holding = copy.holding()?;
            let Some(filed) = conn.release(holding.release).await? else { return Ok(false) };
            Ok(may(by, Act::SeeCopy, Thing::Copy { area: filed.release.area, holder: holding.holder }))
        }
        // Disposal of records (K9.1): the record of it outlives what was disposed of.
        Some(("retention", id)) => {
            let Some(row) = conn.disposals_of(id).await?.into_iter().next() else { return Ok(false) };
            Ok(may(by, Act::SeeRetention, retention::place_of(&row)?))
        }
        Some(("undertaking", _)) => {
            for id in conn.actor(signer).await?.schemes() {
                let Some(scheme) = conn.scheme(id).await? else { continue };
                // Whoever keeps the register of the signer's scheme relies on their undertaking (K8.2.1).
                if may(by, Act::KeepRegister, Thing::Scheme { area: scheme.area()?, scheme: id }) {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        _ => Ok(false),
    }
}

/// The key under which a note holds, of those certified for its signer.
fn certified<'a>(trust: &'a Trust, row: &Row) -> Option<(&'a Trusted, Statement)> {
    trust.ever(&row.person_id).iter().rev().find_map(|one| {
        Statement::open(&row.note, &row.person_id, &one.keys.signing_key).ok().map(|statement| (one, statement))
    })
}

/// Everything signed about a release and its copies that `by` may read, oldest first.
pub(super) async fn about(office: &Office, conn: &mut Conn, by: &Actor, id: ReleaseId) -> Result<Vec<Signature>, No> {
    let mut rows = Vec::new();
    for row in conn.statements_about(id).await? {
        if may_read(conn, by, &row).await? {
            rows.push(row);
        }
    }
    lines(office, conn, rows).await
}

/// What `by` signed, newest first.
pub async fn own(office: &Office, by: &Actor) -> Result<Vec<Signature>, No> {
    let person = by.person().ok_or(No::NotFound)?;
    let mut conn = office.read().await?;
    let rows = conn.statements_by(person).await?;
    lines(office, &mut conn, rows).await
}

/// Each statement as a line, checked now.
async fn lines(office: &Office, conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Signature>, No> {
    let mut signers: Vec<PersonId> = rows.iter().filter_map(|row| PersonId::parse(&row.person_id)).collect();
    signers.sort_unstable();
    signers.dedup();
    let trust = trust::of(office, conn, &signers, &[]).await?;
    let mut names = HashMap::new();
    for signer in signers {
        names.insert(signer.to_string(), name_of(conn, Some(signer)).await?.unwrap_or_default());
    }
    let mut all = Vec::new();
    for row in rows {
        let held = certified(&trust, &row);
        let document = statement::document(office, &row)?;
        let whole = held.as_ref().is_some_and(|(_, statement)| agrees(statement, &row, &document));
        all.push(Signature {
            title: statement::title(&row.kind).to_owned(),
            name: names.get(&row.person_id).cloned().unwrap_or_default(),
            at: Moment::from_millis(row.at).long(),
            words: held.map_or_else(String::new, |(one, _)| fingerprint(&one.keys.recipient, &one.keys.signing_key)),
            verified: whole,
            id: row.id,
        });
    }
    Ok(all)
}

/// Whether the signed lines say what the row's columns say, over these bytes.
fn agrees(statement: &Statement, row: &Row, document: &[u8]) -> bool {
    statement.covers(document)
        && statement.kind == row.kind
        && statement.object == row.object
        && Moment::parse_rfc3339(&statement.time) == Some(Moment::from_millis(row.at))
}

/// One statement, checked now; `how`: what is recorded where it is somebody else's.
pub async fn one(office: &Office, by: &Actor, id: StatementId, how: &str, stamp: Stamp) -> Result<Shown, No> {
    let mut conn = office.read().await?;
    let row = conn.statement(id).await?.ok_or(No::NotFound)?;
    if !may_read(&mut conn, by, &row).await? {
        return Err(No::NotFound);
    }
    let signer = PersonId::parse(&row.person_id).ok_or(No::NotFound)?;
    if by.person() != Some(signer) {
        registers::consulted(office, by, format!("statement/{id}"), how, stamp).await?;
    }
    let person = conn.person(signer).await?.ok_or(No::NotFound)?;
    let document = statement::document(office, &row)?;
    let root = office.root.as_ref().ok_or_else(|| Fault::Other("no root key is configured".into()))?;
    let file = file_of(office, &mut conn, &row).await?;
    let verified = file.verify(root).map_err(|why| why.to_string()).and_then(|held| {
        let same = agrees(&held.statement, &row, &document);
        if same { Ok(held) } else { Err("the columns beside the note do not say what the note says".to_owned()) }
    });
    let answers = in_words(&mut conn, &document).await?;
    let names = names(&mut conn, &verified).await?;
    Ok(Shown { row, document, answers, name: person.name, verified, names, file })
}

/// A kept statement as a file: what a verifier needs besides the root key. The caller has asked who may read it.
pub(super) async fn file_of(office: &Office, conn: &mut Conn, row: &Row) -> Result<StatementFile, No> {
    let signer = PersonId::parse(&row.person_id).ok_or(No::NotFound)?;
    let person = conn.person(signer).await?.ok_or(No::NotFound)?;
    let document = statement::document(office, row)?;
    let (papers, signing_key) = papers(office, conn, row, &person.signing_key).await?;
    let root = office.root.as_ref().ok_or_else(|| Fault::Other("no root key is configured".into()))?;
    Ok(StatementFile::new(&document, row.note.clone(), signing_key, papers, root))
}

/// The papers from the signer up to the root, with that of the signer's area; and the key that the note holds under.
async fn papers(office: &Office, conn: &mut Conn, row: &Row, current: &str) -> Result<(Vec<Paper>, String), No> {
    let signer = PersonId::parse(&row.person_id).ok_or(No::NotFound)?;
    let trust = trust::of(office, conn, &[signer], &[]).await?;
    let Some((one, _)) = certified(&trust, row) else {
        return Ok((conn.papers_for(&[signer], &[]).await?, current.to_owned()));
    };
    let (area, key) = (AreaId::parse(&one.keys.area), one.keys.signing_key.clone());
    let areas: Vec<AreaId> = area.into_iter().collect();
    Ok((conn.papers_for(&[signer], &areas).await?, key))
}

async fn names(conn: &mut Conn, verified: &Result<Verified, String>) -> Result<HashMap<String, String>, No> {
    let mut names = HashMap::new();
    for one in verified.iter().flat_map(|held| &held.chain) {
        let name = match PersonId::parse(&one.by) {
            Some(id) => conn.person(id).await?.map_or_else(String::new, |person| person.name),
            None => "the root key".to_owned(),
        };
        names.insert(one.by.clone(), name);
    }
    Ok(names)
}

/// A form's answers under the words of its questions, in the page's order; recipients with their names.
async fn in_words(conn: &mut Conn, document: &[u8]) -> Result<Vec<(String, String)>, No> {
    let mut lines = Vec::new();
    let all = answers::read(document).unwrap_or_default();
    // Somebody's keys (docs/formats/approval.md): their name stands there itself, not its digest.
    let of_keys = all.iter().any(|(question, _)| question == "signing_key");
    for (question, mut said) in all {
        if question == "recipients" {
            for one in &mut said {
                let person = one.split(':').next().and_then(PersonId::parse);
                if let Some(found) = name_of(conn, person).await? {
                    *one = format!("{found} ({one})");
                }
            }
        }
        let (at, mut asked) = questions::words(&question);
        if of_keys && question == "name" {
            "Name".clone_into(&mut asked);
        }
        let said = said.join("\n");
        lines.push((at, asked, if said.is_empty() { "Left empty".to_owned() } else { said }));
    }
    lines.sort();
    Ok(lines.into_iter().map(|(_, asked, said)| (asked, said)).collect())
}

async fn name_of(conn: &mut Conn, id: Option<PersonId>) -> Result<Option<String>, No> {
    match id {
        Some(id) => Ok(conn.person(id).await?.map(|person| person.name)),
        None => Ok(None),
    }
}
