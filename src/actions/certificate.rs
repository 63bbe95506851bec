//! Certificates that a copy, or every copy of a release, is accounted for (K8.2): what was signed, where the log has it, what is promised
//! of backups; as a page, and as a file that is checked without the portal (`docs/formats/certificate.md`).
//!
//! Promises: the file of a copy holds the holder's own entries and the portal's, nothing of the police; that of a release is given once
//! every copy of it is accepted. Absent on purpose: changing anything. Proved by `tests/it/journeys/demands.rs`.

use crate::actions::surrender::Confirming;
use crate::actions::{Fault, No, Office, answers, demands, statement, statements};
use crate::domain::actor::Actor;
use crate::domain::demand::State;
use crate::domain::event::Kind;
use crate::domain::ids::{CopyId, ReleaseId, StatementId};
use crate::domain::moment::Moment;
use crate::domain::policy::{Act, Thing, may};
use crate::domain::refusal::Refusal;
use crate::ledger::certificate::{CertificateFile, CopyEnd, Entry, FORMAT};
use crate::ledger::{proof, tree};
use crate::store::Conn;
use crate::store::copies::Row;
use crate::store::log::Head;
use crate::store::statements::Statement;

/// What a certificate shows: who confirmed what, the signature, and where the log has it.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The copy.
    pub copy: Row,
    /// The reference.
    pub urn: String,
    /// When it was authorised.
    pub authorised_at: Moment,
    /// The confirmation, as signed.
    pub confirming: Confirming,
    /// The signed statement, its document opened.
    pub statement: Statement,
    /// When the police accepted it; `None`: not yet.
    pub accepted_at: Option<Moment>,
    /// The index of its entry.
    pub index: Option<u64>,
    /// The log's size when this was shown.
    pub log_size: u64,
    /// The signed checkpoint at that size.
    pub checkpoint: String,
    /// The file.
    pub file: CertificateFile,
}

/// That every copy of a release is accounted for.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The reference.
    pub urn: String,
    /// When it was authorised.
    pub authorised_at: Moment,
    /// Each copy with how it ended.
    pub lines: Vec<demands::Line>,
    /// The newest signed checkpoint.
    pub checkpoint: String,
    /// The file.
    pub file: CertificateFile,
}

/// What is true of backups made before the keys were destroyed (P9).
pub fn backups(gone: Option<i64>, days: u16) -> String {
    let last = gone.map(|at| Moment::from_millis(at).plus_millis(86_400_000 * i64::from(days)));
    let until = last.map_or_else(String::new, |last| format!(", on {}", last.long()));
    format!(
        "A backup of the portal made before may hold the sealed files until it is removed, at most {days} days later{until}. Putting one back \
         does not open them again: the journal beside the sealed files says that they are destroyed. Copies of the disks that the force makes otherwise are outside this certificate."
    )
}

async fn head(conn: &mut Conn) -> Result<Head, No> {
    Head::read(conn).await?.ok_or(No::NotFound)
}

/// The newest entry of this kind about a copy, proved against `head`; `None`: there is none, or its body was erased.
async fn entry(conn: &mut Conn, head: &Head, copy: CopyId, kind: Kind) -> Result<Option<Entry>, No> {
    let broken = |why: String| No::Broken(Fault::Log(why));
    // What was appended after the head was read comes with the next certificate.
    let Some(index) = conn.log_index_of_copy(copy, kind).await?.filter(|index| *index < head.size()) else {
        return Ok(None);
    };
    let found = conn.log_entries(index, index + 1, 1).await?.into_iter().next();
    let Some((salt, body)) = found.as_ref().and_then(|one| one.opening.clone()) else { return Ok(None) };
    let needed = tree::needed_for_inclusion(head.size(), index).map_err(|why| broken(why.to_string()))?;
    let nodes = conn.log_nodes(&needed).await?;
    let path = tree::inclusion(head.size(), index, &nodes).map_err(|why| broken(why.to_string()))?;
    let leaf = found.map(|one| one.leaf).unwrap_or_default();
    let body = String::from_utf8(body).map_err(|why| broken(why.to_string()))?;
    Ok(Some(Entry::new(&leaf, &salt, body, proof::make(index, &path, head.note()))))
}

