//! Who receives for a scheme: vetting (K7.3) and storage (K8.2). Absent on purpose: suspending, which is an act on the account.

use super::{changed, load, registered};
use crate::actions::enrol::optional_day;
use crate::actions::request::read;
use crate::actions::{FieldError, No, Office};
use crate::domain::actor::Actor;
use crate::domain::ids::{PersonId, SchemeId};
use crate::domain::policy::Act;
use crate::domain::words::Line;
use crate::store::log::Stamp;
use crate::store::registers::Receiver;

/// A receiver's fields as typed.
#[derive(Clone, Debug, Default, serde::Serialize)]
#[expect(missing_docs, reason = "named after the form's fields")]
pub struct ReceiverForm {
    pub vetting_reference: String,
    pub vetting_ends: String,
    pub responsible_person: String,
    pub storage_place: String,
}

/// Changes a receiver's vetting and storage; everything follows at once.
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
    let mut line = |field, what, raw| read(&mut wrong, field, Line::optional(what, raw)).unwrap_or_default();
    let reference = line("vetting_reference", "The vetting reference", &form.vetting_reference);
    let responsible = line("responsible_person", "The responsible person", &form.responsible_person);
    let place = line("storage_place", "The place of storage", &form.storage_place);
    let vetting_ends = optional_day("vetting_ends", &form.vetting_ends, &mut wrong);
    if vetting_ends.is_some() && reference.is_empty() {
        wrong.push(FieldError::new(
            "vetting_reference",
            "Enter the reference of the vetting (policy I11) that runs to this date",
        ));
    }
    if !wrong.is_empty() {
        return Err(No::Invalid(wrong));
    }
    let row = Receiver {
        vetting_reference: reference.as_str().to_owned(),
        vetting_ends,
        responsible_person: responsible.as_str().to_owned(),
        storage_place: place.as_str().to_owned(),
        ..was.clone()
    };
    let fields = changed(&[
        ("vetting_reference", row.vetting_reference != was.vetting_reference),
        ("vetting_ends", row.vetting_ends != was.vetting_ends),
        ("responsible_person", row.responsible_person != was.responsible_person),
        ("storage_place", row.storage_place != was.storage_place),
    ]);
    let acting = by;
    let by = by.clone();
    office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                if !tx.change_membership(&row).await? {
                    return Err(No::NotFound);
                }
                registered(tx, &by, id, fields, Some(("person", person.to_string())), &stamp).await
            })
        })
        .await?;
    Ok(())
}
