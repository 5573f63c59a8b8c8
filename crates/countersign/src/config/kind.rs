//! What a key takes: kinds of values, how each is checked and how the reference names it.

use std::net::SocketAddr;

use tracing_subscriber::filter::{EnvFilter, LevelFilter};

use super::{
    layer::{Node, Value},
    mistake::Mistake,
    units,
};

/// The longest body that may be configured.
const GREATEST_BODY: u64 = 64 * 1024 * 1024;

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An IP address and a port.
    Address,
    /// A folder.
    Folder,
    /// Any text that is not empty.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A whole number greater than zero.
    Count,
    /// Bytes.
    Size,
    /// Bytes of one body, which must fit into memory and into a row.
    BodySize,
    /// A time with its unit.
    Duration,
    /// A level of the log, or levels by module.
    LogLevel,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// An offset from UTC.
    Zone,
    /// The prefix of a path.
    Mount,
    /// The name of an HTTP header.
    HeaderName,
    /// One secret or a list of them.
    Secrets,
}

impl Kind {
    /// What the reference says that the key takes.
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::Address => "address and port".into(),
            Self::Folder => "folder".into(),
            Self::Text => "text".into(),
            Self::Boolean => "`true` or `false`".into(),
            Self::Count => "number".into(),
            Self::Size => "size, such as `\"1MiB\"` or `1048576`".into(),
            Self::BodySize => "size of at most `\"64MiB\"`".into(),
            Self::LogLevel => "level, or directives".into(),
            Self::Duration => "duration, such as `\"10s\"`".into(),
            Self::Choice(words) => words
                .iter()
                .map(|it| format!("`{it}`"))
                .collect::<Vec<_>>()
                .join(", "),
            Self::Zone => "offset, such as `\"+05:30\"`".into(),
            Self::Mount => "path that begins with `/`".into(),
            Self::HeaderName => "name of a header".into(),
            Self::Secrets => "secret, or list of secrets".into(),
        }
    }

    /// Checks the value of a key; `name` is the key as a person would write it.
    pub(super) fn check(self, name: &str, node: &Node, mistakes: &mut Vec<Mistake>) {
        match &node.value {
            Value::List(items) if self == Self::Secrets => {
                if items.is_empty() {
                    mistakes.push(Mistake::new(
                        &node.place,
                        format!("`{name}` is an empty list"),
                    ));
                }
                for item in items {
                    self.check_one(name, item, mistakes);
                }
            }
            _ => self.check_one(name, node, mistakes),
        }
    }

    fn check_one(self, name: &str, node: &Node, mistakes: &mut Vec<Mistake>) {
        let as_written = match &node.value {
            Value::Text(text) if self.takes_text() || node.place.is_text_only() => {
                self.check_text(text)
            }
            Value::Integer(number) if matches!(self, Self::Count | Self::Size | Self::BodySize) => {
                self.check_text(&number.to_string())
            }
            Value::Boolean(_) if self == Self::Boolean => Ok(()),
            other => Err(format!(
                "expected {}, not {}",
                self.expected(),
                found(other)
            )),
        };
        if let Err(problem) = as_written {
            mistakes.push(Mistake::new(&node.place, format!("`{name}`: {problem}")));
        }
    }

    fn takes_text(self) -> bool {
        !matches!(self, Self::Boolean | Self::Count)
    }

    /// Checks a value that is written as text; the message never repeats it.
    pub(super) fn check_text(self, text: &str) -> Result<(), String> {
        let expected = || format!("expected {}", self.expected());
        match self {
            Self::Size => units::size(text).map(drop),
            Self::BodySize => match units::size(text)? {
                ..=GREATEST_BODY => Ok(()),
                _ => Err(expected()),
            },
            Self::Duration => units::duration(text).map(drop),
            Self::Choice(words) if !words.contains(&text) => Err(match nearest(text, words) {
                Some(near) => format!("{} (did you mean \"{near}\"?)", expected()),
                None => expected(),
            }),
            _ if self.holds(text) => Ok(()),
            _ => Err(expected()),
        }
    }

    fn holds(self, text: &str) -> bool {
        match self {
            Self::Address => text.parse::<SocketAddr>().is_ok(),
            Self::Boolean => matches!(text, "true" | "false"),
            Self::Count => text.parse::<u32>().is_ok_and(|it| it > 0),
            Self::Zone => is_offset(text),
            Self::LogLevel => is_log_level(text),
            Self::Mount => text.starts_with('/') && !text.contains(['?', '#', ' ']),
            Self::HeaderName => http::HeaderName::from_bytes(text.as_bytes()).is_ok(),
            _ => !text.trim().is_empty(),
        }
    }

    fn expected(self) -> String {
        match self {
            Self::Address => "an IP address and a port, such as \"127.0.0.1:8080\"".into(),
            Self::Folder => "the path of a folder, in quotes".into(),
            Self::Text => "a text that is not empty, in quotes".into(),
            Self::Boolean => "true or false".into(),
            Self::Count => "a whole number from 1 to 4294967295".into(),
            Self::Size => "a size such as \"1MiB\" or a number of bytes".into(),
            Self::BodySize => "a size of at most \"64MiB\"".into(),
            Self::LogLevel => {
                "error, warn, info, debug, trace or off, or levels by module such as \"info,countersign::receive=debug\"".into()
            }
            Self::Duration => "a duration with its unit, such as \"10s\"".into(),
            Self::Choice(words) => {
                let words: Vec<_> = words.iter().map(|it| format!("\"{it}\"")).collect();
                format!("one of {}", words.join(", "))
            }
            Self::Zone => "an offset from UTC, such as \"+05:30\"".into(),
            Self::Mount => "a path that begins with \"/\"".into(),
            Self::HeaderName => "the name of an HTTP header".into(),
            Self::Secrets => "a secret that is not empty, in quotes, or a list of them".into(),
        }
    }
}

