//! What went wrong inside, and whose fault it is: one receipt's, or everybody's.

use countersign_store::StoreError;
use rusqlite::ErrorCode;

/// A failure inside the store, before it is told to a caller.
#[derive(Debug)]
pub(crate) enum Failure {
    /// SQLite said so.
    Sqlite(rusqlite::Error),
    /// The caller's data cannot be stored.
    Refused(&'static str),
    /// What is stored cannot be understood.
    Corrupt(String),
    /// Nothing can be written now.
    Unavailable(&'static str),
}

impl Failure {
    /// Whether it concerns the one receipt that was looked at, so that others can be kept: it
    /// cannot be written, or what it is compared with is damaged.
    pub(crate) fn is_of_one_receipt(&self) -> bool {
        self.is_refusal() || self.is_damage()
    }

    fn is_refusal(&self) -> bool {
        match self {
            Self::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch)
            ),
            Self::Refused(_) => true,
            Self::Corrupt(_) | Self::Unavailable(_) => false,
        }
    }

    /// Whether a stored value is not what it must be. Damage that SQLite finds in its own pages is
    /// not meant: it concerns everybody.
    fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::Corrupt(_)
                | Self::Sqlite(
                    rusqlite::Error::FromSqlConversionFailure(..)
                        | rusqlite::Error::IntegralValueOutOfRange(..)
                        | rusqlite::Error::InvalidColumnType(..)
                )
        )
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<&Failure> for StoreError {
    fn from(failure: &Failure) -> Self {
        let error = match failure {
            Failure::Sqlite(error) => error,
            Failure::Refused(reason) => {
                return Self::Refused {
                    reason: (*reason).to_owned(),
                };
            }
            Failure::Corrupt(reason) => {
                return Self::Corrupt {
                    reason: reason.clone(),
                };
            }
            Failure::Unavailable(reason) => {
                return Self::Unavailable {
                    reason: (*reason).to_owned(),
                };
            }
        };
        // SQLite names tables and columns in its messages, never values.
        let reason = error.to_string();
        if failure.is_refusal() {
            return Self::Refused { reason };
        }
        if failure.is_damage() {
            return Self::Corrupt { reason };
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt { reason },
            // Full, unreadable, locked, out of memory: a later try may succeed.
            _ => Self::Unavailable { reason },
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        Self::from(&failure)
    }
}
