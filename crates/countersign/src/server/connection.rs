//! One connection, from its first byte to its end.

use std::{convert::Infallible, error::Error as StdError, pin::pin, time::Duration};

use http::{Request, Response};
use hyper::{
    body::{Body, Incoming},
    server::conn::http1,
    service::Service,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpStream, sync::watch};

use super::stopped;

/// The longest head: request line and headers together.
const HEAD_BYTES: usize = 64 * 1024;
/// The most headers of one request.
const HEADERS: usize = 100;

/// How every connection of one side speaks HTTP.
pub(super) fn protocol(header_timeout: Duration) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS)
        // A sender may close its half once it has sent; it still wants the answer.
        .half_close(true);
    builder
}

/// Serves one connection until its end, or until the stop: then what is under way is answered and
/// nothing new is read.
pub(super) async fn serve<S, B>(
    stream: TcpStream,
    protocol: http1::Builder,
    service: S,
    mut stop: watch::Receiver<bool>,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    B: Body + 'static,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    let mut connection = pin!(protocol.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // A stranger can cause as many of these as they like, so they are not worth a line each.
        tracing::debug!(%error, "a connection ended badly");
    }
}
