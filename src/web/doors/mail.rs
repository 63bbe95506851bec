//! Telling people, jobs, and inspections of storage (K8.2).

use super::{Body, Door, INVITED, KEEPER, LISTS, Role, Who, get, post};
use crate::web::messages;
use crate::web::police::{inspections, jobs};

/// Who reads how the jobs stand.
const WATCHED: Who = Who::Holding(&[Role::Administrator, Role::Auditor]);

/// In the order of the menu.
pub(super) const DOORS: &[Door] = &[
    get("/messages", Who::SignedIn, "Own messages", |v| Box::pin(messages::list(v))).on_menu("Messages"),
    post("/messages/read", Who::SignedIn, Body::Form, "Mark all as read", |v| Box::pin(messages::read_all(v))),
    post("/messages/{id}/read", Who::SignedIn, Body::Form, "Mark one as read", |v| Box::pin(messages::read_one(v))),
    get("/account/mail", Who::SignedIn, "Form: how one is told", |v| Box::pin(messages::show(v))),
    post("/account/mail", Who::SignedIn, Body::Form, "Choose how one is told", |v| Box::pin(messages::choose(v))),
    get("/people/{id}/mail", INVITED, "Form: where somebody’s mail goes", |v| Box::pin(jobs::mail(v))),
    post("/people/{id}/mail", INVITED, Body::Form, "Set it, and send again", |v| Box::pin(jobs::mend(v))),
    get("/schemes/{id}/inspections", LISTS, "Inspections of storage", |v| Box::pin(inspections::list(v))),
    post("/schemes/{id}/inspections", KEEPER, Body::Form, "Plan an inspection", |v| Box::pin(inspections::plan(v))),
    get("/inspections/{id}", LISTS, "One inspection", |v| Box::pin(inspections::show(v))),
    post("/inspections/{id}/{step}", KEEPER, Body::Form, "Record an inspection", |v| Box::pin(inspections::record(v))),
    get("/jobs", WATCHED, "What the jobs did last", |v| Box::pin(jobs::show(v))).on_menu("Jobs"),
];
