//! `rejected list | release ID`: bodies that came without a right credential, kept for a while.

use serde_json::json;

use super::{
    answer::{cells, items, text},
    args::{Globals, PageArgs, RejectedCommand},
    client::{self, Client},
    error::CommandError,
    output, table,
};

const PATH: [&str; 3] = ["api", "v1", "rejected"];

pub(crate) fn run(globals: &Globals, command: &RejectedCommand) -> Result<(), CommandError> {
    match command {
        RejectedCommand::List(page) => list(globals, page),
        RejectedCommand::Release { id } => release(globals, &id.to_string()),
    }
}

fn list(globals: &Globals, page: &PageArgs) -> Result<(), CommandError> {
    let client = Client::find(globals)?;
    let query = [
        ("limit", Some(page.limit.to_string())),
        ("cursor", page.cursor.clone()),
    ];
    let answer = client::block_on(client.get(&PATH, &query))?;
    if globals.json {
        output::json(&answer);
        return Ok(());
    }
    let names = [
        "id",
        "received_at",
        "source",
        "operation",
        "bytes",
        "released_as",
    ];
    let rows = items(&answer).map(|it| cells(it, &names)).collect();
    let heading = [
        "id",
        "received",
        "source",
        "operation",
        "bytes",
        "released as",
    ];
    output::list(&answer, &table::render(&heading, rows), "rejected list");
    Ok(())
}

fn release(globals: &Globals, id: &str) -> Result<(), CommandError> {
    let client = Client::find(globals)?;
    let path = [PATH[0], PATH[1], PATH[2], id, "release"];
    let answer = client::block_on(client.post(&path, &json!({})))?;
    if globals.json {
        output::json(&answer);
        return Ok(());
    }
    let verdict = match text(&answer, "verdict") {
        it if it.is_empty() => "it was released before".to_owned(),
        it => it,
    };
    output::data(&table::pairs(&[
        ("rejected", text(&answer, "id")),
        ("receipt", text(&answer, "released_as")),
        ("verdict", verdict),
    ]));
    Ok(())
}
