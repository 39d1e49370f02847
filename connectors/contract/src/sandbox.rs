//! The simulated counterpart that every connector ships. Pure as well: the gateway's sandbox hosts it on a real line.
//!
//! A sandbox reads requests and writes replies with the same `wire` types as the gateway, and misbehaves by script.

use std::fmt;
use std::time::Duration;

use crate::date::Moment;
use crate::form::Filled;
pub use crate::message::InboundRequest;
use crate::message::{HttpRequest, HttpResponse, Message};
use crate::order::Order;

/// The script of a sandbox cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox script is not usable: {0}")]
pub struct SandboxError(#[from] pub serde_json::Error);

/// A simulated counterpart.
pub trait Sandbox: Send + fmt::Debug {
    /// Its books: every control it was asked for, every duplicate, what it holds now.
    fn books(&self) -> Books;

    /// Its part at the other end of a call line, if it has one.
    fn call(&mut self) -> Option<&mut dyn CallSandbox> {
        None
    }

    /// Its part at the other end of a parcel line, if it has one.
    fn parcel(&mut self) -> Option<&mut dyn ParcelSandbox> {
        None
    }

    /// Its part at the other end of a desk line, if it has one.
    fn form(&mut self) -> Option<&mut dyn FormSandbox> {
        None
    }

    /// Its part that polls a postbox, if it has one.
    fn postbox(&mut self) -> Option<&mut dyn PostboxSandbox> {
        None
    }
}

/// A called sandbox.
pub trait CallSandbox: fmt::Debug {
    /// Answers a request.
    fn serve(&mut self, request: &InboundRequest, now: Moment) -> Served;
}

/// An answer and how it is delivered.
#[derive(Debug, Clone)]
pub struct Served {
    /// Wait this long first.
    pub after: Duration,
    /// What then.
    pub mode: ResponseMode,
}

impl Served {
    /// At once.
    pub const fn now(answer: HttpResponse) -> Self {
        Self { after: Duration::ZERO, mode: ResponseMode::Answer(answer) }
    }
}

/// How an answer is delivered.
#[derive(Debug, Clone)]
pub enum ResponseMode {
    /// As it should be.
    Answer(HttpResponse),
    /// The connection is closed without an answer.
    Hangup,
    /// A body that never ends.
    Endless,
    /// One byte a second.
    Trickle(HttpResponse),
    /// Not answered yet: it is served the same request again, after [`Served::after`]. For a counterpart that first calls us.
    Wait,
}

/// A sandbox that calls the gateway: asks for orders, fetches documents, hands answers in.
pub trait PostboxSandbox: fmt::Debug {
    /// What it does next. `answer` is the gateway's answer to its last call, `None` at first and after a rest, or when the
    /// gateway could not be reached.
    fn next(&mut self, answer: Option<&HttpResponse>, now: Moment) -> PollStep;
}

/// What a polling counterpart does next.
#[derive(Debug, Clone)]
pub enum PollStep {
    /// Calls the gateway, relative to the address of its postbox.
    Call(HttpRequest),
    /// Comes again after this long.
    Rest(Duration),
}

/// A sandbox to whose counter an order is carried.
pub trait FormSandbox: fmt::Debug {
    /// What a person fills in of its answer on paper.
    fn answer(&mut self, order: &Order) -> Filled;
}

/// A sandbox that takes and hands over files.
pub trait ParcelSandbox: fmt::Debug {
    /// Takes one file that the gateway handed over; gives the files it will hand back, each after a delay.
    fn take(&mut self, file: &Message, now: Moment) -> Vec<DelayedFile>;
}

/// A file that a sandbox hands back.
#[derive(Debug, Clone)]
pub struct DelayedFile {
    /// After this long.
    pub after: Duration,
    /// The file.
    pub file: Message,
}

/// What a counterpart was asked to do and did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Books {
    /// Queries answered or taken.
    pub queries: u64,
    /// Every control taken, in order: also those asked again.
    pub controls: Vec<BookedControl>,
    /// Requests whose number had been seen before.
    pub duplicates: u64,
    /// What stands now, where the counterpart keeps it: may differ from what was held at first, for money comes and goes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holdings: Vec<BookedHolding>,
}

/// A measure that stands at the counterpart.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct BookedHolding {
    /// Request number of the control.
    pub number: String,
    /// The property, e.g. an account number.
    pub target: String,
    /// A part of it: a sub-account or a product; empty for the whole.
    pub part: String,
    /// What is held now, decimal text.
    pub amount: String,
    /// Up to how much, decimal text.
    pub limit: String,
    /// Until when, as the counterpart writes it.
    pub until: String,
}

/// One control as the counterpart booked it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct BookedControl {
    /// Request number.
    pub number: String,
    /// What: `freeze`, `release` …
    pub action: String,
    /// The property, e.g. an account number.
    pub target: String,
    /// Amount held (freeze) or released, decimal text.
    pub amount: String,
    /// How often a request with this number was executed. More than 1 is a doubled measure.
    pub executed: u32,
    /// How often a request with this number arrived.
    pub arrived: u32,
}
