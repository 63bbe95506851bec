//! Signing in with a passkey, and touching one as proof of who is there.
//!
//! Promises: whatever is wrong (no such passkey, suspended, too late, sent twice, another portal's page), the words are the same and the source
//! slows down as for a wrong passphrase; a touch counts only by a passkey of the same person.

use serde_json::Value;
use webauthn_rs::prelude::{DiscoverableAuthentication, PasskeyAuthentication, PublicKeyCredential};

use super::{Begun, FIELD, Purpose, alarm, answer, no, portal, public_key, stored};
use crate::actions::session::{self, Person};
use crate::actions::{No, Office, Stamp, sign_in, step_up};
use crate::domain::ids::{PersonId, SessionId};
use crate::store::passkeys::Passkey;
use crate::store::people::Person as Row;

/// The sentence for anything wrong with signing in; it never says which part.
const WRONG: &str = "This passkey did not sign you in. Try again, or sign in with your email address and passphrase.";
/// The sentence for a touch that does not count.
const NOT_YOU: &str = "This touch did not show that it is you. Try again with a passkey of your own.";

/// A visit that a passkey began.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn {
    /// The visit.
    pub session: SessionId,
    /// Whose.
    pub person: PersonId,
    /// Their version now.
    pub version: i64,
}

/// A good answer: whose passkey, and what to write down of it.
struct Shown {
    person: Row,
    passkey: Passkey,
    credential: String,
}

/// Begins a sign-in by whoever is there: no address is asked, none can be guessed.
pub async fn begin_sign_in(office: &Office, stamp: &Stamp) -> Result<Begun, No> {
    sign_in::wait_source(office, stamp).await?;
    let (options, state) = portal(office)?.start_discoverable_authentication().map_err(super::broken)?;
    let ceremony = super::keep(office, Purpose::SignIn, None, &state).await?;
    Ok(Begun { ceremony, public_key: public_key(&options)?, wrap: None })
}

/// Signs in: begins the visit.
pub async fn sign_in(office: &Office, ceremony: &str, credential: &Value, stamp: Stamp) -> Result<SignedIn, No> {
    sign_in::wait_source(office, &stamp).await?;
    let shown = match super::take::<DiscoverableAuthentication>(office, Purpose::SignIn, None, ceremony).await? {
        Some(state) => shown(office, state, credential, &stamp).await?,
        None => Err(None),
    };
    let shown = match shown {
        Ok(shown) => shown,
        Err(whose) => {
            sign_in::failed_source(office, whose.as_ref(), FIELD, stamp).await?;
            return Err(no(WRONG));
        }
    };
    let (person, version) = (shown.person.id()?, shown.person.version);
    let how = session::How::Passkey { id: shown.passkey.id, credential: shown.credential };
    match session::begin(office, person, version, how, stamp).await {
        Err(No::NotFound) => Err(no(WRONG)),
        begun => Ok(SignedIn { session: begun?, person, version }),
    }
}

/// Who showed their passkey; else whose it would be, if that is known.
async fn shown(
    office: &Office,
    state: DiscoverableAuthentication,
    credential: &Value,
    stamp: &Stamp,
) -> Result<Result<Shown, Option<Row>>, No> {
    let rules = portal(office)?;
    let Some(answered) = answer::<PublicKeyCredential>(credential) else { return Ok(Err(None)) };
    let Ok((handle, id)) = rules.identify_discoverable_authentication(&answered) else { return Ok(Err(None)) };
    let mut conn = office.read().await?;
    let Some(passkey) = conn.passkey(&super::id_of(id)).await? else { return Ok(Err(None)) };
    let owner = PersonId::parse(&passkey.person_id).ok_or(No::NotFound)?;
    let Some(person) = conn.person(owner).await? else { return Ok(Err(None)) };
    drop(conn);
    let result = rules.finish_discoverable_authentication_v2(&answered, state, &stored(&passkey)?);
    match result {
        Ok(result) if handle.to_string() == passkey.person_id && !person.suspended => {
            let credential = super::after(&passkey, &result)?;
            Ok(Ok(Shown { person, passkey, credential }))
        }
        Err(why) if super::is_copy(&why) => {
            alarm::raise(office, &format!("person/{}", passkey.person_id), "passkey.counter", stamp).await?;
            Ok(Err(Some(person)))
        }
        _ => Ok(Err(Some(person))),
    }
}

/// Begins a touch: any of the person's own passkeys.
pub async fn begin_touch(office: &Office, who: &Person) -> Result<Begun, No> {
    let rows = office.read().await?.passkeys(who.id).await?;
    if rows.is_empty() {
        return Err(no("You have no passkey. Enter the six digits of your authenticator app instead."));
    }
    let own = rows.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
    let (options, state) = portal(office)?.start_passkey_authentication(&own).map_err(super::broken)?;
    let ceremony = super::keep(office, Purpose::Touch, Some(who.id), &state).await?;
    Ok(Begun { ceremony, public_key: public_key(&options)?, wrap: None })
}

/// Touches: from here on it counts as proved who is there.
pub async fn touch(office: &Office, who: &Person, ceremony: &str, credential: &Value, stamp: Stamp) -> Result<(), No> {
    sign_in::wait_source(office, &stamp).await?;
    let state = super::take::<PasskeyAuthentication>(office, Purpose::Touch, Some(who.id), ceremony).await?;
    let touched = match state {
        Some(state) => touched(office, who, &state, credential, &stamp).await?,
        None => None,
    };
    let Some((id, credential)) = touched else {
        let row = office.read().await?.person(who.id).await?;
        sign_in::failed_source(office, row.as_ref(), "touch", stamp).await?;
        return Err(no(NOT_YOU));
    };
    let used = office.act(move |tx| Box::pin(async move { Ok(tx.passkey_used(&id, &credential).await?) })).await?;
    if used.into_inner() { step_up::note(office, who, "touch", &stamp).await } else { Err(no(NOT_YOU)) }
}

/// The passkey of theirs that was touched, with what to write down of it.
async fn touched(
    office: &Office,
    who: &Person,
    state: &PasskeyAuthentication,
    credential: &Value,
    stamp: &Stamp,
) -> Result<Option<(String, String)>, No> {
    let Some(answered) = answer::<PublicKeyCredential>(credential) else { return Ok(None) };
    match portal(office)?.finish_passkey_authentication(&answered, state) {
        Ok(result) => {
            let row = office.read().await?.passkey(&super::id_of(result.cred_id())).await?;
            let own = row.filter(|row| row.person_id == who.id.to_string());
            own.map(|row| Ok((super::after(&row, &result)?, row.id)))
                .transpose()
                .map(|found| found.map(|(c, id)| (id, c)))
        }
        Err(why) => {
            if super::is_copy(&why) {
                alarm::raise(office, &format!("person/{}", who.id), "passkey.counter", stamp).await?;
            }
            Ok(None)
        }
    }
}
