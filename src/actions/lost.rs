//! Which leaves of the stored log have no record, and what accounts for it: an erasure, or a restore after a disaster.
//!
//! Absent on purpose: believing a missing record: without an `erase` or `restored` record that covers it, it is a failure.

use serde::Deserialize;

use crate::actions::Fault;
use crate::ledger::verify::Span;
use crate::ledger::verify::spans::Spans;
use crate::store::Conn;

/// Leaves read at a time.
const PAGE: u16 = 4_096;

/// Missing records, as spans of indexes.
#[derive(Clone, Debug, Default)]
pub struct Missing {
    /// Lost in a disaster, as a `restored` record says.
    pub lost: Vec<Span>,
    /// Missing, and nothing accounts for it.
    pub unexplained: Vec<Span>,
}

#[derive(Deserialize)]
struct Covers {
    #[serde(default)]
    erased: Vec<[u64; 2]>,
    #[serde(default)]
    lost: Vec<[u64; 2]>,
}

/// Looks at every leaf.
pub async fn missing(conn: &mut Conn) -> Result<Missing, Fault> {
    let (mut without, mut from) = (Spans::default(), 0);
    loop {
        let page = conn.leaves_without_record(from, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        from = last + 1;
        for (index, _) in &page {
            without.push(*index);
        }
    }
    let (mut erased, mut lost) = (Vec::new(), Vec::new());
    for body in conn.covering_bodies().await? {
        // A body that cannot be read covers nothing; that it is not the one that was logged is said elsewhere.
        let Ok(covers) = serde_json::from_slice::<Covers>(&body) else { continue };
        let span = |[first, last]: [u64; 2]| Span { first, last };
        erased.extend(covers.erased.into_iter().map(span));
        lost.extend(covers.lost.into_iter().map(span));
    }
    let (erased, lost) = (Spans::of(erased), Spans::of(lost));
    let unexplained = without.minus(&erased).minus(&lost);
    Ok(Missing { lost: without.and(&lost).into_spans(), unexplained: unexplained.into_spans() })
}
