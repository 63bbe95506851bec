//! How a linked release stands to what it follows (K7.6): what it still lacks, what it holds that is no longer so there, and what was
//! changed there once it was authorised.
//!
//! Promises: a linked release that holds a photograph, a word or a warning which the other area took out or changed cannot be
//! authorised; what changed there afterwards is told. Absent on purpose: following by itself: each area decides (decision 0032).
//! Proved by `tests/it/journeys/two_areas/later.rs`.

use serde::Serialize;

use crate::actions::casefile::{self, CaseFile, Draft};
use crate::actions::{No, Office, Stamp, corrections, decision};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::ReleaseId;
use crate::domain::moment::Moment;
use crate::domain::policy::Act;
use crate::domain::refusal::Refusal;
use crate::domain::release::{Order, Part, Release, Request, Stage};
use crate::store::Conn;
use crate::store::releases::{Filed, Photograph};

/// What a linked release that waits for its decision lacks, and what it has that is no longer so there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Due {
    /// Photographs and sealed words that a browser of the other area hands over.
    pub lacking: usize,
    /// Photographs that a browser here compares.
    pub uncompared: usize,
    /// What was taken out or changed there, and is taken over here without a browser.
    pub outdated: usize,
}

/// What the other area changed after this release was authorised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// So many photographs were taken out there and stand here.
    Photographs(usize),
    /// Its words were corrected.
    Words(Moment),
    /// Its request was sent anew.
    Request(Moment),
}

/// The words in force of a release: whether they name the person, and the instructions that stand in them.
pub(super) struct InForce {
    pub(super) named: bool,
    pub(super) instructions: String,
}

/// Those of the newest correction, or of the request and the decision.
pub(super) async fn in_force(office: &Office, conn: &mut Conn, of: &Filed, file: &CaseFile) -> Result<InForce, No> {
    if let Some(newest) = corrections::versions(office, conn, of.release.id).await?.into_iter().next() {
        let said = newest.said;
        let named = said.named.unwrap_or(!said.name_why.is_empty());
        return Ok(InForce { named, instructions: said.instructions.as_str().to_owned() });
    }
    let first = decision::instructions(office, conn, of.release.id).await?;
    Ok(InForce { named: file.request.named, instructions: first.as_str().to_owned() })
}

/// How the words and the warning here stand to those there.
pub(super) enum Words {
    /// They are the same.
    Same,
    /// Others are there, and the records key opens them: these.
    Open(Draft),
    /// Others are there, sealed to the unit: a browser there hands them over.
    Sealed,
}

/// What of a draft goes over: not the form as its officer typed it.
pub(super) fn bare(draft: Option<Draft>) -> Draft {
    let draft = draft.unwrap_or_default();
    Draft { name: draft.name, text: draft.text, ..Draft::default() }
}

pub(super) async fn words(office: &Office, conn: &mut Conn, there: &Filed, here: &Filed) -> Result<Words, No> {
    let (file, theirs) = casefile::open(office, there)?;
    let (_, mine) = casefile::open(office, here)?;
    let mine = mine.map(|draft| bare(Some(draft)));
    let others = match (&there.text_sha256, theirs) {
        (Some(sha256), _) => {
            let Some(mine) = &mine else { return Ok(Words::Sealed) };
            let instructions = in_force(office, conn, there, &file).await?.instructions;
            if mine.released(&instructions).map(|words| casefile::digest(&words)).as_ref() != Some(sha256) {
                return Ok(Words::Sealed);
            }
            None
        }
        (None, Some(theirs)) => Some(bare(Some(theirs))),
        // Authorised without a word.
        (None, None) if there.release.stage.authority().is_some() => Some(Draft::default()),
        (None, None) => None,
    };
    let mine = bare(mine);
    let same = |other: &Draft| other.name == mine.name && other.text == mine.text;
    Ok(match others {
        Some(other) if !same(&other) => Words::Open(other),
        _ if there.danger != here.danger => Words::Open(mine),
        _ => Words::Same,
    })
}

/// The photographs here that are no longer there.
async fn gone(conn: &mut Conn, there: ReleaseId, here: ReleaseId) -> Result<Vec<Photograph>, No> {
    let theirs = conn.photographs(there).await?;
    let mine = conn.photographs(here).await?;
    Ok(mine.into_iter().filter(|one| theirs.iter().all(|other| other.sha256 != one.sha256)).collect())
}

