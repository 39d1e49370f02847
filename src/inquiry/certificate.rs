//! The completeness certificate: who was asked, who answered how, who is silent, and what the claim is covered by.

use chakong_contract::{ActionKind, Money, RequestNumber};
use jiff::Timestamp;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Mandate, Measure, MeasureState, OrderState};

/// A counterpart that was not asked about a party, with the reason: coverage is shown honestly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotAsked {
    /// The counterpart.
    pub counterpart: String,
    /// The case system's reference of the party.
    pub party: String,
    /// Why, Chinese first.
    pub reason: String,
}

/// One order in the certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OrderLine {
    /// Request number.
    pub number: RequestNumber,
    /// The counterpart.
    pub counterpart: String,
    /// The case system's reference of the party.
    pub party: String,
    /// What was asked.
    pub action: ActionKind,
    /// State.
    pub state: OrderState,
    /// `found`, `nothing`, `partial`, `held` …; null while there is no answer.
    pub outcome: Option<String>,
    /// When it was made.
    #[schemars(with = "String")]
    pub asked_at: Timestamp,
    /// When the answer came in.
    #[schemars(with = "Option<String>")]
    pub answered_at: Option<Timestamp>,
    /// When the counterpart really said it, where an earlier answer was used again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub cached_from: Option<Timestamp>,
    /// The order of another counterpart that this one stands in for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stands_in_for: Option<RequestNumber>,
    /// The order that stands in for this one, which could not be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passed_on_to: Option<RequestNumber>,
    /// The counterpart's words for a refusal, or ours for a failure.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schemars(default)]
    pub words: String,
}

/// What the claim is covered by, in yuan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Coverage {
    /// The claim.
    pub claimed: Money,
    /// Really held.
    pub held: Money,
    /// Taken to the court's account.
    pub deducted: Money,
    /// Asked for, proposed or of unknown outcome.
    pub asked: Money,
    /// Claim less held and deducted, never below zero.
    pub shortfall: Money,
}

impl Coverage {
    /// What a ledger covers of a claim in yuan.
    pub fn of(claim: Decimal, measures: &[Measure]) -> Self {
        let held = measures.iter().map(|measure| measure.held).sum::<Decimal>();
        let deducted = measures.iter().map(|measure| measure.deducted).sum::<Decimal>();
        let in_flight =
            |measure: &&Measure| matches!(measure.state, MeasureState::Proposed | MeasureState::Asked);
        let asked = measures.iter().filter(in_flight).map(|measure| measure.asked).sum::<Decimal>();
        Self {
            claimed: Money::yuan(claim),
            held: Money::yuan(held),
            deducted: Money::yuan(deducted),
            asked: Money::yuan(asked),
            shortfall: Money::yuan((claim - held - deducted).max(Decimal::ZERO)),
        }
    }
}

/// The signal that the enforcement centre sorts cases by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Triage {
    /// Cash is held for the whole claim 现金足额.
    CashCoversClaim,
    /// Some cash is held 部分冻结.
    CashCoversPart,
    /// Property was found but no cash is held 有财产无现金.
    PropertyWithoutCash,
    /// Nothing was found 未发现财产.
    NothingFound,
}

/// The completeness certificate 查控完整性证明.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Certificate {
    /// Case number.
    pub case_number: String,
    /// Counts from 1; a late reply issues the certificate again.
    pub issue: u32,
    /// When it was issued.
    #[schemars(with = "String")]
    pub issued_at: Timestamp,
    /// How many orders were answered (found, nothing, partial, or a control's answer).
    pub answered: u32,
    /// How many were refused.
    pub refused: u32,
    /// How many counterparts stayed silent until the deadline.
    pub silent: u32,
    /// How many failed or wait for a person.
    pub failed: u32,
    /// Every order.
    pub orders: Vec<OrderLine>,
    /// Who was not asked, and why.
    pub not_asked: Vec<NotAsked>,
    /// Coverage of the claim; null without a mandate.
    pub coverage: Option<Coverage>,
    /// The triage signal.
    pub triage: Triage,
}

/// Sums up an inquiry. `assets_found` says whether any answer named property, cash included.
pub fn certify(
    head: (String, u32, Timestamp),
    orders: Vec<OrderLine>,
    not_asked: Vec<NotAsked>,
    mandate: Option<&Mandate>,
    measures: &[Measure],
    assets_found: bool,
) -> Certificate {
    // What another answers in its stead is no failure.
    let stands = |line: &&OrderLine| line.passed_on_to.is_none();
    let count = |states: &[OrderState]| {
        orders.iter().filter(stands).filter(|line| states.contains(&line.state)).count()
    };
    let count = |states: &[OrderState]| u32::try_from(count(states)).unwrap_or(u32::MAX);
    let coverage = mandate.map(|mandate| Coverage::of(mandate.claim.amount, measures));
    let held = measures.iter().map(|measure| measure.held + measure.deducted).sum::<Decimal>();
    let triage = match &coverage {
        Some(coverage) if coverage.shortfall.amount.is_zero() => Triage::CashCoversClaim,
        _ if held > Decimal::ZERO => Triage::CashCoversPart,
        _ if assets_found => Triage::PropertyWithoutCash,
        _ => Triage::NothingFound,
    };
    Certificate {
        case_number: head.0,
        issue: head.1,
        issued_at: head.2,
        answered: count(&[OrderState::Answered]),
        refused: count(&[OrderState::Refused]),
        silent: count(&[OrderState::Overdue]),
        failed: count(&[OrderState::Failed, OrderState::Held, OrderState::Unknown]),
        orders,
        not_asked,
        coverage,
        triage,
    }
}
