//! `receipts list | show ID | release ID`: what arrived, and what became of it.

use serde_json::{Value, json};

use super::{
    answer::{array, cells, items, text, time},
    args::{Globals, ReceiptsCommand, ReceiptsListArgs},
    client::{self, Client},
    error::CommandError,
    output, table,
    when::instant,
};

const PATH: [&str; 3] = ["api", "v1", "receipts"];

pub(crate) fn run(globals: &Globals, command: &ReceiptsCommand) -> Result<(), CommandError> {
    match command {
        ReceiptsCommand::List(args) => list(globals, args),
        ReceiptsCommand::Show { id, body: true } => body(globals, &id.to_string()),
        ReceiptsCommand::Show { id, body: false } => show(globals, &id.to_string()),
        ReceiptsCommand::Release { id, part } => release(globals, &id.to_string(), *part),
    }
}

fn list(globals: &Globals, args: &ReceiptsListArgs) -> Result<(), CommandError> {
    let query = [
        ("source", args.source.clone()),
        ("operation", args.operation.clone()),
        ("verdict", args.verdict.map(|it| it.to_string())),
        ("since", instant(args.since.as_deref())?),
        ("until", instant(args.until.as_deref())?),
        ("limit", Some(args.page.limit.to_string())),
        ("cursor", args.page.cursor.clone()),
    ];
    let Some(answer) = client::fetch(globals, &PATH, &query)? else {
        return Ok(());
    };
    let rows = items(&answer).map(row).collect();
    let heading = ["id", "received", "source", "operation", "verdict", "notes"];
    output::list(&answer, &table::render(&heading, rows), "receipts list");
    Ok(())
}

fn row(item: &Value) -> Vec<String> {
    let violations: Vec<_> = array(item, "violations").map(named).collect();
    let mut notes: Vec<String> = match violations.as_slice() {
        [] => Vec::new(),
        [one] => vec![one.clone()],
        [first, rest @ ..] => vec![format!("{first} and {} more", rest.len())],
    };
    notes.extend(array(item, "findings").map(|it| text(it, "code")));
    if let Some(first) = item["duplicate_of"].as_str() {
        notes.push(format!("of {first}"));
    }
    if item["released_at"].is_string() {
        notes.push("released".to_owned());
    }
    let shown = notes.join(", ");
    let names = ["id", "received_at", "source", "operation", "verdict"];
    cells(item, &names).into_iter().chain([shown]).collect()
}

fn named(violation: &Value) -> String {
    format!("{} {}", text(violation, "code"), text(violation, "pointer"))
        .trim_end()
        .to_owned()
}

fn body(globals: &Globals, id: &str) -> Result<(), CommandError> {
    let client = Client::find(globals)?;
    let bytes = client::block_on(client.bytes(&[PATH[0], PATH[1], PATH[2], id, "body"]))?;
    output::bytes(&bytes).map_err(|it| CommandError::failed(format!("stdout is closed: {it}")))
}

fn show(globals: &Globals, id: &str) -> Result<(), CommandError> {
    let path = [PATH[0], PATH[1], PATH[2], id];
    if let Some(receipt) = client::fetch(globals, &path, &[])? {
        output::data(&whole(&receipt));
    }
    Ok(())
}

fn whole(receipt: &Value) -> String {
    let answer = receipt.get("answer").unwrap_or(&Value::Null);
    let mut shown = table::pairs(&[
        ("receipt", text(receipt, "id")),
        ("operation", text(receipt, "operation")),
        ("source", text(receipt, "source")),
        ("received", time(receipt, "received_at")),
        ("verdict", text(receipt, "verdict")),
        ("duplicate of", text(receipt, "duplicate_of")),
        ("released", time(receipt, "released_at")),
        ("edition", text(receipt, "edition")),
        ("answered", text(answer, "status")),
    ]);
    let pick = |list: &str, names: &[&str]| -> Vec<Vec<String>> {
        array(receipt, list).map(|it| cells(it, names)).collect()
    };
    let mut section = |title: &str, heading: &[&str], rows: Vec<Vec<String>>| {
        if !rows.is_empty() {
            shown += &format!("\n{title}\n{}", table::render(heading, rows));
        }
    };
    let columns = ["code", "pointer", "message"];
    section("Violations", &columns, pick("violations", &columns));
    let columns = ["code", "message"];
    section("Findings", &columns, pick("findings", &columns));
    let parts = array(receipt, "parts").map(part_row).collect();
    section(
        "Parts",
        &["part", "verdict", "event", "released", "violations"],
        parts,
    );
    let header = |it: &Value| {
        let pair = it.as_array().into_iter().flatten();
        pair.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let headers = array(receipt, "headers").map(header).collect();
    section("Headers", &["name", "value"], headers);
    shown + "\nAnswer\n" + &output::clean_lines(&text(answer, "body")) + "\n"
}

fn part_row(part: &Value) -> Vec<String> {
    let violations: Vec<_> = array(part, "violations").map(named).collect();
    let names = ["part", "verdict", "event", "released_at"];
    let violations = violations.join(", ");
    cells(part, &names)
        .into_iter()
        .chain([violations])
        .collect()
}

fn release(globals: &Globals, id: &str, part: Option<u32>) -> Result<(), CommandError> {
    let client = Client::find(globals)?;
    let wish = part.map_or_else(|| json!({}), |part| json!({"part": part}));
    let path = [PATH[0], PATH[1], PATH[2], id, "release"];
    let answer = client::block_on(client.post(&path, &wish))?;
    if globals.json {
        output::json(&answer);
        return Ok(());
    }
    let note = match text(&answer, "duplicate_of") {
        it if it.is_empty() => String::new(),
        it => {
            format!("{it} said the same and was accepted meanwhile, so nothing was left to apply")
        }
    };
    output::data(&table::pairs(&[
        ("receipt", id.to_owned()),
        ("part", text(&answer, "part")),
        ("released", time(&answer, "released_at")),
        ("note", note),
    ]));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_is_shown_with_what_became_of_it() {
        let receipt = json!({
            "id": "rcp_1", "source": "enkash", "operation": "payment.confirm.request",
            "verdict": "quarantined", "received_at": "2025-07-06T06:00:00Z", "edition": null,
            "violations": [{"code": "pattern", "pointer": "/a", "message": "expected b"}],
            "answer": {"status": 422, "body": "{}"}, "findings": [], "duplicate_of": null,
            "headers": [["content-type", "a/b"]],
            "parts": [{"part": 0, "verdict": "quarantined", "event": null, "violations": []}],
        });
        let shown = whole(&receipt);
        for expected in [
            "receipt       rcp_1\n",
            "answered      422\n",
            "\nHeaders\nNAME          VALUE\ncontent-type  a/b\n",
            "\nAnswer\n{}\n",
            "\nViolations\nCODE     POINTER  MESSAGE\npattern  /a       expected b\n",
            "\nParts\nPART  VERDICT      EVENT  RELEASED  VIOLATIONS\n0     quarantined\n",
        ] {
            assert!(shown.contains(expected), "{expected}\n{shown}");
        }
        assert!(
            !shown.contains("Findings") && !shown.contains("duplicate of"),
            "{shown}"
        );
    }

    #[test]
    fn a_row_names_the_first_violation_and_counts_the_others() {
        let violation = json!({"code": "pattern", "pointer": "/a"});
        let item = json!({"id": "rcp_1", "violations": [violation, violation, violation]});
        assert_eq!(row(&item).last().unwrap(), "pattern /a and 2 more");
    }
}
