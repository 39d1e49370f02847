//! `GET /v1/orders`.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::{ActionKind, RequestNumber};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OrderView;
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::{QueryParams, page_size};
use crate::api::problem::Problem;
use crate::domain::{OrderState, order_id_of};
use crate::store::{OrderFilter, Stored};

/// Which orders.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrdersQuery {
    /// State.
    state: Option<OrderState>,
    /// The counterpart.
    counterpart: Option<String>,
    /// What is asked.
    action: Option<ActionKind>,
    /// `next` of the page before.
    before: Option<RequestNumber>,
    /// How many; 50 by default.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
}

/// Orders: of an inquiry the oldest first, of all the newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OrderList {
    /// The orders of this page.
    pub orders: Vec<OrderView>,
    /// Where the page ends: passed on to read on; null at the end.
    pub next: Option<RequestNumber>,
}

pub(super) async fn list(
    State(gateway): State<Shared>,
    _: Caller<{ may::READ }>,
    QueryParams(query): QueryParams<OrdersQuery>,
) -> Result<Json<OrderList>, Problem> {
    let limit = page_size(query.limit)?;
    let terms = Arc::clone(&gateway.terms);
    let filter = OrderFilter {
        state: query.state,
        counterpart: query.counterpart,
        action: query.action,
        before: query.before.as_ref().and_then(order_id_of),
        limit: limit + 1,
    };
    let found = gateway.store.read(move |reads| {
        let mut orders = reads.find_orders(&filter)?;
        let more = orders.len() > limit;
        orders.truncate(limit);
        let next = orders.last().filter(|_| more).map(|last| last.number());
        let orders =
            orders.iter().map(|order| OrderView::read(reads, &terms, order)).collect::<Stored<_>>()?;
        Ok(OrderList { orders, next })
    });
    Ok(Json(found.await?))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listOrders")
        .tag("orders")
        .summary("Find orders 查找请求")
        .description("Newest first: `next` is passed as `before`.")
}
