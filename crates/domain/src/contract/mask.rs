//! Masks: account and consumer numbers as people may see them.

use super::{Operation, pointer::Scope};
use crate::reader::{self, Kind};

/// How many characters of a masked text stay readable.
const SHOWN: usize = 4;

impl Operation {
    /// The body as JSON text in which every value that the contract masks shows its last four
    /// characters at most. None where the body cannot be read.
    #[must_use]
    pub fn masked(&self, body: &[u8]) -> Option<String> {
        let document = reader::read(body).ok()?;
        let scope = Scope {
            root: document.root(),
            elements: Vec::new(),
        };
        let mut spans: Vec<_> = self
            .mask
            .iter()
            .flat_map(|it| it.all(&scope))
            .filter(|it| !it.is_null())
            .map(|it| (it.span(), mask(it.kind(), it.literal().trim_matches('"'))))
            .collect();
        spans.sort_by_key(|(span, _)| span.start);
        let mut masked = String::with_capacity(body.len());
        let mut done = 0;
        for (span, replacement) in spans {
            if span.start < done {
                continue;
            }
            masked.push_str(&document.source()[done..span.start]);
            masked.push_str(&replacement);
            done = span.end;
        }
        masked.push_str(&document.source()[done..]);
        Some(masked)
    }
}

fn mask(kind: Kind, text: &str) -> String {
    let plain = kind == Kind::Number || (kind == Kind::String && !text.contains('\\'));
    let characters = text.chars().count();
    if !plain || characters <= SHOWN {
        return "\"****\"".to_owned();
    }
    let shown: String = text.chars().skip(characters - SHOWN).collect();
    format!("\"****{shown}\"")
}
