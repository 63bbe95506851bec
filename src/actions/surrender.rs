//! The end of a copy: the holder confirms surrender or destruction (K8.2), signed; key first, then the blobs, read back.
//! A confirmation that the police queried is open again, and is confirmed anew. Absent on purpose: the certificate
//! ([`crate::actions::certificate`]).

use crate::actions::answers::{Form, digested};
use crate::actions::office::ten;
use crate::actions::{FieldError, No, Office, deliver, prints, statement, sweep};
use crate::domain::actor::Actor;
use crate::domain::demand;
use crate::domain::event::{Event, Kind};
use crate::domain::holding::{Confirmation, Outcome};
use crate::domain::ids::{ConfirmationId, CopyId};
use crate::domain::moment::Moment;
use crate::domain::print;
use crate::domain::words::Line;
use crate::store::log::Stamp;

/// What the holder typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after the form's fields")]
pub struct Confirming {
    pub outcome: String,
    pub method: String,
    pub done_date: String,
    pub done_time: String,
    pub witness: String,
    pub onward: String,
    pub onward_told: String,
}

impl Confirming {
    /// Out of a form.
    pub fn of<'a>(field: impl Fn(&'static str) -> &'a str) -> Self {
        let of = |name| field(name).to_owned();
        Self {
            outcome: of("outcome"),
            method: of("method"),
            done_date: of("done_date"),
            done_time: of("done_time"),
            witness: of("witness"),
            onward: of("onward"),
            onward_told: of("onward_told"),
        }
    }

    /// Checks each field.
    pub fn parse(&self, supplied: Moment, now: Moment) -> Result<Confirmation, No> {
        let mut wrong = Vec::new();
        let outcome = Outcome::parse(&self.outcome);
        if outcome.is_none() {
            wrong.push(FieldError::new("outcome", "Select what was done with the copy"));
        }
        let mut line = |field, what, raw: &str| match Line::parse(what, raw) {
            Ok(line) => Some(line),
            Err(why) => {
                wrong.push(FieldError::new(field, why.to_string()));
                None
            }
        };
        let method = line("method", "how it was done", &self.method);
        let witness = line("witness", "who saw it done", &self.witness);
        let done_at = Moment::parse_london(&self.done_date, &self.done_time);
        if done_at.is_none() {
            wrong.push(FieldError::new("done_date", "Enter a real date and time, like 27 3 2027 at 17:30"));
        }
        let onward = demand::onward(&self.onward, &self.onward_told);
        match &onward {
            Ok(_) => {}
            Err(Some(why)) => wrong.push(FieldError::new("onward_told", why.to_string())),
            Err(None) => {
                wrong.push(FieldError::new("onward", "Select whether you showed it to anybody or gave it to anybody"));
            }
        }
        let (Some(outcome), Some(method), Some(witness), Some(done_at), Ok(onward)) =
            (outcome, method, witness, done_at, onward)
        else {
            return Err(No::Invalid(wrong));
        };
        Confirmation { outcome, method, done_at, witness, onward }.checked(supplied, now).map_err(|refusal| {
            let told = refusal.told();
            No::field("done_date", told.sentence)
        })
    }
}

/// Confirms the end of the holder's own copy. From the commit on nothing opens it.
pub async fn confirm(office: &Office, by: &Actor, copy: CopyId, form: &Form, stamp: Stamp) -> Result<(), No> {
    let holder = by.person().ok_or(No::NotFound)?;
    let supplied = deliver::opened_by(office, by, copy).await?.authorised_at;
    let confirmation = Confirming::of(|name| form.field(name)).parse(supplied, office.now())?;
    let row = statement::check_form(office, holder, "surrender", &deliver::object(copy), form, &[]).await?;
    let (id, by) = (statement::id_of(&row)?, by.clone());
    let document = digested(&statement::document(office, &row)?);
    let round = ConfirmationId::fresh(office.now(), ten()).to_string();
    office
        .act(move |tx| {
            Box::pin(async move {
                let held = tx.copy(copy).await?.ok_or(No::NotFound)?;
                held.holding()?.may_confirm(&by)?;
                let is_holder = by.person().is_some_and(|person| person.to_string() == held.holder);
                print::confirms(is_holder, prints::is_carried(tx, &held).await?)?;
                tx.add_statement(&row).await?;
                tx.copy_confirmed(copy, confirmation.outcome, id).await?;
                tx.add_round(&round, copy, &row.id, confirmation.outcome.word()).await?;
                tx.destroy_key(copy).await?;
                let event = Event::new(Kind::Confirmed, format!("release/{}", held.release_id))
                    .of_copy(copy)
                    .with("outcome", confirmation.outcome.word())
                    .with("onward", confirmation.onward.as_str() != "None")
                    .with("document", document)
                    .with("statement", row.id.clone());
                tx.append(&event, &by, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    office.board.close(copy.to_string());
    sweep::clear_away(office).await;
    Ok(())
}
