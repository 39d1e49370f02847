//! The measure as it is shown, on the API and in events.

use chakong_contract::asset::Rank;
use chakong_contract::order::Target;
use chakong_contract::{Date, Money};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use super::super::MeasureId;
use super::super::rules::exemptions::Exemption;
use super::{FirstApprovalView, Measure, MeasureState, Origin, Permitted};

/// A measure as people and the case system see it: the same on the API and in events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MeasureView {
    /// Number of the measure.
    pub id: MeasureId,
    /// The counterpart.
    pub counterpart: String,
    /// Code of the institution that keeps the account; empty for what has a number of its own in the whole country.
    pub institution: String,
    /// The property.
    pub target: Target,
    /// State.
    pub state: MeasureState,
    /// How it came about.
    pub origin: Origin,
    /// Whether the account may be touched, by its class and holder.
    pub exemption: Exemption,
    /// What an officer permitted although it is exempt; null where nothing needed permission.
    pub permitted: Option<Permitted>,
    /// Available balance as last reported; for a product, its units at their price. Zero where `behind_others` stands.
    pub available: Money,
    /// The balance that freezes of others hold, as last reported: a freeze waits 轮候 behind them, or would. Left out where it is not so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behind_others: Option<Money>,
    /// What a property that is controlled as a whole is worth, as stated or estimated; null where nobody said.
    pub value: Option<Money>,
    /// What stands ordered at the counterpart: proposed or asked at first, less what was released and deducted since.
    pub limit: Money,
    /// Really held, as the counterpart said.
    pub held: Money,
    /// The part of the limit that no money covers.
    pub uncovered: Money,
    /// What the counterpart says it holds beyond the limit.
    pub surplus: Money,
    /// The part of the limit that a release under way gives back.
    pub releasing: Money,
    /// The part of what is held that a deduction under way takes.
    pub deducting: Money,
    /// What was given back of the limit.
    pub released: Money,
    /// What was taken to the court's account.
    pub deducted: Money,
    /// Yuan for one unit of its currency, as a person named it.
    pub rate: Option<String>,
    /// First day.
    pub from: Option<Date>,
    /// Last day: the earlier of the counterpart's word and the law's; it ends by itself after it.
    pub until: Option<Date>,
    /// Last day as the counterpart said it, where that is another.
    pub until_said: Option<Date>,
    /// Whether a stake is state or corporate shares of a listed company 上市公司国有股、社会法人股, as a person said.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(default)]
    pub listed_state_shares: bool,
    /// Place in the queue.
    pub rank: Option<Rank>,
    /// The counterpart's own number of the measure.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schemars(default)]
    pub reference: String,
    /// Who approved it.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schemars(default)]
    pub approved_by: String,
    /// The first of two approvals 双人审批, while it waits for the second; null otherwise.
    pub first_approval: Option<FirstApprovalView>,
    /// Why it was skipped, refused or approved; Chinese first.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schemars(default)]
    pub note: String,
}

impl Measure {
    /// The balance that freezes of others hold, where they come first: a freeze waits behind them, or would (查扣冻规定 art. 26).
    pub fn behind_others(&self) -> Option<Money> {
        (self.queued_behind && !self.is_whole() && self.held.is_zero()).then(|| self.money(self.available))
    }

    /// What is available as last reported: nothing where freezes of others come first.
    pub fn available_now(&self) -> Decimal {
        if self.behind_others().is_some() { Decimal::ZERO } else { self.available }
    }
}

impl From<&Measure> for MeasureView {
    fn from(measure: &Measure) -> Self {
        Self {
            id: measure.id,
            counterpart: measure.counterpart.clone(),
            institution: measure.institution.clone(),
            target: measure.target.clone(),
            state: measure.state,
            origin: measure.origin,
            exemption: measure.exemption.clone(),
            permitted: measure.permitted,
            available: measure.money(measure.available_now()),
            behind_others: measure.behind_others(),
            value: measure.value.map(Money::yuan),
            limit: measure.money(measure.limit),
            held: measure.money(measure.held),
            uncovered: measure.money(measure.uncovered()),
            surplus: measure.money(measure.surplus),
            releasing: measure.money(measure.releasing),
            deducting: measure.money(measure.deducting),
            released: measure.money(measure.released),
            deducted: measure.money(measure.deducted),
            rate: measure.rate.map(|rate| rate.to_string()),
            from: measure.from,
            until: measure.until,
            until_said: measure.until_said,
            listed_state_shares: measure.listed_state_shares,
            rank: measure.rank,
            reference: measure.reference.clone(),
            approved_by: measure.approved_by.clone(),
            first_approval: FirstApprovalView::of(measure),
            note: measure.note.clone(),
        }
    }
}
