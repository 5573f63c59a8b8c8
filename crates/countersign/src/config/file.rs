//! A TOML file as a tree of settings with line and column.

use std::sync::Arc;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    layer::{Node, Value},
    mistake::{Mistake, Place},
};

/// Reads the text of `file`; a file with broken syntax gives every break at once.
pub(super) fn read(file: &str, text: &str) -> Result<Node, Vec<Mistake>> {
    let lines = Lines {
        file: file.into(),
        text,
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(Node::new(
            lines.table(table.get_ref()),
            &lines.place(table.span().start),
        ));
    }
    let mistakes = errors.iter().map(|error| {
        let place = lines.place(error.span().map_or(0, |it| it.start));
        Mistake::new(&place, format!("this is not TOML: {}", error.message()))
    });
    Err(mistakes.collect())
}

struct Lines<'t> {
    file: Arc<str>,
    text: &'t str,
}

impl Lines<'_> {
    fn place(&self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |it| it + 1);
        Place::File {
            file: Arc::clone(&self.file),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    fn table(&self, table: &DeTable<'_>) -> Value {
        let members = table.iter().map(|(name, value)| {
            let mut node = self.node(value);
            node.name_place = self.place(name.span().start);
            (name.get_ref().to_string(), node)
        });
        Value::Table(members.collect())
    }

    fn node(&self, value: &Spanned<DeValue<'_>>) -> Node {
        let place = self.place(value.span().start);
        let value = match value.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or(Value::Other("integer out of range"), Value::Integer),
            DeValue::Boolean(it) => Value::Boolean(*it),
            DeValue::Array(items) => Value::List(items.iter().map(|it| self.node(it)).collect()),
            DeValue::Table(table) => self.table(table),
            other @ (DeValue::Float(_) | DeValue::Datetime(_)) => Value::Other(other.type_str()),
        };
        Node::new(value, &place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let root = read("c.toml", "# é\n[limits]\n  queue = 5\n").ok().unwrap();
        let node = root.get(&["limits", "queue"]).unwrap();
        assert_eq!(node.name_place.to_string(), "c.toml:3:3");
        assert_eq!(node.place.to_string(), "c.toml:3:11");
    }

    #[test]
    fn every_break_of_the_syntax_is_reported_with_its_line() {
        let mut mistakes = read("c.toml", "a = \nb = 1\nc = [1,,2]\n").err().unwrap();
        mistakes.sort();
        let places: Vec<_> = mistakes.iter().map(|it| it.place.to_string()).collect();
        assert!(places.len() >= 2, "{places:?}");
        assert!(places[0].starts_with("c.toml:1:"), "{places:?}");
        assert!(
            places.iter().any(|it| it.starts_with("c.toml:3:")),
            "{places:?}"
        );
    }
}
