//! What the rest of the room needs of a broker.

use futures_util::future::BoxFuture;

use super::failure::{Done, Failure};
use super::message::{Incoming, Outgoing, Verdict};

/// What becomes of a stream, an exchange, a queue or a consumer that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absent {
    /// It is made.
    Make,
    /// It is a fault: somebody else makes it.
    Fault,
    /// It is left, and made when it is known that nothing else is unfit.
    Leave,
}

impl Absent {
    /// As the configuration has it, which may `declare` things.
    pub(super) const fn configured(declare: bool) -> Self {
        if declare { Self::Make } else { Self::Fault }
    }

    /// Likewise, where nothing is to be made yet.
    pub(super) const fn looked_at(declare: bool) -> Self {
        if declare { Self::Leave } else { Self::Fault }
    }
}

/// A broker that results go to.
pub(super) trait Outlet: Send + Sync + std::fmt::Debug {
    /// Connects, and looks whether what is there is fit. Nothing is made.
    fn look(&self) -> BoxFuture<'_, Done<()>>;
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
    /// Connects, and looks whether what is there is fit. Nothing is made.
    fn look(&self) -> BoxFuture<'_, Done<()>>;
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
