//! Where bytes leave: bulletins, thumbnails and parts of a holder's own copies.
//!
//! One gate for every view: `gate`, inside the writing act that logs it. Only its acknowledged grant opens the vault and
//! the second lock (P2, P3). What is sent is still an age file to the holder: the portal cannot read it either (P4).

mod conditions;
mod told;

pub use self::conditions::{acknowledge, conditions};
use self::told::{Told, told};
use crate::actions::corrections::{self, Reported, Version};
use crate::actions::{Fault, No, Office, casefile, seal};
use crate::domain::actor::Actor;
use crate::domain::demand::State;
use crate::domain::event::{Event, Kind};
use crate::domain::holding::Holding;
use crate::domain::ids::{CopyId, PartId, ReleaseId};
use crate::domain::moment::Moment;
use crate::domain::policy::{Act, may};
use crate::domain::refusal::Refusal;
use crate::domain::release::request::Purpose;
use crate::domain::scheme::Footing;
use crate::domain::texts::{Facts, Slot, Text};
use crate::store::copies::{Grant, Part, Row};
use crate::store::demands::EndingRow;
use crate::store::log::Stamp;
use crate::store::releases::Filed;
use crate::store::views::Asked;
use crate::store::{Acked, Conn, Tx};

/// A bulletin as its holder's list and page show it: no picture, no words of the case.
#[derive(Clone, Debug)]
pub struct Bulletin {
    /// The copy.
    pub copy: Row,
    /// The release's reference.
    pub urn: String,
    /// When it was authorised.
    pub authorised_at: Moment,
    /// Its limit.
    pub until: Moment,
    /// `live`, `expired`, `recalled`.
    pub word: &'static str,
    /// When it was recalled.
    pub recalled_at: Option<Moment>,
    /// The danger phrase in force, where there is danger (K8.5).
    pub danger: Option<String>,
    /// The warning about names in force, with the reference (K8.3).
    pub names: String,
    /// The conditions in force: version and words (K8.2).
    pub conditions: (u32, String),
    /// The member businesses to whom its manager may show it (K7.4).
    pub shown_to: Vec<String>,
    /// Why it cannot be opened now; empty: it can.
    pub closed: Vec<Refusal>,
    /// The sealed parts.
    pub parts: Vec<Part>,
    /// Corrections of its words, newest first (K8.7).
    pub versions: Vec<Version>,
    /// When a review last continued it, where one did (K7.9).
    pub continued_at: Option<Moment>,
    /// What its holder reported about it, newest first (K8.7).
    pub reports: Vec<Reported>,
    /// When a review ended this copy, and its release went on for others (K6.2.4).
    pub ended_alone: Option<Moment>,
    /// How far its end is (K8.2); `None`: it was never supplied, or nothing can be held of it.
    pub ending: Option<State>,
}

/// The object a signature about a copy is about.
pub fn object(copy: CopyId) -> String {
    format!("copy/{copy}")
}

/// The member businesses of a copy's scheme that the instructions name (K7.4).
async fn instructed(conn: &mut Conn, holding: &Holding) -> Result<Vec<String>, No> {
    let mut named = Vec::new();
    for member in conn.instructions(holding.release).await? {
        let row = conn.member(member).await?.filter(|row| row.scheme_id == holding.scheme.to_string());
        // Whoever left the register since is nobody it may be shown to (K7.2).
        let row = row.filter(|row| row.removed_at.is_none());
        named.extend(row.map(|row| row.business));
    }
    Ok(named)
}

