//! The one place that prints. Complaints go to stdout, the rest to stderr.

/// Prints a line of results.
#[expect(clippy::print_stdout, reason = "the one place that prints")]
pub(crate) fn line(text: &str) {
    println!("{text}");
}

/// Tells the person at the terminal something beside the results.
#[expect(clippy::print_stderr, reason = "the one place that prints")]
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}
