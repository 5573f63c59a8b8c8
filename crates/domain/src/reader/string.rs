//! Strings: finding where one ends, checking its escapes, and decoding it when somebody asks.
//!
//! Most strings of a webhook have no escapes. They are skipped eight bytes at a time and never
//! copied: their characters are the bytes between the quotes.

use std::{borrow::Cow, cmp::Ordering};

use super::error::Fault;
use crate::receipt::ViolationCode;

/// Walks the string whose opening quote is at `start`.
///
/// Gives the position after its closing quote, and whether it has escapes.
pub(super) fn end_of_string(bytes: &[u8], start: usize) -> Result<(usize, bool), Fault> {
    let mut at = start + 1;
    let mut escaped = false;
    loop {
        at = skip_plain(bytes, at);
        match bytes.get(at) {
            Some(b'"') => return Ok((at + 1, escaped)),
            Some(b'\\') => {
                escaped = true;
                at = end_of_escape(bytes, at)?;
            }
            Some(0) => return Err(nul(at)),
            Some(_) => return Err(Fault::not_json(at, "a control character is not escaped")),
            None => return Err(Fault::not_json(at, "the text ends inside a string")),
        }
    }
}

/// Skips everything but quotes, backslashes and control characters.
///
/// Eight bytes are tested at once: subtracting from each byte borrows into its highest bit only
/// where the byte was smaller. A borrow can spill into a *later* byte, so only the first hit counts.
fn skip_plain(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*chunk);
        let control = word.wrapping_sub(ONES * 0x20);
        let quote = (word ^ (ONES * u64::from(b'"'))).wrapping_sub(ONES);
        let backslash = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
        let hits = (control | quote | backslash) & !word & HIGH;
        if hits != 0 {
            return at + (hits.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes
        .get(at)
        .is_some_and(|byte| *byte >= 0x20 && !matches!(byte, b'"' | b'\\'))
    {
        at += 1;
    }
    at
}

/// Checks the escape whose backslash is at `at` and gives the position after it.
fn end_of_escape(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => return Ok(at + 2),
        Some(b'u') => {}
        Some(_) => return Err(Fault::not_json(at, "this is not an escape")),
        None => return Err(Fault::not_json(at + 1, "the text ends inside a string")),
    }
    let half = "half a surrogate pair stands alone";
    match hex(bytes, at + 2)? {
        0 => Err(nul(at)),
        0xd800..=0xdbff => {
            if bytes.get(at + 6..at + 8) != Some(b"\\u") {
                return Err(Fault::not_json(at, half));
            }
            match hex(bytes, at + 8)? {
                0xdc00..=0xdfff => Ok(at + 12),
                _ => Err(Fault::not_json(at, half)),
            }
        }
        0xdc00..=0xdfff => Err(Fault::not_json(at, half)),
        _ => Ok(at + 6),
    }
}

fn nul(at: usize) -> Fault {
    Fault::new(ViolationCode::Nul, at, "a string holds the character NUL")
}

/// The four hexadecimal digits at `at`.
fn hex(bytes: &[u8], at: usize) -> Result<u32, Fault> {
    let mut code = 0;
    for offset in at..at + 4 {
        let digit = bytes
            .get(offset)
            .and_then(|byte| char::from(*byte).to_digit(16));
        let Some(digit) = digit else {
            return Err(Fault::not_json(
                offset,
                "`\\u` needs four hexadecimal digits",
            ));
        };
        code = code * 16 + digit;
    }
    Ok(code)
}

/// A string of a document as it stands between its quotes.
#[derive(Clone, Copy)]
pub(super) struct Raw<'d> {
    pub(super) text: &'d str,
    pub(super) escaped: bool,
}

impl<'d> Raw<'d> {
    /// Its characters; borrowed where it has no escapes.
    pub(super) fn decoded(self) -> Cow<'d, str> {
        if self.escaped {
            Cow::Owned(self.characters().collect())
        } else {
            Cow::Borrowed(self.text)
        }
    }

    /// Its characters one by one, without memory of their own.
    pub(super) fn characters(self) -> Characters<'d> {
        Characters {
            rest: self.text.chars(),
        }
    }

    /// Whether its characters are these.
    pub(super) fn is(self, text: &str) -> bool {
        if self.escaped {
            self.characters().eq(text.chars())
        } else {
            self.text == text
        }
    }

    /// Whether both are the same characters.
    pub(super) fn same(self, other: Self) -> bool {
        if self.escaped || other.escaped {
            self.characters().eq(other.characters())
        } else {
            self.text == other.text
        }
    }

    /// Orders by the UTF-8 bytes of the characters, which is the order of their code points.
    pub(super) fn compare(self, other: Self) -> Ordering {
        if self.escaped || other.escaped {
            self.characters().cmp(other.characters())
        } else {
            self.text.cmp(other.text)
        }
    }
}

/// The decoded characters of a string that the scan has checked.
pub(super) struct Characters<'d> {
    rest: std::str::Chars<'d>,
}

impl Characters<'_> {
    fn hex(&mut self) -> u32 {
        let digits = self.rest.by_ref().take(4);
        digits.fold(0, |code, it| {
            code * 16 + it.to_digit(16).expect("the scan checked the digits")
        })
    }

    fn escape(&mut self) -> char {
        let letter = self
            .rest
            .next()
            .expect("the scan checked that an escape goes on");
        match letter {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let mut code = self.hex();
                if (0xd800..0xdc00).contains(&code) {
                    self.rest.nth(1); // the backslash and the `u` of the second half
                    code = 0x1_0000 + ((code - 0xd800) << 10) + (self.hex() - 0xdc00);
                }
                char::from_u32(code).expect("the scan checked the surrogates")
            }
            quote_backslash_or_slash => quote_backslash_or_slash,
        }
    }
}

impl Iterator for Characters<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self.rest.next()? {
            '\\' => Some(self.escape()),
            plain => Some(plain),
        }
    }
}
