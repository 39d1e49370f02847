//! What a connector offers: one capability a line, each without I/O.

mod batch;
mod reading;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use self::batch::Batch;
pub use self::reading::{Attachment, Continuation, Read, ReadContent, Reading, Response};
use crate::asset::AssetKind;
use crate::fault::{Fault, FaultKind};
use crate::form::{FieldProblem, Filled, Sheet};
use crate::manifest::{LineKind, Manifest, SettingProblem, Settings};
use crate::message::{HttpRequest, HttpResponse, InboundRequest, Message};
use crate::order::{ActionKind, Order, RequestNumber};
use crate::reply::Answer;
use crate::sandbox::{Sandbox, SandboxError};
use crate::secret::Secret;

/// Builds a connector for one counterpart's settings.
pub type Build = fn(&Settings) -> Result<Arc<dyn Connector>, Vec<SettingProblem>>;

/// Builds the simulated counterpart from its script (JSON) and the counterpart's settings.
pub type BuildSandbox = fn(&serde_json::Value, &Settings) -> Result<Box<dyn Sandbox>, SandboxError>;

/// A connector as it is registered: one value per crate, returned by its `plugin()`.
#[derive(Debug, Clone)]
pub struct Plugin {
    /// What it declares.
    pub manifest: Manifest,
    /// Builds it for a counterpart.
    pub build: Build,
    /// Builds its simulated counterpart.
    pub sandbox: BuildSandbox,
}

/// A connector configured for one counterpart. Pure: no I/O, no clock, no randomness, no retry, no limit.
pub trait Connector: Send + Sync + fmt::Debug {
    /// Its part for a call line, if it has one.
    fn call(&self) -> Option<&dyn Call> {
        None
    }

    /// Its part for a parcel line, if it has one.
    fn parcel(&self) -> Option<&dyn Parcel> {
        None
    }

    /// Its part for a counterpart that calls: over a postbox line, or with the call-backs of a call line, if it has one.
    fn postbox(&self) -> Option<&dyn Postbox> {
        None
    }

    /// Its part for a desk line, if it has one.
    fn form(&self) -> Option<&dyn FormPart> {
        None
    }

    /// What the gateway understands of one message from the counterpart on its own: a file of a parcel, an HTTP body, or what
    /// was handed in. For `connectors read` and for fixtures.
    fn read(&self, message: &Message) -> Reading {
        let unread = || {
            let detail = "the connector reads no message on its own";
            Fault::new(FaultKind::Unsupported, "read a message", detail)
        };
        self.parcel().map_or_else(|| Reading::alone(Err(unread())), |parcel| parcel.read(message))
    }

    /// Whether the settings of this counterpart allow an act that the manifest declares.
    fn supports(&self, act: ActionKind) -> bool {
        let _ = act;
        true
    }

    /// The kinds of assets that this counterpart reports, where its settings leave it fewer than the manifest declares; `None` for all of the
    /// manifest's. A search for other kinds does not ask it.
    fn assets(&self) -> Option<&[AssetKind]> {
        None
    }

    /// Whether amounts in another currency than yuan can be controlled there. Where they cannot, none is approved.
    fn controls_foreign_currency(&self) -> bool {
        true
    }

    /// Whether an order can be said to this counterpart at all, e.g. whether its encoding has the characters of the
    /// party's name. Asked at planning, so that what cannot be said is refused before it waits for anybody.
    ///
    /// # Errors
    /// A fault, without personal data, that says what cannot be expressed.
    fn check(&self, order: &Order) -> Result<(), Fault> {
        let _ = order;
        Ok(())
    }
}

/// Whether a connector has a part for a line.
type HasPart = fn(&dyn Connector) -> bool;

/// Every line with how a connector is asked for its part.
const PARTS: &[(LineKind, HasPart)] = &[
    (LineKind::Call, |connector| connector.call().is_some()),
    (LineKind::Parcel, |connector| connector.parcel().is_some()),
    (LineKind::Postbox, |connector| connector.postbox().is_some()),
    (LineKind::Desk, |connector| connector.form().is_some()),
];

impl dyn Connector {
    /// Whether it has a part for a line.
    pub fn speaks_over(&self, line: LineKind) -> bool {
        PARTS.iter().any(|(kind, has_part)| *kind == line && has_part(self))
    }
}

/// Speaking over a call line.
pub trait Call: fmt::Debug {
    /// Opens a conversation about a batch. A dialogue that answered [`Step::Later`] is opened again with its ticket.
    ///
    /// # Errors
    /// A fault when the batch cannot be expressed.
    fn open(&self, batch: &Batch, ticket: Option<&str>) -> Result<Box<dyn Dialogue>, Fault>;
}

