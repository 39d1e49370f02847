//! Decisions: what follows from an input. Each works on a [`Draft`], which holds the [`CaseFile`] as it would be, and
//! ends in a list of [`Change`]s. None writes.
//!
//! * Inputs: [`submit`] (a submission), [`act`] (an act of a person), [`apply`] (what happened to an order), [`take`]
//!   (what a counterpart handed in), [`due_measure`] and [`due_task`] (what time brings)
//! * What follows: `reply` brings an answer to its measure, `query` takes property in, `ledger` asks and `giving_back`
//!   releases, `unsent` withdraws what has not left and nobody wants, `wholes` asks and releases what is controlled as a whole,
//!   `certificate` closes an inquiry
//!
//! [`CaseFile`]: super::CaseFile

mod acts;
mod approvers;
mod ask;
mod at_desk;
mod beside;
mod candidate;
mod certificate;
mod clock;
mod control;
mod counting;
mod declined;
mod desk;
mod differences;
mod draft;
mod due;
mod effect;
mod equity;
mod excess;
mod exempt;
mod filing;
mod fitting;
mod follow_up;
mod foreign;
mod giving_back;
mod handed_in;
mod joining;
mod late;
mod ledger;
mod left_lying;
mod listed;
mod living_costs;
mod missing_papers;
mod news;
mod offers;
mod one_line;
mod orders;
mod papers_in_line;
mod passing_on;
pub mod people;
mod proposals;
mod query;
mod recognise;
mod released;
mod releasing;
mod repeated;
mod reply;
mod said_back;
mod shortfall;
mod stake;
mod submission;
mod taken_back;
mod telling;
mod terms_in_view;
mod unbooked;
mod units;
mod unsent;
mod waiting;
mod wanted_again;
mod whole_answer;
mod wholes;
mod without_answer;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::abilities::Rules;
use super::{ApplyError, Change, Finding};

pub use acts::{
    Act, ActInput, Approval, ClaimSettings, ClaimUpdate, Deduction, EnteredMeasure, Outcome as ActOutcome,
    Release, ReleaseScope, Renewal, Resolution, SeenClaim, SeenMeasure, SeenStanding, Transfer, act,
    no_such_account, subject_of,
};
pub use at_desk::{DeskMove, may_be_answered, may_be_carried, moved as moved_at_desk};
pub use candidate::{property_keys, same_property};
pub use certificate::certificate_of;
pub use clock::{due_measure, next_look};
pub use counting::{exposure, room};
pub use differences::{ChangedAsset, Differences};
pub use draft::Draft;
pub use due::{TaskFacts, due_task};
pub use handed_in::{ReceiptFile, keep_receipt, take};
pub use joining::{begin as begin_joining, end as end_joining, join};
pub use missing_papers::to_release;
pub use orders::{OrderInput, OrderRules, Settled, allowed_at, settle};
pub use reply::{Applied, apply};
pub use submission::{PlannedOrder, Submitted, check_courts, submit};
pub use terms_in_view::{add_terms, add_terms_for_submission, add_terms_of_ledger};
pub use unbooked::{apply_alone, take_alone};
pub use unsent::{is_unsent, unwanted_by_now, withdraw_at_sending};
pub use waiting::seen_elsewhere;
pub use whole_answer::{keeping_more, with_more};

/// What a decision knows beside the case.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Now.
    pub now: Timestamp,
    /// A random number from 0 to 1.
    pub chance: f64,
    /// What is configured.
    pub rules: &'a Rules,
}

/// Why something was refused. Nothing was changed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Rejected {
    /// There is no such thing.
    #[error("没有此项内容 there is no such {0}")]
    Unknown(&'static str),
    /// It is in a state that does not allow this.
    #[error("{0}")]
    NotNow(String),
    /// It is more than the claim leaves open.
    #[error(
        "标的余额不足，仅余 {left} 元 the claim leaves {left} yuan open: held, asked and deducted never exceed it"
    )]
    NoRoom {
        /// What is left, in yuan.
        left: Decimal,
    },
    /// A rule of law or of the case forbids it, or papers are missing.
    #[error("{0}")]
    NotAllowed(String),
    /// The request breaks rules; all of them are listed.
    #[error("有 {count} 处不符合规定 the request breaks {count} rule(s)", count = .0.len())]
    Findings(Vec<Finding>),
    /// The actor may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// A defect of this program: the decision did not fit the tables of moves.
    #[error("the decision does not fit the case: {0}")]
    Defect(#[from] ApplyError),
}

/// What a decision makes.
pub type Decided<T> = Result<T, Rejected>;

/// The changes of a decision, in the order in which they are written.
pub type Changes = Vec<Change>;
