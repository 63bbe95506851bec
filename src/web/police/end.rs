//! The page that interrupts before something ends for good: a recall, a void number (K8.3), a demand for copies (K8.2). One page, one
//! way to sign.
//!
//! Promises: it says what follows before it asks for a signature; voiding is offered only while nobody has opened a copy; whether all of
//! it is still so is asked again inside the act. Absent on purpose: giving a void number to another release, undoing any of it.

use serde::Serialize;

use crate::actions::demands::{self, Proposal, Subject, Target};
use crate::actions::desk;
use crate::actions::{No, release, step_up};
use crate::domain::ids::ReleaseId;
use crate::domain::moment::{Moment, long_day};
use crate::web::{Answer, Page, Visit};

#[derive(Serialize, Clone, Default)]
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) text: String,
    /// What stands before it.
    pub(crate) before: &'static str,
}

#[derive(Serialize, Clone)]
struct Hidden {
    name: &'static str,
    value: String,
}

/// The page.
#[derive(Serialize, Default)]
pub struct End {
    pub(crate) title: String,
    back: Link,
    warning: &'static str,
    intro: &'static str,
    points: Vec<String>,
    listed_title: &'static str,
    listed: Vec<String>,
    aside: Option<Link>,
    needs: &'static str,
    kind: &'static str,
    object: String,
    action: String,
    hidden: Vec<Hidden>,
    reason_label: &'static str,
    reason_hint: &'static str,
    /// The latest deadline in words; empty: nobody confirms anything.
    latest: String,
    button: &'static str,
    cancel: &'static str,
}

const KEPT: &str = "Kept on the record (K6.4.1). Recipients do not see it.";

fn copies(count: usize, one: &str, many: &str) -> String {
    if count == 1 { one.to_owned() } else { many.replace("{}", &count.to_string()) }
}

/// The last whole day before a deadline.
fn day(due: Moment) -> String {
    long_day(due.plus_millis(-1).day())
}

fn opened(count: usize) -> String {
    match count {
        0 => "nobody has opened it yet, so nothing should be held outside the portal".to_owned(),
        1 => "1 recipient has opened it".to_owned(),
        many => format!("{many} recipients have opened it"),
    }
}

const ASKED: &str = "each holder is asked to surrender or destroy what they hold, and to confirm it with a signature by the day you choose";
const LATE: &str = "whoever has not confirmed by then opens nothing else until they have";

impl End {
    fn of_release(id: &str, title: String) -> Self {
        let back = Link { href: format!("/releases/{id}"), text: "Back to the release".into(), before: "" };
        Self { title, back, object: format!("release/{id}"), ..Self::default() }
    }

    fn recall(id: &str, title: String, all: usize, seen: usize, until: &str, latest: Moment) -> Self {
        let which = copies(all, "the copy", "any of the {} copies");
        Self {
            warning: "A recall cannot be undone.",
            intro: "As soon as you recall it:",
            points: vec![
                format!("nobody outside the police can open {which} again, though the time limit is {until}"),
                "the keys are destroyed and the sealed files deleted".to_owned(),
                opened(seen),
                ASKED.to_owned(),
                LATE.to_owned(),
            ],
            needs: "Recalling",
            kind: "recall",
            action: format!("/releases/{id}/recall"),
            reason_label: "Why is it recalled?",
            reason_hint: KEPT,
            latest: day(latest),
            button: "Sign and recall",
            cancel: "Do not recall it",
            ..Self::of_release(id, title)
        }
    }

