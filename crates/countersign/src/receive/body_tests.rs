//! Every bound of a body, without a socket.

use std::{
    collections::VecDeque,
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use hyper::body::{Frame, SizeHint};

use super::*;

/// A body that comes in the given pieces, says any length, and may never end.
struct Pieces {
    pieces: VecDeque<Bytes>,
    says: SizeHint,
    ends: bool,
    read: Arc<AtomicUsize>,
}

impl Pieces {
    fn of(count: usize, size: usize) -> Self {
        let pieces = (0..count).map(|_| Bytes::from(vec![b'x'; size])).collect();
        Self {
            pieces,
            says: SizeHint::default(),
            ends: true,
            read: Arc::default(),
        }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.pieces.pop_front() {
            Some(piece) => {
                self.read.fetch_add(piece.len(), Ordering::Relaxed);
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            None if self.ends => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.says
    }
}

fn bodies(budget: usize) -> Bodies {
    Bodies {
        budget: Budget::of(budget),
        timeout: Duration::from_secs(30),
    }
}

async fn read(bodies: &Bodies, body: Pieces, most: usize) -> Result<usize, Unread> {
    bodies
        .read(body, &HeaderMap::new(), most)
        .await
        .map(|it| it.len())
}

#[tokio::test]
async fn a_body_up_to_the_limit_is_read_and_one_byte_more_is_not() {
    let bodies = bodies(1000);
    assert_eq!(read(&bodies, Pieces::of(10, 10), 100).await, Ok(100));
    assert_eq!(read(&bodies, Pieces::of(0, 0), 100).await, Ok(0));
    let one_more = Pieces::of(101, 1);
    assert_eq!(read(&bodies, one_more, 100).await, Err(Unread::TooLarge));
}

#[tokio::test]
async fn a_declared_length_over_the_limit_is_refused_unread() {
    let mut body = Pieces::of(1, 1);
    body.says = SizeHint::with_exact(101);
    body.ends = false;
    assert_eq!(read(&bodies(1000), body, 100).await, Err(Unread::TooLarge));
}

#[tokio::test]
async fn a_length_that_lies_changes_no_bound() {
    let mut body = Pieces::of(101, 1);
    body.says = SizeHint::with_exact(1);
    assert_eq!(read(&bodies(1000), body, 100).await, Err(Unread::TooLarge));
    let mut body = Pieces::of(1, 1);
    body.says = SizeHint::with_exact(100);
    assert_eq!(read(&bodies(1000), body, 100).await, Ok(1));
}

#[tokio::test]
async fn all_bodies_together_stay_in_the_budget_and_give_it_back() {
    let bodies = bodies(100);
    let first = bodies
        .read(Pieces::of(6, 10), &HeaderMap::new(), 100)
        .await
        .unwrap();
    assert_eq!(
        read(&bodies, Pieces::of(5, 10), 100).await,
        Err(Unread::NoRoom)
    );
    assert_eq!(bodies.budget.used(), 60, "a refused body keeps nothing");
    drop(first);
    assert_eq!(read(&bodies, Pieces::of(10, 10), 100).await, Ok(100));
    assert_eq!(bodies.budget.used(), 0);
}

#[tokio::test]
async fn a_slow_sender_is_let_go() {
    let bodies = Bodies {
        budget: Budget::of(100),
        timeout: Duration::from_millis(20),
    };
    let mut body = Pieces::of(3, 1);
    body.ends = false;
    assert_eq!(read(&bodies, body, 100).await, Err(Unread::TooSlow));
    assert_eq!(bodies.budget.used(), 0);
}

#[tokio::test]
async fn the_rest_of_a_refused_body_is_read_and_thrown_away() {
    let body = Pieces::of(50, 10);
    let seen = Arc::clone(&body.read);
    assert_eq!(read(&bodies(1000), body, 100).await, Err(Unread::TooLarge));
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(seen.load(Ordering::Relaxed), 500);
}

#[tokio::test]
async fn nothing_is_read_from_a_sender_that_waits_to_continue() {
    let mut body = Pieces::of(50, 10);
    body.says = SizeHint::with_exact(500);
    let seen = Arc::clone(&body.read);
    let headers = HeaderMap::from_iter([(header::EXPECT, "100-Continue".parse().unwrap())]);
    assert_eq!(
        bodies(1000).read(body, &headers, 100).await,
        Err(Unread::TooLarge)
    );
    tokio::task::yield_now().await;
    assert_eq!(seen.load(Ordering::Relaxed), 0);
}
