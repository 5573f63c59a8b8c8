//! The load: a number of connections, each posting one message after the other.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use hdrhistogram::Histogram;
use http::{Request, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::message::Message;

/// What to post, where, and for how long.
pub(super) struct Load {
    pub(super) message: Arc<Message>,
    /// `host:port`
    pub(super) host: String,
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) connections: usize,
    pub(super) duration: Duration,
    /// The number of the first message.
    pub(super) first: u64,
    /// The exact body of a right answer; none: any 200 is right.
    pub(super) right_answer: Option<Bytes>,
}

/// What came of a load.
pub(super) struct Tally {
    pub(super) sent: u64,
    pub(super) answered: u64,
    pub(super) wrong: u64,
    pub(super) seconds: f64,
    /// In microseconds.
    pub(super) latency: Histogram<u64>,
}

impl Load {
    /// Runs the load to its end.
    pub(super) async fn run(self) -> Result<Tally, String> {
        let next = Arc::new(AtomicU64::new(self.first));
        let connections = self.connections;
        let load = Arc::new(self);
        let started = Instant::now();
        let mut tasks = Vec::new();
        for _ in 0..connections {
            tasks.push(tokio::spawn(connection(
                Arc::clone(&load),
                Arc::clone(&next),
                started,
            )));
        }
        let mut tally = Tally::empty();
        for task in tasks {
            let one = task.await.map_err(|error| error.to_string())??;
            tally.sent += one.sent;
            tally.answered += one.answered;
            tally.wrong += one.wrong;
            tally
                .latency
                .add(one.latency)
                .expect("both histograms have the same bounds");
        }
        tally.seconds = started.elapsed().as_secs_f64();
        Ok(tally)
    }

    fn request(&self, number: u64) -> Request<Full<Bytes>> {
        let body = self.message.template.body(number);
        let mut request = Request::post(&self.path)
            .header(header::HOST, &self.host)
            .header(header::CONTENT_TYPE, "application/json");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request
            .body(Full::new(body))
            .expect("the path and the headers were checked before")
    }
}

impl Tally {
    fn empty() -> Self {
        // From one microsecond to a minute, three digits.
        let latency = Histogram::new_with_bounds(1, 60_000_000, 3).expect("the bounds are valid");
        Self {
            sent: 0,
            answered: 0,
            wrong: 0,
            seconds: 0.0,
            latency,
        }
    }
}

async fn connection(
    load: Arc<Load>,
    next: Arc<AtomicU64>,
    started: Instant,
) -> Result<Tally, String> {
    let broken = |error: &dyn std::fmt::Display| format!("connection to {}: {error}", load.host);
    let stream = TcpStream::connect(&load.host)
        .await
        .map_err(|error| broken(&error))?;
    stream.set_nodelay(true).map_err(|error| broken(&error))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| broken(&error))?;
    tokio::spawn(connection);
    let mut tally = Tally::empty();
    while started.elapsed() < load.duration {
        let request = load.request(next.fetch_add(1, Ordering::Relaxed));
        let sent_at = Instant::now();
        tally.sent += 1;
        sender.ready().await.map_err(|error| broken(&error))?;
        let response = sender
            .send_request(request)
            .await
            .map_err(|error| broken(&error))?;
        let status = response.status();
        let answer = response
            .into_body()
            .collect()
            .await
            .map_err(|error| broken(&error))?;
        let micros = u64::try_from(sent_at.elapsed().as_micros()).unwrap_or(u64::MAX);
        tally.latency.saturating_record(micros);
        tally.answered += 1;
        let answer = answer.to_bytes();
        if status != 200 || load.right_answer.as_ref().is_some_and(|it| *it != answer) {
            tally.wrong += 1;
        }
    }
    Ok(tally)
}
