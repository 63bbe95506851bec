//! Inviting a person: the form, and the page that shows the link once.

use serde::Serialize;

use crate::actions::No;
use crate::actions::enrol::{Invite, invite};
use crate::actions::offers::{Offers, offers};
use crate::web::police::{Choice, choice};
use crate::web::{Answer, Page, Visit};

/// The form of an invitation.
#[derive(Serialize)]
pub struct Form {
    roles: Vec<Choice>,
    areas: Vec<Choice>,
    schemes: Vec<Choice>,
}

impl From<&Offers> for Form {
    fn from(offers: &Offers) -> Self {
        Self {
            roles: offers.roles.iter().map(|role| choice(role.word(), role.title(), "")).collect(),
            areas: offers.areas.iter().map(|area| choice(area.id.clone(), area.name.clone(), "")).collect(),
            schemes: offers.schemes.iter().map(|scheme| choice(scheme.id.clone(), scheme.name.clone(), "")).collect(),
        }
    }
}

impl Page for Form {
    const TEMPLATE: &'static str = "pages/police/invite.html";

    fn samples() -> Vec<Self> {
        let one = || vec![choice("1", "One", "")];
        vec![
            Self { roles: one(), areas: one(), schemes: one() },
            Self { roles: one(), areas: Vec::new(), schemes: one() },
            Self { roles: Vec::new(), areas: Vec::new(), schemes: Vec::new() },
        ]
    }
}

/// The link, shown once.
#[derive(Serialize)]
pub struct Invited {
    pub(super) link: String,
    pub(super) email: String,
    pub(super) demo: bool,
    /// To somebody who makes their keys anew.
    pub(super) anew: bool,
}

impl Page for Invited {
    const TEMPLATE: &'static str = "pages/police/invited.html";

    fn samples() -> Vec<Self> {
        let one = |demo, anew| Self {
            link: "https://portal.example.org/enrol/0123456789abcdef".into(),
            email: "priya@example.org".into(),
            demo,
            anew,
        };
        vec![one(true, false), one(false, true)]
    }
}

const TITLE: &str = "Invite a person";

/// `GET /invitations/new`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    v.page(TITLE, &Form::from(&offers(&v.office, v.actor()).await?))
}

/// `POST /invitations/new`: the link is in this answer and in the mail, and nowhere else.
pub async fn send(v: Visit) -> Result<Answer, No> {
    let text = |name| v.field(name).to_owned();
    let form = Invite {
        email: text("email"),
        name: text("name"),
        role: text("role"),
        area: text("area"),
        scheme: text("scheme"),
    };
    match invite(&v.office, v.actor(), &form, v.stamp()).await {
        Ok(path) => {
            let (origin, demo) = (&v.office.settings.origin, v.office.settings.demo);
            v.page(
                "Invitation made",
                &Invited { link: format!("{origin}{path}"), email: form.email, demo, anew: false },
            )
        }
        Err(no) => v.again(no, TITLE, &Form::from(&offers(&v.office, v.actor()).await?)),
    }
}
