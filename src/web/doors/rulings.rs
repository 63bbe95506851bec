//! The doors of representations and of what a higher rank decides; letters and documents of a case.

use super::{Body, Door, Role, Who, get, post};
use crate::web::police::rulings::{self, letters, papers, represent, told};

/// The officer who asked, or a co-ordinator.
const SERVING: Who = Who::Holding(&[Role::Officer, Role::Aic]);
/// Who works on a case: they read its record. A page of a question says to whom it belongs.
const POLICE: Who = Who::Holding(&[Role::Officer, Role::Aic, Role::Reviewer, Role::Inspector, Role::Commander]);
/// Who answers a question, and the co-ordinator who waits for it.
const RULING: Who = Who::Holding(&[Role::Aic, Role::Inspector, Role::Commander]);

/// None is on the menu.
pub(super) const DOORS: &[Door] = &[
    get("/releases/{id}/representations", SERVING, "Form: representations of the person", |v| {
        Box::pin(represent::show(v))
    }),
    post("/releases/{id}/representations", SERVING, Body::Upload, "Put representations on record", |v| {
        Box::pin(represent::send(v))
    }),
    get("/releases/{id}/documents", POLICE, "Documents of the case", |v| Box::pin(papers::show(v))),
    post("/releases/{id}/documents", SERVING, Body::Upload, "Attach a receipt of service", |v| {
        Box::pin(papers::attach(v))
    }),
    get("/releases/{id}/ruling/{question}", RULING, "Form: a question for a higher rank", |v| {
        Box::pin(rulings::show(v))
    }),
    post("/releases/{id}/ruling/{question}", RULING, Body::Form, "Decide it, signed", |v| Box::pin(rulings::rule(v))),
    get("/releases/{id}/told", Who::Holding(&[Role::Aic]), "Form: the person was told the result", |v| {
        Box::pin(told::show(v))
    }),
    post("/releases/{id}/told", Who::Holding(&[Role::Aic]), Body::Form, "Record that they were told", |v| {
        Box::pin(told::send(v))
    }),
    get("/releases/{id}/letters/{letter}", SERVING, "Form: a letter to the person", |v| Box::pin(letters::ask(v))),
    post("/releases/{id}/letters/{letter}", SERVING, Body::Form, "The letter, to print", |v| {
        Box::pin(letters::print(v))
    }),
];
