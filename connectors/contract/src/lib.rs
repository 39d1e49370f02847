//! The vocabulary of the Chakong gateway and the contract between the gateway and its connectors.
//!
//! A connector translates, the gateway does: nothing in this crate performs I/O, reads a clock or draws a random
//! number. A connector turns [`Order`]s into messages and messages into [`Reply`]s; everything else (limits, retries,
//! deadlines, durability, transport) belongs to the gateway.
//!
//! * [`id`]: identifiers that cannot be wrong
//! * [`money`], [`date`], [`name`]: values
//! * [`party`], [`order`], [`asset`], [`reply`], [`fault`]: what is asked and what is answered
//! * [`manifest`], [`connector`]: what a connector declares and how it speaks
//! * [`capital`], [`company_status`], [`equity_freeze`], [`marks`]: what business registries write, read once for all of them
//! * [`gathered`], [`paging`]: what a query over a call line has found so far, and where it stands in a list
//! * [`message`]: the bytes that travel; [`scalar`]: a value of unsteady type; [`sandbox`]: the simulated counterpart that every connector ships

pub mod asset;
pub mod capital;
pub mod company_status;
pub mod connector;
pub mod date;
pub mod equity_freeze;
pub mod fault;
pub mod gathered;
pub mod id;
pub mod manifest;
pub mod marks;
pub mod message;
pub mod money;
pub mod name;
pub mod order;
pub mod paging;
pub mod party;
pub mod reply;
pub mod sandbox;
pub mod scalar;
pub mod secret;
pub mod soap;
pub mod target;
mod text;

pub use asset::{Account, Asset, Company, Encumbrance, EquityStake, RealProperty};
pub use connector::{
    Batch, Beside, Call, Charges, Connector, Dialogue, Found, Heard, More, Parcel, Plugin, Postbox, Read,
    Reading, Response, Speaks, Step, Taken, Visit, Want,
};
pub use date::{Date, Moment};
pub use fault::{Fault, FaultKind, RetryAfter};
pub use manifest::{Capability, LineKind, Manifest, Setting, SettingProblem, Settings};
pub use message::{HttpAnswer, HttpHeard, HttpRequest, Message, Method};
pub use money::{Currency, Money};
pub use name::PartyName;
pub use order::{
    ActionKind, CertificateImage, DocumentKind, Instruction, LegalDocument, Officer, Order, RequestNumber,
    Transferee,
};
pub use party::{IdentityDocument, IdentityKind, Party, PartyKind, PartyRole};
pub use reply::{Answer, Refusal, RefusalReason, Reply};
pub use scalar::Scalar;
pub use secret::Secret;
