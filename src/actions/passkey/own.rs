//! A person's own passkeys: which there are, adding one, removing one.
//!
//! Promises: adding and removing ask for proof of who is there; nobody removes their last way to sign in or to unlock; removing one ends
//! every other visit of theirs. Absent on purpose: administrators in this (they suspend, or renew the keys of who lost everything).

use serde_json::Value;

use super::{Begun, CEREMONY_MS, MOST, Making, Purpose, Sent, TOO_LATE, check_made, joining, no, stored};
use crate::actions::session::Person;
use crate::actions::{FieldError, No, Office, Stamp, step_up};
use crate::domain::event::{Event, Kind};
use crate::store::Conn;
use crate::store::passkeys::Passkey;
use crate::store::people::Person as Row;

/// What a person can sign in and unlock with.
#[derive(Clone, Debug)]
pub struct Ways {
    /// Their row.
    pub person: Row,
    /// Their passkeys, oldest first.
    pub passkeys: Vec<Passkey>,
    /// Whether a passphrase unlocks.
    pub passphrase: bool,
}

impl Ways {
    async fn of(conn: &mut Conn, who: &Person) -> Result<Self, No> {
        let person = conn.person(who.id).await?.ok_or(No::NotFound)?;
        let passphrase = conn.wraps(who.id).await?.iter().any(|wrap| wrap.kind == "passphrase");
        Ok(Self { person, passkeys: conn.passkeys(who.id).await?, passphrase })
    }

    /// Whether they have an authenticator app.
    pub fn code(&self) -> bool {
        !self.person.totp_secret.is_empty()
    }

    /// Why this passkey must stay; `None`: it may go. The recovery code is no way of every day, so it does not count.
    pub fn stays(&self, id: &str) -> Option<&'static str> {
        let mut others = self.passkeys.iter().filter(|row| row.id != id).peekable();
        if others.peek().is_none() && self.person.auth_hash.is_empty() {
            return Some("This is your only way to sign in. Add another passkey first.");
        }
        let unlocks = self.passkeys.iter().any(|row| row.id == id && row.wrap_id.is_some());
        if unlocks && !self.passphrase && !others.any(|row| row.wrap_id.is_some()) {
            return Some("This is your only way to unlock your keys. Add another passkey that unlocks first.");
        }
        None
    }
}

/// A passkey as the browser sends it in.
#[derive(Clone, Debug, serde::Deserialize)]
#[expect(missing_docs, reason = "named after the members of the JSON (docs/formats/sign-in.md clause 8)")]
pub struct NewPasskey {
    pub ceremony: String,
    pub credential: Value,
    pub name: String,
    #[serde(default)]
    pub wrap: String,
    #[serde(default)]
    pub identity_wrap: String,
    #[serde(default)]
    pub signing_wrap: String,
}

/// What a person has.
pub async fn list(office: &Office, who: &Person) -> Result<Ways, No> {
    Ways::of(&mut office.read().await?, who).await
}

/// Begins the making of a further passkey. Asks for proof of who is there first.
pub async fn begin(office: &Office, who: &Person) -> Result<Begun, No> {
    if !step_up::is_fresh(who, office.now()) {
        return Err(No::field(
            step_up::FIELD,
            "First show that it is you: touch a passkey you have, or enter a code on this page.",
        ));
    }
    let ways = list(office, who).await?;
    if ways.passkeys.len() >= MOST {
        return Err(no("You have ten passkeys. Remove one you no longer use first."));
    }
    let own = ways.passkeys.iter().map(|row| Ok(stored(row)?.cred_id().clone()));
    let own = own.collect::<Result<Vec<_>, No>>()?;
    super::begin_making(office, Purpose::Add, who.id, (&ways.person.email, &ways.person.name), own).await
}

/// Adds a passkey.
pub async fn add(office: &Office, who: &Person, sent: &NewPasskey, stamp: Stamp) -> Result<(), No> {
    // The ceremony was begun on fresh proof; it may take as long as a ceremony lasts.
    if !step_up::is_fresh(who, office.now().plus_millis(-CEREMONY_MS)) {
        return Err(No::field(step_up::FIELD, "First show that it is you, then begin again."));
    }
    let making = super::take::<Making>(office, Purpose::Add, Some(who.id), &sent.ceremony).await?;
    let making = making.ok_or_else(|| no(TOO_LATE))?;
    let read = Sent {
        credential: &sent.credential,
        name: &sent.name,
        wrap: &sent.wrap,
        identity: &sent.identity_wrap,
        signing: &sent.signing_wrap,
    };
    let made = check_made(office, who.id, &making, read)?;
    let (person, session, by) = (who.id, who.session, who.actor.clone());
    office
        .act_as(&who.actor, move |tx| {
            Box::pin(async move {
                // A recovery or a renewal meanwhile ended this visit: nothing of it signs in afterwards.
                let now = tx.person(person).await?.map(|row| row.version);
                let visit = tx.visit(session, person).await?.filter(|visit| !visit.ended);
                if visit.map(|visit| visit.version) != now {
                    return Err(No::NotFound);
                }
                joining::insert(tx, person, &made, &by, &stamp).await
            })
        })
        .await?;
    Ok(())
}

/// Removes a passkey; `code`: of the authenticator app, where proof is not fresh. Answers the person's version now: this visit goes
/// on under it, every other one is over.
pub async fn remove(office: &Office, who: &Person, id: &str, code: &str, stamp: Stamp) -> Result<i64, No> {
    let ways = list(office, who).await?;
    if !ways.passkeys.iter().any(|row| row.id == id) {
        return Err(No::NotFound);
    }
    step_up::demand(office, who, code, &stamp).await?;
    let (who, id) = (who.clone(), id.to_owned());
    let by = who.actor.clone();
    let done = office.act_as(&by, move |tx| {
        Box::pin(async move {
            let ways = Ways::of(tx, &who).await?;
            let row = ways.passkeys.iter().find(|row| row.id == id).ok_or(No::NotFound)?;
            if let Some(why) = ways.stays(&id) {
                return Err(No::Invalid(vec![FieldError::new(super::FIELD, why)]));
            }
            if !tx.remove_passkey(row, who.id, who.session).await? {
                return Err(No::NotFound);
            }
            let event = Event::new(Kind::PasskeyRemoved, who.actor.word()).with("unlocks", row.wrap_id.is_some());
            tx.append(&event, &who.actor, &stamp).await?;
            Ok(ways.person.version + 1)
        })
    });
    Ok(done.await?.into_inner())
}
