//! What cells, rows, legs and sums must hold, computed naively from the list of all that was told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::{
    super::{Cell, Change, fold_all},
    ledger::known,
    lives::Life,
    make::{created, invoice, said},
    tape::{Tape, tape},
};
use crate::receipt::FindingCode;

type At = (Option<i64>, Option<Timestamp>);
/// Where it stands, when it was told, and as which text.
type Telling = (String, At, String);

/// The value that stands in each cell, and whether another was told at the same time.
fn standing(told: &[Telling], same: fn(&str, &str) -> bool) -> BTreeMap<String, (String, bool)> {
    let names: BTreeSet<_> = told.iter().map(|it| &it.0).collect();
    let stands = names.into_iter().map(|name| {
        let about = told.iter().filter(|it| it.0 == *name);
        let latest = about.clone().map(|it| it.1).max();
        let at_once: Vec<_> = about.filter(|it| Some(it.1) == latest).collect();
        let text = at_once
            .iter()
            .map(|it| &it.2)
            .max_by_key(|it| Sha256::digest(it));
        let text = text.expect("a name was told");
        let is_ambiguous = at_once.iter().any(|it| !same(&it.2, text));
        (name.clone(), (text.clone(), is_ambiguous))
    });
    stands.collect()
}

fn texts<'c, T: ToString + 'c>(
    way: &str,
    told: impl IntoIterator<Item = (&'c Arc<str>, &'c T)>,
    at: At,
) -> Vec<Telling> {
    let told = told.into_iter();
    told.map(|(name, it)| (format!("{way}{name}"), at, it.to_string()))
        .collect()
}

fn held<'c, T: ToString + 'c>(
    way: &str,
    cells: impl IntoIterator<Item = (&'c Arc<str>, &'c Cell<T>)>,
) -> Vec<(String, (String, bool))> {
    let cells = cells.into_iter();
    cells
        .map(|(name, it)| {
            (
                format!("{way}{name}"),
                (it.value.to_string(), it.is_ambiguous),
            )
        })
        .collect()
}

/// Whether two amounts are worth the same, as texts.
fn same_worth(one: &str, two: &str) -> bool {
    scaled(one) == scaled(two)
}

/// An amount as a whole number of 10⁻¹².
fn scaled(text: &str) -> i128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<12}").parse().unwrap()
}

fn any_amount(tape: &mut Tape) -> String {
    let digits = 1 + tape.below(9);
    let whole = (0..digits).fold(0, |all, _| all * 10 + tape.below(10));
    let places = tape.below(9);
    let fraction: String = (0..places)
        .map(|_| tape.one(&['0', '1', '5', '9']))
        .collect();
    let sign = tape.one(&["", "", "-"]);
    match places {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{fraction}"),
    }
}

