//! Inquiries 查控申请.

mod acts;
mod assets;
mod cancel;
mod certificate;
mod companies;
mod list;
mod measures;
mod orders;
mod preview;
mod requery;
mod show;
mod submit;

pub(super) use submit::{Submission, submit_as};

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::problem::Problem;
use crate::domain::{Coverage, Inquiry, InquiryState, Mandate, OrderState};
use crate::people::{Identity, sight};
use crate::store::{Reads, StoreError, Stored};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/v1/inquiries", post_with(submit::submit, submit::docs).get_with(list::list, list::docs))
        .api_route("/v1/inquiries/preview", post_with(preview::show, preview::docs))
        .api_route("/v1/inquiries/{id}", get_with(show::show, show::docs))
        .api_route("/v1/inquiries/{id}/orders", get_with(orders::orders, orders::docs))
        .api_route("/v1/inquiries/{id}/assets", get_with(assets::assets, assets::docs))
        .api_route("/v1/inquiries/{id}/companies", get_with(companies::companies, companies::docs))
        .api_route("/v1/inquiries/{id}/measures", get_with(measures::measures, measures::docs))
        .api_route("/v1/inquiries/{id}/certificate", get_with(certificate::certificate, certificate::docs))
        .api_route(
            "/v1/inquiries/{id}/certificates/{number}",
            get_with(certificate::issued, certificate::issued_docs),
        )
        .api_route("/v1/inquiries/{id}/acts", get_with(acts::acts, acts::docs))
        .api_route("/v1/inquiries/{id}/requery", post_with(requery::requery, requery::docs))
        .api_route("/v1/inquiries/{id}/cancel", post_with(cancel::cancel, cancel::docs))
}

/// Names an inquiry.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(super) struct InquiryPath {
    /// Identifier of the inquiry.
    id: Uuid,
}

/// An inquiry as it stands.
#[derive(Debug, Serialize, JsonSchema)]
pub struct InquiryView {
    /// Identifier.
    pub id: Uuid,
    /// Case number in canonical form.
    pub case_number: String,
    /// State.
    pub state: InquiryState,
    /// Name of the key that submitted it.
    pub submitted_by: String,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When counterparts should have answered.
    pub deadline: Timestamp,
    /// Orders that have not come to an end.
    pub open_orders: u64,
    /// How often the completeness certificate was issued.
    pub certificates: u32,
    /// The freeze mandate; null when nothing is frozen.
    pub mandate: Option<Mandate>,
    /// How many orders are in which state; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orders: Option<OrderCounts>,
    /// What the claim of the case is covered by; not in lists and not without a mandate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Coverage>,
    /// Where to read on.
    pub links: Links,
}

/// How many orders are in which state.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[allow(missing_docs, reason = "the states of orders")]
pub struct OrderCounts {
    pub total: u64,
    pub queued: u64,
    pub sending: u64,
    pub awaiting: u64,
    pub answered: u64,
    pub refused: u64,
    pub overdue: u64,
    pub failed: u64,
    pub undetermined: u64,
    pub cancelled: u64,
}

impl OrderCounts {
    fn of(counts: &[(OrderState, u64)]) -> Self {
        let of = |state| counts.iter().find(|(known, _)| *known == state).map_or(0, |(_, count)| *count);
        Self {
            total: counts.iter().map(|(_, count)| count).sum(),
            queued: of(OrderState::Queued),
            sending: of(OrderState::Sending),
            awaiting: of(OrderState::Awaiting),
            answered: of(OrderState::Answered),
            refused: of(OrderState::Refused),
            overdue: of(OrderState::Overdue),
            failed: of(OrderState::Failed),
            undetermined: of(OrderState::Undetermined),
            cancelled: of(OrderState::Cancelled),
        }
    }
}

/// Paths of what belongs to an inquiry.
#[derive(Debug, Serialize, JsonSchema)]
#[allow(missing_docs, reason = "the paths say it")]
pub struct Links {
    #[serde(rename = "self")]
    pub this: String,
    pub orders: String,
    pub assets: String,
    pub companies: String,
    pub measures: String,
    pub certificate: String,
    pub acts: String,
    pub case: String,
}

impl InquiryView {
    /// As lists show it.
    fn plain(inquiry: Inquiry) -> Self {
        let this = path_of(inquiry.uid);
        let below = |what: &str| format!("{this}/{what}");
        Self {
            id: inquiry.uid,
            case_number: inquiry.case_number,
            state: inquiry.state,
            submitted_by: inquiry.submitted_by,
            created_at: inquiry.created,
            deadline: inquiry.deadline,
            open_orders: u64::try_from(inquiry.open_orders).unwrap_or(0),
            certificates: inquiry.completions,
            mandate: inquiry.mandate,
            orders: None,
            coverage: None,
            links: Links {
                orders: below("orders"),
                assets: below("assets"),
                companies: below("companies"),
                measures: below("measures"),
                certificate: below("certificate"),
                acts: below("acts"),
                case: format!("/v1/cases/{}", inquiry.case),
                this,
            },
        }
    }

    /// In full.
    fn read(reads: &mut dyn Reads, inquiry: Inquiry) -> Stored<Self> {
        let counts = reads.order_counts(inquiry.id)?;
        let coverage = match inquiry.mandate {
            Some(_) => {
                let chain = reads.chain(inquiry.chain)?.ok_or(StoreError::Missing("the chain"))?;
                let measures = reads.measures_of(inquiry.chain)?;
                chain.claim.as_ref().map(|claim| Coverage::of(claim, measures.iter()))
            }
            None => None,
        };
        Ok(Self { orders: Some(OrderCounts::of(&counts)), coverage, ..Self::plain(inquiry) })
    }

    /// In full, of one without a mandate that was made this moment.
    fn fresh(inquiry: Inquiry) -> Self {
        let queued = u64::try_from(inquiry.open_orders).unwrap_or(0);
        let orders = Some(OrderCounts { total: queued, queued, ..OrderCounts::default() });
        Self { orders, ..Self::plain(inquiry) }
    }
}

fn path_of(uid: Uuid) -> String {
    format!("/v1/inquiries/{uid}")
}

/// Reads something about an inquiry that the caller sees.
async fn about<T: Send + 'static>(
    gateway: &Shared,
    caller: &Identity,
    path: InquiryPath,
    read: impl FnOnce(&mut dyn Reads, Inquiry) -> Stored<T> + Send + 'static,
) -> Result<T, Problem> {
    let courts = caller.courts.clone();
    let found = gateway.store.read(move |reads| match sight::inquiry(reads, &courts, path.id)? {
        Some(inquiry) => read(reads, inquiry).map(Some),
        None => Ok(None),
    });
    found.await?.ok_or_else(|| Problem::not_found("inquiry"))
}
