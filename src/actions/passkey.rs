//! Passkeys: making them, signing in with them, touching them as proof of who is there (DESIGN §5, `docs/formats/sign-in.md`
//! clause 8).
//!
//! Promises: every ceremony is begun here, kept in the store, bound to a person and a purpose, and taken out once; the person
//! must always have been verified by the authenticator; a body that holds what a passkey's PRF answered is refused with an alarm.
//! Absent on purpose: PRF itself (the browser's alone), attestation (members' own devices have none), conditional mediation.

mod alarm;
pub mod entry;
pub mod joining;
pub mod own;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use webauthn_rs::prelude::{PasskeyRegistration, Url, Uuid, Webauthn, WebauthnBuilder, WebauthnError};

use crate::actions::office::ten;
use crate::actions::{Fault, No, Office};
use crate::domain::ids::{CeremonyId, PersonId, WrapId};
use crate::domain::words::Line;
use crate::store::passkeys::{Ceremony, Passkey};
use crate::store::people::Wrap;

pub use crate::store::passkeys::Passkey as Stored;
pub use alarm::{refuse_secrets, refuse_secrets_in_form};

/// A ceremony's life, milliseconds: five minutes, as long as a browser waits for the touch.
pub(super) const CEREMONY_MS: i64 = 5 * 60_000;
/// While joining, the passkey is made first and handed in last, after a recovery code was written down and typed back.
const JOINING_MS: i64 = 60 * 60_000;
/// Passkeys of one person: more than anybody carries.
const MOST: usize = 10;

/// The field that problems of a passkey stand beside.
pub const FIELD: &str = "passkey";
/// A ceremony that is not there any more.
const TOO_LATE: &str = "This took too long, or was sent twice. Begin again.";
/// What was sent is no answer of an authenticator to what was asked.
const NOT_TAKEN: &str = "The passkey could not be checked. Begin again; if it happens again, use another device.";
/// What was sent has not the agreed form.
const UNREADABLE: &str = "Your browser sent something that cannot be read. Reload the page and begin again.";

/// What a ceremony is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Purpose {
    SignIn,
    Enrol,
    Add,
    Touch,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Enrol => "enrol",
            Self::Add => "add",
            Self::Touch => "touch",
        }
    }

    fn lasts(self) -> i64 {
        if self == Self::Enrol { JOINING_MS } else { CEREMONY_MS }
    }
}

/// What the browser needs to begin: the options to hand to the authenticator.
#[derive(Clone, Debug, Serialize)]
pub struct Begun {
    /// The ceremony's identifier, to be sent back.
    pub ceremony: String,
    /// The options of `WebAuthn` in JSON.
    #[serde(rename = "publicKey")]
    pub public_key: Value,
    /// The identifier of the wrap to make, where a passkey is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrap: Option<String>,
}

/// A passkey made by a browser, checked, to be added.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) row: Passkey,
    /// Absent: it signs in but cannot unlock.
    pub(super) wrap: Option<Wrap>,
}

/// What a browser sends about a passkey it made.
#[derive(Clone, Copy, Debug)]
struct Sent<'a> {
    credential: &'a Value,
    name: &'a str,
    wrap: &'a str,
    identity: &'a str,
    signing: &'a str,
}

/// What is kept of a making until the answer comes.
#[derive(serde::Serialize, serde::Deserialize)]
struct Making {
    wrap: String,
    state: PasskeyRegistration,
}

fn broken(why: impl std::fmt::Display) -> Fault {
    Fault::Other(format!("passkey: {why}"))
}

fn no(sentence: &str) -> No {
    No::field(FIELD, sentence)
}

/// This portal as authenticators know it: the host of its one origin, and that origin with its port, nothing else.
fn portal(office: &Office) -> Result<Webauthn, No> {
    let origin = Url::parse(&office.settings.origin).map_err(broken)?;
    let Some(host) = origin.domain() else {
        return Err(no("Passkeys need an address with a name. Sign in with your passphrase."));
    };
    let built = WebauthnBuilder::new(host, &origin).and_then(|rules| rules.rp_name("Disclosure portal").build());
    Ok(built.map_err(broken)?)
}

/// Begins the making of a passkey: discoverable, so that it signs in without an address being typed.
async fn begin_making(
    office: &Office,
    purpose: Purpose,
    person: PersonId,
    (email, name): (&str, &str),
    own: Vec<Vec<u8>>,
) -> Result<Begun, No> {
    let handle = Uuid::parse_str(&person.to_string()).map_err(broken)?;
    let (options, state) =
        portal(office)?.start_passkey_registration(handle, email, name, Some(own)).map_err(broken)?;
    let mut public_key = public_key(&options)?;
    // The library asks authenticators not to keep the key on themselves ("discouraged"): then nobody could sign in by it alone.
    let choice = public_key.get_mut("authenticatorSelection").and_then(Value::as_object_mut);
    let choice = choice.ok_or_else(|| broken("the options have no authenticatorSelection"))?;
    choice.insert("residentKey".to_owned(), "required".into());
    choice.insert("requireResidentKey".to_owned(), true.into());
    let wrap = WrapId::fresh(office.now(), ten()).to_string();
    let ceremony = keep(office, purpose, Some(person), &Making { wrap: wrap.clone(), state }).await?;
    Ok(Begun { ceremony, public_key, wrap: Some(wrap) })
}

