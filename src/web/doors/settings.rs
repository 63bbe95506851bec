//! The doors of settings: the registration, the policy's texts and numbers; the demo's outbox.

use super::{ADMINISTRATOR, Body, Door, Role, Who, get, post};
use crate::web::police::{settings, texts};

/// Who reads the policy's texts and numbers.
const RULES: Who = Who::Holding(&[Role::Administrator, Role::Auditor]);

/// In the order of the menu.
pub(super) const DOORS: &[Door] = &[
    get("/settings", RULES, "What there is to set", |v| Box::pin(settings::index(v))).on_menu("Settings"),
    get("/settings/registration", ADMINISTRATOR, "Form: the registration", |v| Box::pin(settings::show(v))),
    post("/settings/registration", ADMINISTRATOR, Body::Form, "Record the registration", |v| {
        Box::pin(settings::save(v))
    }),
    get("/settings/texts", RULES, "The policy’s texts", |v| Box::pin(texts::list(v))),
    get("/settings/texts/{kind}", RULES, "One text, every version", |v| Box::pin(texts::one(v))),
    post("/settings/texts/{kind}", ADMINISTRATOR, Body::Form, "Put new words in force", |v| Box::pin(texts::change(v))),
    get("/settings/numbers", RULES, "The policy’s numbers", |v| Box::pin(texts::numbers(v))),
    post("/settings/numbers", ADMINISTRATOR, Body::Form, "Put stricter numbers in force", |v| {
        Box::pin(texts::change_numbers(v))
    }),
    get("/outbox", Who::Anyone, "The demo's mails; elsewhere not found", |v| Box::pin(settings::outbox(v))),
];
