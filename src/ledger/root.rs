//! The root's ceremony (`docs/formats/approval.md` clause 4): a file that asks the root to sign, carried to a machine off the
//! network, and a file with the papers, carried back.
//!
//! Promises: what is signed is a document in its one spelling, so that nothing stands in it that was not shown; a paper is read
//! as the root's only if its signature, its digest and its object agree. Absent on purpose: whether a key is still the one in use
//! (the portal asks that), the six words (people compare them). Proved by the tests below and `tests/it/root`.

use serde::{Deserialize, Serialize};

use super::statement::StatementError;
use super::trust::{APPROVE, Paper, PersonKeys, ROOT, Root, UNIT, UnitKey};

/// The first member of a request.
pub const REQUEST: &str = "root-request/v1";
/// The first member of the answer.
pub const SIGNED: &str = "root-signed/v1";
/// The most items of one file.
pub const ITEMS_MAX: usize = 200;

/// What the portal asks the root to sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// [`REQUEST`].
    pub format: String,
    /// The portal's address, to be shown.
    pub origin: String,
    /// The root's verifier key as the portal has it.
    pub root: String,
    /// What waits.
    pub items: Vec<Item>,
}

/// One thing to sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// `approve` or `unit`.
    pub kind: String,
    /// The exact document.
    pub document: String,
}

/// What the root's machine answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// [`SIGNED`].
    pub format: String,
    /// The papers.
    pub papers: Vec<Paper>,
}

/// What a document certifies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certified {
    /// A person's keys.
    Person(PersonKeys),
    /// A unit's key.
    Unit(UnitKey),
}

/// Why a file or an item cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not JSON of this format.
    #[error("this is not a {0} file: {1}")]
    File(&'static str, String),
    /// Too many items.
    #[error("the file holds more than {ITEMS_MAX} items")]
    TooMany,
    /// A document that is not in its one spelling.
    #[error("the document is not written as docs/formats/approval.md says")]
    Document,
    /// The signature or what it covers.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// A true signature under another thing.
    #[error("the signature belongs to another document")]
    OtherDocument,
}

fn file<T: for<'a> Deserialize<'a>>(format: &'static str, text: &str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(|why| Unreadable::File(format, why.to_string()))
}

fn sized<T>(whole: T, format: &'static str, found: &str, items: usize) -> Result<T, Unreadable> {
    if found != format {
        return Err(Unreadable::File(format, format!("its format is {found:?}")));
    }
    if items > ITEMS_MAX { Err(Unreadable::TooMany) } else { Ok(whole) }
}

impl Request {
    /// Reads a request.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let request: Self = file(REQUEST, text)?;
        let (found, items) = (request.format.clone(), request.items.len());
        sized(request, REQUEST, &found, items)
    }
}

impl Signed {
    /// The file of these papers.
    pub fn of(papers: Vec<Paper>) -> Self {
        Self { format: SIGNED.to_owned(), papers }
    }

    /// Reads an answer.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let signed: Self = file(SIGNED, text)?;
        let (found, items) = (signed.format.clone(), signed.papers.len());
        sized(signed, SIGNED, &found, items)
    }
}

impl Certified {
    /// Reads a document of this kind; only its one spelling is taken.
    pub fn read(kind: &str, document: &str) -> Result<Self, Unreadable> {
        let misfit = |_| Unreadable::Document;
        let certified = match kind {
            APPROVE => Self::Person(serde_json::from_str(document).map_err(misfit)?),
            UNIT => Self::Unit(serde_json::from_str(document).map_err(misfit)?),
            _ => return Err(Unreadable::Document),
        };
        if certified.document()? == document { Ok(certified) } else { Err(Unreadable::Document) }
    }

    /// The document in its one spelling.
    pub fn document(&self) -> Result<String, Unreadable> {
        match self {
            Self::Person(keys) => serde_json::to_string(keys),
            Self::Unit(unit) => serde_json::to_string(unit),
        }
        .map_err(|_| Unreadable::Document)
    }

