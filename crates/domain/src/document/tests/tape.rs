//! Random choices, as a list that can be made smaller.

use std::fmt;

use proptest::{collection::vec, prelude::*};

/// Choices that proptest makes, and makes smaller.
#[derive(Clone)]
pub(super) struct Tape {
    choices: Vec<u16>,
    next: usize,
}

/// So many choices; whoever asks for more gets the first alternative.
pub(super) fn tape(choices: usize) -> impl Strategy<Value = Tape> {
    vec(any::<u16>(), choices).prop_map(|choices| Tape { choices, next: 0 })
}

impl fmt::Debug for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let chosen = self.choices.iter().rposition(|it| *it != 0);
        write!(f, "{:?}", &self.choices[..chosen.map_or(0, |it| it + 1)])
    }
}

impl Tape {
    pub(super) fn below(&mut self, count: usize) -> usize {
        let choice = self.choices.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        usize::from(choice) % count
    }

    /// Whether something happens that happens once in so many times.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    pub(super) fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    pub(super) fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }
}