/// A conversation about one batch. Paging, several calls per order and tickets polled tomorrow are all the same thing.
pub trait Dialogue: Send {
    /// What to do next. Called first with [`Input::Start`], never after an end.
    fn next(&mut self, request: Input) -> Step;

    /// What the conversation has cost so far. Asked once it is over, however it ended.
    fn charges(&self) -> Charges {
        Charges::default()
    }
}

/// What a conversation with a vendor cost: to be compared with its bill.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Charges {
    /// Requests that the vendor charges; where it does not say, those that it answered.
    pub requests: u64,
    /// The vendor's own numbers of its calls, in their order, charged or not. No personal data.
    pub references: Vec<String>,
}

/// What a dialogue is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The conversation begins.
    Start,
    /// The response to the last request.
    Response(HttpResponse),
}

/// What a dialogue asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Send this and come back with the answer.
    Send(HttpRequest),
    /// The counterpart took the batch and will know later: keep the ticket, open again with it after this long.
    Later {
        /// What the counterpart calls the batch.
        ticket: String,
        /// How long to wait.
        after: Duration,
    },
    /// The end: the entries of the answer, one per order that was answered.
    Done(Vec<Read>),
    /// The end: no reply for any order.
    Failed(Fault),
}

/// Speaking over a parcel line.
pub trait Parcel: fmt::Debug {
    /// The files that carry a batch. Deterministic: the same batch gives the same names and bytes.
    ///
    /// # Errors
    /// A fault when the batch cannot be expressed.
    fn write(&self, batch: &Batch) -> Result<Vec<Message>, Fault>;

    /// What the gateway understands of one file from the counterpart.
    fn read(&self, file: &Message) -> Reading;

    /// Whether a file has its end, as far as that can be seen. One that has none may still be on its way; it is left for some
    /// time before it is read all the same.
    fn is_whole(&self, file: &Message) -> bool {
        let _ = file;
        true
    }

    /// Renames a message of [`Reading::responses`] whose file name was used before; `nth` starts at 2. A counterpart takes each
    /// name once.
    fn renamed(&self, response: &Message, nth: u32) -> Message {
        let _ = nth;
        response.clone()
    }
}

/// Speaking over a postbox line: the counterpart calls us, asks for orders and hands in its answers. On a call line it
/// calls back: it hands in what became of an order that was sent to it, and is offered nothing.
///
/// The gateway's postbox service keeps which orders wait, who may ask and what was handed in. The connector only translates
/// calls and responses. An order stays on offer until it is answered or its time is over.
pub trait Postbox: fmt::Debug {
    /// Whose call it is, by what stands first in it. `call` holds the beginning of the body, and `whole` says whether it is all of
    /// it. Only this is asked about callers who are not known yet: it must read no further than it needs, and build nothing of the
    /// rest. What is [parsed](Self::parse) later must come from the same account.
    ///
    /// # Errors
    /// The answer that tells the caller what is wrong with the call itself.
    fn identify(&self, call: &InboundRequest, whole: bool) -> Result<Claim, HttpResponse>;

    /// What a call asks for, and on whose account. Asked about whole calls of callers who are known.
    ///
    /// # Errors
    /// The response that tells the caller what is wrong with the call itself.
    fn parse(&self, request: &InboundRequest) -> Result<ParsedCall, HttpResponse>;

    /// The key under which the documents of an order are asked for, where that is not its own number. Deterministic.
    fn document_key(&self, order: &Order) -> Option<String>;

    /// What is kept of a call as the raw message: everything but the account's password.
    fn redact(&self, request: &InboundRequest) -> Vec<u8>;

    /// The response to a call.
    fn respond(&self, parsed: &ParsedCall, result: &CallResult) -> HttpResponse;

    /// Sub-paths that accept calls, below the line's own path: `""` is the line's path itself, `*` matches one segment that is not
    /// empty, such as a key.
    fn sub_paths(&self) -> &'static [&'static str] {
        &[""]
    }
}

/// Speaking over a desk line: a person carries the order to the counterpart and fills in what was answered.
pub trait FormPart: fmt::Debug {
    /// What the person is asked about an order.
    fn sheet(&self, order: &Order) -> Sheet;

    /// What the gateway understands of a form that was filled in about an order.
    ///
    /// # Errors
    /// Everything that does not fit, each with its place.
    fn read(&self, order: &Order, filled: &Filled) -> Result<Answer, Vec<FieldProblem>>;
}

