//! Tasks 待办: what a person, or the clock, must do.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ChainId, InquiryId, Measure, MeasureId, OrderId, TaskId};

macro_rules! task_kinds {
    ($($(#[$about:meta])* $name:ident = $word:literal;)*) => {
        /// What is to be done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum TaskKind {
            $($(#[$about])* $name,)*
        }

        impl TaskKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word used in the store and on the API.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

task_kinds! {
    /// Approve or reject a proposed freeze.
    Approve = "approve";
    /// Renew a measure before it ends, or let it end.
    Renew = "renew";
    /// Find out what became of a control: its outcome is unknown, overdue, or its answer does not fit it.
    Resolve = "resolve";
    /// Answer a counterpart that declined a control: within 15 days where it objects in writing (法释〔2013〕20号 art. 6).
    AnswerRefusal = "answer_refusal";
    /// Release what is held beyond the claim.
    ReleaseExcess = "release_excess";
    /// Bring the papers that a release needs.
    BringPapers = "bring_papers";
    /// Look at a property that a later answer no longer shows, of which less was released or deducted than was ordered, or that stands
    /// though its inquiry was cancelled.
    Review = "review";
    /// Look at property that a later answer to a query shows for the first time and of which no measure came 再次查询的新财产.
    ReviewNews = "review_news";
    /// Tell the debtor of a freeze that was placed (法〔2018〕64号).
    NotifyDebtor = "notify_debtor";
    /// Tell the co-owners of a property that was seized (查扣冻规定 art. 12).
    NotifyCoOwners = "notify_co_owners";
    /// Start the search 启动网络查控: within two working days of the filing of the case. Done when the first order was sent.
    StartInquiry = "start_inquiry";
    /// Put the printed results on file 查控结果入卷: within three working days of the filing of the case. A person completes it.
    FileResults = "file_results";
    /// Ask again what an account holds, because a limit stands that no money covers. The clock does it.
    Requery = "requery";
    /// Wait for the effect of a control that the counterpart only took. The clock does it: after the deadline the order is overdue.
    AwaitEffect = "await_effect";
}

impl TaskKind {
    /// Whether the clock does it by itself.
    pub const fn is_for_the_clock(self) -> bool {
        matches!(self, Self::Requery | Self::AwaitEffect)
    }

    /// Whether a person says that it is done. The others are done by what they ask for, or fall away with it.
    pub const fn may_be_completed(self) -> bool {
        match self {
            Self::AnswerRefusal
            | Self::Review
            | Self::ReviewNews
            | Self::NotifyDebtor
            | Self::NotifyCoOwners
            | Self::StartInquiry
            | Self::FileResults => true,
            Self::Approve
            | Self::Renew
            | Self::Resolve
            | Self::ReleaseExcess
            | Self::BringPapers
            | Self::Requery
            | Self::AwaitEffect => false,
        }
    }
}

/// Something dated that must be done. It stands on somebody's list until it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Identifier.
    pub id: TaskId,
    /// The chain.
    pub chain: ChainId,
    /// The inquiry, if it is about one.
    pub inquiry: Option<InquiryId>,
    /// What is to be done.
    pub kind: TaskKind,
    /// The order, if it is about one.
    pub order: Option<OrderId>,
    /// The measure, if it is about one.
    pub measure: Option<MeasureId>,
    /// When it was made.
    pub created: Timestamp,
    /// When it should be done.
    pub due: Timestamp,
    /// When it was done or fell away; `None` while it is open.
    pub done: Option<Timestamp>,
    /// When the clock looks at it next; `None` when it has nothing to do about it.
    pub look: Option<Timestamp>,
    /// What about it, for court staff; Chinese first.
    pub note: String,
}

/// Why a person looks at freezes of ours that a bank lists on one account. Until somebody has, nothing more is frozen without an approval.
pub const UNCLEAR: &str = "该账户另有本案冻结，须核对后补录 the account has further freezes of this case: compare them, and enter those that are missing";

/// How soon the clock looks whether a search that was submitted has started.
const FIRST_LOOK: SignedDuration = SignedDuration::from_secs(60);

impl Task {
    /// Whether a person says that it is done. Of an excess of which nothing is held any more, because it was deducted, only a person
    /// knows that it was paid back.
    pub fn may_be_completed<'m>(&self, ledger: impl IntoIterator<Item = &'m Measure>) -> bool {
        let holds = |measure: &Measure| measure.state.stands() && measure.held > Decimal::ZERO;
        let is_of_the_chain = self.kind == TaskKind::ReleaseExcess && self.measure.is_none();
        self.kind.may_be_completed() || is_of_the_chain && !ledger.into_iter().any(holds)
    }

    /// Whether a person is to compare the freezes of this case on an account.
    pub fn is_unclear(&self) -> bool {
        self.kind == TaskKind::Review && self.note.contains(UNCLEAR)
    }

    /// The note of a task of which something else is told now. What is to be compared stays so until a person has compared it.
    pub fn note_with(&self, told: String) -> String {
        if self.is_unclear() && !told.contains(UNCLEAR) { format!("{told}；{UNCLEAR}") } else { told }
    }

    /// When the clock looks first at a task of a kind: when it is due, which it tells once. One that is due at once is told of by
    /// what made it.
    pub fn first_look(kind: TaskKind, created: Timestamp, due: Timestamp) -> Option<Timestamp> {
        match kind {
            TaskKind::StartInquiry => Some(created.checked_add(FIRST_LOOK).unwrap_or(due)),
            TaskKind::FileResults => Some(due),
            _ if kind.is_for_the_clock() || due > created => Some(due),
            _ => None,
        }
    }
}
