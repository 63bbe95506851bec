//! Demands for surrender or destruction, and confirmations (K8.2).

use super::{Body, Door, Role, Who, get, post};
use crate::web::police::{demands, ending};
use crate::web::surrender;

/// Who sees what is demanded, and who has not confirmed.
const SEES: Who = Who::Holding(&[Role::Aic, Role::Commander, Role::Auditor]);
const AIC: Who = Who::Holding(&[Role::Aic]);

/// In the order of the menu.
pub(super) const DOORS: &[Door] = &[
    get("/demands", SEES, "Copies that are not accounted for", |v| Box::pin(demands::list(v))).on_menu("Demands"),
    get("/demands/subject", AIC, "Form: recall every release of one person", |v| Box::pin(demands::ask_subject(v))),
    post("/demands/subject", AIC, Body::Form, "Recall them all, signed", |v| Box::pin(demands::subject(v))),
    get("/demands/{id}", SEES, "The end of one copy", |v| Box::pin(ending::show(v))),
    post("/demands/{id}/accept", AIC, Body::Form, "Accept a confirmation", |v| Box::pin(ending::accept(v))),
    post("/demands/{id}/query", AIC, Body::Form, "Query a confirmation", |v| Box::pin(ending::query(v))),
    post("/demands/{id}/visits", AIC, Body::Form, "Record a visit because of a demand", |v| Box::pin(ending::visit(v))),
    get("/releases/{id}/holders/{person}/demand", AIC, "Form: demand a holder’s copies", |v| {
        Box::pin(demands::ask_holder(v))
    }),
    post("/releases/{id}/holders/{person}/demand", AIC, Body::Form, "Demand them, signed", |v| {
        Box::pin(demands::holder(v))
    }),
    get("/schemes/{id}/demand", AIC, "Form: demand what a scheme holds", |v| Box::pin(demands::ask_scheme(v))),
    post("/schemes/{id}/demand", AIC, Body::Form, "Demand it, signed", |v| Box::pin(demands::scheme(v))),
    get("/people/{id}/demand", AIC, "Form: demand what a person holds", |v| Box::pin(demands::ask_person(v))),
    post("/people/{id}/demand", AIC, Body::Form, "Demand it, signed", |v| Box::pin(demands::person(v))),
    get("/certificates/{id}/file", Who::SignedIn, "The same as a file to verify", |v| Box::pin(surrender::file(v))),
    get("/releases/{id}/certificate", SEES, "Certificate that every copy is accounted for", |v| {
        Box::pin(surrender::of_release(v))
    }),
    get("/releases/{id}/certificate/file", SEES, "The same as a file to verify", |v| {
        Box::pin(surrender::file_of_release(v))
    }),
];