/// Whether a sub-path of [`Postbox::sub_paths`] matches a path, or another such sub-path.
pub fn is_sub_path(pattern: &str, below: &str) -> bool {
    let fits = |(known, part): (&str, &str)| match (known, part) {
        ("*", part) | (part, "*") => !part.is_empty(),
        (known, part) => known == part,
    };
    pattern.split('/').count() == below.split('/').count()
        && pattern.split('/').zip(below.split('/')).all(fits)
}

/// Who a caller says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nobody needs to be named with it, and no body is read: for [`CallKind::Description`] and [`CallKind::Token`].
    Nobody,
    /// More of the body is needed to know it. Never of a whole one.
    Later,
    /// The caller of an account, or of a key.
    Caller(Credentials),
}

/// What a caller is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// As [`ParsedCall::account`].
    pub account: String,
    /// As [`ParsedCall::password`].
    pub password: Secret,
    /// As [`ParsedCall::operation`].
    pub operation: String,
}

/// A call on our postbox, parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedCall {
    /// Name of the account that the caller gives, compared with the setting `account`; empty for [`CallKind::Description`], and
    /// where the message names nobody.
    pub account: String,
    /// Its password, compared with the setting `password`; without an account the key in the address that it called at,
    /// compared with the setting `callback_key`.
    pub password: Secret,
    /// Operation as the caller names it, for answers and for the log; for [`CallKind::Description`] the address asked.
    pub operation: String,
    /// What it asks for.
    pub kind: CallKind,
}

/// What a caller asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallKind {
    /// The service's description (WSDL).
    Description,
    /// Only to be let in: a token, or a receipt for what it fetched.
    Admission,
    /// Orders that wait for it: controls, or queries.
    Orders {
        /// Whether controls are wanted.
        control: bool,
    },
    /// The documents under a key (see [`Postbox::document_key`]).
    DocumentsByKey(String),
    /// The documents of one order.
    Documents(RequestNumber),
    /// The officers' certificates of one order.
    Certificates(RequestNumber),
    /// Answers to orders.
    HandIn(Reading),
    /// Word whether this is the token of a conversation under way; see [`Batch::token`]. Nobody needs to be named with it.
    Token(Secret),
}

/// What the gateway found for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallResult {
    /// Nothing is needed for the response.
    Description,
    /// The caller is let in.
    Admitted,
    /// The account is unknown or the password is wrong.
    TurnedAway,
    /// The gateway cannot answer now, e.g. because its disk is full: the caller must come again.
    Unavailable,
    /// The orders on offer, perhaps none.
    Orders(Vec<Order>),
    /// The order whose documents or certificates were asked for; `None` when it is not one of this account.
    Order(Option<Box<Order>>),
    /// What became of each answer that was handed in, in the order of the reading's entries.
    Entries(Vec<(Option<RequestNumber>, EntryResult)>),
    /// Whether the token is that of a conversation under way, and was not asked about before.
    Token(bool),
}

/// What became of one answer that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryResult {
    /// It was taken.
    Accepted,
    /// The same answer was handed in before.
    Duplicate,
    /// There is no such order for this account.
    Unknown,
    /// It cannot be read.
    Unreadable(Fault),
}

#[cfg(test)]
mod tests {
    use super::{LineKind, PARTS, is_sub_path};

    #[test]
    fn every_line_has_a_word_of_its_own_and_a_part_of_a_connector() {
        let parts: Vec<LineKind> = PARTS.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(parts, LineKind::all().collect::<Vec<_>>());
        for kind in LineKind::all() {
            assert_eq!(serde_json::to_value(kind).expect("a word"), kind.word(), "as the API shows it");
        }
    }

    #[test]
    fn sub_paths_are_whole_and_a_star_is_one_segment_that_is_not_empty() {
        for (pattern, below) in
            [("", ""), ("/token", "/token"), ("/*/told", "/a-key/told"), ("/credential/*", "/credential/x")]
        {
            assert!(is_sub_path(pattern, below), "{pattern} {below}");
        }
        for (pattern, below) in [
            ("", "/"),
            ("/token", ""),
            ("/token", "/token/"),
            ("/token", "/tokens"),
            ("/*/told", "//told"),
            ("/*/told", "/told"),
            ("/*/told", "/a/b/told"),
            ("/credential/*", "/credential/"),
            ("/credential/*", "/credential/a/b"),
        ] {
            assert!(!is_sub_path(pattern, below), "{pattern} {below}");
        }
        assert!(is_sub_path("/*/told", "/a/*"), "two sub-paths that may be one");
    }
}
