//! The other area's answer (K7.6): they make a release of their own, or they do not; once, with reasons.
//!
//! Promise: their own release is a request in their area, which runs the whole path there. On record it was asked for by the
//! co-ordinator who consulted them, so that whoever authorises it is not who asked (K7.7). Absent on purpose: pictures; they are
//! handed over by a browser of the area that has them (`handover`).

use super::{Asked, fit_to_tell, follow, open_now, opened, reasons};
use crate::actions::casefile::{self, CaseFile};
use crate::actions::office::ten;
use crate::actions::request::read;
use crate::actions::{FieldError, No, Office, Stamp, registers};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, ConsultationId, ReleaseId};
use crate::domain::moment::Moment;
use crate::domain::policy::{Act, Thing, may};
use crate::domain::refusal::Refusal;
use crate::domain::release::{Release, Request, Stage};
use crate::domain::words::{Line, Prose};
use crate::store::Conn;
use crate::store::consultations::Consultation;
use crate::store::people::Area;
use crate::store::releases::Filed;

/// A consultation, for a co-ordinator of the area that is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// Which.
    pub id: ConsultationId,
    /// The area that asks.
    pub from: Area,
    /// The area that is asked.
    pub of: Area,
    /// When.
    pub asked_at: Moment,
    /// Who asked.
    pub asked_by: String,
    /// What they tell.
    pub asked: Asked,
    /// How it was answered: whether they make their own, when, why.
    pub answer: Option<(bool, Moment, String)>,
    /// Their own release.
    pub linked: Option<ReleaseId>,
}

/// What was typed into the form.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// `own` or `not_here`.
    pub answer: String,
    /// Where in the area that answers (K6.2.2).
    pub locality: String,
    /// Why.
    pub reasons: String,
}

async fn load(conn: &mut Conn, by: &Actor, id: ConsultationId) -> Result<(Consultation, AreaId), No> {
    let row = conn.consultation(id).await?.ok_or(No::NotFound)?;
    let area = row.area()?;
    if may(by, Act::AnswerArea, Thing::Area(area)) { Ok((row, area)) } else { Err(No::NotFound) }
}

/// Reads what another area tells; a consultation in the sense of DPA 2018 s.62 too, and so a leaf.
pub async fn question(office: &Office, by: &Actor, id: ConsultationId, stamp: Stamp) -> Result<Question, No> {
    let mut conn = office.read().await?;
    let (row, area) = load(&mut conn, by, id).await?;
    let release = row.release()?;
    registers::consulted(office, by, format!("release/{release}"), "consultation", stamp).await?;
    let asker = conn.release(release).await?.ok_or(No::NotFound)?.release.area;
    let answered = row.makes_own.zip(row.answered_at);
    let why = reasons(office, &row)?;
    Ok(Question {
        id,
        from: conn.area(asker).await?.ok_or(No::NotFound)?,
        of: conn.area(area).await?.ok_or(No::NotFound)?,
        asked_at: Moment::from_millis(row.asked_at),
        asked_by: conn.person(row.asked_by()?).await?.map_or_else(String::new, |person| person.name),
        asked: opened(office, &row)?,
        answer: answered.map(|(own, at)| (own, Moment::from_millis(at), why)),
        linked: row.linked()?,
    })
}

/// Reads the form: everything that is wrong with it at once.
fn parse(typed: &Typed) -> Result<(bool, Line, Prose), No> {
    let mut wrong = Vec::new();
    let own = match typed.answer.as_str() {
        "own" => Some(true),
        "not_here" => Some(false),
        _ => None,
    };
    if own.is_none() {
        wrong.push(FieldError::new("answer", "Select whether you make a release of your own"));
    }
    let locality = read(&mut wrong, "locality", Line::optional("The locality", &typed.locality)).unwrap_or_default();
    if own == Some(true) && locality.is_empty() && !wrong.iter().any(|one| one.field == "locality") {
        wrong.push(FieldError::new("locality", "Enter the locality in your area the grounds are about (K6.2.2)"));
    }
    let reasons = read(&mut wrong, "reasons", Prose::parse("the reasons", &typed.reasons)).unwrap_or_default();
    if wrong.is_empty() { Ok((own == Some(true), locality, reasons)) } else { Err(No::Invalid(wrong)) }
}

/// Their own release, as it begins: a request made of what the other area tells, of the words that would leave there if those are not
/// sealed yet, and of no photograph.
struct Begun {
    filed: Filed,
    /// The origin's version, whose words were copied.
    read: i64,
}

