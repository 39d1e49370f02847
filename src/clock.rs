//! The clock is a parameter everywhere; the real one is read here and nowhere else.

use std::fmt::Debug;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync + Debug {
    /// The instant now.
    fn now(&self) -> Timestamp;

    /// How long ago some moment was, always the same one: it never goes back, whatever happens to the calendar. Where the
    /// calendar is simulated, it is as steady as that.
    fn steady(&self) -> Duration {
        self.now().duration_since(Timestamp::UNIX_EPOCH).unsigned_abs()
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the real clock")]
static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);

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

    fn steady(&self) -> Duration {
        STARTED.elapsed()
    }
}
