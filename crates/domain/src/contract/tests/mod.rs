//! The contracts and their rules, tested.

mod examples;
mod lifecycles;
mod loading;
mod rules;
mod status;
mod totals;

use serde_json::Value as Json;

use super::{Contract, Judgement, Mistake, Policy, Received, embedded};
use crate::ids::ReceiptId;

/// One of the embedded contracts: vendor payment, bill payment, fulfilment.
fn contract(index: usize) -> Contract {
    Contract::load(embedded()[index].1).expect("an embedded contract loads")
}

/// An embedded contract in which texts were replaced, each of them once.
fn patched(index: usize, patches: &[(&str, &str)]) -> Result<Contract, Vec<Mistake>> {
    let mut text = embedded()[index].1.to_owned();
    for (from, to) in patches {
        assert!(text.contains(from), "`{from}` is in the contract");
        text = text.replacen(from, to, 1);
    }
    Contract::load(&text)
}

fn judge(contract: &Contract, operation: &str, body: &Json) -> Judgement {
    judge_text(contract, operation, &body.to_string())
}

/// Judges a body whose numbers stand as they are written.
fn judge_text(contract: &Contract, operation: &str, body: &str) -> Judgement {
    let received = Received {
        receipt: ReceiptId::from_rowid(1),
        received_at: "2021-03-17T08:26:49Z".parse().expect("a time"),
        request_id: "req-1",
        source: "test",
        content_type: Some("application/json"),
        body: body.as_bytes(),
    };
    let operation = contract
        .operation(operation)
        .expect("the operation is there");
    contract.check(operation, &Policy::default(), &received)
}
