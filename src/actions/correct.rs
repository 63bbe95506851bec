//! The correction of a live release's words (K8.7): the same reference, the next version, the same limit.
//!
//! Promises: the new words meet every rule the old ones met; one act puts them into every copy that still opens, keeps the old ones
//! for the police, and asks every holder to read the conditions again; until its commit the old version stands whole, after it the
//! old words open for nobody outside. Nothing is sealed to a key without a chain to the root. Absent on purpose: photographs, keys and
//! marks of copies, which stay as they are; the first words (`actions::release`). Proved by `tests/it/journeys/corrections.rs`.

use crate::actions::answers::Form;
use crate::actions::casefile::{self, CaseFile, Draft};
use crate::actions::corrections::{self, Said};
use crate::actions::decision;
use crate::actions::office::ten;
use crate::actions::plan::Addressee;
use crate::actions::request::{beside_fields, drop_blobs, take_back};
use crate::actions::{Fault, FieldError, No, Office, seal, seal_words, statement, trust};
use crate::domain::actor::Actor;
use crate::domain::ids::{CopyId, ReleaseId, RevisionId};
use crate::domain::policy::Act;
use crate::domain::refusal::Refusal;
use crate::domain::release::material::Indication;
use crate::domain::release::notice::Telling;
use crate::domain::release::{Correction, Order};
use crate::domain::words::{Line, Prose};
use crate::ledger::trust::Root;
use crate::sealing::age::Recipient;
use crate::sealing::copy::seal_text;
use crate::store::copies::{Part, Row};
use crate::store::corrections::Revision;
use crate::store::log::Stamp;
use crate::store::releases::Filed;
use crate::store::statements::Statement;
use crate::store::{Conn, Tx};

/// Questions whose words the signed document names by their digests: what leaves is kept sealed to the unit alone.
pub const BY_DIGEST: [&str; 2] = ["name", "text"];

/// What was typed.
struct Typed {
    draft: Draft,
    said: Said,
    danger: bool,
    indication: Option<Indication>,
}

impl Typed {
    fn parse(form: &Form) -> Result<Self, No> {
        let mut wrong = Vec::new();
        let name = Line::optional("The name", form.field("name")).unwrap_or_else(|why| {
            wrong.push(FieldError::new("name", why.to_string()));
            Line::default()
        });
        let mut prose = |field, what| {
            Prose::optional(what, form.field(field)).unwrap_or_else(|why| {
                wrong.push(FieldError::new(field, why.to_string()));
                Prose::default()
            })
        };
        let text = prose("text", "The text");
        let said = Said {
            name_why: prose("name_why", "The justification"),
            instructions: prose("instructions", "The instructions"),
            changed: prose("changed", "What changed"),
            reason: prose("reason", "The reason"),
            named: Some(!name.is_empty()),
        };
        if !wrong.is_empty() {
            return Err(No::Invalid(wrong));
        }
        let indication = match form.field("indication") {
            "likely" => Some(Indication::Likely),
            "notice" => Some(Indication::NoticeOffence),
            _ => None,
        };
        Ok(Self {
            draft: Draft { name, text, ..Draft::default() },
            said,
            danger: form.field("danger") == "yes",
            indication,
        })
    }

    /// What leaves. Instructions alone are no words about anybody.
    fn words(&self) -> String {
        if self.draft.name.is_empty() && self.draft.text.is_empty() {
            return String::new();
        }
        self.draft.released(self.said.instructions.as_str()).unwrap_or_default()
    }
}

/// What a co-ordinator finds on the form: the version it makes, the instructions in force, whether there is danger.
pub struct Before {
    /// The version it makes.
    pub revision: i64,
    /// The instructions that stand in the words now.
    pub instructions: String,
    /// The warning.
    pub danger: bool,
    /// The person was told in writing before (O3.2.3).
    noticed: bool,
}

/// The instructions that stand in the words now: those of the newest correction, or of the decision (K7.4).
pub async fn before(office: &Office, by: &Actor, id: ReleaseId) -> Result<Before, No> {
    let mut conn = office.read().await?;
    let of = decision::gather(office, &mut conn, by, Act::SeeRelease, id, office.now()).await?;
    let versions = corrections::versions(office, &mut conn, id).await?;
    let first = &of.case.considered.recipients.instructions;
    let instructions = versions.first().map_or(first, |newest| &newest.said.instructions).as_str().to_owned();
    let noticed = of.case.considered.notice.telling == Some(Telling::Served);
    Ok(Before { revision: corrections::in_force(&versions) + 1, instructions, danger: of.filed.danger, noticed })
}

