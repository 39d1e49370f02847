//! `GET /v1/inquiries/{id}/assets`: what is known, each asset once, whoever reported it.

use std::collections::BTreeMap;

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::asset::{FoundAsset, MatchedBy};
use chakong_contract::{Asset, RequestNumber};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{InquiryPath, about};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::At;
use crate::api::problem::Problem;
use crate::domain::companies::stakes_of_parties;
use crate::domain::{OrderId, OrderRecord, PartyId, Revision, Terms};

/// The assets of an inquiry's parties.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct AssetList {
    /// Each asset once.
    assets: Vec<MergedAsset>,
}

/// An asset with everybody who reported it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MergedAsset {
    /// Names the asset among those of a case: two inquiries that found it give it the same key.
    key: String,
    /// The asset as its newest source reports it; what the others say is in their orders.
    asset: Asset,
    /// Who reported it, newest first.
    sources: Vec<AssetSource>,
}

/// A report of an asset.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct AssetSource {
    /// Request number of the order.
    order: RequestNumber,
    /// The counterpart.
    counterpart: String,
    /// The case system's reference of the party.
    party: String,
    /// Identifier of the party in the case, the same in each of its inquiries.
    party_id: PartyId,
    /// Name of the party.
    party_name: String,
    /// Revision of the answer.
    revision: u32,
    /// When the answer came in.
    at: Timestamp,
    /// SHA-256 of the raw message, hexadecimal.
    raw_digest: String,
    /// Connector and version.
    connector: String,
    /// How the counterpart matched the party.
    matched_by: MatchedBy,
}

pub(super) async fn assets(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    At(path): At<InquiryPath>,
) -> Result<Json<AssetList>, Problem> {
    let terms = std::sync::Arc::clone(&gateway.terms);
    let read = about(&gateway, &caller.0, path, move |reads, inquiry| {
        let asked = terms.get(reads, inquiry.id)?;
        let orders = reads.orders_of(inquiry.id)?;
        let orders: BTreeMap<OrderId, OrderRecord> =
            orders.into_iter().map(|order| (order.id, order)).collect();
        let mut revisions = reads.revisions_of(inquiry.id)?;
        revisions.sort_by_key(|revision| std::cmp::Reverse(revision.at));
        Ok(AssetList { assets: merge(revisions, &orders, &asked.terms) })
    });
    read.await.map(Json)
}

/// Revisions come newest first, so the first report of an asset is the newest.
fn merge(
    revisions: Vec<Revision>,
    orders: &BTreeMap<OrderId, OrderRecord>,
    terms: &Terms,
) -> Vec<MergedAsset> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut merged: Vec<MergedAsset> = Vec::new();
    // What each source tells of the asset at the same place.
    let mut told: Vec<Vec<Asset>> = Vec::new();
    for revision in revisions {
        let Some(order) = orders.get(&revision.order) else { continue };
        for (party, found) in shown(&revision, order, terms) {
            let source = AssetSource {
                order: order.number(),
                counterpart: order.lane.clone(),
                party: terms.reference_of(party),
                party_id: terms.debtor(party),
                party_name: terms.party(party).map(|party| party.name.to_string()).unwrap_or_default(),
                revision: revision.number,
                at: revision.at,
                raw_digest: revision.raw_digest.clone(),
                connector: revision.connector.clone(),
                matched_by: found.matched_by,
            };
            let identities = found.asset.identities();
            let fits = |at: &usize| {
                told.get(*at).is_some_and(|told| !told.iter().any(|one| one.is_another_than(&found.asset)))
            };
            let key = identities.first().cloned().unwrap_or_default();
            let known = identities.iter().find_map(|one| places.get(one).copied().filter(fits));
            let place = known.unwrap_or(merged.len());
            for one in identities {
                places.entry(one).or_insert(place);
            }
            match (merged.get_mut(place), told.get_mut(place)) {
                (Some(known), Some(told)) => {
                    known.sources.push(source);
                    told.push(found.asset);
                }
                _ => {
                    told.push(vec![found.asset.clone()]);
                    merged.push(MergedAsset { key, asset: found.asset, sources: vec![source] });
                }
            }
        }
    }
    merged
}

/// What an answer shows, and whose it is: the assets of the party that was looked up, and the stakes of any party of the inquiry
/// that stands in a company's list of shareholders.
fn shown(revision: &Revision, order: &OrderRecord, terms: &Terms) -> Vec<(u32, FoundAsset)> {
    let reported = revision.answer.reply.assets().iter();
    let stakes = reported.clone().flat_map(|found| stakes_of_parties(&found.asset, &terms.parties));
    let stakes = stakes.map(|one| {
        let found = FoundAsset { asset: Asset::Equity(one.stake), matched_by: one.matched_by };
        (one.party, found)
    });
    reported.map(|found| (order.party, found.clone())).chain(stakes).collect()
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listAssets")
        .tag("inquiries")
        .summary("Assets found 财产")
        .description(
            "Merged from the latest revision of every answer: an asset reported over two lines is one asset with two \
             sources. A source with `matched_by` `name_only` is a candidate only.",
        )
        .response_with::<404, Problem, _>(|response| response.description("There is no such inquiry"))
}
