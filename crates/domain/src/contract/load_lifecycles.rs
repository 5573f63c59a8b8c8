//! Loads the lifecycles of a contract file: which words each kind of document has, how its money is
//! settled, and what it is looked up by.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    load::texts,
    load_told::Told,
    load_totals::finding_code,
    mistake::{Mistakes, Place},
};
use crate::document::{Course, Lifecycle, Moves, Ranks, Settlement, Unique, fold};

/// The compiled lifecycles by kind.
pub(super) type Lifecycles = BTreeMap<Arc<str>, Arc<Lifecycle>>;

/// The keys of a lifecycle.
const KEYS: &[&str] = &[
    "assumed",
    "source",
    "start",
    "end",
    "moves",
    "legs",
    "status",
    "numbers",
    "unique",
    "settlement",
];

/// The keys of a settlement.
const SETTLEMENT_KEYS: &[&str] = &[
    "assumed", "rows", "outcome", "accepted", "rejected", "paid", "adjusted", "total", "of",
    "settled",
];

/// Compiles the lifecycles. Each kind that the file names has one, also where there are mistakes in
/// it, so that no change is told to have none.
pub(super) fn lifecycles(
    root: &Place<'_>,
    extension: &Place<'_>,
    namespace: &str,
    mistakes: &mut Mistakes,
) -> Lifecycles {
    let Some(place) = extension.need("lifecycles", mistakes) else {
        return Lifecycles::new();
    };
    let namespace: Arc<str> = Arc::from(namespace);
    let mut lifecycles = Lifecycles::new();
    for (_, kind, place) in place.entries(mistakes) {
        place.only(KEYS, mistakes);
        let told = Told::about(kind, root);
        let kind: Arc<str> = Arc::from(kind);
        let lifecycle = Lifecycle {
            namespace: Arc::clone(&namespace),
            kind: Arc::clone(&kind),
            assumed: place.get("assumed").is_some_and(|it| it.flag(mistakes)),
            course: course(&place, mistakes),
            settlement: settlement(&place, &kind, &told, mistakes),
            numbers: numbers(&place, &kind, &told, mistakes),
            unique: unique(&place, &kind, &told, mistakes),
        };
        for rule in &lifecycle.unique {
            if !lifecycle.numbers.contains(&rule.fact) {
                let fact = &rule.fact;
                let message = format!("`{fact}` must be one of `numbers`, to be compared at all");
                place.wrong(mistakes, message);
            }
        }
        lifecycles.insert(kind, Arc::new(lifecycle));
    }
    lifecycles
}

fn course(place: &Place<'_>, mistakes: &mut Mistakes) -> Course {
    let (moves, legs) = (place.get("moves"), place.get("legs"));
    if moves.is_some() == legs.is_some() {
        place.wrong(
            mistakes,
            "a lifecycle has either `moves` (between nodes) or `legs`",
        );
    }
    let misplaced: &[&str] = match legs {
        Some(_) => &["start", "end"],
        None => &["status"],
    };
    for key in misplaced {
        if let Some(at) = place.get(key) {
            let (has, needs) = match legs {
                Some(_) => ("legs", "moves"),
                None => ("moves", "legs"),
            };
            let message = format!("`{key}` belongs to `{needs}`, and this lifecycle has `{has}`");
            at.wrong(mistakes, message);
        }
    }
    match legs {
        Some(legs) => legs_course(place, &legs, mistakes),
        None => Course::Moves(moves_course(place, mistakes)),
    }
}

fn moves_course(place: &Place<'_>, mistakes: &mut Mistakes) -> Moves {
    let words = |key: &str, mistakes: &mut Mistakes| {
        let words = place.get(key).map(|it| texts(&it, mistakes));
        words.unwrap_or_default()
    };
    let (start, end) = (words("start", mistakes), words("end", mistakes));
    let steps = place.get("moves").map(|it| it.items(mistakes));
    let mut moves = Vec::new();
    for step in steps.unwrap_or_default() {
        match <[String; 2]>::try_from(texts(&step, mistakes)) {
            Ok([from, to]) => moves.push((from, to)),
            Err(_) => step.wrong(mistakes, "a move is a list of two words: from, to"),
        }
    }
    Moves::new(&start, &end, &moves)
}

