//! Durations and sizes as people write them: `10s`, `1h 30m`, `1 MiB`, `65536`.
//!
//! Every unit of the configuration and of the commands is read here and nowhere else.

use std::time::Duration;

use jiff::SignedDuration;

/// The units of sizes; the first that fits is used to write one.
const SIZES: [(&str, u64); 7] = [
    ("gib", 1 << 30),
    ("mib", 1 << 20),
    ("kib", 1 << 10),
    ("gb", 1_000_000_000),
    ("mb", 1_000_000),
    ("kb", 1_000),
    ("b", 1),
];

/// Reads a duration with its unit; it is longer than zero.
///
/// # Errors
///
/// A sentence that says what is expected.
pub fn duration(text: &str) -> Result<Duration, String> {
    let expected = "expected a duration with its unit, such as \"500ms\", \"10s\" or \"1h 30m\"";
    let signed: SignedDuration = text.trim().parse().map_err(|_| expected.to_owned())?;
    match Duration::try_from(signed) {
        Ok(it) if it.is_zero() => Err("the duration must be longer than zero".into()),
        Ok(it) => Ok(it),
        Err(_) => Err("the duration must not be negative".into()),
    }
}

/// Reads a size in bytes; it is greater than zero.
///
/// # Errors
///
/// A sentence that says what is expected.
pub fn size(text: &str) -> Result<u64, String> {
    let expected = || {
        "expected a whole number of bytes or a size such as \"64 KiB\", \"1MiB\" or \"2 GB\""
            .to_owned()
    };
    let text = text.trim().to_ascii_lowercase();
    let digits = text
        .find(|it: char| !it.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| expected())?;
    let unit = match unit.trim() {
        "" => 1,
        name => SIZES
            .iter()
            .find(|(it, _)| *it == name)
            .map(|(_, it)| *it)
            .ok_or_else(expected)?,
    };
    match number.checked_mul(unit) {
        Some(0) => Err("the size must be greater than zero".into()),
        Some(bytes) if i64::try_from(bytes).is_ok() => Ok(bytes),
        _ => Err("the size is too large".into()),
    }
}

/// Writes a size with the greatest binary unit that leaves a whole number.
#[must_use]
pub fn show_size(bytes: u64) -> String {
    for (name, unit) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] {
        if bytes >= unit && bytes.is_multiple_of(unit) {
            return format!("{} {name}", bytes / unit);
        }
    }
    format!("{bytes} B")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_with_their_unit() {
        for (text, millis) in [
            ("500ms", 500),
            ("10s", 10_000),
            (" 1m ", 60_000),
            ("1h 30m", 5_400_000),
            ("PT30S", 30_000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn durations_without_unit_or_without_length_are_refused() {
        for text in ["", "10", "ten seconds", "0s", "-5s", "10 parsecs"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_read_in_binary_and_decimal_units() {
        for (text, bytes) in [
            ("65536", 65_536),
            ("1MiB", 1 << 20),
            ("4 mib", 4 << 20),
            ("64 KiB", 64 << 10),
            ("2 GB", 2_000_000_000),
            ("10 b", 10),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn sizes_that_are_none_are_refused() {
        for text in ["", "MiB", "1.5 MiB", "-1", "0", "1 MeB", "99999999999 GiB"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_shown_as_they_would_be_written() {
        for (bytes, text) in [(1 << 20, "1 MiB"), (1500, "1500 B"), (4 << 20, "4 MiB")] {
            assert_eq!(show_size(bytes), text);
            assert_eq!(size(text), Ok(bytes));
        }
    }
}
