//! The first of two approvals 双人审批 of a freeze.

use jiff::Timestamp;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::DocumentId;
use super::{Measure, MeasureState, Permitted};

/// The first of two approvals. The second one is of the same freeze, by another person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstApproval {
    /// 工号 of the person.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Up to how much, in the measure's currency; zero for what is controlled as a whole.
    pub limit: Decimal,
    /// Whether the person named the limit, so that the second one must name it too.
    pub named_limit: bool,
    /// The account as such, and not an amount in it.
    pub whole: bool,
    /// What is permitted for a property that the rules exempt.
    pub permit: Option<Permitted>,
    /// Yuan for one unit of a foreign currency.
    pub rate: Option<Decimal>,
    /// Whether the person said that a stake is state or corporate shares of a listed company, whose term is shorter.
    #[serde(default)]
    pub listed_state_shares: bool,
    /// Documents that came with it.
    pub papers: Vec<DocumentId>,
}

/// The first of two approvals, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FirstApprovalView {
    /// 工号 of the person.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Up to how much, where the person named it; the second approval names it too.
    pub limit: Option<chakong_contract::Money>,
    /// The account as such, and not an amount in it.
    pub whole: bool,
    /// What is permitted for a property that the rules exempt.
    pub permit: Option<Permitted>,
    /// Yuan for one unit of a foreign currency.
    pub rate: Option<String>,
    /// Whether the person said that a stake is state or corporate shares of a listed company; the second approval says so too.
    pub listed_state_shares: bool,
}

impl FirstApprovalView {
    /// That of a measure, if it has one.
    pub fn of(measure: &Measure) -> Option<Self> {
        let first = measure.first_approval.as_ref()?;
        Some(Self {
            by: first.by.clone(),
            at: first.at,
            limit: first.named_limit.then(|| measure.money(first.limit)),
            whole: first.whole,
            permit: first.permit,
            rate: first.rate.map(|rate| rate.to_string()),
            listed_state_shares: first.listed_state_shares,
        })
    }
}

impl Measure {
    /// The measure as it follows on what it was. A first approval falls away with what it approved: when the freeze waits no longer, what
    /// was to be permitted stands no more, or anything changes that an approver goes by.
    #[must_use]
    pub fn following(self, before: &Self) -> Self {
        let is_given_now = self.first_approval != before.first_approval;
        let is_the_same = is_given_now || self.is_same_to_an_approver(before);
        let is_permitted = |one: &Self| one.state.stands() || one.state == MeasureState::Asked;
        let may_wait = self.state == MeasureState::Proposed || is_permitted(&self) && is_permitted(before);
        if may_wait && is_the_same {
            return self;
        }
        Self { first_approval: None, ..self }
    }

    fn is_same_to_an_approver(&self, before: &Self) -> bool {
        self.target == before.target
            && self.limit == before.limit
            && self.exemption == before.exemption
            && self.queued_behind == before.queued_behind
            && self.currency == before.currency
            && self.rate == before.rate
            && self.value == before.value
            && self.listed_state_shares == before.listed_state_shares
    }
}
