//! `sources list`: what the running server receives, and where.

use serde_json::Value;

use super::{
    answer::{array, items, text},
    args::{Globals, SourcesCommand},
    client::{self, Client},
    error::CommandError,
    output, table,
};

pub(crate) fn run(globals: &Globals, command: &SourcesCommand) -> Result<(), CommandError> {
    match command {
        SourcesCommand::List => list(globals),
    }
}

fn list(globals: &Globals) -> Result<(), CommandError> {
    let client = Client::find(globals)?;
    let answer = client::block_on(client.get(&["api", "v1", "sources"], &[]))?;
    if globals.json {
        output::json(&answer);
        return Ok(());
    }
    let rows = items(&answer).flat_map(rows_of).collect();
    output::data(&table::render(
        &["source", "contract", "auth", "operation", "path"],
        rows,
    ));
    Ok(())
}

fn rows_of(source: &Value) -> Vec<Vec<String>> {
    let auth: Vec<_> = array(source, "auth").filter_map(Value::as_str).collect();
    let auth = if auth.is_empty() {
        "none".to_owned()
    } else {
        auth.join(", ")
    };
    array(source, "operations")
        .map(|operation| {
            vec![
                text(source, "name"),
                text(source, "contract"),
                auth.clone(),
                text(operation, "operation"),
                text(operation, "path"),
            ]
        })
        .collect()
}
