//! `documents list | show KIND/ID | rebuild`: what the messages make of each business document.

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::{
    answer::{array, cells, items, text, time},
    args::{DocumentsCommand, DocumentsListArgs, Globals},
    client::{self, Client},
    error::CommandError,
    output,
    table::{self, counted},
};

mod doubts;
mod show;
mod step;

pub(crate) use step::step;

const PATH: [&str; 3] = ["api", "v1", "documents"];
/// What a rebuild cannot mend: a kind that no contract knows, a change under another id.
const LASTING: [&str; 2] = ["kind", "timeline"];

pub(crate) fn run(globals: &Globals, command: &DocumentsCommand) -> Result<(), CommandError> {
    match command {
        DocumentsCommand::List(args) => list(globals, args),
        DocumentsCommand::Show { document, id } => one(globals, document, id.as_deref()),
        DocumentsCommand::Rebuild { check } => rebuild(globals, *check),
    }
}

fn list(globals: &Globals, args: &DocumentsListArgs) -> Result<(), CommandError> {
    let query = [
        ("kind", args.kind.clone()),
        ("status", args.status.clone()),
        ("party", args.party.clone()),
        ("number", args.number.clone()),
        ("limit", Some(args.page.limit.to_string())),
        ("cursor", args.page.cursor.clone()),
    ];
    let Some(answer) = client::fetch(globals, &PATH, &query)? else {
        return Ok(());
    };
    let rows = items(&answer).map(row).collect();
    let heading = [
        "document", "version", "status", "total", "due", "updated", "parties",
    ];
    output::list(&answer, &table::figures(&heading, rows), "documents list");
    Ok(())
}

fn row(item: &Value) -> Vec<String> {
    let name = format!("{}/{}", text(item, "kind"), text(item, "id"));
    let parties = item.get("parties").and_then(Value::as_object);
    let parties: Vec<_> = parties
        .into_iter()
        .flatten()
        .map(|(role, _)| format!("{role} {}", text(&item["parties"], role)))
        .collect();
    let mut row = vec![name];
    row.extend(cells(item, &["version", "status"]));
    let money = item.get("money").unwrap_or(&Value::Null);
    row.extend(cells(money, &["total", "due"]));
    row.extend([time(item, "updated_at"), parties.join(", ")]);
    row
}

fn one(globals: &Globals, document: &str, id: Option<&str>) -> Result<(), CommandError> {
    let named = id.map(|id| (document, id));
    let named = named.or_else(|| document.split_once('/'));
    let Some((kind, id)) = named.filter(|(kind, id)| !kind.is_empty() && !id.is_empty()) else {
        let message = format!("`{document}` does not name a document");
        return Err(CommandError::usage(message).hint(
            "write its kind and its id, such as `countersign documents show invoice/INV-1`",
        ));
    };
    let client = Client::find(globals)?;
    let path = [PATH[0], PATH[1], PATH[2], kind, id];
    let answer = client::block_on(client.get(&path, &[]))?;
    if globals.json {
        output::json(&answer);
    } else {
        output::data(&show::whole(&answer));
    }
    Ok(())
}

fn rebuild(globals: &Globals, check: bool) -> Result<(), CommandError> {
    let client = Client::find(globals)?;
    let progress = ProgressBar::new_spinner();
    let style = "{spinner} {pos} documents refolded, {elapsed}";
    progress.set_style(ProgressStyle::with_template(style).expect("the template is valid"));
    let whole = client::block_on(all_slices(&client, check, &progress));
    progress.finish_and_clear();
    let whole = whole?;
    let differences: Vec<_> = array(&whole, "differences").collect();
    if globals.json {
        output::json(&whole);
    } else {
        let lines: Vec<_> = differences.iter().map(|it| difference(it, check)).collect();
        output::data(&lines.concat());
        output::note(&summary(&whole, differences.len(), check));
    }
    if left(&whole, differences.len(), check) > 0 {
        return Err(CommandError::Shown);
    }
    Ok(())
}

