//! A form with photographs (multipart/form-data), streamed into bounded memory.
//!
//! Promises: at most [`FILES_MAX`] files of [`FILE_MAX`] bytes are kept, whatever arrives; the form token is checked before the first byte
//! of a file is kept; few such forms are in memory at a time. Absent on purpose: file names as paths, types as the sender tells them.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use actix_web::web::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use futures_util::stream::poll_fn;
use tokio::sync::Semaphore;

use crate::actions::No;
use crate::domain::limits::PHOTOGRAPHS_MAX;
use crate::web::answer::Stop;
use crate::web::guard::{self, TOKEN_FIELD};
use crate::web::posted::{Coming, FORM_MAX, File, PAIRS_MAX, Posted, size};
use crate::web::problem::Problem;

/// The largest photograph taken in.
pub const FILE_MAX: usize = 25 << 20;
/// The most files of one form.
pub const FILES_MAX: usize = PHOTOGRAPHS_MAX;
/// All of one form, kept or thrown away; beyond it the answer is 413.
pub const TOTAL_MAX: usize = 192 << 20;

/// The longest pause within a form with photographs: it holds one of a few seats.
const PIECE_TIME: Duration = Duration::from_secs(10);

/// Reads the whole form. `checked`: the token came in a header and was right.
pub(crate) async fn read(
    req: &HttpRequest,
    coming: &Coming,
    token: &str,
    checked: bool,
    seats: &Arc<Semaphore>,
) -> Result<Posted, Stop> {
    let seat = Arc::clone(seats).acquire_owned().await.map_err(|_| No::Unavailable)?;
    let shared = coming.clone();
    let stream = poll_fn(move |cx| shared.borrow_mut().poll_next_unpin(cx));
    let mut parts = Multipart::new(req.headers(), stream);
    let mut taking = Taking { posted: Posted { seat: Some(seat), ..Posted::default() }, checked, text: 0, total: 0 };
    while let Some(part) = in_time(parts.next()).await? {
        taking.take(part.map_err(|_| Problem::unreadable())?, token).await?;
    }
    if taking.checked { Ok(taking.posted) } else { Err(Problem::not_ours().into()) }
}

/// The next piece, which must not keep its seat waiting.
async fn in_time<T>(next: impl Future<Output = T>) -> Result<T, Stop> {
    timeout(PIECE_TIME, next).await.map_err(|_| Problem::too_slow().into())
}

struct Taking {
    posted: Posted,
    checked: bool,
    /// Bytes of text kept.
    text: usize,
    /// Bytes seen.
    total: usize,
}

impl Taking {
    async fn take(&mut self, mut part: Field, token: &str) -> Result<(), Stop> {
        let field = part.name().unwrap_or_default().to_owned();
        let named = part.content_disposition().and_then(|told| told.get_filename()).map(str::to_owned);
        if self.posted.fields.len() + self.posted.files.len() >= PAIRS_MAX {
            return Err(Problem::unreadable().into());
        }
        let Some(name) = named else {
            let room = FORM_MAX.saturating_sub(self.text);
            let (bytes, over) = self.gather(&mut part, room).await?;
            if over {
                return Err(Problem::too_large(&size(FORM_MAX)).into());
            }
            self.text += bytes.len();
            let value = String::from_utf8(bytes.to_vec()).map_err(|_| Problem::unreadable())?;
            if field == TOKEN_FIELD && !self.checked {
                guard::holds_token(token, &value)?;
                self.checked = true;
            }
            self.posted.fields.push((field, value));
            return Ok(());
        };
        // Our forms put the token first; a file that comes before it is not from our form.
        if !self.checked {
            return Err(Problem::not_ours().into());
        }
        let room = if self.posted.files.len() < FILES_MAX { FILE_MAX } else { 0 };
        let (bytes, over) = self.gather(&mut part, room).await?;
        self.posted.files.push(File { field, name: name.chars().take(200).collect(), bytes, over });
        Ok(())
    }

    /// The bytes of one part, or none and `true` where there are more than `room`.
    async fn gather(&mut self, part: &mut Field, room: usize) -> Result<(Bytes, bool), Stop> {
        let (mut kept, mut over) = (BytesMut::new(), false);
        while let Some(piece) = in_time(part.next()).await? {
            let piece = piece.map_err(|_| Problem::unreadable())?;
            self.total += piece.len();
            if self.total > TOTAL_MAX {
                return Err(Problem::too_large(&size(TOTAL_MAX)).into());
            }
            over = over || kept.len() + piece.len() > room;
            if over {
                kept = BytesMut::new();
            } else {
                kept.extend_from_slice(&piece);
            }
        }
        Ok((kept.freeze(), over))
    }
}
