//! What is money and what is not, and that sums are exact or refused.

use proptest::prelude::*;

use super::*;
use crate::reader::read;

fn from_json(text: &str) -> Result<String, MoneyError> {
    let document = read(text.as_bytes()).unwrap();
    Money::from_value(document.root()).map(|it| it.to_string())
}

fn money(literal: &str) -> Money {
    Money::from_literal(literal).unwrap()
}

#[test]
fn an_amount_keeps_its_digits_and_its_scale() {
    for (text, shown) in [
        ("2400.00", "2400.00"),
        ("\"2400.00\"", "2400.00"),
        ("\"24\\u00300.00\"", "2400.00"),
        ("12345678901234567.89", "12345678901234567.89"),
        ("9999999999.12345678", "9999999999.12345678"),
        ("0", "0"),
        ("-0", "0"),
        ("-0.00", "0.00"),
        ("-1.10", "-1.10"),
        ("1e2", "100"),
        ("1E+2", "100"),
        ("1.50e1", "15.0"),
        ("1.5e1", "15"),
        ("1e-2", "0.01"),
        ("12.5E-1", "1.25"),
        ("0e99999999999999999999", "0"),
        (
            "0.0000000000000000000000000001",
            "0.0000000000000000000000000001",
        ),
        (
            "79228162514264337593543950335",
            "79228162514264337593543950335",
        ),
        (
            "-79228162514264337593543950335",
            "-79228162514264337593543950335",
        ),
        ("7e28", "70000000000000000000000000000"),
    ] {
        assert_eq!(from_json(text), Ok(shown.to_owned()), "{text}");
    }
}

#[test]
fn what_cannot_be_held_exactly_is_refused_and_never_rounded() {
    use MoneyError::{TooLarge, TooPrecise};
    for (text, error) in [
        ("0.123456789012345678901234567890", TooPrecise),
        ("0.000000000000000000000000000000", TooPrecise),
        ("1e-29", TooPrecise),
        ("1e-99999999999999999999", TooPrecise),
        ("0e-99999999999999999999", TooPrecise),
        ("79228162514264337593543950336", TooLarge),
        ("7.9228162514264337593543950336", TooLarge),
        (
            "1234567890123456789012345678901234567890123456789",
            TooLarge,
        ),
        ("8e28", TooLarge),
        ("1e400", TooLarge),
        ("1e99999999999999999999", TooLarge),
    ] {
        assert_eq!(from_json(text), Err(error), "{text}");
    }
}

#[test]
fn what_json_would_not_call_a_number_is_no_amount() {
    for text in [
        "null", "true", "false", "{}", "[]", "[1]", "\"\"", "\" 1\"", "\"1 \"", "\"-\"",
    ] {
        assert_eq!(from_json(text), Err(MoneyError::NotANumber), "{text}");
    }
    for text in [
        "",
        " ",
        "-",
        "+1",
        "01",
        "-01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "1_000",
        "1,000.00",
        "0x10",
        "NaN",
        "Infinity",
        "-Infinity",
        "₹1",
        "１",
        "1\n",
        "1 ",
        " 1",
        "\"1\"",
        "--1",
        "1.2.3",
    ] {
        assert_eq!(
            Money::from_literal(text),
            Err(MoneyError::NotANumber),
            "{text:?}"
        );
        let quoted = serde_json::to_string(text).unwrap();
        assert_eq!(from_json(&quoted), Err(MoneyError::NotANumber), "{quoted}");
    }
}

#[test]
fn errors_never_hold_the_value() {
    let refused = [
        "777777777777777777777777777777777777",
        "0.7777777777777777777777777777777",
        "7x",
    ];
    for text in refused {
        let error = Money::from_literal(text).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("77"), "{error}");
        assert!(!format!("{error} {error:?}").contains("7x"), "{error}");
    }
}

#[test]
fn amounts_compare_by_worth() {
    assert_eq!(money("2400.00"), money("2400"));
    assert!(money("2400.01") > money("2400.00"));
    assert!(money("-1") < money("0"));
    assert!(money("9.99") < money("10"));
    assert!(money("-0.01").is_negative() && !money("-0.00").is_negative());
}

#[test]
fn sums_keep_the_larger_scale() {
    let sum = |a: &str, b: &str| money(a).checked_add(money(b)).map(|it| it.to_string());
    assert_eq!(sum("2400.00", "0.5").as_deref(), Some("2400.50"));
    assert_eq!(sum("0.1", "0.2").as_deref(), Some("0.3"));
    assert_eq!(sum("1.00", "-1.00").as_deref(), Some("0.00"));
    let difference = money("1").checked_sub(money("1.01")).unwrap();
    assert_eq!(difference.to_string(), "-0.01");
    let all = Money::checked_sum([money("1.10"), money("2.2"), money("-0.30")]);
    assert_eq!(all.unwrap().to_string(), "3.00");
    assert_eq!(Money::checked_sum([]), Some(Money::ZERO));
}

#[test]
fn a_sum_that_would_need_rounding_is_none() {
    let largest = money("79228162514264337593543950335");
    assert_eq!(largest.checked_add(money("1")), None);
    assert_eq!(largest.checked_add(money("0.1")), None);
    assert_eq!(largest.checked_sub(money("-1")), None);
    let with_idle_zeros = largest.checked_add(money("0.00")).unwrap();
    assert_eq!(with_idle_zeros.to_string(), largest.to_string());
    assert_eq!(largest.checked_sub(largest), Some(Money::ZERO));
}

#[test]
fn an_amount_travels_as_a_string() {
    let text = serde_json::to_string(&money("2400.00")).unwrap();
    assert_eq!(text, "\"2400.00\"");
    assert_eq!(
        serde_json::from_str::<Money>(&text).unwrap().to_string(),
        "2400.00"
    );
    for text in ["2400.00", "null", "\"x\"", "\"1_0\""] {
        assert!(serde_json::from_str::<Money>(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn a_plain_literal_reads_back_as_written(whole in 0_u64.., places in 1_u32..8, cents in 0_u32..) {
        let cents = format!("{cents:0>10}").chars().take(places as usize).collect::<String>();
        let literal = format!("{whole}.{cents}");
        prop_assert_eq!(money(&literal).to_string(), literal);
    }

    #[test]
    fn sums_agree_with_whole_numbers_of_the_smallest_unit(
        amounts in prop::collection::vec((-1_000_000_000_i64..1_000_000_000, 0_u32..6), 0..20)
    ) {
        let smallest = |(mantissa, scale): &(i64, u32)| i128::from(*mantissa) * 10_i128.pow(6 - scale);
        let expected: i128 = amounts.iter().map(smallest).sum();
        let sum = Money::checked_sum(amounts.iter().map(|(mantissa, scale)| {
            Money(Decimal::try_from_i128_with_scale((*mantissa).into(), *scale).unwrap())
        }));
        let expected = Money(Decimal::try_from_i128_with_scale(expected, 6).unwrap());
        prop_assert_eq!(sum, Some(expected));
    }

    #[test]
    fn adding_and_taking_away_again_changes_nothing(
        a in -(1_i128 << 96) + 1..1_i128 << 96, a_scale in 0_u32..=28,
        b in -(1_i128 << 96) + 1..1_i128 << 96, b_scale in 0_u32..=28,
    ) {
        let money = |mantissa, scale| Money(Decimal::try_from_i128_with_scale(mantissa, scale).unwrap());
        let (a, b) = (money(a, a_scale), money(b, b_scale));
        if let Some(back) = a.checked_add(b).and_then(|sum| sum.checked_sub(b)) {
            prop_assert_eq!(back, a);
        }
    }
}
