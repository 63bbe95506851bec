//! Signing in: the passphrase's sign-in half, then a one-time code that works once.
//!
//! Same words and the same work for known and unknown addresses. Failures slow down an account and a source, never lock:
//! after a few failures each further try waits longer, to at most a minute.

use std::net::Ipv6Addr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use totp_rs::{Builder, Secret};

use crate::actions::office::slow;
use crate::actions::{Fault, No, Office};
use crate::actions::{known, session};
use crate::clock::{self, Clock};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{PersonId, SessionId};
use crate::store::log::Stamp;
use crate::store::people::Person;

/// Tries on one account, and from one source, before waiting begins. Many people share a source (a station's address).
const FREE: [i64; 2] = [5, 100];
/// The longest wait, seconds: a try a minute is nothing against 77 bits, and nobody is kept out for long by a stranger.
const LONGEST_S: i64 = 60;
/// Failures older than this are forgotten, milliseconds.
const FORGOTTEN_MS: i64 = 24 * 3_600_000;
/// Argon2id: 46 MiB, one pass, one lane (OWASP's second set).
const ARGON: (u32, u32, u32) = (47_104, 1, 1);

/// Who has shown the first factor, for the short cookie until the code comes.
#[derive(Clone, Copy, Debug)]
pub struct Half {
    /// Who.
    pub person: PersonId,
    /// Their version then.
    pub version: i64,
}

/// The sentence for anything wrong with the first step; it never says which part.
const WRONG: &str = "Enter the email address and passphrase of your account. One of them is not right.";
/// The sentence for anything wrong with the code.
const WRONG_CODE: &str = "Enter the six digits your authenticator app shows now. A code works once: wait for the next one if you have just used it.";

/// The lower-case, trimmed form of an address.
pub fn address(raw: &str) -> String {
    raw.trim().to_lowercase()
}

/// The first step: email and `auth` (64 hexadecimal digits, `docs/formats/sign-in.md`).
///
/// `known` is the cookie of a device: where this account has signed in before, failures count for the device, not the account.
pub async fn first(office: &Office, email: &str, auth: &str, known: &str, stamp: Stamp) -> Result<Half, No> {
    let email = address(email);
    let account = match known::device(office, known, &email) {
        Some(device) => office.blind("sign-in device", &format!("{device}\n{email}")),
        None => office.blind("sign-in account", &email),
    };
    let keys = throttles(office, account, &stamp);
    wait(office, &keys).await?;
    let row = office.read().await?.person_by_email(&office.blind("email", &email)).await?;
    let stored = row.as_ref().map_or_else(String::new, |person| person.auth_hash.clone());
    let right = verify(office, auth.to_owned(), stored).await?;
    match row {
        Some(person) if right && !person.suspended => Ok(Half { person: person.id()?, version: person.version }),
        found => {
            failed(office, &keys, found.as_ref(), "passphrase", stamp).await?;
            Err(No::field("passphrase", WRONG))
        }
    }
}

/// The second step: the code. Begins the visit.
pub async fn second(office: &Office, half: Half, code: &str, stamp: Stamp) -> Result<SessionId, No> {
    let row =
        office.read().await?.person(half.person).await?.filter(|row| row.version == half.version && !row.suspended);
    let Some(row) = row else { return Err(No::field("code", WRONG_CODE)) };
    prove_code(office, half.person, code, "code", &stamp).await?;
    session::begin(office, half.person, row.version, session::How::Code, stamp).await
}

/// Refuses a try without an address (a passkey) that comes too soon after too many failures from the same source.
pub(super) async fn wait_source(office: &Office, stamp: &Stamp) -> Result<(), No> {
    wait(office, &[None, Some(source(office, stamp))]).await
}

/// Counts a failed try without an address against its source.
pub(super) async fn failed_source(
    office: &Office,
    who: Option<&Person>,
    step: &'static str,
    stamp: Stamp,
) -> Result<(), No> {
    let keys = [None, Some(source(office, &stamp))];
    failed(office, &keys, who, step, stamp).await
}

/// The throttle of a source.
fn source(office: &Office, stamp: &Stamp) -> String {
    office.blind("sign-in source", &network(&stamp.client))
}

/// Of an IPv6 address the first half: whoever has one has all 2⁶⁴ of its network, and would never wait.
fn network(client: &str) -> String {
    match client.parse::<Ipv6Addr>() {
        Ok(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).to_string(),
        Err(_) => client.to_owned(),
    }
}

/// The throttles of an account and of a source, as [`FREE`] has them.
pub(super) fn throttles(office: &Office, account: String, stamp: &Stamp) -> [Option<String>; 2] {
    [Some(account), Some(source(office, stamp))]
}

