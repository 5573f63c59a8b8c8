//! A document stays small however much is told of it, so that a message costs the same at the end
//! of a long life as at its beginning.

use super::{
    super::{Change, Lifecycle},
    ledger::{Ledger, known},
    make::{created, invoice, moved, row},
};

const MESSAGES: usize = 100_000;
const SMALL: usize = 1_024;

/// An invoice that is paid in ever so many pieces.
fn instalments() -> Vec<Change> {
    let mut told = vec![
        created("1 CREATED").timed(0).amount("total", "1000000.00"),
        moved("1 CREATED", "1 ACCEPTED", "accept").timed(0),
    ];
    let mut stands = "1 ACCEPTED";
    for (number, second) in (0..MESSAGES / 2).zip(1..) {
        let payment = format!("pay {number}");
        let offer = row(&payment, &[("net", "1.10"), ("adjusted", "0.001")]);
        let answer = row(&payment, &[("outcome", "ACCEPT")]);
        let paying = "1 PAYMENT INITIATED";
        told.push(moved(stands, paying, &payment).timed(second).payment(offer));
        stands = "1 PARTIALLY PAID";
        told.push(
            moved(paying, stands, &payment)
                .timed(second)
                .payment(answer),
        );
    }
    told
}

/// An order that is the same each time: multiplying by a prime visits every place once.
fn disorder<T>(things: Vec<T>) -> Vec<T> {
    let mut places: Vec<_> = things.into_iter().map(Some).collect();
    let count = places.len();
    assert_ne!(count % 7_919, 0);
    let order = (0..count).filter_map(|it| places[it * 7_919 % count].take());
    order.collect()
}

/// The most bytes that the state ever took, looked at now and then.
fn fold<'l>(lifecycle: &'l Lifecycle, told: &[Change]) -> (Ledger<'l>, usize) {
    let mut ledger = Ledger::new(lifecycle, &[]);
    let mut most = 0;
    for (number, it) in known(told).into_iter().enumerate() {
        ledger.take(it);
        if number % 97 == 0 {
            most = most.max(ledger.state_bytes());
        }
    }
    (ledger, most)
}

#[test]
fn a_hundred_thousand_messages_leave_a_small_state() {
    let lifecycle = invoice();
    let (ledger, most) = fold(&lifecycle, &instalments());
    assert!(most < SMALL, "{most}");
    let document = ledger.close();
    assert_eq!(document.rows.len(), MESSAGES / 2);
    assert_eq!(document.findings(&lifecycle), []);
    let amounts = document.state.amounts(&lifecycle);
    assert_eq!(amounts["due"].to_string(), "944950.000");
}

#[test]
fn the_state_stays_small_when_messages_are_shuffled_and_some_never_come() {
    let lifecycle = invoice();
    let numbered = instalments().into_iter().enumerate();
    let came = numbered.filter(|(number, _)| number % 20 != 13);
    let told = disorder(came.map(|(_, it)| it).collect());
    let (ledger, most) = fold(&lifecycle, &told);
    assert!(most < SMALL, "{most}");
    let standing = ledger.close().state.standing(&lifecycle);
    assert!(!standing.waits_for.is_empty(), "some never came");
}

#[test]
fn versions_that_are_complete_leave_nothing_behind() {
    let lifecycle = invoice();
    let mut told = vec![created("1 CREATED")];
    for version in 1..=MESSAGES / 2 {
        let [here, gone, next] = [
            format!("{version} CREATED"),
            format!("{version} RETURNED"),
            format!("{} CREATED", version + 1),
        ];
        told.push(moved(&here, &gone, "return"));
        told.push(moved(&gone, &next, "edit"));
    }
    let (ledger, most) = fold(&lifecycle, &told);
    assert!(most < SMALL, "{most}");
    assert_eq!(ledger.close().findings(&lifecycle), []);
}
