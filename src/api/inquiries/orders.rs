//! `GET /v1/inquiries/{uid}/orders`.

use std::collections::HashMap;

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::{InquiryPath, about};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::orders::OrderView;
use crate::api::problem::Problem;
use crate::inquiry::OrderRecord;

/// The orders of an inquiry.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct OrderList {
    /// Oldest first, re-queries and controls included.
    orders: Vec<OrderView>,
}

pub(super) async fn orders(
    State(gateway): State<Shared>,
    _: Caller<{ may::READ }>,
    At(path): At<InquiryPath>,
) -> Result<Json<OrderList>, Problem> {
    let submissions = std::sync::Arc::clone(&gateway.submissions);
    let read = about(&gateway, path, move |reads, inquiry| {
        let submission = submissions.get(reads, inquiry.id)?;
        let orders = reads.orders_of(inquiry.id)?;
        let numbers: HashMap<_, _> = orders.iter().map(|order| (order.id, order.number())).collect();
        let view = |order: &OrderRecord| {
            let root = numbers.get(&order.root).cloned();
            OrderView::of(order, root, inquiry.uid, &submission)
        };
        Ok(OrderList { orders: orders.iter().map(view).collect() })
    });
    read.await.map(Json)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listOrders")
        .tag("inquiries")
        .summary("Orders of an inquiry 协助指令")
        .response_with::<404, Problem, _>(|response| response.description("There is no such inquiry"))
}
