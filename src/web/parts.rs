//! THE door of bytes: a part of the holder's own copy leaves in small pieces, and stops when its release is closed.
//!
//! Promises: the gate has logged the view before the first byte ([`deliver::open_part`]); before each piece the board and the clock
//! are asked again, so a running answer ends as soon as its release is recalled or its limit is reached (P3); how it ended is
//! written down exactly once. Absent on purpose: ranges, HEAD, anything kept by a cache.
//! Proved by `tests/it/journeys/leaving.rs`.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;

use crate::actions::deliver::{self, Opened};
use crate::actions::{No, Office, Stamp};
use crate::domain::actor::Actor;
use crate::domain::ids::{CopyId, PartId, ReleaseId};
use crate::domain::moment::Moment;
use crate::domain::release::request::Purpose;
use crate::web::{Answer, Visit};

/// Bytes handed over at a time.
const PIECE: usize = 16 << 10;

/// What a view is, once its bytes are on their way.
#[derive(Clone, Copy, Debug)]
struct View {
    release: ReleaseId,
    copy: CopyId,
    until: Moment,
    index: u64,
}

/// A body of one or more views that leaves piece by piece.
pub struct Leaving {
    office: Arc<Office>,
    by: Actor,
    stamp: Stamp,
    views: Vec<View>,
    left: Bytes,
}

/// Why a body breaks off; the connection ends with it.
#[derive(Debug, thiserror::Error)]
#[error("this was withdrawn while it was being sent")]
pub struct Withdrawn;

impl Leaving {
    /// The `bytes` of these views, as they leave for the person of this visit.
    pub fn new(v: &Visit, views: &[Opened], bytes: impl Into<Bytes>) -> Self {
        let view = |one: &Opened| View { release: one.release, copy: one.copy, until: one.until, index: one.index };
        Self {
            office: v.office.clone(),
            by: v.actor().clone(),
            stamp: v.stamp(),
            views: views.iter().map(view).collect(),
            left: bytes.into(),
        }
    }

    /// The answer that carries it.
    pub fn answer(self, media: &'static str) -> Answer {
        Answer::stream(media, BoxBody::new(self))
    }
}

impl MessageBody for Leaving {
    type Error = Withdrawn;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.left.len() as u64)
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Withdrawn>>> {
        let this = self.get_mut();
        if this.left.is_empty() {
            return Poll::Ready(None);
        }
        let stops = |view: &View| deliver::must_stop(&this.office, &this.by, view.release, view.copy, view.until);
        if this.views.iter().any(stops) {
            return Poll::Ready(Some(Err(Withdrawn)));
        }
        let piece = this.left.split_to(PIECE.min(this.left.len()));
        Poll::Ready(Some(Ok(piece)))
    }
}

/// However it ends (all handed over, broken off, or the reader gone), it is dropped once: that is when its end is written down.
impl Drop for Leaving {
    fn drop(&mut self) {
        let whole = self.left.is_empty();
        for view in &self.views {
            let (by, stamp) = (self.by.clone(), self.stamp.clone());
            deliver::finished(&self.office, by, view.release, view.copy, view.index, whole, stamp);
        }
    }
}

/// Why this person looks at bulletins in this visit; not yet said is refused beside its field.
pub fn purpose(v: &Visit) -> Result<Purpose, No> {
    let why = "Say on the list of bulletins why you need to look at them today. Then open it again.";
    v.person()?.purpose.ok_or_else(|| No::field("purpose", why))
}

/// `GET /copies/{id}/parts/{part}`.
pub async fn bytes(v: Visit) -> Result<Answer, No> {
    let (copy, part) = (v.id(CopyId::parse)?, PartId::parse(v.path("part")).ok_or(No::NotFound)?);
    let why = match purpose(&v) {
        Ok(why) => why,
        Err(no) => {
            // What is somebody else's is not there (P10), whether or not they have said why they look.
            deliver::opened_by(&v.office, v.actor(), copy).await?;
            return Err(no);
        }
    };
    let mut opened = deliver::open_part(&v.office, v.actor(), copy, part, why, v.stamp()).await?;
    let bytes = std::mem::take(&mut opened.bytes);
    Ok(Leaving::new(&v, &[opened], bytes).answer("application/octet-stream"))
}
