//! Recovery by the printed code: it proves the account once, opens the keys in the browser, and then everything that signs in or
//! unlocks is made anew in one act (`docs/formats/sign-in.md` clause 6).
//!
//! Promises: same words, same work and same throttle for known and unknown addresses; the code works once; the keys stay, so what
//! was sealed and approved stays; every visit ends; the person and those who answer for them are told at once. Absent on purpose:
//! the code itself, which never leaves the browser; recovery of a suspended account.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::actions::office::{slow, ten};
use crate::actions::sign_in::{self, Half};
use crate::actions::{Fault, No, Office};
use crate::clock;
use crate::domain::actor::{Actor, Grant};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, MailId, PersonId, SessionId, WrapId};
use crate::store::Conn;
use crate::store::log::Stamp;
use crate::store::mails::Mail;
use crate::store::people::{Person, Wrap};
use crate::store::recovery::Fresh;

/// The sentence for anything wrong with address or code; it never says which.
/// What the log says of who was there by their recovery code.
pub(super) const BY_CODE: &str = "recovery code";

const WRONG: &str = "Enter the email address and recovery code of your account. One of them is not right.";
const AGAIN: &str = "Your browser sent something that cannot be read. Reload the page and begin again.";
/// Bytes of an authenticator secret.
const SECRET: usize = 20;

/// What the page of a recovery shows.
#[derive(Clone, Debug)]
pub struct Recovering {
    /// Who.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The new authenticator secret, base 32.
    pub totp_secret: String,
    /// What the form brings back: secret and wrap identifiers, sealed to this attempt.
    pub ticket: String,
    /// The passphrase wrap's identifier.
    pub wrap: String,
    /// The recovery wrap's identifier.
    pub recovery_wrap: String,
    /// How many passkeys go.
    pub passkeys: usize,
}

/// What the recovering browser sent.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "named after the form's fields")]
pub struct Renewed {
    pub ticket: String,
    pub auth: String,
    pub recovery_auth: String,
    pub identity_wrap: String,
    pub signing_wrap: String,
    pub recovery_identity_wrap: String,
    pub recovery_signing_wrap: String,
    pub code: String,
}

