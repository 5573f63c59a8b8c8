//! `check-config`: every mistake of the configuration and its contracts, with its line.

use countersign_domain::contract::Contract;
use serde_json::json;

use super::{args::Globals, error::CommandError, output, settings};
use crate::{
    config::{Config, ConfigError, Loaded},
    receive::contracts::Contracts,
};

pub(crate) fn run(globals: &Globals) -> Result<(), CommandError> {
    let found = settings::load(globals);
    if let (true, Err(CommandError::Config(error))) = (globals.json, &found) {
        output::json(&json!({"mistakes": mistakes(error)}));
        return found.map(drop);
    }
    let loaded = found?;
    let contracts = contracts_of(&loaded.config)?;
    let unmounted = without_contract(&loaded.config, &contracts);
    if !unmounted.is_empty() {
        return Err(CommandError::usage(unmounted.join("\n"))
            .hint(format!("the contracts are {}", contracts.names())));
    }
    if globals.json {
        output::json(&json!({"mistakes": []}));
    } else {
        output::note(&summary(&loaded));
    }
    Ok(())
}

/// The contracts that a server of this configuration has.
pub(crate) fn contracts_of(config: &Config) -> Result<Contracts, CommandError> {
    Contracts::load(config.contracts.as_deref())
        .map_err(|it| CommandError::usage(it).hint("`countersign contracts check FILE` checks one"))
}

/// A sentence for each source whose contract nobody has.
pub(crate) fn without_contract(config: &Config, contracts: &Contracts) -> Vec<String> {
    let sources = config.sources.iter();
    sources
        .filter(|(_, it)| contracts.get(&it.contract).is_none())
        .map(|(name, it)| format!("`sources.{name}`: no contract is named `{}`", it.contract))
        .collect()
}

fn mistakes(error: &ConfigError) -> Vec<serde_json::Value> {
    let mistakes = error.mistakes().iter();
    mistakes
        .map(|it| json!({"place": it.place.to_string(), "message": it.message, "hint": it.hint}))
        .collect()
}

fn summary(loaded: &Loaded) -> String {
    let from = loaded.file.as_ref().map_or_else(
        || "no countersign.toml, so the defaults hold".to_owned(),
        |it| format!("{} is good", it.display()),
    );
    let sources: Vec<_> = loaded.config.sources.keys().map(String::as_str).collect();
    format!("{from}; sources: {}", sources.join(", "))
}

/// The contract and operation of that name, wherever it is.
pub(crate) fn find_operation<'c>(
    contracts: &'c Contracts,
    name: &str,
) -> Result<(&'c Contract, &'c countersign_domain::contract::Operation), CommandError> {
    let found = contracts
        .iter()
        .find_map(|it| Some((&**it, it.operation(name)?)));
    found.ok_or_else(|| {
        let names: Vec<String> = contracts
            .iter()
            .flat_map(|it| it.operations.iter().map(|it| it.name.to_string()))
            .collect();
        CommandError::usage(format!("`{name}` is not an operation of any contract"))
            .hint(format!("the operations are {}", names.join(", ")))
    })
}
