//! Times as people type them: an instant, or how long ago.

use jiff::{SignedDuration, Timestamp};

use super::error::CommandError;
use crate::{clock::Clock, config::units};

/// A time, or how long ago, as the resources take it; nothing where nothing is said.
pub(crate) fn instant(text: Option<&str>) -> Result<Option<String>, CommandError> {
    let now = Clock::system().now();
    text.map(|it| instant_at(it, now)).transpose()
}

fn instant_at(text: &str, now: Timestamp) -> Result<String, CommandError> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at.to_string());
    }
    let ago = units::duration(text)
        .ok()
        .and_then(|it| SignedDuration::try_from(it).ok());
    ago.and_then(|it| now.checked_sub(it).ok())
        .map(|it| it.to_string())
        .ok_or_else(|| {
            CommandError::usage(format!("`{text}` is not a time"))
                .hint("write 2025-07-06T06:00:00Z, or how long ago, such as 1h")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_an_instant_or_how_long_ago() {
        let now: Timestamp = "2025-07-06T06:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("2025-07-06T11:30:00+05:30", "2025-07-06T06:00:00Z"),
            ("1h", "2025-07-06T05:00:00Z"),
        ] {
            assert_eq!(instant_at(text, now).unwrap(), expected, "{text}");
        }
        assert!(instant_at("yesterday", now).is_err());
    }
}
