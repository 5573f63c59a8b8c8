//! The strict reader against `serde_json`: what that refuses we refuse, what we take means the same,
//! and only the named rules are stricter or looser.

#![no_main]

#[path = "../../crates/domain/src/reader/oracle.rs"]
mod oracle;

use countersign_domain::{
    reader::{Document, Kind, Value, canonical, read},
    receipt::ViolationCode,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let opinion = oracle::opinion(bytes);
    match (read(bytes), &opinion.json) {
        (Ok(document), Ok(json)) => {
            assert!(!opinion.is_stricter(), "a stricter rule was missed");
            assert_eq!(document.root().to_json().to_string(), json.to_string());
            check(bytes, &document);
        }
        (Ok(document), Err(error)) => {
            assert!(opinion.is_looser(), "only serde_json refuses: {error}");
            check(bytes, &document);
        }
        (Err(error), Ok(_)) => {
            let expected = match error.code {
                ViolationCode::DuplicateKey => opinion.duplicate,
                ViolationCode::ReservedKey => opinion.reserved,
                ViolationCode::Nul => opinion.nul,
                _ => false,
            };
            assert!(expected, "only the reader refuses: {error}");
        }
        (Err(error), Err(_)) => assert!(error.offset <= bytes.len()),
    }
});

/// What holds of every document that was read.
fn check(bytes: &[u8], document: &Document<'_>) {
    let root = document.root();
    walk(bytes, root);
    let once = canonical_of(root);
    let again = read(&once).expect("the canonical form is JSON");
    assert_eq!(
        once,
        canonical_of(again.root()),
        "it is its own canonical form"
    );
    assert_same(root, again.root());
}

fn canonical_of(value: Value<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    canonical(value, &|_| false, &mut out);
    out
}

/// Every span is where the value stands, and every lookup finds it.
fn walk(bytes: &[u8], value: Value<'_>) {
    assert_eq!(&bytes[value.span()], value.literal().as_bytes());
    let alone = read(value.literal().as_bytes()).expect("each value alone is JSON");
    assert_eq!(alone.root().kind(), value.kind());
    let inside = value.elements().count() + value.members().count();
    assert_eq!((value.len(), value.is_empty()), (inside, inside == 0));
    for (index, element) in value.elements().enumerate() {
        assert_eq!(value.at(index).map(|it| it.span()), Some(element.span()));
        walk(bytes, element);
    }
    for (key, member) in value.members() {
        assert_eq!(value.get(&key).map(|it| it.span()), Some(member.span()));
        walk(bytes, member);
    }
}

/// The canonical form says the same as what it was made of.
fn assert_same(a: Value<'_>, b: Value<'_>) {
    assert_eq!((a.kind(), a.len()), (b.kind(), b.len()));
    match a.kind() {
        Kind::String => assert_eq!(a.text(), b.text()),
        Kind::Array => a
            .elements()
            .zip(b.elements())
            .for_each(|(a, b)| assert_same(a, b)),
        Kind::Object => {
            for (key, member) in a.members() {
                assert_same(
                    member,
                    b.get(&key).expect("the member is in the canonical form"),
                );
            }
        }
        Kind::Null | Kind::Bool | Kind::Number => assert_eq!(a.literal(), b.literal()),
    }
}
