//! The three cookies: a signed-in visit, a half-signed-in one (passphrase right, code awaited), and a random mark for form tokens
//! before anybody is known.
//!
//! Promises: `__Host-`, `Secure`, `HttpOnly`, `SameSite=Strict`; tokens are `EdDSA` JWTs with the algorithm, issuer and audience pinned and no
//! leeway; time comes from the portal's clock, so the library's own reading is switched off and `exp` and `iat` are checked here.
//! A token is only a pointer: `actions::session::check` asks the store at each request (ASVS 7.4, 8.3.2).
//! Absent on purpose: roles or names in a cookie; any algorithm but Ed25519.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use aws_lc_rs::hkdf;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::domain::ids::{PersonId, SessionId};
use crate::domain::limits::IDLE_MS;
use crate::domain::moment::Moment;

/// The signed-in visit.
pub const SESSION: &str = "__Host-session";
/// Half of signing in is done.
pub const HALF: &str = "__Host-half";
/// A random mark, for form tokens of people not signed in.
pub const VISIT: &str = "__Host-visit";

/// The device on which accounts have signed in before (`actions::known`): the only cookie that outlives the browser.
pub const KNOWN: &str = "__Host-known";
/// It is forgotten after this many days without signing in.
const KNOWN_DAYS: i64 = 90;

/// How long half a sign-in waits for its code, milliseconds.
pub const HALF_MS: i64 = 5 * 60_000;
/// A session token older than this is made anew, so that 15 idle minutes are never cut to less than 14.
pub const REFRESH_MS: i64 = 60_000;

/// How far ahead another instance's clock may be, seconds. It lengthens nothing: `exp` is absolute.
const SKEW_S: i64 = 60;

const ISSUER: &str = "disclosure-portal";

/// What a token points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// The visit (or the attempt at one).
    pub session: SessionId,
    /// Whose.
    pub person: PersonId,
    /// The person's version when it was made: any change of roles, keys or standing ends it.
    pub version: i64,
}

/// Which of the two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Signed in.
    Session,
    /// The code is awaited.
    Half,
}

impl Audience {
    fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Half => "half",
        }
    }

    fn lasts(self) -> i64 {
        match self {
            Self::Session => IDLE_MS,
            Self::Half => HALF_MS,
        }
    }

    /// The cookie it travels in.
    pub fn cookie(self) -> &'static str {
        match self {
            Self::Session => SESSION,
            Self::Half => HALF,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    /// Seconds; made at.
    iat: i64,
    /// Seconds; ends at.
    exp: i64,
    sid: String,
    sub: String,
    pv: i64,
}

/// The keys of cookies and form tokens, all drawn from one 32-byte secret, so that instances and restarts agree.
pub struct Keys {
    sign: EncodingKey,
    verify: DecodingKey,
    pub(crate) forms: hmac::Key,
}

impl Keys {
    /// Draws the keys from the `web` key file's 32 bytes.
    pub fn from_secret(secret: &[u8; 32]) -> Result<Self, String> {
        let broken = |_| "the web key cannot be used".to_owned();
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"disclosure-portal/web/v1").extract(secret);
        let draw = |info: &[u8]| -> Result<[u8; 32], aws_lc_rs::error::Unspecified> {
            let mut key = [0; 32];
            root.expand(&[info], hkdf::HKDF_SHA256)?.fill(&mut key)?;
            Ok(key)
        };
        let seed = draw(b"cookies").map_err(broken)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|why| why.to_string())?;
        let pkcs8 = pair.to_pkcs8v1().map_err(broken)?;
        Ok(Self {
            sign: EncodingKey::from_ed_der(pkcs8.as_ref()),
            verify: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            forms: hmac::Key::new(hmac::HMAC_SHA256, &draw(b"forms").map_err(broken)?),
        })
    }

    /// A token of `audience`, good from `now` for as long as that kind lasts.
    pub fn seal(&self, audience: Audience, to: Pointer, now: Moment) -> Result<String, String> {
        let seconds = now.millis().div_euclid(1000);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: audience.word().to_owned(),
            iat: seconds,
            exp: seconds + audience.lasts() / 1000,
            sid: to.session.to_string(),
            sub: to.person.to_string(),
            pv: to.version,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &self.sign).map_err(|why| why.to_string())
    }

    /// What a token points at and how old it is (milliseconds); `None` for any token not made here, for this, or not good now.
    pub fn open(&self, audience: Audience, token: &str, now: Moment) -> Option<(Pointer, i64)> {
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.leeway = 0;
        rules.validate_exp = false; // it would ask the system's clock; checked against the portal's below
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[audience.word()]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let claims = jsonwebtoken::decode::<Claims>(token, &self.verify, &rules).ok()?.claims;
        let seconds = now.millis().div_euclid(1000);
        let lasts = claims.exp.checked_sub(claims.iat)?;
        if claims.iat > seconds.saturating_add(SKEW_S) || claims.exp <= seconds || lasts > audience.lasts() / 1000 {
            return None;
        }
        let to = Pointer {
            session: SessionId::parse(&claims.sid)?,
            person: PersonId::parse(&claims.sub)?,
            version: claims.pv,
        };
        Some((to, (seconds - claims.iat).max(0) * 1000))
    }
}

