//! Measures 措施: the lines of the ledger, their states and the table of legal moves.

mod first_approval;
mod left_alone;
mod release_cause;
mod said;
#[cfg(test)]
mod tests;
mod view;

use chakong_contract::asset::Rank;
use chakong_contract::order::Target;
use chakong_contract::{Currency, Date, Money};
use rust_decimal::{Decimal, RoundingStrategy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rules::exemptions::Exemption;
use super::rules::terms::{self, Nature, Term};
use super::{ChainId, InquiryId, MeasureId, OrderId, PartyId};

pub use first_approval::{FirstApproval, FirstApprovalView};
pub use left_alone::LeftAlone;
pub use release_cause::{LastRelease, ReleaseCause};
pub use said::{Booking, Said};
pub use view::MeasureView;

macro_rules! measure_states {
    ($($(#[$about:meta])* $name:ident = $word:literal;)*) => {
        /// State of a measure. The legal moves are in [`MeasureState::may_become`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum MeasureState {
            $($(#[$about])* $name,)*
        }

        impl MeasureState {
            /// Every state.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word used in the store, in events and in pages.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

measure_states! {
    /// A property that could be frozen; nothing was asked.
    Candidate = "candidate";
    /// Waits for an officer's approval; counts as asked.
    Proposed = "proposed";
    /// The freeze order is under way, or nobody knows what became of it; counts as asked in full.
    Asked = "asked";
    /// The registry took the order; it has no effect yet. Counts as asked in full.
    Accepted = "accepted";
    /// Stands at the counterpart; counts with what is really held.
    InForce = "in_force";
    /// Stands at the counterpart and holds nothing, because others come first 轮候.
    Waiting = "waiting";
    /// A release is under way; what is held still counts.
    Releasing = "releasing";
    /// A renewal is under way; what is held still counts.
    Renewing = "renewing";
    /// A deduction is under way; what is held still counts.
    Deducting = "deducting";
    /// A forced transfer of the stake is under way; it still stands.
    Transferring = "transferring";
    /// Its term is over 已届满: it holds and covers nothing.
    Lapsed = "lapsed";
    /// Given back.
    Released = "released";
    /// All that was held was taken to the court's account.
    Deducted = "deducted";
    /// The stake was transferred by force.
    Transferred = "transferred";
    /// The counterpart did not place it.
    Refused = "refused";
    /// Will not be asked: exempt, foreign currency, rejected by an officer, withdrawn with the inquiry, or its freeze could not be sent.
    Skipped = "skipped";
}

impl MeasureState {
    /// The table of legal moves. A measure that ended is not brought back by any word: a new one is made.
    pub const fn may_become(self, next: Self) -> bool {
        use MeasureState::{
            Accepted, Asked, Candidate, Deducted, Deducting, InForce, Lapsed, Proposed, Refused, Released,
            Releasing, Renewing, Skipped, Transferred, Transferring, Waiting,
        };
        match self {
            Candidate => matches!(next, Candidate | Proposed | Asked | Skipped),
            Proposed => matches!(next, Proposed | Asked | Candidate | Skipped),
            Skipped => matches!(next, Skipped | Candidate | Proposed | Asked),
            Refused => matches!(
                next,
                Refused | Candidate | Proposed | Asked | Skipped | InForce | Waiting | Accepted
            ),
            Asked => matches!(next, Asked | Accepted | InForce | Waiting | Refused | Skipped),
            Accepted => {
                matches!(next, Accepted | InForce | Waiting | Refused | Releasing | Lapsed)
                    || matches!(next, Released | Deducted | Transferred)
            }
            // A word that a control was done after all may come when it is no longer under way.
            InForce | Waiting => {
                matches!(next, InForce | Waiting | Releasing | Renewing | Deducting | Transferring)
                    || matches!(next, Released | Deducted | Transferred | Lapsed | Refused)
            }
            // What was under way ends: it stands again in whatever way, or it is gone. That its freeze was not placed after all
            // is a person's word.
            Releasing | Renewing | Deducting | Transferring => {
                self as u8 == next as u8
                    || matches!(next, InForce | Waiting | Accepted | Lapsed | Refused)
                    || matches!(next, Released | Deducted | Transferred)
                    || matches!((self, next), (Renewing, Releasing))
            }
            Lapsed | Released | Deducted | Transferred => self as u8 == next as u8,
        }
    }

    /// Whether it stands at the counterpart, whatever is under way.
    pub const fn stands(self) -> bool {
        use MeasureState::{Accepted, Deducting, InForce, Releasing, Renewing, Transferring, Waiting};
        matches!(self, Accepted | InForce | Waiting | Releasing | Renewing | Deducting | Transferring)
    }

    /// Whether it came to an end for good.
    pub const fn ended(self) -> bool {
        matches!(self, Self::Lapsed | Self::Released | Self::Deducted | Self::Transferred)
    }

    /// Whether an order about it is under way.
    pub const fn is_busy(self) -> bool {
        use MeasureState::{Asked, Deducting, Releasing, Renewing, Transferring};
        matches!(self, Asked | Releasing | Renewing | Deducting | Transferring)
    }
}

/// How a measure came about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Through this gateway.
    #[default]
    Ordered,
    /// A counterpart reported it among the freezes of our own case: it was placed on paper or by another system.
    Recognised,
    /// A person entered it.
    Entered,
}

/// What an officer permitted for a property that the rules exempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Permitted {
    /// It may be frozen.
    Freeze,
    /// It may be frozen and deducted.
    FreezeAndDeduct,
}

/// A line of the ledger 冻结台账: one property, what it may yield, what was ordered and what is held. Amounts are in the
/// measure's currency, yuan where none is named; what is controlled as a whole, such as real estate, has none: its amounts
/// stay zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Identifier.
    pub id: MeasureId,
    /// The chain whose claim it serves.
    pub chain: ChainId,
    /// The inquiry that found it; its case number is that of the freeze.
    pub inquiry: InquiryId,
    /// Which party of that inquiry.
    pub party: u32,
    /// Which identity document of the party.
    pub document: u32,
    /// Which party of the chain.
    pub debtor: PartyId,
    /// The counterpart.
    pub counterpart: String,
    /// Code of the institution that keeps the account; with the account's number it says which account it is,
    /// whatever the line it was reported over. Empty for what has a number of its own in the whole country.
    pub institution: String,
    /// The property.
    pub target: Target,
    /// The currency of its amounts; `None` for yuan.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// Yuan for one unit of the currency, as a person named it; without it a foreign amount counts for nothing.
    #[serde(default)]
    pub rate: Option<Decimal>,
    /// State.
    pub state: MeasureState,
    /// How it came about.
    #[serde(default)]
    pub origin: Origin,
    /// Whether the account may be touched, by its class and holder.
    pub exemption: Exemption,
    /// What an officer permitted although it is exempt.
    #[serde(default)]
    pub permitted: Option<Permitted>,
    /// Whether others' rights come first, so that a freeze would wait, or a seizure catch only what their seizures and securities leave.
    #[serde(default)]
    pub queued_behind: bool,
    /// Available balance as last reported; for a product, its units at their price.
    pub available: Decimal,
    /// What a property that is controlled as a whole is worth, in yuan, as stated or estimated.
    #[serde(default)]
    pub value: Option<Decimal>,
    /// What stands ordered at the counterpart: proposed or asked at first, less what was released and deducted since.
    pub limit: Decimal,
    /// Of a product, how many units stand ordered: together they make up the limit. `None` where nothing was ordered by units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<Decimal>,
    /// Really held, as the counterpart said; never more than the limit.
    pub held: Decimal,
    /// What the counterpart says it holds beyond the limit.
    #[serde(default)]
    pub surplus: Decimal,
    /// The part of the limit that a release under way gives back.
    #[serde(default)]
    pub releasing: Decimal,
    /// The part of what is held that a deduction under way takes.
    #[serde(default)]
    pub deducting: Decimal,
    /// What was given back of the limit.
    #[serde(default)]
    pub released: Decimal,
    /// What was taken to the court's account.
    #[serde(default)]
    pub deducted: Decimal,
    /// First day.
    pub from: Option<Date>,
    /// Last day: the earlier of the counterpart's word and the law's; it ends by itself after it (查扣冻规定 art. 27).
    pub until: Option<Date>,
    /// Last day as the counterpart said it, where that is another.
    #[serde(default)]
    pub until_said: Option<Date>,
    /// The days before its end of which people were told last: 30, 15, 7 or 1.
    #[serde(default)]
    pub reminded: Option<u16>,
    /// Place in the queue.
    pub rank: Option<Rank>,
    /// The counterpart's own number of the measure, when it gave one.
    #[serde(default)]
    pub reference: String,
    /// The freeze order; `None` where nothing was asked through this gateway.
    pub order: Option<OrderId>,
    /// The control that is under way about it.
    #[serde(default)]
    pub control: Option<OrderId>,
    /// Request number of the freeze, where another system or paper placed it.
    #[serde(default)]
    pub original_number: String,
    /// Case number of the freeze, where that is not the inquiry's.
    #[serde(default)]
    pub original_case: String,
    /// Who approved it.
    #[serde(default)]
    pub approved_by: String,
    /// The first of two approvals 双人审批, while it waits for the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_approval: Option<FirstApproval>,
    /// Who rejected it: it is not proposed again before there is more to freeze.
    #[serde(default)]
    pub rejected_by: String,
    /// Why it was skipped, refused or approved; Chinese first.
    #[serde(default)]
    pub note: String,
    /// Whether others own the property too (查扣冻规定 art. 12).
    #[serde(default)]
    pub co_owned: bool,
    /// Whether a person said that a stake is state or corporate shares of a listed company 上市公司国有股、社会法人股: no message says so,
    /// and the law's longest term is shorter.
    #[serde(default)]
    pub listed_state_shares: bool,
    /// Whether a person found that it is another's of the same name or number: it is not frozen for this chain again by itself.
    #[serde(default)]
    pub is_anothers: bool,
    /// That a person found that no measure may touch it, under whatever name of its institution it was known then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_alone: Option<LeftAlone>,
    /// What the counterpart's words left beside the amounts and the state.
    #[serde(default)]
    pub said: Said,
    /// What is known of its last release.
    #[serde(default)]
    pub last_release: LastRelease,
}

impl Measure {
    /// Whether the property is controlled as a whole, without an amount.
    pub const fn is_whole(&self) -> bool {
        matches!(self.target, Target::Property { .. } | Target::Equity { .. })
    }

    /// The part of the limit that no money covers and that nobody gives back yet; nothing while nobody knows how much will be held.
    pub fn uncovered(&self) -> Decimal {
        if self.is_whole() || !self.state.stands() || self.is_only_accepted() {
            return Decimal::ZERO;
        }
        let uncovered = (self.limit - self.held).max(Decimal::ZERO);
        let given_back = if self.state == MeasureState::Releasing { self.releasing } else { Decimal::ZERO };
        (uncovered - given_back).max(Decimal::ZERO)
    }

    /// How many of the ordered units of a product stand once its limit is so much: as large a part of them as it is of the limit, in
    /// hundredths, which is the least that an order names.
    pub fn units_within(&self, limit: Decimal) -> Option<Decimal> {
        let units = self.units?;
        if limit >= self.limit {
            return Some(units);
        }
        let part = units.checked_mul(limit.max(Decimal::ZERO)).and_then(|part| part.checked_div(self.limit));
        part.map(|part| part.round_dp_with_strategy(2, RoundingStrategy::ToZero))
    }

    /// An amount of the measure in yuan; zero for a foreign currency without a rate.
    pub fn in_yuan(&self, amount: Decimal) -> Decimal {
        match (self.currency, self.rate) {
            (None, _) => amount,
            (Some(_), Some(rate)) => amount.checked_mul(rate).unwrap_or(Decimal::MAX).round_dp(2),
            (Some(_), None) => Decimal::ZERO,
        }
    }

    /// Whether the counterpart took the freeze and has told no effect of it yet, whatever is under way about it.
    pub fn is_only_accepted(&self) -> bool {
        self.said.only_accepted || self.state == MeasureState::Accepted
    }

    /// The longest term of a measure on such property.
    pub fn longest_term(&self) -> Term {
        if self.listed_state_shares {
            Nature::ListedStateShares.longest()
        } else {
            terms::longest(&self.target)
        }
    }

    /// The state in which it stands when nothing is under way.
    pub fn standing_state(&self) -> MeasureState {
        if self.said.only_accepted {
            return MeasureState::Accepted;
        }
        let waits = self.held.is_zero() && self.rank.is_some_and(|rank| rank.place > 1);
        if waits { MeasureState::Waiting } else { MeasureState::InForce }
    }

    /// The state of the measure after its amounts changed: what is under way stays so, and nothing else changes but how it stands.
    pub fn settled_state(&self) -> MeasureState {
        match self.state {
            MeasureState::InForce | MeasureState::Waiting | MeasureState::Accepted => self.standing_state(),
            other => other,
        }
    }

    /// An amount with the measure's currency.
    pub fn money(&self, amount: Decimal) -> Money {
        match self.currency {
            None => Money::yuan(amount),
            some => Money { amount, currency: some },
        }
    }

    /// A further measure of the same property, without what belongs to this one.
    pub fn anew(&self, id: MeasureId) -> Self {
        Self {
            id,
            state: MeasureState::Candidate,
            origin: Origin::Ordered,
            permitted: None,
            limit: Decimal::ZERO,
            units: None,
            held: Decimal::ZERO,
            surplus: Decimal::ZERO,
            releasing: Decimal::ZERO,
            deducting: Decimal::ZERO,
            released: Decimal::ZERO,
            deducted: Decimal::ZERO,
            from: None,
            until: None,
            until_said: None,
            reminded: None,
            rank: None,
            reference: String::new(),
            order: None,
            control: None,
            original_number: String::new(),
            original_case: String::new(),
            approved_by: String::new(),
            first_approval: None,
            rejected_by: String::new(),
            note: String::new(),
            said: Said::default(),
            last_release: LastRelease::default(),
            ..self.clone()
        }
    }
}
