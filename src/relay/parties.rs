//! What the rest of the room needs of a broker.

use futures_util::future::BoxFuture;

use super::failure::{Done, Failure};
use super::message::{Incoming, Outgoing, Verdict};

/// A broker that results go to.
pub(super) trait Outlet: Send + Sync + std::fmt::Debug {
    /// Connects, and makes or checks what it is sent to.
    fn connect(&self) -> BoxFuture<'_, Done<Box<dyn Publisher>>>;
    /// Its servers, as shown to people.
    fn servers(&self) -> String;
}

/// A connection that results are sent over.
pub(super) trait Publisher: Send + Sync {
    /// Largest body in bytes.
    fn largest(&self) -> usize;
    /// Sends one; done when the broker has it for good.
    fn publish(&self, message: Outgoing) -> BoxFuture<'_, Done<()>>;
    /// Resolves when the connection is lost.
    fn lost(&self) -> BoxFuture<'_, Failure>;
}

/// A broker that inquiries come from.
pub(super) trait Inlet: Send + Sync + std::fmt::Debug {
    /// Connects, and makes or checks what it takes from.
    fn connect(&self) -> BoxFuture<'_, Done<Box<dyn Receiver>>>;
    /// Its servers, as shown to people.
    fn servers(&self) -> String;
}

/// A connection that inquiries are taken over.
pub(super) trait Receiver: Send {
    /// The next message.
    fn next(&mut self) -> BoxFuture<'_, Done<Incoming>>;
    /// Says that the message is still being worked on, so that it is not given to somebody else.
    fn hold(&mut self) -> BoxFuture<'_, Done<()>>;
    /// Answers the message, puts it among the dead letters where it was refused, and acknowledges it; in that order, each step once
    /// the broker has the one before.
    fn settle(&mut self, verdict: Verdict) -> BoxFuture<'_, Done<()>>;
}
