//! One signed statement: who signed what, when, with which key, the document, and whether it holds now.
//!
//! Promises: the exact bytes and the exact note can be taken along as one file, which a stranger's program verifies. Absent on
//! purpose: pictures and released words (a request holds their digests).

use serde::Serialize;

use crate::actions::fingerprint::fingerprint;
use crate::actions::statements::{self, Shown, Signature, Trusted, Verified};
use crate::actions::{Fault, No, statement};
use crate::domain::actor::Role;
use crate::domain::ids::StatementId;
use crate::domain::moment::Moment;
use crate::web::account::{Row, row};
use crate::web::{Answer, Page, Visit};

/// The page.
#[derive(Serialize)]
pub struct Signed {
    /// Which.
    pub id: String,
    /// Whether it holds.
    pub holds: bool,
    /// The answer of the check, in a sentence.
    pub answer: String,
    /// Who, what, when, with which key.
    pub rows: Vec<Row>,
    /// The answers, where the document is a form's.
    pub answers: Vec<Row>,
    /// The exact document.
    pub document: String,
    /// The exact note.
    pub note: String,
    /// Who stands for the key, up to the root.
    pub chain: Vec<Vec<String>>,
    /// The root key.
    pub root: String,
    /// Where what it is about is found; empty: nowhere.
    pub about: String,
}

impl Page for Signed {
    const TEMPLATE: &'static str = "pages/statements/one.html";

    fn samples() -> Vec<Self> {
        let of = |holds, about: &str| Self {
            id: "1".into(),
            holds,
            answer: "The signature holds.".into(),
            rows: vec![row("Signed by", "Sam Roe")],
            answers: if holds { vec![row("Reason", "The purpose is met.")] } else { Vec::new() },
            document: "{\"reason\":\"The purpose is met.\"}".into(),
            note: "sign/v1\nrecall\n".into(),
            chain: vec![vec!["Sam Roe".into(), "the root key".into(), "1 November 2026".into()]],
            root: "portal.example/root+cf69dd5b+AZf".into(),
            about: about.into(),
        };
        vec![of(true, "/releases/1"), of(false, "")]
    }
}

/// What one has signed oneself.
#[derive(Serialize)]
pub struct Mine {
    /// Newest first.
    pub signatures: Vec<Signature>,
}

impl Page for Mine {
    const TEMPLATE: &'static str = "pages/statements/mine.html";

    fn samples() -> Vec<Self> {
        let one = Signature {
            id: "1".into(),
            title: "Recall".into(),
            name: "Sam Roe".into(),
            at: "21 November 2026 at 5:30pm".into(),
            words: "home practice tuna lens aware tape".into(),
            verified: true,
        };
        vec![Self { signatures: vec![one] }, Self { signatures: Vec::new() }]
    }
}

/// `GET /statements`.
pub async fn mine(v: Visit) -> Result<Answer, No> {
    let signatures = statements::own(&v.office, v.actor()).await?;
    v.page("What you have signed", &Mine { signatures })
}

/// The signer as certified.
fn signer(held: &Verified) -> Vec<Row> {
    let keys = &held.signer.keys;
    let role = Role::parse(&keys.role).map_or(keys.role.as_str(), |role| role.title());
    let role = held.area.as_ref().map_or_else(|| role.to_owned(), |area| format!("{role}, area {area}"));
    vec![
        row("As certified", format!("{}\n{role}", keys.name)),
        row("Six words of the key", fingerprint(&keys.recipient, &keys.signing_key)),
        row("Signing key (Ed25519, base 64)", keys.signing_key.clone()),
    ]
}

fn page(found: Shown) -> Signed {
    let kept = &found.row;
    let mut rows = vec![
        row("What", statement::title(&kept.kind)),
        row("About", kept.object.clone()),
        row("Signed by", found.name.clone()),
        row("Signed at", Moment::from_millis(kept.at).precise()),
    ];
    let link = |one: &Trusted| {
        let by = found.names.get(&one.by).cloned().unwrap_or_default();
        let at = Moment::parse_rfc3339(&one.at).map_or_else(String::new, Moment::long);
        vec![one.keys.name.clone(), by, at]
    };
    let (holds, answer, chain) = match &found.verified {
        Ok(held) => {
            rows.extend(signer(held));
            let answer =
                "The portal has verified it now: the signature is by this key, over exactly this document, and \
                          the key’s papers lead to the root key."
                    .to_owned();
            (true, answer, held.chain.iter().map(link).collect())
        }
        Err(why) => {
            (false, format!("It does not verify: {why}. Tell the administrator, and keep the file."), Vec::new())
        }
    };
    let about = kept.object.strip_prefix("release/").map_or_else(String::new, |id| format!("/releases/{id}"));
    Signed {
        id: kept.id.clone(),
        holds,
        answer,
        rows,
        answers: found.answers.into_iter().map(|(question, said)| row(&question, said)).collect(),
        document: String::from_utf8_lossy(&found.document).into_owned(),
        note: found.row.note.clone(),
        chain,
        root: found.file.root.clone(),
        about,
    }
}

/// `GET /statements/{id}`.
pub async fn one(v: Visit) -> Result<Answer, No> {
    let found = statements::one(&v.office, v.actor(), v.id(StatementId::parse)?, "statement", v.stamp()).await?;
    let title = format!("Signed: {}", statement::title(&found.row.kind));
    v.page(&title, &page(found))
}

/// `GET /statements/{id}/file`: `docs/formats/statement.md` clause 5.
pub async fn file(v: Visit) -> Result<Answer, No> {
    let id = v.id(StatementId::parse)?;
    let found = statements::one(&v.office, v.actor(), id, "statement file", v.stamp()).await?;
    let text = serde_json::to_string_pretty(&found.file).map_err(|why| Fault::Other(format!("json: {why}")))?;
    Ok(Answer::file("application/json", &format!("statement-{id}.json"), format!("{text}\n")))
}