/// Uses a code up: a wrong or used one is refused beside `field` and counts as a failure of the account and of the source.
pub(super) async fn prove_code(
    office: &Office,
    person: PersonId,
    code: &str,
    field: &'static str,
    stamp: &Stamp,
) -> Result<(), No> {
    let row = office.read().await?.person(person).await?.ok_or(No::NotFound)?;
    // Counted apart from the passphrase: who has not shown that first cannot slow this step down for who has.
    let keys = throttles(office, office.blind("sign-in code", &row.email), stamp);
    wait(office, &keys).await?;
    // Who joined with a passkey alone has no authenticator app: no code is theirs.
    let step = if row.totp_secret.is_empty() {
        None
    } else {
        step_of(&office.open_field("person", &row.id, "totp_secret", 0, &row.totp_secret)?, code)
    };
    let fresh = match step {
        Some(step) => {
            office.act(move |tx| Box::pin(async move { Ok(tx.use_totp_step(person, step).await?) })).await?.into_inner()
        }
        None => false,
    };
    if !fresh {
        failed(office, &keys, Some(&row), "code", stamp.clone()).await?;
        return Err(No::field(field, WRONG_CODE));
    }
    let (code, account) = (office.blind("sign-in code", &row.email), office.blind("sign-in account", &row.email));
    office
        .act(move |tx| {
            Box::pin(async move {
                tx.forgive(&code).await?;
                Ok(tx.forgive(&account).await?)
            })
        })
        .await?;
    Ok(())
}

/// The step of 30 seconds whose code this is, by the machine's own time (never the demo's), one step early or late.
pub fn step_of(secret: &[u8], code: &str) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let totp = Builder::new().with_secret(Secret::new(secret.into())).build().ok()?;
    let seconds = u64::try_from(Clock::real().millis() / 1000).ok()?;
    totp.check(&digits, seconds).and_then(|step| i64::try_from(step).ok())
}

/// Argon2id of the sign-in half, as kept: `argon2id$m$t$p$salt$hash` in hexadecimal.
pub fn hash_auth(auth: &str) -> Result<String, Fault> {
    let salt: [u8; 16] = clock::random();
    let (m, t, p) = ARGON;
    let hash = argon(auth.as_bytes(), &salt, ARGON)?;
    Ok(format!("argon2id${m}${t}${p}${}${}", hex::encode(salt), hex::encode(hash)))
}

fn argon(auth: &[u8], salt: &[u8], (m, t, p): (u32, u32, u32)) -> Result<[u8; 32], Fault> {
    let broken = |why: argon2::Error| Fault::Other(format!("argon2: {why}"));
    let params = argon2::Params::new(m, t, p, Some(32)).map_err(broken)?;
    let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let mut hash = [0; 32];
    argon.hash_password_into(auth, salt, &mut hash).map_err(broken)?;
    Ok(hash)
}

/// Compares in constant time; an unknown account costs the same hash.
pub(super) async fn verify(office: &Office, auth: String, stored: String) -> Result<bool, No> {
    let _turn = office.hashing.acquire().await.map_err(|_| No::Unavailable)?;
    Ok(slow(move || {
        let parts: Vec<&str> = stored.split('$').collect();
        let known = match parts.as_slice() {
            ["argon2id", m, t, p, salt, hash] => (|| {
                let cost = (m.parse().ok()?, t.parse().ok()?, p.parse().ok()?);
                Some((cost, hex::decode(salt).ok()?, hex::decode(hash).ok()?))
            })(),
            _ => None,
        };
        let (cost, salt, hash) = known.unwrap_or((ARGON, vec![0; 16], vec![0; 32]));
        let ours = argon(auth.as_bytes(), &salt, cost)?;
        Ok::<_, Fault>(!stored.is_empty() && verify_slices_are_equal(&ours, &hash).is_ok())
    })
    .await??)
}

/// Refuses a try that comes too soon after too many failures.
pub(super) async fn wait(office: &Office, keys: &[Option<String>; 2]) -> Result<(), No> {
    let now = office.now();
    let mut conn = office.read().await?;
    let mut longest = 0;
    for (key, free) in keys.iter().zip(FREE) {
        let Some(key) = key else { continue };
        let (failures, last) = conn.failures(key).await?;
        let over = u32::try_from(failures.saturating_sub(free)).unwrap_or(0);
        if over == 0 || now >= last.plus_millis(FORGOTTEN_MS) {
            continue;
        }
        let wait = 2_i64.saturating_pow(over.min(12)).min(LONGEST_S);
        longest = longest.max(last.plus_millis(wait * 1000).millis() - now.millis());
    }
    if longest > 0 {
        office.metrics.throttled();
        return Err(No::Throttled(u32::try_from((longest + 999) / 1000).unwrap_or(u32::MAX)));
    }
    Ok(())
}

/// Counts a failure of the account and of the source, and writes it down.
pub(super) async fn failed(
    office: &Office,
    keys: &[Option<String>; 2],
    who: Option<&Person>,
    step: &'static str,
    stamp: Stamp,
) -> Result<(), No> {
    let keys = keys.clone();
    let object = who.map_or_else(|| "account/unknown".to_owned(), |row| format!("person/{}", row.id));
    office
        .act(move |tx| {
            Box::pin(async move {
                for key in keys.iter().flatten() {
                    tx.count_failure(key, FORGOTTEN_MS).await?;
                }
                let event = Event::new(Kind::SignInFailed, object).with("step", step);
                tx.append(&event, &Actor::Portal, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn a_source_is_an_ipv4_address_or_an_ipv6_network() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::ffff"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("unknown"), "unknown");
    }
}
