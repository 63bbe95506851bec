//! A receiver's vetting (K7.3), with its paper, and storage (K8.2).

use serde::Serialize;

use crate::actions::No;
use crate::actions::registers::{self, Receiver, ReceiverForm, Subject};
use crate::domain::ids::{PersonId, SchemeId};
use crate::web::frame::Typed;
use crate::web::police::papers::{Paper, papers};
use crate::web::police::schemes::kept;
use crate::web::{Answer, Page, Visit};

/// The form of a receiver's entry.
#[derive(Serialize)]
pub struct Receiving {
    scheme: String,
    person: String,
    name: String,
    papers: Vec<Paper>,
}

impl Page for Receiving {
    const TEMPLATE: &'static str = "pages/police/receiver.html";

    fn samples() -> Vec<Self> {
        let one = |papers| Self { scheme: "1".into(), person: "1".into(), name: "Priya Shah".into(), papers };
        vec![one(Paper::samples()), one(Vec::new())]
    }
}

pub(super) const TITLE: &str = "Vetting and storage";

/// Who it is about, and the page; to those who keep the register.
pub(super) async fn page(v: &Visit) -> Result<(SchemeId, PersonId, Receiver, Receiving), No> {
    let (id, entry) = kept(v).await?;
    let person = PersonId::parse(v.path("person")).ok_or(No::NotFound)?;
    let papers = papers(&entry.papers, |paper| Subject::Vetting(person).holds(id, paper));
    let found = entry.receivers.into_iter().find(|(row, _)| row.person_id == person.to_string());
    let (row, _) = found.ok_or(No::NotFound)?;
    let page = Receiving { scheme: id.to_string(), person: person.to_string(), name: row.name.clone(), papers };
    Ok((id, person, row, page))
}

/// `GET /schemes/{id}/receivers/{person}`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let (_, _, row, page) = page(&v).await?;
    let typed = Typed::default()
        .with("vetting_reference", row.vetting_reference)
        .with("vetting_ends", row.vetting_ends.unwrap_or_default())
        .with("responsible_person", row.responsible_person)
        .with("storage_place", row.storage_place);
    v.filled(TITLE, &page, typed)
}

/// `POST /schemes/{id}/receivers/{person}`.
pub async fn change(v: Visit) -> Result<Answer, No> {
    let (id, person, _, page) = page(&v).await?;
    let text = |name| v.field(name).to_owned();
    let form = ReceiverForm {
        vetting_reference: text("vetting_reference"),
        vetting_ends: text("vetting_ends"),
        responsible_person: text("responsible_person"),
        storage_place: text("storage_place"),
    };
    match registers::change_receiver(&v.office, v.actor(), id, person, &form, v.stamp()).await {
        Ok(()) => Answer::see(format!("/schemes/{id}")),
        Err(no) => v.again(no, TITLE, &page),
    }
}
