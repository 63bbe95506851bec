//! Handing over (K7.6): a co-ordinator's browser opens each original with its own unit's key, seals it to the other unit's key, and
//! posts the sealed file; the words of a release that is authorised are opened there too, since their draft is erased.
//!
//! Promises: nothing is taken for a unit whose key has no chain to the root, asked before and again in the act; the photograph on
//! record there has the digest on record here; each original is handed over once. The browser asks the same of the papers for itself.
//! Absent on purpose: telling from a sealed file to whom it is sealed, which nobody can; the other area's browser opens it and compares
//! before anything is decided there (`arrivals`).

use serde::Serialize;
use zeroize::Zeroizing;

use super::{follow, open_now};
use crate::actions::casefile::{self, Draft};
use crate::actions::office::ten;
use crate::actions::plan::Told;
use crate::actions::request::{drop_blobs, take_back};
use crate::actions::unit::{self, Key, boxes};
use crate::actions::{No, Office, Stamp, seal, trust};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, PhotographId, ReleaseId};
use crate::domain::policy::Act;
use crate::domain::refusal::Refusal;
use crate::domain::release::{Release, Stage};
use crate::domain::words::{Line, Prose};
use crate::ledger::trust::Paper;
use crate::store::Conn;
use crate::store::consultations::Consultation;
use crate::store::people::Area;
use crate::store::releases::{Filed, Photograph};

/// What the browser needs to hand over, and to check both units' keys for itself.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// The area whose originals these are.
    pub area: String,
    /// Where its unit's box is fetched.
    pub unit_box: String,
    /// Whose box it must be.
    pub unit_recipient: String,
    /// The boxes of earlier keys, under which an original may still lie.
    pub older: Vec<Key>,
    /// The area they are handed over to.
    pub to_area: String,
    /// Its unit's key.
    pub to_recipient: String,
    /// What the root signed about both.
    pub papers: Vec<Paper>,
    /// The photographs.
    pub photographs: Vec<Part>,
    /// The words, where they were sealed already.
    pub text: Option<Part>,
    /// Handed over so far.
    pub sealed: usize,
    /// Of how many.
    pub total: usize,
    /// Why nothing is handed over now.
    pub problem: Option<Told>,
}

/// Something to hand over.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// Where it is fetched, sealed to this area's unit; each fetch is a leaf.
    pub original: String,
    /// Where it is posted.
    pub upload: String,
    /// What it must hash to when opened.
    pub sha256: String,
    /// It is not there yet.
    pub needed: bool,
}

/// Both sides of a handing over.
struct Sides {
    here: Filed,
    row: Consultation,
    there: Filed,
    to: Area,
    area: AreaId,
}

/// Loads both sides for a co-ordinator of the area that asked: the other makes its own, which still waits for its decision there.
async fn sides(conn: &mut Conn, by: &Actor, id: ReleaseId, area: AreaId) -> Result<Sides, No> {
    let here = casefile::load(conn, by, Act::Decide, id).await?;
    let wanted = area.to_string();
    let row = conn.consultations(id).await?.into_iter().find(|row| row.area_id == wanted).ok_or(No::NotFound)?;
    let there = conn.release(row.linked()?.ok_or(No::NotFound)?).await?.ok_or(No::NotFound)?;
    let to = conn.area(area).await?.ok_or(No::NotFound)?;
    Ok(Sides { here, row, there, to, area })
}

/// Refuses where either side has gone on: here it ended, there it was decided.
fn both_open(here: &Release, there: &Release, now: crate::domain::moment::Moment) -> Result<(), No> {
    open_now(here, now)?;
    if there.stage == Stage::Requested {
        return Ok(());
    }
    Err(No::refused(Refusal::WrongStage { stage: there.word(now) }))
}

