//! `events list | show ID`: what accepted messages say happened.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{
    answer::{array, items, text, time},
    args::{EventsCommand, EventsListArgs, Globals},
    client::{self, Client},
    documents::step,
    error::CommandError,
    output, table,
    when::instant,
};

const PATH: [&str; 3] = ["api", "v1", "events"];

pub(crate) fn run(globals: &Globals, command: &EventsCommand) -> Result<(), CommandError> {
    match command {
        EventsCommand::List(args) => list(globals, args),
        EventsCommand::Show { id } => show(globals, &id.to_string()),
    }
}

fn list(globals: &Globals, args: &EventsListArgs) -> Result<(), CommandError> {
    let query = [
        ("type", args.pattern.clone()),
        ("source", args.source.clone()),
        ("document", args.document.clone()),
        ("since", instant(args.since.as_deref())?),
        ("until", instant(args.until.as_deref())?),
        ("limit", Some(args.page.limit.to_string())),
        ("cursor", args.page.cursor.clone()),
    ];
    let Some(answer) = client::fetch(globals, &PATH, &query)? else {
        return Ok(());
    };
    let rows = items(&answer).map(row).collect();
    let heading = ["id", "time", "source", "type", "subject"];
    output::list(&answer, &table::render(&heading, rows), "events list");
    Ok(())
}

fn row(item: &Value) -> Vec<String> {
    vec![
        text(item, "id"),
        time(item, "time"),
        source(item),
        text(item, "type"),
        text(item, "subject"),
    ]
}

/// The source's name alone.
fn source(event: &Value) -> String {
    let source = text(event, "source");
    source.trim_start_matches("/sources/").to_owned()
}

/// The provider's own text of an event's body, whose number literals must stay as they came.
#[derive(Deserialize)]
struct Exact<'e> {
    #[serde(borrow)]
    data: ExactData<'e>,
}

#[derive(Deserialize)]
struct ExactData<'e> {
    #[serde(borrow)]
    body: &'e RawValue,
}

fn show(globals: &Globals, id: &str) -> Result<(), CommandError> {
    let client = Client::find(globals)?;
    let bytes = client::block_on(client.bytes(&[PATH[0], PATH[1], PATH[2], id]))?;
    if globals.json {
        // As it came: reading it as numbers would change amounts.
        output::data(&String::from_utf8_lossy(&bytes));
        return Ok(());
    }
    let event: Value = serde_json::from_slice(&bytes)
        .map_err(|_| CommandError::failed("the server does not speak JSON"))?;
    let exact: Option<Exact<'_>> = serde_json::from_slice(&bytes).ok();
    output::data(&whole(&event, exact.map(|it| it.data.body.get())));
    Ok(())
}

fn whole(event: &Value, body: Option<&str>) -> String {
    let data = event.get("data").unwrap_or(&Value::Null);
    let mut shown = table::pairs(&[
        ("event", text(event, "id")),
        ("type", text(event, "type")),
        ("subject", text(event, "subject")),
        ("time", time(event, "time")),
        ("received", time(event, "recordedtime")),
        ("source", source(event)),
        ("receipt", text(data, "receipt")),
        ("part", text(data, "part")),
    ]);
    let change = |it: &Value| {
        let name = format!("{}/{}", text(it, "document"), text(it, "id"));
        vec![name, step(it)]
    };
    let changes: Vec<_> = array(data, "changes").map(change).collect();
    if !changes.is_empty() {
        shown += &format!(
            "\nChanges\n{}",
            table::render(&["document", "said"], changes)
        );
    }
    shown + "\nBody\n" + &output::clean_lines(body.unwrap_or_default()) + "\n"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_shown_with_its_changes_and_the_exact_body() {
        let event = json!({
            "id": "evt_1_0", "type": "payment.pay.response", "source": "/sources/enkash",
            "subject": "payment/PMT-1", "time": "2025-07-06T06:00:00Z",
            "data": {"receipt": "rcp_1", "part": 0, "changes": [
                {"document": "payment", "id": "PMT-1", "legs": {"status": "INITIATED"}}]},
        });
        let shown = whole(&event, Some("{\"a\": 2400.00}"));
        for expected in [
            "source    enkash\n",
            "\nChanges\nDOCUMENT       SAID\npayment/PMT-1  INITIATED\n",
            "\nBody\n{\"a\": 2400.00}\n",
        ] {
            assert!(shown.contains(expected), "{expected}\n{shown}");
        }
    }
}