async fn bulletin(
    office: &Office,
    conn: &mut Conn,
    by: &Actor,
    copy: Row,
    told: &Told,
) -> Result<Option<Bulletin>, No> {
    let now = office.now();
    let mut holding = copy.holding()?;
    let filed = conn.release(holding.release).await?.ok_or(No::NotFound)?;
    let Some(authority) = filed.release.stage.authority().cloned() else { return Ok(None) };
    let footing = conn.footing(holding.holder, holding.scheme, now).await?;
    let parts = conn.parts(holding.copy).await?;
    if let Some(sheet) = &mut holding.sheet {
        sheet.printed = !parts.is_empty() && parts.iter().all(|part| part.printed_at.is_some());
    }
    let owes = told.owes(&copy.id, now);
    let mut closed = rules(&holding, &filed, footing.as_ref(), (by, owes), now).err().unwrap_or_default();
    let ending = told.endings.iter().find(|row| row.copy_id == copy.id);
    let ended_alone = ending.and_then(EndingRow::ended_alone);
    let ending = ending.map(|row| row.ending(now).state(&told.numbers, now));
    // Of a live release, a key that is gone was demanded (K8.2), unless a review ended the copy.
    if matches!(ending, Some(State::Owed { .. } | State::Overdue { .. })) && ended_alone.is_none() {
        for why in closed.iter_mut().filter(|why| **why == Refusal::KeyDestroyed) {
            *why = if filed.release.word(now) == "live" { Refusal::Demanded } else { Refusal::KeyDestroyed };
        }
    }
    let recalled_at = match filed.release.standing() {
        crate::domain::release::Standing::Recalled { at } => Some(at),
        _ => None,
    };
    Ok(Some(Bulletin {
        word: filed.release.word(now),
        names: Text::NameWarning
            .fill(&told.names, &Facts::default().with(Slot::Reference, authority.urn.as_str()))
            .unwrap_or_else(|_| told.names.clone()),
        urn: authority.urn,
        authorised_at: authority.at,
        until: authority.until,
        recalled_at,
        danger: filed.danger.then(|| told.danger.clone()),
        conditions: told.conditions.clone(),
        shown_to: instructed(conn, &holding).await?,
        closed,
        parts,
        versions: corrections::versions(office, conn, holding.release).await?,
        continued_at: told::continued(conn, holding.release).await?,
        reports: corrections::of_copy(office, conn, holding.copy).await?,
        ended_alone,
        ending,
        copy,
    }))
}

fn rules(
    holding: &Holding,
    filed: &Filed,
    footing: Option<&Footing>,
    (by, owes): (&Actor, Option<Moment>),
    now: Moment,
) -> Result<(), Vec<Refusal>> {
    // Somebody who no longer receives for the scheme holds nothing any more.
    let footing = footing.ok_or_else(|| vec![Refusal::LeftScheme])?;
    holding.may_open(by, filed.release.standing(), footing, owes, now)
}

/// The holder's own bulletins, newest first; withdrawn and expired ones stay as plain cards.
pub async fn bulletins(office: &Office, by: &Actor) -> Result<Vec<Bulletin>, No> {
    let holder = by.person().ok_or(No::NotFound)?;
    let mut conn = office.read().await?;
    let told = told(&mut conn, holder, office.now()).await?;
    let mut all = Vec::new();
    for copy in conn.copies_of_holder(holder).await?.into_iter().filter(Row::is_electronic) {
        all.extend(bulletin(office, &mut conn, by, copy, &told).await?);
    }
    Ok(all)
}

/// What keeps `by` from opening anything at all now, in every scheme they receive for: lapses first, then the undertaking.
pub async fn lapses(office: &Office, by: &Actor) -> Result<Vec<Refusal>, No> {
    let holder = by.person().ok_or(No::NotFound)?;
    let (mut conn, now) = (office.read().await?, office.now());
    let mut all = Vec::new();
    for scheme in by.schemes() {
        let Some(footing) = conn.footing(holder, scheme, now).await? else { continue };
        let why = footing.lapses(now).into_iter().chain(footing.undertaking().err());
        all.extend(why);
    }
    let (numbers, _) = conn.numbers_in_force().await?;
    let owes = conn.owes(holder, None, &numbers, now).await?.filter(|due| now >= *due);
    all.extend(owes.map(|due| Refusal::ConfirmFirst { due }));
    let mut told: Vec<Refusal> = Vec::new();
    for why in all {
        if !told.contains(&why) {
            told.push(why);
        }
    }
    Ok(told)
}

