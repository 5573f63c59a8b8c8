//! Cells: one value of a document, told many times, of which the greatest stands.

use std::cmp::Ordering;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::money::Money;

/// When something was told: the version that the message speaks of, and the provider's time. What is
/// missing is the oldest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// The version.
    pub version: Option<i64>,
    /// The provider's time.
    pub at: Option<Timestamp>,
}

/// A value that stands, because no other was told later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell<T> {
    /// When it was told.
    pub stamp: Stamp,
    /// The value.
    pub value: T,
    /// Another value was told with the same stamp, so that nobody knows which one is meant.
    pub is_ambiguous: bool,
}

/// What can stand in a cell.
pub trait CellValue: Clone {
    /// Whether two values mean the same.
    fn means(&self, other: &Self) -> bool;
    /// What is hashed to choose between two values of one stamp.
    fn text(&self) -> String;
}

impl CellValue for String {
    fn means(&self, other: &Self) -> bool {
        self == other
    }

    fn text(&self) -> String {
        self.clone()
    }
}

impl CellValue for Money {
    fn means(&self, other: &Self) -> bool {
        self == other
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

impl<T: CellValue> Cell<T> {
    /// A value as it was told once.
    pub fn new(stamp: Stamp, value: T) -> Self {
        Self {
            stamp,
            value,
            is_ambiguous: false,
        }
    }

    /// Takes in another telling: the later one stands; of two at once the greater hash does, and
    /// the doubt is noted.
    pub fn merge(&mut self, told: Self) {
        match told.stamp.cmp(&self.stamp) {
            Ordering::Less => {}
            Ordering::Greater => *self = told,
            Ordering::Equal => {
                let doubt =
                    self.is_ambiguous || told.is_ambiguous || !self.value.means(&told.value);
                let (mine, theirs) = (self.value.text(), told.value.text());
                if mine != theirs && hash(&mine) < hash(&theirs) {
                    *self = told;
                }
                self.is_ambiguous = doubt;
            }
        }
    }
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// For serde: a flag that is not set is left out.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
pub(super) fn is_false(flag: &bool) -> bool {
    !flag
}
