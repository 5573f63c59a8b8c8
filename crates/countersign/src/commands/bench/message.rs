//! The message that a benchmark posts: an operation's example, with fresh ids each time.

use bytes::Bytes;
use countersign_domain::{
    contract::{Contract, Operation, embedded, examples},
    reader,
};

/// The examples that are posted unless another is named.
const USUAL: [&str; 2] = ["page-example-made-real", "accepted"];

/// A body cut at its ids, so that a fresh one costs a copy and no parsing.
pub(super) struct Template {
    pieces: Vec<String>,
    /// How many characters stand between one piece and the next.
    ids: Vec<usize>,
}

/// What is posted, and where.
pub(super) struct Message {
    pub(super) contract: Contract,
    pub(super) operation: String,
    pub(super) template: Template,
}

impl Message {
    /// Prepares an example of `operation`.
    pub(super) fn of(operation: &str, example: Option<&str>) -> Result<Self, String> {
        for (_, text) in embedded() {
            let contract = Contract::load(text).expect("an embedded contract loads");
            let Some(found) = contract.operation(operation) else {
                continue;
            };
            let template = Template::of(&contract, found, example)?;
            return Ok(Self {
                operation: operation.to_owned(),
                template,
                contract,
            });
        }
        Err(format!(
            "`{operation}` is not an operation: see `countersign contracts list`"
        ))
    }

    pub(super) fn operation(&self) -> &Operation {
        self.contract
            .operation(&self.operation)
            .expect("it was found when it was prepared")
    }
}

impl Template {
    fn of(contract: &Contract, operation: &Operation, name: Option<&str>) -> Result<Self, String> {
        let examples = examples(&operation.name);
        let named = name.map(|it| [it]);
        let names = named.as_ref().map_or(&USUAL[..], |it| &it[..]);
        let example = names
            .iter()
            .find_map(|name| examples.iter().find(|it| it.name == *name));
        let example = example.ok_or_else(|| {
            format!(
                "`{}` has no example `{}`",
                operation.name,
                names.join("` or `")
            )
        })?;
        let file = reader::read(example.text.as_bytes()).map_err(|error| error.to_string())?;
        let body = file.root().get("body").ok_or("the example has no `body`")?;
        let start = body.span().start;
        let mut spans = Vec::new();
        for pointer in contract.fresh_pointers(operation) {
            let mut values = vec![body];
            for step in pointer.split('/').skip(1) {
                values = match step {
                    "*" => values.iter().flat_map(reader::Value::elements).collect(),
                    key => values.iter().filter_map(|it| it.get(key)).collect(),
                };
            }
            // Only texts are made fresh; a number such as Shipper's client_id stays.
            spans.extend(
                values
                    .iter()
                    .filter(|it| it.text().is_some())
                    .map(reader::Value::span),
            );
        }
        spans.sort_by_key(|it| it.start);
        let literal = body.literal();
        let (mut pieces, mut ids, mut done) = (Vec::new(), Vec::new(), 0);
        for span in spans {
            // Inside the quotes; the first three characters are the kind of the id.
            let (from, to) = (span.start - start + 1, span.end - start - 1);
            let kept = from + 3.min(to - from);
            pieces.push(literal[done..kept].to_owned());
            ids.push(to - kept);
            done = to;
        }
        if ids.is_empty() {
            return Err("the operation has no text that identifies a message".to_owned());
        }
        pieces.push(literal[done..].to_owned());
        Ok(Self { pieces, ids })
    }

    /// The body of message `number`: no other number gives the same ids. Ids are spread over their
    /// whole range, as the providers' are, so that no index finds them in order.
    pub(super) fn body(&self, number: u64) -> Bytes {
        let mut body =
            String::with_capacity(self.pieces.iter().map(String::len).sum::<usize>() + 64);
        for (index, (piece, length)) in self.pieces.iter().zip(&self.ids).enumerate() {
            body.push_str(piece);
            write_id(number, index as u64, *length, &mut body);
        }
        body.push_str(self.pieces.last().expect("a template has a last piece"));
        Bytes::from(body)
    }
}

/// Writes `length` characters that are different for every `number` (if there is room for 16).
fn write_id(number: u64, index: u64, length: usize, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    // An odd factor maps the numbers one to one, and far apart.
    let mut mixed = (number ^ (index << 56)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for position in 0..length {
        if position % 16 == 0 && position > 0 {
            mixed = mixed.rotate_left(23).wrapping_mul(0xd134_2543_de82_ef95);
        }
        let digit = (mixed >> (60 - 4 * (position % 16))) & 15;
        out.push(char::from(
            DIGITS[usize::try_from(digit).expect("four bits")],
        ));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use countersign_domain::{
        contract::{Policy, Received},
        ids::ReceiptId,
        receipt::Verdict,
    };

    use super::*;

    #[test]
    fn every_message_is_accepted_and_no_two_are_the_same() {
        let message = Message::of("payment.pay.response", None).unwrap();
        let mut identities = HashSet::new();
        for number in (0..2_000).chain([u64::from(u32::MAX)]) {
            let body = message.template.body(number);
            let received = Received {
                receipt: ReceiptId::from_rowid(1),
                received_at: "2025-07-06T00:00:00Z".parse().unwrap(),
                request_id: "r",
                source: "s",
                content_type: Some("application/json"),
                body: &body,
            };
            let judged = message
                .contract
                .check(message.operation(), &Policy::default(), &received);
            assert_eq!(judged.verdict, Verdict::Accepted, "{:?}", judged.violations);
            assert!(
                identities.insert(judged.identity),
                "message {number} is not fresh"
            );
        }
    }
}
