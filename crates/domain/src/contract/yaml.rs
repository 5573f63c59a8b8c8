//! YAML as a tree in which every node knows its line.
//!
//! A contract file is read by people who made a mistake somewhere; "line 212" is worth more than
//! any explanation. The parser is a library; this module only keeps the lines, refuses what a
//! contract has no use for (anchors, tags, duplicate keys, several documents), and resolves plain
//! scalars by the JSON rules: `null`, `true`, `false`, a JSON number, or else text.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::Value as Json;

use super::mistake::{Mistake, Mistakes};

/// A node of the file.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Where it starts, counted from 1.
    pub(super) line: u32,
    /// What it is.
    pub(super) data: Data,
}

/// What a node can be.
#[derive(Clone, Debug)]
pub(super) enum Data {
    Null,
    Bool(bool),
    /// A number, as written.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One entry of a mapping.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) line: u32,
    pub(super) value: Node,
}

impl Node {
    /// The value under `key`, if this is a mapping that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match &self.data {
            Data::Map(entries) => entries.iter().find(|it| it.key == key).map(|it| &it.value),
            _ => None,
        }
    }

    /// The same tree without its lines.
    pub(super) fn to_json(&self) -> Json {
        match &self.data {
            Data::Null => Json::Null,
            Data::Bool(it) => Json::Bool(*it),
            Data::Number(literal) => {
                serde_json::from_str(literal).unwrap_or_else(|_| Json::String(literal.clone()))
            }
            Data::Text(text) => Json::String(text.clone()),
            Data::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Data::Map(entries) => Json::Object(
                entries
                    .iter()
                    .map(|it| (it.key.clone(), it.value.to_json()))
                    .collect(),
            ),
        }
    }

    /// What it is, for a message.
    pub(super) fn kind(&self) -> &'static str {
        match self.data {
            Data::Null => "nothing",
            Data::Bool(_) => "true or false",
            Data::Number(_) => "a number",
            Data::Text(_) => "a text",
            Data::List(_) => "a list",
            Data::Map(_) => "a mapping",
        }
    }
}

/// A collection that is still open while its members are read.
enum Open {
    List {
        line: u32,
        items: Vec<Node>,
    },
    Map {
        line: u32,
        entries: Vec<Entry>,
        key: Option<(String, u32)>,
    },
}

/// Reads one YAML document.
pub(super) fn parse(text: &str, mistakes: &mut Mistakes) -> Option<Node> {
    let mut builder = Builder {
        open: Vec::new(),
        root: None,
        documents: 0,
        mistakes,
    };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => builder.take(event, span),
            Err(error) => {
                let line = line_of(error.marker().line());
                builder.mistakes.push(Mistake::new(
                    line,
                    "",
                    format!("not YAML: {}", error.info()),
                ));
                return None;
            }
        }
    }
    builder.root
}

struct Builder<'m> {
    open: Vec<Open>,
    root: Option<Node>,
    documents: u32,
    mistakes: &'m mut Mistakes,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) {
        let line = line_of(span.start.line());
        match event {
            Event::Scalar(text, style, _, _) => self.put(scalar(&text, style, line)),
            Event::SequenceStart(..) => self.open.push(Open::List {
                line,
                items: Vec::new(),
            }),
            Event::MappingStart(..) => {
                self.open.push(Open::Map {
                    line,
                    entries: Vec::new(),
                    key: None,
                });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(_) => {
                self.mistakes
                    .push(Mistake::new(line, "", "aliases are not used in contracts"));
                self.put(Node {
                    line,
                    data: Data::Null,
                });
            }
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents == 2 {
                    self.mistakes
                        .push(Mistake::new(line, "", "one file holds one document"));
                }
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }

    fn close(&mut self) {
        let node = match self.open.pop() {
            Some(Open::List { line, items }) => Node {
                line,
                data: Data::List(items),
            },
            Some(Open::Map { line, entries, .. }) => Node {
                line,
                data: Data::Map(entries),
            },
            None => return,
        };
        self.put(node);
    }

    /// Puts a finished node where it belongs: in the open list, as key or value of the open
    /// mapping, or as the root.
    fn put(&mut self, node: Node) {
        match self.open.last_mut() {
            None => {
                if self.root.is_none() {
                    self.root = Some(node);
                }
            }
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, key, .. }) => match key.take() {
                Some((key, line)) => {
                    if entries.iter().any(|it| it.key == key) {
                        let message = format!("`{key}` stands twice in this mapping");
                        self.mistakes.push(Mistake::new(line, "", message));
                    }
                    entries.push(Entry {
                        key,
                        line,
                        value: node,
                    });
                }
                None => *key = Some((key_text(&node), node.line)),
            },
        }
    }
}

fn key_text(node: &Node) -> String {
    match &node.data {
        Data::Text(text) | Data::Number(text) => text.clone(),
        Data::Bool(it) => it.to_string(),
        Data::Null => "null".to_owned(),
        Data::List(_) | Data::Map(_) => String::new(),
    }
}

fn scalar(text: &str, style: ScalarStyle, line: u32) -> Node {
    let data = if style == ScalarStyle::Plain {
        match text {
            "" | "~" | "null" => Data::Null,
            "true" => Data::Bool(true),
            "false" => Data::Bool(false),
            _ if serde_json::from_str::<serde_json::Number>(text).is_ok() => {
                Data::Number(text.to_owned())
            }
            _ => Data::Text(text.to_owned()),
        }
    } else {
        Data::Text(text.to_owned())
    };
    Node { line, data }
}

fn line_of(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}