/// Corrects the words, signed. An exchanged key is an alarm, and nothing is sealed.
pub async fn correct(office: &Office, by: &Actor, id: ReleaseId, form: &Form, stamp: Stamp) -> Result<(), No> {
    let done = correct_proven(office, by, id, form, stamp.clone()).await;
    trust::alarm(office, &format!("release/{id}"), done, &stamp).await.map_err(|no| match no {
        No::Refused(refusals) => beside_fields(refusals),
        other => other,
    })
}

async fn correct_proven(office: &Office, by: &Actor, id: ReleaseId, form: &Form, stamp: Stamp) -> Result<(), No> {
    let before = before(office, by, id).await?;
    let typed = Typed::parse(form)?;
    let mut conn = office.read().await?;
    let filed = casefile::load(&mut conn, by, Act::SeeRelease, id).await?;
    let words = typed.words();
    // A page of before: that it changed is told, not that these are the words in force by now.
    let stale = form.field("revision") != before.revision.to_string();
    let same = filed.text_sha256.as_deref() == Some(&casefile::digest(&words)) && filed.danger == typed.danger;
    let correction = Correction {
        revision: before.revision,
        noticed: before.noticed,
        name: typed.draft.name.clone(),
        name_why: typed.said.name_why.clone(),
        indication: typed.indication,
        instructions_lost: !before.instructions.is_empty() && typed.said.instructions.is_empty(),
        changed: typed.said.changed.clone(),
        reason: typed.said.reason.clone(),
        same: same && !stale,
        words,
    };
    filed.release.decide(Order::Correct(Box::new(correction.clone())), by, office.now())?;
    if stale {
        return Err(No::refused(Refusal::RecordChanged));
    }
    let copies = opening(&mut conn, id).await?;
    let area = conn.area(filed.release.area).await?.ok_or(No::NotFound)?;
    trust::unit(office, &mut conn, filed.release.area, &area.unit_recipient).await?;
    proven(office.root.as_ref(), &mut conn, &copies).await?;
    // Given back before the signature is checked, which takes one of its own: many at once must not wait for each other.
    drop(conn);
    let signer = by.person().ok_or(No::NotFound)?;
    let object = filed.release.object();
    let statement = statement::check_form(office, signer, "correction", &object, form, &BY_DIGEST).await?;
    let (file, _) = casefile::open(office, &filed)?;
    let unit = area.unit_recipient;
    let (text_object, ready, objects) = make_ready(office, &correction, &copies, &unit).await?;
    let plan = Plan { read: filed, file, unit, typed, correction, text_object, ready, statement };
    let sealed = plan.seal(office)?;
    let (actor, root) = (by.clone(), office.root.clone());
    let done = office
        .act_as(by, move |tx| Box::pin(async move { plan.carry_out(tx, &actor, root.as_ref(), sealed, &stamp).await }))
        .await;
    match done {
        Ok(gone) => {
            // Nothing names them any more. What cannot be destroyed now is left to the sweep of orphans.
            drop_blobs(office, gone.get()).await;
            Ok(())
        }
        Err(no) => {
            take_back(office, &no, &objects).await;
            Err(no)
        }
    }
}

/// The copies that still open: their words are exchanged.
async fn opening(conn: &mut Conn, id: ReleaseId) -> Result<Vec<Row>, No> {
    let mut open = Vec::new();
    for copy in conn.copies_of_release(id).await?.into_iter().filter(|copy| copy.wrapped_key.is_some()) {
        // Whoever follows a leaver gets their first words after they accepted the conditions: then those in force.
        let waits = copy.awaits_conditions() && !seal_words::has_words(conn, &copy).await?;
        open.extend((!waits).then_some(copy));
    }
    Ok(open)
}

async fn proven(root: Option<&Root>, conn: &mut Conn, copies: &[Row]) -> Result<(), No> {
    let to: Vec<trust::To> =
        copies.iter().map(|copy| Addressee::of(copy).to().ok_or(No::NotFound)).collect::<Result<_, _>>()?;
    let unmet = trust::unproven_under(root, conn, &to).await?;
    if unmet.is_empty() { Ok(()) } else { Err(No::from(unmet)) }
}

type Readied = (String, Vec<(Row, Part)>, Vec<String>);