fn found(value: &Value) -> &'static str {
    match value {
        Value::Text(_) => "a text",
        Value::Integer(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Other(name) => name,
        Value::List(_) => "a list",
        Value::Table(_) => "a table",
    }
}

/// Whether it is a level, or a list of them by module. A bare word that is no level would be read as
/// a module's name: more likely it is a level with a typing mistake.
fn is_log_level(text: &str) -> bool {
    let is_plain = |it: &str| it.contains('=') || it.parse::<LevelFilter>().is_ok();
    (text.contains('[') || text.split(',').all(|it| is_plain(it.trim())))
        && EnvFilter::builder().parse(text).is_ok()
}

fn is_offset(text: &str) -> bool {
    let Some((hours, minutes)) = text
        .strip_prefix(['+', '-'])
        .and_then(|it| it.split_once(':'))
    else {
        return text == "Z";
    };
    let in_range = |part: &str, max: u8| {
        part.len() == 2
            && part.bytes().all(|it| it.is_ascii_digit())
            && part.parse::<u8>().is_ok_and(|it| it <= max)
    };
    in_range(hours, 23) && in_range(minutes, 59)
}

/// The name that was probably meant.
pub(super) fn nearest<'n>(name: &str, names: &[&'n str]) -> Option<&'n str> {
    let name = name.to_ascii_lowercase();
    names
        .iter()
        .map(|it| (strsim::osa_distance(&name, it), *it))
        // Half a name of typing mistakes is another name.
        .filter(|(distance, it)| *distance * 2 <= it.len().max(name.len()))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, it)| it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_from_nonsense() {
        for (kind, good, bad) in [
            (Kind::Address, "0.0.0.0:0", "localhost"),
            (Kind::Boolean, "true", "yes"),
            (Kind::Count, "1", "0"),
            (Kind::BodySize, "64MiB", "65MiB"),
            (Kind::LogLevel, "info", "elephant"),
            (
                Kind::LogLevel,
                "info,countersign::receive=debug",
                "info,a=elephant",
            ),
            (Kind::Zone, "-03:30", "IST"),
            (Kind::Zone, "Z", "+5:30"),
            (Kind::Mount, "/enkash", "enkash"),
            (Kind::HeaderName, "x-api-key", "x api key"),
            (Kind::Secrets, "s", " "),
            (Kind::Choice(&["text", "json"]), "json", "jsno"),
        ] {
            assert_eq!(kind.check_text(good), Ok(()), "{good}");
            assert!(kind.check_text(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_nearest_name_is_offered_only_when_it_is_near() {
        let names = ["contract", "mount", "strict", "refuse"];
        assert_eq!(nearest("contrat", &names), Some("contract"));
        assert_eq!(nearest("Mount", &names), Some("mount"));
        assert_eq!(nearest("elephant", &names), None);
    }
}
