//! A telephone that keeps passkeys: real keys, real signatures, answers as a browser's `credential.toJSON()` writes them.
//!
//! Written from `WebAuthn` level 3 clauses 6.1 (authenticator data), 6.5 (attestation "none") and RFC 9052 (the key), and able to do
//! what a good one never does: skip verifying its owner, answer for another page, count backwards.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use disclosure_portal::clock;
use serde_json::{Value, json};

use super::ORIGIN;

/// One telephone.
pub(crate) struct Authenticator {
    kept: Vec<Kept>,
    /// The page that asks.
    pub(crate) origin: String,
    /// Whether it asks its owner for a finger or a PIN.
    pub(crate) verifies: bool,
    /// Uses so far; 0 forever: it does not count.
    pub(crate) counter: u32,
    /// Whose passkey it says it is, in place of the truth.
    pub(crate) says_handle: Option<String>,
}

struct Kept {
    id: Vec<u8>,
    handle: String,
    key: EcdsaKeyPair,
}

impl Authenticator {
    pub(crate) fn new() -> Self {
        Self { kept: Vec::new(), origin: ORIGIN.into(), verifies: true, counter: 1, says_handle: None }
    }

    /// Answers `navigator.credentials.create`.
    pub(crate) fn make(&mut self, options: &Value) -> Value {
        let (id, key) =
            (clock::random::<16>().to_vec(), EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap());
        let point = key.public_key().as_ref().to_vec();
        let mut data = self.data(options["rp"]["id"].as_str().unwrap(), 0x40);
        data.extend([0; 16]); // the model: unsaid
        data.extend(u16::try_from(id.len()).unwrap().to_be_bytes());
        data.extend(&id);
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]); // EC2, ES256, P-256, x
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..65]);
        let mut object = vec![0xa3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData");
        object.extend([0x58, u8::try_from(data.len()).unwrap()]);
        object.extend(&data);
        let client = self.client("webauthn.create", options);
        let handle = options["user"]["id"].as_str().unwrap().to_owned();
        self.kept.push(Kept { id: id.clone(), handle, key });
        json!({
            "id": B64.encode(&id), "rawId": B64.encode(&id), "type": "public-key", "authenticatorAttachment": "platform",
            "response": {"clientDataJSON": B64.encode(client), "attestationObject": B64.encode(object),
                "authenticatorData": B64.encode(data), "transports": ["internal", "something-new"], "publicKeyAlgorithm": -7},
            "clientExtensionResults": {"credProps": {"rk": true}, "prf": {"enabled": true}, "something-new": [1]},
        })
    }

    /// Answers `navigator.credentials.get` with the newest key that is allowed.
    pub(crate) fn show(&mut self, options: &Value) -> Value {
        self.counter += u32::from(self.counter > 0);
        let allowed = options["allowCredentials"].as_array().cloned().unwrap_or_default();
        let may = |id: &[u8]| allowed.is_empty() || allowed.iter().any(|one| one["id"] == B64.encode(id).as_str());
        let kept = self.kept.iter().rev().find(|kept| may(&kept.id)).unwrap_or(self.kept.last().expect("a passkey"));
        let data = self.data(options["rpId"].as_str().unwrap(), 0);
        let client = self.client("webauthn.get", options);
        let signed = [data.as_slice(), digest(&SHA256, client.as_bytes()).as_ref()].concat();
        let signature = kept.key.sign(&SystemRandom::new(), &signed).unwrap();
        let id = B64.encode(&kept.id);
        let handle = self.says_handle.as_ref().unwrap_or(&kept.handle);
        json!({
            "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
            "response": {"clientDataJSON": B64.encode(client), "authenticatorData": B64.encode(data),
                "signature": B64.encode(signature), "userHandle": handle},
            "clientExtensionResults": {"prf": {}},
        })
    }

    fn data(&self, host: &str, more: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, host.as_bytes()).as_ref().to_vec();
        data.push(0x01 | if self.verifies { 0x04 } else { 0 } | more);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client(&self, what: &str, options: &Value) -> String {
        json!({"type": what, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false})
            .to_string()
    }
}
