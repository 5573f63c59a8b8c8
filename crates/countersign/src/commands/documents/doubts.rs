//! What does not add up about one document: each finding with the changes that a person can decide
//! about, and the next commands to type.

use serde_json::Value;

use super::step::step;
use crate::commands::{
    answer::{array, text},
    findings::next_steps,
    output::clean,
};

/// The findings that are only worth knowing, or all others.
pub(super) fn doubts(document: &Value, is_info: bool) -> String {
    let mut shown = String::new();
    let all = array(document, "findings");
    for finding in all.filter(|it| (text(it, "severity") == "info") == is_info) {
        let (severity, code) = (text(finding, "severity"), text(finding, "code"));
        let head = format!("{severity} {code}: {}", text(finding, "message"));
        shown += &(clean(&head) + "\n");
        for change in candidates(document, finding) {
            let said = format!("{}  {}", text(change, "change"), step(change));
            let by = format!(
                "{} in {}",
                text(change, "operation"),
                text(change, "receipt")
            );
            shown += &format!("    {}  ({})\n", clean(&said), clean(&by));
        }
        for step in next_steps(finding) {
            shown += &format!("    {step}\n");
        }
    }
    shown
}

/// The changes that a person can decide about, each as it was told first.
fn candidates<'d>(
    document: &'d Value,
    finding: &'d Value,
) -> impl Iterator<Item = &'d Value> + use<'d> {
    array(finding, "candidates")
        .filter_map(|id| array(document, "timeline").find(|it| it.get("change") == Some(id)))
}
