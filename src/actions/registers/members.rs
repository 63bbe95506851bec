//! The up-to-date register of a scheme's member businesses (K7.2), and what they were told of the legal duties in force (O3.5).

use super::{at, changed, exported, load, not_in_future, registered, table};
use crate::actions::enrol::optional_day;
use crate::actions::office::ten;
use crate::actions::request::read;
use crate::actions::{FieldError, No, Office};
use crate::domain::actor::Actor;
use crate::domain::ids::{MemberId, SchemeId};
use crate::domain::moment::Moment;
use crate::domain::policy::Act;
use crate::domain::words::Line;
use crate::store::log::Stamp;
use crate::store::registers::Member;

/// A member business's fields as typed.
#[derive(Clone, Debug, Default, serde::Serialize)]
#[expect(missing_docs, reason = "named after the form's fields")]
pub struct MemberForm {
    pub business: String,
    pub contact: String,
    pub agreement: String,
    pub agreed_on: String,
    pub member_told: String,
    pub member_version: String,
}

/// Reads the form; identifiers and times are the caller's.
fn read_form(form: &MemberForm, now: Moment) -> Result<Member, No> {
    let mut wrong = Vec::new();
    let mut line = |field, what, raw| read(&mut wrong, field, Line::parse(what, raw)).unwrap_or_default();
    let business = line("business", "the business's name", &form.business);
    let contact = line("contact", "who to contact there", &form.contact);
    let agreement = line("agreement", "the reference of its signed agreement", &form.agreement);
    let version = Line::optional("The version", &form.member_version);
    let version = read(&mut wrong, "member_version", version).unwrap_or_default();
    let agreed_on = optional_day("agreed_on", &form.agreed_on, &mut wrong);
    let told = optional_day("member_told", &form.member_told, &mut wrong);
    not_in_future("agreed_on", agreed_on.as_deref(), now, &mut wrong);
    not_in_future("member_told", told.as_deref(), now, &mut wrong);
    if told.is_some() && version.is_empty() {
        wrong.push(FieldError::new(
            "member_version",
            "Enter which version of the legal duties they were told of (O3.5)",
        ));
    }
    if !wrong.is_empty() {
        return Err(No::Invalid(wrong));
    }
    Ok(Member {
        id: String::new(),
        scheme_id: String::new(),
        business: business.as_str().to_owned(),
        contact: contact.as_str().to_owned(),
        agreement: agreement.as_str().to_owned(),
        agreed_on,
        duties_told: told,
        duties_version: version.as_str().to_owned(),
        added_at: now.millis(),
        removed_at: None,
    })
}

/// Adds a member business (K7.2).
pub async fn add_member(office: &Office, by: &Actor, id: SchemeId, form: &MemberForm, stamp: Stamp) -> Result<(), No> {
    load(&mut office.read().await?, by, Act::KeepRegister, id).await?;
    let member = MemberId::fresh(office.now(), ten());
    let row = Member { id: member.to_string(), scheme_id: id.to_string(), ..read_form(form, office.now())? };
    let acting = by;
    let by = by.clone();
    office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                let row = Member { added_at: tx.now().millis(), ..row };
                tx.add_member(&row).await?;
                registered(tx, &by, id, vec!["member.add"], Some(("member", row.id)), &stamp).await
            })
        })
        .await?;
    Ok(())
}

/// Changes a member business's entry.
pub async fn change_member(
    office: &Office,
    by: &Actor,
    id: SchemeId,
    member: MemberId,
    form: &MemberForm,
    stamp: Stamp,
) -> Result<(), No> {
    let mut conn = office.read().await?;
    load(&mut conn, by, Act::KeepRegister, id).await?;
    let was = conn.members(id).await?.into_iter().find(|row| row.id == member.to_string()).ok_or(No::NotFound)?;
    drop(conn);
    let read = read_form(form, office.now())?;
    let row =
        Member { id: was.id, scheme_id: was.scheme_id, added_at: was.added_at, removed_at: was.removed_at, ..read };
    let fields = changed(&[
        ("member.business", row.business != was.business),
        ("member.contact", row.contact != was.contact),
        ("member.agreement", row.agreement != was.agreement),
        ("member.agreed_on", row.agreed_on != was.agreed_on),
        ("member.duties_told", row.duties_told != was.duties_told),
        ("member.duties_version", row.duties_version != was.duties_version),
    ]);
    let acting = by;
    let by = by.clone();
    office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                if !tx.change_member(&row).await? {
                    return Err(No::NotFound);
                }
                registered(tx, &by, id, fields, Some(("member", row.id)), &stamp).await
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
                    registered(tx, &by, id, vec!["member.remove"], Some(("member", member.to_string())), &stamp)
                        .await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// The register of members as CSV for inspection (K7.2), those who left too; that it left is a leaf.
pub async fn members_csv(office: &Office, by: &Actor, id: SchemeId, stamp: Stamp) -> Result<String, No> {
    let mut conn = office.read().await?;
    load(&mut conn, by, Act::Inspect, id).await?;
    let members = conn.members(id).await?;
    drop(conn);
    let row = |member: &Member| {
        vec![
            member.business.clone(),
            member.contact.clone(),
            member.agreement.clone(),
            member.agreed_on.clone().unwrap_or_default(),
            member.duties_told.clone().unwrap_or_default(),
            member.duties_version.clone(),
            at(Some(member.added_at)),
            at(member.removed_at),
        ]
    };
    let head = ["business", "contact", "agreement", "agreed_on", "duties_told", "duties_version", "added", "left"];
    let text = table(&head, members.iter().map(row))?;
    exported(office, by, format!("scheme/{id}"), "members", stamp).await?;
    Ok(text)
}
