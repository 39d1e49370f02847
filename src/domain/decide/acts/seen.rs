//! What somebody saw who acts: a page that is sent twice, or was overtaken, does nothing that its reader did not decide.

use chakong_contract::{Date, Money};
use rust_decimal::Decimal;

use super::super::super::rules::exemptions::Level;
use super::super::super::{Claim, ClaimState, Measure, MeasureState};
use super::super::{Decided, Rejected};

/// A measure as somebody saw it who approves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenMeasure {
    /// Its state.
    pub state: MeasureState,
    /// Up to how much it was proposed.
    pub limit: Money,
    /// Whether the rules let the property be frozen.
    pub level: Level,
}

impl SeenMeasure {
    /// Refuses to decide about a measure that is another one by now.
    pub(super) fn check(self, measure: &Measure) -> Decided<()> {
        let (limit, level) = (measure.money(measure.limit), measure.exemption.level);
        unchanged((self.state, self.limit, self.level) == (measure.state, limit, level), || {
            format!(
                "该措施在您查看后已变更（现状态 {}，限额 {limit}，豁免 {level:?}），请重新核对后审批 the measure has changed since it was looked \
                 at: look at it again",
                measure.state.word()
            )
        })
    }
}

/// A measure that stands, as somebody saw it who has something taken of it, given back or renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenStanding {
    /// Its state.
    pub state: MeasureState,
    /// What stood ordered.
    pub limit: Money,
    /// What was held.
    pub held: Money,
    /// Its last day, where it was known.
    pub until: Option<Date>,
}

impl SeenStanding {
    /// Refuses to act on a measure that is another one by now: what was sent before may have been done, and a part would be taken twice.
    pub(super) fn check(self, measure: &Measure) -> Decided<()> {
        let (limit, held) = (measure.money(measure.limit), measure.money(measure.held));
        let now = Self { state: measure.state, limit, held, until: measure.until };
        unchanged(self == now, || {
            let until = measure.until.map_or_else(|| "不明".to_owned(), |day| day.to_string());
            format!(
                "该措施在您查看后已变更（现状态 {}，限额 {limit}，实际控制 {held}，届满日 {until}），本次未办理；可能此前的提交已生效，请核对后再办 the \
                 measure has changed since it was looked at; perhaps what was sent before was done: look at it again",
                measure.state.word()
            )
        })
    }
}

/// A claim as somebody saw it who changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenClaim {
    /// Its amount, in yuan.
    pub amount: Decimal,
    /// Its state.
    pub state: ClaimState,
}

impl SeenClaim {
    /// Refuses to change a claim that is another one by now: what was sent before may have been done, and an amount would be added twice.
    pub(super) fn check(self, claim: &Claim) -> Decided<()> {
        unchanged((self.amount, self.state) == (claim.amount, claim.state), || {
            format!(
                "执行标的在您查看后已变更（现为 {} 元），本次未办理；可能此前的提交已生效，请核对变更历史 the claim has changed since it was looked \
                 at; perhaps what was sent before was done: look at its history",
                claim.amount
            )
        })
    }
}

/// Refuses what is no more as it was seen, with what stands now.
fn unchanged(is_as_seen: bool, now: impl FnOnce() -> String) -> Decided<()> {
    if is_as_seen { Ok(()) } else { Err(Rejected::NotNow(now())) }
}
