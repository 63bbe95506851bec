//! Sealing: the co-ordinator's browser opens an original and hands it over; the portal marks and seals one copy for each
//! recipient (DESIGN §5). The plaintext is in memory only, its digest checked against the record.
//!
//! Promise: nothing is sealed to a recipient, and no original taken for an area, whose key has no chain to the root; asked
//! before an original is taken, before each copy and again in the act that keeps it. The browser asks the same of the papers in
//! the plan, for itself. Proved by `tests/it/journeys/approvals.rs`.

use std::sync::Arc;

use crate::actions::casefile;
use crate::actions::office::{slow, ten};
use crate::actions::plan::{Addressee, proven};
use crate::actions::request::{drop_blobs, take_back};
use crate::actions::{Fault, No, Office, trust};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, CopyId, PartId, PhotographId, ReleaseId};
use crate::domain::policy::Act;
use crate::domain::print::Sheet;
use crate::domain::refusal::Refusal;
use crate::domain::release::Stage;
use crate::ledger::trust::Root;
use crate::sealing::age::Recipient;
use crate::sealing::copy::{Prepared, Sealed};
use crate::sealing::image;
use crate::sealing::lock::CopyKey;
use crate::sealing::mark::{Mark, Rendition};
use crate::store::copies::{Part, Row};
use crate::store::log::Stamp;
use crate::store::releases::{Filed, Photograph};
use crate::store::{Conn, Tx};

/// The box with the unit's identity, sealed to those who hold it.
pub async fn unit_box(office: &Office, by: &Actor, area: AreaId) -> Result<Vec<u8>, No> {
    use crate::domain::actor::Role;
    if !by.is_in(Role::Aic, area) && !by.is_in(Role::Reviewer, area) {
        return Err(No::NotFound);
    }
    Ok(office.read().await?.area(area).await?.ok_or(No::NotFound)?.unit_box)
}

/// An original, sealed to the unit: a logged act (DESIGN §5).
pub async fn original(office: &Office, by: &Actor, photograph: PhotographId, stamp: Stamp) -> Result<Vec<u8>, No> {
    let mut conn = office.read().await?;
    let row = conn.photograph(photograph).await?.ok_or(No::NotFound)?;
    let release = ReleaseId::parse(&row.release_id).ok_or(No::NotFound)?;
    drop(conn);
    let actor = by.clone();
    let object = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let filed = casefile::load(tx, &actor, Act::OpenOriginal, release).await?;
                let event = Event::new(Kind::Original, filed.release.object()).with("photograph", row.id.clone());
                tx.append(&event, &actor, &stamp).await?;
                Ok(row.object)
            })
        })
        .await?;
    office.vault.of_original(&object).await
}

/// Takes an opened original and begins to seal it for every recipient who lacks it. Answers once it is checked; the
/// sealing goes on, one act for each finished copy, whether or not the browser stays.
pub async fn take(
    office: &Arc<Office>,
    by: &Actor,
    id: ReleaseId,
    photograph: PhotographId,
    bytes: Vec<u8>,
    stamp: Stamp,
) -> Result<(), No> {
    let handed = check(office, by, id, photograph, bytes).await;
    let handed = trust::alarm(office, &format!("release/{id}"), handed, &stamp).await?;
    let place = Arc::clone(&office.originals).acquire_owned().await.map_err(|_| No::Unavailable)?;
    let fresh = office.in_hand.lock().map_err(|_| Fault::Other("in_hand".into()))?.insert(handed.row.id.clone());
    if !fresh {
        return Ok(());
    }
    let (office, by) = (Arc::clone(office), by.clone());
    tokio::spawn(async move {
        let _place = place;
        let _hand = Hand { office: Arc::clone(&office), photograph: handed.row.id.clone() };
        let done = seal_for_all(&office, &by, handed, &stamp).await;
        if let Err(no) = trust::alarm(&office, &format!("release/{id}"), done, &stamp).await {
            tracing::error!(cause = %no, release = %id, "sealing stopped: the page says how far it came");
        }
    });
    Ok(())
}

/// A photograph in hand; laid down however the sealing ends, by a panic too.
struct Hand {
    office: Arc<Office>,
    photograph: String,
}

impl Drop for Hand {
    fn drop(&mut self) {
        if let Ok(mut set) = self.office.in_hand.lock() {
            set.remove(&self.photograph);
        }
    }
}

/// The same, answering when every copy is sealed.
pub async fn take_whole(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    photograph: PhotographId,
    bytes: Vec<u8>,
    stamp: Stamp,
) -> Result<(), No> {
    let done = match check(office, by, id, photograph, bytes).await {
        Ok(handed) => seal_for_all(office, by, handed, &stamp).await,
        Err(no) => Err(no),
    };
    trust::alarm(office, &format!("release/{id}"), done, &stamp).await
}

