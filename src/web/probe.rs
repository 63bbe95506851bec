//! What machines ask: does this instance answer, and can it serve?
//!
//! Promises: the same words at the doors of the pages' listener (for a balancer, which asks by address) and at the operator's; one
//! word for each part that fails, never a cause, a path, a host or a version. Absent on purpose: who asks, cookies, the store for
//! `/health`. Proved by `tests/it/operator/`.

use serde_json::json;

use crate::actions::{No, Office, ready};
use crate::web::problem::soon;
use crate::web::visit::Wants;
use crate::web::{Answer, Visit};

/// Whether this process answers.
pub(crate) fn health() -> Answer {
    Answer::text("ok\n")
}

/// Whether this instance can serve: 200, or 503 and what fails.
pub(crate) async fn ready(office: &Office, wants: Wants) -> Result<Answer, No> {
    let failing: Vec<&str> = ready::failing(office).await.into_iter().map(ready::Part::word).collect();
    let answer = match wants {
        Wants::Json => Answer::json(&json!({"ready": failing.is_empty(), "failing": failing}))?,
        Wants::Page if failing.is_empty() => Answer::text("ready\n"),
        Wants::Page => Answer::text(format!("not ready: {}\n", failing.join(" "))),
    };
    Ok(if failing.is_empty() { answer } else { answer.status(503).header("retry-after", soon()) })
}

/// `GET /health`.
pub fn health_door(_: &Visit) -> Result<Answer, No> {
    Ok(health())
}

/// `GET /ready`.
pub async fn ready_door(v: Visit) -> Result<Answer, No> {
    ready(&v.office, v.wants).await
}
