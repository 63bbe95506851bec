//! A scheme's member businesses (K7.2): one's entry with its signed agreement, and the register as a table to keep.

use serde::Serialize;

use crate::actions::registers::{self, Entry, Member, MemberForm, Subject};
use crate::actions::{No, step_up};
use crate::domain::ids::{MemberId, SchemeId};
use crate::domain::policy::{Act, Thing, may};
use crate::web::frame::Typed;
use crate::web::police::papers::{Paper, papers};
use crate::web::police::schemes::{self, told};
use crate::web::police::{Row, day, long, row};
use crate::web::{Answer, Page, Visit};

/// One member business.
#[derive(Serialize)]
pub struct One {
    scheme: String,
    id: String,
    facts: Vec<Row>,
    papers: Vec<Paper>,
    may_keep: bool,
    left: bool,
}

impl Page for One {
    const TEMPLATE: &'static str = "pages/police/member.html";

    fn samples() -> Vec<Self> {
        let one = |may_keep, left, papers| Self {
            scheme: "1".into(),
            id: "1".into(),
            facts: vec![row("Business", "Corner Pharmacy"), row("Contact", "Lee Park")],
            papers,
            may_keep,
            left,
        };
        vec![one(true, false, Paper::samples()), one(true, true, Vec::new()), one(false, false, Vec::new())]
    }
}

/// The entry of the scheme, its member, and the page; to those who may open its papers.
pub(super) async fn page(v: &Visit) -> Result<(Member, One), No> {
    let id = v.id(SchemeId::parse)?;
    let entry = registers::scheme(&v.office, v.actor(), id, v.stamp()).await?;
    let thing = Thing::Scheme { area: entry.scheme.area()?, scheme: id };
    let which = MemberId::parse(v.path("member")).ok_or(No::NotFound)?;
    if !may(v.actor(), Act::SeePapers, thing) {
        return Err(No::NotFound);
    }
    let member = entry.members.iter().find(|row| row.id == which.to_string()).ok_or(No::NotFound)?.clone();
    let may_keep = may(v.actor(), Act::KeepRegister, thing);
    let page = One {
        scheme: id.to_string(),
        id: member.id.clone(),
        facts: facts(&entry, &member),
        papers: papers(&entry.papers, |paper| Subject::Member(which).holds(id, paper)),
        may_keep,
        left: member.removed_at.is_some(),
    };
    Ok((member, page))
}

fn facts(entry: &Entry, member: &Member) -> Vec<Row> {
    vec![
        row("Scheme", entry.scheme.name.as_str()),
        row("Contact", member.contact.as_str()),
        row("Signed agreement", member.agreement.as_str()),
        row("Signed on", day(member.agreed_on.as_deref())),
        row("Told of their legal duties", told(&member.duties_version, member.duties_told.as_deref())),
        row("Entered", long(member.added_at)),
        row("Left", member.removed_at.map_or_else(|| "No".to_owned(), long)),
    ]
}

/// `GET /schemes/{id}/members/{member}`.
pub async fn one(v: Visit) -> Result<Answer, No> {
    let (member, page) = page(&v).await?;
    let title = member.business.clone();
    let typed = Typed::default()
        .with("business", member.business)
        .with("contact", member.contact)
        .with("agreement", member.agreement)
        .with("agreed_on", member.agreed_on.unwrap_or_default())
        .with("member_told", member.duties_told.unwrap_or_default())
        .with("member_version", member.duties_version);
    v.filled(&title, &page, typed)
}

fn typed(v: &Visit) -> MemberForm {
    let text = |name| v.field(name).to_owned();
    MemberForm {
        business: text("business"),
        contact: text("contact"),
        agreement: text("agreement"),
        agreed_on: text("agreed_on"),
        member_told: text("member_told"),
        member_version: text("member_version"),
    }
}

/// `POST /schemes/{id}/members`.
pub async fn add(v: Visit) -> Result<Answer, No> {
    let id = v.id(SchemeId::parse)?;
    match registers::add_member(&v.office, v.actor(), id, &typed(&v), v.stamp()).await {
        Ok(()) => Answer::see(format!("/schemes/{id}")),
        Err(no) => {
            let page = schemes::page(&v).await?;
            v.again(no, &page.name, &page)
        }
    }
}

/// `POST /schemes/{id}/members/{member}`.
pub async fn change(v: Visit) -> Result<Answer, No> {
    let id = v.id(SchemeId::parse)?;
    let which = MemberId::parse(v.path("member")).ok_or(No::NotFound)?;
    match registers::change_member(&v.office, v.actor(), id, which, &typed(&v), v.stamp()).await {
        Ok(()) => Answer::see(format!("/schemes/{id}/members/{which}")),
        Err(no) => {
            let (member, page) = page(&v).await?;
            v.again(no, &member.business, &page)
        }
    }
}

/// `POST /schemes/{id}/members/{member}/remove`.
pub async fn remove(v: Visit) -> Result<Answer, No> {
    let id = v.id(SchemeId::parse)?;
    let member = MemberId::parse(v.path("member")).ok_or(No::NotFound)?;
    registers::remove_member(&v.office, v.actor(), id, member, v.stamp()).await?;
    Answer::see(format!("/schemes/{id}"))
}

/// `POST /schemes/{id}/members/csv`: records leave, so it is asked who is there.
pub async fn csv(v: Visit) -> Result<Answer, No> {
    let id = v.id(SchemeId::parse)?;
    let page = schemes::page(&v).await?;
    if let Err(no) = step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        return v.again(no, &page.name, &page);
    }
    let text = registers::members_csv(&v.office, v.actor(), id, v.stamp()).await?;
    Ok(Answer::csv("register-of-members.csv", text))
}
