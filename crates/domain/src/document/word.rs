//! Status words: compared in upper case, with `_`, `-` and space folded.

/// Folds a status word: `partially_paid` and `Partially-Paid` are both `PARTIALLY PAID`.
#[must_use]
pub fn fold(word: &str) -> String {
    word.trim().to_uppercase().replace(['_', '-'], " ")
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn words_that_mean_the_same_fold_to_the_same() {
        for word in [
            "PAYMENT INITIATED",
            "payment_initiated",
            " Payment-Initiated ",
        ] {
            assert_eq!(fold(word), "PAYMENT INITIATED");
        }
    }
}
