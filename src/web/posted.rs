//! What was handed in: fields, photographs, bytes. Read in bounded memory and time.
//!
//! Promises: no body is taken in beyond its bound, however it is framed; a photograph that is too large is dropped while it arrives and
//! told beside its field, with everything typed kept. Absent on purpose: temporary files, content encodings (gzip bombs), JSON bodies.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::web::{Bytes, BytesMut, Query};
use futures_util::StreamExt as _;
use tokio::time::timeout;

use crate::web::answer::Stop;
use crate::web::doors::{Body, Door, Who};
use crate::web::guard::{self, TOKEN_FIELD, TOKEN_HEADER};
use crate::web::multipart;
use crate::web::problem::Problem;

/// A form of somebody signed in: 300,000 typed characters of any script still fit, so that they get a sentence.
pub const FORM_MAX: usize = 4 << 20;
/// A form of a stranger.
pub const STRANGER_MAX: usize = 64 << 10;
/// Pairs in one form.
pub const PAIRS_MAX: usize = 2_000;
/// A form has this long to arrive.
pub const FORM_TIME: Duration = Duration::from_secs(20);
/// Photographs and bytes have this long.
pub const UPLOAD_TIME: Duration = Duration::from_mins(2);
/// A refused body is still read to here, and thrown away, so that the browser shows the answer and not a broken connection.
const DRAIN_MAX: usize = 192 << 20;
const DRAIN_TIME: Duration = Duration::from_secs(30);

const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// A body, shared by its reader and by whoever throws the rest away.
pub(crate) type Coming = Rc<RefCell<Payload>>;

/// Everything handed in.
#[derive(Default)]
pub struct Posted {
    /// Names and values, in their order.
    pub fields: Vec<(String, String)>,
    /// Photographs.
    pub files: Vec<File>,
    /// A script's bytes.
    pub bytes: Bytes,
    /// Held as long as the photographs are in memory.
    #[expect(dead_code, reason = "held, not read: dropping it lets the next form in")]
    pub(crate) seat: Option<tokio::sync::OwnedSemaphorePermit>,
}

/// One file of a form.
#[derive(Debug)]
pub struct File {
    /// The form field.
    pub field: String,
    /// What the sender calls it: shown, never used as a path.
    pub name: String,
    /// Its bytes; empty where [`File::over`].
    pub bytes: Bytes,
    /// Larger than [`multipart::FILE_MAX`]: its bytes were thrown away.
    pub over: bool,
}

/// Reads what the door takes. The token is checked as early as it can be: header before the body, field before any file.
pub(crate) async fn read(
    door: &Door,
    req: &HttpRequest,
    coming: &Coming,
    token: &str,
    seats: &std::sync::Arc<tokio::sync::Semaphore>,
) -> Result<Posted, Stop> {
    let given = guard::header(req, TOKEN_HEADER);
    if let Some(given) = given {
        guard::holds_token(token, given)?;
    }
    let early = || given.map(|_| ()).ok_or_else(|| Stop::from(Problem::not_ours()));
    let kind = guard::header(req, "content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let is = |wanted: &str| kind.eq_ignore_ascii_case(wanted);
    match door.body {
        Body::Empty => early().map(|()| Posted::default()),
        Body::Bytes(_) | Body::Form | Body::Upload if req.headers().contains_key("content-encoding") => {
            Err(Problem::other_kind().into())
        }
        Body::Bytes(max) => {
            early()?;
            if !is("application/octet-stream") {
                return Err(Problem::other_kind().into());
            }
            if max <= STRANGER_MAX {
                // Small enough to need no seat: strangers at the sign-in door must not keep uploads waiting.
                return Ok(Posted { bytes: gather(req, coming, max, FORM_TIME).await?, ..Posted::default() });
            }
            let seat =
                std::sync::Arc::clone(seats).acquire_owned().await.map_err(|_| crate::actions::No::Unavailable)?;
            let bytes = gather(req, coming, max, UPLOAD_TIME).await?;
            Ok(Posted { bytes, seat: Some(seat), ..Posted::default() })
        }
        Body::Form if is(URLENCODED) => {
            let fields = pairs(&gather(req, coming, room(door), FORM_TIME).await?)?;
            if given.is_none() {
                guard::holds_token(token, value(&fields, TOKEN_FIELD))?;
            }
            Ok(Posted { fields, ..Posted::default() })
        }
        Body::Upload if is(MULTIPART) => {
            let checked = given.is_some();
            timeout(UPLOAD_TIME, multipart::read(req, coming, token, checked, seats))
                .await
                .map_err(|_| Problem::too_slow())?
        }
        Body::Form | Body::Upload => Err(Problem::other_kind().into()),
    }
}

/// The fields of a form whose sender could not be looked up, because the store is away: to be shown again, for nothing else. It came
/// from our own page, as the browser says (`guard::origin`); its token is not looked at. What cannot be read is let go.
pub(crate) async fn rescue(
    door: &Door,
    req: &HttpRequest,
    coming: &Coming,
    seats: &std::sync::Arc<tokio::sync::Semaphore>,
) -> Posted {
    let kind = guard::header(req, "content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let fields = match door.body {
        _ if req.headers().contains_key("content-encoding") => None,
        Body::Form if kind.eq_ignore_ascii_case(URLENCODED) => {
            gather(req, coming, room(door), FORM_TIME).await.and_then(|body| pairs(&body)).ok()
        }
        Body::Upload if kind.eq_ignore_ascii_case(MULTIPART) => {
            let read = timeout(UPLOAD_TIME, multipart::read(req, coming, "", true, seats)).await;
            read.ok().and_then(Result::ok).map(|posted| posted.fields)
        }
        _ => None,
    };
    Posted { fields: fields.unwrap_or_default(), ..Posted::default() }
}

/// The largest form that a door takes.
fn room(door: &Door) -> usize {
    if matches!(door.who, Who::Anyone | Who::HalfSignedIn | Who::Recovering) { STRANGER_MAX } else { FORM_MAX }
}

pub(crate) fn value<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
}