    fn void(id: &str, title: String, urn: &str, all: usize) -> Self {
        let which = copies(all, "the copy", "any of the {} copies");
        Self {
            warning: "Voiding cannot be undone.",
            intro: "Void a number only if it was issued in error. As soon as you void it:",
            points: vec![
                format!("nobody outside the police can open {which}; nobody has opened one yet"),
                "the keys are destroyed and the sealed files deleted".to_owned(),
                format!(
                    "{urn} stays in the register of issued references with your reason, and is never used again (K8.3)"
                ),
            ],
            aside: Some(Link {
                href: format!("/releases/{id}/recall"),
                text: "recall the release".into(),
                before: "If somebody may hold something of it,",
            }),
            needs: "Voiding",
            kind: "void",
            action: format!("/releases/{id}/void"),
            reason_label: "Why is the number voided?",
            reason_hint: "It is shown in the register of issued references. Name nobody.",
            button: "Sign and void",
            cancel: "Do not void it",
            ..Self::of_release(id, title)
        }
    }

    /// Copies are demanded while their releases go on for the others.
    pub(crate) fn demand(target: Target, found: &Proposal, back: Link, action: String, latest: Moment) -> Self {
        let line = |row: &demands::EndingRow| {
            let gone = if row.key_gone_at.is_some() { ". It does not open any more" } else { "" };
            format!("{}, copy {}: {}, {}{gone}", row.urn, row.mark, row.holder_name, row.scheme_name)
        };
        let mut listed: Vec<String> = found.rows.iter().map(line).collect();
        match found.unsealed.len() {
            0 => {}
            1 => listed.push("1 copy that is not sealed yet. It will never be supplied".to_owned()),
            many => listed.push(format!("{many} copies that are not sealed yet. They will never be supplied")),
        }
        Self {
            title: format!("{}: {}", target.scope().title(), found.name),
            back,
            warning: "A demand cannot be undone.",
            intro: "As soon as you demand them:",
            points: vec![
                "none of these copies opens any more: their keys are destroyed and the sealed files deleted".to_owned(),
                "the releases go on for everybody else".to_owned(),
                ASKED.to_owned(),
                LATE.to_owned(),
            ],
            listed_title: "Copies that you demand",
            listed,
            needs: "Demanding copies",
            kind: "demand",
            object: target.object(),
            action,
            hidden: found.copies().into_iter().map(|value| Hidden { name: "copy", value }).collect(),
            reason_label: "Why are they demanded?",
            reason_hint: KEPT,
            latest: day(latest),
            button: "Sign and demand",
            cancel: "Do not demand them",
            ..Self::default()
        }
    }

    /// Every live release of one person is recalled.
    pub(crate) fn subject(reference: &str, found: &Subject, latest: Moment) -> Self {
        let line = |hit: &demands::Hit| {
            let all = copies(hit.copies, "1 copy", "{} copies");
            format!("{}: {}. {all}", hit.urn, hit.title)
        };
        let mut hidden = vec![Hidden { name: "reference", value: reference.to_owned() }];
        hidden.extend(found.hits.iter().map(|hit| Hidden { name: "release", value: hit.id.to_string() }));
        Self {
            title: format!("Every live release with the reference {reference}"),
            back: Link { href: "/demands".into(), text: "Back to demands".into(), before: "" },
            warning: "A recall cannot be undone.",
            intro: "You recall all of these releases with one signature. As soon as you do:",
            points: vec![
                "nobody outside the police can open any of their copies again".to_owned(),
                "the keys are destroyed and the sealed files deleted".to_owned(),
                ASKED.to_owned(),
                LATE.to_owned(),
            ],
            listed_title: "Releases that you recall",
            listed: found.hits.iter().map(line).collect(),
            needs: "Recalling",
            kind: "recall",
            object: found.object.clone(),
            action: "/demands/subject".into(),
            hidden,
            reason_label: "Why are they recalled?",
            reason_hint: KEPT,
            latest: day(latest),
            button: "Sign and recall all of them",
            cancel: "Do not recall them",
            ..Self::default()
        }
    }
}

impl Page for End {
    const TEMPLATE: &'static str = "pages/police/end.html";

