use chakong_contract::Date;
use chakong_contract::asset::Rank;
use chakong_contract::order::Target;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{InquiryId, OrderId};
use crate::freeze::Exemption;

/// Row number of a measure.
pub type MeasureId = i64;

/// State of a line in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeasureState {
    /// An account that could be frozen; nothing was asked.
    Candidate,
    /// Waits for an officer's approval; counts as asked.
    Proposed,
    /// The freeze order is under way, or nobody knows what became of it; counts as asked in full.
    Asked,
    /// Stands at the counterpart; counts with what is really held.
    InForce,
    /// A release is under way; what is held still counts.
    Releasing,
    /// Stands although a release was asked: the counterpart declined it. A person must act.
    Stuck,
    /// A renewal is under way; what is held still counts.
    Renewing,
    /// A deduction is under way; what is held still counts.
    Deducting,
    /// All that was held was taken to the court's account.
    Deducted,
    /// A forced transfer of the stake is under way; it still stands.
    Transferring,
    /// The stake was transferred by force.
    Transferred,
    /// Given back.
    Released,
    /// The counterpart did not do it.
    Refused,
    /// Will not be asked: exempt, foreign currency, rejected by an officer, or withdrawn with the inquiry.
    Skipped,
}

impl MeasureState {
    /// The word used in the store, in events and in pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Proposed => "proposed",
            Self::Asked => "asked",
            Self::InForce => "in_force",
            Self::Releasing => "releasing",
            Self::Stuck => "stuck",
            Self::Renewing => "renewing",
            Self::Deducting => "deducting",
            Self::Deducted => "deducted",
            Self::Transferring => "transferring",
            Self::Transferred => "transferred",
            Self::Released => "released",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
        }
    }
}

/// A line of the freeze ledger 冻结台账: one property, what it may yield, what was asked and what is held. Amounts in
/// yuan; what is controlled as a whole, such as real estate, has none: all its amounts stay zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Measure {
    /// Row number.
    pub id: MeasureId,
    /// The inquiry whose mandate it belongs to.
    #[serde(skip)]
    pub inquiry: InquiryId,
    /// The counterpart.
    pub counterpart: String,
    /// Which party of the submission.
    #[serde(skip)]
    pub party: u32,
    /// Which identity document of the party.
    #[serde(skip)]
    pub document: u32,
    /// Code of the institution that keeps the account; with the account's number it says which account it is,
    /// whatever the line it was reported over. Empty for what has a number of its own in the whole country.
    pub institution: String,
    /// The property.
    pub target: Target,
    /// State.
    pub state: MeasureState,
    /// Whether the account may be touched, by its class.
    pub exemption: Exemption,
    /// Available balance as last reported; for a product, its units at their price.
    #[schemars(with = "String")]
    pub available: Decimal,
    /// Limit proposed or asked.
    #[schemars(with = "String")]
    pub asked: Decimal,
    /// Really held, as the counterpart said.
    #[schemars(with = "String")]
    pub held: Decimal,
    /// The part of `held` that a release under way will give back.
    #[schemars(with = "String")]
    pub releasing: Decimal,
    /// The part of `held` that a deduction under way will take.
    #[schemars(with = "String")]
    pub deducting: Decimal,
    /// What was taken to the court's account.
    #[schemars(with = "String")]
    pub deducted: Decimal,
    /// First day.
    pub from: Option<Date>,
    /// Last day; the measure dies by itself after it (查扣冻规定 art. 27).
    pub until: Option<Date>,
    /// Place in the queue.
    pub rank: Option<Rank>,
    /// The counterpart's own number of the measure, when it gave one.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schemars(default)]
    pub reference: String,
    /// The freeze order.
    #[serde(skip)]
    pub order: Option<OrderId>,
    /// Why it was skipped, refused or approved; Chinese first.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schemars(default)]
    pub note: String,
}
