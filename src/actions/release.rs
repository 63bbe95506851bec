//! The co-ordinator's decisions on a release: authorise, refuse, void; the officer's withdrawal. Every one through
//! [`Release::decide`](crate::domain::release::Release::decide), inside the writing act.
//! Absent on purpose: recalling, which is a demand ([`crate::actions::demands`]).

use crate::actions::answers::Form;
use crate::actions::casefile::{self, CaseFile, Draft};
use crate::actions::decision::{self, Gathered, record};
use crate::actions::request::{beside_fields, draft, take_back};
use crate::actions::supply::{Ready, make_ready, printer, unproven};
use crate::actions::{Fault, No, Office, issues, seal, statement, trust};
use crate::domain::actor::Actor;
use crate::domain::ids::{PersonId, ReleaseId};
use crate::domain::policy::Act;
use crate::domain::refusal::Refusal;
use crate::domain::release::{Order, Stage};
use crate::domain::scheme::Footing;
use crate::domain::words::Prose;
use crate::ledger::trust::Root;
use crate::sealing::age::Recipient;
use crate::sealing::copy::seal_text;
use crate::store::log::Stamp;
use crate::store::registers::Receiver;
use crate::store::releases::Filed;
use crate::store::statements::Statement;
use crate::store::{Conn, Tx};

/// The co-ordinator's answer, signed: `authorise` over the whole record, the words and the photographs, or `refuse`.
pub async fn decide(office: &Office, by: &Actor, id: ReleaseId, form: &Form, stamp: Stamp) -> Result<(), No> {
    match form.field("answer") {
        "authorise" => authorise(office, by, id, form, stamp).await,
        "refuse" => {
            end(office, by, id, Ending { kind: "authority", form, order: |reason, _| Order::Refuse { reason } }, stamp)
                .await
        }
        _ => Err(No::field("statement", "Choose one of the two buttons: authorise, or refuse.")),
    }
}

/// Whether the form was about exactly what lies in the case now.
fn same_subject(form: &Form, of: &Gathered) -> Result<(), No> {
    let (words, pictures) = of.subject();
    if form.fields("words") == [words.as_str()] && form.fields("photograph") == pictures {
        return Ok(());
    }
    Err(No::field("statement", "The request is not what this page showed. Look at it again, then sign."))
}

/// Whether the signed record says what the record says now.
pub(super) async fn same_record(office: &Office, conn: &mut Conn, form: &Form, of: &Gathered) -> Result<(), No> {
    let now = record::text(&record::sections(office, conn, of).await?);
    if form.field("record").replace("\r\n", "\n").trim_end() == now.trim_end() {
        return Ok(());
    }
    Err(No::refused(Refusal::RecordChanged))
}

/// Authorises (K7.7.1): every rule met, every key proven up to the root, a number taken, copies made for the named recipients,
/// the draft erased. Everything slow is done before the act; inside it all is asked again on what is true there.
async fn authorise(office: &Office, by: &Actor, id: ReleaseId, form: &Form, stamp: Stamp) -> Result<(), No> {
    let done = authorise_proven(office, by, id, form, stamp.clone()).await;
    trust::alarm(office, &format!("release/{id}"), done, &stamp).await.map_err(|no| match no {
        No::Refused(refusals) => beside_fields(refusals),
        other => other,
    })
}

