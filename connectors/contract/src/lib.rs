//! The vocabulary of the Chakong gateway and the contract between the gateway and its connectors.
//!
//! A connector translates, the gateway does: nothing in this crate performs I/O, reads a clock or draws a random
//! number. A connector turns [`Order`]s into messages and messages into [`Reply`]s; everything else (limits, retries,
//! deadlines, durability, transport) belongs to the gateway.
//!
//! * [`id`]: identifiers that cannot be wrong
//! * [`money`], [`date`], [`name`]: values; [`fold`]: texts made comparable; [`denial`]: words that take a
//!   state back
//! * [`party`], [`order`], [`legal_document`], [`asset`], [`reply`], [`fault`]: what is asked and what is answered
//! * [`manifest`], [`connector`]: what a connector declares and how it speaks; [`form`]: what it asks of a person
//! * [`encoding`], [`placeholder`], [`script`]: what counterparts write where it is not what it should be: bytes of another encoding,
//!   暂无 for a code, invisible characters
//! * [`weight`]: what a message may take while it is read
//! * [`message`]: the bytes that travel; [`sandbox`]: the simulated counterpart that every connector ships
//!
//! What connectors share beyond that stands in the crate `chakong-toolkit`, which builds on this one.

pub mod asset;
pub mod connector;
pub mod date;
pub mod denial;
pub mod encoding;
mod escapes;
pub mod fault;
pub mod fold;
pub mod form;
mod http_date;
pub mod id;
pub mod legal_document;
pub mod manifest;
pub mod message;
pub mod money;
pub mod name;
pub mod order;
pub mod party;
pub mod placeholder;
pub mod reply;
pub mod sandbox;
pub mod script;
pub mod secret;
pub mod signs;
pub mod target;
mod text;
pub mod weight;

pub use asset::{Account, Asset, Company, Encumbrance, EquityStake, RealProperty};
pub use connector::{
    Attachment, Batch, Call, CallKind, CallResult, Charges, Claim, Connector, Continuation, Credentials,
    Dialogue, EntryResult, FormPart, Input, Parcel, ParsedCall, Plugin, Postbox, Read, Reading, Response,
    Step,
};
pub use date::{Date, Moment};
pub use fault::{Fault, FaultKind, RetryAfter};
pub use manifest::{Capability, LineKind, Manifest, Setting, SettingProblem, Settings};
pub use message::{HttpRequest, HttpResponse, InboundRequest, Message, Method};
pub use money::{Currency, Money, PlainDecimal, unsigned_zero};
pub use name::PartyName;
pub use order::{
    ActionKind, CertificateImage, DocumentKind, Instruction, LegalDocument, Officer, Order, RequestNumber,
    Transferee,
};
pub use party::{IdentityDocument, IdentityKind, Party, PartyKind, PartyRole};
pub use reply::{Answer, Refusal, RefusalReason, Reply};
pub use secret::Secret;
