//! The age format (age-encryption.org/v1), and the only file that names the `age` crate.
//!
//! Promises: a recipient is one native X25519 key in its one spelling; a copy is sealed to exactly one recipient; several
//! recipients are possible only for a unit's box and for a backup. Anything else that age could take (SSH keys, plugins, passphrases, the
//! tagged and the post-quantum kinds) is refused with a sentence.
//! Absent on purpose: armour, key files, and any use of [`Identity`] by the server: it is here for the demo's people and for
//! tests, who open what was sealed.
//! Proved by the tests below and, against Debian's `age -d`, by `tests/it/sealing.rs`.

use std::io::{self, BufRead, Read, Write};
use std::{fmt, str::FromStr};

use ::age::{Decryptor, Encryptor, x25519};
use aws_lc_rs::{agreement, rand};
use bech32::{Bech32, Hrp};
use zeroize::{Zeroize, Zeroizing};

const SECRET_PREFIX: &str = "age-secret-key-";

/// Why a text is not a recipient; `Display` is a sentence for the person who gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadRecipient {
    /// Nothing given.
    #[error("Enter an age recipient. It starts with age1 and has 62 characters.")]
    Missing,
    /// A secret key was pasted.
    #[error(
        "This is a secret key. Keep it to yourself and replace it, since it has now been shown. Enter the recipient that belongs to it, which starts with age1."
    )]
    Secret,
    /// An SSH public key.
    #[error("SSH keys cannot be used. Enter an age recipient, which starts with age1.")]
    Ssh,
    /// A plugin, tagged or post-quantum recipient.
    #[error(
        "This kind of age recipient cannot be used yet. Enter an ordinary one: it starts with age1 and has 62 characters."
    )]
    OtherKind,
    /// Not readable, wrong checksum, wrong length, or not in lower case.
    #[error("This is not an age recipient: a character is missing, wrong or out of place. Copy it again in full.")]
    Misspelt,
    /// A key to which anybody could open (a point of small order, RFC 7748 §6.1).
    #[error("This age recipient is unsafe: it protects nothing. Make a new key and enter its recipient.")]
    Unsafe,
}

/// The operating system gave no randomness, or encryption failed; nothing was sealed.
#[derive(Debug, thiserror::Error)]
#[error("nothing was sealed: {0}")]
pub struct NotSealed(&'static str);

/// Not for this identity, or changed since it was sealed. No more is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot be opened with this key")]
pub struct NotOpened;

/// One native X25519 recipient, `age1…`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Recipient(x25519::Recipient);

impl Recipient {
    /// Reads a recipient as people paste it: spaces around it are forgiven, nothing else.
    pub fn parse(text: &str) -> Result<Recipient, BadRecipient> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BadRecipient::Missing);
        }
        let lower = text.to_ascii_lowercase();
        if lower.contains(SECRET_PREFIX) {
            return Err(BadRecipient::Secret);
        }
        if ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"].iter().any(|start| lower.starts_with(start)) {
            return Err(BadRecipient::Ssh);
        }
        let inner = x25519::Recipient::from_str(text).map_err(|_| {
            // Other kinds carry a name between "age" and the last "1": age1tag1…, age1pq1…, age1yubikey1…
            let kind = lower.rsplit_once('1').map_or("", |(kind, _)| kind);
            let name = kind.strip_prefix("age1").filter(|name| (1..=24).contains(&name.len()));
            let named = name.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric()));
            if named { BadRecipient::OtherKind } else { BadRecipient::Misspelt }
        })?;
        if inner.to_string() != text {
            return Err(BadRecipient::Misspelt);
        }
        let (_, key) = bech32::decode(text).map_err(|_| BadRecipient::Misspelt)?;
        if shares_nothing(&key) { Err(BadRecipient::Unsafe) } else { Ok(Recipient(inner)) }
    }
}

