//! `GET /v1/inquiries/{id}/companies`: from several sources one company, each fact with its sources.

use std::collections::BTreeMap;

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::{InquiryPath, about};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::Problem;
use crate::domain::companies::{FactSource, KnownCompany, Report, merge};
use crate::domain::{OrderId, OrderRecord};

/// The companies that the answers of an inquiry name.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CompanyList {
    /// Each company once, the one heard of last first.
    companies: Vec<KnownCompany>,
}

pub(super) async fn companies(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<InquiryPath>,
) -> Result<Json<CompanyList>, Problem> {
    let terms = std::sync::Arc::clone(&gateway.terms);
    let read = about(&gateway, &caller.0, path, move |reads, inquiry| {
        let asked = terms.get(reads, inquiry.id)?;
        let orders = reads.orders_of(inquiry.id)?;
        let orders: BTreeMap<OrderId, OrderRecord> =
            orders.into_iter().map(|order| (order.id, order)).collect();
        let mut reports = Vec::new();
        for revision in reads.revisions_of(inquiry.id)? {
            let Some(order) = orders.get(&revision.order) else { continue };
            reports.extend(revision.answer.reply.assets().iter().map(|found| Report {
                source: FactSource {
                    order: order.number(),
                    counterpart: order.lane.clone(),
                    party: asked.terms.reference_of(order.party),
                    revision: revision.number,
                    at: revision.at,
                    matched_by: found.matched_by,
                },
                asset: found.asset.clone(),
            }));
        }
        Ok(CompanyList { companies: merge(&reports) })
    });
    read.await.map(Json)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listCompanies")
        .tag("inquiries")
        .summary("Companies 企业")
        .description(
            "Merged from the latest revision of every answer, companies and stakes in them: each fact with the places of \
             its sources, every value that is stated, and where sources contradict each other. A source with `matched_by` \
             `name_only` is a candidate only.",
        )
        .response_with::<404, Problem, _>(|response| response.description("There is no such inquiry"))
}
