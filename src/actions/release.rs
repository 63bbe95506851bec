//! The co-ordinator's decisions on a release: authorise, refuse, recall; the officer's withdrawal. Every one through
//! [`Release::decide`](crate::domain::release::Release::decide), inside the writing act.

use crate::actions::answers::{Form, digested};
use crate::actions::casefile::{self, CaseFile, Draft};
use crate::actions::office::ten;
use crate::actions::request::{beside_fields, take_back};
use crate::actions::{Fault, No, Office, consider, seal, statement, trust};
use crate::clock;
use crate::domain::actor::Actor;
use crate::domain::ids::{CopyId, PersonId, ReleaseId, SchemeId};
use crate::domain::moment::{Moment, parse_day};
use crate::domain::policy::Act;
use crate::domain::refusal::Refusal;
use crate::domain::release::order::Case;
use crate::domain::release::{Considered, Order};
use crate::domain::scheme::Footing;
use crate::domain::texts::Versions;
use crate::domain::words::Prose;
use crate::ledger::trust::Root;
use crate::sealing::age::Recipient;
use crate::sealing::copy::seal_text;
use crate::sealing::lock::CopyKey;
use crate::store::copies::Part;
use crate::store::log::Stamp;
use crate::store::registers::Receiver;
use crate::store::releases::{Filed, Photograph};
use crate::store::statements::Statement;
use crate::store::{Conn, Tx};

/// The setting that holds the last day of the force's data protection registration (K8.1).
pub const REGISTRATION_ENDS: &str = "registration_ends";

/// A copy made ready before the act: its key wrapped, its text sealed and stored.
struct Ready {
    copy: CopyId,
    footing: Footing,
    recipient: String,
    mark: String,
    wrapped_key: Vec<u8>,
    text: Option<Part>,
}

/// The co-ordinator's answer, signed over everything considered, the words and the photographs: `authorise` or `refuse`.
pub async fn decide(office: &Office, by: &Actor, id: ReleaseId, form: &Form, stamp: Stamp) -> Result<(), No> {
    match form.field("answer") {
        "authorise" => authorise(office, by, id, form, stamp).await,
        "refuse" => {
            end(office, by, id, Ending { kind: "authority", form, order: |reason| Order::Refuse { reason } }, stamp)
                .await
        }
        _ => Err(No::field("statement", "Choose one of the two buttons: authorise, or refuse.")),
    }
}

/// What stands in the decision's form for the words and the photographs it is about: digests of the words that leave (none: an
/// empty text) and of each photograph as uploaded, in order.
pub fn subject(draft: Option<&Draft>, photographs: &[Photograph]) -> (String, Vec<String>) {
    let words = draft.and_then(Draft::released).map_or_else(String::new, |words| digested(words.as_bytes()));
    (words, photographs.iter().map(|one| format!("sha256:{}", one.sha256)).collect())
}

/// Whether the form was about exactly what lies in the case now.
fn same_subject(form: &Form, draft: Option<&Draft>, photographs: &[Photograph]) -> Result<(), No> {
    let (words, pictures) = subject(draft, photographs);
    if form.fields("words") == [words.as_str()] && form.fields("photograph") == pictures {
        return Ok(());
    }
    Err(No::field("statement", "The request is not what this page showed. Look at it again, then sign."))
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
    let filed = casefile::load(&mut conn, by, Act::Decide, id).await?;
    let (file, draft) = casefile::open(office, &filed)?;
    let now = office.now();
    let named = file.request.named;
    let (considered, recipients) = consider::parse(|name| form.field(name), &form.fields("recipients"), named, now)?;
    let people = chosen(&mut conn, &filed, &recipients, now).await?;
    let photographs = conn.photographs(id).await?;
    let subject = same_subject(form, draft.as_ref(), &photographs);
    let draft = draft.unwrap_or_default();
    let versions = conn.versions_in_force().await?;
    let case = build(&mut conn, &filed, &file, &draft, &considered, &people, now).await?;
    let mut unmet = filed.release.decide(Order::Authorise(Box::new(case)), by, now).err().unwrap_or_default();
    unmet.extend(unproven(office.root.as_ref(), &mut conn, &people).await?);
    if !unmet.is_empty() {
        return Err(No::from(unmet));
    }
    subject?;
    let area = conn.area(filed.release.area).await?.ok_or(No::NotFound)?;
    trust::unit(office, &mut conn, filed.release.area, &area.unit_recipient).await?;
    // Given back before the signature is checked, which takes one of its own: many at once must not wait for each other.
    drop(conn);
    let signer = by.person().ok_or(No::NotFound)?;
    let statement = statement::check_form(office, signer, "authority", &filed.release.object(), form, &[]).await?;
    let photographs = photographs.len();
    let (ready, text_object, objects) = make_ready(office, &draft, &people, &area.unit_recipient).await?;
    let file = CaseFile { considered: Some(considered.clone()), versions: Some(versions), ..file };
    let (file_sealed, _) = casefile::seal(office, id, filed.release.version + 1, &file, None)?;
    let (root, unit) = (office.root.clone(), area.unit_recipient);
    let plan =
        Plan { filed, file, draft, considered, ready, text_object, file_sealed, photographs, root, unit, statement };
    let actor = by.clone();
    let done = office.act_as(by, move |tx| Box::pin(async move { plan.carry_out(tx, &actor, &stamp).await })).await;
    if let Err(no) = &done {
        take_back(office, no, &objects).await;
    }
    done.map(|_| ())
}

