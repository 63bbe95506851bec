//! Schemes to look at, and who is invited into them.

use super::{Body, Door, INVITERS, SCHEMES, Who, get, post};
use crate::web::police::{invite, schemes};

pub(super) const DOORS: &[Door] = &[
    get("/schemes", Who::Holding(SCHEMES), "Schemes one may see", |v| Box::pin(schemes::list(v))).on_menu("Schemes"),
    get("/schemes/{id}", Who::Holding(SCHEMES), "One scheme's entry", |v| Box::pin(schemes::one(v))),
    get("/invitations/new", Who::Holding(INVITERS), "Form: invite a person", |v| Box::pin(invite::show(v)))
        .on_menu("Invite"),
    post("/invitations/new", Who::Holding(INVITERS), Body::Form, "Invite", |v| Box::pin(invite::send(v))),
];
