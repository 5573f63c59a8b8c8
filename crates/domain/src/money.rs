//! Money: an exact decimal, taken from the literal that arrived.
//!
//! What always holds: the value is exactly what the provider wrote, and its scale is kept, so
//! `2400.00` is shown as `2400.00`. What cannot be held exactly (more than 28 places, or more than
//! 96 bits) is refused, never rounded, and so is a sum that cannot. No binary floating point takes
//! part anywhere. It has no currency: our providers send none.
//!
//! Next: the contract says which values of a body are money; the store keeps them as text.

use std::{borrow::Cow, collections::BTreeMap, fmt, str::FromStr};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::reader::{Kind, Value, is_number};

/// An exact amount. It compares by worth (`1.0` equals `1.00`), and shows its own scale.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Money(Decimal);

/// Why something is not an amount; it never holds the value itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Another kind of value, or a text that JSON would not take for a number.
    #[error("expected a number, or a string that holds one as JSON writes it")]
    NotANumber,
    /// More than 28 places after the point.
    #[error("more than {} places after the point", Decimal::MAX_SCALE)]
    TooPrecise,
    /// Too many digits to be held exactly.
    #[error("more digits than can be held exactly (28, and some of 29)")]
    TooLarge,
}

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Reads an amount from a number, or from a string that holds one.
    ///
    /// # Errors
    ///
    /// Where the value is of another kind, or cannot be held exactly.
    pub fn from_value(value: Value<'_>) -> Result<Self, MoneyError> {
        match value.kind() {
            Kind::Number => Self::from_literal(value.literal()),
            Kind::String => Self::from_literal(&value.text().ok_or(MoneyError::NotANumber)?),
            Kind::Null | Kind::Bool | Kind::Array | Kind::Object => Err(MoneyError::NotANumber),
        }
    }

    /// Reads an amount from a literal as JSON writes numbers: `2400.00`, `-1`, `1e2`.
    ///
    /// # Errors
    ///
    /// Where the text is not such a literal, or cannot be held exactly.
    pub fn from_literal(literal: &str) -> Result<Self, MoneyError> {
        if !is_number(literal) {
            return Err(MoneyError::NotANumber);
        }
        let (digits, exponent) = match literal.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, clamped(exponent)),
            None => (literal, 0),
        };
        let places = digits
            .split_once('.')
            .map_or(0, |(_, fraction)| fraction.len());
        let places = i64::try_from(places).map_err(|_| MoneyError::TooPrecise)? - exponent;
        if places > i64::from(Decimal::MAX_SCALE) {
            return Err(MoneyError::TooPrecise);
        }
        let mantissa = mantissa(digits)?;
        match u32::try_from(places) {
            Ok(scale) => decimal(mantissa, scale).map(Self),
            Err(_) if mantissa == 0 => Ok(Self::ZERO),
            Err(_) => {
                let zeros = u32::try_from(-places).map_err(|_| MoneyError::TooLarge)?;
                let raised = 10_i128
                    .checked_pow(zeros)
                    .and_then(|it| it.checked_mul(mantissa));
                decimal(raised.ok_or(MoneyError::TooLarge)?, 0).map(Self)
            }
        }
    }

    /// The sum, or nothing where it cannot be held exactly.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        // At the larger scale if it fits there, else with trailing zeros dropped.
        let exact = |a: Decimal, b: Decimal| {
            let scale = a.scale().max(b.scale());
            let raised = |it: Decimal| 10_i128.pow(scale - it.scale()).checked_mul(it.mantissa());
            decimal(raised(a)?.checked_add(raised(b)?)?, scale).ok()
        };
        exact(self.0, other.0)
            .or_else(|| exact(self.0.normalize(), other.0.normalize()))
            .map(Self)
    }

    /// The difference, or nothing where it cannot be held exactly.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(Self(-other.0))
    }

    /// The sum of all, or nothing where it cannot be held exactly; of none, it is zero.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// Whether it is less than nothing.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self < Self::ZERO
    }

    /// How many places after the point it shows.
    #[must_use]
    pub fn scale(self) -> u32 {
        self.0.scale()
    }
}

