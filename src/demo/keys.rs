//! A person's keys and wraps as their browser would make them (`docs/formats/sign-in.md`), for people who do not exist.
//!
//! Proved against the vectors of that page.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::actions::Fault;
use crate::clock;

/// PKCS#8 v1 of a raw X25519 key: these sixteen bytes, then the key (RFC 8410).
const X25519_HEAD: &str = "302e020100300506032b656e04220420";
/// The same for Ed25519.
const ED25519_HEAD: &str = "302e020100300506032b657004220420";
/// Crockford's base 32.
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn broken(why: impl std::fmt::Display) -> Fault {
    Fault::Other(format!("demo keys: {why}"))
}

/// Seven words of the BIP-39 English list, 77 random bits.
pub fn passphrase() -> String {
    let words = bip39::Language::English.word_list();
    let draws = clock::random::<14>();
    let words: Vec<&str> = draws
        .as_chunks::<2>()
        .0
        .iter()
        .filter_map(|pair| words.get(usize::from(u16::from_be_bytes(*pair) & 2047)).copied())
        .collect();
    words.join(" ")
}

/// What the passphrase becomes: the sign-in half (hexadecimal) and the wrapping key.
pub fn split(email: &str, passphrase: &str) -> Result<(String, [u8; 32]), Fault> {
    let params = scrypt::Params::new(17, 8, 1, 32).map_err(broken)?;
    let salt = format!("disclosure-portal/sign-in/v1\n{email}");
    let mut mk = [0; 32];
    scrypt::scrypt(passphrase.as_bytes(), salt.as_bytes(), &params, &mut mk).map_err(broken)?;
    let auth = derive(&mk, b"", b"disclosure-portal/auth/v1")?;
    Ok((hex::encode(auth), derive(&mk, b"", b"disclosure-portal/wrap/v1")?))
}

/// HKDF with SHA-256 (RFC 5869), 32 bytes.
pub fn derive(key: &[u8], salt: &[u8], info: &[u8]) -> Result<[u8; 32], Fault> {
    struct Len;
    impl hkdf::KeyType for Len {
        fn len(&self) -> usize {
            32
        }
    }
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(key);
    let mut out = [0; 32];
    prk.expand(&[info], Len).and_then(|okm| okm.fill(&mut out)).map_err(broken)?;
    Ok(out)
}

/// A recovery code's secret as it is printed.
pub fn recovery_code(secret: &[u8; 20]) -> String {
    let mut symbols = String::new();
    for five in secret.as_chunks::<5>().0 {
        let bits = five.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        for at in (0..8).rev() {
            let n = usize::try_from((bits >> (at * 5)) & 31).unwrap_or(0);
            symbols.extend(CROCKFORD.get(n).map(|b| char::from(*b)));
        }
    }
    let groups: Vec<&str> = (0..8).filter_map(|n| symbols.get(n * 4..n * 4 + 4)).collect();
    groups.join("-")
}

/// Which of the two private keys.
#[derive(Clone, Copy, Debug)]
pub enum Half {
    /// Opens.
    X25519,
    /// Signs.
    Ed25519,
}

/// Wraps one private key for one way of unlocking.
pub fn wrap(kek: &[u8; 32], raw: &[u8; 32], half: Half, bound_to: &str, iv: [u8; 12]) -> Result<String, Fault> {
    let (head, word) = match half {
        Half::X25519 => (X25519_HEAD, "x25519"),
        Half::Ed25519 => (ED25519_HEAD, "ed25519"),
    };
    let mut sealed = hex::decode(head).map_err(broken)?;
    sealed.extend_from_slice(raw);
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, kek).map_err(broken)?);
    let aad = format!("identity-wrap/v1|{bound_to}|{word}");
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(iv), Aad::from(aad.as_bytes()), &mut sealed)
        .map_err(broken)?;
    Ok(STANDARD.encode([iv.as_slice(), &sealed].concat()))
}

/// The public half of a signing seed, base 64.
pub fn signing_key(seed: &[u8; 32]) -> Result<String, Fault> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(broken)?;
    Ok(STANDARD.encode(pair.public_key().as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    const PAGE: &str = include_str!("../../docs/formats/sign-in.md");

    fn block(name: &str) -> serde_json::Value {
        let json = PAGE.split(&format!("```json {name}\n")).nth(1).unwrap().split("```").next().unwrap();
        serde_json::from_str(json).unwrap()
    }

    fn bytes<const N: usize>(value: &serde_json::Value) -> [u8; N] {
        hex::decode(value.as_str().unwrap()).unwrap().try_into().unwrap()
    }

    #[test]
    fn the_split_is_the_pages() {
        let split_vector = block("split");
        let text = |name: &str| split_vector[name].as_str().unwrap().to_owned();
        let (auth, wrap_key) = split(&text("email"), &text("passphrase")).unwrap();
        assert_eq!((auth, hex::encode(wrap_key)), (text("auth"), text("wrap_key")));
    }

    #[test]
    fn the_wraps_are_the_pages() {
        let keys = block("keys");
        let person = keys["person_id"].as_str().unwrap();
        let recipient = keys["recipient"].as_str().unwrap();
        for (name, kind) in
            [("wrap-passphrase", "passphrase"), ("wrap-recovery", "recovery"), ("wrap-passkey", "passkey")]
        {
            let wraps = block(name);
            let bound = format!("{person}|{recipient}|{kind}|{}", wraps["wrap_id"].as_str().unwrap());
            let kek = bytes(&wraps["kek"]);
            let identity =
                wrap(&kek, &bytes(&keys["x25519_secret"]), Half::X25519, &bound, bytes(&wraps["identity_iv"])).unwrap();
            let signing =
                wrap(&kek, &bytes(&keys["ed25519_secret"]), Half::Ed25519, &bound, bytes(&wraps["signing_iv"]))
                    .unwrap();
            assert_eq!(identity, wraps["identity"].as_str().unwrap());
            assert_eq!(signing, wraps["signing"].as_str().unwrap());
        }
        assert_eq!(signing_key(&bytes(&keys["ed25519_secret"])).unwrap(), keys["signing_key"].as_str().unwrap());
    }

    #[test]
    fn the_recovery_code_is_the_pages() {
        let vector = block("wrap-recovery");
        assert_eq!(recovery_code(&bytes(&vector["secret"])), vector["code"].as_str().unwrap());
        let person = block("keys")["person_id"].as_str().unwrap().to_owned();
        let kek = derive(&bytes::<20>(&vector["secret"]), person.as_bytes(), b"disclosure-portal/recovery/v1").unwrap();
        assert_eq!(hex::encode(kek), vector["kek"].as_str().unwrap());
    }

    #[test]
    fn the_passkeys_key_is_the_pages() {
        let vector = block("wrap-passkey");
        let id = URL_SAFE_NO_PAD.decode(vector["credential"].as_str().unwrap()).unwrap();
        let kek = derive(&bytes::<32>(&vector["prf"]), &id, b"disclosure-portal/passkey/v1").unwrap();
        assert_eq!(hex::encode(kek), vector["kek"].as_str().unwrap());
    }

    #[test]
    fn a_passphrase_has_seven_words() {
        assert_eq!(passphrase().split(' ').count(), 7);
    }
}
