//! The doors of the police desk beside the path of a request: printing its record, voiding its number, its duties.

use super::{Body, Door, ISSUES, Role, Who, get, post};
use crate::web::police::{duties, end, prints};

/// Who keeps a release's duties.
const CASE: &[Role] = &[Role::Officer, Role::Aic];

/// In no menu: each leads from a release.
pub(super) const DOORS: &[Door] = &[
    get("/releases/{id}/record", Who::Holding(ISSUES), "Record of authority, to print", |v| {
        Box::pin(prints::authority(v))
    }),
    get("/releases/{id}/bundle", Who::Holding(CASE), "Disclosure bundle, to print", |v| {
        Box::pin(prints::disclosure(v))
    }),
    get("/releases/{id}/void", Who::Holding(&[Role::Aic]), "What voiding a number does", |v| {
        Box::pin(end::ask_void(v))
    }),
    post("/releases/{id}/void", Who::Holding(&[Role::Aic]), Body::Form, "Void a number", |v| Box::pin(end::void(v))),
    get("/releases/{id}/duties/{duty}", Who::Holding(CASE), "Form: a duty of a release", |v| Box::pin(duties::show(v))),
    post("/releases/{id}/duties/{duty}", Who::Holding(CASE), Body::Form, "Mark a duty, or record what was done", |v| {
        Box::pin(duties::send(v))
    }),
];
