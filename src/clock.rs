//! The clock is a parameter everywhere; the real one is read here and nowhere else.

use std::fmt::Debug;

use jiff::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync + Debug {
    /// The instant now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the real clock")]
    fn now(&self) -> Timestamp {
        // The store keeps microseconds; finer digits would make a value differ from itself read back.
        let now = Timestamp::now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}
