//! The strict reader: one pass over a body, and a flat tree of what stands where in it.
//!
//! Every body is read here once, before anything else looks at it. Each value keeps its span, so
//! that money, identities and masks come from the literal that arrived and never from a number
//! that somebody converted.
//!
//! What always holds of a [`Document`]: it is RFC 8259 JSON in UTF-8 with nothing before or after
//! it; no object has a key twice (keys are compared decoded); no key could be taken for one of the
//! JSON library's own; no string holds NUL or half a surrogate pair; arrays and objects are nested
//! at most [`MAX_DEPTH`] deep. So walking it by recursion is safe, while reading it never recurses:
//! a body of 100,000 brackets costs no stack.
//!
//! Where `serde_json` is of another mind: it takes the duplicate and reserved keys and the NUL that
//! are refused here; it refuses the 128th level and numbers beyond binary floating point (`1e400`),
//! which are read here, because a literal is kept as text.
//!
//! What it deliberately does not do: say what a body means (see [`crate::contract`]) or what a
//! number is worth (see [`crate::money`]). No error and no debug output of it holds a value of the
//! body. Next: `scan.rs` is the pass itself, `document.rs` what it leaves.

mod canonical;
mod document;
mod duplicate;
mod error;
mod json;
mod scan;
mod string;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use canonical::{Step, canonical};
pub use document::{Document, Elements, Kind, Members, Value};
pub use error::ReadError;

use error::Fault;

use crate::receipt::ViolationCode;

/// How deep arrays and objects may be nested; a scalar alone is at depth 0.
pub const MAX_DEPTH: usize = 128;

/// Reads a whole body, or says what is wrong with it and where.
///
/// It takes time linear in the body (n log n in the keys of its largest object) and 16 bytes for
/// each value and key, so the caller bounds the body first.
///
/// # Errors
///
/// The first rule of this module that the body breaks, with its position.
pub fn read(bytes: &[u8]) -> Result<Document<'_>, ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let fault = Fault::new(
            ViolationCode::NotUtf8,
            error.valid_up_to(),
            "this is not UTF-8",
        );
        fault.in_text(bytes)
    })?;
    let nodes = scan::nodes(text).map_err(|fault| fault.in_text(bytes))?;
    Ok(Document::new(text, nodes))
}

/// Whether a text is a number as JSON writes them, and nothing more.
pub(crate) fn is_number(text: &str) -> bool {
    scan::end_of_number(text.as_bytes(), 0) == Ok(text.len())
}
