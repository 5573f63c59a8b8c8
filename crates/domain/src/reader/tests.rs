//! The reader's rules, one table each.

use super::*;
use crate::receipt::ViolationCode::{DuplicateKey, NotJson, NotUtf8, Nul, ReservedKey, TooDeep};

fn code(bytes: impl AsRef<[u8]>) -> Option<ViolationCode> {
    read(bytes.as_ref()).err().map(|error| error.code)
}

fn canonical_of(text: &str) -> String {
    let mut out = Vec::new();
    canonical(read(text.as_bytes()).unwrap().root(), &|_| false, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn every_kind_of_value_is_read_with_its_literal_and_its_span() {
    let text = r#" {"a": [null, true, -1.50e+3], "b" : {"c\n": "x\u0041", "d": {}, "e": []}} "#;
    let document = read(text.as_bytes()).unwrap();
    let root = document.root();
    assert_eq!(root.kind(), Kind::Object);
    assert_eq!(root.literal(), text.trim());
    assert_eq!((root.len(), root.is_empty()), (2, false));
    let list = root.get("a").unwrap();
    assert_eq!((list.kind(), list.len()), (Kind::Array, 3));
    assert!(list.at(0).unwrap().is_null());
    assert_eq!(list.at(1).unwrap().as_bool(), Some(true));
    let number = list.at(2).unwrap();
    assert_eq!(
        (number.kind(), number.literal()),
        (Kind::Number, "-1.50e+3")
    );
    assert_eq!(&text[number.span()], "-1.50e+3");
    assert_eq!((number.text(), number.as_bool()), (None, None));
    assert!(list.at(3).is_none());
    let inner = root.get("b").unwrap();
    let string = inner.get("c\n").unwrap();
    assert_eq!(
        (string.literal(), string.text().as_deref()),
        (r#""x\u0041""#, Some("xA"))
    );
    assert!(inner.get("c").is_none() && inner.get("c\\n").is_none());
    assert!(inner.get("d").unwrap().is_empty() && inner.get("e").unwrap().is_empty());
    let keys: Vec<_> = inner.members().map(|(key, _)| key.into_owned()).collect();
    assert_eq!(keys, ["c\n", "d", "e"]);
}

#[test]
fn asking_a_value_for_what_it_is_not_gets_nothing() {
    let document = read(br#"["a", {"b": 1}]"#).unwrap();
    let root = document.root();
    let (string, object) = (root.at(0).unwrap(), root.at(1).unwrap());
    assert!(root.get("a").is_none() && root.members().next().is_none());
    assert!(object.at(0).is_none() && object.elements().next().is_none());
    assert!(string.get("a").is_none() && string.at(0).is_none() && string.is_empty());
    assert_eq!((string.len(), object.get("b").unwrap().len()), (0, 0));
}

#[test]
fn strings_without_escapes_are_borrowed() {
    use std::borrow::Cow;
    let document = read("[\"plain ₹\", \"\\u20b9\"]".as_bytes()).unwrap();
    let text = |index: usize| document.root().at(index).unwrap().text().unwrap();
    assert!(matches!(text(0), Cow::Borrowed("plain ₹")));
    assert!(matches!(text(1), Cow::Owned(it) if it == "₹"));
}

#[test]
fn every_escape_is_decoded() {
    let text = r#""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00\u20b9z""#;
    let document = read(text.as_bytes()).unwrap();
    assert_eq!(
        document.root().text().unwrap(),
        "\"\\/\u{8}\u{c}\n\r\té😀₹z"
    );
}

fn assert_not_json(texts: &str) {
    for text in texts.lines().map(str::trim).filter(|it| !it.is_empty()) {
        assert_eq!(code(text), Some(NotJson), "{text:?}");
        assert!(
            serde_json::from_str::<serde_json::Value>(text).is_err(),
            "{text:?}"
        );
    }
}

#[test]
fn brackets_commas_and_colons_have_their_places() {
    for text in [
        "",
        " ",
        "\u{feff}{}",
        "\0",
        "[\0]",
        "\u{a0}1",
        "\u{2028}1",
        "[1\u{c}]",
        "[\n",
    ] {
        assert_eq!(code(text), Some(NotJson), "{text:?}");
    }
    assert_not_json("{ \n [ \n [1 \n [1, \n [,] \n [1,] \n [1 2] \n ] \n } \n [} \n {] \n [{]}");
    assert_not_json("{,} \n {a:1} \n {'a':1} \n {1:2} \n {null:2} \n {\"a\"} \n {\"a\":}");
    assert_not_json("{\"a\":1,} \n {\"a\":1 \n {\"a\":1 \"b\":2} \n {\"a\",1} \n {\"a\":1]");
    assert_not_json("1 2 \n {} {} \n {}x \n /* */ 1 \n 1 // one \n # \n [1]]");
}

#[test]
fn numbers_and_words_are_written_in_one_way() {
    assert_not_json("nul \n nulll \n tru \n True \n falsey \n undefined \n NaN \n -Infinity");
    assert_not_json("01 \n - \n -01 \n +1 \n 1. \n .5 \n 1.e2 \n 1e \n 1e+ \n 0x1 \n 1_0 \n 00");
    assert_not_json("--1 \n 1.2.3 \n 1e2e3 \n 1e2.5 \n -e1 \n [-] \n [1.] \n {\"a\":01}");
}

#[test]
fn strings_are_closed_and_their_escapes_are_whole() {
    for text in [
        "\"\n\"",
        "\"\t\"",
        "\"\u{1f}\"",
        "\"\\\n\"",
        "\"\\u\u{0}000\"",
    ] {
        assert_eq!(code(text), Some(NotJson), "{text:?}");
    }
    assert_not_json(
        r#"
        'a'
        "
        "a
        "\"
        "\
        "\u
        "\x"
        "\U0041"
        "\u12"
        "\u12g4"
        "\u+123"
        "\ud800"
        "\udc00"
        "\ud800\ud800"
        "\ud800x"
        "\ud83d\n"
        "\ud83d\u0041"
        "\ud83d\u
        "\ud800\
        "#,
    );
}

#[test]
fn control_characters_quotes_and_backslashes_are_seen_at_every_place_of_a_long_string() {
    for length in 0..40 {
        for at in 0..length {
            for (byte, expected) in [(b'\n', Some(NotJson)), (0, Some(Nul)), (0x7f, None)] {
                let mut text = vec![b'x'; length + 2];
                (text[0], text[length + 1], text[at + 1]) = (b'"', b'"', byte);
                assert_eq!(code(&text), expected, "{byte} at {at} of {length}");
            }
            let mut text = "é".repeat(length);
            text.insert_str("é".len() * at, "\\u0041");
            let quoted = format!("\"{text}\"");
            let document = read(quoted.as_bytes()).unwrap();
            assert_eq!(
                document.root().text().unwrap(),
                text.replace("\\u0041", "A")
            );
        }
    }
}

#[test]
fn what_is_not_utf_8_is_refused_wherever_it_stands() {
    for bytes in [
        &b"\xff"[..],
        b"\"\xc3\"",
        b"{\"\x80\":1}",
        b"{}\xfe",
        b"\"\xed\xa0\x80\"",
        b"\xc0\x80",
    ] {
        assert_eq!(code(bytes), Some(NotUtf8), "{bytes:?}");
    }
    let error = read(b"{\n\"\xc3\xa9\xff\"").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2, column 3: this is not UTF-8 (byte 5)"
    );
}

#[test]
fn a_key_that_an_object_has_twice_is_refused_where_it_repeats() {
    for text in [
        r#"{"a":1,"a":2}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"{"a\n":1,"a\u000a":2}"#,
        r#"{"\/":1,"/":2}"#,
        r#"{"":1,"":2}"#,
        r#"[{"x":{"é":1,"b":2,"\u00e9":1}}]"#,
        r#"{"a":{"a":1},"b":[],"a":{}}"#,
    ] {
        assert_eq!(code(text), Some(DuplicateKey), "{text}");
    }
    for text in [
        r#"{"a":{"a":1},"b":{"a":1}}"#,
        r#"[{"a":1},{"a":1}]"#,
        r#"{"a":1,"A":2," a":3}"#,
    ] {
        assert_eq!(code(text), None, "{text}");
    }
    let error = read(b"{\"a\": 1,\n \"b\": 2, \"a\": 3, \"a\": 4}").unwrap_err();
    assert_eq!((error.offset, error.line, error.column), (18, 2, 10));
}

#[test]
fn duplicates_are_found_in_objects_of_every_size() {
    for members in 2..40 {
        let names: Vec<_> = (0..members)
            .map(|it| format!("\"key{it}\":{{\"key0\":0}}"))
            .collect();
        let fine = format!("{{{}}}", names.join(","));
        assert_eq!(code(&fine), None, "{fine}");
        for again in 0..members {
            let (text, _) = fine.split_at(fine.len() - 1);
            for key in [format!("key{again}"), format!("\\u006bey{again}")] {
                let error = read(format!("{text},\"{key}\":1}}").as_bytes()).unwrap_err();
                assert_eq!(
                    (error.code, error.offset),
                    (DuplicateKey, fine.len()),
                    "{again}"
                );
            }
        }
    }
}

#[test]
fn a_huge_object_is_searched_for_duplicates_without_comparing_all_pairs() {
    let keys: Vec<_> = (0..200_000).map(|it| format!("\"k{it}\":0")).collect();
    let text = format!("{{{}}}", keys.join(","));
    assert_eq!(code(&text), None);
    let text = format!("{{{},\"k77777\":0}}", keys.join(","));
    assert_eq!(code(&text), Some(DuplicateKey));
}

#[test]
fn keys_that_a_json_library_reserves_are_refused_however_they_are_written() {
    for key in [
        "$serde_json::private::Number",
        "$serde_json::private::RawValue",
        "$serde_json::private::",
        "\\u0024serde_json::private::Number",
        "$serde_json\\u003a:private::x",
    ] {
        assert_eq!(
            code(format!("{{\"{key}\":\"1\"}}")),
            Some(ReservedKey),
            "{key}"
        );
        assert_eq!(
            code(format!("[{{\"a\":1,\"{key}\":\"1\"}}]")),
            Some(ReservedKey),
            "{key}"
        );
        assert_eq!(code(format!("[\"{key}\"]")), None, "only keys are reserved");
    }
    assert_eq!(
        code(r#"{"$serde_json::privat":1,"$serde_json":2,"$":3}"#),
        None
    );
}

#[test]
fn nul_is_refused_in_strings_and_keys() {
    for text in [
        "\"\0\"",
        "\"\\u0000\"",
        "{\"\\u0000\":1}",
        "{\"a\0\":1}",
        "[\"abc\\u0000\"]",
    ] {
        assert_eq!(code(text), Some(Nul), "{text:?}");
    }
    assert_eq!(
        code("\"\\\\u0000\""),
        None,
        "an escaped backslash is no escape"
    );
}

#[test]
fn nesting_is_read_to_128_levels_and_no_deeper() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(code(nested(128)), None);
    assert_eq!(code(nested(129)), Some(TooDeep));
    let objects = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    assert_eq!(code(objects(128)), None);
    assert_eq!(code(objects(129)), Some(TooDeep));
    assert_eq!(canonical_of(&objects(128)), objects(128));
    let document = objects(128);
    assert!(
        read(document.as_bytes())
            .unwrap()
            .root()
            .to_json()
            .is_object()
    );
    let wide = format!("[{}]", vec![nested(127); 50].join(","));
    assert_eq!(code(wide), None, "the depth is counted, not the brackets");
}

#[test]
fn a_hundred_thousand_brackets_cost_no_stack() {
    let on_a_small_stack = std::thread::Builder::new().stack_size(64 * 1024).spawn(|| {
        for text in ["[", "{\"a\":", "[{\"a\":"] {
            assert_eq!(code(text.repeat(100_000)), Some(TooDeep));
        }
        assert_eq!(code("]".repeat(100_000)), Some(NotJson));
    });
    on_a_small_stack.unwrap().join().unwrap();
}

#[test]
fn errors_give_line_and_column_and_never_a_value() {
    for (text, shown) in [
        (
            "",
            "line 1, column 1: the text ends where a value should be",
        ),
        (
            "{\"secret\": secret}",
            "line 1, column 12: expected a value",
        ),
        (
            "{\"₹₹\":\n\t \"é\" 7}",
            "line 2, column 7: expected `,` or `}`",
        ),
        ("[1,\r\n2\r\n,]", "line 3, column 2: expected a value"),
        ("{\"a\" 1}", "line 1, column 6: expected `:` after a key"),
        (
            "[12.x]",
            "line 1, column 5: this is not a number as JSON writes them",
        ),
        (
            "[01]",
            "line 1, column 3: this is not a number as JSON writes them",
        ),
        ("[\"abc", "line 1, column 6: the text ends inside a string"),
        (
            "{\"a\":1",
            "line 1, column 7: the text ends inside an object",
        ),
        (
            "{\"a\":[1",
            "line 1, column 8: the text ends inside an array",
        ),
        (
            "{\"a\":1,",
            "line 1, column 8: the text ends where a key should be",
        ),
        ("{\"a\":1,b", "line 1, column 8: expected a key in quotes"),
        (
            "{} 7",
            "line 1, column 4: something follows the end of the JSON",
        ),
        (
            "\u{feff}{}",
            "line 1, column 1: the text starts with a byte order mark",
        ),
    ] {
        let error = read(text.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), shown, "{text:?}");
    }
}

#[test]
fn debug_output_never_holds_a_value() {
    let document = read(br#"{"accountNumber": "1234567890"}"#).unwrap();
    let shown = format!("{document:?} {:?}", document.root().get("accountNumber"));
    assert_eq!(
        shown,
        "Document { bytes: 31, nodes: 3 } Some(String at 18..30)"
    );
}

#[test]
fn the_canonical_form_sorts_keys_and_keeps_number_literals() {
    for (text, expected) in [
        (r#"{"b":1,"a":2}"#, r#"{"a":2,"b":1}"#),
        (
            r#" { "a" : [ 1.0 , 1.00 , 1e2 , 1E2 , -0 ] } "#,
            r#"{"a":[1.0,1.00,1e2,1E2,-0]}"#,
        ),
        (
            r#"["\u0041\/\u00e9\u0022\u005c\u000A\u001f\u007f"]"#,
            "[\"A/é\\\"\\\\\\n\\u001f\u{7f}\"]",
        ),
        (
            "{\"é\":1,\"\\u0065\":2,\"z\":3,\"\\ud83d\\ude00\":4,\"\u{ffff}\":5}",
            "{\"e\":2,\"z\":3,\"é\":1,\"\u{ffff}\":5,\"😀\":4}",
        ),
        (
            r#"{"b":{"d":[],"c":{}},"a":[{"y":1,"x":null}]}"#,
            r#"{"a":[{"x":null,"y":1}],"b":{"c":{},"d":[]}}"#,
        ),
        (
            r#"{"a":1,"aa":2,"a\u0001":3,"":4}"#,
            r#"{"":4,"a":1,"a\u0001":3,"aa":2}"#,
        ),
    ] {
        assert_eq!(canonical_of(text), expected, "{text}");
    }
    assert_ne!(canonical_of("[2400.00]"), canonical_of("[2400.0]"));
}

#[test]
fn what_is_left_out_leaves_no_trace_in_the_canonical_form() {
    let text = r#"{"sentAt":"now","id":7,"items":[{"at":1,"x":2},{"at":3}],"meta":{"sentAt":1}}"#;
    let document = read(text.as_bytes()).unwrap();
    let key = |text: &'static str| Step::Key(text.into());
    let leave_out = |way: &[Step<'_>]| match way {
        [sent_at] => *sent_at == key("sentAt"),
        [items, Step::Index(_), at] => *items == key("items") && *at == key("at"),
        _ => false,
    };
    let mut out = b"kept ".to_vec();
    canonical(document.root(), &leave_out, &mut out);
    let expected = r#"kept {"id":7,"items":[{"x":2},{}],"meta":{"sentAt":1}}"#;
    assert_eq!(String::from_utf8(out).unwrap(), expected);
    let mut out = Vec::new();
    canonical(document.root().get("meta").unwrap(), &leave_out, &mut out);
    assert_eq!(out, b"{}", "the way starts at the value that was given");
}

#[test]
fn numbers_become_what_serde_json_makes_of_them() {
    let text = r#"[0, -0, -0.0, 1, -1, 18446744073709551615, 18446744073709551616,
        -9223372036854775808, -9223372036854775809, 2400.00, 0.1, 1e2, 1E-400, 1.7976931348623157e308,
        12345678901234567.89, 123456789012345678901234567890, 5e-324]"#;
    let document = read(text.as_bytes()).unwrap();
    let expected: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(document.root().to_json().to_string(), expected.to_string());
}

#[test]
fn numbers_beyond_floating_point_become_the_largest_finite_one() {
    let document = read(b"[1e400, -1e400, 1e99999999999999999999]").unwrap();
    assert_eq!(document.root().at(0).unwrap().literal(), "1e400");
    let shown = document.root().to_json().to_string();
    assert_eq!(
        shown,
        "[1.7976931348623157e+308,-1.7976931348623157e+308,1.7976931348623157e+308]"
    );
}
