//! Patterns of event types: `*` is any text, dots included.

/// Whether a text is as the pattern says.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<_> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    // The earliest place of each piece leaves the most room for the next.
    let mut left = text;
    for piece in pieces {
        match left.split_once(piece) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_crosses_dots_and_everything_else_is_itself() {
        for (pattern, text, expected) in [
            ("payment.pay.response", "payment.pay.response", true),
            ("payment.*", "payment.pay.response", true),
            ("*.response", "payment.pay.response", true),
            ("*pay*resp*", "payment.pay.response", true),
            ("*", "anything", true),
            ("**", "anything", true),
            ("payment.*", "prepayment.pay", false),
            ("payment", "payment.pay", false),
            ("*.pay", "payment.pay.response", false),
            ("a*a", "a", false),
            ("a*ab*b", "ab", false),
            ("a*ab*b", "aabb", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
