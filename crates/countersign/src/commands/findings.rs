//! `findings list | show ID | resolve ID`: what does not add up, and what a person decides about it.

use countersign_domain::receipt::{FindingCode, Severity};
use countersign_store::claims::is_of_receipt;
use serde_json::{Value, json};

use super::{
    answer::{cells, items, text, time},
    args::{FindingsCommand, FindingsListArgs, FindingsResolveArgs, Globals},
    client::{self, Client},
    error::CommandError,
    output, table,
};

const PATH: [&str; 3] = ["api", "v1", "findings"];

pub(crate) fn run(globals: &Globals, command: &FindingsCommand) -> Result<(), CommandError> {
    match command {
        FindingsCommand::List(args) => list(globals, args),
        FindingsCommand::Show { id } => show(globals, &id.to_string()),
        FindingsCommand::Resolve(args) => resolve(globals, args),
    }
}

fn list(globals: &Globals, args: &FindingsListArgs) -> Result<(), CommandError> {
    let open = match (args.closed, args.all) {
        (_, true) => None,
        (is_closed, false) => Some((!is_closed).to_string()),
    };
    let is_narrow = args.all || args.code.is_some() || args.document.is_some();
    let usual = if is_narrow {
        Severity::Info
    } else {
        Severity::Warning
    };
    let query = [
        ("code", args.code.map(|it| it.to_string())),
        ("document", args.document.clone()),
        ("open", open),
        (
            "severity",
            Some(args.severity.unwrap_or(usual).as_str().to_owned()),
        ),
        ("limit", Some(args.page.limit.to_string())),
        ("cursor", args.page.cursor.clone()),
    ];
    let Some(answer) = client::fetch(globals, &PATH, &query)? else {
        return Ok(());
    };
    let rows = items(&answer).map(row).collect();
    let heading = [
        "id", "opened", "closed", "severity", "code", "about", "message",
    ];
    output::list(&answer, &table::render(&heading, rows), "findings list");
    Ok(())
}

fn row(item: &Value) -> Vec<String> {
    let mut cells = cells(item, &["id", "opened_at", "closed_at", "severity", "code"]);
    cells.extend([subject(item), text(item, "message")]);
    cells
}

/// The document that a finding is about, or else the receipt.
fn subject(finding: &Value) -> String {
    match text(finding, "document") {
        it if it.is_empty() => text(finding, "receipt"),
        it => it,
    }
}

fn show(globals: &Globals, id: &str) -> Result<(), CommandError> {
    let path = [PATH[0], PATH[1], PATH[2], id];
    if let Some(finding) = client::fetch(globals, &path, &[])? {
        output::data(&whole(&finding));
    }
    Ok(())
}

fn whole(finding: &Value) -> String {
    let shown = table::pairs(&[
        ("finding", text(finding, "id")),
        ("code", text(finding, "code")),
        ("severity", text(finding, "severity")),
        ("message", text(finding, "message")),
        ("document", text(finding, "document")),
        ("about", text(finding, "about")),
        ("receipt", text(finding, "receipt")),
        ("opened", time(finding, "opened_at")),
        ("closed", time(finding, "closed_at")),
    ]);
    if finding["closed_at"].is_string() {
        return shown;
    }
    let mut steps = next_steps(finding);
    if let Some(document) = finding["document"].as_str() {
        steps.push(format!(
            "countersign documents show {}",
            output::clean(document)
        ));
    }
    let steps: String = steps.into_iter().map(|it| it + "\n").collect();
    format!("{shown}\nNext\n{steps}")
}

/// The commands to type next about an open finding.
pub(crate) fn next_steps(finding: &Value) -> Vec<String> {
    let (id, code) = (text(finding, "id"), text(finding, "code"));
    let (id, code) = (output::clean(&id), output::clean(&code));
    let resolve = format!("countersign findings resolve {id}");
    let decide = match FindingCode::of(&code) {
        Some(FindingCode::Conflict) => vec![
            format!("{resolve} --pick CHANGE --reason TEXT"),
            format!("{resolve} --void CHANGE --reason TEXT"),
        ],
        Some(FindingCode::Gap) => vec![format!("{resolve} --void CHANGE --reason TEXT")],
        it if closes_by_reason(finding, it) => vec![format!("{resolve} --reason TEXT")],
        _ => Vec::new(),
    };
    let explain = format!("countersign explain {code}");
    decide.into_iter().chain([explain]).collect()
}

/// Whether a finding is about a message itself, and not about what a document's changes say.
fn closes_by_reason(finding: &Value, code: Option<FindingCode>) -> bool {
    text(finding, "document").is_empty() || code.is_some_and(is_of_receipt)
}

fn resolve(globals: &Globals, args: &FindingsResolveArgs) -> Result<(), CommandError> {
    let mut wish = json!({"reason": args.reason});
    for (name, change) in [("pick", args.pick), ("void", args.void)] {
        if let Some(change) = change {
            wish[name] = json!(change.to_string());
        }
    }
    let client = Client::find(globals)?;
    let id = args.id.to_string();
    let path = [PATH[0], PATH[1], PATH[2], &id, "resolve"];
    let finding = client::block_on(client.post(&path, &wish))?;
    if globals.json {
        output::json(&finding);
        return Ok(());
    }
    output::data(&whole(&finding));
    if finding["closed_at"].is_null() {
        output::note(
            "the decision is kept, and the finding is still open: something else says it too",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_finding_is_shown_with_what_to_type_next() {
        let finding = json!({
            "id": "fnd_1", "code": "conflict", "severity": "error", "about": "CREATED at version 1",
            "message": "two say so", "document": "purchase_order/PO-1", "receipt": "rcp_1",
            "opened_at": "2025-07-06T06:00:00Z", "closed_at": null,
        });
        let shown = whole(&finding);
        for expected in [
            "document  purchase_order/PO-1\n",
            "\nNext\ncountersign findings resolve fnd_1 --pick CHANGE --reason TEXT\n",
            "\ncountersign documents show purchase_order/PO-1\n",
        ] {
            assert!(shown.contains(expected), "{expected}\n{shown}");
        }
        let mut closed = finding;
        closed["closed_at"] = json!("2025-07-06T07:00:00Z");
        assert!(!whole(&closed).contains("Next"));
    }

    #[test]
    fn a_finding_of_no_document_is_listed_with_its_receipt() {
        let item = json!({"id": "fnd_1", "document": null, "receipt": "rcp_1"});
        assert_eq!(row(&item)[5], "rcp_1");
    }

    #[test]
    fn a_reason_closes_what_is_about_a_message_and_a_void_a_gap() {
        let steps = |code: &str, document: Value| {
            let finding = json!({"id": "fnd_1", "code": code, "document": document});
            next_steps(&finding)[0].clone()
        };
        let by_reason = "countersign findings resolve fnd_1 --reason TEXT";
        for (code, document) in [
            ("content_changed", json!("invoice/INV-1")),
            ("result_failure", json!("invoice/INV-1")),
            ("total_mismatch", Value::Null),
        ] {
            assert_eq!(steps(code, document), by_reason, "{code}");
        }
        let document = json!("invoice/INV-1");
        assert!(steps("gap", document.clone()).contains(" --void CHANGE "));
        assert_eq!(
            steps("total_mismatch", document),
            "countersign explain total_mismatch"
        );
    }
}
