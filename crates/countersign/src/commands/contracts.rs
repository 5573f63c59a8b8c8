//! `contracts list | show OP | example OP | check FILE`: what the providers promise.
//!
//! These commands need no server: they read the built-in contracts and the configured folder.

use std::{fs, path::Path};

use countersign_domain::contract::{Contract, Operation, examples};
use serde_json::{Value, json};

use super::{
    args::{ContractsCommand, Globals},
    check_config::{contracts_of, find_operation},
    error::CommandError,
    output, settings,
    table::{self, counted},
};

pub(crate) mod example;

pub(crate) fn run(globals: &Globals, command: &ContractsCommand) -> Result<(), CommandError> {
    match command {
        ContractsCommand::List => list(globals),
        ContractsCommand::Show { operation } => show(globals, operation),
        ContractsCommand::Example { operation, name } => {
            example(globals, operation, name.as_deref())
        }
        ContractsCommand::Check { file } => check(globals, file),
    }
}

fn list(globals: &Globals) -> Result<(), CommandError> {
    let contracts = contracts_of(&settings::load(globals)?.config)?;
    if globals.json {
        let items: Vec<_> = contracts.iter().map(|it| contract_json(it)).collect();
        output::json(&json!({"items": items, "next": null}));
        return Ok(());
    }
    let mut rows = Vec::new();
    for contract in contracts.iter() {
        for it in &contract.operations {
            rows.push(vec![
                contract.name.to_string(),
                it.name.to_string(),
                it.path.clone(),
                it.provenance.as_str().to_owned(),
            ]);
        }
    }
    output::data(&table::render(
        &["contract", "operation", "path", "provenance"],
        rows,
    ));
    Ok(())
}

fn contract_json(contract: &Contract) -> Value {
    let operations: Vec<_> = contract.operations.iter().map(operation_json).collect();
    json!({"name": contract.name, "title": contract.title, "namespace": contract.namespace,
        "operations": operations})
}

fn operation_json(operation: &Operation) -> Value {
    json!({"operation": operation.name, "path": operation.path,
        "provenance": operation.provenance.as_str()})
}

fn show(globals: &Globals, name: &str) -> Result<(), CommandError> {
    let contracts = contracts_of(&settings::load(globals)?.config)?;
    let (contract, operation) = find_operation(&contracts, name)?;
    let editions: Vec<_> = operation.editions().collect();
    let ids = operation.id_pointers();
    let names: Vec<_> = examples(name).iter().map(|it| it.name).collect();
    if globals.json {
        output::json(&json!({
            "operation": operation.name, "contract": contract.name, "path": operation.path,
            "summary": operation.summary, "provenance": operation.provenance.as_str(),
            "page": {"title": operation.page.title, "modified": operation.page.modified},
            "editions": editions, "ids": ids, "examples": names,
        }));
        return Ok(());
    }
    output::data(&table::pairs(&[
        ("operation", operation.name.to_string()),
        ("contract", contract.name.to_string()),
        ("summary", operation.summary.clone()),
        ("path", format!("POST {}", operation.path)),
        ("provenance", operation.provenance.as_str().to_owned()),
        (
            "page",
            format!(
                "{} (modified {})",
                operation.page.title, operation.page.modified
            ),
        ),
        ("editions", editions.join(", ")),
        ("ids", ids.join(", ")),
        ("examples", names.join(", ")),
    ]));
    Ok(())
}

fn example(globals: &Globals, operation: &str, name: Option<&str>) -> Result<(), CommandError> {
    let config = settings::load(globals)?.config;
    find_operation(&contracts_of(&config)?, operation)?;
    let example = example::find(config.contracts.as_deref(), operation, name)?;
    output::note(&example.about);
    output::data(&example.body);
    Ok(())
}

fn check(globals: &Globals, file: &Path) -> Result<(), CommandError> {
    let shown = file.display();
    let text = fs::read_to_string(file)
        .map_err(|it| CommandError::failed(format!("{shown} cannot be read: {it}")))?;
    let (contract, mistakes) = match Contract::load(&text) {
        Ok(contract) => (Some(contract), Vec::new()),
        Err(mistakes) => (None, mistakes),
    };
    if globals.json {
        let mistakes: Vec<_> = mistakes
            .iter()
            .map(|it| json!({"line": it.line, "pointer": it.pointer, "message": it.message}))
            .collect();
        output::json(&json!({"mistakes": mistakes}));
    } else {
        for it in &mistakes {
            output::data(&format!("{shown}:{it}"));
        }
    }
    let Some(contract) = contract else {
        return Err(CommandError::Shown);
    };
    if !globals.json {
        let count = counted(contract.operations.len(), "operation");
        output::note(&format!(
            "{shown} is good: `{}` with {count}",
            contract.name
        ));
    }
    Ok(())
}
