//! Listeners and connections: HTTP/1.1 over TCP, bounded, and stopped without cutting anybody off.
//!
//! What always holds: there are never more connections than the limit (further ones wait in the
//! system's queue until one ends); a head that takes too long ends its connection; a stop answers
//! what is under way. What it does not do: TLS (a reverse proxy does, see `docs/guides/https.md`)
//! or know what a request means. Next: `receive::handler` for the public side, `api` for the
//! private one.

mod connection;
mod listener;
pub(crate) mod open_files;
pub(crate) mod signals;

pub(crate) use listener::{ConnectionLimits, Listener};

use tokio::sync::watch;

/// Waits until the stop is said, or nobody is left to say it.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|it| *it).await;
}
