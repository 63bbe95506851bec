//! The doors between areas (K7.6): how a release is linked, what another area asks, and what is handed over and compared.

use super::{Body, Door, Role, WORDS_MAX, Who, get, post};
use crate::web::police::elsewhere;
use crate::web::police::unit::SEALED_MAX;

/// A co-ordinator's, each for their own side.
const AIC: Who = Who::Holding(&[Role::Aic]);

pub(super) const DOORS: &[Door] = &[
    get("/releases/{id}/areas", AIC, "How a release is linked with other areas", |v| Box::pin(elsewhere::areas(v))),
    post("/releases/{id}/areas/renew", AIC, Body::Form, "Take over what another area changed", |v| {
        Box::pin(elsewhere::renew(v))
    }),
    get("/releases/{id}/areas/{area}/plan", AIC, "What is to be handed over to another area", |v| {
        Box::pin(elsewhere::plan(v))
    }),
    post(
        "/releases/{id}/areas/{area}/photographs/{photo}",
        AIC,
        Body::Bytes(SEALED_MAX),
        "Hand over an original, sealed to another area’s unit",
        |v| Box::pin(elsewhere::take(v)),
    ),
    post("/releases/{id}/areas/{area}/text", AIC, Body::Bytes(WORDS_MAX), "Hand over released words", |v| {
        Box::pin(elsewhere::take_words(v))
    }),
    get("/releases/{id}/arrivals", AIC, "What another area handed over, to be compared", |v| {
        Box::pin(elsewhere::arrived(v))
    }),
    post("/releases/{id}/arrivals/{photo}", AIC, Body::Empty, "It is the photograph on record", |v| {
        Box::pin(elsewhere::same(v))
    }),
    post("/releases/{id}/arrivals/{photo}/strange", AIC, Body::Empty, "It is not, and goes back", |v| {
        Box::pin(elsewhere::strange(v))
    }),
    get("/consultations/{id}", AIC, "What another area asks", |v| Box::pin(elsewhere::consultation(v))),
    post("/consultations/{id}", AIC, Body::Form, "Answer another area", |v| Box::pin(elsewhere::answer(v))),
];
