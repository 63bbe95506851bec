//! A release's words: the case file and the draft, under the records key, bound to their row and version.
//!
//! The draft (what would leave, with any name) is erased at authority; what is kept then is sealed to the unit and to each
//! recipient. The case file stays for its retention period (K6.4.1).

use serde::{Deserialize, Serialize};

use crate::actions::{Fault, No, Office};
use crate::domain::actor::Actor;
use crate::domain::ids::ReleaseId;
use crate::domain::policy::{Act, Thing, may};
use crate::domain::refusal::Refusal;
use crate::domain::release::{Release, Request};
use crate::domain::texts::Versions;
use crate::domain::words::{Line, Prose};
use crate::sealing::image;
use crate::store::Conn;
use crate::store::releases::Filed;

/// What the police keep of a case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CaseFile {
    /// What was asked.
    pub request: Request,
    /// Why it was sent back, refused, withdrawn, voided or recalled.
    pub reason: Option<Prose>,
    /// The officer's own source reference, such as a crime number; empty: none.
    #[serde(default)]
    pub own_reference: Line,
    /// Which versions of the policy's texts and numbers were in force when it was decided; absent: undecided, or decided before they
    /// were recorded.
    #[serde(default)]
    pub versions: Option<Versions>,
}

impl CaseFile {
    /// As it begins.
    pub(super) fn asked(request: Request) -> Self {
        Self { request, reason: None, own_reference: Line::default(), versions: None }
    }
}

/// Answers exactly as they were typed, right or not: field and value.
pub type Typed = Vec<(String, String)>;

/// What would leave.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Draft {
    /// The person's name, where the request has one (K8.3).
    pub name: Line,
    /// The words.
    pub text: Prose,
    /// The officer's form as it was typed last, to go on with (K7.7). It ends with the draft.
    #[serde(default)]
    pub typed: Typed,
    /// When that was saved, milliseconds.
    #[serde(default)]
    pub saved_at: i64,
}

// What was typed is personal: it never reaches a log line by way of `{:?}`.
impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Draft({} answers typed)", self.typed.len())
    }
}

impl Draft {
    /// The words as they leave with these instructions to managers (K7.4), or `None` if there are none.
    pub fn released(&self, instructions: &str) -> Option<String> {
        let mut words = Vec::new();
        if !self.name.is_empty() {
            words.push(format!("Name: {}\n", self.name));
        }
        if !self.text.is_empty() {
            words.push(format!("{}\n", self.text));
        }
        if !instructions.is_empty() {
            words.push(format!("Instructions: {instructions}\n"));
        }
        (!words.is_empty()).then(|| words.join("\n"))
    }
}

/// What words hash to, for the record of what left.
pub fn digest(words: &str) -> String {
    hex::encode(image::sha256(words.as_bytes()))
}

const TABLE: &str = "release";

fn sealed<T: Serialize>(
    office: &Office,
    id: ReleaseId,
    column: &str,
    version: i64,
    value: &T,
) -> Result<Vec<u8>, Fault> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(value).map_err(|why| Fault::Other(why.to_string()))?);
    office.seal_field(TABLE, &id.to_string(), column, version, &plain)
}

fn opened<T: for<'a> Deserialize<'a>>(
    office: &Office,
    id: ReleaseId,
    column: &'static str,
    version: i64,
    bytes: &[u8],
) -> Result<T, Fault> {
    let plain = office.open_field(TABLE, &id.to_string(), column, version, bytes)?;
    serde_json::from_slice(&plain).map_err(|_| Fault::Corrupt { table: TABLE, column, row: id.to_string() })
}

/// Seals both for the row's `version`.
pub(super) fn seal(
    office: &Office,
    id: ReleaseId,
    version: i64,
    file: &CaseFile,
    draft: Option<&Draft>,
) -> Result<(Vec<u8>, Option<Vec<u8>>), Fault> {
    let draft = draft.map(|draft| sealed(office, id, "draft", version, draft)).transpose()?;
    Ok((sealed(office, id, "file", version, file)?, draft))
}

/// Opens the case file and the draft, if it is still there.
pub(super) fn open(office: &Office, filed: &Filed) -> Result<(CaseFile, Option<Draft>), Fault> {
    let (id, version) = (filed.release.id, filed.release.version);
    let file = opened(office, id, "file", version, &filed.file)?;
    let draft = filed.draft.as_ref().map(|draft| opened(office, id, "draft", version, draft)).transpose()?;
    Ok((file, draft))
}

/// A release as the policy's thing.
pub(super) fn thing(release: &Release) -> Thing {
    release.thing()
}

/// Loads a release that `by` may do `act` to; anything else is not found.
pub(super) async fn load(conn: &mut Conn, by: &Actor, act: Act, id: ReleaseId) -> Result<Filed, No> {
    let filed = conn.release(id).await?.filter(|filed| may(by, act, thing(&filed.release)));
    filed.ok_or_else(|| No::refused(Refusal::NotFound))
}
