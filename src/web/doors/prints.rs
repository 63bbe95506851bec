//! Numbered prints (O3.2.1), leavers, and confirming the end of a copy (K8.2).

use super::{Body, READERS, Role, get, post};
use crate::web::door::{Door, Who};
use crate::web::police::{leavers, print_ledger};
use crate::web::{sheets, surrender};

/// Who opens copies: partners their own; a co-ordinator the sheets that the police print.
pub(super) const OPENERS: Who = Who::Holding(&[Role::Manager, Role::Member, Role::Aic]);
const AIC: Who = Who::Holding(&[Role::Aic]);

/// In no menu: each leads from a release, a bulletin, a scheme or the first page.
pub(super) const DOORS: &[Door] = &[
    get("/sheets/{id}", OPENERS, "One numbered print, to be printed once", |v| Box::pin(sheets::show(v))),
    get("/held", Who::SignedIn, "Own copies and prints, to confirm their end", |v| Box::pin(sheets::held(v))),
    // Whoever holds a copy confirms it, whatever role is left to them: the action asks whose it is.
    get("/bulletins/{id}/confirm", Who::SignedIn, "Confirm surrender or destruction", |v| Box::pin(surrender::form(v))),
    post("/bulletins/{id}/confirm", Who::SignedIn, Body::Form, "Confirm it, signed", |v| {
        Box::pin(surrender::confirm(v))
    }),
    get("/certificates/{id}", Who::SignedIn, "Certificate of a copy’s end", |v| Box::pin(surrender::certificate(v))),
    get("/releases/{id}/prints", Who::Holding(READERS), "Ledger of a release’s prints", |v| {
        Box::pin(print_ledger::show(v))
    }),
    get("/releases/{id}/prints/{copy}", AIC, "Form: one numbered print", |v| Box::pin(print_ledger::sheet(v))),
    post("/releases/{id}/prints/{copy}/free", AIC, Body::Form, "Free a print that failed", |v| {
        Box::pin(print_ledger::free(v))
    }),
    post("/releases/{id}/prints/{copy}/carried", AIC, Body::Form, "Record a supply by hand or post", |v| {
        Box::pin(print_ledger::carried(v))
    }),
    get("/schemes/{id}/receivers/{person}/leave", AIC, "Form: somebody leaves a scheme", |v| Box::pin(leavers::ask(v))),
    post("/schemes/{id}/receivers/{person}/leave", AIC, Body::Form, "Record that they leave", |v| {
        Box::pin(leavers::leave(v))
    }),
    get("/leavings/{id}", Who::Holding(&[Role::Aic, Role::Auditor]), "What a leaver saw and holds", |v| {
        Box::pin(leavers::report(v))
    }),
];
