//! Bringing a limit forward: by the co-ordinator, or because an exclusion notice ended early (K7.8).

use serde::Serialize;

use crate::actions::reviews::limits;
use crate::actions::{No, desk, step_up};
use crate::domain::ids::ReleaseId;
use crate::domain::moment::Moment;
use crate::domain::moment::long_day;
use crate::domain::policy::Act;
use crate::web::police::reviews::gathered;
use crate::web::{Answer, Page, Visit};

/// An earlier limit.
#[derive(Serialize)]
pub struct Shorten {
    id: String,
    title: String,
    urn: String,
    until: String,
}

impl Page for Shorten {
    const TEMPLATE: &'static str = "pages/police/limit.html";

    fn samples() -> Vec<Self> {
        vec![Self {
            id: "1".into(),
            title: "Thefts from pharmacies".into(),
            urn: "CZ/001/26".into(),
            until: "11:59pm on 19 January 2027".into(),
        }]
    }
}

/// The end of an exclusion notice before its day.
#[derive(Serialize)]
pub struct Notice {
    id: String,
    title: String,
    urn: String,
    until: String,
    /// The last day on record.
    ends: String,
    /// From when the limit is counted.
    counted: String,
}

impl Page for Notice {
    const TEMPLATE: &'static str = "pages/police/notice-ended.html";

    fn samples() -> Vec<Self> {
        vec![Self {
            id: "1".into(),
            title: "Thefts from pharmacies".into(),
            urn: "CZ/001/26".into(),
            until: "11:59pm on 14 February 2027".into(),
            ends: "14 February 2027".into(),
            counted: "21 November 2026 at 5:30pm".into(),
        }]
    }
}

const SHORTEN: &str = "Close it earlier";
const NOTICE: &str = "The exclusion notice ended early";

/// Title, number and limit of a release that offers this; after an act that was refused they are shown again.
async fn told(v: &Visit, offered: Option<fn(&desk::May) -> bool>) -> Result<[String; 4], No> {
    let sheet = desk::sheet(&v.office, v.actor(), v.id(ReleaseId::parse)?, v.stamp()).await?;
    if offered.is_some_and(|offered| !offered(&sheet.may)) {
        return Err(No::NotFound);
    }
    let authority = sheet.filed.release.stage.authority().ok_or(No::NotFound)?;
    let title = sheet.file.request.title.as_str().to_owned();
    Ok([sheet.filed.release.id.to_string(), title, authority.urn.clone(), authority.until.deadline()])
}

async fn shortening(v: &Visit, offered: bool) -> Result<Shorten, No> {
    let [id, title, urn, until] = told(v, offered.then_some(|may| may.shorten)).await?;
    Ok(Shorten { id, title, urn, until })
}

/// `GET /releases/{id}/limit`.
pub async fn ask(v: Visit) -> Result<Answer, No> {
    v.page(SHORTEN, &shortening(&v, true).await?)
}

/// `POST /releases/{id}/limit`.
pub async fn shorten(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let done = match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => limits::shorten(&v.office, v.actor(), id, &v.form(), v.stamp()).await,
        no => no,
    };
    match done {
        Ok(()) => Answer::see(format!("/releases/{id}")),
        Err(no @ No::Invalid(_)) => v.again(no, SHORTEN, &shortening(&v, false).await?),
        Err(no) => Err(no),
    }
}

async fn ending(v: &Visit, offered: bool) -> Result<Notice, No> {
    let [id, title, urn, until] = told(v, offered.then_some(|may| may.notice)).await?;
    let of = gathered(v, Act::KeepDuties).await?;
    let ends = of.notice()?.map_or_else(|| "None".to_owned(), long_day);
    Ok(Notice { id, title, urn, until, ends, counted: of.counted_from().map_or_else(String::new, Moment::long) })
}

/// `GET /releases/{id}/notice-ended`.
pub async fn ask_notice(v: Visit) -> Result<Answer, No> {
    v.page(NOTICE, &ending(&v, true).await?)
}

/// `POST /releases/{id}/notice-ended`.
pub async fn notice(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    match limits::notice_ended(&v.office, v.actor(), id, &v.form(), v.stamp()).await {
        Ok(()) => Answer::see(format!("/releases/{id}")),
        Err(no @ No::Invalid(_)) => v.again(no, NOTICE, &ending(&v, false).await?),
        Err(no) => Err(no),
    }
}
