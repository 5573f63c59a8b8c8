//! Ids: a numeric, time-sortable row id, shown to people as a prefix and Crockford base32.
//!
//! A receipt's id *is* its row id: 42 bits of milliseconds since 1970, 8 bits of node, 13 bits of
//! sequence. Sorting by id is sorting by time of arrival; the store makes no ids of its own.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const NODE_BITS: u32 = 8;
const SEQUENCE_BITS: u32 = 13;
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 63 bits need thirteen characters of five bits.
const DIGITS: usize = 13;

/// The id of one receipt, shown as `rcp_` and thirteen characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReceiptId(i64);

/// The id of one event: its receipt and its part, shown as `evt_<receipt>_<part>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId {
    /// The receipt that the event is a view of.
    pub receipt: ReceiptId,
    /// The part of that receipt, counted from 0.
    pub part: u32,
}

/// The id of one body kept after a failed authentication, shown as `rej_` and thirteen characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RejectedId(i64);

/// What a text must look like to be one of our ids.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id: expected `{prefix}` and {DIGITS} characters of 0-9 a-z")]
pub struct InvalidId {
    text: String,
    prefix: &'static str,
}

/// Builds the row id that follows `last`, for something that arrived at `now_ms` on `node`.
///
/// Ids of one node only rise, even when the clock steps back or a millisecond is used up.
#[must_use]
pub fn next_rowid(last: i64, now_ms: i64, node: u8) -> i64 {
    let node_part = i64::from(node) << SEQUENCE_BITS;
    let first_of = |ms: i64| (ms << (NODE_BITS + SEQUENCE_BITS)) | node_part;
    let fresh = first_of(now_ms);
    if fresh > last {
        return fresh;
    }
    let following = last + 1;
    let sequence_is_used_up = following & ((1 << SEQUENCE_BITS) - 1) == 0;
    if sequence_is_used_up || following & (0xff << SEQUENCE_BITS) != node_part {
        return first_of((last >> (NODE_BITS + SEQUENCE_BITS)) + 1);
    }
    following
}

/// The smallest row id that something arriving at `ms` (milliseconds since 1970) can have.
#[must_use]
pub fn first_rowid_at(ms: i64) -> i64 {
    ms << (NODE_BITS + SEQUENCE_BITS)
}

fn encode(rowid: i64) -> String {
    let mut digits = [0u8; DIGITS];
    let mut rest = rowid.cast_unsigned();
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(rest & 31) as usize];
        rest >>= 5;
    }
    digits.iter().copied().map(char::from).collect()
}

fn decode(text: &str) -> Option<i64> {
    if text.len() != DIGITS {
        return None;
    }
    let mut value: u64 = 0;
    for byte in text.bytes() {
        let digit = ALPHABET
            .iter()
            .position(|it| *it == byte.to_ascii_lowercase())?;
        value = value.checked_mul(32)?.checked_add(digit as u64)?;
    }
    i64::try_from(value).ok()
}

macro_rules! rowid_id {
    ($name:ident, $prefix:literal) => {
        impl $name {
            /// Wraps a row id that the caller made with [`next_rowid`] or read from a store.
            #[must_use]
            pub fn from_rowid(rowid: i64) -> Self {
                Self(rowid)
            }

            /// The number under which a store keeps it.
            #[must_use]
            pub fn rowid(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), encode(self.0))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.strip_prefix($prefix)
                    .and_then(decode)
                    .map(Self)
                    .ok_or_else(|| InvalidId {
                        text: text.to_owned(),
                        prefix: $prefix,
                    })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

rowid_id!(ReceiptId, "rcp_");
rowid_id!(RejectedId, "rej_");

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "evt_{}_{}", encode(self.receipt.0), self.part)
    }
}

impl Serialize for EventId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_written() {
        for rowid in [0, 1, 31, 32, 1_234_567_890_123, i64::MAX] {
            let id = ReceiptId::from_rowid(rowid);
            assert_eq!(id.to_string().parse(), Ok(id), "{rowid}");
        }
    }

    #[test]
    fn what_is_not_an_id_is_refused_with_the_expected_shape() {
        for text in [
            "",
            "rcp_",
            "rcp_zzzzzzzzzzzzzz",
            "rej_0000000000001",
            "rcp_000000000000u",
        ] {
            let error = text.parse::<ReceiptId>().unwrap_err().to_string();
            assert!(error.contains("expected `rcp_`"), "{text}: {error}");
        }
    }

    #[test]
    fn ids_rise_when_the_clock_stands_still_or_steps_back() {
        let mut last = 0;
        for now_ms in [1_700_000_000_000, 1_700_000_000_000, 1_699_999_999_000] {
            for _ in 0..20_000 {
                let next = next_rowid(last, now_ms, 7);
                assert!(next > last);
                assert_eq!(
                    (next >> SEQUENCE_BITS) & 0xff,
                    7,
                    "the node stays in its place"
                );
                last = next;
            }
        }
    }
}
