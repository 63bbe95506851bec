//! The doors of corrections (K8.7): a holder's report, its answer, new words, and the versions that were.

use super::{Body, Door, PARTNER, READERS, Role, UNIT, Who, get, post};
use crate::web::police::{correct, corrections};
use crate::web::report;

/// In the order of the story.
pub(super) const DOORS: &[Door] = &[
    get("/bulletins/{id}/report", PARTNER, "Form: report what is wrong or incomplete", |v| Box::pin(report::form(v))),
    post("/bulletins/{id}/report", PARTNER, Body::Form, "Report it", |v| Box::pin(report::send(v))),
    get("/releases/{id}/corrections", Who::Holding(READERS), "Reports, and versions of the words", |v| {
        Box::pin(corrections::show(v))
    }),
    get("/releases/{id}/reports/{report}", Who::Holding(&[Role::Aic]), "Form: consider a report", |v| {
        Box::pin(corrections::consider(v))
    }),
    post(
        "/releases/{id}/reports/{report}",
        Who::Holding(&[Role::Aic]),
        Body::Form,
        "Record the outcome of a report",
        |v| Box::pin(corrections::answer(v)),
    ),
    get("/releases/{id}/correct", Who::Holding(&[Role::Aic]), "Form: correct the words", |v| {
        Box::pin(correct::show(v))
    }),
    post("/releases/{id}/correct", Who::Holding(&[Role::Aic]), Body::Form, "Correct the words", |v| {
        Box::pin(correct::send(v))
    }),
    get(
        "/releases/{id}/revisions/{version}/text",
        Who::Holding(UNIT),
        "A version’s words, sealed to the unit",
        |v| Box::pin(corrections::words(v)),
    ),
];
