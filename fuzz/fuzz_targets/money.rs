//! Money against the digits of its literal: it is exactly what was written, or it is refused.

#![no_main]

use countersign_domain::money::{Money, MoneyError};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

fuzz_target!(|text: &str| {
    let (first, second) = text.split_once('|').unwrap_or((text, ""));
    check(first);
    if let (Ok(a), Ok(b)) = (Money::from_literal(first), Money::from_literal(second)) {
        check_sum(a, b);
    }
});

/// A literal is money if and only if it is a JSON number that fits.
fn check(text: &str) {
    let is_number = text.starts_with(|it: char| it == '-' || it.is_ascii_digit())
        && text.ends_with(|it: char| it.is_ascii_digit())
        && serde_json::from_str::<&RawValue>(text).is_ok();
    match Money::from_literal(text) {
        Err(MoneyError::NotANumber) => assert!(!is_number),
        Err(MoneyError::TooLarge | MoneyError::TooPrecise) => {
            assert!(is_number);
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            assert!(
                digits > 28 || text.contains(['e', 'E']),
                "28 digits always fit"
            );
        }
        Ok(money) => {
            assert!(is_number);
            let shown = money.to_string();
            assert_eq!(worth(text), worth(&shown), "nothing is rounded");
            if !text.contains(['e', 'E']) && !worth(text).digits.is_empty() {
                assert_eq!(text, shown, "a plain literal is shown as it came");
            }
            assert_eq!(
                Money::from_literal(&shown).map(|it| it.to_string()),
                Ok(shown)
            );
        }
    }
}

/// Sums are exact, or there is none.
fn check_sum(a: Money, b: Money) {
    assert_eq!(a.checked_add(b), b.checked_add(a));
    let Some(sum) = a.checked_add(b) else { return };
    assert_eq!(
        sum.cmp(&a),
        b.cmp(&Money::ZERO),
        "a sum is larger by what was added"
    );
    for (one, other) in [(a, b), (b, a)] {
        if let Some(back) = sum.checked_sub(one) {
            assert_eq!(back, other);
        }
    }
}

/// A number as its sign, its digits without idle zeros, and the power of ten of the last of them.
#[derive(Debug, PartialEq)]
struct Worth {
    negative: bool,
    digits: String,
    power: i64,
}

fn worth(literal: &str) -> Worth {
    let (digits, exponent) = literal.split_once(['e', 'E']).unwrap_or((literal, "0"));
    let negative = digits.starts_with('-');
    let digits = digits.trim_start_matches('-');
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_end_matches('0');
    let idle = all.len() - significant.len();
    let significant = significant.trim_start_matches('0').to_owned();
    if significant.is_empty() {
        return Worth {
            negative: false,
            digits: significant,
            power: 0,
        };
    }
    let exponent: i64 = exponent.parse().expect("what fits has a small exponent");
    let power = exponent - fraction.len() as i64 + idle as i64;
    Worth {
        negative,
        digits: significant,
        power,
    }
}
