//! `POST /v1/orders/{number}/resolve`: a person decides a control whose outcome nobody knows.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::Money;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{OrderPath, OrderView, find};
use crate::api::access::{Caller, may};
use crate::api::extract::{At, Sent, check_reason, no_findings};
use crate::api::problem::Problem;
use crate::api::{Shared, act};
use crate::intake::Finding;
use crate::settle::{self, Declined, Resolution};

/// The decision.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResolveRequest {
    /// What the counterpart did, as found out by other means, or that the order goes out again.
    decision: Decision,
    /// For `done`: how much the counterpart really holds, in yuan. For a release: how much it gave back.
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
    /// The counterpart did not do it.
    NotDone,
    /// Send it again under the same number.
    SendAgain,
}

impl ResolveRequest {
    fn checked(&self) -> Result<Resolution, Problem> {
        let mut findings = Vec::new();
        check_reason(&self.reason, &mut findings);
        let mut held = |detail: &str| {
            findings.push(Finding { pointer: "/held".to_owned(), detail: detail.to_owned() });
        };
        let resolution = match (self.decision, self.held) {
            (Decision::Done, Some(amount)) => {
                if !amount.is_yuan() {
                    held("the amount must be in CNY");
                }
                if amount.amount < Decimal::ZERO || amount.amount.scale() > 2 {
                    held("must not be negative and have at most two decimals");
                }
                Resolution::Done(amount.amount)
            }
            (Decision::Done, None) => {
                held("say how much is really held");
                Resolution::NotDone
            }
            (_, Some(_)) => {
                held("belongs to the decision `done` only");
                Resolution::NotDone
            }
            (Decision::NotDone, None) => Resolution::NotDone,
            (Decision::SendAgain, None) => Resolution::SendAgain,
        };
        no_findings(findings).map(|()| resolution)
    }
}

pub(super) async fn resolve(
    State(gateway): State<Shared>,
    caller: Caller<{ may::APPROVER }>,
    At(path): At<OrderPath>,
    Sent(request): Sent<ResolveRequest>,
) -> Result<Json<OrderView>, Problem> {
    let resolution = request.checked()?;
    let act = act(gateway.clock.now(), caller.name(), "resolve", path.number.as_str(), &request.reason);
    let around = Shared::clone(&gateway);
    let resolved = gateway.store.write(move |tx| {
        let Some(order) = find(tx, &path)? else { return Ok(Err(Declined::Unknown("order"))) };
        match settle::resolve(tx, &order, resolution.clone(), act.clone())? {
            Ok(order) => OrderView::read(tx, &around, &order).map(Ok),
            Err(declined) => Ok(Err(declined)),
        }
    });
    Ok(Json(resolved.await??))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("resolveOrder")
        .tag("orders")
        .summary("Decide a held order 处理结果不明的控制")
        .response_with::<404, Problem, _>(|response| response.description("There is no such order"))
        .response_with::<409, Problem, _>(|response| response.description("The order is not held"))
        .response_with::<422, Problem, _>(|response| response.description("A rule is broken"))
}