/// An opened original that is the one on record.
struct Handed {
    filed: Filed,
    row: Photograph,
    bytes: zeroize::Zeroizing<Vec<u8>>,
}

async fn check(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    photograph: PhotographId,
    bytes: Vec<u8>,
) -> Result<Handed, No> {
    let bytes = zeroize::Zeroizing::new(bytes);
    let mut conn = office.read().await?;
    let filed = casefile::load(&mut conn, by, Act::Decide, id).await?;
    let open =
        matches!(filed.release.stage, Stage::Live(_)) && filed.release.standing().closed(office.now()).is_empty();
    if !open {
        return Err(No::refused(Refusal::WrongStage { stage: filed.release.word(office.now()) }));
    }
    // Of those that were authorised: what the officer took out of the request stays on record, and is sealed to nobody.
    let row = part_of(&mut conn, id, photograph).await?;
    if hex::encode(image::sha256(&bytes)) != row.sha256 {
        return Err(No::field(
            "photographs",
            "This is not the photograph on record: its digest differs. Nothing was sealed. Tell your administrator.",
        ));
    }
    let area = conn.area(filed.release.area).await?.ok_or(No::NotFound)?;
    let unsealed = |copy: &Row| copy.key_gone_at.is_none() && copy.sealed_at.is_none() && !copy.awaits_conditions();
    let copies = conn.copies_of_release(id).await?;
    let to: Vec<trust::To> =
        copies.iter().filter(|copy| unsealed(copy)).filter_map(|c| Addressee::of(c).to()).collect();
    proven(office.root.as_ref(), &mut conn, filed.release.area, &area.unit_recipient, &to).await?;
    Ok(Handed { filed, row, bytes })
}

/// One of a release's photographs, as they were authorised.
pub(super) async fn part_of(conn: &mut Conn, id: ReleaseId, photograph: PhotographId) -> Result<Photograph, No> {
    let all = conn.photographs(id).await?;
    all.into_iter().find(|row| row.id == photograph.to_string()).ok_or(No::NotFound)
}

async fn seal_for_all(office: &Office, by: &Actor, handed: Handed, stamp: &Stamp) -> Result<(), No> {
    let Handed { filed, row, bytes } = handed;
    let turn = Arc::clone(&office.decoding).acquire_owned().await.map_err(|_| No::Unavailable)?;
    let prepared =
        slow(move || Prepared::open(&bytes, None).map(Arc::new)).await?.map_err(|why| Fault::Other(why.to_string()))?;
    let urn = filed.release.stage.authority().map(|authority| authority.urn.clone()).unwrap_or_default();
    for copy in office.read().await?.copies_of_release(filed.release.id).await? {
        let id = copy.holding()?.copy;
        let have = office.read().await?.parts(id).await?;
        let Some(wrapped) = copy.wrapped_key.clone() else { continue };
        if copy.awaits_conditions() || have.iter().any(|part| part.photograph_id.as_deref() == Some(&row.id)) {
            continue;
        }
        let key = office.records.unwrap(&wrapped, &copy.id).map_err(|why| Fault::Lock(why.to_string()))?;
        own_key(office.root.as_ref(), &mut office.read().await?, &copy).await?;
        let to = Recipient::parse(&copy.recipient).map_err(|why| Fault::Other(why.to_string()))?;
        let (prepared, urn, holder) = (Arc::clone(&prepared), urn.clone(), copy.holder_name.clone());
        let (code, sheet) = (copy.mark.clone(), copy.sheet()?);
        let sealed = slow(move || {
            let words = sheet.map_or_else(String::new, Sheet::title);
            let mark = Mark { urn: &urn, copy: &code, recipient: &holder, sheet: &words };
            // Nobody lists a sheet by a small picture.
            if sheet.is_some() { prepared.seal_sheet(&mark, &to) } else { prepared.seal_for(&mark, &to) }
        });
        let sealed = sealed.await?.map_err(|why| Fault::Other(why.to_string()))?;
        keep(office, by, &copy, &key, &row, sealed, stamp).await?;
    }
    drop(turn);
    Ok(())
}

/// Refuses a copy whose holder's recipient has no chain to the root.
async fn own_key(root: Option<&Root>, conn: &mut Conn, copy: &Row) -> Result<(), No> {
    let to = Addressee::of(copy).to().ok_or(No::NotFound)?;
    let unmet = trust::unproven_under(root, conn, &[to]).await?;
    if unmet.is_empty() { Ok(()) } else { Err(No::from(unmet)) }
}