/// One of the holder's own bulletins.
pub async fn one(office: &Office, by: &Actor, copy: CopyId) -> Result<Bulletin, No> {
    let holder = by.person().ok_or(No::NotFound)?;
    let mut conn = office.read().await?;
    let row = conn.copy(copy).await?.filter(|row| row.holder == holder.to_string()).ok_or(No::NotFound)?;
    let told = told(&mut conn, holder, office.now()).await?;
    bulletin(office, &mut conn, by, row, &told).await?.ok_or(No::NotFound)
}

/// The same of a copy that `by` opens, or whose end they may confirm: a sheet is opened by the police who print it (O3.2.1).
pub async fn opened_by(office: &Office, by: &Actor, copy: CopyId) -> Result<Bulletin, No> {
    let person = by.person().ok_or(No::NotFound)?.to_string();
    let mut conn = office.read().await?;
    let row = conn.copy(copy).await?.filter(|row| row.holder == person || row.opener() == person);
    let row = row.ok_or(No::NotFound)?;
    let told = told(&mut conn, row.holding()?.holder, office.now()).await?;
    bulletin(office, &mut conn, by, row, &told).await?.ok_or(No::NotFound)
}

/// A view on its way: the age file, and what is written down when it has left or broken off.
pub struct Opened {
    /// The age file to the holder.
    pub bytes: Vec<u8>,
    /// The part.
    pub part: PartId,
    /// The copy.
    pub copy: CopyId,
    /// The release: a running response asks the board for it.
    pub release: ReleaseId,
    /// Its limit: a running response stops there.
    pub until: Moment,
    /// The index of the view's leaf.
    pub index: u64,
}

struct Granted {
    release: ReleaseId,
    until: Moment,
    part: PartId,
}

type Gate = Result<(Grant, Granted), Vec<Refusal>>;

/// THE gate of every view, in the act that logs it: nothing is checked before and used after. A refusal is logged too.
async fn gate(tx: &mut Tx, by: &Actor, copy: CopyId, part: PartId, purpose: &str, stamp: &Stamp) -> Result<Gate, No> {
    let now = tx.now();
    let opener = by.person().map(|id| id.to_string());
    let wanted = tx.wanted(copy, part).await?;
    let wanted = wanted.filter(|asked| Some(asked.copy.opener()) == opener.as_deref());
    let Asked { copy: row, filed, part: found, owes_from } = wanted.ok_or(No::NotFound)?;
    if row.printer.is_some() {
        // The police who print a sheet for somebody do it by their role, asked here and now (O3.2.1).
        tx.still(by).await?;
        if !may(by, Act::KeepPrints, casefile::thing(&filed.release)) {
            return Err(No::NotFound);
        }
    }
    let mut holding = row.holding()?;
    if let Some(sheet) = &mut holding.sheet {
        // Each part goes onto paper once, until the police free the sheet.
        sheet.printed = found.as_ref().is_some_and(|part| part.printed_at.is_some());
    }
    let footing = tx.footing(holding.holder, holding.scheme, now).await?;
    let owes = match owes_from {
        Some(from) if now >= from => {
            let (numbers, _) = tx.numbers_in_force().await?;
            tx.owes(holding.holder, Some(copy), &numbers, now).await?
        }
        _ => None,
    };
    if let Err(refusals) = rules(&holding, &filed, footing.as_ref(), (by, owes), now) {
        if refusals.contains(&Refusal::NotFound) {
            return Err(No::NotFound);
        }
        let codes: Vec<&str> = refusals.iter().map(Refusal::code).collect();
        let event = Event::new(Kind::RefusedView, filed.release.object()).of_copy(copy).with("refusals", codes);
        tx.append(&event, by, stamp).await?;
        return Ok(Err(refusals));
    }
    let found = found.ok_or(No::NotFound)?;
    let until = filed.release.stage.authority().map(|authority| authority.until).ok_or(No::NotFound)?;
    let grant = tx.grant(&row, &found, by, purpose, stamp).await?;
    Ok(Ok((grant, Granted { release: holding.release, until, part })))
}

