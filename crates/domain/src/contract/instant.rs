//! The provider's times: with an offset, or naive and then in the contract's zone.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::Offset,
};

/// Reads `+05:30` or `Z`.
#[must_use]
pub fn parse_zone(text: &str) -> Option<Offset> {
    if text == "Z" {
        return Some(Offset::UTC);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let digits = |text: &str| {
        (text.len() == 2 && text.bytes().all(|it| it.is_ascii_digit()))
            .then(|| text.parse::<i32>().ok())?
    };
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    if minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// Reads a time as a provider writes it. What cannot be read is none, which is the oldest.
#[must_use]
pub fn parse_instant(text: &str, zone: Offset) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    if let Ok(at) = text.parse::<DateTime>() {
        return zone.to_timestamp(at).ok();
    }
    let date = text.parse::<Date>().ok()?;
    zone.to_timestamp(date.at(0, 0, 0, 0)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_an_instant_whatever_its_spelling() {
        let ist = parse_zone("+05:30").unwrap();
        for (text, expected) in [
            ("2025-05-12T14:30:25", Some("2025-05-12T09:00:25Z")),
            ("2025-05-12 14:30:25", Some("2025-05-12T09:00:25Z")),
            ("2025-05-12T14:30:25+05:30", Some("2025-05-12T09:00:25Z")),
            ("2025-06-02T14:24:14.670Z", Some("2025-06-02T14:24:14.67Z")),
            ("2025-05-12", Some("2025-05-11T18:30:00Z")),
            ("string", None),
            ("2025-02-30T00:00:00", None),
            ("", None),
        ] {
            let at = parse_instant(text, ist).map(|it| it.to_string());
            assert_eq!(at.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_zone_is_an_offset_and_nothing_else() {
        assert_eq!(parse_zone("+07:00").map(Offset::seconds), Some(25_200));
        assert_eq!(parse_zone("-03:30").map(Offset::seconds), Some(-12_600));
        assert_eq!(parse_zone("Z").map(Offset::seconds), Some(0));
        for text in [
            "", "IST", "+5:30", "+05:60", "0530", "+0530", "+99:00", "++5:30",
        ] {
            assert_eq!(parse_zone(text), None, "{text}");
        }
    }
}
