//! Many callers at once, through [`GroupCommit`].

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use countersign_domain::receipt::Verdict;

use super::{
    Home,
    fixtures::{ALL, accepted, again, answer},
};
use crate::{GroupCommit, GroupCommitLimits, Outcome, ReceiptFilter};

const TASKS: u32 = 64;
const IDENTITIES: u32 = 200;

/// Sixty-four tasks post the same messages: one of each is kept, and all get its answer.
pub async fn identical_posts_make_one_receipt_each(home: &mut dyn Home) {
    let store = home.store();
    let limits = GroupCommitLimits {
        queue: 1000,
        batch: 64,
    };
    let queue = GroupCommit::start(Arc::clone(&store), limits);
    let ids = Arc::new(AtomicU32::new(0));
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| tokio::spawn(post_every_message(queue.clone(), Arc::clone(&ids))))
        .collect();

    let mut kept = vec![Vec::new(); IDENTITIES as usize];
    let mut answers = vec![Vec::new(); IDENTITIES as usize];
    for task in tasks {
        for (message, posted) in task.await.expect("no task fails").into_iter().enumerate() {
            match posted.outcome {
                Outcome::Kept => kept[message].push(posted.number),
                Outcome::Duplicate { answer, .. } => answers[message].push(answer),
                Outcome::ContentChanged { .. } => panic!("the content is the same"),
            }
        }
    }
    for (kept, answers) in kept.iter().zip(&answers) {
        assert_eq!(kept.len(), 1, "exactly one of each message is kept");
        assert_eq!(answers.len(), TASKS as usize - 1);
        assert!(
            answers.iter().all(|it| *it == answer(kept[0])),
            "all get the first answer"
        );
    }
    queue.close().await;
    let filter = ReceiptFilter {
        verdict: Some(Verdict::Accepted),
        ..ReceiptFilter::default()
    };
    let listed = store.receipts(&filter, ALL).await.expect("listed");
    assert_eq!(listed.len(), IDENTITIES as usize);
}

struct Posted {
    number: u32,
    outcome: Outcome,
}

async fn post_every_message(queue: GroupCommit, ids: Arc<AtomicU32>) -> Vec<Posted> {
    let mut posted = Vec::new();
    for message in 0..IDENTITIES {
        let number = 10_000 + ids.fetch_add(1, Ordering::Relaxed);
        let draft = again(number, &accepted(message));
        let outcome = queue.accept(draft).await.expect("kept");
        posted.push(Posted { number, outcome });
    }
    posted
}

/// No drafts, no results, no error.
pub async fn an_empty_batch_is_nothing(home: &mut dyn Home) {
    assert!(home.store().accept(Vec::new()).await.is_empty());
}
