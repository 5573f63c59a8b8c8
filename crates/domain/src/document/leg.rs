//! Legs: documents whose messages say where they stand. The farthest word wins, whatever the order.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::lifecycle::Ranks;

/// Where one leg stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegState {
    /// The word that stands.
    #[serde(rename = "is")]
    pub word: String,
    /// When it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    rank: u32,
    /// The rivals of that rank that were told, each with its greatest word: two are a conflict.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    rivals: BTreeMap<u32, String>,
}

impl LegState {
    /// A leg as one message tells it.
    #[must_use]
    pub fn new(ranks: &Ranks, word: &str, at: Option<Timestamp>) -> Self {
        let rival = ranks.rival(word).map(|it| (it, word.to_owned()));
        Self {
            word: word.to_owned(),
            at,
            rank: ranks.rank(word),
            rivals: rival.into_iter().collect(),
        }
    }

    /// Takes in another telling: the greatest by (rank, time, word) stands.
    pub fn merge(&mut self, told: Self) {
        if told.rank < self.rank {
            return;
        }
        if told.rank > self.rank {
            *self = told;
            return;
        }
        for (rival, word) in told.rivals {
            let known = self.rivals.entry(rival).or_default();
            if *known < word {
                *known = word;
            }
        }
        if (self.at, &self.word) < (told.at, &told.word) {
            self.at = told.at;
            self.word = told.word;
        }
    }

    /// The words of which only one can be true, where two or more were told.
    #[must_use]
    pub fn rivals(&self) -> Option<Vec<&str>> {
        (self.rivals.len() > 1).then(|| self.rivals.values().map(String::as_str).collect())
    }
}