/// The first step: email and `recovery_auth`. Whose code it is may open their wrap, for a while, and is told so by mail.
pub async fn first(office: &Office, email: &str, auth: &str, stamp: Stamp) -> Result<Half, No> {
    let email = sign_in::address(email);
    let keys = sign_in::throttles(office, office.blind("sign-in account", &email), &stamp);
    sign_in::wait(office, &keys).await?;
    let row = office.read().await?.person_by_email(&office.blind("email", &email)).await?;
    let stored = row.as_ref().map_or_else(String::new, |person| person.recovery_hash.clone());
    let right = sign_in::verify(office, auth.to_owned(), stored).await?;
    let Some(person) = row.clone().filter(|person| right && !person.suspended) else {
        sign_in::failed(office, &keys, row.as_ref(), "recovery", stamp).await?;
        return Err(No::field("recovery", WRONG));
    };
    let half = Half { person: person.id()?, version: person.version };
    let told = mail(
        office,
        &person.email,
        "Your recovery code was used",
        "Somebody entered your recovery code just now. If it was not you, call your Area Intelligence Co-ordinator at once.",
    );
    // Elsewhere the leaf below becomes a message and a mail.
    let demo = office.settings.demo;
    office
        .act(move |tx| {
            Box::pin(async move {
                // The wrap that this opens is a key in hand, even if nothing more is done: a leaf and a mail come first.
                if demo {
                    tx.add_mail(&told.to(Some(half.person))).await?;
                }
                let by = tx.actor(half.person).await?;
                tx.append(&Event::new(Kind::SteppedUp, by.word()).with("by", BY_CODE), &by, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(half)
}

/// The person of an attempt, as long as nothing about them has changed since it began.
async fn recovering(conn: &mut Conn, half: Half) -> Result<Person, No> {
    let row = conn.person(half.person).await?;
    let same = |row: &Person| row.version == half.version && !row.suspended && !row.recovery_hash.is_empty();
    row.filter(same).ok_or(No::NotFound)
}

/// What the page of the second step shows: a fresh authenticator secret and fresh identifiers, or those of a ticket it brought back.
pub async fn begin(office: &Office, half: Half, attempt: SessionId, ticket: Option<&str>) -> Result<Recovering, No> {
    let mut conn = office.read().await?;
    let row = recovering(&mut conn, half).await?;
    let passkeys = conn.wraps(half.person).await?.iter().filter(|wrap| wrap.kind == "passkey").count();
    let given = ticket.and_then(|ticket| Ticket::open(office, half, attempt, ticket));
    let kept = match given {
        Some(kept) => kept,
        None => Ticket::fresh(office),
    };
    Ok(Recovering {
        person: row.id,
        name: row.name,
        email: row.email,
        totp_secret: totp_rs::Secret::new(kept.secret.as_slice().into()).to_base32(),
        ticket: kept.seal(office, half, attempt)?,
        wrap: kept.wrap,
        recovery_wrap: kept.recovery_wrap,
        passkeys,
    })
}

/// What the browser needs to open the keys with the code: the recovery wrap and the public halves to check it against.
pub async fn keys(office: &Office, half: Half) -> Result<serde_json::Value, No> {
    let mut conn = office.read().await?;
    let row = recovering(&mut conn, half).await?;
    let wraps: Vec<Wrap> = conn.wraps(half.person).await?.into_iter().filter(|wrap| wrap.kind == "recovery").collect();
    Ok(serde_json::json!({
        "person_id": row.id, "email": row.email, "name": row.name, "recipient": row.recipient,
        "signing_key": row.signing_key, "wraps": wraps,
    }))
}

/// The second step, in one act: passphrase, code, authenticator secret and wraps are new, passkeys are gone, visits are over.
pub async fn finish(office: &Office, half: Half, attempt: SessionId, form: &Renewed, stamp: Stamp) -> Result<(), No> {
    let row = recovering(&mut office.read().await?, half).await?;
    readable(form)?;
    let ticket = Ticket::open(office, half, attempt, &form.ticket).ok_or_else(|| No::field("code", AGAIN))?;
    let step = sign_in::step_of(&ticket.secret, &form.code)
        .ok_or_else(|| No::field("code", "Enter the six digits your authenticator app shows now, for the new key."))?;
    let (auth, recovery) = (form.auth.clone(), form.recovery_auth.clone());
    let _turn = office.hashing.acquire().await.map_err(|_| No::Unavailable)?;
    let [auth_hash, recovery_hash] =
        slow(move || Ok::<_, Fault>([sign_in::hash_auth(&auth)?, sign_in::hash_auth(&recovery)?])).await??;
    let totp_secret = office.seal_field("person", &row.id, "totp_secret", 0, &ticket.secret)?;
    let fresh = Fresh { auth_hash, recovery_hash, totp_secret, totp_step: step };
    let wraps = ticket.wraps(form);
    let person = half.person;
    let account = office.blind("sign-in account", &row.email);
    let (mails, demo) = (letters(office, &row).await?, office.settings.demo);
    office
        .act(move |tx| {
            Box::pin(async move {
                if !tx.recover_person(person, half.version, &fresh).await? {
                    return Err(No::NotFound);
                }
                tx.replace_wraps(person, &wraps).await?;
                tx.forgive(&account).await?;
                for (mail, to) in mails.iter().filter(|_| demo) {
                    tx.add_mail(&mail.to(*to)).await?;
                }
                let by = tx.actor(person).await?;
                tx.append(&Event::new(Kind::Recovered, format!("person/{person}")), &by, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// To the person, and to those who answer for them.
async fn letters(office: &Office, row: &Person) -> Result<Vec<(Mail, Option<PersonId>)>, No> {
    let own = mail(
        office,
        &row.email,
        "Your account was recovered",
        "Your passphrase, recovery code and authenticator key were replaced, and your passkeys removed, with your recovery code. If it was not you, call your Area Intelligence Co-ordinator at once.",
    );
    let words = format!(
        "Somebody you answer for has used their recovery code and has a new passphrase. Their keys are the same. If they did not tell you, call them. If it was not they:\n{}/people/{}/renew",
        office.settings.origin, row.id
    );
    let mut mails = vec![(own, Some(row.id()?))];
    for (id, address) in answering(&mut office.read().await?, row.id()?).await? {
        mails.push((mail(office, &address, "An account was recovered", &words), PersonId::parse(&id)));
    }
    Ok(mails)
}

/// Who answers for somebody, but themself: the co-ordinators of their areas; for the force's own people the administrators.
pub(super) async fn answering(conn: &mut Conn, person: PersonId) -> Result<Vec<(String, String)>, No> {
    let actor = conn.actor(person).await?;
    let mut all: Vec<(String, String)> = Vec::new();
    for place in places(conn, &actor).await? {
        for one in conn.answering(place).await? {
            if one.0 != person.to_string() && !all.contains(&one) {
                all.push(one);
            }
        }
    }
    Ok(all)
}

/// The areas somebody answers in; `None` for the force as a whole.
pub(super) async fn places(conn: &mut Conn, actor: &Actor) -> Result<Vec<Option<AreaId>>, No> {
    let mut all = Vec::new();
    for grant in actor.grants() {
        let place = match grant {
            Grant::InArea(_, area) => Some(*area),
            Grant::InScheme(_, scheme) => Some(conn.scheme(*scheme).await?.ok_or(No::NotFound)?.area()?),
            Grant::Force(_) => None,
        };
        if !all.contains(&place) {
            all.push(place);
        }
    }
    Ok(all)
}

/// A mail without any name in it.
pub(super) fn mail(office: &Office, address: &str, subject: &str, words: &str) -> Mail {
    let id = MailId::fresh(office.now(), ten()).to_string();
    Mail::shown(id, address.to_owned(), subject, words.to_owned(), office.now())
}

fn readable(form: &Renewed) -> Result<(), No> {
    let is_half =
        |text: &String| text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    // nonce 12, PKCS#8 48, tag 16
    let is_wrap = |text: &String| STANDARD.decode(text).is_ok_and(|wrap| wrap.len() == 76);
    let wraps = [&form.identity_wrap, &form.signing_wrap, &form.recovery_identity_wrap, &form.recovery_signing_wrap];
    let whole = is_half(&form.auth) && is_half(&form.recovery_auth) && wraps.into_iter().all(is_wrap);
    if whole { Ok(()) } else { Err(No::field("code", AGAIN)) }
}

/// What the server made for one attempt and keeps nowhere but in the attempt's own form, under the records key.
struct Ticket {
    secret: Vec<u8>,
    wrap: String,
    recovery_wrap: String,
}

impl Ticket {
    fn fresh(office: &Office) -> Self {
        let wrap = || WrapId::fresh(office.now(), ten()).to_string();
        Self { secret: clock::random::<SECRET>().to_vec(), wrap: wrap(), recovery_wrap: wrap() }
    }

    fn seal(&self, office: &Office, half: Half, attempt: SessionId) -> Result<String, Fault> {
        let plain = [self.secret.as_slice(), self.wrap.as_bytes(), self.recovery_wrap.as_bytes()].concat();
        let plain = zeroize::Zeroizing::new(plain);
        Ok(STANDARD.encode(office.seal_field("recovery", &attempt.to_string(), "ticket", half.version, &plain)?))
    }

    fn open(office: &Office, half: Half, attempt: SessionId, sealed: &str) -> Option<Self> {
        let sealed = STANDARD.decode(sealed).ok()?;
        let plain = office.open_field("recovery", &attempt.to_string(), "ticket", half.version, &sealed).ok()?;
        let (secret, ids) = plain.split_at_checked(SECRET)?;
        let (wrap, recovery_wrap) = std::str::from_utf8(ids).ok()?.split_at_checked(ids.len() / 2)?;
        let id = |text| WrapId::parse(text).map(|id| id.to_string());
        Some(Self { secret: secret.to_vec(), wrap: id(wrap)?, recovery_wrap: id(recovery_wrap)? })
    }

    fn wraps(&self, form: &Renewed) -> [Wrap; 2] {
        let wrap = |id: &str, kind: &str, identity: &str, signing: &str| Wrap {
            id: id.to_owned(),
            kind: kind.to_owned(),
            identity: identity.to_owned(),
            signing: signing.to_owned(),
        };
        [
            wrap(&self.wrap, "passphrase", &form.identity_wrap, &form.signing_wrap),
            wrap(&self.recovery_wrap, "recovery", &form.recovery_identity_wrap, &form.recovery_signing_wrap),
        ]
    }
}
