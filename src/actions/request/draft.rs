//! A request while it is being written: kept as it is typed, right or not, for its writer alone (K7.7, P10).
//!
//! Promises: nothing typed is lost by a sign-out, an idle hour or a refusal; two windows never overwrite each other unseen; the same
//! form sent twice is kept once. Absent on purpose: a leaf for each save, because nobody else has seen anything yet; the log begins
//! with what is sent or thrown away (`docs/decisions/0035`). Proved by `tests/it/journeys/request.rs`.

use std::collections::HashSet;

use crate::actions::casefile::{self, CaseFile, Draft, Typed};
use crate::actions::office::slow;
use crate::actions::request::{Asked, FIELDS, drop_blobs, photographs, photographs_max, take_back};
use crate::actions::{Fault, FieldError, No, Office, desk, statement, trust};
use crate::domain::actor::Actor;
use crate::domain::ids::{AreaId, ReleaseId};
use crate::domain::moment::Moment;
use crate::domain::policy::Act;
use crate::domain::refusal::Refusal;
use crate::domain::release::{Order, Release, Stage};
use crate::domain::words::Prose;
use crate::sealing::age::Recipient;
use crate::sealing::image;
use crate::store::Tx;
use crate::store::log::Stamp;
use crate::store::people::Area;
use crate::store::releases::{Filed, Photograph};

/// So many drafts one officer may have.
const DRAFTS_MAX: usize = 100;

/// A request that its officer may go on writing.
#[derive(Clone, Debug)]
pub struct Writing {
    /// Its row.
    pub filed: Filed,
    /// Its case file.
    pub file: CaseFile,
    /// What was typed, and when it was saved.
    pub draft: Draft,
    /// Its photographs, without pixels.
    pub photographs: Vec<Photograph>,
    /// Its area.
    pub area: Area,
}

/// One saving: everything on the page.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The fields as they were posted.
    pub posted: Typed,
    /// New photographs.
    pub photographs: Vec<Vec<u8>>,
    /// The version that the page showed.
    pub version: i64,
}

/// What became of a saving.
#[derive(Clone, Debug)]
pub enum Kept {
    /// It is kept; `wrong`: what could not be (photographs, the area), beside its field.
    Saved {
        /// Which request.
        id: ReleaseId,
        /// The version to go on with.
        version: i64,
        /// When.
        at: Moment,
        /// What was not taken.
        wrong: Vec<FieldError>,
        /// Why nothing can be sealed to the unit now; photographs were not taken.
        refused: Vec<Refusal>,
    },
    /// It was saved in another window since this page was shown: nothing was changed.
    Elsewhere {
        /// Which request.
        id: ReleaseId,
        /// When the other window saved it.
        at: Moment,
    },
}

/// The answers of the form among everything posted, empty ones left out.
fn own(posted: &Typed) -> Typed {
    let asked = |name: &str| FIELDS.contains(&name);
    posted.iter().filter(|(name, value)| asked(name) && !value.is_empty()).cloned().collect()
}

/// A request that `by` may go on writing; what is nobody's business of theirs is not found (P10).
pub async fn open(office: &Office, by: &Actor, id: ReleaseId) -> Result<Writing, No> {
    let mut conn = office.read().await?;
    let filed = casefile::load(&mut conn, by, Act::Withdraw, id).await?;
    filed.release.write(by, office.now())?;
    let (file, draft) = casefile::open(office, &filed)?;
    let area = conn.area(filed.release.area).await?.ok_or(No::NotFound)?;
    let photographs = conn.photographs(id).await?;
    Ok(Writing { filed, file, draft: draft.unwrap_or_default(), photographs, area })
}

/// Whether it is a draft of theirs.
pub async fn is_draft(office: &Office, by: &Actor, id: ReleaseId) -> Result<bool, No> {
    let filed = casefile::load(&mut office.read().await?, by, Act::SeeRelease, id).await?;
    Ok(filed.release.stage == Stage::Draft)
}

/// Begins a draft. The answer `release` is an identifier from [`statement::draft`]: a page sent twice begins one.
pub async fn begin(office: &Office, by: &Actor, change: Change, stamp: &Stamp) -> Result<Kept, No> {
    let person = by.person().ok_or(No::NotFound)?;
    let given = change.posted.iter().find(|(name, _)| name == "release").map_or("", |(_, id)| id.as_str());
    let id = statement::drafted(office, person, given).unwrap_or_else(|| statement::draft(office, person));
    let mut conn = office.read().await?;
    if conn.release(id).await?.is_some() {
        drop(conn);
        return save(office, by, id, change, stamp).await;
    }
    let drafts = conn.releases_of_officer(person, 200).await?;
    drop(conn);
    if drafts.iter().filter(|filed| filed.release.stage == Stage::Draft).count() >= DRAFTS_MAX {
        let many = format!("You have {DRAFTS_MAX} drafts. Send one or throw one away, then begin another");
        return Err(No::field("title", many));
    }
    let asked = Asked::read(&own(&change.posted));
    let first = desk::request_areas(office, by).await?.into_iter().next().ok_or(No::NotFound)?;
    let area = asked.area_of(by).map_or_else(|| first.id(), Ok)?;
    let now = office.now();
    let release = Release {
        id,
        area,
        requested_by: person,
        requested_at: now,
        stage: Stage::Draft,
        origin: None,
        askers: vec![],
        version: 0,
    };
    let filed = Filed {
        release,
        danger: false,
        file: Vec::new(),
        draft: None,
        text_object: None,
        text_sha256: None,
        source_index: None,
    };
    let file = CaseFile::asked(asked.request.clone());
    let area = office.read().await?.area(area).await?.ok_or(No::NotFound)?;
    let writing = Writing { filed, file, draft: Draft::default(), photographs: Vec::new(), area };
    keep(office, by, writing, change, stamp).await
}

