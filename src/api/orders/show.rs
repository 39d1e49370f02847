//! `GET /v1/orders/{number}`: the order and one revision of its answer.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::reply::{Receipt, UnknownValue};
use chakong_contract::{Reply, RequestNumber};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{OrderPath, OrderView, find};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::{At, QueryParams};
use crate::api::problem::Problem;
use crate::domain::Revision;
use crate::domain::decide::Differences;
use crate::queue::Provenance;
use crate::store::ChargeReference;

/// Which revision.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderQuery {
    /// Revision of the answer, from 1; the latest by default.
    #[schemars(range(min = 1))]
    revision: Option<u32>,
}

/// An order with its answer.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct OrderInFull {
    /// The order.
    order: OrderView,
    /// The answer to it or to one of its re-queries; null while there is none.
    answer: Option<AnswerView>,
    /// Number of the latest revision; 0 while there is no answer.
    revisions: u32,
    /// The numbers that a vendor gave its calls about this order, for its bill.
    vendor_calls: Vec<ChargeReference>,
}

/// One revision of an answer.
#[derive(Debug, Serialize, JsonSchema)]
struct AnswerView {
    /// From 1.
    revision: u32,
    /// Request number of the order that was answered.
    order: RequestNumber,
    /// The reply.
    reply: Reply,
    /// Values that the connector does not know, verbatim.
    unknown: Vec<UnknownValue>,
    /// Receipts, byte for byte.
    receipts: Vec<Receipt>,
    /// Assets added, gone and changed since the revision before; null for the first.
    #[schemars(with = "Option<Differences>")]
    differences: Option<Value>,
    /// Where the answer came from.
    provenance: Provenance,
}

impl AnswerView {
    fn of(revision: Revision, order: RequestNumber) -> Self {
        let answer = revision.answer;
        Self {
            revision: revision.number,
            order,
            reply: answer.reply.clone(),
            unknown: answer.unknown.clone(),
            receipts: answer.receipts.clone(),
            differences: revision.differences,
            provenance: Provenance {
                raw_digest: revision.raw_digest,
                connector: revision.connector,
                answered_at: answer.answered_at,
                received_at: revision.at,
                cached_from: revision.cached_from,
            },
        }
    }
}

pub(super) async fn show(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<OrderPath>,
    QueryParams(query): QueryParams<OrderQuery>,
) -> Result<Json<OrderInFull>, Problem> {
    let (terms, courts) = (std::sync::Arc::clone(&gateway.terms), caller.courts().clone());
    let found = gateway.store.read(move |reads| {
        let Some(order) = find(reads, &courts, &path)? else { return Ok(Err("order")) };
        let latest = reads.revision(order.root, None)?;
        let revisions = latest.as_ref().map_or(0, |latest| latest.number);
        let revision = match query.revision {
            None => latest,
            Some(number) => match reads.revision(order.root, Some(number))? {
                None => return Ok(Err("revision")),
                found => found,
            },
        };
        let answer = match revision {
            Some(revision) => {
                let answered = reads.order(revision.order)?;
                let number = answered.map_or_else(|| order.number(), |answered| answered.number());
                Some(AnswerView::of(revision, number))
            }
            None => None,
        };
        let vendor_calls = reads.charge_references(order.id)?;
        let order = OrderView::read(reads, &terms, &order)?;
        Ok(Ok(OrderInFull { order, answer, revisions, vendor_calls }))
    });
    found.await?.map(Json).map_err(Problem::not_found)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getOrder")
        .tag("orders")
        .summary("An order and its answer 协助指令及反馈")
        .response_with::<404, Problem, _>(|response| response.description("No such order or revision"))
}
