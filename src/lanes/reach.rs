//! Whether a counterpart can be reached, without sending it an order.

use std::fmt;

use chakong_contract::Fault;
use futures_util::future::BoxFuture;

/// A line whose other end can be asked for.
pub trait Reachable: Send + Sync + fmt::Debug {
    /// Whether it leads away from this machine.
    fn is_remote(&self) -> bool;

    /// Reaches for the counterpart. Sends no order, and has no time limit of its own.
    fn probe(&self) -> BoxFuture<'_, Result<Reached, Fault>>;
}

/// What a probe found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// HTTP status of the answer, over a line that has one. Any status will do.
    pub status: Option<u16>,
    /// What was found, in words.
    pub how: String,
}