/// Saves what was typed, photographs and removals with it.
pub async fn save(office: &Office, by: &Actor, id: ReleaseId, change: Change, stamp: &Stamp) -> Result<Kept, No> {
    let writing = open(office, by, id).await?;
    let typed = own(&change.posted);
    let (version, at) = (writing.filed.release.version, Moment::from_millis(writing.draft.saved_at));
    let here: HashSet<&str> = writing.photographs.iter().map(|row| row.sha256.as_str()).collect();
    let (change, digests) = digests(change).await?;
    let nothing_new = digests.iter().all(|one| here.contains(one.as_str()));
    let removes = change.posted.iter().any(|(name, _)| name == "remove");
    if typed == writing.draft.typed && nothing_new && !removes {
        return Ok(Kept::Saved { id, version, at, wrong: Vec::new(), refused: Vec::new() });
    }
    if change.version != version {
        return Ok(Kept::Elsewhere { id, at });
    }
    keep(office, by, writing, change, stamp).await
}

/// The photographs' digests, away from the threads that answer.
async fn digests(change: Change) -> Result<(Change, Vec<String>), No> {
    Ok(slow(move || {
        let all = change.photographs.iter().map(|bytes| hex::encode(image::sha256(bytes))).collect();
        (change, all)
    })
    .await?)
}

/// What a saving takes in besides words, and what it refuses beside a field.
struct Taken {
    area: AreaId,
    unit: String,
    gone: Vec<Photograph>,
    new: Vec<Photograph>,
    wrong: Vec<FieldError>,
    refused: Vec<Refusal>,
}

impl Taken {
    fn refuse(&mut self, field: &'static str, why: impl Into<String>) {
        self.wrong.push(FieldError::new(field, why));
    }

    /// Which area it is for: another one only while nothing is sealed to the unit of the first, and nobody there has seen it.
    fn settle(&mut self, writing: &Writing, chosen: Option<AreaId>, bare: bool) {
        let Some(area) = chosen.filter(|area| *area != self.area) else { return };
        let name = &writing.area.name;
        if writing.filed.release.stage != Stage::Draft {
            let why = format!("This request is with the co-ordinator of {name}. Withdraw it and ask in the other area");
            self.refuse("area", why);
        } else if bare {
            self.area = area;
        } else {
            let why =
                format!("The photographs are sealed to the unit of {name}. Remove them, then choose another area");
            self.refuse("area", why);
        }
    }

    /// Seals new photographs to the unit of the area, if its key is the one that the root signed.
    async fn seal(&mut self, office: &Office, id: ReleaseId, new: Vec<Vec<u8>>, stamp: &Stamp) -> Result<(), No> {
        let mut conn = office.read().await?;
        let row = conn.area(self.area).await?.ok_or(No::NotFound)?;
        let proven = trust::unit(office, &mut conn, self.area, &row.unit_recipient).await;
        let first = conn.next_photograph(id).await?;
        drop(conn);
        match trust::alarm(office, &format!("area/{}", self.area), proven, stamp).await {
            Ok(()) => {}
            Err(No::Refused(refused)) => {
                self.refused = refused;
                return Ok(());
            }
            Err(no) => return Err(no),
        }
        let unit = Recipient::parse(&row.unit_recipient).map_err(|why| Fault::Other(why.to_string()))?;
        match photographs::store(office, id, &unit, first, new).await {
            Ok(new) => (self.new, self.unit) = (new, row.unit_recipient),
            Err(No::Invalid(mut wrong)) => self.wrong.append(&mut wrong),
            Err(no) => return Err(no),
        }
        Ok(())
    }

    /// Writes it down with the draft, new (version 0) or not; false when another window was first.
    async fn write(&self, tx: &mut Tx, by: &Actor, filed: &Filed) -> Result<bool, No> {
        let now = tx.now();
        let (id, is_draft) = (filed.release.id, filed.release.stage == Stage::Draft);
        match tx.release(id).await? {
            None if filed.release.version == 0 => tx.add_release(filed).await?,
            None => return Err(No::NotFound),
            // It may have been sent meanwhile.
            Some(there) => {
                there.release.write(by, now)?;
                if filed.release.version == 0 || !tx.write_on(filed).await? {
                    return Ok(false);
                }
            }
        }
        for row in &self.gone {
            if is_draft { tx.drop_photograph(row).await? } else { tx.remove_photograph(row).await? }
        }
        for row in &self.new {
            tx.add_photograph(row).await?;
            tx.under_unit(&row.object, self.area, &self.unit, None).await?;
        }
        Ok(true)
    }
}