    fn samples() -> Vec<Self> {
        let (id, title) = ("1", || "Thefts from pharmacies".to_owned());
        let at = Moment::from_millis(1_795_370_400_000);
        let hit =
            demands::Hit { id: ReleaseId::fresh(at, [1; 10]), urn: "CZ/001/26".into(), title: title(), copies: 2 };
        let found = Subject { object: "subject/00".into(), hits: vec![hit] };
        let until = "11:59pm on 19 January 2027";
        let scheme = Target::Scheme(crate::domain::ids::SchemeId::fresh(at, [2; 10]));
        let back = Link { href: "/schemes/1".into(), text: "Back to the scheme".into(), before: "" };
        let proposal = Proposal {
            name: "Cantwell Retail Watch".into(),
            rows: Vec::new(),
            unsealed: vec![crate::domain::ids::CopyId::fresh(at, [3; 10])],
        };
        vec![
            Self::recall(id, title(), 1, 0, until, at),
            Self::recall(id, title(), 3, 2, until, at),
            Self::void(id, title(), "CZ/001/26", 3),
            Self::demand(scheme, &proposal, back, "/schemes/1/demand".into(), at),
            Self::subject("ATH/IMG/0417", &found, at),
        ]
    }
}

async fn recalling(v: &Visit) -> Result<(String, End), No> {
    let sheet = desk::sheet(&v.office, v.actor(), v.id(ReleaseId::parse)?, v.stamp()).await?;
    if !sheet.may.recall {
        return Err(No::NotFound);
    }
    let authority = sheet.filed.release.stage.authority().ok_or(No::NotFound)?;
    let seen = sheet.copies.iter().filter(|copy| copy.opened_at.is_some()).count();
    let (id, title) = (sheet.filed.release.id.to_string(), sheet.file.request.title.as_str().to_owned());
    let latest = demands::latest(&v.office).await?;
    let page = End::recall(&id, title, sheet.copies.len(), seen, &authority.until.deadline(), latest);
    Ok((format!("Recall {}?", authority.urn), page))
}

/// `GET /releases/{id}/recall`.
pub async fn ask_recall(v: Visit) -> Result<Answer, No> {
    let (title, page) = recalling(&v).await?;
    v.page(&title, &page)
}

/// `POST /releases/{id}/recall`.
pub async fn recall(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let done = match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => demands::recall(&v.office, v.actor(), id, &v.form(), v.stamp()).await,
        no => no,
    };
    match done {
        Ok(()) => Answer::see(format!("/releases/{id}")),
        Err(no @ No::Invalid(_)) => {
            let (title, page) = recalling(&v).await?;
            v.again(no, &title, &page)
        }
        Err(no) => Err(no),
    }
}

/// The page; after an act that was refused it is shown again with the reason, though voiding is no longer offered.
async fn voiding(v: &Visit, offered: bool) -> Result<(String, End), No> {
    let sheet = desk::sheet(&v.office, v.actor(), v.id(ReleaseId::parse)?, v.stamp()).await?;
    if offered && !sheet.may.void {
        return Err(No::NotFound);
    }
    let urn = sheet.filed.release.stage.authority().map_or_else(String::new, |authority| authority.urn.clone());
    let (id, title) = (sheet.filed.release.id.to_string(), sheet.file.request.title.as_str().to_owned());
    Ok((format!("Void {urn}?"), End::void(&id, title, &urn, sheet.copies.len())))
}

/// `GET /releases/{id}/void`.
pub async fn ask_void(v: Visit) -> Result<Answer, No> {
    let (title, page) = voiding(&v, true).await?;
    v.page(&title, &page)
}

/// `POST /releases/{id}/void`.
pub async fn void(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let done = match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => release::void(&v.office, v.actor(), id, &v.form(), v.stamp()).await,
        no => no,
    };
    match done {
        Ok(()) => Answer::see(format!("/releases/{id}")),
        Err(no @ No::Invalid(_)) => {
            let (title, page) = voiding(&v, false).await?;
            v.again(no, &title, &page)
        }
        Err(no) => Err(no),
    }
}
