//! What holds of every life: one set of messages makes one document, in whatever order they come.

use proptest::prelude::*;

use super::{
    super::{Change, Course, Decision, Document, Lifecycle, Ruling, fold_all},
    ledger::{Known, Ledger, View, every_order, known},
    lives::Life,
    tape::{Tape, tape},
};

fn seen(lifecycle: &Lifecycle, decisions: &[Decision], told: &[Known<'_>]) -> View {
    let document = fold_all(lifecycle, told.iter().copied(), decisions);
    View::of(lifecycle, &document)
}

/// All of it in a random order, some of it again and again.
fn disorder<'c>(tape: &mut Tape, told: &[Known<'c>]) -> Vec<Known<'c>> {
    let mut told = told.to_vec();
    for _ in 0..tape.below(told.len() + 3) {
        told.push(tape.one(&told));
    }
    tape.shuffle(&mut told);
    told
}

/// As a store does it, reading everything back after each step.
fn kept(lifecycle: &Lifecycle, decisions: &[Decision], told: &[Known<'_>]) -> Document {
    let mut ledger = Ledger::new(lifecycle, decisions);
    for it in told {
        ledger.take(*it);
        ledger.reopen();
    }
    ledger.close()
}

/// Whether the decisions leave a change out, read off their definition: of two about one change the
/// later one stands; what stands voids what it names, or what contradicts it.
fn is_void(life: &Life, decisions: &[Decision], change: &Change) -> bool {
    let id = change.own_id();
    let later = |one: &Decision, two: &Decision| (one.at, one.id) > (two.at, two.id);
    let stands = |it: &&Decision| {
        !decisions
            .iter()
            .any(|other| other.change == it.change && later(other, it))
    };
    let about = decisions.iter().filter(stands).filter_map(|it| {
        let says = match &it.ruling {
            Ruling::Void => (it.change == id).then_some(true),
            Ruling::Pick { .. } if it.change == id => Some(false),
            Ruling::Pick {
                from,
                to,
                legs,
                cause,
            } => {
                // Who comes back to a node may leave it another way for another cause.
                let returns = from
                    .as_ref()
                    .is_some_and(|it| match &life.lifecycle.course {
                        Course::Moves(moves) => moves.reaches(&it.status, &it.status),
                        Course::Legs { .. } => false,
                    });
                let splits = from.is_some()
                    && *from == change.from
                    && *to != change.to
                    && (!returns || *cause == change.cause);
                let rivals = life.legs.iter().any(|(leg, ranks)| {
                    let place = |word: &String| {
                        ranks.iter().enumerate().find_map(|(rank, rivals)| {
                            let is = |it: &String| it.split('|').any(|it| it == word);
                            Some((rank, rivals.iter().position(is)?))
                        })
                    };
                    let places = legs.get(leg).and_then(place);
                    let places = places.zip(change.legs.get(leg).and_then(place));
                    places.is_some_and(|(one, two)| one.0 == two.0 && one.1 != two.1)
                });
                (splits || rivals).then_some(true)
            }
        };
        Some(((it.at, it.id), says?))
    });
    about.max().is_some_and(|(_, is_void)| is_void)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_short_life_ends_in_one_state_whatever_the_order(mut tape in tape(400)) {
        let life = Life::any(&mut tape, 6);
        let decisions = life.decisions(&mut tape);
        let decisions = if tape.once_in(2) { &decisions[..] } else { &[] };
        let told = known(&life.told);
        let expected = seen(&life.lifecycle, decisions, &told);
        every_order(told.len(), &mut |order| {
            let told: Vec<_> = order.iter().map(|it| told[*it]).collect();
            assert_eq!(expected, seen(&life.lifecycle, decisions, &told), "{order:?}");
        });
    }

    #[test]
    fn a_long_life_ends_in_one_state_however_it_is_shuffled_and_repeated(
        mut tape in tape(3000),
    ) {
        let life = Life::any(&mut tape, 60);
        let told = known(&life.told);
        let expected = seen(&life.lifecycle, &[], &told);
        for _ in 0..6 {
            let told = disorder(&mut tape, &told);
            prop_assert_eq!(&expected, &seen(&life.lifecycle, &[], &told));
        }
    }

    #[test]
    fn a_store_that_keeps_rows_aside_and_follows_findings_ends_in_the_same(
        mut tape in tape(1500),
    ) {
        let life = Life::any(&mut tape, 25);
        let decisions = life.decisions(&mut tape);
        let decisions = if tape.once_in(3) { &decisions[..] } else { &[] };
        let told = known(&life.told);
        let expected = fold_all(&life.lifecycle, told.iter().copied(), decisions);
        prop_assert_eq!(&expected, &kept(&life.lifecycle, decisions, &told));
        for _ in 0..3 {
            let told = disorder(&mut tape, &told);
            prop_assert_eq!(&expected, &kept(&life.lifecycle, decisions, &told));
        }
    }

    #[test]
    fn what_is_void_leaves_no_trace_but_the_decision(mut tape in tape(800)) {
        let life = Life::any(&mut tape, 15);
        let decisions = life.decisions(&mut tape);
        let decided = fold_all(&life.lifecycle, known(&life.told), &decisions);
        let stands: Vec<_> = life.told.iter().filter(|it| !is_void(&life, &decisions, it)).collect();
        let mut without = fold_all(&life.lifecycle, stands.iter().map(|it| (it.own_id(), *it)), &[]);
        without.state.decisions.clone_from(&decided.state.decisions);
        prop_assert_eq!(View::of(&life.lifecycle, &decided), View::of(&life.lifecycle, &without));
    }

    #[test]
    fn a_document_with_legs_has_no_nodes_and_one_with_nodes_has_no_legs(mut tape in tape(400)) {
        let life = Life::any(&mut tape, 8);
        let state = fold_all(&life.lifecycle, known(&life.told), &[]).state;
        match life.lifecycle.course {
            Course::Moves(_) => prop_assert!(state.legs.is_empty()),
            Course::Legs { .. } => prop_assert!(state.balance.is_empty()),
        }
    }
}
