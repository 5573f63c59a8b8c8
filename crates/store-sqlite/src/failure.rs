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
}

impl Failure {
    /// Whether it is the fault of the one row that was written, so that others can be kept.
    pub(crate) fn is_of_one_row(&self) -> bool {
        match self {
            Self::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch)
            ),
            Self::Refused(_) => true,
            Self::Corrupt(_) => false,
        }
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
        };
        // SQLite names tables and columns in its messages, never values.
        let reason = error.to_string();
        if failure.is_of_one_row() {
            return Self::Refused { reason };
        }
        match error {
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..) => Self::Corrupt { reason },
            _ => match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                    Self::Corrupt { reason }
                }
                // Full, unreadable, locked, out of memory: a later try may succeed.
                _ => Self::Unavailable { reason },
            },
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        Self::from(&failure)
    }
}
