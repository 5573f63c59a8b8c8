//! Why a body could not be read, and where.
//!
//! A [`Fault`] is what the scan knows when it stops: a byte. Line and column are counted only then,
//! so that a good body never pays for them. No message holds a value of the body.

use crate::receipt::ViolationCode;

/// The first rule of the reader that a body breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}{}", byte(self))]
pub struct ReadError {
    /// Which rule: not_json, not_utf8, too_deep, duplicate_key, reserved_key or nul.
    pub code: ViolationCode,
    /// The byte at which it shows, from 0.
    pub offset: usize,
    /// The line of that byte, from 1.
    pub line: u32,
    /// Its column in characters, from 1.
    pub column: u32,
    /// What is wrong there; never a value of the body.
    pub message: &'static str,
}

/// Bytes that are no characters cannot be found by column in an editor, so they are counted too.
fn byte(error: &ReadError) -> String {
    match error.code {
        ViolationCode::NotUtf8 => format!(" (byte {})", error.offset),
        _ => String::new(),
    }
}

/// Where the scan stopped and why, before anybody counted lines.
#[derive(Debug)]
pub(super) struct Fault {
    code: ViolationCode,
    offset: usize,
    message: &'static str,
}

impl Fault {
    pub(super) fn new(code: ViolationCode, offset: usize, message: &'static str) -> Self {
        Self {
            code,
            offset,
            message,
        }
    }

    /// The most frequent fault: this is not JSON.
    #[cold]
    pub(super) fn not_json(offset: usize, message: &'static str) -> Self {
        Self::new(ViolationCode::NotJson, offset, message)
    }

    /// Counts the line and column, for people.
    #[cold]
    pub(super) fn in_text(self, bytes: &[u8]) -> ReadError {
        let before = &bytes[..self.offset.min(bytes.len())];
        let is_line_end = |byte: &&u8| **byte == b'\n';
        let line_start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let characters = before[line_start..]
            .iter()
            .filter(|byte| starts_character(**byte));
        ReadError {
            code: self.code,
            offset: self.offset,
            line: count(before.iter().filter(is_line_end).count()),
            column: count(characters.count()),
            message: self.message,
        }
    }
}

/// In UTF-8, every byte but a continuation byte starts a character.
fn starts_character(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

/// People count from 1.
fn count(before: usize) -> u32 {
    u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
}
