//! The doors of requests and releases: deciding, sealing, recalling, the registers of issued references.

use super::{Body, Door, ISSUES, READERS, Role, STORY, UNIT, Who, get, post};
use crate::web::log_check;
use crate::web::police::{decide, end, list, part, register, seal, sheet, tasks};

/// In the order of the menu.
pub(super) const DOORS: &[Door] = &[
    get("/releases", Who::Holding(READERS), "Releases one may see", |v| Box::pin(list::list(v))).on_menu("Releases"),
    get("/releases/{id}", Who::Holding(READERS), "One release", |v| Box::pin(sheet::show(v))),
    post("/releases/{id}/withdraw", Who::Holding(&[Role::Officer]), Body::Form, "Withdraw one's own request", |v| {
        Box::pin(sheet::withdraw(v))
    }),
    get(
        "/releases/{id}/decision",
        Who::Holding(&[Role::Aic]),
        "Decide a request: what is done and what is missing",
        |v| Box::pin(tasks::show(v)),
    ),
    get("/releases/{id}/decision/{part}", Who::Holding(&[Role::Aic]), "Form: a part of the decision", |v| {
        Box::pin(part::show(v))
    }),
    post(
        "/releases/{id}/decision/{part}",
        Who::Holding(&[Role::Aic]),
        Body::Form,
        "Save a part of the decision",
        |v| Box::pin(part::save(v)),
    ),
    post("/releases/{id}/return", Who::Holding(&[Role::Aic]), Body::Form, "Ask the officer for more", |v| {
        Box::pin(decide::send_back(v))
    }),
    get("/releases/{id}/decide", Who::Holding(&[Role::Aic]), "Form: check the record and sign", |v| {
        Box::pin(decide::show(v))
    }),
    post("/releases/{id}/decide", Who::Holding(&[Role::Aic]), Body::Form, "Authorise or refuse", |v| {
        Box::pin(decide::decide(v))
    }),
    get("/releases/{id}/recall", Who::Holding(&[Role::Aic]), "What a recall does", |v| Box::pin(end::ask_recall(v))),
    post("/releases/{id}/recall", Who::Holding(&[Role::Aic]), Body::Form, "Recall", |v| Box::pin(end::recall(v))),
    get("/releases/{id}/seal", Who::Holding(&[Role::Aic]), "Seal the copies", |v| Box::pin(seal::show(v))),
    get("/releases/{id}/sealing", Who::Holding(&[Role::Aic]), "How far sealing is", |v| Box::pin(seal::progress(v))),
    post(
        "/releases/{id}/photographs/{photo}/sealing",
        Who::Holding(&[Role::Aic]),
        Body::Bytes(seal::ORIGINAL_MAX),
        "Hand over an opened original",
        |v| Box::pin(seal::take(v)),
    ),
    get("/photographs/{id}/original", Who::Holding(UNIT), "An original, sealed to the unit", |v| {
        Box::pin(seal::original(v))
    }),
    get("/areas/{id}/unit-box", Who::Holding(UNIT), "The unit's key, sealed to its people", |v| {
        Box::pin(seal::unit_box(v))
    }),
    get("/register", Who::Holding(ISSUES), "Registers of issued references", |v| Box::pin(register::choose(v)))
        .on_menu("Register"),
    get("/register/{id}", Who::Holding(ISSUES), "One area's register", |v| Box::pin(register::show(v))),
    get("/register/{id}/csv", Who::Holding(ISSUES), "The same as a table", |v| Box::pin(register::csv(v))),
    get("/releases/{id}/timeline", STORY, "What happened to a release", |v| Box::pin(log_check::timeline(v))),
];
