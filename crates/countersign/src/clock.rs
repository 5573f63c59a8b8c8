//! The one door through which time enters.
//!
//! Everything below the edge takes a [`Timestamp`] as an argument; the edge asks this clock.

use jiff::Timestamp;

/// Tells the time of day.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock;

impl Clock {
    /// The clock of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self
    }

    /// The time now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    pub fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
