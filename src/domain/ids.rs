//! Identifiers of stored things. Each is a type of its own: an order's cannot be taken for a measure's.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! identifier {
    ($(#[$about:meta])* $name:ident) => {
        $(#[$about])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// The identifier of a row number.
            pub const fn new(row: i64) -> Self {
                Self(row)
            }

            /// The row number.
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

identifier! {
    /// A chain of cases that continue one another 案号链.
    ChainId
}
identifier! {
    /// A case 案件.
    CaseId
}
identifier! {
    /// A party of a chain, whatever inquiry named it.
    PartyId
}
identifier! {
    /// An inquiry 查控申请.
    InquiryId
}
identifier! {
    /// An order; its number on the wire is derived from it.
    OrderId
}
identifier! {
    /// A measure, which is a line of the ledger.
    MeasureId
}
identifier! {
    /// A legal document that was brought with a submission or an act.
    DocumentId
}
identifier! {
    /// A task 待办.
    TaskId
}
identifier! {
    /// A message as it travelled.
    RawId
}
identifier! {
    /// Orders that went out in one message.
    BatchId
}

/// Rows of one epoch of a store. An epoch begins when a store is made or restored; its number stands in front of the row
/// number, so that a store that lost rows never gives a number twice.
pub const ROWS_PER_EPOCH: i64 = 1_000_000_000_000;

/// Hands out identifiers for what a decision makes. A store reserves them, so that a decision names rows that are not
/// written yet.
pub trait NewIds {
    /// A number that was never handed out for this kind of thing.
    fn next(&self, kind: IdKind) -> i64;
}

/// Things that are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "named like the identifiers")]
pub enum IdKind {
    Chain,
    Case,
    Party,
    Inquiry,
    Order,
    Measure,
    Document,
    Task,
    Raw,
    Batch,
}

impl IdKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Chain,
        Self::Case,
        Self::Party,
        Self::Inquiry,
        Self::Order,
        Self::Measure,
        Self::Document,
        Self::Task,
        Self::Raw,
        Self::Batch,
    ];
}