async fn authorise_proven(office: &Office, by: &Actor, id: ReleaseId, form: &Form, stamp: Stamp) -> Result<(), No> {
    let mut conn = office.read().await?;
    let now = office.now();
    let of = decision::gather(office, &mut conn, by, Act::Decide, id, now).await?;
    let order = Order::Authorise(Box::new(of.case.clone()));
    let mut unmet = of.filed.release.decide(order, by, now).err().unwrap_or_default();
    let signer = by.person().ok_or(No::NotFound)?;
    let printer = printer(&mut conn, &of.case.considered.risk.prints, signer).await?;
    unmet.extend(unproven(office.root.as_ref(), &mut conn, &of.people, printer.as_ref()).await?);
    if !unmet.is_empty() {
        return Err(No::from(unmet));
    }
    same_subject(form, &of)?;
    same_record(office, &mut conn, form, &of).await?;
    let area = conn.area(of.filed.release.area).await?.ok_or(No::NotFound)?;
    trust::unit(office, &mut conn, of.filed.release.area, &area.unit_recipient).await?;
    // Given back before the signature is checked, which takes one of its own: many at once must not wait for each other.
    drop(conn);
    let statement = statement::check_form(office, signer, "authority", &of.filed.release.object(), form, &[]).await?;
    let words = (!of.case.words.is_empty()).then(|| of.case.words.clone());
    let (ready, text_object, objects) =
        make_ready(office, words.as_deref(), &of, printer.as_ref(), &area.unit_recipient).await?;
    let file = CaseFile { versions: Some(of.case.versions.clone()), ..of.file.clone() };
    let (file_sealed, _) = casefile::seal(office, id, of.filed.release.version + 1, &file, None)?;
    let plan = Plan {
        of,
        ready,
        printer,
        words,
        text_object,
        file_sealed,
        root: office.root.clone(),
        unit: area.unit_recipient,
        statement,
    };
    let actor = by.clone();
    let done = office.act_as(by, move |tx| Box::pin(async move { plan.carry_out(tx, &actor, &stamp).await })).await;
    if let Err(no) = &done {
        take_back(office, no, &objects).await;
    }
    done.map(|_| ())
}

struct Plan {
    /// The case that was decided on.
    of: Gathered,
    ready: Vec<Ready>,
    /// The police who print sheets for the recipients, where they do.
    printer: Option<trust::To>,
    /// What leaves in words.
    words: Option<String>,
    text_object: Option<String>,
    file_sealed: Vec<u8>,
    root: Option<Root>,
    /// The unit's recipient that the text was sealed to.
    unit: String,
    statement: Statement,
}

impl Plan {
    async fn carry_out(self, tx: &mut Tx, by: &Actor, stamp: &Stamp) -> Result<(), No> {
        let now = tx.now();
        let (case, people) = decision::again(tx, &self.of, now).await?;
        if !self.same_keys(tx, &people).await? {
            return Err(No::Unavailable);
        }
        let mut filed = self.of.filed;
        let unproven = unproven(self.root.as_ref(), tx, &people, self.printer.as_ref()).await?;
        if !unproven.is_empty() {
            return Err(No::from(unproven));
        }
        trust::unit_under(self.root.as_ref(), tx, filed.release.area, &self.unit).await?;
        let urn = case.urn.clone();
        let (_, serial) = tx.next_urn(filed.release.area, now).await?;
        let decision = filed.release.decide(Order::Authorise(Box::new(case)), by, now)?;
        filed.file = self.file_sealed;
        filed.draft = None;
        filed.text_sha256 = self.words.as_deref().map(casefile::digest);
        filed.text_object = self.text_object;
        if let Some(object) = &filed.text_object {
            tx.under_unit(object, filed.release.area, &self.unit, None).await?;
        }
        tx.add_statement(&self.statement).await?;
        let event = tx.carry_out(&filed, decision).await?.with("statement", self.statement.id.clone());
        tx.issue(&filed.release, &urn, serial).await?;
        tx.append(&event, by, stamp).await?;
        for ready in &self.ready {
            tx.add_copy(&ready.new).await?;
            if let Some(part) = &ready.text {
                tx.add_part(part).await?;
            }
            if self.of.photographs.is_empty() {
                seal::finish_copy(tx, ready.new.copy, by, stamp).await?;
            }
        }
        Ok(())
    }

