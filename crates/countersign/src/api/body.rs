//! Bodies of private requests: small JSON of a known shape, or nothing at all.

use serde::de::DeserializeOwned;

use super::problem::{Fault, Problem, Violation};

/// Reads a body; an empty one says nothing.
///
/// # Errors
///
/// A problem that says what was expected.
pub(crate) fn read<T: DeserializeOwned + Default>(body: &[u8], shape: &str) -> Result<T, Fault> {
    if body.trim_ascii().is_empty() {
        return Ok(T::default());
    }
    serde_json::from_slice(body).map_err(|error| wrong(&error.to_string(), "", shape))
}

/// What is wrong with a body, and where.
pub(crate) fn wrong(detail: &str, pointer: &str, message: &str) -> Fault {
    let violation = Violation {
        code: "value",
        pointer: pointer.to_owned(),
        message: message.to_owned(),
    };
    Fault::new(Problem::InvalidBody, detail).naming(vec![violation])
}
