//! What did not go well at a counterpart, as operations see it: which order, and what went wrong, and nothing of the case. A query of
//! these is sent again from here.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::{ActionKind, FaultKind, RequestNumber};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CounterpartPath, sees_every_court};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::acting::act;
use crate::api::extract::{At, JsonBody, ReasonGiven};
use crate::api::problem::{Problem, ProblemKind};
use crate::domain::decide::Act;
use crate::domain::people::Courts;
use crate::domain::{OrderRecord, OrderState};
use crate::store::{OrderFilter, Reads, Stored, order_by_number};

/// States of orders that did not go well, those that a person must decide first.
const TROUBLES: [OrderState; 3] = [OrderState::Undetermined, OrderState::Failed, OrderState::Overdue];
/// Orders of each state that are told.
const MOST_OF_EACH: usize = 20;

/// An order that did not go well.
#[derive(Debug, Serialize, JsonSchema)]
struct FaultyOrder {
    /// Request number.
    number: RequestNumber,
    /// What is asked.
    action: ActionKind,
    /// State.
    state: OrderState,
    /// Kind of the last fault; null where there was none.
    fault: Option<FaultKind>,
    /// When it was made.
    created_at: Timestamp,
    /// When it left; null where it did not.
    sent_at: Option<Timestamp>,
    /// Whether operations may have it sent again: queries that failed or are overdue. Controls are for approvers.
    may_be_sent_again: bool,
}

impl From<&OrderRecord> for FaultyOrder {
    fn from(order: &OrderRecord) -> Self {
        Self {
            number: order.number(),
            action: order.instruction.kind(),
            state: order.state,
            fault: order.fault.as_ref().map(|fault| fault.kind),
            created_at: order.created,
            sent_at: order.sent,
            may_be_sent_again: may_be_sent_again(order),
        }
    }
}

fn may_be_sent_again(order: &OrderRecord) -> bool {
    !order.is_control() && matches!(order.state, OrderState::Failed | OrderState::Overdue)
}

/// What did not go well at a counterpart.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FaultList {
    /// What a person must decide first, then what failed, then what is overdue; of each the newest, at most 20.
    faults: Vec<FaultyOrder>,
}

pub(super) async fn faults(
    State(gateway): State<Shared>,
    caller: Caller<{ may::WATCH }>,
    At(path): At<CounterpartPath>,
) -> Result<Json<FaultList>, Problem> {
    let known = gateway.counterparts.now().contains_key(&path.name);
    let courts = if sees_every_court(&caller.0) { Courts::All } else { caller.courts().clone() };
    let faults = gateway.store.read(move |reads| faults_of(reads, &courts, &path.name)).await?;
    if faults.is_empty() && !known {
        return Err(Problem::not_found("counterpart"));
    }
    Ok(Json(FaultList { faults }))
}

fn faults_of(reads: &mut dyn Reads, courts: &Courts, lane: &str) -> Stored<Vec<FaultyOrder>> {
    let mut faults = Vec::new();
    for state in TROUBLES {
        let filter = OrderFilter {
            state: Some(state),
            courts: courts.clone(),
            counterpart: Some(lane.to_owned()),
            limit: MOST_OF_EACH,
            ..OrderFilter::default()
        };
        faults.extend(reads.find_orders(&filter)?.iter().map(FaultyOrder::from));
    }
    Ok(faults)
}

/// Names an order of a counterpart.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(super) struct FaultPath {
    /// Name of the counterpart.
    name: String,
    /// Request number of the order.
    number: RequestNumber,
}

/// What became of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SentAgain {
    /// Request number of the new order; its answer is the next revision.
    number: RequestNumber,
}

pub(super) async fn send_again(
    State(gateway): State<Shared>,
    caller: Caller<{ may::OPERATE }>,
    At(path): At<FaultPath>,
    JsonBody(given): JsonBody<ReasonGiven>,
) -> Result<Json<SentAgain>, Problem> {
    let reason = given.checked()?;
    let number = path.number;
    let found = gateway.store.read(move |reads| order_by_number(reads, &number)).await?;
    let order = found.filter(|order| order.lane == path.name).ok_or_else(|| Problem::not_found("order"))?;
    if !may_be_sent_again(&order) {
        let detail = "只能重发失败或逾期的查询；控制请求由审批人办理 only a query that failed or is overdue is sent again from here; what \
                      became of a control an approver decides";
        return Err(Problem::new(ProblemKind::NotNow, detail));
    }
    let made = act(&gateway, &caller.0, (None, Act::Requery(vec![order.id])), reason, Vec::new()).await?;
    let id = made.orders.first().copied().ok_or_else(|| Problem::not_found("order"))?;
    let made = gateway.store.read(move |reads| reads.order(id)).await?;
    let made = made.ok_or_else(|| Problem::not_found("order"))?;
    Ok(Json(SentAgain { number: made.number() }))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listCounterpartFaults")
        .tag("counterparts")
        .summary("What did not go well at a counterpart 未办成的请求")
        .description("Which orders and what went wrong, and nothing of their cases.")
        .response_with::<404, Problem, _>(|response| response.description("There is no such counterpart"))
}

pub(super) fn again_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("sendQueryAgain")
        .tag("counterparts")
        .summary("Send a query again 重发查询")
        .description("A query that failed or is overdue. The answer is not shown here.")
        .response_with::<404, Problem, _>(|response| response.description("It has no such order"))
        .response_with::<409, Problem, _>(|response| {
            response.description("A control, one that is under way or answered, or a cancelled inquiry")
        })
        .response_with::<422, Problem, _>(|response| response.description("A reason is missing"))
}