/// The plan; a key of the other unit that was changed is told, and written down as an alarm.
pub async fn plan(office: &Office, by: &Actor, id: ReleaseId, area: AreaId, stamp: &Stamp) -> Result<Plan, No> {
    let mut conn = office.read().await?;
    let of = sides(&mut conn, by, id, area).await?;
    let own = of.here.release.area;
    let unit = conn.area(own).await?.ok_or(No::NotFound)?;
    let here = conn.handovers(of.there.release.id).await?;
    let at = format!("/releases/{id}/areas/{area}");
    let photograph = |row: &Photograph| Part {
        original: format!("/photographs/{}/original", row.id),
        upload: format!("{at}/photographs/{}", row.id),
        sha256: row.sha256.clone(),
        needed: here.iter().all(|one| one.sha256 != row.sha256),
    };
    let photographs: Vec<Part> = conn.photographs(id).await?.iter().map(photograph).collect();
    let words = sealed_words(&of.here);
    let sealed_differ = matches!(follow::words(office, &mut conn, &of.here, &of.there).await?, follow::Words::Sealed);
    let text = words.map(|sha256| Part {
        original: format!("/releases/{id}/text"),
        upload: format!("{at}/text"),
        sha256,
        needed: sealed_differ,
    });
    let problem = match both_open(&of.here.release, &of.there.release, office.now()) {
        Ok(()) => trust::alarm(office, &format!("area/{area}"), proven(office, &of).await, stamp).await,
        no => no,
    };
    let parts = || photographs.iter().chain(&text);
    Ok(Plan {
        sealed: parts().filter(|part| !part.needed).count(),
        total: parts().count(),
        area: own.to_string(),
        unit_box: format!("/areas/{own}/unit-box"),
        older: conn.older_unit_keys(own).await?.into_iter().map(|key| unit::key(own, key.recipient)).collect(),
        unit_recipient: unit.unit_recipient,
        to_area: area.to_string(),
        to_recipient: of.to.unit_recipient.clone(),
        papers: conn.papers_for(&[], &[own, area]).await?,
        photographs,
        text,
        problem: match problem {
            Ok(()) => None,
            Err(No::Refused(refusals)) => Some(Told::of(&refusals)),
            Err(other) => return Err(other),
        },
    })
}

async fn proven(office: &Office, of: &Sides) -> Result<(), No> {
    trust::unit(office, &mut office.read().await?, of.area, &of.to.unit_recipient).await
}

