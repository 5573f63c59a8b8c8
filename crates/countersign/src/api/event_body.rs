//! The bytes that an event is a view of: the whole body, or the part's own element of one that is cut
//! into parts.

use countersign_domain::{
    contract::{Operation, Received},
    reader::{self, Kind, Value},
};
use countersign_store::ReceiptRecord;
use serde_json::value::{RawValue, to_raw_value};

use super::{
    problem::{Fault, Problem},
    release::received,
};
use crate::receive::{context::Context, judge::checked, source::Source};

/// The provider's own bytes of one part, as JSON: number literals are as they came.
pub(crate) fn body_of(
    context: &Context,
    record: &ReceiptRecord,
    part: u32,
    bytes: &[u8],
) -> Result<Box<RawValue>, Fault> {
    let summary = &record.summary;
    let source = context.source(&summary.source);
    let known = source.and_then(|it| Some((&**it, it.contract.operation(&summary.operation)?)));
    let read = reader::read(bytes).ok();
    let element = read.as_ref().zip(known).and_then(|(body, known)| {
        let received = received(record, bytes);
        element_of(known, &received, body.root(), part)
    });
    let text = match &element {
        Some(element) => (*element).to_owned(),
        None => String::from_utf8_lossy(bytes).into_owned(),
    };
    // What the strict reader takes, and the JSON library does not, is told as a text.
    RawValue::from_string(text.clone())
        .or_else(|_| to_raw_value(&text))
        .map_err(|_| Fault::new(Problem::StoreUnreadable, "its body is no text"))
}

/// The element of a part: that of the array without which the contract finds no part.
fn element_of<'d>(
    (source, operation): (&Source, &Operation),
    received: &Received<'_>,
    root: Value<'d>,
    part: u32,
) -> Option<&'d str> {
    let part = usize::try_from(part).ok()?;
    let mut arrays = Vec::new();
    arrays_of(root, &mut arrays);
    let array = arrays.into_iter().find(|array| {
        let (before, after) = (array.span().start, array.span().end);
        let emptied = [&received.body[..before], b"[]", &received.body[after..]].concat();
        let emptied = Received {
            body: &emptied,
            ..*received
        };
        let judged = checked(&emptied, || {
            source.contract.check(operation, &source.policy, &emptied)
        });
        judged.is_some_and(|it| it.parts.is_empty())
    })?;
    Some(array.at(part)?.literal())
}

/// The arrays that stand in objects alone, in the order of the body.
fn arrays_of<'d>(value: Value<'d>, arrays: &mut Vec<Value<'d>>) {
    match value.kind() {
        Kind::Array => arrays.push(value),
        Kind::Object => value.members().for_each(|(_, it)| arrays_of(it, arrays)),
        _ => {}
    }
}
