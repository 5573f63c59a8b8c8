//! Checks of the sources: each has a contract that is known and a credential that lets its provider
//! in.

use super::Check;
use crate::{
    commands::table::counted,
    config::{AuthConfig, Loaded},
    receive::contracts::Contracts,
};

pub(super) fn checks(loaded: &Loaded, contracts: &Contracts) -> Vec<Check> {
    let config = &loaded.config;
    if config.sources.is_empty() {
        let what_to_do = "name one in countersign.toml: `countersign init` writes an example";
        return vec![Check::fail(
            "sources",
            "there is none, so nothing is received",
            what_to_do,
        )];
    }
    let mut checks = Vec::new();
    for (name, source) in &config.sources {
        let Some(contract) = contracts.get(&source.contract) else {
            checks.push(Check::fail(
                "source",
                format!("{name}: no contract is named `{}`", source.contract),
                format!("name one of {}", contracts.names()),
            ));
            continue;
        };
        let count = counted(contract.operations.len(), "operation");
        let kinds: Vec<_> = source.auth.iter().map(AuthConfig::kind).collect();
        let found = format!("{name}: {} with {count} at {}", contract.name, source.mount);
        checks.push(if config.dev {
            Check::warn(
                "source",
                format!("{found}, open to everybody"),
                "leave `dev` out to serve others",
            )
        } else if !kinds.is_empty() {
            Check::ok("source", format!("{found}, by {}", kinds.join(" or ")))
        } else if loaded.has_default_sources {
            Check::ok(
                "source",
                format!("{found}; `countersign serve` makes its credentials"),
            )
        } else {
            Check::fail(
                "source",
                format!("{found} has no credential, so it refuses everything"),
                format!("add [[sources.{name}.auth]] to countersign.toml"),
            )
        });
    }
    checks
}