/// Keeps an original sealed to the other unit, as a photograph of the release there.
pub async fn take(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    area: AreaId,
    photograph: PhotographId,
    sealed: Vec<u8>,
    stamp: Stamp,
) -> Result<(), No> {
    let mut conn = office.read().await?;
    let of = sides(&mut conn, by, id, area).await?;
    both_open(&of.here.release, &of.there.release, office.now())?;
    let row = seal::part_of(&mut conn, id, photograph).await?;
    drop(conn);
    trust::alarm(office, &format!("area/{area}"), proven(office, &of).await, &stamp).await?;
    if boxes::recipients(&sealed) != Some(1) {
        return Err(No::field(
            "photographs",
            "This is not an original sealed to one unit. Reload the page and try again.",
        ));
    }
    let object = office.vault.put(sealed).await?;
    let objects = [object.clone()];
    let copy = Photograph {
        id: PhotographId::fresh(office.now(), ten()).to_string(),
        release_id: of.there.release.id.to_string(),
        object,
        ..row
    };
    let (actor, root, unit) = (by.clone(), office.root.clone(), of.to.unit_recipient);
    let done = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let of = sides(tx, &actor, id, area).await?;
                both_open(&of.here.release, &of.there.release, tx.now())?;
                trust::unit_under(root.as_ref(), tx, area, &unit).await?;
                if of.to.unit_recipient != unit {
                    return Err(No::Unavailable); // replaced while this one was sealed: it is sealed again
                }
                // Handed over twice at once: the first one counts.
                if tx.handovers(of.there.release.id).await?.iter().any(|one| one.sha256 == copy.sha256) {
                    return Ok(false);
                }
                tx.add_photograph(&copy).await?;
                tx.under_unit(&copy.object, area, &unit, None).await?;
                let own = PhotographId::parse(&copy.id).ok_or(No::NotFound)?;
                tx.hand_over(own, actor.person().ok_or(No::NotFound)?).await?;
                let event = handed(&of).with("photograph", photograph.to_string());
                tx.append(&event, &actor, &stamp).await?;
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

fn handed(of: &Sides) -> Event {
    Event::new(Kind::HandedOver, of.here.release.object())
        .with("area", of.row.area_id.clone())
        .with("release", of.there.release.id.to_string())
}

/// Takes the opened words of an authorised release: they become the draft of the release there.
pub async fn take_words(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    area: AreaId,
    bytes: Vec<u8>,
    stamp: Stamp,
) -> Result<(), No> {
    let bytes = Zeroizing::new(bytes);
    let mut conn = office.read().await?;
    let of = sides(&mut conn, by, id, area).await?;
    both_open(&of.here.release, &of.there.release, office.now())?;
    let told =
        "These are not the words on record: their digest differs. Nothing was handed over. Tell your administrator.";
    let words = std::str::from_utf8(&bytes).map_err(|_| No::field("text", told))?;
    if sealed_words(&of.here) != Some(casefile::digest(words)) {
        return Err(No::field("text", told));
    }
    if !matches!(follow::words(office, &mut conn, &of.here, &of.there).await?, follow::Words::Sealed) {
        return Ok(()); // handed over before
    }
    // What was authorised first may have been corrected since: a name, the instructions and the warning are those in force (K8.7).
    let (theirs, _) = casefile::open(office, &of.here)?;
    let force = follow::in_force(office, &mut conn, &of.here, &theirs).await?;
    drop(conn);
    let draft = drafted(words, &force.instructions, force.named).ok_or_else(|| No::field("text", told))?;
    let (read, linked, version) = (of.here.release.version, of.there.release.id, of.there.release.version);
    let danger = of.here.danger;
    let (file, draft) = follow::with_words(office, &of.there, &draft, danger)?;
    let actor = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let of = sides(tx, &actor, id, area).await?;
                both_open(&of.here.release, &of.there.release, tx.now())?;
                if of.here.release.version != read {
                    return Err(No::Unavailable); // corrected while this one was opened: it is opened again
                }
                // Handed over twice at once: the first one counts.
                if tx.words_came(linked, version, (&file, &draft), danger).await? {
                    tx.append(&handed(&of).with("text", true), &actor, &stamp).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// The draft out of which these released words were made, with these instructions; `None`: they were not made so.
fn drafted(words: &str, instructions: &str, named: bool) -> Option<Draft> {
    let end = if instructions.is_empty() { String::new() } else { format!("Instructions: {instructions}\n") };
    let rest = words.strip_suffix(end.as_str())?;
    let (name, text) = match rest.strip_prefix("Name: ").filter(|_| named) {
        Some(more) => more.split_once('\n')?,
        None => ("", rest),
    };
    let draft = Draft {
        name: Line::optional("The name", name).ok()?,
        text: Prose::optional("The text", text).ok()?,
        ..Draft::default()
    };
    (draft.released(instructions).as_deref() == Some(words)).then_some(draft)
}

/// The digest of the words of an authorised release, which are sealed and no longer a draft; `None`: there are none.
fn sealed_words(of: &Filed) -> Option<String> {
    of.text_sha256.clone().filter(|_| matches!(of.release.stage, Stage::Live(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn released_words_go_back_to_the_draft_they_were_made_of_and_strange_words_to_none() {
        let line = |text: &str| Line::optional("x", text).unwrap();
        let prose = |text: &str| Prose::optional("x", text).unwrap();
        for (name, text, instructions) in [
            ("", "Thefts from shops.", ""),
            ("", "Thefts from shops.\n\nName: of the shop is known.", "Show it at the door."),
            ("Alex Doe", "Thefts.\nTwice.", "Show it."),
            ("Alex Doe", "", "Show it."),
            ("", "", "Show it."),
            ("", "Name: unknown", "Instructions: none"),
        ] {
            let draft = Draft { name: line(name), text: prose(text), ..Draft::default() };
            let words = draft.released(instructions).unwrap();
            let back = drafted(&words, instructions, !name.is_empty()).unwrap();
            assert_eq!((back.name.as_str(), back.text.as_str()), (name, text));
        }
        assert!(drafted("Thefts.\n", "Show it.", false).is_none());
        assert!(drafted("Thefts.", "", false).is_none());
    }
}