/// A cookie of ours: it ends with the browser, and its token ends sooner.
pub fn put(name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build(name, value).path("/").secure(true).http_only(true).same_site(SameSite::Strict).finish()
}

/// The device's cookie.
pub fn known(value: String) -> Cookie<'static> {
    let mut kept = put(KNOWN, value);
    kept.set_max_age(Duration::days(KNOWN_DAYS));
    kept
}

/// Takes a cookie away.
pub fn drop(name: &'static str) -> Cookie<'static> {
    let mut gone = put(name, String::new());
    gone.set_max_age(Duration::ZERO);
    gone
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;

    fn keys(byte: u8) -> Keys {
        Keys::from_secret(&[byte; 32]).unwrap()
    }

    fn pointer() -> Pointer {
        let at = Moment::from_millis(1_800_000_000_000);
        Pointer { session: SessionId::fresh(at, [1; 10]), person: PersonId::fresh(at, [2; 10]), version: 7 }
    }

    #[test]
    fn a_token_reads_back_until_the_second_it_ends() {
        let (keys, now) = (keys(1), Moment::from_millis(1_800_000_000_500));
        for (audience, lasts) in [(Audience::Session, IDLE_MS), (Audience::Half, HALF_MS)] {
            let token = keys.seal(audience, pointer(), now).unwrap();
            assert_eq!(keys.open(audience, &token, now), Some((pointer(), 0)));
            assert_eq!(keys.open(audience, &token, now.plus_millis(lasts - 1_000)).unwrap().1, lasts - 1_000);
            assert_eq!(keys.open(audience, &token, now.plus_millis(lasts - 500)), None);
            assert_eq!(keys.open(audience, &token, now.plus_millis(-59_000)).unwrap().1, 0, "another instance's clock");
            assert_eq!(keys.open(audience, &token, now.plus_millis(-120_000)), None);
        }
    }

    #[test]
    fn restarts_and_instances_agree_and_another_secret_does_not() {
        let now = Moment::from_millis(1_800_000_000_000);
        let token = keys(1).seal(Audience::Session, pointer(), now).unwrap();
        assert!(keys(1).open(Audience::Session, &token, now).is_some());
        assert!(keys(2).open(Audience::Session, &token, now).is_none());
    }

    #[test]
    fn half_a_sign_in_is_no_visit_nor_the_other_way_round() {
        let (keys, now) = (keys(1), Moment::from_millis(1_800_000_000_000));
        let (half, whole) =
            (keys.seal(Audience::Half, pointer(), now).unwrap(), keys.seal(Audience::Session, pointer(), now).unwrap());
        assert!(keys.open(Audience::Session, &half, now).is_none());
        assert!(keys.open(Audience::Half, &whole, now).is_none());
    }

    #[test]
    fn forged_tokens_are_nothing() {
        let (keys, now) = (keys(1), Moment::from_millis(1_800_000_000_000));
        let good = keys.seal(Audience::Session, pointer(), now).unwrap();
        let parts: Vec<&str> = good.split('.').collect();
        let public = keys.verify.try_get_as_bytes().unwrap().to_vec();
        let confused = format!("{}.{}", B64.encode(r#"{"alg":"HS256","typ":"JWT"}"#), parts[1]);
        let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &public), confused.as_bytes());
        let none = B64.encode(r#"{"alg":"none","typ":"JWT"}"#);
        let mut forged = vec![
            String::new(),
            ".".into(),
            "..".into(),
            "a.b.c".into(),
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{confused}.{}", B64.encode(mac)),
            format!("{good}."),
            "é".repeat(5000),
        ];
        // Any single changed character of head, claims or signature.
        for at in 0..good.len() {
            let mut bytes = good.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            // The last character of a base 64 text without padding carries spare bits; the decoder refuses or reads the same.
            if changed != good {
                forged.push(changed);
            }
        }
        for token in forged {
            assert_eq!(keys.open(Audience::Session, &token, now), None, "{token}");
        }
    }

    #[test]
    fn a_token_of_ours_with_other_claims_is_nothing() {
        let (keys, now) = (keys(1), Moment::from_millis(1_800_000_000_000));
        let claims = |iss: &str, aud: &str, lasts: i64| Claims {
            iss: iss.into(),
            aud: aud.into(),
            iat: 1_800_000_000,
            exp: 1_800_000_000 + lasts,
            sid: pointer().session.to_string(),
            sub: pointer().person.to_string(),
            pv: 7,
        };
        let seal = |claims: &Claims| jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), claims, &keys.sign).unwrap();
        assert!(keys.open(Audience::Session, &seal(&claims(ISSUER, "session", 900)), now).is_some());
        for wrong in [claims("else", "session", 900), claims(ISSUER, "mail", 900), claims(ISSUER, "session", 901)] {
            assert_eq!(keys.open(Audience::Session, &seal(&wrong), now), None);
        }
        let mut odd = claims(ISSUER, "session", 900);
        odd.sid = "x".into();
        assert_eq!(keys.open(Audience::Session, &seal(&odd), now), None);
        odd.exp = i64::MIN;
        assert_eq!(keys.open(Audience::Session, &seal(&odd), now), None);
    }
}