/// True for keys whose shared secret is zero whatever the other side does: `age` would stop the process on one.
fn shares_nothing(key: &[u8]) -> bool {
    let Ok(ours) = agreement::PrivateKey::generate(&agreement::X25519) else {
        return true;
    };
    let theirs = agreement::UnparsedPublicKey::new(&agreement::X25519, key);
    agreement::agree(&ours, theirs, (), |_| Ok(())).is_err()
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Seals to exactly one recipient. Inside the room only: pictures reach it as `Marked`, texts through `copy::seal_text`.
pub(super) fn seal(plain: &[u8], to: &Recipient) -> Result<Vec<u8>, NotSealed> {
    encrypt(plain, std::slice::from_ref(to))
}

/// Seals to several recipients, each of whom can open it: for a unit's box (the unit's identity, held by its AICs, its
/// reviewers and break-glass) and for nothing else.
pub fn seal_to_all(plain: &[u8], to: &[Recipient]) -> Result<Vec<u8>, NotSealed> {
    encrypt(plain, to)
}

fn encrypt(plain: &[u8], to: &[Recipient]) -> Result<Vec<u8>, NotSealed> {
    let keys = to.iter().map(|recipient| &recipient.0 as &dyn ::age::Recipient);
    let encryptor = Encryptor::with_recipients(keys).map_err(|_| NotSealed("no usable recipient"))?;
    // Header, 100 bytes a recipient, 16 bytes a chunk of 64 KiB.
    let mut sealed = Vec::with_capacity(plain.len() + plain.len() / 4096 + 128 * to.len() + 256);
    let mut writer = encryptor.wrap_output(&mut sealed).map_err(|_| NotSealed("the header was not written"))?;
    writer.write_all(plain).map_err(|_| NotSealed("the body was not written"))?;
    writer.finish().map_err(|_| NotSealed("the last chunk was not written"))?;
    Ok(sealed)
}

/// Seals what is written to it as it passes: for a backup, which is larger than memory. Nothing is sealed before [`Sealing::finish`].
pub struct Sealing<W: Write>(::age::stream::StreamWriter<W>);

impl<W: Write> Sealing<W> {
    /// Begins the file: its header names the recipients' keys, each of which opens it.
    pub fn to(out: W, to: &[Recipient]) -> Result<Self, NotSealed> {
        let keys = to.iter().map(|recipient| &recipient.0 as &dyn ::age::Recipient);
        let encryptor = Encryptor::with_recipients(keys).map_err(|_| NotSealed("no usable recipient"))?;
        encryptor.wrap_output(out).map(Self).map_err(|_| NotSealed("the header was not written"))
    }

    /// Writes the last chunk, without which nobody can open the file.
    pub fn finish(self) -> io::Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Opens a sealed file as it is read; a changed or missing chunk is an error of the reader. Read it to its end: only then is it known
/// to be whole.
pub fn opening<R: BufRead>(sealed: R, with: &Identity) -> Result<impl Read + use<R>, NotOpened> {
    let decryptor = Decryptor::new_buffered(sealed).map_err(|_| NotOpened)?;
    decryptor.decrypt(std::iter::once(&with.inner as &dyn ::age::Identity)).map_err(|_| NotOpened)
}

/// A person's own key. The server holds none; the demo's people and the tests do.
#[derive(Clone)]
pub struct Identity {
    inner: x25519::Identity,
    scalar: Zeroizing<[u8; 32]>,
}

impl Identity {
    /// A new identity from the operating system's randomness.
    pub fn fresh() -> Result<Identity, NotSealed> {
        let mut bytes = Zeroizing::new([0; 32]);
        rand::fill(bytes.as_mut()).map_err(|_| NotSealed("no randomness"))?;
        Identity::from_bytes(*bytes)
    }

    /// The identity whose X25519 private key (RFC 7748, unclamped) is these 32 bytes.
    pub fn from_bytes(mut bytes: [u8; 32]) -> Result<Identity, NotSealed> {
        let scalar = Zeroizing::new(bytes);
        bytes.zeroize();
        let secret = spell(&scalar).ok_or(NotSealed("not a key"))?;
        let inner = x25519::Identity::from_str(&secret).map_err(|_| NotSealed("not a key"))?;
        Ok(Identity { inner, scalar })
    }

    /// Reads `AGE-SECRET-KEY-1…`, in its one spelling, with a line end or without.
    pub fn parse(line: &str) -> Option<Identity> {
        let line = line.trim_end_matches(['\r', '\n']);
        let (prefix, bytes) = bech32::decode(line).ok()?;
        let bytes = Zeroizing::new(bytes);
        let scalar = <[u8; 32]>::try_from(bytes.as_slice()).ok()?;
        let identity = Identity::from_bytes(scalar).ok()?;
        let spelt = prefix.to_string().eq_ignore_ascii_case(SECRET_PREFIX) && *identity.secret() == line;
        spelt.then_some(identity)
    }

    /// `AGE-SECRET-KEY-1…`, as age's own tools read it.
    pub fn secret(&self) -> Zeroizing<String> {
        spell(&self.scalar).unwrap_or_default()
    }

    /// The 32 bytes of the private key.
    pub fn scalar(&self) -> Zeroizing<[u8; 32]> {
        self.scalar.clone()
    }

    /// The recipient that this identity opens.
    pub fn recipient(&self) -> Recipient {
        Recipient(self.inner.to_public())
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity(of {})", self.recipient())
    }
}

fn spell(scalar: &[u8; 32]) -> Option<Zeroizing<String>> {
    let prefix = Hrp::parse(SECRET_PREFIX).ok()?;
    bech32::encode_upper::<Bech32>(prefix, scalar).ok().map(Zeroizing::new)
}

/// Opens what was sealed to this identity, as a recipient would.
pub fn open(sealed: &[u8], with: &Identity) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
    let decryptor = Decryptor::new_buffered(sealed).map_err(|_| NotOpened)?;
    let keys = std::iter::once(&with.inner as &dyn ::age::Identity);
    let mut reader = decryptor.decrypt(keys).map_err(|_| NotOpened)?;
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    reader.read_to_end(&mut plain).map_err(|_| NotOpened)?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    // From the age specification's own examples: a public pair, never used.
    const SECRET: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";
    const RECIPIENT: &str = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";

    #[test]
    fn the_published_pair_is_spelt_as_published() {
        let (_, bytes) = bech32::decode(SECRET).unwrap();
        let identity = Identity::from_bytes(bytes.try_into().unwrap()).unwrap();
        assert_eq!(identity.secret().as_str(), SECRET);
        assert_eq!(Identity::parse(&format!("{SECRET}\n")).unwrap().recipient(), identity.recipient());
        for bad in ["", RECIPIENT, &SECRET.to_lowercase(), &SECRET[..60], &format!("x{SECRET}")] {
            assert!(Identity::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(identity.recipient().to_string(), RECIPIENT);
        assert_eq!(Recipient::parse(&format!("  {RECIPIENT}\n")).unwrap(), identity.recipient());
        assert!(!format!("{identity:?}").contains("SECRET"));
    }

    #[test]
    fn other_kinds_are_refused_each_with_its_reason() {
        let tampered = RECIPIENT.replace("svpy7pa", "svpy7pq");
        for (text, why) in [
            ("", BadRecipient::Missing),
            (" \t", BadRecipient::Missing),
            (SECRET, BadRecipient::Secret),
            ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN x@y", BadRecipient::Ssh),
            ("age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t", BadRecipient::OtherKind),
            ("age1tag1qt8lw0ual6avlwmwatk888yqnmdamm7xfd0wak53ut6elz5c4swx2yqdj4e", BadRecipient::OtherKind),
            ("age1pq1qqqqqqqqqqqqqqqqqq", BadRecipient::OtherKind),
            (&RECIPIENT.to_ascii_uppercase(), BadRecipient::Misspelt),
            (&tampered, BadRecipient::Misspelt),
            (&RECIPIENT[..61], BadRecipient::Misspelt),
            (&format!("{RECIPIENT} {RECIPIENT}"), BadRecipient::Misspelt),
            ("age1é", BadRecipient::Misspelt),
            ("somebody@example.org", BadRecipient::Misspelt),
        ] {
            assert_eq!(Recipient::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_key_that_protects_nothing_is_refused() {
        let prefix = Hrp::parse("age").unwrap();
        for first in [0, 1] {
            let mut point = [0; 32];
            point[0] = first;
            let text = bech32::encode_lower::<Bech32>(prefix, &point).unwrap();
            assert_eq!(Recipient::parse(&text), Err(BadRecipient::Unsafe));
        }
    }

    #[test]
    fn only_the_recipient_opens_and_only_unchanged_bytes() {
        let (mine, other) = (Identity::fresh().unwrap(), Identity::fresh().unwrap());
        let sealed = seal(b"custody photograph", &mine.recipient()).unwrap();
        assert_eq!(sealed.windows(10).filter(|line| line == b"-> X25519 ").count(), 1);
        assert_eq!(open(&sealed, &mine).unwrap().as_slice(), b"custody photograph");
        assert_eq!(open(&sealed, &other), Err(NotOpened));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(&changed, &mine), Err(NotOpened), "byte {at}");
        }
        for end in 0..sealed.len() {
            assert_eq!(open(&sealed[..end], &mine), Err(NotOpened), "cut at {end}");
        }
    }

    #[test]
    fn a_stream_opens_for_each_of_its_keys_whole_or_not_at_all() {
        let people = [Identity::fresh().unwrap(), Identity::fresh().unwrap()];
        let plain: Vec<u8> = (0..200_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        let mut stream = Sealing::to(Vec::new(), &people.each_ref().map(Identity::recipient)).unwrap();
        stream.write_all(&plain).unwrap();
        let sealed = stream.finish().unwrap();
        let read = |sealed: &[u8], with: &Identity| {
            let mut plain = Vec::new();
            opening(sealed, with).ok()?.read_to_end(&mut plain).ok().map(|_| plain)
        };
        for person in &people {
            assert_eq!(read(&sealed, person).unwrap(), plain);
        }
        assert!(read(&sealed, &Identity::fresh().unwrap()).is_none());
        for end in [0, 10, 200, 65_000, 131_700, sealed.len() - 1] {
            assert!(read(&sealed[..end], &people[0]).is_none(), "cut at {end}");
        }
        let mut changed = sealed.clone();
        changed[150_000] ^= 1;
        assert!(read(&changed, &people[0]).is_none());
        assert!(Sealing::to(Vec::new(), &[]).is_err());
    }

    #[test]
    fn a_units_box_opens_for_each_of_its_keys() {
        let people = [Identity::fresh().unwrap(), Identity::fresh().unwrap(), Identity::fresh().unwrap()];
        let sealed = seal_to_all(b"unit", &people.each_ref().map(Identity::recipient)).unwrap();
        for person in &people {
            assert_eq!(open(&sealed, person).unwrap().as_slice(), b"unit");
        }
        assert!(seal_to_all(b"unit", &[]).is_err());
    }
}
