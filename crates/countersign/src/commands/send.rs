//! `send OP`: posts a webhook as its provider would, once or many times.
//!
//! Each copy of an example is a message of its own: fresh ids stand where the contract finds ids.
//! `target` says where to, `body` makes the copies, `post` sends them, `tally` counts the answers.

mod body;
mod edit;
mod fresh;
mod post;
mod tally;
mod target;

use super::{
    args::{Globals, SendArgs},
    check_config::{contracts_of, find_operation},
    client,
    error::CommandError,
    output, settings,
};

pub(crate) fn run(globals: &Globals, args: &SendArgs) -> Result<(), CommandError> {
    let config = settings::load(globals)?.config;
    let contracts = contracts_of(&config)?;
    let (contract, operation) = find_operation(&contracts, &args.operation)?;
    let fresh = &contract.fresh_pointers(operation);
    let bodies = body::Bodies::new(args, config.contracts.as_deref(), fresh)?;
    let target = target::Target::find(args, &config, contract, operation)?;
    let headers = target.headers(&args.headers, bodies.content_type())?;
    let tally = client::block_on(post::post_all(args, &target, &headers, &bodies))?;
    if globals.json {
        output::json_line(&tally.summary());
    } else {
        output::data(&tally.text(&target.shown()));
    }
    if tally.all_good() {
        Ok(())
    } else {
        Err(tally.failure(&target))
    }
}