fn legs_course(place: &Place<'_>, legs: &Place<'_>, mistakes: &mut Mistakes) -> Course {
    let mut compiled: BTreeMap<Arc<str>, Ranks> = BTreeMap::new();
    for (_, leg, ranks) in legs.entries(mistakes) {
        let mut rivals: Vec<Vec<String>> = Vec::new();
        for rank in ranks.items(mistakes) {
            let words = rank.one_or_many(mistakes);
            let words = words.iter().filter_map(|it| it.text(mistakes));
            rivals.push(words.map(str::to_owned).collect());
        }
        compiled.insert(leg.into(), Ranks::new(&rivals));
    }
    let named = place.get("status");
    let status = match &named {
        Some(it) => it.text(mistakes).map(Arc::from),
        None if compiled.contains_key("status") => Some(Arc::from("status")),
        None if compiled.len() == 1 => compiled.keys().next().cloned(),
        None => None,
    };
    let status = status.filter(|it| compiled.contains_key(it));
    if status.is_none() {
        let known: Vec<_> = compiled.keys().map(|it| &**it).collect();
        let message = format!(
            "`status` names the leg that counts as the status; the legs are: {}",
            known.join(", ")
        );
        named.as_ref().unwrap_or(place).wrong(mistakes, message);
    }
    Course::Legs {
        legs: compiled,
        status: status.unwrap_or_else(|| Arc::from("status")),
    }
}

fn numbers(
    place: &Place<'_>,
    kind: &str,
    told: &Told<'_>,
    mistakes: &mut Mistakes,
) -> Vec<Arc<str>> {
    let items = place.get("numbers").map(|it| it.items(mistakes));
    let items = items.unwrap_or_default();
    let fact = |it: &Place<'_>| name(it, ("fact", kind), &told.facts, mistakes);
    items.iter().filter_map(fact).collect()
}

fn unique(place: &Place<'_>, kind: &str, told: &Told<'_>, mistakes: &mut Mistakes) -> Vec<Unique> {
    let entries = place.get("unique").map(|it| it.entries(mistakes));
    let mut all = Vec::new();
    for (_, fact, place) in entries.unwrap_or_default() {
        if !told.facts.contains(fact) {
            untold(&place, ("fact", kind), fact, mistakes);
        }
        if let Some(code) = finding_code(&place, mistakes) {
            let fact = fact.into();
            all.push(Unique { fact, code });
        }
    }
    all
}

fn settlement(
    place: &Place<'_>,
    kind: &str,
    told: &Told<'_>,
    mistakes: &mut Mistakes,
) -> Option<Settlement> {
    let place = place.get("settlement")?;
    place.only(SETTLEMENT_KEYS, mistakes);
    let tables: BTreeSet<&str> = told.rows.keys().copied().collect();
    let rows = place.need("rows", mistakes);
    let rows = rows.and_then(|it| name(&it, ("table of rows", kind), &tables, mistakes));
    let nothing = Default::default();
    let (facts, money) = match &rows {
        Some(rows) => told.rows.get(&**rows).unwrap_or(&nothing),
        None => &nothing,
    };
    // Which names a table has is known only where the table is.
    let of_row = |key: &str, what: &str, known: &BTreeSet<&str>, mistakes: &mut Mistakes| {
        let at = place.need(key, mistakes)?;
        match &rows {
            Some(rows) => name(&at, (what, &format!("{kind}/{rows}")), known, mistakes),
            None => at.text(mistakes).map(Arc::from),
        }
    };
    let words = |key: &str, mistakes: &mut Mistakes| {
        let words = place.need(key, mistakes).map(|it| texts(&it, mistakes));
        let words = words.unwrap_or_default();
        words.iter().map(|it| fold(it)).collect::<BTreeSet<_>>()
    };
    let outcome = of_row("outcome", "fact", facts, mistakes);
    let (accepted, rejected) = (words("accepted", mistakes), words("rejected", mistakes));
    if let Some(both) = accepted.intersection(&rejected).next() {
        place.wrong(mistakes, format!("`{both}` is both accepted and rejected"));
    }
    let paid = of_row("paid", "money", money, mistakes);
    let adjusted = of_row("adjusted", "money", money, mistakes);
    let total = of_row("total", "money", money, mistakes);
    let settled = place.get("settled").map(|it| texts(&it, mistakes));
    let settled = settled.unwrap_or_default();
    let of = place.need("of", mistakes);
    let of = of.and_then(|it| name(&it, ("money", kind), &told.money, mistakes));
    Some(Settlement {
        rows: rows?,
        outcome: outcome?,
        accepted,
        rejected,
        paid: paid?,
        adjusted: adjusted?,
        total: total?,
        of: of?,
        settled: settled.iter().map(|it| fold(it)).collect(),
    })
}

/// A name that some change of the file tells.
fn name(
    place: &Place<'_>,
    what: (&str, &str),
    known: &BTreeSet<&str>,
    mistakes: &mut Mistakes,
) -> Option<Arc<str>> {
    let name = place.text(mistakes)?;
    if !known.contains(name) {
        untold(place, what, name, mistakes);
        return None;
    }
    Some(name.into())
}

fn untold(place: &Place<'_>, (what, of): (&str, &str), name: &str, mistakes: &mut Mistakes) {
    place.wrong(
        mistakes,
        format!("no change of this file tells the {what} `{name}` of `{of}`"),
    );
}