async fn begin(
    office: &Office,
    conn: &mut Conn,
    row: &Consultation,
    area: AreaId,
    origin: &Filed,
    locality: Line,
) -> Result<Begun, No> {
    let (theirs, draft) = casefile::open(office, origin)?;
    let asked = opened(office, row)?;
    let id = ReleaseId::fresh(office.now(), ten());
    // Without a draft before authority there are no words; from authority on they are sealed to the unit, and handed over from there.
    let draft = if origin.release.stage == Stage::Requested { Some(follow::bare(draft)) } else { None };
    // A correction changes the words and the warning, and leaves the request as it was asked: what is in force counts (K8.7).
    let named = match &draft {
        Some(draft) => !draft.name.is_empty(),
        None => follow::in_force(office, conn, origin, &theirs).await?.named,
    };
    let danger = origin.danger;
    let request = Request { title: asked.title, locality, reasons: asked.words, named, danger, ..theirs.request };
    let (file, draft) = casefile::seal(office, id, 1, &CaseFile::asked(request), draft.as_ref())?;
    let (requested_by, requested_at) = (row.asked_by()?, office.now());
    let origin_id = Some(origin.release.id);
    let askers = [&[origin.release.requested_by], origin.release.askers.as_slice()].concat();
    let stage = Stage::Requested;
    let release = Release { id, area, requested_by, requested_at, stage, origin: origin_id, askers, version: 1 };
    let filed = Filed { release, danger, file, draft, text_object: None, text_sha256: None, source_index: None };
    Ok(Begun { filed, read: origin.release.version })
}

/// Answers; with "own", their own request is made in the same act. Answers its release.
pub async fn answer(
    office: &Office,
    by: &Actor,
    id: ConsultationId,
    typed: &Typed,
    stamp: Stamp,
) -> Result<Option<ReleaseId>, No> {
    let mut conn = office.read().await?;
    let (row, area) = load(&mut conn, by, id).await?;
    let origin = conn.release(row.release()?).await?.ok_or(No::NotFound)?;
    // K7.7: whoever asked for the disclosure has no say in it through another area either.
    if origin.release.asked_by(by) {
        return Err(No::refused(Refusal::AuthorisedByRequester));
    }
    if row.makes_own.is_some() {
        return Err(No::refused(Refusal::AreaAnswered));
    }
    let (own, locality, why) = parse(typed)?;
    fit_to_tell("reasons", &why)?;
    let begun = if own {
        open_now(&origin.release, office.now())?;
        Some(begin(office, &mut conn, &row, area, &origin, locality).await?)
    } else {
        None
    };
    drop(conn);
    let plain = zeroize::Zeroizing::new(why.as_str().as_bytes().to_vec());
    let sealed = office.seal_field(super::TABLE, &row.id, "answer", 0, &plain)?;
    let linked = begun.as_ref().map(|begun| begun.filed.release.id);
    let answered = Consultation {
        makes_own: Some(own),
        answered_by: by.person().map(|id| id.to_string()),
        answer: Some(sealed),
        linked_id: linked.map(|id| id.to_string()),
        ..row
    };
    let actor = by.clone();
    office.act_as(by, move |tx| Box::pin(async move { carry_out(tx, &actor, answered, begun, &stamp).await })).await?;
    Ok(linked)
}

async fn carry_out(
    tx: &mut crate::store::Tx,
    by: &Actor,
    answered: Consultation,
    begun: Option<Begun>,
    stamp: &Stamp,
) -> Result<(), No> {
    let now = tx.now();
    let answered = Consultation { answered_at: Some(now.millis()), ..answered };
    let origin = tx.release(answered.release()?).await?.ok_or(No::NotFound)?;
    let mut event = Event::new(Kind::AreaAnswered, origin.release.object())
        .with("area", answered.area_id.clone())
        .with("makes_own", begun.is_some());
    if let Some(begun) = &begun {
        open_now(&origin.release, now)?;
        if origin.release.version != begun.read {
            return Err(No::refused(Refusal::WrongStage { stage: origin.release.word(now) }));
        }
        let mut filed = begun.filed.clone();
        filed.release.requested_at = now;
        tx.add_release(&filed).await?;
        event = event.with("release", filed.release.id.to_string());
    }
    if !tx.answer_area(&answered).await? {
        return Err(No::refused(Refusal::AreaAnswered));
    }
    tx.append(&event, by, stamp).await?;
    if let Some(begun) = begun {
        let event = Event::new(Kind::Requested, begun.filed.release.object())
            .with("photographs", 0)
            .with("origin", origin.release.object());
        tx.append(&event, by, stamp).await?;
    }
    Ok(())
}
