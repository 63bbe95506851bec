//! The doors of a request while its officer writes it: saved, checked, sent, thrown away (K7.7).

use super::{Body, Door, Role, Who, get, post};
use crate::web::police::{ask, check};

const WRITER: Who = Who::Holding(&[Role::Officer]);

pub(super) const DOORS: &[Door] = &[
    get("/releases/new", WRITER, "Form: ask for a release", |v| Box::pin(ask::show(v))),
    post("/releases/new", WRITER, Body::Upload, "Begin a draft of a request", |v| Box::pin(ask::begin(v))),
    get("/releases/{id}/request", WRITER, "Form: one's own request as it was typed", |v| Box::pin(ask::go_on(v))),
    post("/releases/{id}/request", WRITER, Body::Upload, "Save one's own request", |v| Box::pin(ask::save(v))),
    get("/releases/{id}/check", WRITER, "Form: check one's own request and sign", |v| Box::pin(check::show(v))),
    post("/releases/{id}/check", WRITER, Body::Form, "Send one's own request", |v| Box::pin(check::send(v))),
    post("/releases/{id}/discard", WRITER, Body::Form, "Throw away one's own draft", |v| Box::pin(ask::discard(v))),
];
