//! `GET /v1/inquiries/{id}/orders`: in pages, for there may be thousands.

use std::collections::HashMap;

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{InquiryPath, about};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::{At, QueryParams};
use crate::api::orders::{OrderList, OrderView};
use crate::api::page;
use crate::api::problem::{Problem, ProblemKind};
use crate::domain::{OrderId, OrderRecord};

/// Most orders at once.
const MOST: usize = 2000;

/// Which orders.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrdersQuery {
    /// `next` of the page before.
    cursor: Option<String>,
    /// How many; 1000 by default.
    #[schemars(range(min = 1, max = 2000))]
    limit: Option<usize>,
}

pub(super) async fn orders(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<InquiryPath>,
    QueryParams(query): QueryParams<OrdersQuery>,
) -> Result<Json<OrderList>, Problem> {
    let limit = query.limit.unwrap_or(1000);
    if !(1..=MOST).contains(&limit) {
        let detail = format!("limit must lie between 1 and {MOST}");
        return Err(Problem::new(ProblemKind::MalformedRequest, detail));
    }
    let after = page::cursor(query.cursor.as_deref())?.map(OrderId::new).unwrap_or_default();
    let terms = std::sync::Arc::clone(&gateway.terms);
    let read = about(&gateway, &caller.0, path, move |reads, inquiry| {
        let asked = terms.get(reads, inquiry.id)?;
        let all = reads.orders_of(inquiry.id)?;
        let numbers: HashMap<_, _> = all.iter().map(|order| (order.id, order.number())).collect();
        let view = |order: &OrderRecord| {
            let root = numbers.get(&order.root).cloned();
            OrderView::of(order, root, inquiry.uid, &asked.terms)
        };
        let rest: Vec<&OrderRecord> = all.iter().filter(|order| order.id > after).collect();
        let page = rest.get(..limit).unwrap_or(&rest);
        let next = page.last().filter(|_| rest.len() > limit).map(|order| order.id.get().to_string());
        Ok(OrderList { orders: page.iter().map(|order| view(order)).collect(), next })
    });
    read.await.map(Json)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listInquiryOrders")
        .tag("inquiries")
        .summary("Orders of an inquiry 协助指令")
        .description("Oldest first, re-queries and controls included: `next` is passed as `cursor`.")
        .response_with::<404, Problem, _>(|response| response.description("There is no such inquiry"))
}
