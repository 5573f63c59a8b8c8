//! What the unit tests of this folder share.

use std::sync::Arc;

use countersign_domain::contract::Policy;

use super::{authenticate::Access, contracts::Contracts, source::Source};

/// A source that admits everybody.
pub(crate) fn source(name: &str, mount: &str, contract: &str) -> Arc<Source> {
    let contracts = Contracts::load(None).expect("the built-in contracts load");
    Arc::new(Source {
        name: name.into(),
        contract: contracts.get(contract).expect("it is built in"),
        mount: mount.into(),
        policy: Policy::default(),
        access: Access::for_everybody(),
        auth: Vec::new(),
        body_bytes: 1 << 20,
    })
}