async fn copy_end(office: &Office, conn: &mut Conn, head: &Head, row: &Row, accepted: bool) -> Result<CopyEnd, No> {
    let copy = row.holding()?.copy;
    let id = row.statement_id.as_deref().and_then(StatementId::parse).ok_or(No::NotFound)?;
    let signed = conn.statement(id).await?.ok_or(No::NotFound)?;
    let mut kinds = vec![Kind::Confirmed, Kind::Destroyed];
    if accepted {
        kinds.push(Kind::ConfirmationAccepted);
    }
    let mut entries = Vec::new();
    for kind in kinds {
        entries.extend(entry(conn, head, copy, kind).await?);
    }
    let statement = statements::file_of(office, conn, &signed).await?;
    Ok(CopyEnd { copy: row.id.clone(), mark: row.mark.clone(), statement, entries })
}

/// The certificate of a confirmed copy: for its holder, the area's co-ordinator, an auditor.
pub async fn of_copy(office: &Office, by: &Actor, copy: CopyId) -> Result<Certificate, No> {
    let mut conn = office.read().await?;
    let row = conn.copy(copy).await?.ok_or(No::NotFound)?;
    let release = ReleaseId::parse(&row.release_id).ok_or(No::NotFound)?;
    let filed = conn.release(release).await?.ok_or(No::NotFound)?;
    let holder = row.holding()?.holder;
    if !may(by, Act::SeeCopy, Thing::Copy { area: filed.release.area, holder }) {
        return Err(No::NotFound);
    }
    let authority = filed.release.stage.authority().cloned().ok_or(No::NotFound)?;
    let statement = row.statement_id.as_deref().and_then(StatementId::parse).ok_or(No::NotFound)?;
    let statement = conn.statement(statement).await?.ok_or(No::NotFound)?;
    let document = statement::document(office, &statement)?;
    let answers = answers::read(&document).unwrap_or_default();
    let first =
        |name| answers.iter().find(|(n, _)| n == name).and_then(|(_, all)| all.first()).map_or("", String::as_str);
    let head = head(&mut conn).await?;
    let end = copy_end(office, &mut conn, &head, &row, false).await?;
    let index = conn.log_index_of_copy(copy, Kind::Confirmed).await?;
    let lines = demands::of_release(&mut conn, release, office.now()).await?;
    let accepted_at = lines.iter().find(|line| line.row.copy_id == row.id).and_then(|line| line.row.accepted_at);
    let file = CertificateFile {
        format: FORMAT.to_owned(),
        object: format!("copy/{copy}"),
        reference: authority.urn.clone(),
        copies: vec![end],
        backups: backups(row.key_gone_at, office.settings.store.backup_days),
    };
    Ok(Certificate {
        copy: row,
        urn: authority.urn,
        authorised_at: authority.at,
        confirming: Confirming::of(first),
        statement: Statement { document, ..statement },
        accepted_at: accepted_at.map(Moment::from_millis),
        index,
        log_size: head.size(),
        checkpoint: head.note().to_owned(),
        file,
    })
}

/// The certificate of a release: for its area's co-ordinator and commander, and for auditors, once every copy is accepted.
pub async fn of_release(office: &Office, by: &Actor, id: ReleaseId) -> Result<Whole, No> {
    let mut conn = office.read().await?;
    let filed = conn.release(id).await?.ok_or(No::NotFound)?;
    if !may(by, Act::SeeDemands, Thing::Area(filed.release.area)) {
        return Err(No::NotFound);
    }
    let authority = filed.release.stage.authority().cloned().ok_or(No::NotFound)?;
    let lines = demands::of_release(&mut conn, id, office.now()).await?;
    if !is_whole(&lines) {
        return Err(No::refused(Refusal::NotAllAccepted));
    }
    let head = head(&mut conn).await?;
    let mut copies = Vec::new();
    for line in &lines {
        let row = conn.copy(line.row.copy()?).await?.ok_or(No::NotFound)?;
        copies.push(copy_end(office, &mut conn, &head, &row, true).await?);
    }
    let last = lines.iter().filter_map(|line| line.row.key_gone_at).max();
    let file = CertificateFile {
        format: FORMAT.to_owned(),
        object: format!("release/{id}"),
        reference: authority.urn.clone(),
        copies,
        backups: backups(last, office.settings.store.backup_days),
    };
    Ok(Whole { urn: authority.urn, authorised_at: authority.at, lines, checkpoint: head.note().to_owned(), file })
}

/// Whether there is a certificate of a release. The caller has asked who may see it.
pub async fn is_given(office: &Office, id: ReleaseId) -> Result<bool, No> {
    Ok(is_whole(&demands::of_release(&mut office.read().await?, id, office.now()).await?))
}

/// Whether every copy that was supplied is accepted as surrendered or destroyed; none at all is nothing to certify.
fn is_whole(lines: &[demands::Line]) -> bool {
    !lines.is_empty() && lines.iter().all(|line| line.state == State::Accepted)
}
