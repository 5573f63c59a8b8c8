//! What holds of every body, tried on many that nobody wrote.

use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value as Json};

use super::{canonical, oracle::opinion, read};
use crate::receipt::ViolationCode;

/// Any text that a body may hold: everything but NUL.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zA-Z0-9_ ]{0,12}",
        2 => vec(any::<char>().prop_filter("NUL is refused", |it| *it != '\0'), 0..12)
            .prop_map(String::from_iter),
        1 => "[\\x01-\\x1f\"\\\\/]{0,9}",
    ]
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        text().prop_map(Json::from),
    ];
    leaf.prop_recursive(6, 200, 24, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..24).prop_map(Json::from),
            vec((text(), inner), 0..24).prop_map(Json::from_iter::<Vec<_>>),
        ]
    })
}

/// Ways to write the same thing: the numbers decide on white space, key order and escapes.
struct Writer<'a> {
    choices: std::iter::Cycle<std::slice::Iter<'a, u8>>,
    out: String,
}

impl Writer<'_> {
    fn write(choices: &[u8], json: &Json) -> String {
        let mut writer = Writer {
            choices: choices.iter().cycle(),
            out: String::new(),
        };
        writer.value(json);
        writer.space();
        writer.out
    }

    fn choice(&mut self) -> u8 {
        *self.choices.next().expect("a cycle of at least one")
    }

    fn space(&mut self) {
        let choice = self.choice();
        let space = ["", "", "", " ", "\n", "\r\n", "\t", "            "][usize::from(choice % 8)];
        self.out.push_str(space);
    }

    fn value(&mut self, json: &Json) {
        self.space();
        match json {
            Json::Null | Json::Bool(_) | Json::Number(_) => self.out.push_str(&json.to_string()),
            Json::String(text) => self.string(text),
            Json::Array(elements) => {
                self.out.push('[');
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        self.space();
                        self.out.push(',');
                    }
                    self.value(element);
                }
                self.space();
                self.out.push(']');
            }
            Json::Object(members) => self.object(members),
        }
    }

    fn object(&mut self, members: &Map<String, Json>) {
        let mut members: Vec<_> = members.iter().collect();
        if !members.is_empty() {
            let turn = usize::from(self.choice()) % members.len();
            members.rotate_left(turn);
        }
        self.out.push('{');
        for (index, (key, value)) in members.into_iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.space();
            self.string(key);
            self.space();
            self.out.push(':');
            self.value(value);
        }
        self.space();
        self.out.push('}');
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for character in text.chars() {
            let must = matches!(character, '\0'..='\u{1f}' | '"' | '\\');
            match self.choice() % 8 {
                0 => self.escape(character),
                1 if character == '/' => self.out.push_str("\\/"),
                1 if character == '\n' => self.out.push_str("\\n"),
                _ if must => self.escape(character),
                _ => self.out.push(character),
            }
        }
        self.out.push('"');
    }

    fn escape(&mut self, character: char) {
        for half in character.encode_utf16(&mut [0; 2]) {
            let upper = self.choice().is_multiple_of(2);
            let escape = if upper {
                format!("\\u{half:04X}")
            } else {
                format!("\\u{half:04x}")
            };
            self.out.push_str(&escape);
        }
    }
}

fn canonical_of(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    canonical(read(text.as_bytes()).unwrap().root(), &|_| false, &mut out);
    out
}

/// The reader and the oracle must be of one mind, but for the named differences.
fn compare(bytes: &[u8]) -> Result<(), TestCaseError> {
    let opinion = opinion(bytes);
    match (read(bytes), &opinion.json) {
        (Ok(document), Ok(json)) => {
            prop_assert!(!opinion.is_stricter(), "a stricter rule was missed");
            prop_assert_eq!(document.root().to_json().to_string(), json.to_string());
        }
        (Ok(_), Err(error)) => prop_assert!(opinion.is_looser(), "serde_json refuses: {}", error),
        (Err(error), Ok(_)) => {
            let expected = match error.code {
                ViolationCode::DuplicateKey => opinion.duplicate,
                ViolationCode::ReservedKey => opinion.reserved,
                ViolationCode::Nul => opinion.nul,
                _ => false,
            };
            prop_assert!(expected, "only the reader refuses: {}", error);
        }
        (Err(_), Err(_)) => {}
    }
    Ok(())
}

proptest! {
    #[test]
    fn whatever_is_written_reads_back_equal(json in json(), choices in vec(any::<u8>(), 1..200)) {
        let text = Writer::write(&choices, &json);
        let document = read(text.as_bytes()).unwrap();
        let expected: Json = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(document.root().to_json(), expected);
    }

    #[test]
    fn the_canonical_form_is_the_same_however_a_body_is_written(
        json in json(),
        one in vec(any::<u8>(), 1..200),
        other in vec(any::<u8>(), 1..200),
    ) {
        let canonical = canonical_of(&Writer::write(&one, &json));
        prop_assert_eq!(&canonical, &canonical_of(&Writer::write(&other, &json)));
        let text = String::from_utf8(canonical.clone()).unwrap();
        prop_assert_eq!(&canonical, &canonical_of(&text), "it is its own canonical form");
        let expected: Json = serde_json::from_str(&Writer::write(&one, &json)).unwrap();
        prop_assert_eq!(read(text.as_bytes()).unwrap().root().to_json(), expected);
    }

    #[test]
    fn a_body_with_one_byte_changed_is_judged_as_serde_json_judges_it(
        json in json(),
        choices in vec(any::<u8>(), 1..50),
        at in any::<prop::sample::Index>(),
        byte in prop_oneof![any::<u8>(), prop::sample::select(b"\"\\{}[]:,0123456789.eE+-u \0".to_vec())],
        cut in any::<bool>(),
    ) {
        let mut bytes = Writer::write(&choices, &json).into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if cut {
            bytes.truncate(at + 1);
        }
        compare(&bytes)?;
    }

    #[test]
    fn any_bytes_are_judged_as_serde_json_judges_them(bytes in vec(any::<u8>(), 0..64)) {
        compare(&bytes)?;
    }

    #[test]
    fn pieces_of_json_in_any_order_are_judged_as_serde_json_judges_them(
        pieces in vec(prop::sample::select(vec![
            "{", "}", "[", "]", ":", ",", " ", "\n", "\"", "\\", "\\u", "\\u0000", "\\u0061", "\\ud83d",
            "\\ude00", "\"a\":", "\"\\u0061\":", "\"b\":1", "1", "-", "0", ".5", "e9", "E+400", "true",
            "null", "\"x\"", "{}", "[]", "\"$serde_json::private::RawValue\":", "\0", "é", "\u{feff}",
        ]), 0..24)
    ) {
        compare(pieces.concat().as_bytes())?;
    }

    #[test]
    fn errors_point_into_the_body(bytes in vec(any::<u8>(), 0..64)) {
        if let Err(error) = read(&bytes) {
            prop_assert!(error.offset <= bytes.len());
            prop_assert!(error.line >= 1 && error.column >= 1);
        }
    }
}
