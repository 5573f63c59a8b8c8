//! A source as the receive path needs it: contract, policy, access and bounds, made once.

use std::sync::Arc;

use countersign_domain::contract::{Contract, Policy, parse_zone};
use jiff::tz::Offset;

use super::{authenticate::Access, contracts::Contracts};
use crate::config::{Config, RefuseSetting, SourceConfig};

/// One configured inbound connection.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its name in the configuration.
    pub(crate) name: Arc<str>,
    /// What its provider promises.
    pub(crate) contract: Arc<Contract>,
    /// The prefix of its paths.
    pub(crate) mount: String,
    /// How strictly it is checked.
    pub(crate) policy: Policy,
    /// Who may post.
    pub(crate) access: Access,
    /// The kinds of credentials that it takes, for people to see.
    pub(crate) auth: Vec<&'static str>,
    /// The longest body.
    pub(crate) body_bytes: usize,
}

impl Source {
    /// Makes every source of the configuration, in the order of their names.
    ///
    /// # Errors
    ///
    /// A sentence that names the source and what is wrong with it.
    pub(crate) fn all(config: &Config, contracts: &Contracts) -> Result<Vec<Arc<Self>>, String> {
        config
            .sources
            .iter()
            .map(|(name, source)| {
                Self::of(name, source, config, contracts)
                    .map(Arc::new)
                    .map_err(|reason| format!("source `{name}`: {reason}"))
            })
            .collect()
    }

    fn of(
        name: &str,
        source: &SourceConfig,
        config: &Config,
        contracts: &Contracts,
    ) -> Result<Self, String> {
        let contract = contracts.get(&source.contract).ok_or_else(|| {
            format!(
                "no contract is named `{}`; there are {}",
                source.contract,
                contracts.names()
            )
        })?;
        let access = if config.dev {
            Access::for_everybody()
        } else {
            Access::by(&source.auth)?
        };
        let body_bytes = source.body_bytes.unwrap_or(config.limits.body_bytes);
        Ok(Self {
            name: name.into(),
            contract,
            mount: source.mount.clone(),
            policy: Policy {
                strict: source.strict,
                never_refuse: source.refuse == RefuseSetting::Never,
                zone: source.zone.as_deref().map(zone).transpose()?,
            },
            access,
            auth: source
                .auth
                .iter()
                .map(crate::config::AuthConfig::kind)
                .collect(),
            body_bytes: usize::try_from(body_bytes).unwrap_or(usize::MAX),
        })
    }
}

fn zone(text: &str) -> Result<Offset, String> {
    parse_zone(text).ok_or_else(|| format!("`{text}` is not a zone: write it like \"+05:30\""))
}
