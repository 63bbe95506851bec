//! The three kinds of failure, never mixed: the rules say no, the machine failed, the store contradicts itself.

use std::fmt;

use thiserror::Error;

use crate::domain::refusal::Refusal;

/// A field of a form and what is wrong with what was typed there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The form field's name.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub sentence: String,
}

impl FieldError {
    /// Pairs a field with its sentence.
    pub fn new(field: &'static str, sentence: impl Into<String>) -> Self {
        Self { field, sentence: sentence.into() }
    }
}

/// Why something did not happen.
#[derive(Debug)]
pub enum No {
    /// It is not there, or not theirs to know of (P10): 404.
    NotFound,
    /// What was typed cannot be read: 422, beside each field.
    Invalid(Vec<FieldError>),
    /// A browser sent what must never leave it: 400, thrown away, with an alarm on the log.
    SecretSent,
    /// Rules say no: 403 or 409, all listed.
    Refused(Vec<Refusal>),
    /// Too many tries; wait this many seconds: 429.
    Throttled(u32),
    /// The log or the store cannot be written now: 503, nothing was served.
    Unavailable,
    /// The machine failed: 500, fixed words and an incident number.
    Broken(Fault),
}

impl No {
    /// One refusal.
    pub fn refused(refusal: Refusal) -> Self {
        Self::from(vec![refusal])
    }

    /// One field.
    pub fn field(field: &'static str, sentence: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, sentence)])
    }
}

/// For the operator's log: which kind, and codes of our own. Never what was typed, which the words of a refusal may repeat.
impl fmt::Display for No {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => out.write_str("not found"),
            Self::Invalid(errors) => {
                let fields: Vec<&str> = errors.iter().map(|error| error.field).collect();
                write!(out, "cannot be read: {}", fields.join(", "))
            }
            Self::SecretSent => out.write_str("a secret was sent"),
            Self::Refused(refusals) => {
                let codes: Vec<&str> = refusals.iter().map(Refusal::code).collect();
                write!(out, "refused: {}", codes.join(", "))
            }
            Self::Throttled(_) => out.write_str("too many tries"),
            Self::Unavailable => out.write_str("unavailable"),
            Self::Broken(fault) => fault.fmt(out),
        }
    }
}

impl From<Vec<Refusal>> for No {
    fn from(refusals: Vec<Refusal>) -> Self {
        if refusals.contains(&Refusal::NotFound) { Self::NotFound } else { Self::Refused(refusals) }
    }
}

impl<F: Into<Fault>> From<F> for No {
    fn from(fault: F) -> Self {
        match fault.into() {
            away if away.is_away() => {
                tracing::error!(cause = %away, "the database or the store of sealed bytes is away: nothing was served");
                Self::Unavailable
            }
            other => Self::Broken(other),
        }
    }
}

impl Fault {
    /// Whether something the portal needs is away (the database, the store of sealed bytes): it heals without us, so that whoever
    /// asked is told to come back, not that there is a mistake.
    pub fn is_away(&self) -> bool {
        match self {
            Self::Store(error) => super::is_away(error),
            Self::Vault(error) => !matches!(error, object_store::Error::NotFound { .. }),
            _ => false,
        }
    }
}

/// The machine failed. The cause goes to the operator's log, never to a page.
#[derive(Debug, Error)]
pub enum Fault {
    /// The database.
    #[error("database: {0}")]
    Store(#[from] sqlx::Error),
    /// The migrations.
    #[error("migrations: {0}")]
    Schema(#[from] sqlx::migrate::MigrateError),
    /// The vault.
    #[error("vault: {0}")]
    Vault(#[from] object_store::Error),
    /// A file.
    #[error("file: {0}")]
    File(#[from] std::io::Error),
    /// A stored value that cannot be read back: the store contradicts itself.
    #[error("corrupt: {table}.{column} of {row}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
    },
    /// A key does not open what it should.
    #[error("lock: {0}")]
    Lock(String),
    /// The tree of the log.
    #[error("log: {0}")]
    Log(String),
    /// Something else that only an operator can mend.
    #[error("{0}")]
    Other(String),
}