/// Takes in at most `max` bytes within `time`.
async fn gather(req: &HttpRequest, coming: &Coming, max: usize, time: Duration) -> Result<Bytes, Stop> {
    let too_large = || Stop::from(Problem::too_large(&size(max)));
    if announced(req).is_some_and(|bytes| bytes > max) {
        return Err(too_large());
    }
    let reading = async {
        let mut taken = BytesMut::new();
        while let Some(piece) = next(coming).await {
            let piece = piece.map_err(|_| Problem::unreadable())?;
            if taken.len() + piece.len() > max {
                return Err(too_large());
            }
            taken.extend_from_slice(&piece);
        }
        Ok(taken.freeze())
    };
    timeout(time, reading).await.map_err(|_| Problem::too_slow())?
}

/// The next piece of the body; the borrow ends with each poll.
async fn next(coming: &Coming) -> Option<Result<Bytes, actix_web::error::PayloadError>> {
    std::future::poll_fn(|cx| coming.borrow_mut().poll_next_unpin(cx)).await
}

/// Reads the rest of a refused body and throws it away, within bounds.
pub(crate) async fn drain(req: &HttpRequest, coming: &Coming) {
    if announced(req).is_some_and(|bytes| bytes > DRAIN_MAX) {
        return;
    }
    let mut seen = 0_usize;
    let reading = async {
        while let Some(Ok(piece)) = next(coming).await {
            seen = seen.saturating_add(piece.len());
            if seen > DRAIN_MAX {
                return;
            }
        }
    };
    // Late or on time, the answer is the same.
    let _ = timeout(DRAIN_TIME, reading).await;
}

fn announced(req: &HttpRequest) -> Option<usize> {
    guard::header(req, "content-length")?.parse().ok()
}

/// Form pairs; broken percent signs stay as they are, as browsers have it.
fn pairs(body: &[u8]) -> Result<Vec<(String, String)>, Stop> {
    let text = std::str::from_utf8(body).map_err(|_| Problem::unreadable())?;
    let Query(pairs) = Query::<Vec<(String, String)>>::from_query(text).map_err(|_| Problem::unreadable())?;
    if pairs.len() > PAIRS_MAX { Err(Problem::unreadable().into()) } else { Ok(pairs) }
}

/// A bound in words.
pub(crate) fn size(bytes: usize) -> String {
    if bytes >= 1 << 20 { format!("{} MB", bytes >> 20) } else { format!("{} kB", bytes >> 10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_keep_their_order_and_every_value() {
        let read = pairs(b"a=1&b=x+y%21&a=2&c&%zz=%").unwrap();
        let expected = [("a", "1"), ("b", "x y!"), ("a", "2"), ("c", ""), ("%zz", "%")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert!(pairs(b"a=\xff").is_err());
        assert!(pairs("a&".repeat(PAIRS_MAX + 1).as_bytes()).is_err());
    }

    #[test]
    fn bounds_read_as_people_say_them() {
        assert_eq!((size(STRANGER_MAX).as_str(), size(FORM_MAX).as_str()), ("64 kB", "4 MB"));
    }
}