struct Plan {
    filed: Filed,
    file: CaseFile,
    draft: Draft,
    considered: Considered,
    ready: Vec<Ready>,
    text_object: Option<String>,
    file_sealed: Vec<u8>,
    photographs: usize,
    root: Option<Root>,
    /// The unit's recipient that the text was sealed to.
    unit: String,
    statement: Statement,
}

impl Plan {
    async fn carry_out(self, tx: &mut Tx, by: &Actor, stamp: &Stamp) -> Result<(), No> {
        let now = tx.now();
        let mut filed = tx.release(self.filed.release.id).await?.ok_or(No::NotFound)?;
        if filed.release.version != self.filed.release.version {
            return Err(No::refused(Refusal::WrongStage { stage: filed.release.word(now) }));
        }
        if self.file.versions.as_ref() != Some(&tx.versions_in_force().await?) {
            return Err(No::field(
                "statement",
                "The policy’s texts or numbers changed while you signed. Look at the page again, then sign.",
            ));
        }
        let keys: Vec<(PersonId, SchemeId)> = self.ready.iter().map(|r| (r.footing.person, r.footing.scheme)).collect();
        let people = chosen(tx, &filed, &keys, now).await?;
        let same = people.iter().zip(&self.ready).all(|((row, _), ready)| row.recipient == ready.recipient);
        if !same || people.len() != self.ready.len() {
            return Err(No::Unavailable);
        }
        let unproven = unproven(self.root.as_ref(), tx, &people).await?;
        if !unproven.is_empty() {
            return Err(No::from(unproven));
        }
        trust::unit_under(self.root.as_ref(), tx, filed.release.area, &self.unit).await?;
        let case = build(tx, &filed, &self.file, &self.draft, &self.considered, &people, now).await?;
        let urn = case.urn.clone();
        let (_, serial) = tx.next_urn(filed.release.area, now).await?;
        let decision = filed.release.decide(Order::Authorise(Box::new(case)), by, now)?;
        filed.file = self.file_sealed;
        filed.draft = None;
        filed.text_sha256 = self.text_object.is_some().then(|| self.draft.digest()).flatten();
        filed.text_object = self.text_object;
        if let Some(object) = &filed.text_object {
            tx.under_unit(object, filed.release.area, &self.unit, None).await?;
        }
        tx.add_statement(&self.statement).await?;
        let event = tx.carry_out(&filed, decision).await?.with("statement", self.statement.id.clone());
        let event = event.with("versions", versions(self.file.versions));
        tx.issue(&filed.release, &urn, serial).await?;
        tx.append(&event, by, stamp).await?;
        for ready in &self.ready {
            let (copy, footing) = (ready.copy, &ready.footing);
            tx.add_copy(copy, filed.release.id, footing.person, footing.scheme, &ready.mark, &ready.wrapped_key)
                .await?;
            if let Some(part) = &ready.text {
                tx.add_part(part).await?;
            }
            if self.photographs == 0 {
                seal::finish_copy(tx, copy, by, stamp).await?;
            }
        }
        Ok(())
    }
}