/// A trade: an invoice with payments that are offered, answered and told again.
fn trade(tape: &mut Tape) -> Vec<Change> {
    let mut told = vec![created("1 CREATED").amount("total", &any_amount(tape))];
    for message in 0..tape.below(12) {
        let mut row = super::make::row(tape.one(&["p1", "p2", "p3", "p4", "p5"]), &[]);
        for name in ["net", "adjusted", "total"] {
            if tape.once_in(2) {
                row.money
                    .insert(name.into(), any_amount(tape).parse().unwrap());
            }
        }
        if tape.once_in(2) {
            let outcome = tape.one(&["ACCEPT", "REJECT", "later"]).to_owned();
            row.facts.insert("outcome".into(), outcome);
        }
        let second = i64::try_from(tape.below(4)).unwrap();
        told.push(said(&format!("{message}")).timed(second).payment(row));
    }
    tape.shuffle(&mut told);
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn of_all_that_was_told_the_latest_stands(mut tape in tape(1200)) {
        let life = Life::any(&mut tape, 20);
        let (mut facts, mut amounts, mut links) = (Vec::new(), Vec::new(), BTreeSet::new());
        for it in &life.told {
            let at = (it.version, it.at);
            facts.extend(texts("", &it.facts, at));
            facts.extend(texts("party ", &it.parties, at));
            amounts.extend(texts("", &it.money, at));
            links.extend(it.links.iter().map(|(name, to)| (name.clone(), to.clone())));
            for row in it.rows.values().flatten() {
                facts.extend(texts(&row.key, &row.facts, at));
                amounts.extend(texts(&row.key, &row.money, at));
            }
        }
        let document = fold_all(&life.lifecycle, known(&life.told), &[]);
        let state = &document.state;
        let mut cells = held("", &state.facts);
        cells.extend(held("party ", &state.parties));
        let mut sums = held("", &state.money);
        for (name, row) in &document.rows {
            cells.extend(held(&name.key, &row.facts));
            sums.extend(held(&name.key, &row.money));
        }
        prop_assert_eq!(cells.into_iter().collect::<BTreeMap<_, _>>(), standing(&facts, str::eq));
        prop_assert_eq!(sums.into_iter().collect::<BTreeMap<_, _>>(), standing(&amounts, same_worth));
        prop_assert_eq!(document.links, links);
    }

    #[test]
    fn the_farthest_word_of_a_leg_stands_and_only_rivals_contradict(mut tape in tape(800)) {
        let life = Life::any(&mut tape, 12);
        let document = fold_all(&life.lifecycle, known(&life.told), &[]);
        for (leg, ranks) in &life.legs {
            let star = ranks.iter().position(|it| it[0] == "*").unwrap_or(0);
            let place = |word: &str| {
                let is = |it: &String| it.split('|').any(|it| it == word);
                let rank = ranks.iter().position(|rivals| rivals.iter().any(is));
                (rank.unwrap_or(star), rank.map(|it| ranks[it].iter().position(is)))
            };
            let words = life.told.iter().filter_map(|it| Some((it.at, it.legs.get(leg)?)));
            let stamps = words.map(|(at, word)| (place(word).0, at, word));
            let farthest = stamps.clone().max();
            let of_rank = stamps.filter(|it| Some(it.0) == farthest.map(|it| it.0));
            let rivals: BTreeSet<_> = of_rank.filter_map(|it| place(it.2).1).collect();
            let state = document.state.legs.get(leg);
            prop_assert_eq!(state.map(|it| (it.at, &it.word)), farthest.map(|it| (it.1, it.2)));
            let seen = state.and_then(super::super::LegState::rivals).map(|it| it.len());
            prop_assert_eq!(seen, Some(rivals.len()).filter(|it| *it > 1));
        }
    }

    #[test]
    fn the_books_of_an_invoice_balance_to_the_last_place(mut tape in tape(1500)) {
        let told = trade(&mut tape);
        let lifecycle = invoice();
        let document = fold_all(&lifecycle, known(&told), &[]);
        let (mut paid, mut adjusted, mut offered, mut unknown) = (0, 0, 0, 0);
        for row in document.rows.values() {
            let amount = |name: &str| row.money.get(name).map(|it| scaled(&it.value.to_string()));
            let [net, taken, total] = ["net", "adjusted", "total"].map(amount);
            let taken = taken.unwrap_or(0);
            let net = net.or(total.map(|it| it - taken));
            match row.facts.get("outcome").map(|it| &*it.value) {
                Some("ACCEPT") => {
                    paid += net.unwrap_or(0);
                    adjusted += taken;
                    unknown += i128::from(net.is_none());
                }
                Some("REJECT") => {}
                _ => offered += net.unwrap_or(0) + taken,
            }
        }
        let amounts = document.state.amounts(&lifecycle);
        let amount = |name: &str| amounts.get(name).map(|it| scaled(&it.to_string()));
        let total = amount("total").expect("the trade tells it");
        let is_known = unknown == 0;
        prop_assert_eq!(amount("paid"), is_known.then_some(paid));
        prop_assert_eq!(amount("adjusted"), is_known.then_some(adjusted));
        prop_assert_eq!(amount("due"), is_known.then_some(total - paid - adjusted));
        let findings = document.findings(&lifecycle);
        let found = |code| findings.iter().any(|it| it.key.code == code);
        prop_assert_eq!(found(FindingCode::AmountMissing), !is_known);
        prop_assert_eq!(found(FindingCode::Overpaid), paid + adjusted + offered > total);
    }
}
