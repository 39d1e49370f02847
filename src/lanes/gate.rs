//! Gates: what may keep a message back.

use jiff::Timestamp;

/// What may keep a message back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// The counterpart's service window is closed.
    Window,
    /// The breaker is open.
    Breaker,
    /// The counterpart asked for time; queries only.
    HoldOff,
    /// The counterpart said that its quota for us is spent; queries only.
    Spent,
    /// Our own quota for the day is spent.
    Quota,
    /// The court's share of it is.
    Share,
    /// Requests would follow each other too fast.
    Rate,
    /// As many messages are under way as may be.
    Concurrency,
    /// The store is older than what counterparts have seen; controls only.
    OlderStore,
}

/// Why nothing may be sent now, and until when; `None` until something that is under way comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocked {
    /// The gate that is closed.
    pub gate: Gate,
    /// When asking again makes sense.
    pub until: Option<Timestamp>,
}
