//! `POST /v1/orders/{number}/resolve`: a person decides a control whose outcome nobody knows, or withdraws one that has not left.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::{Currency, Money};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{OrderPath, OrderView, at, view};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::acting::act;
use crate::api::extract::{At, JsonBody, check_reason, no_findings};
use crate::api::problem::Problem;
use crate::domain::Finding;
use crate::domain::decide::{Act, Resolution};

/// The decision.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResolveRequest {
    /// What the counterpart did, as found out by other means, or that the order goes out again.
    decision: Decision,
    /// For `done`: how much the counterpart really holds, in the currency of the order; for a release or a deduction how much it
    /// gave back or took, absent as ordered.
    #[serde(default)]
    held: Option<Money>,
    /// Why; 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    reason: String,
}

/// What became of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Decision {
    /// The counterpart did it.
    Done,
    /// The counterpart did not do it. Where the ledger has it as done, because the counterpart said so before, that is taken back: what stands
    /// and what was taken are as before.
    NotDone,
    /// Send it again: under the same number where the counterpart acts on a number once; else under a new one, and you have made
    /// sure that the old one was not carried out. A freeze asks for no more than the claim leaves open by now; under its own number it is
    /// not sent where its limit is more than that.
    SendAgain,
    /// Do not pursue it any further; a late answer is still taken.
    GiveUp,
    /// Withdraw it: it has not left yet, and shall not.
    Withdraw,
}

impl ResolveRequest {
    fn checked(&self, ordered: Option<Money>) -> Result<Resolution, Problem> {
        let mut findings = Vec::new();
        check_reason(&self.reason, &mut findings);
        let mut held = |detail: &str| {
            findings.push(Finding::new("/held", detail));
        };
        if let Some(amount) = self.held {
            if self.decision != Decision::Done {
                held("仅在认定为已办理时填写 belongs to the decision `done` only");
            }
            let currency = ordered.map_or(Some(Currency::CNY), |ordered| ordered.currency);
            if amount.currency != currency {
                held("the amount must be in the currency of the order, CNY where none is ordered");
            }
            if amount.amount < Decimal::ZERO || amount.amount.scale() > 2 {
                held("must not be negative and have at most two decimals");
            }
        }
        let resolution = match self.decision {
            Decision::Done => Resolution::Done(self.held.map(|money| money.amount)),
            Decision::NotDone => Resolution::NotDone,
            Decision::SendAgain => Resolution::SendAgain,
            Decision::GiveUp => Resolution::GiveUp,
            Decision::Withdraw => Resolution::Withdraw,
        };
        no_findings(findings).map(|()| resolution)
    }
}

pub(super) async fn resolve(
    State(gateway): State<Shared>,
    caller: Caller<{ may::RESOLVE }>,
    At(path): At<OrderPath>,
    JsonBody(request): JsonBody<ResolveRequest>,
) -> Result<Json<OrderView>, Problem> {
    let order = at(&gateway, &caller.0, path).await?;
    let resolution = request.checked(order.instruction.amount())?;
    let resolve = Act::Resolve(order.id, resolution);
    let made = act(&gateway, &caller.0, (None, resolve), request.reason, Vec::new()).await?;
    view(&gateway, made.orders.first().copied().unwrap_or(order.id)).await.map(Json)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("resolveOrder")
        .tag("orders")
        .summary("Decide what became of a control 处理结果不明、逾期、被拒的控制")
        .response_with::<404, Problem, _>(|response| response.description("There is no such order"))
        .response_with::<409, Problem, _>(|response| {
            response.description("The order is neither undetermined nor overdue, nor refused; to be withdrawn, it may have left; or, to be sent again, nobody wants it, it asks for more than the claim leaves open by now, or the ledger has it as done")
        })
        .response_with::<422, Problem, _>(|response| response.description("A rule is broken"))
}
