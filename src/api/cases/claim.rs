//! `GET` and `PUT /v1/cases/{id}/claim`: the claim with its history, and how it changes.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::{LegalDocument, Money, PlainDecimal};
use jiff::Timestamp;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CasePath, case_of, party_of};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::acting::{act, check_amount, check_documents};
use crate::api::extract::{At, JsonBody, check_reason, no_findings};
use crate::api::problem::Problem;
use crate::domain::decide::{Act, ClaimSettings, ClaimUpdate, SeenClaim};
use crate::domain::rules::interest::doubled_interest;
use crate::domain::{
    ChainId, ClaimChangeKind, ClaimState, ClaimView, Coverage, Finding, Mode, Preference, UncoveredLimit,
};
use crate::store::StoreError;

/// How the claim changes. What follows (freezes, releases) is part of the same commit.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimRequest {
    /// A change of the amount; absent leaves it.
    #[serde(default)]
    change: Option<AmountChange>,
    /// The new state: `settled` when the debt ended, `withdrawn` with the application, `open` again. Absent leaves it.
    #[serde(default)]
    state: Option<ClaimState>,
    /// With or without an approval of each freeze; absent leaves it.
    #[serde(default)]
    mode: Option<Mode>,
    /// Which accounts come first; absent leaves it.
    #[serde(default)]
    prefer: Option<Preference>,
    /// How freezes of what is not a deposit come about; absent leaves it.
    #[serde(default)]
    other_property: Option<Mode>,
    /// What happens to a limit that no money covers; absent leaves it.
    #[serde(default)]
    uncovered: Option<UncoveredLimit>,
    /// Term of each freeze in days; absent leaves it.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1095))]
    term_days: Option<u16>,
    /// What each natural person keeps free for living, in yuan; absent leaves it.
    #[serde(default)]
    living_costs: Option<Money>,
    /// Parties whose liability changes.
    #[serde(default)]
    liable_up_to: Vec<LiabilityChange>,
    /// The claim as it was seen. Where it is another one by now, nothing is changed, so that what is sent once more after it was lost sight
    /// of is not done twice; absent changes whatever there is.
    #[serde(default)]
    seen: Option<SeenClaimRequest>,
    /// The paper that the change rests on; needed for every change of the amount, of the state and of a liability.
    #[serde(default)]
    documents: Vec<LegalDocument>,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

/// A claim as it was shown to whoever changes it.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SeenClaimRequest {
    /// Its `amount`.
    amount: Money,
    /// Its `state`.
    state: ClaimState,
}

/// A change of the amount.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum AmountChange {
    /// The claim is higher.
    Raise {
        /// The new amount of the whole claim, in yuan.
        amount: Money,
    },
    /// The claim is lower.
    Lower {
        /// The new amount of the whole claim, in yuan.
        amount: Money,
    },
    /// A part of it was paid.
    PartPayment {
        /// What was paid, in yuan.
        amount: Money,
    },
    /// Interest for delayed performance is added (民诉法 art. 264): as given, or computed.
    Interest {
        /// The interest, in yuan; absent computes it.
        #[serde(default)]
        amount: Option<Money>,
        /// The unpaid principal, in yuan, where it is to be computed.
        #[serde(default)]
        principal: Option<Money>,
        /// The rate a day, as decimal text; absent means 0.000175 (法释〔2014〕8号 art. 1).
        #[serde(default)]
        #[schemars(with = "Option<String>")]
        rate_per_day: Option<PlainDecimal>,
        /// Days of delay.
        #[serde(default)]
        days: Option<u32>,
    },
}

/// A change of a party's liability.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LiabilityChange {
    /// The party's identifier in the case, or a reference that an inquiry gave it.
    party: String,
    /// Up to how much it is liable, in yuan; null for the whole claim.
    amount: Option<Money>,
}

/// The claim of a case with its history.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ClaimInFull {
    /// The claim; null while there is none.
    claim: Option<ClaimView>,
    /// What it is covered by; null while there is none.
    coverage: Option<Coverage>,
    /// Every change, the oldest first.
    history: Vec<ClaimChangeView>,
}