/// Refolds slice after slice, and adds up what each shows.
async fn all_slices(
    client: &Client,
    check: bool,
    progress: &ProgressBar,
) -> Result<Value, CommandError> {
    let path = [PATH[0], PATH[1], PATH[2], "rebuild"];
    let (mut documents, mut changes, mut mended) = (0, 0, 0);
    let mut differences = Vec::new();
    let mut after = Value::Null;
    loop {
        let slice = client
            .post(&path, &json!({"check": check, "after": after}))
            .await?;
        let count = |name: &str| slice.get(name).and_then(Value::as_u64).unwrap_or_default();
        documents += count("documents");
        changes += count("changes");
        mended += count("mended");
        differences.extend(array(&slice, "differences").cloned());
        progress.set_position(documents);
        after = slice.get("next").cloned().unwrap_or_default();
        if !after.is_string() {
            return Ok(
                json!({"documents": documents, "changes": changes, "mended": mended,
                "differences": differences, "next": null}),
            );
        }
    }
}

fn difference(difference: &Value, check: bool) -> String {
    let what: Vec<_> = array(difference, "what")
        .filter_map(Value::as_str)
        .collect();
    let is_lasting = what.iter().any(|it| LASTING.contains(it));
    let end = match is_lasting && !check {
        true => " (cannot be mended)",
        false => "",
    };
    let line = format!("{}: {}{end}", text(difference, "document"), what.join(", "));
    output::clean(&line) + "\n"
}

/// How many documents are not as they should be now.
fn left(whole: &Value, differ: usize, check: bool) -> usize {
    let mended = whole.get("mended").and_then(Value::as_u64);
    let mended = mended.and_then(|it| usize::try_from(it).ok());
    match check {
        true => differ,
        false => differ.saturating_sub(mended.unwrap_or(differ)),
    }
}

fn summary(whole: &Value, differ: usize, check: bool) -> String {
    let refolded = format!(
        "{} documents refolded out of {} changes",
        text(whole, "documents"),
        text(whole, "changes")
    );
    let left = left(whole, differ, check);
    match (differ, check) {
        (0, _) => format!("{refolded}: all of them are what their changes make of them"),
        (differ, false) if left == 0 => {
            format!("{refolded}: {} mended", counted(differ, "document"))
        }
        (differ, false) => format!(
            "{refolded}: {} mended, {} not as they should be still: no rebuild mends them",
            counted(differ - left, "document"),
            counted(left, "document")
        ),
        (differ, true) => format!(
            "{refolded}: {} not as they should be; `countersign documents rebuild` mends them",
            counted(differ, "document")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_names_the_document_as_it_can_be_asked_for() {
        let item = json!({
            "kind": "invoice", "id": "INV-1", "version": 1, "status": "PAID",
            "parties": {"buyer": "a@enk", "supplier": "b@enk"}, "updated_at": "2025-07-06T06:00:00Z",
            "money": {"total": "2400.00", "due": "0.00"},
        });
        let expected = [
            "invoice/INV-1",
            "1",
            "PAID",
            "2400.00",
            "0.00",
            "2025-07-06T06:00:00Z",
            "buyer a@enk, supplier b@enk",
        ];
        assert_eq!(row(&item), expected);
    }

    #[test]
    fn a_rebuild_says_what_it_did() {
        let whole = json!({"documents": 3, "changes": 9, "mended": 2});
        assert!(summary(&whole, 0, true).ends_with("what their changes make of them"));
        assert!(summary(&whole, 1, true).contains("countersign documents rebuild"));
        assert!(summary(&whole, 2, false).ends_with("2 documents mended"));
        assert!(summary(&whole, 3, false).contains("2 documents mended, 1 document not"));
        assert_eq!(
            (
                left(&whole, 2, false),
                left(&whole, 3, false),
                left(&whole, 1, true)
            ),
            (0, 1, 1)
        );
        let it = json!({"document": "invoice/INV-1", "what": ["state", "rows"]});
        assert_eq!(difference(&it, false), "invoice/INV-1: state, rows\n");
        let it = json!({"document": "invoice/INV-1", "what": ["kind"]});
        assert_eq!(difference(&it, true), "invoice/INV-1: kind\n");
        assert!(difference(&it, false).contains("cannot be mended"));
    }
}
