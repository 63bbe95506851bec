//! Retention, legal hold and disposal (K9.1).

use super::{Body, Door, Role, Who, get, post};
use crate::web::police::{legal_holds, retention};

/// Whoever may see what is due: the area's co-ordinator and ranks, and the auditor.
const SEES: Who = Who::Holding(&[Role::Aic, Role::Inspector, Role::Commander, Role::Auditor]);
/// And the record of what was disposed of: whoever reads the register of issues too.
const READS: Who = Who::Holding(&[Role::Aic, Role::Reviewer, Role::Inspector, Role::Commander, Role::Auditor]);
/// Whoever decides as the second person, and keeps holds.
const DECIDES: Who = Who::Holding(&[Role::Aic, Role::Inspector, Role::Commander]);

pub(super) const DOORS: &[Door] = &[
    get("/retention", SEES, "What is due for disposal, held, and disposed of", |v| Box::pin(retention::list(v)))
        .on_menu("Retention"),
    get("/retention/{id}", READS, "Review before disposal, or its record", |v| Box::pin(retention::show(v))),
    post("/retention/{id}/propose", Who::Holding(&[Role::Aic]), Body::Form, "Propose what becomes of it", |v| {
        Box::pin(retention::propose(v))
    }),
    post("/retention/{id}/decide", DECIDES, Body::Form, "Decide on it as the second person", |v| {
        Box::pin(retention::decide(v))
    }),
    get("/retention/{id}/hold", DECIDES, "Form: place a legal hold", |v| Box::pin(legal_holds::ask_hold(v))),
    post("/retention/{id}/hold", DECIDES, Body::Form, "Place a legal hold", |v| Box::pin(legal_holds::hold(v))),
    get("/holds/{id}", DECIDES, "Form: lift a legal hold", |v| Box::pin(legal_holds::ask_lift(v))),
    post("/holds/{id}", DECIDES, Body::Form, "Lift a legal hold", |v| Box::pin(legal_holds::lift(v))),
];
