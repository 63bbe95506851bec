//! Registers, first cut: schemes, their receivers, their members (K7.2, K7.3, O2.1); suspension; the register of issues.
//!
//! Every change is a leaf with the changed fields' names, never their contents.

use crate::actions::enrol::optional_day;
use crate::actions::office::ten;
use crate::actions::request::read;
use crate::actions::{FieldError, No, Office};
use crate::domain::actor::{Actor, Role};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, MemberId, PersonId, SchemeId};
use crate::domain::policy::{Act, Thing, may};
use crate::domain::scheme::{Footing, SchemeKind};
use crate::domain::words::Line;
use crate::store::log::Stamp;
pub use crate::store::people::{Area, Mail};
pub use crate::store::registers::{Member, Receiver, Scheme};
pub use crate::store::releases::Issue;
use crate::store::{Conn, Fault};

/// A scheme with its people.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The scheme.
    pub scheme: Scheme,
    /// Who receives for it and where they stand.
    pub receivers: Vec<(Receiver, Footing)>,
    /// Its member businesses.
    pub members: Vec<Member>,
}

fn thing(scheme: &Scheme) -> Result<Thing, Fault> {
    Ok(Thing::Scheme { area: scheme.area()?, scheme: scheme.id()? })
}

async fn load(conn: &mut Conn, by: &Actor, act: Act, id: SchemeId) -> Result<Scheme, No> {
    let scheme = conn.scheme(id).await?.ok_or(No::NotFound)?;
    if may(by, act, thing(&scheme)?) { Ok(scheme) } else { Err(No::NotFound) }
}

/// The schemes `by` may read.
pub async fn schemes(office: &Office, by: &Actor) -> Result<Vec<Scheme>, No> {
    let mut seen = Vec::new();
    for scheme in office.read().await?.schemes().await? {
        if may(by, Act::SeeScheme, thing(&scheme)?) {
            seen.push(scheme);
        }
    }
    Ok(seen)
}

/// The areas, for choosing one.
pub async fn areas(office: &Office) -> Result<Vec<Area>, No> {
    Ok(office.read().await?.areas().await?)
}

/// One scheme's register entry. An auditor's reading is a leaf (DPA 2018 s.62).
pub async fn scheme(office: &Office, by: &Actor, id: SchemeId, stamp: Stamp) -> Result<Entry, No> {
    let mut conn = office.read().await?;
    let scheme = load(&mut conn, by, Act::SeeScheme, id).await?;
    let entry = Entry { scheme, receivers: conn.footings(id, office.now()).await?, members: conn.members(id).await? };
    drop(conn);
    if by.is(Role::Auditor) {
        consulted(office, by, format!("scheme/{id}"), "register", stamp).await?;
    }
    Ok(entry)
}

/// Writes down that somebody read a record.
pub(super) async fn consulted(
    office: &Office,
    by: &Actor,
    object: String,
    query: &str,
    stamp: Stamp,
) -> Result<(), No> {
    let acting = by;
    let (by, event) = (by.clone(), Event::new(Kind::Consulted, object).with("query", query));
    office.act_as(acting, move |tx| Box::pin(async move { Ok(tx.append(&event, &by, &stamp).await?) })).await?;
    Ok(())
}

/// A scheme's fields as typed.
#[derive(Clone, Debug, Default, serde::Serialize)]
#[expect(missing_docs, reason = "named after the form's fields")]
pub struct SchemeForm {
    pub kind: String,
    pub name: String,
    pub ico_reference: String,
    pub isa_reference: String,
    pub isa_ends: String,
    pub suspended: String,
    pub version: String,
}