/// A change of the claim.
#[derive(Debug, Serialize, JsonSchema)]
struct ClaimChangeView {
    /// When.
    at: Timestamp,
    /// Who.
    actor: String,
    /// What.
    kind: ClaimChangeKind,
    /// Amount before; null for the first.
    before: Option<Money>,
    /// Amount after.
    after: Money,
    /// Why.
    reason: String,
    /// Whether a paper was brought.
    has_paper: bool,
}

pub(super) async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<CasePath>,
) -> Result<Json<ClaimInFull>, Problem> {
    let case = case_of(&gateway, &caller.0, path.id).await?;
    read(&gateway, case.chain).await.map(Json)
}

async fn read(gateway: &Shared, id: ChainId) -> Result<ClaimInFull, Problem> {
    let found = gateway.store.read(move |reads| {
        let chain = reads.chain(id)?.ok_or(StoreError::Missing("the chain"))?;
        let measures = reads.measures_of(id)?;
        let history = reads.claim_changes(id)?.into_iter().map(|change| ClaimChangeView {
            at: change.at,
            actor: change.actor,
            kind: change.kind,
            before: change.before.map(Money::yuan),
            after: Money::yuan(change.after),
            reason: change.reason,
            has_paper: change.paper.is_some(),
        });
        Ok(ClaimInFull {
            coverage: chain.claim.as_ref().map(|claim| Coverage::of(claim, measures.iter())),
            claim: chain.claim.as_ref().map(ClaimView::from),
            history: history.collect(),
        })
    });
    Ok(found.await?)
}

pub(super) async fn update(
    State(gateway): State<Shared>,
    caller: Caller<{ may::CONTROL }>,
    At(path): At<CasePath>,
    JsonBody(request): JsonBody<ClaimRequest, true>,
) -> Result<Json<ClaimInFull>, Problem> {
    let change = request.checked()?;
    let case = case_of(&gateway, &caller.0, path.id).await?;
    let (mut liabilities, mut findings) = (Vec::new(), Vec::new());
    for (at, liability) in request.liable_up_to.iter().enumerate() {
        let party = party_of(&gateway, case.chain, &liability.party).await?;
        // A party may be named by its identifier or by any of its references.
        if liabilities.iter().any(|(known, _)| *known == party.id) {
            let detail = "同一当事人责任限额重复 the same party stands there twice";
            findings.push(Finding::new(format!("/liable_up_to/{at}/party"), detail));
        }
        liabilities.push((party.id, liability.amount.map(|money| money.amount)));
    }
    no_findings(findings)?;
    let settings = ClaimSettings {
        mode: request.mode,
        prefer: request.prefer,
        other_property: request.other_property,
        uncovered: request.uncovered,
        term_days: request.term_days,
        living_costs: request.living_costs.map(|money| money.amount),
    };
    let seen = request.seen.map(|seen| SeenClaim { amount: seen.amount.amount, state: seen.state });
    let update = ClaimUpdate { change, state: request.state, settings, liabilities, seen };
    let act_input = (Some(&case), Act::UpdateClaim(update));
    act(&gateway, &caller.0, act_input, request.reason, request.documents).await?;
    read(&gateway, case.chain).await.map(Json)
}

impl ClaimRequest {
    /// The change of the amount, once everything is checked.
    fn checked(&self) -> Result<Option<(ClaimChangeKind, Decimal)>, Problem> {
        let mut findings = Vec::new();
        check_reason(&self.reason, &mut findings);
        check_documents(&self.documents, &mut findings);
        if self.term_days.is_some_and(|days| !(1..=1095).contains(&days)) {
            findings.push(Finding::new("/term_days", "应为 1 至 1095 日 it must be 1 to 1095"));
        }
        if let Some(costs) = self.living_costs.filter(|costs| !costs.amount.is_zero() || !costs.is_yuan()) {
            check_amount("/living_costs", Some(costs), &mut findings);
        }
        for (at, liability) in self.liable_up_to.iter().enumerate() {
            check_amount(&format!("/liable_up_to/{at}/amount"), liability.amount, &mut findings);
        }
        if self.changes_nothing() {
            findings.push(Finding::new("", "未载明任何变更 it changes nothing: state what changes"));
        }
        let change = self.change.as_ref().and_then(|change| change.checked(&mut findings));
        no_findings(findings).map(|()| change)
    }