/// Looks at the photographs of a saving, and seals those that are good. The words are kept whatever is said here.
async fn take(
    office: &Office,
    by: &Actor,
    writing: &Writing,
    change: Change,
    stamp: &Stamp,
) -> Result<(Typed, Taken), No> {
    let typed = own(&change.posted);
    let removed = |row: &Photograph| change.posted.iter().any(|(name, id)| name == "remove" && *id == row.id);
    let (gone, stay): (Vec<Photograph>, Vec<Photograph>) = writing.photographs.iter().cloned().partition(removed);
    let mut taken = Taken {
        area: writing.filed.release.area,
        unit: writing.area.unit_recipient.clone(),
        gone,
        new: Vec::new(),
        wrong: Vec::new(),
        refused: Vec::new(),
    };
    let chosen = Asked::read(&typed).area_of(by);
    taken.settle(writing, chosen, stay.is_empty());
    let (change, digests) = digests(change).await?;
    let mut here: HashSet<String> = stay.iter().map(|row| row.sha256.clone()).collect();
    let fresh = change.photographs.into_iter().zip(digests).filter(|(_, digest)| here.insert(digest.clone()));
    let fresh: Vec<Vec<u8>> = fresh.map(|(bytes, _)| bytes).collect();
    if fresh.is_empty() {
        return Ok((typed, taken));
    }
    let most = photographs_max(office).await?;
    if stay.len() + fresh.len() > most {
        let most = format!("Choose at most {most} photographs, those already here included");
        taken.refuse("photographs", most);
    } else if chosen.is_none() {
        taken.refuse("area", "Select an area first: the photographs are sealed to its unit. Then choose them again");
    } else {
        taken.seal(office, writing.filed.release.id, fresh, stamp).await?;
    }
    Ok((typed, taken))
}

/// Writes down a draft, new (version 0) or not.
async fn keep(office: &Office, by: &Actor, writing: Writing, change: Change, stamp: &Stamp) -> Result<Kept, No> {
    let (typed, taken) = take(office, by, &writing, change, stamp).await?;
    let Writing { mut filed, mut file, draft, .. } = writing;
    let (id, read, at) = (filed.release.id, filed.release.version, office.now());
    let is_draft = filed.release.stage == Stage::Draft;
    // What the co-ordinator has seen stays what they see until it is sent again.
    if is_draft {
        let asked = Asked::read(&typed);
        (file.request, file.own_reference) = (asked.request, asked.own_reference);
    }
    let draft = Draft { typed, saved_at: at.millis(), ..draft };
    (filed.file, filed.draft) = casefile::seal(office, id, read + 1, &file, Some(&draft))?;
    filed.release.area = taken.area;
    let objects: Vec<String> = taken.new.iter().map(|row| row.object.clone()).collect();
    let dropped: Vec<String> = taken.gone.iter().filter(|_| is_draft).map(|row| row.object.clone()).collect();
    let (actor, wrong, refused) = (by.clone(), taken.wrong.clone(), taken.refused.clone());
    let done = office.act_as(by, move |tx| Box::pin(async move { taken.write(tx, &actor, &filed).await })).await;
    match done.map(crate::store::Acked::into_inner) {
        Ok(true) => {
            drop_blobs(office, &dropped).await;
            Ok(Kept::Saved { id, version: read + 1, at, wrong, refused })
        }
        Ok(false) => {
            drop_blobs(office, &objects).await;
            Ok(Kept::Elsewhere { id, at })
        }
        Err(no) => {
            take_back(office, &no, &objects).await;
            Err(no)
        }
    }
}

/// Throws a draft away: words, photographs and row. Nobody else has seen it, so nothing is kept but that it was done.
pub async fn discard(office: &Office, by: &Actor, id: ReleaseId, stamp: Stamp) -> Result<(), No> {
    let Writing { filed, photographs, .. } = open(office, by, id).await?;
    if filed.release.stage != Stage::Draft {
        return Err(No::refused(Refusal::WrongStage { stage: filed.release.word(office.now()) }));
    }
    let objects: Vec<String> = photographs.iter().map(|row| row.object.clone()).collect();
    let actor = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let there = tx.release(id).await?.ok_or(No::NotFound)?;
                if there.release.version != filed.release.version {
                    return Err(No::refused(Refusal::WrongStage { stage: there.release.word(now) }));
                }
                let order = Order::Withdraw { reason: Prose::default() };
                let decision = there.release.decide(order, &actor, now)?;
                let event = tx.discard(&there, &photographs, decision).await?;
                tx.append(&event, &actor, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    drop_blobs(office, &objects).await;
    Ok(())
}
