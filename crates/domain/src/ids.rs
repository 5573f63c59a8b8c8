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

/// The id of one change in the set of its document, shown as `chg_` and twenty-six characters: half
/// of the hash of what makes it itself. Two different changes share one with a chance of 2⁻¹²⁸.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChangeId(u128);

/// The id of one finding, shown as `fnd_` and thirteen characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FindingId(i64);

/// The id of one decision about a finding, shown as `dec_` and thirteen characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DecisionId(i64);

/// What a text must look like to be one of our ids.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id: expected `{prefix}` and {shape}")]
pub struct InvalidId {
    text: String,
    prefix: &'static str,
    shape: &'static str,
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
    encode_bits(rowid.cast_unsigned().into(), DIGITS)
}

fn encode_bits(bits: u128, digits: usize) -> String {
    let digit = |place: usize| {
        let five_bits = (bits >> (5 * (digits - 1 - place))) & 31;
        char::from(ALPHABET[five_bits as usize])
    };
    (0..digits).map(digit).collect()
}

fn decode(text: &str) -> Option<i64> {
    decode_bits(text, DIGITS).and_then(|it| i64::try_from(it).ok())
}

fn decode_bits(text: &str, digits: usize) -> Option<u128> {
    if text.len() != digits {
        return None;
    }
    let mut bits: u128 = 0;
    for byte in text.bytes() {
        let digit = ALPHABET
            .iter()
            .position(|it| *it == byte.to_ascii_lowercase())?;
        bits = bits.checked_mul(32)?.checked_add(digit as u128)?;
    }
    Some(bits)
}

impl ChangeId {
    const DIGITS: usize = 26;
    const PREFIX: &str = "chg_";

    /// The id of the change with this key.
    #[must_use]
    pub fn of_key(key: &[u8; 32]) -> Self {
        let half = key.first_chunk().expect("a key is longer than its half");
        Self::from_bytes(*half)
    }

    /// Reads an id back as [`ChangeId::to_bytes`] wrote it.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// The bytes to store; they sort as the ids do.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

impl fmt::Display for ChangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Self::PREFIX, encode_bits(self.0, Self::DIGITS))
    }
}

impl FromStr for ChangeId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let digits = text.strip_prefix(Self::PREFIX);
        let bits = digits.and_then(|it| decode_bits(it, Self::DIGITS));
        bits.map(Self).ok_or_else(|| InvalidId {
            text: text.to_owned(),
            prefix: Self::PREFIX,
            shape: "26 characters of 0-9 a-z",
        })
    }
}

/// Ids travel as their text.
macro_rules! text_id {
    ($name:ident) => {
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
                        shape: "13 characters of 0-9 a-z",
                    })
            }
        }

        text_id!($name);
    };
}

rowid_id!(ReceiptId, "rcp_");
rowid_id!(RejectedId, "rej_");
rowid_id!(FindingId, "fnd_");
rowid_id!(DecisionId, "dec_");
text_id!(ChangeId);
text_id!(EventId);

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "evt_{}_{}", encode(self.receipt.0), self.part)
    }
}

impl FromStr for EventId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let read = || {
            let (receipt, part) = text.strip_prefix("evt_")?.split_once('_')?;
            Some(Self {
                receipt: ReceiptId(decode(receipt)?),
                part: part.parse().ok()?,
            })
        };
        read().ok_or_else(|| InvalidId {
            text: text.to_owned(),
            prefix: "evt_",
            shape: "13 characters of 0-9 a-z, `_` and the number of the part",
        })
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
    fn the_ids_of_changes_and_events_read_back_as_written() {
        for bits in [0, 1, u128::MAX] {
            let id = ChangeId(bits);
            assert_eq!(id.to_string().parse(), Ok(id));
            assert_eq!(ChangeId::from_bytes(id.to_bytes()), id);
        }
        let event = EventId {
            receipt: ReceiptId(77),
            part: 12,
        };
        assert_eq!(event.to_string().parse(), Ok(event));
        for text in ["evt_1", "evt_000000000002d", "evt_000000000002d_x", "chg_1"] {
            assert!(text.parse::<EventId>().is_err(), "{text}");
            assert!(text.parse::<ChangeId>().is_err(), "{text}");
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
