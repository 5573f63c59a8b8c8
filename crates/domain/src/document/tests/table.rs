//! Cases as tables: messages in the order in which they come, and what is known after each.

use super::{
    super::{Change, Decision, Lifecycle, State, fold_all},
    ledger::{Ledger, View, every_order, known},
};

/// A message, and the line to expect: `outcome | status version | waits for | findings`.
pub(super) type Step<'t> = (Change, &'t str);

/// Plays a case as written and in every other order, and compares the amounts at the end.
#[track_caller]
pub(super) fn play(lifecycle: &Lifecycle, steps: &[Step<'_>], amounts: &str) {
    play_decided(lifecycle, &[], steps, amounts);
}

/// Plays a case in which somebody decided something beforehand.
#[track_caller]
pub(super) fn play_decided(
    lifecycle: &Lifecycle,
    decisions: &[Decision],
    steps: &[Step<'_>],
    amounts: &str,
) {
    let told: Vec<_> = steps.iter().map(|(change, _)| change.clone()).collect();
    let mut ledger = Ledger::new(lifecycle, decisions);
    for (number, (change, expected)) in steps.iter().enumerate() {
        let applied = ledger.take((change.own_id(), change));
        let document = fold_all(lifecycle, known(&told[..=number]), decisions);
        let findings = document.findings(lifecycle);
        let codes = findings.iter().map(|it| it.key.code.as_str());
        let line = [
            applied.outcome.as_str().to_owned(),
            place(lifecycle, &document.state),
            waits(lifecycle, &document.state),
            list(codes),
        ];
        assert_eq!(line.join(" | "), *expected, "message {}", number + 1);
    }
    let document = ledger.close();
    assert_eq!(
        list(
            document
                .state
                .amounts(lifecycle)
                .iter()
                .map(|(name, it)| format!("{name} {it}"))
        ),
        amounts
    );
    let expected = View::of(lifecycle, &document);
    let told = known(&told);
    every_order(told.len(), &mut |order| {
        let told = order.iter().map(|it| told[*it]);
        let seen = View::of(lifecycle, &fold_all(lifecycle, told, decisions));
        assert_eq!(expected, seen, "in the order {order:?}");
    });
}

fn place(lifecycle: &Lifecycle, state: &State) -> String {
    let status = state.status(lifecycle);
    let version = state.version(lifecycle).map(|it| format!(" {it}"));
    format!(
        "{}{}",
        status.as_deref().unwrap_or("-"),
        version.unwrap_or_default()
    )
}

fn waits(lifecycle: &Lifecycle, state: &State) -> String {
    let standing = state.standing(lifecycle);
    let nodes = standing.waits_for.iter();
    list(nodes.map(|(node, times)| match times {
        1 => format!("{} {}", node.status, node.version),
        _ => format!("{} {} × {times}", node.status, node.version),
    }))
}

fn list<T: AsRef<str>>(things: impl Iterator<Item = T>) -> String {
    let things: Vec<_> = things.map(|it| it.as_ref().to_owned()).collect();
    match things.is_empty() {
        true => "-".to_owned(),
        false => things.join(", "),
    }
}
