//! The secret key files: where they lie, and reading them.
//!
//! Promise: a file that others can read, or that does not hold a key, is refused by name. Absent on purpose: writing them.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::ConfigError;

/// Where the portal's secret key files lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFiles {
    /// Signs the log's heads.
    pub log: PathBuf,
    /// Seals case files and second locks.
    pub records: PathBuf,
    /// Cookies and form tokens.
    pub web: PathBuf,
    /// Hashes of addresses.
    pub blind: PathBuf,
}

impl KeyFiles {
    /// Where `init` and the demo put them.
    pub fn below(data: &Path) -> Self {
        let file = |name: &str| data.join("keys").join(name);
        Self { log: file("log.key"), records: file("records.key"), web: file("web.key"), blind: file("blind.key") }
    }

    /// Each with its word in the configuration.
    pub fn all(&self) -> [(&'static str, &Path); 4] {
        [("log", &self.log), ("records", &self.records), ("web", &self.web), ("blind", &self.blind)]
    }
}

/// Reads a file that only its owner may read.
pub fn secret(path: &Path) -> Result<Zeroizing<String>, ConfigError> {
    let unreadable = |why| ConfigError::Unreadable { path: path.to_owned(), why };
    private(path)?;
    std::fs::read_to_string(path).map(Zeroizing::new).map_err(unreadable)
}

/// Refuses a file or folder with any permission for group or others.
pub fn private(path: &Path) -> Result<(), ConfigError> {
    use std::os::unix::fs::MetadataExt;
    let about = std::fs::metadata(path).map_err(|why| ConfigError::Unreadable { path: path.to_owned(), why })?;
    if is_private(path, about.mode(), (about.uid(), about.gid())) {
        Ok(())
    } else {
        Err(ConfigError::Open { path: path.to_owned() })
    }
}

/// Whether a mode closes a path to everybody but its owner. systemd hands a credential over as root's file with an access list for
/// the service, whose mask shows as reading by the group: root's own, in a folder where root alone makes anything.
fn is_private(path: &Path, mode: u32, owner: (u32, u32)) -> bool {
    let open = mode & 0o077;
    open == 0 || (open == 0o040 && owner == (0, 0) && path.starts_with("/run/credentials"))
}

/// Reads a key file: 64 hexadecimal digits and a line end, mode 0600.
pub fn key(path: &Path) -> Result<Zeroizing<[u8; 32]>, ConfigError> {
    let text = secret(path)?;
    let mut key = Zeroizing::new([0; 32]);
    let digits = text.strip_suffix('\n').unwrap_or(&text);
    hex::decode_to_slice(digits, &mut *key).map_err(|_| ConfigError::NoKey { path: path.to_owned() })?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn folder() -> PathBuf {
        let at = std::env::temp_dir().join(format!("keys-{}", hex::encode(crate::clock::random::<8>())));
        std::fs::create_dir(&at).unwrap();
        at
    }

    #[test]
    fn a_key_that_others_can_read_is_refused_and_so_is_what_is_no_key() {
        let at = folder();
        let file = at.join("web.key");
        let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        std::fs::write(&file, format!("{}\n", "ab".repeat(32))).unwrap();
        mode(0o600);
        assert_eq!(*key(&file).unwrap(), [0xab; 32]);
        for open in [0o640, 0o604, 0o666] {
            mode(open);
            assert!(matches!(key(&file), Err(ConfigError::Open { .. })), "{open:o}");
        }
        mode(0o600);
        for wrong in ["", "ab", &"zz".repeat(32), &"ab".repeat(33)] {
            std::fs::write(&file, wrong).unwrap();
            assert!(matches!(key(&file), Err(ConfigError::NoKey { .. })), "{wrong}");
        }
        std::fs::remove_dir_all(at).unwrap();
    }

    #[test]
    fn a_credential_of_systemd_is_private_and_nothing_like_it_is() {
        let at = Path::new("/run/credentials/disclosure-portal.service/records.key");
        let told = |path: &Path, mode, owner| is_private(path, mode, owner);
        assert!(told(at, 0o100_440, (0, 0)) && told(at, 0o100_400, (995, 0)));
        assert!(!told(at, 0o100_444, (0, 0)) && !told(at, 0o100_460, (0, 0)));
        assert!(!told(at, 0o100_440, (0, 4)) && !told(at, 0o100_440, (995, 0)));
        assert!(!told(Path::new("/etc/records.key"), 0o100_440, (0, 0)));
    }
}
