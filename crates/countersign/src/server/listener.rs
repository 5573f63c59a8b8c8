//! Accepts connections, never more than the limit.

use std::{
    convert::Infallible, error::Error as StdError, io, net::SocketAddr, sync::Arc, time::Duration,
};

use http::{Request, Response};
use hyper::{
    body::{Body, Incoming},
    service::Service,
};
use metrics::{Gauge, gauge};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time::timeout,
};

use super::{connection, stopped};

/// How long nothing is accepted after the system refused to, for want of files or memory.
const AFTER_REFUSAL: Duration = Duration::from_millis(50);

/// The bounds of the connections of one side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionLimits {
    /// The most at once.
    pub(crate) connections: usize,
    /// How long the head of a request may take.
    pub(crate) header_timeout: Duration,
    /// How long a stop waits for what is under way.
    pub(crate) shutdown: Duration,
}

/// A socket that listens.
pub(crate) struct Listener {
    tcp: TcpListener,
    side: &'static str,
    limits: ConnectionLimits,
    open: Gauge,
}

impl Listener {
    /// Listens; port 0 lets the system choose one.
    ///
    /// # Errors
    ///
    /// When the address is taken or not ours.
    pub(crate) async fn bind(
        address: SocketAddr,
        side: &'static str,
        limits: ConnectionLimits,
    ) -> io::Result<Self> {
        let tcp = TcpListener::bind(address).await?;
        Ok(Self {
            tcp,
            side,
            limits,
            open: gauge!("countersign_connections", "side" => side),
        })
    }

    /// Where it listens.
    ///
    /// # Errors
    ///
    /// When the system does not know.
    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }

    /// Serves until the stop, then until everything under way is answered, but no longer than the
    /// limit.
    pub(crate) async fn serve<S, B>(self, service: S, mut stop: watch::Receiver<bool>)
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
            + Clone
            + Send
            + 'static,
        S::Future: Send,
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        let Self {
            tcp,
            side,
            limits,
            open,
        } = self;
        let most = u32::try_from(limits.connections.max(1)).unwrap_or(u32::MAX);
        let slots = Arc::new(Semaphore::new(most as usize));
        let protocol = connection::protocol(limits.header_timeout);
        loop {
            // The slot comes first: beyond the limit a connection is left unaccepted.
            let next = async {
                let slot = Arc::clone(&slots).acquire_owned().await;
                (
                    slot.expect("the semaphore is never closed"),
                    accept(&tcp).await,
                )
            };
            let (slot, stream) = tokio::select! {
                biased;
                () = stopped(&mut stop) => break,
                next = next => next,
            };
            let served = connection::serve(stream, protocol.clone(), service.clone(), stop.clone());
            let open = Open::one_of(&open);
            tokio::spawn(async move {
                served.await;
                drop((slot, open));
            });
        }
        drop(tcp);
        if timeout(limits.shutdown, slots.acquire_many(most))
            .await
            .is_err()
        {
            let left = most as usize - slots.available_permits();
            tracing::warn!(
                side,
                left,
                "connections were cut off: they did not end in time"
            );
        }
    }
}

async fn accept(tcp: &TcpListener) -> TcpStream {
    loop {
        match tcp.accept().await {
            Ok((stream, _)) => {
                // Answers are small and must not wait for each other; if it fails, they may.
                let _ = stream.set_nodelay(true);
                return stream;
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(AFTER_REFUSAL).await;
            }
        }
    }
}

/// Counts an open connection for as long as it lives.
struct Open(Gauge);

impl Open {
    fn one_of(gauge: &Gauge) -> Self {
        gauge.increment(1);
        Self(gauge.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}
