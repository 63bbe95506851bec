//! Leases of background jobs: one holder at a time among several instances, told apart by a fence that grows with each new holder.
//!
//! Promise: a holder that stalled past its time, and was followed by another, changes nothing any more: every step of a job asks
//! [`Conn::still_holds`] inside its own act. Absent on purpose: a timer. Whoever has work asks for the lease.

use super::{Conn, Fault, Tx, on};

/// A lease that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    name: &'static str,
    holder: String,
    fence: i64,
}

impl Lease {
    /// The holder's number, higher than that of every holder before.
    pub fn fence(&self) -> i64 {
        self.fence
    }
}

const TAKE: &str = "INSERT INTO lease (name, holder, until, fence) VALUES ($1, $2, $3, 1) ON CONFLICT (name) DO UPDATE SET fence = CASE WHEN lease.holder = $2 AND lease.until > $4 THEN lease.fence ELSE lease.fence + 1 END, holder = $2, until = $3 WHERE lease.holder = $2 OR lease.until <= $4 RETURNING fence";
const HOLDS: &str = "SELECT COUNT(*) FROM lease WHERE name = $1 AND holder = $2 AND fence = $3";

impl Tx {
    /// Takes the lease `name` for `span` milliseconds, or goes on holding it; `None`: another instance holds it.
    pub async fn take_lease(&mut self, name: &'static str, holder: &str, span: i64) -> Result<Option<Lease>, Fault> {
        let now = self.now();
        let until = now.plus_millis(span).millis();
        self.mark().await?;
        let fence: Option<i64> = on!(self, |c| sqlx::query_scalar(TAKE)
            .bind(name)
            .bind(holder)
            .bind(until)
            .bind(now.millis())
            .fetch_optional(c)
            .await)?;
        Ok(fence.map(|fence| Lease { name, holder: holder.to_owned(), fence }))
    }
}

impl Conn {
    /// Whether nobody followed this holder.
    pub async fn still_holds(&mut self, lease: &Lease) -> Result<bool, Fault> {
        let Lease { name, holder, fence } = lease;
        let held: i64 =
            on!(self, |c| sqlx::query_scalar(HOLDS).bind(*name).bind(holder).bind(*fence).fetch_one(c).await)?;
        Ok(held == 1)
    }
}