    /// Whether nothing is named that could change.
    const fn changes_nothing(&self) -> bool {
        self.change.is_none()
            && self.state.is_none()
            && self.mode.is_none()
            && self.prefer.is_none()
            && self.other_property.is_none()
            && self.uncovered.is_none()
            && self.term_days.is_none()
            && self.living_costs.is_none()
            && self.liable_up_to.is_empty()
    }
}

impl AmountChange {
    fn checked(&self, findings: &mut Vec<Finding>) -> Option<(ClaimChangeKind, Decimal)> {
        let (kind, amount) = match self {
            Self::Raise { amount } => (ClaimChangeKind::Raised, *amount),
            Self::Lower { amount } => (ClaimChangeKind::Lowered, *amount),
            Self::PartPayment { amount } => (ClaimChangeKind::PartPayment, *amount),
            Self::Interest { amount: Some(amount), principal, rate_per_day, days } => {
                if principal.is_some() || rate_per_day.is_some() || days.is_some() {
                    let detail = "利息金额与计算依据只填其一 give the amount of the interest, or what it is computed from, not both";
                    findings.push(Finding::new("/change", detail));
                }
                (ClaimChangeKind::Interest, *amount)
            }
            Self::Interest { amount: None, principal, rate_per_day, days } => {
                let computed = compute(*principal, *rate_per_day, *days, findings)?;
                return Some((ClaimChangeKind::Interest, computed));
            }
        };
        check_amount("/change/amount", Some(amount), findings);
        Some((kind, amount.amount))
    }
}

/// Interest out of principal, rate and days.
fn compute(
    principal: Option<Money>,
    rate: Option<PlainDecimal>,
    days: Option<u32>,
    findings: &mut Vec<Finding>,
) -> Option<Decimal> {
    let (Some(principal), Some(days)) = (principal, days) else {
        let detail = "须填写利息金额，或本金与日数 give the amount of the interest, or principal and days to compute it";
        findings.push(Finding::new("/change", detail));
        return None;
    };
    let before = findings.len();
    check_amount("/change/principal", Some(principal), findings);
    if findings.len() > before {
        return None;
    }
    let rate = rate.map_or(crate::domain::rules::interest::RATE_PER_DAY, |PlainDecimal(rate)| rate);
    match doubled_interest(principal.amount, rate, days) {
        Ok(interest) => Some(interest),
        Err(error) => {
            findings.push(Finding::new("/change", error.to_string()));
            None
        }
    }
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("updateClaim")
        .tag("cases")
        .summary("Change the claim 变更执行标的")
        .description(
            "Raise, lower, part payment, interest, settle, withdraw, open again; settings and liability. A change of the \
             amount, of the state or of a liability rests on a paper in `documents`. With `seen`, a claim that has changed since is left as \
             it is and refused as `not-now`. What follows, such as freezes of what is still wanted and releases of what is not, is ordered in the same commit.",
        )
        .response_with::<404, Problem, _>(|response| response.description("There is no such case or party"))
        .response_with::<409, Problem, _>(|response| {
            response.description("The case has no claim, it is another than `seen`, or a reference names several parties: give the party's identifier")
        })
        .response_with::<422, Problem, _>(|response| response.description("A rule is broken"))
}

pub(super) fn show_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getClaim")
        .tag("cases")
        .summary("The claim with its history 执行标的")
        .response_with::<404, Problem, _>(|response| response.description("There is no such case"))
}