    /// Whether every copy was made ready for the very key that its opener has now.
    async fn same_keys(&self, tx: &mut Tx, people: &[(Receiver, Footing)]) -> Result<bool, No> {
        let now = match &self.printer {
            Some(to) => tx.person(to.person).await?.map_or_else(String::new, |person| person.recipient),
            None => String::new(),
        };
        let key = |opener: PersonId| {
            let holder = people.iter().find(|(_, footing)| footing.person == opener);
            let printer = self.printer.iter().find(|to| to.person == opener);
            holder.map(|(row, _)| row.recipient.as_str()).or(printer.map(|_| now.as_str()))
        };
        let electronic = self.ready.iter().filter(|ready| ready.new.sheet.is_none()).count();
        let same = self.ready.iter().all(|ready| key(ready.opener) == Some(ready.recipient.as_str()));
        Ok(same && electronic == people.len())
    }
}

/// Sends a request back to the officer, who sees what is missing (K7.7). The draft stays; nothing is signed.
pub async fn send_back(office: &Office, by: &Actor, id: ReleaseId, more: &str, stamp: Stamp) -> Result<(), No> {
    let reason = Prose::parse("what is missing", more).map_err(|why| No::field("more", why.to_string()))?;
    let mut conn = office.read().await?;
    let filed = casefile::load(&mut conn, by, Act::Decide, id).await?;
    let (file, draft) = casefile::open(office, &filed)?;
    drop(conn);
    let read = filed.release.version;
    filed.release.decide(Order::Return { reason: reason.clone() }, by, office.now())?;
    let file = CaseFile { reason: Some(reason.clone()), ..file };
    let (sealed, draft) = casefile::seal(office, id, read + 1, &file, draft.as_ref())?;
    let acting = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let mut filed = tx.release(id).await?.ok_or(No::NotFound)?;
                if filed.release.version != read {
                    return Err(No::refused(Refusal::WrongStage { stage: filed.release.word(now) }));
                }
                let decision = filed.release.decide(Order::Return { reason }, &acting, now)?;
                (filed.file, filed.draft) = (sealed, draft);
                let event = tx.carry_out(&filed, decision).await?;
                tx.append(&event, &acting, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Voids a number issued in error, signed: nobody has opened a copy; the number stays in the register with its reason (K8.3), and
/// every key of it is destroyed.
pub async fn void(office: &Office, by: &Actor, id: ReleaseId, form: &Form, stamp: Stamp) -> Result<(), No> {
    let order = |reason, opened| Order::Void { reason, opened };
    end(office, by, id, Ending { kind: "void", form, order }, stamp).await?;
    office.board.close(id.to_string());
    crate::actions::sweep::clear_away(office).await;
    Ok(())
}

/// Withdraws one's own request, signed.
pub async fn withdraw(office: &Office, by: &Actor, id: ReleaseId, form: &Form, stamp: Stamp) -> Result<(), No> {
    if draft::is_draft(office, by, id).await? {
        // A draft is thrown away, unsigned: nothing of it is kept.
        return Err(No::refused(Refusal::WrongStage { stage: "draft" }));
    }
    end(office, by, id, Ending { kind: "withdrawal", form, order: |reason, _| Order::Withdraw { reason } }, stamp).await
}

/// Whether somebody has opened a copy.
async fn opened(conn: &mut Conn, id: ReleaseId) -> Result<bool, No> {
    Ok(conn.copies_of_release(id).await?.iter().any(|copy| copy.opened_at.is_some()))
}

/// How a case ends: what is signed, and the order, given the reason and whether somebody has opened a copy.
struct Ending<'a> {
    kind: &'static str,
    form: &'a Form,
    order: fn(Prose, bool) -> Order,
}

/// A release as it was read; refused if it changed since.
async fn unmoved(tx: &mut Tx, id: ReleaseId, read: i64) -> Result<Filed, No> {
    let filed = tx.release(id).await?.ok_or(No::NotFound)?;
    if filed.release.version == read {
        return Ok(filed);
    }
    Err(No::refused(Refusal::WrongStage { stage: filed.release.word(tx.now()) }))
}

async fn end(office: &Office, by: &Actor, id: ReleaseId, ending: Ending<'_>, stamp: Stamp) -> Result<(), No> {
    let Ending { kind, form, order } = ending;
    let reason = form.field("reason");
    let reason = Prose::optional("The reason", reason).map_err(|why| No::field("reason", why.to_string()))?;
    let mut conn = office.read().await?;
    let of = decision::gather(office, &mut conn, by, Act::SeeRelease, id, office.now()).await?;
    let asked = order(reason.clone(), opened(&mut conn, id).await?);
    of.filed.release.decide(asked, by, office.now()).map_err(beside_fields)?;
    if kind == "authority" {
        same_subject(form, &of)?;
        same_record(office, &mut conn, form, &of).await?;
    }
    // A refusal is a decision too: it keeps what it was made under.
    let Gathered { filed, file, draft, case, .. } = of;
    let versions = if kind == "authority" { Some(case.versions) } else { file.versions.clone() };
    let read = filed.release.version;
    drop(conn);
    let signer = by.person().ok_or(No::NotFound)?;
    let statement = statement::check_form(office, signer, kind, &filed.release.object(), form, &[]).await?;
    let proposed = seal_proposed(office, &filed, draft.as_ref()).await;
    let proposed = trust::alarm(office, &filed.release.object(), proposed, &stamp).await?;
    let file = CaseFile { reason: Some(reason.clone()), versions, ..file };
    // The draft is erased with the case's end; what was proposed is kept sealed to the unit (K6.4.1).
    let objects: Vec<String> = proposed.iter().map(|(object, _)| object.clone()).collect();
    let (sealed, _) = casefile::seal(office, id, read + 1, &file, None)?;
    let void_words = issues::seal_reason(office, filed.release.stage.authority().map_or("", |one| &one.urn), &reason)?;
    let acting = by;
    let by = by.clone();
    let done = office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let mut filed = unmoved(tx, id, read).await?;
                // Between the page and here somebody may have opened a copy: asked again where nothing comes between.
                let order = order(reason.clone(), opened(tx, id).await?);
                let decision = filed.release.decide(order, &by, now)?;
                if matches!(decision.next(), Stage::Voided { .. }) {
                    tx.void_issue(id, &void_words).await?;
                }
                filed.file = sealed;
                filed.draft = None;
                if let Some((object, unit)) = proposed {
                    tx.under_unit(&object, filed.release.area, &unit, None).await?;
                    filed.text_object = filed.text_object.or(Some(object));
                }
                tx.add_statement(&statement).await?;
                let event = tx.carry_out(&filed, decision).await?.with("statement", statement.id.clone());
                tx.destroy_keys(id).await?;
                tx.append(&event, &by, &stamp).await?;
                Ok(())
            })
        })
        .await;
    if let Err(no) = &done {
        take_back(office, no, &objects).await;
    }
    done.map(|_| ()).map_err(|no| match no {
        No::Refused(refusals) => beside_fields(refusals),
        other => other,
    })
}

/// Seals the words of a request that ends without authority to the unit: proposed material is kept too (K6.4.1).
/// Answers the blob's name and the unit's recipient.
async fn seal_proposed(office: &Office, filed: &Filed, draft: Option<&Draft>) -> Result<Option<(String, String)>, No> {
    let Some(words) = draft.and_then(|draft| draft.released("")) else { return Ok(None) };
    let mut conn = office.read().await?;
    let area = conn.area(filed.release.area).await?.ok_or(No::NotFound)?;
    trust::unit(office, &mut conn, filed.release.area, &area.unit_recipient).await?;
    drop(conn);
    let unit = Recipient::parse(&area.unit_recipient).map_err(|why| Fault::Other(why.to_string()))?;
    let sealed = seal_text(&words, &unit).map_err(|why| Fault::Other(why.to_string()))?;
    Ok(Some((office.vault.put(sealed).await?, area.unit_recipient)))
}
