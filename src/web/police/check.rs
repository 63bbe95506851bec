//! Everything as it will be sent, on one page: what is missing beside a link to its field, or the signature (K7.7).

use serde::Serialize;

use crate::actions::No;
use crate::actions::request::submit::{self, Ready};
use crate::domain::ids::ReleaseId;
use crate::domain::release::Stage;
use crate::web::{Answer, Page, Visit};

/// The request, to be checked and signed.
#[derive(Serialize, Default)]
pub struct Check {
    id: String,
    rows: Vec<Row>,
    missing: Vec<Missing>,
    /// What is signed: the request as words, and digests of what would leave.
    record: String,
    words: String,
    pictures: Vec<String>,
    area: String,
    returned: bool,
}

#[derive(Serialize)]
struct Row {
    key: &'static str,
    value: String,
    href: String,
    change: String,
}

#[derive(Serialize)]
struct Missing {
    sentence: String,
    href: String,
}

impl Check {
    fn of(ready: &Ready) -> Self {
        let id = ready.writing.filed.release.id.to_string();
        let (words, pictures) = ready.subject();
        let row = |line: submit::Line| Row {
            key: line.key,
            value: if line.value.is_empty() { "Not entered".to_owned() } else { line.value },
            href: format!("/releases/{id}/request#{}", line.field),
            change: line.key.to_lowercase(),
        };
        let missing = ready.missing.iter().map(|one| Missing {
            sentence: one.sentence.clone(),
            href: format!("/releases/{id}/request?missing=yes#{}", one.field),
        });
        Self {
            rows: ready.lines().into_iter().map(row).collect(),
            missing: missing.collect(),
            record: ready.record(),
            words,
            pictures,
            area: ready.writing.area.name.clone(),
            returned: matches!(ready.writing.filed.release.stage, Stage::Returned { .. }),
            id,
        }
    }
}

impl Page for Check {
    const TEMPLATE: &'static str = "pages/police/check.html";

    fn samples() -> Vec<Self> {
        let row = || Row {
            key: "Title",
            value: "Thefts from pharmacies".into(),
            href: "/releases/1/request#title".into(),
            change: "title".into(),
        };
        let whole = Self {
            id: "1".into(),
            rows: vec![row()],
            record: "Record".into(),
            words: "sha256:00".into(),
            pictures: vec!["sha256:01".into()],
            area: "Colchester".into(),
            ..Self::default()
        };
        let missing = Missing { sentence: "Select at least one purpose. (K6.2.3)".into(), href: "/releases/1".into() };
        vec![whole, Self { rows: vec![row()], missing: vec![missing], returned: true, ..Self::default() }]
    }
}

const TITLE: &str = "Check and send";

/// `GET /releases/{id}/check`; one that is sent already leads to its page.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    match submit::ready(&v.office, v.actor(), id).await {
        Ok(ready) => v.page(TITLE, &Check::of(&ready)),
        Err(No::Refused(_)) => Answer::see(format!("/releases/{id}")),
        Err(no) => Err(no),
    }
}

/// `POST /releases/{id}/check`: signed and sent.
pub async fn send(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let there = Answer::see(format!("/releases/{id}"));
    let ready = match submit::ready(&v.office, v.actor(), id).await {
        Ok(ready) => ready,
        // Sent twice: it is there.
        Err(No::Refused(_)) => return there,
        Err(no) => return Err(no),
    };
    if !ready.missing.is_empty() {
        return v.show(TITLE, &Check::of(&ready)).status(422).done();
    }
    match submit::submit(&v.office, v.actor(), id, &v.form(), v.stamp()).await {
        Ok(()) => there,
        Err(no) => v.again(no, TITLE, &Check::of(&ready)),
    }
}
