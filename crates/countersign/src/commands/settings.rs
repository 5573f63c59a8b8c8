//! The configuration as the arguments and the environment of a command make it.

use std::path::PathBuf;

use super::{
    args::{Globals, ServeArgs},
    error::CommandError,
};
use crate::config::{self, Config, Flags, LoadOptions, Loaded};

/// Everything, for a command that serves nobody.
pub(crate) fn load(globals: &Globals) -> Result<Loaded, CommandError> {
    Ok(config::load(&options(globals, None))?)
}

/// Everything, for the server: secrets that are needed and not there yet are made.
pub(crate) fn load_to_serve(globals: &Globals, args: &ServeArgs) -> Result<Config, CommandError> {
    Ok(config::load(&options(globals, Some(args)))?.config)
}

/// The data folder alone; a named one is right whatever the configuration says.
pub(crate) fn data_folder(globals: &Globals) -> Result<PathBuf, CommandError> {
    match &globals.data {
        Some(data) => Ok(data.clone()),
        None => Ok(load(globals)?.config.data),
    }
}

fn options(globals: &Globals, serve: Option<&ServeArgs>) -> LoadOptions {
    LoadOptions {
        file: globals.config.clone(),
        environment: std::env::vars_os().collect(),
        flags: Flags {
            data: globals.data.as_ref().map(|it| it.display().to_string()),
            listen: serve.and_then(|it| it.listen.clone()),
            // For the other commands it names the server to ask.
            admin: serve.and(globals.admin.clone()),
            dev: serve.is_some_and(|it| it.dev),
        },
        create_credentials: serve.is_some(),
    }
}