/// Seals the new words to the unit and to each holder, under the copy's own second lock, and stores the blobs. What fails here leaves
/// blobs that nothing names, for the sweep of orphans.
async fn make_ready(office: &Office, of: &Correction, copies: &[Row], unit: &str) -> Result<Readied, No> {
    let broken = |why: String| Fault::Other(why);
    let to = Recipient::parse(unit).map_err(|why| broken(why.to_string()))?;
    let sealed = seal_text(&of.words, &to).map_err(|why| broken(why.to_string()))?;
    let text_object = office.vault.put(sealed).await?;
    let (mut ready, mut objects) = (Vec::new(), vec![text_object.clone()]);
    for row in copies {
        let part = seal_words::sealed_part(office, row, &of.words, of.revision).await?;
        objects.push(part.object.clone());
        ready.push((row.clone(), part));
    }
    Ok((text_object, ready, objects))
}

struct Plan {
    /// The release as it was read.
    read: Filed,
    file: CaseFile,
    /// The unit's recipient that the new words were sealed to.
    unit: String,
    typed: Typed,
    correction: Correction,
    text_object: String,
    ready: Vec<(Row, Part)>,
    statement: Statement,
}

/// What goes under the records key.
struct Sealed {
    file: Vec<u8>,
    revision: RevisionId,
    body: Vec<u8>,
}

impl Plan {
    fn seal(&self, office: &Office) -> Result<Sealed, No> {
        let (id, version) = (self.read.release.id, self.read.release.version);
        let (file, _) = casefile::seal(office, id, version + 1, &self.file, None)?;
        let revision = RevisionId::fresh(office.now(), ten());
        let body = corrections::sealed(office, "revision", &revision.to_string(), "body", &self.typed.said)?;
        Ok(Sealed { file, revision, body })
    }

    /// Refused if anything is not as it was read: another correction, a recall, a copy made or ended, a key made anew.
    async fn unchanged(&self, tx: &mut Tx, root: Option<&Root>) -> Result<Filed, No> {
        let id = self.read.release.id;
        let filed = tx.release(id).await?.ok_or(No::NotFound)?;
        let newest = tx.revisions(id).await?.first().map_or(1, |row| row.number);
        let copies = opening(tx, id).await?;
        let same = copies.len() == self.ready.len()
            && copies.iter().zip(&self.ready).all(|(now, (then, _))| {
                (&now.id, &now.recipient, &now.wrapped_key) == (&then.id, &then.recipient, &then.wrapped_key)
            });
        proven(root, tx, &copies).await?;
        trust::unit_under(root, tx, filed.release.area, &self.unit).await?;
        if !same || newest + 1 != self.correction.revision || filed.release.version != self.read.release.version {
            return Err(No::refused(Refusal::RecordChanged));
        }
        Ok(filed)
    }

    /// The one act. Answers the blobs of the old words in copies, which nothing names any more.
    async fn carry_out(
        self,
        tx: &mut Tx,
        by: &Actor,
        root: Option<&Root>,
        sealed: Sealed,
        stamp: &Stamp,
    ) -> Result<Vec<String>, No> {
        let (now, person) = (tx.now(), by.person().ok_or(No::NotFound)?);
        let mut filed = self.unchanged(tx, root).await?;
        let decision = filed.release.decide(Order::Correct(Box::new(self.correction.clone())), by, now)?;
        tx.add_statement(&self.statement).await?;
        let row = Revision {
            id: sealed.revision.to_string(),
            release_id: filed.release.id.to_string(),
            number: self.correction.revision,
            text_object: filed.text_object.replace(self.text_object),
            text_sha256: filed.text_sha256.replace(casefile::digest(&self.correction.words)),
            danger: filed.danger,
            body: sealed.body,
            corrected_by: person.to_string(),
            corrector: String::new(),
            corrected_at: now.millis(),
            statement_id: self.statement.id.clone(),
        };
        tx.add_revision(&row).await?;
        (filed.file, filed.danger) = (sealed.file, self.typed.danger);
        if let Some(object) = &filed.text_object {
            tx.under_unit(object, filed.release.area, &self.unit, None).await?;
        }
        let event = tx.carry_out(&filed, decision).await?;
        let event = event.with("copies", self.ready.len()).with("statement", self.statement.id);
        tx.append(&event, by, stamp).await?;
        let mut gone = Vec::new();
        for (row, part) in &self.ready {
            let copy = CopyId::parse(&row.id).ok_or(No::NotFound)?;
            gone.extend(tx.exchange_words(copy, part).await?);
            seal::finish_copy(tx, copy, by, stamp).await?;
        }
        Ok(gone)
    }
}