/// The `publicKey` member alone: the library's `mediation: conditional` is not for a button.
fn public_key(options: &impl Serialize) -> Result<Value, Fault> {
    let mut options = serde_json::to_value(options).map_err(broken)?;
    options.get_mut("publicKey").map(Value::take).ok_or_else(|| broken("no publicKey"))
}

/// Keeps a ceremony until its answer comes; answers its identifier.
async fn keep(
    office: &Office,
    purpose: Purpose,
    person: Option<PersonId>,
    state: &impl Serialize,
) -> Result<String, No> {
    let now = office.now();
    let id = CeremonyId::fresh(now, ten()).to_string();
    let row = Ceremony {
        id: id.clone(),
        person_id: person.map(|id| id.to_string()),
        kind: purpose.word().to_owned(),
        state: serde_json::to_string(state).map_err(broken)?,
        expires_at: now.plus_millis(purpose.lasts()).millis(),
    };
    office.act(move |tx| Box::pin(async move { Ok(tx.begin_ceremony(&row).await?) })).await?;
    Ok(id)
}

/// Takes a ceremony out: whatever comes of it, it is never used again.
async fn take<T: DeserializeOwned>(
    office: &Office,
    purpose: Purpose,
    person: Option<PersonId>,
    id: &str,
) -> Result<Option<T>, No> {
    let id = id.to_owned();
    let taken = office
        .act(move |tx| Box::pin(async move { Ok(tx.take_ceremony(&id, purpose.word(), person).await?) }))
        .await?
        .into_inner();
    taken.map(|row| state_of(&row)).transpose()
}

fn state_of<T: DeserializeOwned>(row: &Ceremony) -> Result<T, No> {
    serde_json::from_str(&row.state)
        .map_err(|_| Fault::Corrupt { table: "ceremony", column: "state", row: row.id.clone() }.into())
}

/// Reads what an authenticator answered. What extensions answered is the browser's business: it is not even looked at.
fn answer<T: DeserializeOwned>(credential: &Value) -> Option<T> {
    let mut credential = credential.clone();
    let whole = credential.as_object_mut()?;
    whole.remove("clientExtensionResults");
    whole.remove("extensions");
    serde_json::from_value(credential).ok()
}

/// Checks what an authenticator made, and what the browser wrapped with it.
fn check_made(office: &Office, person: PersonId, making: &Making, sent: Sent<'_>) -> Result<Made, No> {
    let name =
        Line::parse("a name for the passkey", sent.name).map_err(|why| no(&why.to_string()))?.as_str().to_owned();
    let wrap = wrap(&making.wrap, sent)?;
    let answered = answer(sent.credential).ok_or_else(|| no(UNREADABLE))?;
    let passkey = portal(office)?.finish_passkey_registration(&answered, &making.state).map_err(|why| {
        tracing::warn!(cause = %why, "a passkey was not taken");
        no(NOT_TAKEN)
    })?;
    let row = Passkey {
        id: id_of(passkey.cred_id()),
        person_id: person.to_string(),
        wrap_id: wrap.as_ref().map(|wrap| wrap.id.clone()),
        name,
        credential: serde_json::to_string(&passkey).map_err(broken)?,
        created_at: office.now().millis(),
        used_at: None,
    };
    Ok(Made { row, wrap })
}

/// The wrapped keys that a passkey unlocks: under the identifier that was given out, or none at all.
fn wrap(given: &str, sent: Sent<'_>) -> Result<Option<Wrap>, No> {
    let Sent { wrap, identity, signing, .. } = sent;
    if [wrap, identity, signing].iter().all(|text| text.is_empty()) {
        return Ok(None);
    }
    if wrap != given || !is_wrap(identity) || !is_wrap(signing) {
        return Err(no(UNREADABLE));
    }
    let [kind, identity, signing] = [FIELD, identity, signing].map(str::to_owned);
    Ok(Some(Wrap { id: given.to_owned(), kind, identity, signing }))
}

/// A wrapped private key: nonce 12, PKCS#8 48, tag 16.
pub(super) fn is_wrap(text: &str) -> bool {
    STANDARD.decode(text).is_ok_and(|wrap| wrap.len() == 76)
}

/// A credential identifier as it stands in the store and in every JSON of `WebAuthn`.
fn id_of(credential: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(credential)
}

/// A stored passkey as the library reads it.
fn stored(row: &Passkey) -> Result<webauthn_rs::prelude::Passkey, Fault> {
    serde_json::from_str(&row.credential).map_err(|_| Fault::Corrupt {
        table: "passkey",
        column: "credential",
        row: row.id.clone(),
    })
}

/// The credential of a row after a good answer: counter and backup state as they are now.
fn after(row: &Passkey, result: &webauthn_rs::prelude::AuthenticationResult) -> Result<String, Fault> {
    let mut passkey = stored(row)?;
    passkey.update_credential(result);
    serde_json::to_string(&passkey).map_err(broken)
}

/// Whether an answer shows two authenticators at work with one key: its counter went back.
fn is_copy(why: &WebauthnError) -> bool {
    matches!(why, WebauthnError::CredentialPossibleCompromise)
}