/// The versions of texts and numbers as the log keeps them.
fn versions(of: Option<Versions>) -> serde_json::Value {
    serde_json::to_value(of.unwrap_or_default()).unwrap_or_default()
}

/// The named recipients with where they stand now; somebody of another area or unknown is refused (K6.2.4).
async fn chosen(
    conn: &mut Conn,
    filed: &Filed,
    recipients: &[(PersonId, SchemeId)],
    now: Moment,
) -> Result<Vec<(Receiver, Footing)>, No> {
    let most = conn.numbers_in_force().await?.0.recipients_max();
    if recipients.len() > most {
        return Err(No::field("recipients", format!("Choose at most {most} recipients")));
    }
    let mut people: Vec<(Receiver, Footing)> = Vec::new();
    for (person, scheme) in recipients {
        let row = conn.scheme(*scheme).await?;
        let here = match &row {
            Some(row) => row.area()? == filed.release.area,
            None => false,
        };
        let found = conn.footings(*scheme, now).await?.into_iter().find(|(_, footing)| footing.person == *person);
        match found {
            Some((receiver, _)) if here && receiver.recipient.is_empty() => {
                return Err(No::field(
                    "recipients",
                    format!("{} has no keys now: wait until they have joined again", receiver.name),
                ));
            }
            Some(found) if here => {
                if people.iter().all(|(_, footing)| footing.person != *person) {
                    people.push(found);
                }
            }
            _ => return Err(No::field("recipients", "Choose recipients from this area's schemes")),
        }
    }
    Ok(people)
}

/// Those of the chosen whose keys nobody proved, as refusals.
async fn unproven(root: Option<&Root>, conn: &mut Conn, people: &[(Receiver, Footing)]) -> Result<Vec<Refusal>, No> {
    let to = |(row, footing): &(Receiver, Footing)| trust::To {
        person: footing.person,
        name: row.name.clone(),
        recipient: row.recipient.clone(),
    };
    trust::unproven_under(root, conn, &people.iter().map(to).collect::<Vec<_>>()).await
}

async fn build(
    conn: &mut Conn,
    filed: &Filed,
    file: &CaseFile,
    draft: &Draft,
    considered: &Considered,
    people: &[(Receiver, Footing)],
    now: Moment,
) -> Result<Case, No> {
    let registration = conn.setting(REGISTRATION_ENDS).await?;
    Ok(Case {
        request: file.request.clone(),
        words: draft.released().unwrap_or_default(),
        photographs: conn.photographs(filed.release.id).await?.len(),
        considered: considered.clone(),
        recipients: people.iter().map(|(_, footing)| footing.clone()).collect(),
        registration_ends: registration.as_deref().and_then(parse_day),
        urn: conn.next_urn(filed.release.area, now).await?.0,
    })
}

type Readied = (Vec<Ready>, Option<String>, Vec<String>);

/// Seals the text to the unit and to each recipient, each under its own second lock, and stores the blobs.
async fn make_ready(office: &Office, draft: &Draft, people: &[(Receiver, Footing)], unit: &str) -> Result<Readied, No> {
    let words = draft.released();
    let broken = |why: String| Fault::Other(why);
    let mut objects = Vec::new();
    let mut text_object = None;
    if let Some(words) = &words {
        let unit = Recipient::parse(unit).map_err(|why| broken(why.to_string()))?;
        let object = office.vault.put(seal_text(words, &unit).map_err(|why| broken(why.to_string()))?).await?;
        objects.push(object.clone());
        text_object = Some(object);
    }
    let mut ready = Vec::new();
    for (row, footing) in people {
        let copy = CopyId::fresh(office.now(), ten());
        let key = CopyKey::fresh().map_err(|why| broken(why.to_string()))?;
        let mut text = None;
        if let Some(words) = &words {
            let to = Recipient::parse(&row.recipient).map_err(|why| broken(why.to_string()))?;
            let sealed = seal_text(words, &to).map_err(|why| broken(why.to_string()))?;
            let part = seal::store_part(office, copy, &key, None, "text", 0, &sealed).await?;
            objects.push(part.object.clone());
            text = Some(part);
        }
        let wrapped_key = office.records.wrap(&key, &copy.to_string()).map_err(|why| Fault::Lock(why.to_string()))?;
        let (footing, recipient) = (footing.clone(), row.recipient.clone());
        ready.push(Ready { copy, footing, recipient, mark: copy_mark(), wrapped_key, text });
    }
    Ok((ready, text_object, objects))
}

