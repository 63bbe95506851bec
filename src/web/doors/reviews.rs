//! Reviews (K7.9) and limits (K7.8).

use super::{Body, Door, Role, Who, get, post};
use crate::web::police::reviews::{self, conclude, limits, part, queue};

/// The ranks of an area: they read its reviews.
const RANKS: &[Role] = &[Role::Aic, Role::Reviewer, Role::Inspector, Role::Commander];
/// And the auditor.
const READ: Who = Who::Holding(&[Role::Aic, Role::Reviewer, Role::Inspector, Role::Commander, Role::Auditor]);
const REVIEWER: Who = Who::Holding(&[Role::Reviewer]);
/// The co-ordinator, or by an enactment a higher rank.
const DECIDER: Who = Who::Holding(&[Role::Aic, Role::Inspector, Role::Commander]);
const AIC: Who = Who::Holding(&[Role::Aic]);
/// Whoever keeps a release's duties.
const KEEPER: Who = Who::Holding(&[Role::Officer, Role::Aic]);

pub(super) const DOORS: &[Door] = &[
    get("/reviews", Who::Holding(RANKS), "What is to be reviewed, by its limit", |v| Box::pin(queue::show(v)))
        .on_menu("Reviews"),
    get("/releases/{id}/review", READ, "A release’s reviews (form 3796)", |v| Box::pin(reviews::show(v))),
    get("/releases/{id}/review/{part}", REVIEWER, "Form: a part of a review", |v| Box::pin(part::show(v))),
    post("/releases/{id}/review/{part}", REVIEWER, Body::Form, "Save it", |v| Box::pin(part::save(v))),
    get("/releases/{id}/review-check", REVIEWER, "Form: check a review and sign", |v| Box::pin(reviews::check(v))),
    post("/releases/{id}/review-check", REVIEWER, Body::Form, "Sign a review", |v| Box::pin(reviews::sign(v))),
    get("/releases/{id}/review-decision", DECIDER, "Form: decide a signed review", |v| Box::pin(conclude::show(v))),
    post("/releases/{id}/review-decision", DECIDER, Body::Form, "Decide it, signed", |v| Box::pin(conclude::send(v))),
    get("/releases/{id}/limit", AIC, "Form: bring a limit forward", |v| Box::pin(limits::ask(v))),
    post("/releases/{id}/limit", AIC, Body::Form, "Bring it forward, signed", |v| Box::pin(limits::shorten(v))),
    get("/releases/{id}/notice-ended", KEEPER, "Form: an exclusion notice ended early", |v| {
        Box::pin(limits::ask_notice(v))
    }),
    post("/releases/{id}/notice-ended", KEEPER, Body::Form, "Record that it ended", |v| Box::pin(limits::notice(v))),
];
