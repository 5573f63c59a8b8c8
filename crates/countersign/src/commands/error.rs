//! Why a command did not do what it was asked, and what its caller can do about it.
//!
//! Exit codes: 2 for what the person typed (arguments, configuration), 1 for everything else.

use std::{fmt, process::ExitCode};

use crate::config::ConfigError;

/// The failure of a command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// The arguments make no sense together.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// The configuration has mistakes.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// It was tried and did not work.
    #[error("{message}")]
    Failed {
        /// What did not work.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// What failed has been shown as the command's own output; only the exit code is left to say.
    #[error("it failed")]
    Shown,
}

impl CommandError {
    /// A failure without a hint.
    pub(crate) fn failed(message: impl fmt::Display) -> Self {
        Self::Failed {
            message: message.to_string(),
            hint: None,
        }
    }

    /// Wrong arguments.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::Usage {
            message: message.to_string(),
            hint: None,
        }
    }

    /// Adds what to do.
    pub(crate) fn hint(self, text: impl fmt::Display) -> Self {
        let text = Some(text.to_string());
        match self {
            Self::Usage { message, .. } => Self::Usage {
                message,
                hint: text,
            },
            Self::Failed { message, .. } => Self::Failed {
                message,
                hint: text,
            },
            other @ (Self::Config(_) | Self::Shown) => other,
        }
    }

    /// What to do, where there is something to say.
    pub(crate) fn advice(&self) -> Option<&str> {
        match self {
            Self::Usage { hint, .. } | Self::Failed { hint, .. } => hint.as_deref(),
            Self::Config(_) => Some("docs/reference/configuration.md has every key"),
            Self::Shown => None,
        }
    }

    /// The exit code of the process.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage { .. } | Self::Config(_) => ExitCode::from(2),
            Self::Failed { .. } | Self::Shown => ExitCode::FAILURE,
        }
    }
}
