//! The end of a copy: the holder confirms surrender or destruction (K8.2), signed; key first, then the blobs, read back.

use crate::actions::answers::{self, Form};
use crate::actions::{FieldError, No, Office, deliver, statement, sweep};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::holding::{Confirmation, Outcome};
use crate::domain::ids::{CopyId, ReleaseId, StatementId};
use crate::domain::moment::Moment;
use crate::domain::policy::{Act, Thing, may};
use crate::domain::words::Line;
use crate::store::copies::Row;
use crate::store::log::Stamp;
use crate::store::statements::Statement;

/// What the holder typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after the form's fields")]
pub struct Confirming {
    pub outcome: String,
    pub method: String,
    pub done_date: String,
    pub done_time: String,
    pub witness: String,
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
        let (Some(outcome), Some(method), Some(witness), Some(done_at)) = (outcome, method, witness, done_at) else {
            return Err(No::Invalid(wrong));
        };
        Confirmation { outcome, method, done_at, witness }.checked(supplied, now).map_err(|refusal| {
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
    office
        .act(move |tx| {
            Box::pin(async move {
                let held = tx.copy(copy).await?.ok_or(No::NotFound)?;
                held.holding()?.may_confirm(&by)?;
                tx.add_statement(&row).await?;
                tx.copy_confirmed(copy, confirmation.outcome, id).await?;
                tx.destroy_key(copy).await?;
                let event = Event::new(Kind::Confirmed, format!("release/{}", held.release_id))
                    .of_copy(copy)
                    .with("outcome", confirmation.outcome.word())
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

/// What a certificate shows: who confirmed what, the signature, and where the log has it.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The copy.
    pub copy: Row,
    /// The reference.
    pub urn: String,
    /// When it was authorised.
    pub authorised_at: Moment,
    /// The confirmation, as signed.
    pub confirming: Confirming,
    /// The signed statement, its document opened.
    pub statement: Statement,
    /// Who is concerned with it.
    pub index: Option<u64>,
    /// The log's size when this was shown.
    pub log_size: u64,
    /// The signed checkpoint at that size.
    pub checkpoint: String,
}

/// The certificate of a confirmed copy: for its holder, the area's co-ordinator, an auditor.
pub async fn certificate(office: &Office, by: &Actor, copy: CopyId) -> Result<Certificate, No> {
    let mut conn = office.read().await?;
    let row = conn.copy(copy).await?.ok_or(No::NotFound)?;
    let release = ReleaseId::parse(&row.release_id).ok_or(No::NotFound)?;
    let filed = conn.release(release).await?.ok_or(No::NotFound)?;
    let holder = row.holding()?.holder;
    if !may(by, Act::SeeCopy, Thing::Copy { area: filed.release.area, holder }) {
        return Err(No::NotFound);
    }
    let authority = filed.release.stage.authority().cloned().ok_or(No::NotFound)?;
    let statement = row.statement_id.as_deref().and_then(StatementId::parse).ok_or(No::NotFound)?;
    let statement = conn.statement(statement).await?.ok_or(No::NotFound)?;
    let document = statement::document(office, &statement)?;
    let answers = answers::read(&document).unwrap_or_default();
    let first =
        |name| answers.iter().find(|(n, _)| n == name).and_then(|(_, all)| all.first()).map_or("", String::as_str);
    let confirming = Confirming::of(first);
    let head = crate::store::log::Head::read(&mut conn).await?.ok_or(No::NotFound)?;
    let index = conn.log_index_of_copy(copy, Kind::Confirmed).await?;
    Ok(Certificate {
        copy: row,
        urn: authority.urn,
        authorised_at: authority.at,
        confirming,
        statement: Statement { document, ..statement },
        index,
        log_size: head.size(),
        checkpoint: head.note().to_owned(),
    })
}