/// Opens one part of the holder's own copy: gate and leaf, durable; then the second lock; then bytes.
pub async fn open_part(
    office: &Office,
    by: &Actor,
    copy: CopyId,
    part: PartId,
    why: Purpose,
    stamp: Stamp,
) -> Result<Opened, No> {
    let (actor, told) = (by.clone(), stamp.clone());
    let purpose = why.title();
    let act = office.act(move |tx| Box::pin(async move { gate(tx, &actor, copy, part, purpose, &told).await }));
    let opened = match act.await.and_then(|acked| acked.transpose().map_err(No::from)) {
        Ok(acked) => {
            let (grant, granted) = acked.split();
            let (release, index) = (granted.release, grant.get().index());
            let opened = unlock(office, &grant, granted).await;
            if opened.is_err() {
                // The leaf stands, and nothing left: the log says that too.
                finished(office, by.clone(), release, copy, index, false, stamp);
            }
            opened
        }
        Err(no) => Err(no),
    };
    office.metrics.view(match &opened {
        Ok(_) => "opened",
        Err(No::Unavailable | No::Broken(_)) => "failed",
        Err(_) => "refused",
    });
    opened
}

async fn unlock(office: &Office, grant: &Acked<Grant>, granted: Granted) -> Result<Opened, No> {
    let locked = office.vault.of_view(grant).await.map_err(|no| match no {
        // The recall that came after this leaf has deleted the blob: refused, not broken.
        No::Broken(Fault::Vault(object_store::Error::NotFound { .. })) => No::refused(Refusal::KeyDestroyed),
        other => other,
    })?;
    let broken = |_| No::Broken(Fault::Lock("a part's second lock does not open".to_owned()));
    let copy = grant.get().copy();
    let key = office.records.unwrap(grant.get().wrapped_key(), &copy.to_string()).map_err(broken)?;
    let bytes = key.open(locked, seal::aad(copy, &granted.part.to_string()).as_bytes()).map_err(broken)?;
    let Granted { release, until, part } = granted;
    Ok(Opened { bytes, part, copy, release, until, index: grant.get().index() })
}

/// Opens the first thumbnail of each named copy through one door, one leaf a thumbnail; those that may not be opened are
/// left out.
pub async fn thumbnails(
    office: &Office,
    by: &Actor,
    copies: &[CopyId],
    why: Purpose,
    stamp: &Stamp,
) -> Result<Vec<Opened>, No> {
    let mut opened = Vec::new();
    for copy in copies {
        let parts = office.read().await?.parts(*copy).await?;
        let first = parts.iter().find(|part| part.rendition == "thumbnail").and_then(|part| PartId::parse(&part.id));
        let Some(part) = first else { continue };
        match open_part(office, by, *copy, part, why, stamp.clone()).await {
            Ok(one) => opened.push(one),
            Err(No::NotFound | No::Refused(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(opened)
}

/// Whether a running response of this view must stop: recalled, demanded, confirmed, past its limit, or its reader suspended (P3).
pub fn must_stop(office: &Office, by: &Actor, release: ReleaseId, copy: CopyId, until: Moment) -> bool {
    let now = office.now();
    now >= until
        || office.board.is_over(&release.to_string(), now)
        || office.board.is_closed(&release.to_string())
        || office.board.is_closed(&copy.to_string())
        || by.person().is_some_and(|person| office.board.is_suspended(&person.to_string()))
}

/// Writes down, as well as it can, that the bytes of a view all left or broke off: with the next batch, without one of its own.
pub fn finished(office: &Office, by: Actor, release: ReleaseId, copy: CopyId, index: u64, whole: bool, stamp: Stamp) {
    let kind = if whole { Kind::Delivered } else { Kind::Aborted };
    let event = Event::new(kind, format!("release/{release}")).of_copy(copy).with("of", index);
    office.later(move |tx| Box::pin(async move { Ok(tx.append(&event, &by, &stamp).await.map(drop)?) }));
}
