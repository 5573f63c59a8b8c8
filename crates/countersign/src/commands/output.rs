//! The two doors out of a command: data on stdout, everything else on stderr.
//!
//! A reader that goes away (`| head`) ends the output, not the program. Text that came from outside
//! passes [`clean`] first, so that nobody can write to the terminal through a webhook.

use std::io::{self, IsTerminal, Write};

use super::error::CommandError;

/// Writes lines of data.
pub(crate) fn data(text: &str) {
    let mut out = io::stdout().lock();
    let line_end = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    // A closed pipe means that nobody wants to read on.
    let _ = write!(out, "{text}{line_end}").and_then(|()| out.flush());
}

/// Writes exact bytes.
pub(crate) fn bytes(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush())
}

/// Writes one JSON value: on lines of their own for a person, on one line for a pipe.
pub(crate) fn json(value: &serde_json::Value) {
    let text = if io::stdout().is_terminal() {
        serde_json::to_string_pretty(value)
    } else {
        serde_json::to_string(value)
    };
    data(&text.expect("a JSON value can be written"));
}

/// Writes one line of JSON, whoever reads it.
pub(crate) fn json_line(value: &serde_json::Value) {
    data(&value.to_string());
}

/// Tells a person something that is not data.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes a page of a list for a person, and tells if there is nothing in it or if it goes on.
pub(crate) fn list(answer: &serde_json::Value, table: &str, command: &str) {
    let items = answer.get("items").and_then(serde_json::Value::as_array);
    if items.is_none_or(Vec::is_empty) {
        note("nothing found");
    } else {
        data(table);
    }
    more(answer, command);
}

/// Tells how a list goes on, if it does.
fn more(answer: &serde_json::Value, command: &str) {
    if let Some(next) = answer.get("next").and_then(serde_json::Value::as_str) {
        note(&format!(
            "more: countersign {command} --cursor {next} (with the same filters)"
        ));
    }
}

/// Tells why a command failed and what to do.
pub(crate) fn error(error: &CommandError) {
    match error {
        CommandError::Shown => return,
        CommandError::Config(mistakes) => note(&mistakes.to_string()),
        other => note(&format!("error: {other}")),
    }
    if let Some(advice) = error.advice() {
        note(&format!("hint: {advice}"));
    }
}

/// Makes text from outside harmless: control and direction characters are shown as escapes.
pub(crate) fn clean(text: &str) -> String {
    let is_harmful = |it: char| {
        it.is_control() || matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut harmless = String::with_capacity(text.len());
    for it in text.chars() {
        if is_harmful(it) {
            harmless.extend(it.escape_unicode());
        } else {
            harmless.push(it);
        }
    }
    harmless
}

/// The same for text of several lines.
pub(crate) fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_moves_the_cursor() {
        assert_eq!(clean("a\u{1b}[2Jb\u{202e}é"), "a\\u{1b}[2Jb\\u{202e}é");
    }
}
