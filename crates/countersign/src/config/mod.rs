//! The configuration: what may be set, where it may come from, and the typed result.
//!
//! One table, [`keys::KEYS`], is the single source: it validates what was written, names the
//! environment variables and makes the reference. Layers, weakest first: defaults, the default
//! sources (when the file names none), `countersign.toml`, environment, flags.
//! What always holds: every mistake is reported at once, each with its place; a [`Config`] that
//! exists is valid. What it does not do: open ports, folders or stores (that is `commands/serve`).
//! Next: [`mod@load`] for the order of the layers, [`Config`] for the result.

pub mod address;
mod build;
mod check;
pub mod credentials;
mod environment;
mod file;
pub mod keys;
pub mod kind;
mod layer;
mod load;
mod mistake;
mod model;
#[cfg(test)]
pub(crate) mod reference;
pub mod units;

pub use load::{Flags, LoadOptions, Loaded, load};
pub use mistake::{ConfigError, Mistake, Place};
pub use model::{
    AuthConfig, Config, Limits, LogConfig, LogFormat, OneOrMany, RefuseSetting, SourceConfig,
};