/// Six letters and digits that cannot be mistaken for one another, to stand beside the reference in the visible mark.
pub(super) fn copy_mark() -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    clock::random::<6>().iter().filter_map(|b| LETTERS.get(usize::from(b & 31))).map(|b| char::from(*b)).collect()
}

/// Withdraws one's own request, signed.
pub async fn withdraw(office: &Office, by: &Actor, id: ReleaseId, form: &Form, stamp: Stamp) -> Result<(), No> {
    end(office, by, id, Ending { kind: "withdrawal", form, order: |reason| Order::Withdraw { reason } }, stamp).await
}

/// Recalls (K8.2), signed: from the commit on no view follows; every key of it is destroyed in the same transaction.
pub async fn recall(office: &Office, by: &Actor, id: ReleaseId, form: &Form, stamp: Stamp) -> Result<(), No> {
    end(office, by, id, Ending { kind: "recall", form, order: |reason| Order::Recall { reason } }, stamp).await?;
    office.board.close(id.to_string());
    crate::actions::sweep::clear_away(office).await;
    Ok(())
}

/// How a case ends: what is signed, and the order.
struct Ending<'a> {
    kind: &'static str,
    form: &'a Form,
    order: fn(Prose) -> Order,
}

async fn end(office: &Office, by: &Actor, id: ReleaseId, ending: Ending<'_>, stamp: Stamp) -> Result<(), No> {
    let Ending { kind, form, order } = ending;
    let reason = form.field("reason");
    let reason = Prose::optional("The reason", reason).map_err(|why| No::field("reason", why.to_string()))?;
    let mut conn = office.read().await?;
    let filed = casefile::load(&mut conn, by, Act::SeeRelease, id).await?;
    let (file, draft) = casefile::open(office, &filed)?;
    let read = filed.release.version;
    filed.release.decide(order(reason.clone()), by, office.now()).map_err(beside_fields)?;
    if kind == "authority" {
        same_subject(form, draft.as_ref(), &conn.photographs(id).await?)?;
    }
    drop(conn);
    let signer = by.person().ok_or(No::NotFound)?;
    let statement = statement::check_form(office, signer, kind, &filed.release.object(), form, &[]).await?;
    let proposed = seal_proposed(office, &filed, draft.as_ref()).await;
    let proposed = trust::alarm(office, &filed.release.object(), proposed, &stamp).await?;
    let file = CaseFile { reason: Some(reason.clone()), ..file };
    // The draft is erased with the case's end; what was proposed is kept sealed to the unit (K6.4.1).
    let objects: Vec<String> = proposed.iter().map(|(object, _)| object.clone()).collect();
    let (sealed, _) = casefile::seal(office, id, read + 1, &file, None)?;
    let acting = by;
    let by = by.clone();
    let done = office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let mut filed = tx.release(id).await?.ok_or(No::NotFound)?;
                if filed.release.version != read {
                    return Err(No::refused(Refusal::WrongStage { stage: filed.release.word(now) }));
                }
                let decision = filed.release.decide(order(reason), &by, now)?;
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
    let Some(words) = draft.and_then(Draft::released) else { return Ok(None) };
    let mut conn = office.read().await?;
    let area = conn.area(filed.release.area).await?.ok_or(No::NotFound)?;
    trust::unit(office, &mut conn, filed.release.area, &area.unit_recipient).await?;
    drop(conn);
    let unit = Recipient::parse(&area.unit_recipient).map_err(|why| Fault::Other(why.to_string()))?;
    let sealed = seal_text(&words, &unit).map_err(|why| Fault::Other(why.to_string()))?;
    Ok(Some((office.vault.put(sealed).await?, area.unit_recipient)))
}
