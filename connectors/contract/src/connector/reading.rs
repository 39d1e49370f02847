use serde::Serialize;

use crate::asset::Transaction;
use crate::fault::Fault;
use crate::message::Message;
use crate::order::RequestNumber;
use crate::reply::{Answer, Receipt, UnknownValue};

/// One answer that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Read {
    /// The order it is about; `None` where the message itself does not say (an HTTP body read on its own).
    pub number: Option<RequestNumber>,
    /// The answer, or why this entry cannot be read. One bad entry never spoils the others.
    #[serde(flatten)]
    pub content: ReadContent,
}

/// An answer or a fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadContent {
    /// An answer.
    Answer(Box<Answer>),
    /// More of an answer that was given before.
    #[serde(rename = "more")]
    Continuation(Box<Continuation>),
    /// Something that is no answer and is kept beside the order.
    #[serde(rename = "beside")]
    Attachment(Box<Attachment>),
    /// This entry cannot be read.
    Fault(Fault),
}

/// What a counterpart hands in about an order that is no answer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Attachment {
    /// A sealed receipt 回执 that came on its own.
    Receipt(Receipt),
    /// That something happened which changes nothing here, in its words.
    Notice(String),
}

/// The continuation of an answer that was given before: transactions of one of its accounts, which may be too many for one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Continuation {
    /// Number of the account within the answer; see [`Account::place`](crate::Account).
    pub place: u32,
    /// The transactions.
    pub transactions: Vec<Transaction>,
    /// Values that the connector does not know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<UnknownValue>,
}

impl Read {
    /// An answer about an order.
    pub fn answer(number: RequestNumber, answer: Answer) -> Self {
        Self { number: Some(number), content: ReadContent::Answer(Box::new(answer)) }
    }

    /// An entry about an order that cannot be read.
    pub const fn fault(number: Option<RequestNumber>, fault: Fault) -> Self {
        Self { number, content: ReadContent::Fault(fault) }
    }
}

/// What was understood of one message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Reading {
    /// One entry per order that the message speaks about.
    pub reads: Vec<Read>,
    /// What could not be understood at all, for operations: no personal data.
    pub problems: Vec<Fault>,
    /// What is sent back, such as the receipt of a feedback that failed. Deterministic.
    #[serde(skip)]
    pub responses: Vec<Response>,
}

/// A message to send back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// What it is about, such as a request or batch number: about the same the gateway does not answer for ever.
    pub about: String,
    /// The message, under the name that the first one of that name has; see [`Parcel::renamed`](super::Parcel::renamed).
    pub message: Message,
}

impl Reading {
    /// What one body says on its own: an answer about an order that the body does not name, or a problem.
    pub fn alone(read: Result<Answer, Fault>) -> Self {
        match read {
            Ok(answer) => {
                let content = ReadContent::Answer(Box::new(answer));
                Self { reads: vec![Read { number: None, content }], ..Self::default() }
            }
            Err(fault) => Self { problems: vec![fault], ..Self::default() },
        }
    }
}
