//! Reads a body whole, within every bound, before anything looks into it.
//!
//! What always holds: no more than the source's limit is kept of one body, whatever
//! `Content-Length` says and however it is chunked; no more than the budget is kept of all bodies
//! together; nobody takes longer than the time-out. A body that is refused is read on and thrown
//! away for a moment, so that its sender can finish sending and read the answer. What it does not
//! do: look at the bytes. Next: `judge`.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use hyper::body::Body;
use tokio::time::timeout;

use super::budget::{Budget, Held};

/// How long the rest of a refused body is read and thrown away.
const DISCARD_FOR: Duration = Duration::from_secs(1);
/// What is set aside for a body before its first byte; more only as bytes arrive.
const FIRST_CAPACITY: usize = 64 * 1024;

/// What bounds the bodies.
#[derive(Clone, Debug)]
pub(crate) struct Bodies {
    /// The bytes of all bodies at once.
    pub(crate) budget: Budget,
    /// The time from a request's head to the end of its body.
    pub(crate) timeout: Duration,
}

/// Why a body was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It is longer than the source allows.
    TooLarge,
    /// It took longer than the time-out.
    TooSlow,
    /// The sender went away, or its framing is broken.
    Incomplete,
    /// There is no room for it beside the bodies that are in memory now.
    NoRoom,
}

/// Whether the sender waits for `100 Continue` before it sends the body.
pub(crate) fn waits_to_continue(headers: &HeaderMap) -> bool {
    headers
        .get(header::EXPECT)
        .is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

impl Bodies {
    /// Reads the body.
    ///
    /// # Errors
    ///
    /// Why it could not be read to its end; the rest of it is dealt with.
    pub(crate) async fn read<B>(
        &self,
        mut body: B,
        headers: &HeaderMap,
        most: usize,
    ) -> Result<Bytes, Unread>
    where
        B: Body<Data = Bytes> + Send + Unpin + 'static,
    {
        if body.size_hint().lower() > most as u64 {
            discard(body, headers);
            return Err(Unread::TooLarge);
        }
        let read = timeout(self.timeout, collect(&mut body, self.budget.open(), most)).await;
        let failure = match read {
            Ok(Ok(bytes)) => return Ok(bytes),
            Ok(Err(failure)) => failure,
            Err(_elapsed) => Unread::TooSlow,
        };
        if matches!(failure, Unread::TooLarge | Unread::NoRoom) {
            // Whoever waited for `100 Continue` has got it by now and is sending.
            discard(body, &HeaderMap::new());
        }
        Err(failure)
    }
}

async fn collect<B>(body: &mut B, mut held: Held, most: usize) -> Result<Bytes, Unread>
where
    B: Body<Data = Bytes> + Unpin,
{
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut bytes = Vec::with_capacity(expected.min(FIRST_CAPACITY));
    while let Some(frame) = body.frame().await {
        // A frame that is no data holds trailers, which nobody needs.
        let Ok(data) = frame.map_err(|_| Unread::Incomplete)?.into_data() else {
            continue;
        };
        if data.len() > most - bytes.len() {
            return Err(Unread::TooLarge);
        }
        if !held.more(data.len()) {
            return Err(Unread::NoRoom);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(held.tie(bytes))
}

/// Reads on for a moment and throws away what comes, one frame at a time.
///
/// The answer is written meanwhile. A connection that is closed while its sender is still sending
/// is reset, and a reset can overtake the answer. A sender that waits for `100 Continue` sends
/// nothing after an answer, so there is nothing to read.
pub(crate) fn discard<B>(mut body: B, headers: &HeaderMap)
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
{
    if body.is_end_stream() || waits_to_continue(headers) {
        return;
    }
    tokio::spawn(timeout(DISCARD_FOR, async move {
        while let Some(Ok(_)) = body.frame().await {}
    }));
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
