//! The undertaking (form 3797, K8.2.1): shown in full, opened before it can be signed, signed, kept; declining is recorded.

use crate::actions::{No, Office, statement};
use crate::domain::actor::{Actor, Role};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{PersonId, StatementId};
use crate::domain::moment::Moment;
use crate::domain::refusal::Refusal;
use crate::domain::texts::Text;
use crate::store::Conn;
use crate::store::log::Stamp;

/// How a person stands with the undertaking in force.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The version in force.
    pub version: u32,
    /// Its words.
    pub words: String,
    /// When it was opened.
    pub opened_at: Option<Moment>,
    /// When it was declined.
    pub declined_at: Option<Moment>,
    /// When it was signed.
    pub signed_at: Option<Moment>,
    /// The signed note, once signed.
    pub note: Option<String>,
    /// An earlier version they signed.
    pub signed_earlier: Option<u32>,
}

/// Only those who receive for a scheme are asked.
fn asked(by: &Actor) -> Result<PersonId, No> {
    let receives = by.is(Role::Manager) || by.is(Role::Member);
    by.person().filter(|_| receives).ok_or(No::NotFound)
}

/// The object a signature of a version is about.
pub fn object(version: u32) -> String {
    format!("undertaking/{version}")
}

async fn in_force(conn: &mut Conn) -> Result<(u32, String), No> {
    let row = conn.text_in_force(Text::Undertaking).await?;
    Ok((row.number(), row.words))
}

/// How `by` stands; reading this is not yet opening the text.
pub async fn standing(office: &Office, by: &Actor) -> Result<Standing, No> {
    let person = asked(by)?;
    let mut conn = office.read().await?;
    let (version, words) = in_force(&mut conn).await?;
    let row = conn.undertaking(person, version).await?;
    let signed_earlier = conn.undertaking_signed(person).await?.filter(|earlier| *earlier != version);
    let statement = row.as_ref().and_then(|row| row.statement_id.as_deref()).and_then(StatementId::parse);
    let note = match statement {
        Some(id) => conn.statement(id).await?.map(|row| row.note),
        None => None,
    };
    let at = |ms: Option<i64>| ms.map(Moment::from_millis);
    Ok(Standing {
        version,
        words,
        opened_at: at(row.as_ref().map(|row| row.opened_at)),
        declined_at: at(row.as_ref().and_then(|row| row.declined_at)),
        signed_at: at(row.as_ref().and_then(|row| row.signed_at)),
        note,
        signed_earlier,
    })
}

/// Opens the text: the exact bytes to be signed. The first opening is a leaf.
pub async fn open(office: &Office, by: &Actor, version: u32, stamp: Stamp) -> Result<String, No> {
    let person = asked(by)?;
    let (current, words) = in_force(&mut office.read().await?).await?;
    if current != version {
        return Err(No::refused(Refusal::UndertakingUnsigned { version: current }));
    }
    let acting = by;
    let by = by.clone();
    office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                if tx.undertaking_opened(person, version).await? {
                    let event = Event::new(Kind::UndertakingOpened, by.word()).with("version", version);
                    tx.append(&event, &by, &stamp).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(words)
}

/// Signs the version in force.
pub async fn sign(office: &Office, by: &Actor, version: u32, note: &str, stamp: Stamp) -> Result<(), No> {
    let person = asked(by)?;
    let (current, words) = in_force(&mut office.read().await?).await?;
    if current != version {
        return Err(No::refused(Refusal::UndertakingUnsigned { version: current }));
    }
    let row = statement::check(office, person, "undertaking", &object(version), words.as_bytes(), note).await?;
    let acting = by;
    let (id, by) = (statement::id_of(&row)?, by.clone());
    office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                if in_force(tx).await?.0 != version {
                    return Err(No::refused(Refusal::UndertakingUnsigned { version: version + 1 }));
                }
                tx.add_statement(&row).await?;
                if !tx.undertaking_signed_now(person, version, id).await? {
                    return Err(No::field(
                        "statement",
                        "Open and read the undertaking first, or it is signed already. Reload the page.",
                    ));
                }
                let event = Event::new(Kind::UndertakingSigned, by.word())
                    .with("version", version)
                    .with("statement", row.id.clone());
                tx.append(&event, &by, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Declines the version in force.
pub async fn decline(office: &Office, by: &Actor, version: u32, stamp: Stamp) -> Result<(), No> {
    let person = asked(by)?;
    let acting = by;
    let by = by.clone();
    office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                if in_force(tx).await?.0 != version || !tx.undertaking_declined(person, version).await? {
                    return Err(No::field(
                        "statement",
                        "Open and read the undertaking first, or it is signed already. Reload the page.",
                    ));
                }
                let event = Event::new(Kind::UndertakingDeclined, by.word()).with("version", version);
                tx.append(&event, &by, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}
