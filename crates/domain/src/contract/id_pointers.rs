//! Where a body holds ids: what identifies the message, and what identifies its documents, to
//! machines and to people.
//!
//! Whoever posts an operation again as a new message (`countersign send`) changes the values at
//! these pointers and nothing else.

use super::{
    Contract, Operation,
    pointer::{Base, Pointer, Step, escape},
};

impl Contract {
    /// The pointers to everything that differs between two messages about two trades: every id, and
    /// the numbers by which people look for the documents.
    #[must_use]
    pub fn fresh_pointers(&self, operation: &Operation) -> Vec<String> {
        let mut pointers = operation.id_pointers();
        for rule in &operation.changes {
            let Some(lifecycle) = self.lifecycle(&rule.document) else {
                continue;
            };
            let loops = operation.loops(&rule.each);
            let numbers = rule.facts.iter();
            let numbers = numbers.filter(|(name, _)| lifecycle.numbers.contains(name));
            pointers.extend(numbers.map(|(_, at)| resolve(at, &loops)));
        }
        pointers.sort();
        pointers.dedup();
        pointers
    }
}

impl Operation {
    /// The pointers to every id, from the root, with `*` for each element of an array. One may lead
    /// into JSON inside a string.
    #[must_use]
    pub fn id_pointers(&self) -> Vec<String> {
        let mut pointers = Vec::new();
        for pointer in &self.identity {
            pointers.push(resolve(&pointer.at, &[]));
        }
        for rule in &self.changes {
            let loops = self.loops(&rule.each);
            pointers.extend(rule.id.iter().map(|it| resolve(&it.at, &loops)));
        }
        // The whole body as identity has no place of its own to change.
        pointers.retain(|it| !it.is_empty());
        pointers.sort();
        pointers.dedup();
        pointers
    }

    /// The elements that the loops of a rule stand at, the parts around them included.
    fn loops(&self, each: &[Pointer]) -> Vec<String> {
        let parts = self.parts.iter().map(|it| resolve(&it.each, &[]) + "/*");
        let mut loops: Vec<String> = parts.collect();
        for each in each {
            let around = resolve(each, &loops) + "/*";
            loops.push(around);
        }
        loops
    }
}

fn resolve(pointer: &Pointer, loops: &[String]) -> String {
    let from = match pointer.base() {
        Base::Root => None,
        Base::Innermost => loops.last(),
        Base::Parent => loops.iter().rev().nth(1),
    };
    let mut way = from.cloned().unwrap_or_default();
    for step in pointer.steps() {
        way.push('/');
        match step {
            Step::Key(key) => way.push_str(&escape(key)),
            Step::Every => way.push('*'),
        }
    }
    way
}

#[cfg(test)]
mod tests {
    use super::super::{Contract, embedded};

    #[test]
    fn ids_of_messages_documents_and_parts_are_found() {
        let mut found = Vec::new();
        for (_, text) in embedded() {
            let contract = Contract::load(text).unwrap();
            for operation in &contract.operations {
                found.push((operation.name.to_string(), operation.id_pointers()));
                let fresh = contract.fresh_pointers(operation);
                found.push((format!("fresh {}", operation.name), fresh));
            }
        }
        let of = |name: &str| found.iter().find(|(it, _)| it == name).unwrap().1.clone();
        assert_eq!(
            of("payment.pay.response"),
            [
                "/payment/invoicesPayInfos/*/objectId",
                "/payment/objectId",
                "/resp/reqMsgId"
            ]
        );
        assert_eq!(
            of("inbound.confirm.notification"),
            ["/client_id", "/group_key", "/items/*/payload/doc_no"]
        );
        assert_eq!(
            of("fresh payment.pay.response"),
            [
                "/payment/invoicesPayInfos/*/objectId",
                "/payment/invoicesPayInfos/*/supplierInvoiceNumber",
                "/payment/objectId",
                "/payment/utr",
                "/resp/reqMsgId"
            ]
        );
        assert_eq!(of("utility_bill.update.notification"), ["/utilityEnkashId"]);
    }
}