/// Changes a scheme's agreement, registration, suspension. What lapses closes the door at once.
pub async fn change_scheme(
    office: &Office,
    by: &Actor,
    id: SchemeId,
    form: &SchemeForm,
    stamp: Stamp,
) -> Result<(), No> {
    let was = load(&mut office.read().await?, by, Act::KeepRegister, id).await?;
    let mut wrong = Vec::new();
    let name = read(&mut wrong, "name", Line::parse("the scheme's name", &form.name));
    let ico = read(&mut wrong, "ico_reference", Line::parse("its ICO registration number", &form.ico_reference));
    let isa = read(&mut wrong, "isa_reference", Line::optional("The agreement's reference", &form.isa_reference));
    let isa_ends = optional_day("isa_ends", &form.isa_ends, &mut wrong);
    if isa_ends.is_some() && isa.as_ref().is_some_and(Line::is_empty) {
        wrong.push(FieldError::new("isa_reference", "Enter the reference of the agreement that runs to this date"));
    }
    let kind = SchemeKind::parse(&form.kind);
    if kind.is_none() {
        wrong.push(FieldError::new("kind", "Select the type of scheme"));
    }
    let (Some(name), Some(ico), Some(isa), Some(kind), true) = (name, ico, isa, kind, wrong.is_empty()) else {
        return Err(No::Invalid(wrong));
    };
    let row = Scheme {
        kind: kind.word().to_owned(),
        name: name.as_str().to_owned(),
        ico_reference: ico.as_str().to_owned(),
        isa_reference: isa.as_str().to_owned(),
        isa_ends,
        suspended: form.suspended == "yes",
        version: form.version.parse().unwrap_or(was.version),
        ..was.clone()
    };
    let mut fields = Vec::new();
    for (field, changed) in [
        ("kind", row.kind != was.kind),
        ("name", row.name != was.name),
        ("ico_reference", row.ico_reference != was.ico_reference),
        ("isa_reference", row.isa_reference != was.isa_reference),
        ("isa_ends", row.isa_ends != was.isa_ends),
        ("suspended", row.suspended != was.suspended),
    ] {
        if changed {
            fields.push(field);
        }
    }
    let acting = by;
    let by = by.clone();
    office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                if !tx.change_scheme(&row).await? {
                    return Err(No::field(
                        "name",
                        "Somebody changed this entry while you were typing. Reload the page and look again.",
                    ));
                }
                let event = Event::new(Kind::Registered, format!("scheme/{id}")).with("fields", fields);
                tx.append(&event, &by, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// A receiver's fields as typed.
#[derive(Clone, Debug, Default, serde::Serialize)]
#[expect(missing_docs, reason = "named after the form's fields")]
pub struct ReceiverForm {
    pub vetting_reference: String,
    pub vetting_ends: String,
    pub responsible_person: String,
    pub storage_place: String,
    pub suspended: String,
}

/// Changes a receiver's vetting (K7.3) and storage (K8.2), or suspends them; everything follows at once.
pub async fn change_receiver(
    office: &Office,
    by: &Actor,
    id: SchemeId,
    person: PersonId,
    form: &ReceiverForm,
    stamp: Stamp,
) -> Result<(), No> {
    let mut conn = office.read().await?;
    load(&mut conn, by, Act::KeepRegister, id).await?;
    let was =
        conn.receivers(id).await?.into_iter().find(|row| row.person_id == person.to_string()).ok_or(No::NotFound)?;
    drop(conn);
    let mut wrong = Vec::new();
    let reference =
        read(&mut wrong, "vetting_reference", Line::optional("The vetting reference", &form.vetting_reference));
    let responsible =
        read(&mut wrong, "responsible_person", Line::optional("The responsible person", &form.responsible_person));
    let place = read(&mut wrong, "storage_place", Line::optional("The place of storage", &form.storage_place));
    let vetting_ends = optional_day("vetting_ends", &form.vetting_ends, &mut wrong);
    if vetting_ends.is_some() && reference.as_ref().is_some_and(Line::is_empty) {
        wrong.push(FieldError::new(
            "vetting_reference",
            "Enter the reference of the vetting (policy I11) that runs to this date",
        ));
    }
    let (Some(reference), Some(responsible), Some(place), true) = (reference, responsible, place, wrong.is_empty())
    else {
        return Err(No::Invalid(wrong));
    };
    let suspended = form.suspended == "yes";
    let row = Receiver {
        vetting_reference: reference.as_str().to_owned(),
        vetting_ends,
        responsible_person: responsible.as_str().to_owned(),
        storage_place: place.as_str().to_owned(),
        ..was.clone()
    };
    let acting = by;
    let by = by.clone();
    office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                if !tx.change_membership(&row).await? {
                    return Err(No::NotFound);
                }
                let event = Event::new(Kind::Registered, format!("scheme/{id}"))
                    .with("fields", vec!["vetting", "storage"])
                    .with("person", person.to_string());
                tx.append(&event, &by, &stamp).await?;
                // Asked anew, here: a form that was opened before a suspension must not undo it. Restoring is the administrator's.
                let already = tx.person(person).await?.ok_or(No::NotFound)?.suspended;
                if suspended && !already {
                    tx.suspend(person, true).await?;
                    let event = Event::new(Kind::Suspended, format!("person/{person}")).with("suspended", true);
                    tx.append(&event, &by, &stamp).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Adds a member business (K7.2).
pub async fn add_member(
    office: &Office,
    by: &Actor,
    id: SchemeId,
    business: &str,
    contact: &str,
    agreement: &str,
    stamp: Stamp,
) -> Result<(), No> {
    load(&mut office.read().await?, by, Act::KeepRegister, id).await?;
    let mut wrong = Vec::new();
    let business = read(&mut wrong, "business", Line::parse("the business's name", business));
    let contact = read(&mut wrong, "contact", Line::parse("who to contact there", contact));
    let agreement = read(&mut wrong, "agreement", Line::parse("the reference of its signed agreement", agreement));
    let (Some(business), Some(contact), Some(agreement)) = (business, contact, agreement) else {
        return Err(No::Invalid(wrong));
    };
    let acting = by;
    let by = by.clone();
    let member = MemberId::fresh(office.now(), ten());
    office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                let row = Member {
                    id: member.to_string(),
                    scheme_id: id.to_string(),
                    business: business.as_str().to_owned(),
                    contact: contact.as_str().to_owned(),
                    agreement: agreement.as_str().to_owned(),
                    added_at: tx.now().millis(),
                    removed_at: None,
                };
                tx.add_member(&row).await?;
                let event = Event::new(Kind::Registered, format!("scheme/{id}"))
                    .with("fields", vec!["member.add"])
                    .with("member", row.id.clone());
                tx.append(&event, &by, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Writes down that a member business left.
pub async fn remove_member(
    office: &Office,
    by: &Actor,
    id: SchemeId,
    member: MemberId,
    stamp: Stamp,
) -> Result<(), No> {
    load(&mut office.read().await?, by, Act::KeepRegister, id).await?;
    let acting = by;
    let by = by.clone();
    office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                if tx.remove_member(member, id).await? {
                    let event = Event::new(Kind::Registered, format!("scheme/{id}"))
                        .with("fields", vec!["member.remove"])
                        .with("member", member.to_string());
                    tx.append(&event, &by, &stamp).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// An area's register of issues (K8.3).
pub async fn issues(office: &Office, by: &Actor, area: AreaId, stamp: Stamp) -> Result<Vec<Issue>, No> {
    if !may(by, Act::SeeIssues, Thing::Area(area)) {
        return Err(No::NotFound);
    }
    let issues = office.read().await?.issues(area).await?;
    if by.is(Role::Auditor) {
        consulted(office, by, format!("area/{area}"), "issues", stamp).await?;
    }
    Ok(issues)
}
