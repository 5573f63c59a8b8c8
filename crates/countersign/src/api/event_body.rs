//! The bytes that an event is a view of: the whole body, or the part's own element of one that is cut
//! into parts.

use countersign_domain::reader;
use countersign_store::ReceiptRecord;
use serde_json::value::{RawValue, to_raw_value};

use super::problem::{Fault, Problem};
use crate::receive::context::Context;

/// The provider's own bytes of one part, as JSON: number literals are as they came.
pub(crate) fn body_of(
    context: &Context,
    record: &ReceiptRecord,
    part: u32,
    bytes: &[u8],
) -> Result<Box<RawValue>, Fault> {
    let summary = &record.summary;
    let source = context.source(&summary.source);
    let operation = source.and_then(|it| it.contract.operation(&summary.operation));
    let read = reader::read(bytes).ok();
    let element = read
        .as_ref()
        .zip(operation)
        .and_then(|(body, operation)| operation.element_of_part(body.root(), part));
    let text = match &element {
        Some(element) => element.literal().to_owned(),
        None => String::from_utf8_lossy(bytes).into_owned(),
    };
    // What the strict reader takes, and the JSON library does not, is told as a text.
    RawValue::from_string(text.clone())
        .or_else(|_| to_raw_value(&text))
        .map_err(|_| Fault::new(Problem::StoreUnreadable, "its body is no text"))
}