/// What a linked release that waits for its decision still lacks or has too much of.
pub(super) async fn due(office: &Office, conn: &mut Conn, here: &Filed) -> Result<Due, No> {
    let (Some(origin), Stage::Requested) = (here.release.origin, &here.release.stage) else {
        return Ok(Due::default());
    };
    let there = conn.release(origin).await?.ok_or(No::NotFound)?;
    let arrived = conn.handovers(here.release.id).await?;
    let theirs = conn.photographs(origin).await?;
    let lacking = theirs.iter().filter(|one| arrived.iter().all(|other| other.sha256 != one.sha256)).count();
    let uncompared = arrived
        .iter()
        .filter(|one| one.compared_at.is_none() && theirs.iter().any(|other| other.sha256 == one.sha256))
        .count();
    let gone = gone(conn, origin, here.release.id).await?.len();
    let (sealed, open) = match words(office, conn, &there, here).await? {
        Words::Same => (0, 0),
        Words::Open(_) => (0, 1),
        Words::Sealed => (1, 0),
    };
    Ok(Due { lacking: lacking + sealed, uncompared, outdated: gone + open })
}

/// Whether a release here waits for something of the other area's.
pub(in crate::actions) async fn awaited(office: &Office, conn: &mut Conn, here: &Filed) -> Result<bool, No> {
    Ok(here.release.origin.is_some() && due(office, conn, here).await? != Due::default())
}

/// Which version of the release that this one follows it was compared with; `None`: it follows none.
pub(in crate::actions) async fn origin_version(conn: &mut Conn, of: &Release) -> Result<Option<i64>, No> {
    let Some(origin) = of.origin else { return Ok(None) };
    Ok(Some(conn.release(origin).await?.ok_or(No::NotFound)?.release.version))
}

/// What was changed there after this release was authorised, or its own words last corrected.
pub(super) async fn since(conn: &mut Conn, there: &Release, here: &Release) -> Result<Option<Since>, No> {
    let Stage::Live(authority) = &here.stage else { return Ok(None) };
    let mine = conn.revisions(here.id).await?.first().map_or(0, |row| row.corrected_at);
    let settled = authority.at.millis().max(mine);
    if !matches!(there.stage, Stage::Requested | Stage::Live(_)) {
        return Ok(None);
    }
    let gone = gone(conn, there.id, here.id).await?.len();
    if gone > 0 {
        return Ok(Some(Since::Photographs(gone)));
    }
    let corrected = conn.revisions(there.id).await?.first().map_or(0, |row| row.corrected_at);
    if corrected > settled {
        return Ok(Some(Since::Words(Moment::from_millis(corrected))));
    }
    Ok((there.requested_at.millis() > settled).then_some(Since::Request(there.requested_at)))
}

/// Whether what changed there can be taken over now: not while its officer writes.
pub(super) fn settled(there: &Release) -> bool {
    !matches!(there.stage, Stage::Draft | Stage::Returned { .. })
}

/// The file and the draft of a linked release with these words, sealed for its next version.
pub(super) fn with_words(office: &Office, here: &Filed, draft: &Draft, danger: bool) -> Result<(Vec<u8>, Vec<u8>), No> {
    let (file, _) = casefile::open(office, here)?;
    let request = Request { named: !draft.name.is_empty(), danger, ..file.request };
    let file = CaseFile { request, ..file };
    let (id, next) = (here.release.id, here.release.version + 1);
    let (file, draft) = casefile::seal(office, id, next, &file, Some(draft))?;
    Ok((file, draft.ok_or(No::NotFound)?))
}

/// Takes over what the other area took out or changed: photographs that are no longer there are taken out, words and warning become
/// those there. What has to be looked at again is missing again.
pub async fn renew(office: &Office, by: &Actor, id: ReleaseId, stamp: Stamp) -> Result<(), No> {
    let mut conn = office.read().await?;
    let here = casefile::load(&mut conn, by, Act::Decide, id).await?;
    let origin = here.release.origin.ok_or(No::NotFound)?;
    here.release.decide(Order::Save(Part::Material), by, office.now())?;
    let there = conn.release(origin).await?.ok_or(No::NotFound)?;
    if !settled(&there.release) {
        return Err(No::refused(Refusal::WrongStage { stage: there.release.word(office.now()) }));
    }
    let new = match words(office, &mut conn, &there, &here).await? {
        Words::Open(draft) => Some(with_words(office, &here, &draft, there.danger)?),
        Words::Same | Words::Sealed => None,
    };
    drop(conn);
    let actor = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let now = casefile::load(tx, &actor, Act::Decide, id).await?;
                let other = tx.release(origin).await?.ok_or(No::NotFound)?;
                now.release.decide(Order::Save(Part::Material), &actor, tx.now())?;
                if (now.release.version, other.release.version) != (here.release.version, there.release.version) {
                    return Err(No::refused(Refusal::RecordChanged));
                }
                let renewed = || Event::new(Kind::AreaRenewed, now.release.object());
                for row in gone(tx, origin, id).await? {
                    tx.remove_photograph(&row).await?;
                    tx.append(&renewed().with("photograph", row.id), &actor, &stamp).await?;
                }
                if let Some((file, draft)) = new {
                    if !tx.words_came(id, here.release.version, (&file, &draft), there.danger).await? {
                        return Err(No::refused(Refusal::RecordChanged));
                    }
                    tx.append(&renewed().with("text", true), &actor, &stamp).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}