/// Stores the renditions, then writes them down in one act; a copy whose key went meanwhile keeps nothing.
async fn keep(
    office: &Office,
    by: &Actor,
    of: &Row,
    key: &CopyKey,
    row: &Photograph,
    sealed: Vec<Sealed>,
    stamp: &Stamp,
) -> Result<(), No> {
    let copy = of.holding()?.copy;
    let mut made = Vec::new();
    for one in &sealed {
        let rendition = match one.rendition {
            Rendition::Screen => "screen",
            Rendition::Thumbnail => "thumbnail",
        };
        let photograph = Some(row.id.clone());
        made.push(store_part(office, copy, key, photograph, rendition, row.position, &one.age_bytes).await?);
    }
    let objects: Vec<String> = made.iter().map(|part| part.object.clone()).collect();
    let acting = by;
    let (by, stamp, root, to) = (by.clone(), stamp.clone(), office.root.clone(), of.recipient.clone());
    let own = row.id.clone();
    let done = office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                let now = tx.copy(copy).await?.ok_or(No::NotFound)?;
                if now.key_gone_at.is_some() {
                    return Err(No::refused(Refusal::KeyDestroyed));
                }
                own_key(root.as_ref(), tx, &now).await?;
                if now.recipient != to {
                    return Err(No::Unavailable); // renewed and confirmed anew while this copy was made: it is made again
                }
                let release = tx.release(now.holding()?.release).await?.ok_or(No::NotFound)?.release;
                let closed = release.standing().closed(tx.now());
                if !closed.is_empty() {
                    return Err(No::from(closed));
                }
                // Handed over twice at once, perhaps to two instances: the first one counts.
                if tx.parts(copy).await?.iter().any(|part| part.photograph_id.as_deref() == Some(&own)) {
                    return Ok(false);
                }
                for part in &made {
                    tx.add_part(part).await?;
                }
                finish_copy(tx, copy, &by, &stamp).await?;
                Ok(true)
            })
        })
        .await;
    match &done {
        Ok(kept) if *kept.get() => {}
        Ok(_) => drop_blobs(office, &objects).await,
        Err(no) => take_back(office, no, &objects).await,
    }
    done.map(|_| ())
}

/// Marks a copy as sealed once every photograph and the text are there; one leaf for it.
pub(super) async fn finish_copy(tx: &mut Tx, copy: CopyId, by: &Actor, stamp: &Stamp) -> Result<(), No> {
    let row = tx.copy(copy).await?.ok_or(No::NotFound)?;
    let release = row.holding()?.release;
    let parts = tx.parts(copy).await?;
    let has = |photograph: Option<&str>, rendition: &str| {
        parts.iter().any(|part| part.photograph_id.as_deref() == photograph && part.rendition == rendition)
    };
    let words = tx.release(release).await?.is_some_and(|filed| filed.text_sha256.is_some());
    let pictured = tx.photographs(release).await?.iter().all(|one| has(Some(&one.id), "screen"));
    let lacks = !pictured || (words && !has(None, "text"));
    if lacks || !tx.copy_sealed(copy).await? {
        return Ok(());
    }
    let event = Event::new(Kind::Sealed, format!("release/{release}"))
        .of_copy(copy)
        .with("holder", format!("person/{}", row.holder))
        .with("parts", parts.len());
    let event = if row.print > 0 { event.with("sheet", row.print) } else { event };
    tx.append(&event, by, stamp).await?;
    Ok(())
}

/// Puts the second lock around an age file, stores it, and describes the part.
pub(super) async fn store_part(
    office: &Office,
    copy: CopyId,
    key: &CopyKey,
    photograph: Option<String>,
    rendition: &str,
    position: i64,
    age_bytes: &[u8],
) -> Result<Part, No> {
    let id = PartId::fresh(office.now(), ten());
    let locked =
        key.lock(age_bytes, aad(copy, &id.to_string()).as_bytes()).map_err(|why| Fault::Lock(why.to_string()))?;
    let bytes = i64::try_from(locked.len()).unwrap_or(i64::MAX);
    let object = office.vault.put(locked).await?;
    let rendition = rendition.to_owned();
    Ok(Part {
        id: id.to_string(),
        copy_id: copy.to_string(),
        photograph_id: photograph,
        rendition,
        position,
        object,
        bytes,
        revision: 1,
        printed_at: None,
    })
}

/// What binds a blob to its place.
pub(super) fn aad(copy: CopyId, part: &str) -> String {
    format!("part/v1\n{copy}\n{part}")
}