/// A sum that is exact whatever is added, in whatever order: whole numbers by their places after
/// the point. It has room for two billion amounts, each as large as an amount can be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    by_scale: BTreeMap<u32, i128>,
}

impl Sum {
    /// Adds one amount.
    pub fn add(&mut self, amount: Money) {
        self.put(amount.0.scale(), amount.0.mantissa());
    }

    /// Takes one amount away.
    pub fn subtract(&mut self, amount: Money) {
        self.put(amount.0.scale(), -amount.0.mantissa());
    }

    /// Adds all that another sum holds.
    pub fn add_all(&mut self, other: &Self) {
        for (scale, mantissa) in &other.by_scale {
            self.put(*scale, *mantissa);
        }
    }

    /// Whether what was added comes to nothing.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.by_scale.is_empty()
    }

    /// What it comes to, or nothing where that cannot be held exactly.
    #[must_use]
    pub fn total(&self) -> Option<Money> {
        let whole = |(scale, mantissa): (&u32, &i128)| decimal(*mantissa, *scale).ok().map(Money);
        let amounts: Option<Vec<_>> = self.by_scale.iter().map(whole).collect();
        Money::checked_sum(amounts?)
    }

    fn put(&mut self, scale: u32, mantissa: i128) {
        let kept = self.by_scale.entry(scale).or_default();
        *kept = kept
            .checked_add(mantissa)
            .expect("two billion of the largest amounts fit");
        // What comes to nothing leaves no trace, so that equal sums are equal.
        if *kept == 0 {
            self.by_scale.remove(&scale);
        }
    }
}

/// A sum travels as a list of `<whole number>e-<places>`.
impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parts = self.by_scale.iter();
        serializer.collect_seq(parts.map(|(scale, mantissa)| format!("{mantissa}e-{scale}")))
    }
}

impl<'de> Deserialize<'de> for Sum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut sum = Self::default();
        for part in Vec::<String>::deserialize(deserializer)? {
            let read = part
                .split_once("e-")
                .and_then(|(mantissa, scale)| Some((scale.parse().ok()?, mantissa.parse().ok()?)));
            let (scale, mantissa) = read
                .ok_or_else(|| serde::de::Error::custom("expected `<whole number>e-<places>`"))?;
            sum.put(scale, mantissa);
        }
        Ok(sum)
    }
}

/// The digits of a literal as one whole number, its point ignored.
fn mantissa(digits: &str) -> Result<i128, MoneyError> {
    let mut mantissa = 0_i128;
    for digit in digits.bytes().filter(u8::is_ascii_digit) {
        let raised = mantissa
            .checked_mul(10)
            .and_then(|it| it.checked_add((digit - b'0').into()));
        mantissa = raised.ok_or(MoneyError::TooLarge)?;
    }
    Ok(if digits.starts_with('-') {
        -mantissa
    } else {
        mantissa
    })
}

/// An exponent; beyond a billion either way its size no longer matters.
fn clamped(exponent: &str) -> i64 {
    const BEYOND: i64 = 1_000_000_000;
    match exponent.parse::<i64>() {
        Ok(exponent) => exponent.clamp(-BEYOND, BEYOND),
        Err(_) if exponent.starts_with('-') => -BEYOND,
        Err(_) => BEYOND,
    }
}

/// Zero has no sign here: built from a whole number, it never shows as `-0`.
fn decimal(mantissa: i128, scale: u32) -> Result<Decimal, MoneyError> {
    Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| MoneyError::TooLarge)
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Money({})", self.0)
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        Self::from_literal(text)
    }
}

/// Amounts travel as strings, so that no reader of ours or of others can round them.
impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::from_literal(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[path = "money_tests.rs"]
mod tests;
