//! A load of many connections, each of which posts the next body as soon as it has an answer.

use std::{
    net::SocketAddr,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use super::{Client, PAY, Request, Server, bodies};

/// Posts payments with rising numbers.
pub(crate) struct Load {
    target: SocketAddr,
    credential: (&'static str, String),
    next: AtomicU64,
    stopped: AtomicBool,
    answered: AtomicU64,
    seen: Mutex<Vec<Sent>>,
}

/// One request of a load.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    pub(crate) number: u64,
    /// The status of the answer; none when the connection ended without one.
    pub(crate) status: Option<u16>,
}

impl Load {
    /// A load of payments, numbered from there.
    pub(crate) fn on(server: &Server, first: u64) -> Self {
        Self {
            target: server.public,
            credential: server.credential(PAY),
            next: AtomicU64::new(first),
            stopped: AtomicBool::new(false),
            answered: AtomicU64::new(0),
            seen: Mutex::default(),
        }
    }

    /// Runs on that many connections while `meanwhile` does, and then until every connection has
    /// its last answer or its end.
    pub(crate) fn run(self, connections: usize, meanwhile: impl FnOnce(&Self)) -> Vec<Sent> {
        std::thread::scope(|scope| {
            for _ in 0..connections {
                scope.spawn(|| self.one_connection());
            }
            // Dropped also when `meanwhile` fails: nobody would stop the connections otherwise.
            let _stop = StopWhenDropped(&self.stopped);
            meanwhile(&self);
        });
        self.seen.into_inner().unwrap()
    }

    /// How many 200s came so far.
    pub(crate) fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    fn one_connection(&self) {
        let mut seen = Vec::new();
        if let Ok(mut client) = Client::try_connect(self.target) {
            while !self.stopped.load(Ordering::Relaxed) {
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                let answer = client.ask(&self.request(number));
                let status = answer.as_ref().ok().map(|it| it.status);
                seen.push(Sent { number, status });
                if status == Some(200) {
                    self.answered.fetch_add(1, Ordering::Relaxed);
                }
                let ends = answer.is_ok_and(|it| it.header("connection") == Some("close"));
                if status.is_none() || ends {
                    break;
                }
            }
        }
        self.seen.lock().unwrap().extend(seen);
    }

    fn request(&self, number: u64) -> Request {
        let (name, value) = &self.credential;
        Request::post(PAY)
            .header(name, value)
            .json(bodies::payment(number))
    }
}

struct StopWhenDropped<'s>(&'s AtomicBool);

impl Drop for StopWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The numbers that were answered with this status.
pub(crate) fn with_status(sent: &[Sent], status: u16) -> impl Iterator<Item = u64> {
    let with = move |it: &&Sent| it.status == Some(status);
    sent.iter().filter(with).map(|it| it.number)
}
