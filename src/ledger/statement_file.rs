//! A signed statement as a file of its own: the document, the note, and the papers that say whose key it is
//! (`docs/formats/statement.md` clause 5).
//!
//! Promise: what [`StatementFile::verify`] answers follows from the file and the root key that the reader brings, never from the
//! root that the file names. Absent on purpose: any database, any clock. Proved by the vector of the format page and below.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::statement::{Statement, StatementError};
use super::trust::{Paper, Root, Trust, Trusted};

/// What stands in `format`.
pub const FORMAT: &str = "statement-file/v1";

/// The file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementFile {
    /// [`FORMAT`].
    pub format: String,
    /// The exact document, base 64.
    pub document: String,
    /// The signed note over it.
    pub note: String,
    /// The key it is signed with: base 64 of 32 bytes.
    pub signing_key: String,
    /// What the root and the co-ordinators signed about the signer, and about who signed for them.
    pub papers: Vec<Paper>,
    /// The root's verifier key as the portal has it: for the reader's eye; believed by nobody.
    pub root: String,
}

/// A statement that holds, and who signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The seven lines.
    pub statement: Statement,
    /// The exact document.
    pub document: Vec<u8>,
    /// The signer as certified.
    pub signer: Trusted,
    /// The code of the signer's area, if the root's paper about it came along.
    pub area: Option<String>,
    /// From the signer's own paper up to the one that the root signed.
    pub chain: Vec<Trusted>,
}

/// Why a file does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum False {
    /// Another format, or a document that is not base 64.
    #[error("this is no statement file of a kind known here: `format` is not {FORMAT}, or its document is not base 64")]
    Unreadable,
    /// The signature does not hold.
    #[error("{0}")]
    Note(#[from] StatementError),
    /// The note covers another document.
    #[error("the signature is over another document")]
    Document,
    /// The key has no chain.
    #[error("no chain of papers leads from this key to the root")]
    Chain,
}

impl StatementFile {
    /// A file of a kept statement.
    pub fn new(document: &[u8], note: String, signing_key: String, papers: Vec<Paper>, root: &Root) -> Self {
        let (format, document) = (FORMAT.to_owned(), STANDARD.encode(document));
        Self { format, document, note, signing_key, papers, root: root.vkey() }
    }

    /// Checks the note by its key, the document by the note, the key by the chain up to `root`.
    pub fn verify(&self, root: &Root) -> Result<Verified, False> {
        if self.format != FORMAT {
            return Err(False::Unreadable);
        }
        let document = STANDARD.decode(&self.document).map_err(|_| False::Unreadable)?;
        let signer = self.note.lines().nth(4).unwrap_or_default();
        let statement = Statement::open(&self.note, signer, &self.signing_key)?;
        if !statement.covers(&document) {
            return Err(False::Document);
        }
        let trust = Trust::of(root, &self.papers);
        let known = trust.ever(&statement.signer).iter().rev().find(|one| one.keys.signing_key == self.signing_key);
        let signer = known.ok_or(False::Chain)?.clone();
        let chain = trust.chain(&signer).into_iter().cloned().collect();
        let area = trust.area_code(&signer.keys.area).map(str::to_owned);
        Ok(Verified { statement, document, signer, area, chain })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../docs/formats/statement.md");

    fn vector() -> (StatementFile, Root) {
        let json = PAGE.split("```json statement-file\n").nth(1).unwrap().split("```").next().unwrap();
        let file: StatementFile = serde_json::from_str(json).unwrap();
        let root = Root::parse(&file.root).unwrap();
        (file, root)
    }

    #[test]
    fn the_file_of_the_page_holds_and_says_who_signed() {
        let (file, root) = vector();
        let held = file.verify(&root).unwrap();
        assert_eq!((held.statement.kind.as_str(), held.signer.keys.role.as_str()), ("surrender", "manager"));
        assert_eq!(held.area.as_deref(), Some("CZ"));
        let by: Vec<&str> = held.chain.iter().map(|one| one.by.as_str()).collect();
        assert_eq!(by, ["0190a5b0-0000-7000-8000-000000000001", "root"]);
    }

    #[test]
    fn nothing_changed_holds_and_the_files_own_root_is_not_believed() {
        let (file, root) = vector();
        let of = |change: &dyn Fn(&mut StatementFile)| {
            let mut changed = file.clone();
            change(&mut changed);
            changed.verify(&root).unwrap_err()
        };
        assert_eq!(of(&|f| f.format = "statement-file/v2".into()), False::Unreadable);
        assert_eq!(of(&|f| f.document = "*".into()), False::Unreadable);
        assert_eq!(of(&|f| f.document = STANDARD.encode("{}")), False::Document);
        assert!(matches!(of(&|f| f.note = f.note.replacen("surrender", "recall", 1)), False::Note(_)));
        assert!(matches!(of(&|f| f.signing_key = STANDARD.encode([7; 32])), False::Note(_)));
        assert_eq!(of(&|f| f.papers.clear()), False::Chain);
        assert_eq!(of(&|f| f.papers.retain(|paper| !paper.document.contains("manager"))), False::Chain);
        assert_eq!(of(&|f| f.papers.retain(|paper| !paper.document.contains("aic"))), False::Chain);
        let other = Root::of_seed("portal.example/root", &[9; 32]).unwrap();
        assert_eq!(file.verify(&other), Err(False::Chain));
        assert_eq!(StatementFile { root: other.vkey(), ..file.clone() }.verify(&other), Err(False::Chain));
    }
}