    /// The kind of the statement over it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Person(_) => APPROVE,
            Self::Unit(_) => UNIT,
        }
    }

    /// `person/<id>` or `area/<id>`.
    pub fn object(&self) -> String {
        match self {
            Self::Person(keys) => format!("person/{}", keys.person),
            Self::Unit(unit) => format!("area/{}", unit.area),
        }
    }

    /// As an item of a request.
    pub fn item(&self) -> Result<Item, Unreadable> {
        Ok(Item { kind: self.kind().to_owned(), document: self.document()? })
    }
}

impl Root {
    /// What a paper certifies, if this root signed exactly that.
    pub fn certified(&self, paper: &Paper) -> Result<Certified, Unreadable> {
        let statement = self.open(&paper.note)?;
        let certified = Certified::read(&statement.kind, &paper.document)?;
        let agrees = statement.covers(paper.document.as_bytes())
            && statement.object == certified.object()
            && statement.signer == ROOT;
        if agrees { Ok(certified) } else { Err(Unreadable::OtherDocument) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: [u8; 32] = [7; 32];

    fn unit(code: &str) -> Certified {
        Certified::Unit(UnitKey { area: "a".into(), code: code.into(), recipient: "age1x".into() })
    }

    fn paper(root: &Root, seed: &[u8; 32], of: &Certified) -> Paper {
        root.sign(seed, of.kind(), &of.object(), of.document().unwrap(), "2026-11-21T12:00:00.000Z", "00").unwrap()
    }

    #[test]
    fn a_paper_is_the_roots_only_if_everything_agrees() {
        let root = Root::of_seed("portal.example/root", &SEED).unwrap();
        let other = Root::of_seed("portal.example/root", &[8; 32]).unwrap();
        let good = paper(&root, &SEED, &unit("CZ"));
        assert_eq!(root.certified(&good), Ok(unit("CZ")));
        assert_eq!(other.certified(&good), Err(Unreadable::Statement(StatementError::Signature)));
        let swapped = Paper { document: unit("NH").document().unwrap(), ..good.clone() };
        assert_eq!(root.certified(&swapped), Err(Unreadable::OtherDocument));
        let spaced = Paper { document: good.document.replace(',', ", "), ..good };
        assert_eq!(root.certified(&spaced), Err(Unreadable::Document));
        let elsewhere =
            root.sign(&SEED, UNIT, "area/b", unit("CZ").document().unwrap(), "2026-11-21T12:00:00.000Z", "00").unwrap();
        assert_eq!(root.certified(&elsewhere), Err(Unreadable::OtherDocument));
        let as_person =
            root.sign(&SEED, APPROVE, "area/a", unit("CZ").document().unwrap(), "2026-11-21T12:00:00.000Z", "00");
        assert_eq!(root.certified(&as_person.unwrap()), Err(Unreadable::Document));
    }

    #[test]
    fn only_the_one_spelling_of_a_document_is_read() {
        let document = unit("CZ").document().unwrap();
        assert_eq!(Certified::read(UNIT, &document), Ok(unit("CZ")));
        let more = document.replace('}', ",\"more\":\"\"}");
        let turned = r#"{"code":"CZ","area":"a","recipient":"age1x"}"#;
        let twice = document.replace('{', "{\"area\":\"b\",");
        for wrong in [format!(" {document}"), more, turned.to_owned(), twice, document.replace("CZ", "\\u0043Z")] {
            assert_eq!(Certified::read(UNIT, &wrong), Err(Unreadable::Document), "{wrong}");
        }
        assert_eq!(Certified::read(APPROVE, &document), Err(Unreadable::Document));
    }

    #[test]
    fn files_of_another_format_or_without_end_are_refused() {
        let signed = |n| serde_json::to_string(&Signed::of(vec![Paper { document: "d".into(), note: "n".into() }; n]));
        assert!(Signed::read(&signed(ITEMS_MAX).unwrap()).is_ok());
        assert_eq!(Signed::read(&signed(ITEMS_MAX + 1).unwrap()), Err(Unreadable::TooMany));
        for wrong in ["", "[]", &signed(1).unwrap().replace("signed", "request"), r#"{"format":"root-signed/v1"}"#] {
            assert!(matches!(Signed::read(wrong), Err(Unreadable::File(..))), "{wrong}");
            assert!(matches!(Request::read(wrong), Err(Unreadable::File(..))), "{wrong}");
        }
    }
}
