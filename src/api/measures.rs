//! Measures 控制措施: lines of the freeze ledger.

mod approve;
mod checks;
mod deduct;
mod receipt;
mod release;
mod renew;
mod show;
mod transfer;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use chakong_contract::RequestNumber;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::problem::Problem;
use crate::inquiry::{Measure, MeasureId, Submission};
use crate::settle::Declined;
use crate::store::{KeptReceipt, Reads, StoreError, Stored, Tx};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/v1/measures/{id}", get_with(show::show, show::docs))
        .api_route("/v1/measures/{id}/receipts/{sha256}", get_with(receipt::show, receipt::docs))
        .api_route("/v1/measures/{id}/approve", post_with(approve::approve, approve::approve_docs))
        .api_route("/v1/measures/{id}/reject", post_with(approve::reject, approve::reject_docs))
        .api_route("/v1/measures/{id}/release", post_with(release::release, release::docs))
        .api_route("/v1/measures/{id}/renew", post_with(renew::renew, renew::docs))
        .api_route("/v1/measures/{id}/deduct", post_with(deduct::deduct, deduct::docs))
        .api_route("/v1/measures/{id}/transfer", post_with(transfer::transfer, transfer::docs))
}

/// Names a measure.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(super) struct MeasurePath {
    /// Number of the measure.
    id: MeasureId,
}

/// A line of the ledger as it stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MeasureView {
    /// Identifier of the inquiry.
    inquiry: Uuid,
    /// The case system's reference of the party.
    party: String,
    /// Request number of the freeze order; null while nothing was asked.
    order: Option<RequestNumber>,
    /// Receipts 回执 that the counterpart handed in on their own, oldest first; those that came with an answer stand there.
    receipts: Vec<ReceiptView>,
    /// The line.
    #[serde(flatten)]
    measure: Measure,
}

/// A receipt that came on its own.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ReceiptView {
    /// Request number of the control that it is about.
    order: RequestNumber,
    /// File name or title, as handed in.
    title: String,
    /// File extension, as handed in.
    format: String,
    /// SHA-256 of the bytes, hexadecimal: by this the file is fetched.
    sha256: String,
    /// How many bytes.
    size: i64,
    /// When it came.
    received_at: Timestamp,
}

impl ReceiptView {
    fn of(reads: &mut dyn Reads, receipt: KeptReceipt) -> Stored<Self> {
        let KeptReceipt { order, received_at, title, format, sha256, size } = receipt;
        let order = reads.order(order)?.ok_or(StoreError::Missing("the receipt's order"))?.number();
        Ok(Self { order, title, format, sha256, size, received_at })
    }
}

impl MeasureView {
    /// Reads what stands around a measure.
    pub(super) fn read(
        reads: &mut dyn Reads,
        measure: Measure,
        inquiry: Uuid,
        submission: &Submission,
    ) -> Stored<Self> {
        let order = match measure.order {
            Some(order) => reads.order(order)?.map(|order| order.number()),
            None => None,
        };
        let kept = reads.receipts_of(measure.id)?;
        let receipts = kept.into_iter().map(|kept| ReceiptView::of(reads, kept)).collect::<Stored<_>>()?;
        Ok(Self { inquiry, party: submission.reference_of(measure.party), order, receipts, measure })
    }

    fn find_around(reads: &mut dyn Reads, gateway: &Shared, measure: Measure) -> Stored<Self> {
        let inquiry = reads.inquiry(measure.inquiry)?.ok_or(StoreError::Missing("the measure's inquiry"))?;
        let submission = gateway.submissions.get(reads, measure.inquiry)?;
        Self::read(reads, measure, inquiry.uid, &submission)
    }
}

/// Does what a person decided about a measure.
async fn decide(
    gateway: &Shared,
    mut work: impl FnMut(&mut dyn Tx) -> Stored<Result<Measure, Declined>> + Send + 'static,
) -> Result<(MeasureView, crate::inquiry::InquiryId), Problem> {
    let around = Shared::clone(gateway);
    let decided = gateway.store.write(move |tx| match work(tx)? {
        Ok(measure) => {
            let inquiry = measure.inquiry;
            Ok(Ok((MeasureView::find_around(tx, &around, measure)?, inquiry)))
        }
        Err(declined) => Ok(Err(declined)),
    });
    Ok(decided.await??)
}
