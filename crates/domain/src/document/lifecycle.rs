//! Lifecycles: which words a kind of document has and how they follow each other, as a contract's
//! data says. All of it may be assumed; a word that is not listed is legal.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use super::word::fold;
use crate::receipt::FindingCode;

/// The life of one kind of document in one namespace.
#[derive(Debug)]
pub struct Lifecycle {
    /// To whom its documents belong.
    pub namespace: Arc<str>,
    /// The kind.
    pub kind: Arc<str>,
    /// Whether no page says so.
    pub assumed: bool,
    /// How its messages tell the status.
    pub course: Course,
    /// How its money is settled, where its rows say.
    pub settlement: Option<Settlement>,
    /// The facts by which people look for it.
    pub numbers: Vec<Arc<str>>,
    /// The facts of which no two documents should have the same.
    pub unique: Vec<Unique>,
}

/// How messages tell the status of a document.
#[derive(Debug)]
pub enum Course {
    /// Both ends of a step.
    Moves(Moves),
    /// Where it stands, on one leg or several.
    Legs {
        /// The words of each leg.
        legs: BTreeMap<Arc<str>, Ranks>,
        /// The leg that counts as the status.
        status: Arc<str>,
    },
}

/// A fact that should be of one document only, and the finding when it is not.
#[derive(Clone, Debug)]
pub struct Unique {
    /// The fact.
    pub fact: Arc<str>,
    /// What it is called when two documents have the same.
    pub code: FindingCode,
}

/// Which rows settle a document's money, and how.
#[derive(Clone, Debug)]
pub struct Settlement {
    /// The rows.
    pub rows: Arc<str>,
    /// The fact of a row that says what became of it.
    pub outcome: Arc<str>,
    /// The outcomes (folded) with which it counts.
    pub accepted: BTreeSet<String>,
    /// The outcomes (folded) with which it is off the table.
    pub rejected: BTreeSet<String>,
    /// The money of a row that was paid.
    pub paid: Arc<str>,
    /// The money of a row that was adjusted.
    pub adjusted: Arc<str>,
    /// The money of a row that it settles in all: what was paid, where that is not told, is this less
    /// what was adjusted.
    pub total: Arc<str>,
    /// The money of the document that is to be settled.
    pub of: Arc<str>,
    /// The status words (folded) that say that all of it is.
    pub settled: BTreeSet<String>,
}

/// The words of documents that move from node to node.
#[derive(Debug)]
pub struct Moves {
    start: BTreeSet<String>,
    end: BTreeSet<String>,
    /// What can be reached from a word by one or more moves.
    reach: BTreeMap<String, BTreeSet<String>>,
    depth: BTreeMap<String, u32>,
}

impl Moves {
    /// Compiles start words, end words and moves; the words need not be folded.
    #[must_use]
    pub fn new(start: &[String], end: &[String], moves: &[(String, String)]) -> Self {
        let folded = |words: &[String]| words.iter().map(|it| fold(it)).collect::<BTreeSet<_>>();
        let mut next: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in moves {
            next.entry(fold(from)).or_default().insert(fold(to));
            next.entry(fold(to)).or_default();
        }
        let start = folded(start);
        let depth = depths(start.iter().map(String::as_str), &next);
        let reach = next.keys().map(|word| {
            let successors = next[word].iter().map(String::as_str);
            let reached = depths(successors, &next).into_keys().collect();
            (word.clone(), reached)
        });
        Self {
            reach: reach.collect(),
            start,
            end: folded(end),
            depth,
        }
    }

    /// How far from the start a word stands: final words last, unknown ones with the first.
    #[must_use]
    pub fn depth(&self, word: &str) -> u32 {
        if self.end.contains(word) {
            return u32::MAX;
        }
        self.depth.get(word).copied().unwrap_or(0)
    }

    /// Whether a document begins with this word.
    #[must_use]
    pub fn is_start(&self, word: &str) -> bool {
        self.start.contains(word)
    }

    /// Whether allowed moves, one or more, lead from one word to the other.
    #[must_use]
    pub fn reaches(&self, from: &str, to: &str) -> bool {
        self.reach.get(from).is_some_and(|it| it.contains(to))
    }

    /// Whether the word is listed anywhere.
    #[must_use]
    pub fn knows(&self, word: &str) -> bool {
        self.start.contains(word) || self.end.contains(word) || self.reach.contains_key(word)
    }
}

/// Breadth first: how many moves each word is away from the first ones.
fn depths<'w>(
    first: impl Iterator<Item = &'w str>,
    next: &BTreeMap<String, BTreeSet<String>>,
) -> BTreeMap<String, u32> {
    let mut found = BTreeMap::new();
    let mut todo: VecDeque<_> = first.map(|it| (it.to_owned(), 0)).collect();
    while let Some((word, depth)) = todo.pop_front() {
        if found.contains_key(&word) {
            continue;
        }
        for follower in next.get(&word).into_iter().flatten() {
            todo.push_back((follower.clone(), depth + 1));
        }
        found.insert(word, depth);
    }
    found
}

/// The words of one leg, from the lowest to the highest.
#[derive(Debug)]
pub struct Ranks {
    /// For each listed word (folded): its rank, and which of the rivals of that rank it is.
    places: BTreeMap<String, (u32, u32)>,
    /// The rank of every word that is not listed.
    others: u32,
    /// Whether `*` is listed, so that no word is unknown.
    open: bool,
}

impl Ranks {
    /// Compiles the ranks: each a list of rivals, each of those words of one meaning joined by `|`.
    /// `*` is every word that is not named.
    #[must_use]
    pub fn new(ranks: &[Vec<String>]) -> Self {
        let mut compiled = Self {
            places: BTreeMap::new(),
            others: 0,
            open: false,
        };
        for (rank, rivals) in (0..).zip(ranks) {
            for (rival, words) in (0..).zip(rivals) {
                for word in words.split('|').map(fold) {
                    if word == "*" {
                        compiled.open = true;
                        compiled.others = rank;
                    } else {
                        compiled.places.insert(word, (rank, rival));
                    }
                }
            }
        }
        compiled
    }

    /// The rank of a word.
    #[must_use]
    pub fn rank(&self, word: &str) -> u32 {
        self.places.get(word).map_or(self.others, |(rank, _)| *rank)
    }

    /// Which of the rivals of its rank a word is; a word that is not listed is nobody's rival.
    #[must_use]
    pub fn rival(&self, word: &str) -> Option<u32> {
        self.places.get(word).map(|(_, rival)| *rival)
    }

    /// Whether the word is listed, or every word is.
    #[must_use]
    pub fn knows(&self, word: &str) -> bool {
        self.open || self.places.contains_key(word)
    }
}
