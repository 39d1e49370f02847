//! Orders 协助指令.

mod list;
mod raw;
mod requery;
mod resolve;
mod show;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use chakong_contract::party::IdentityKind;
use chakong_contract::{Instruction, RequestNumber};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Shared;
use super::problem::Problem;
use crate::domain::people::Courts;
use crate::domain::{MeasureId, OrderRecord, OrderState, Priority, Subject, Terms};
use crate::lanes::RecentTerms;
use crate::people::{Identity, sight};
use crate::queue::FaultNote;
use crate::store::{Reads, Stored, order_by_number};

pub(super) use list::OrderList;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/v1/orders", get_with(list::list, list::docs))
        .api_route("/v1/orders/{number}", get_with(show::show, show::docs))
        .api_route("/v1/orders/{number}/raw", get_with(raw::list, raw::list_docs))
        .api_route("/v1/orders/{number}/raw/{revision}", get_with(raw::file, raw::file_docs))
        .api_route("/v1/orders/{number}/requery", post_with(requery::requery, requery::docs))
        .api_route("/v1/orders/{number}/resolve", post_with(resolve::resolve, resolve::docs))
}

/// Names an order.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(super) struct OrderPath {
    /// Request number of the order.
    number: RequestNumber,
}

/// An order as it stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct OrderView {
    /// Request number.
    number: RequestNumber,
    /// Identifier of the inquiry.
    inquiry: Uuid,
    /// The counterpart.
    counterpart: String,
    /// The case system's reference of the party.
    party: String,
    /// Name of the party.
    party_name: String,
    /// By which kind of identity document the party is looked up.
    document: Option<IdentityKind>,
    /// What is asked.
    instruction: Instruction,
    /// State.
    state: OrderState,
    /// Who goes first.
    priority: Priority,
    /// Attempts so far.
    attempts: u32,
    /// When it was made.
    created_at: Timestamp,
    /// Not sent before this.
    due_at: Timestamp,
    /// When it left for the counterpart last; null while it never did.
    sent_at: Option<Timestamp>,
    /// When it should have been answered.
    deadline: Timestamp,
    /// The order that this one asks again; null for a first one.
    requery_of: Option<RequestNumber>,
    /// The measure that it creates or releases.
    measure: Option<MeasureId>,
    /// Why the last attempt brought no reply.
    fault: Option<FaultNote>,
}

impl OrderView {
    /// `root` is the number of the first order of the chain.
    pub(super) fn of(order: &OrderRecord, root: Option<RequestNumber>, inquiry: Uuid, terms: &Terms) -> Self {
        let subject = Subject { party: order.party, document: order.document };
        Self {
            number: order.number(),
            inquiry,
            counterpart: order.lane.clone(),
            party: terms.reference_of(order.party),
            party_name: terms.party(order.party).map(|party| party.name.to_string()).unwrap_or_default(),
            document: terms.document(subject).map(|known| known.kind()),
            instruction: order.instruction.clone(),
            state: order.state,
            priority: order.priority,
            attempts: order.attempts,
            created_at: order.created,
            due_at: order.due,
            sent_at: order.sent,
            deadline: order.deadline,
            requery_of: root.filter(|_| order.root != order.id),
            measure: order.measure,
            fault: order.fault.as_ref().map(Into::into),
        }
    }

    /// Reads what stands around an order.
    fn read(reads: &mut dyn Reads, terms: &RecentTerms, order: &OrderRecord) -> Stored<Self> {
        use crate::store::StoreError::Missing;
        let inquiry = reads.inquiry(order.inquiry)?.ok_or(Missing("the order's inquiry"))?;
        let asked = terms.get(reads, order.inquiry)?;
        let root = match order.root == order.id {
            true => None,
            false => reads.order(order.root)?.map(|root| root.number()),
        };
        Ok(Self::of(order, root, inquiry.uid, &asked.terms))
    }
}

/// The order of an identifier as it stands.
async fn view(gateway: &Shared, id: crate::domain::OrderId) -> Result<OrderView, Problem> {
    let terms = std::sync::Arc::clone(&gateway.terms);
    let found = gateway.store.read(move |reads| match reads.order(id)? {
        Some(order) => OrderView::read(reads, &terms, &order).map(Some),
        None => Ok(None),
    });
    found.await?.ok_or_else(|| Problem::not_found("order"))
}

/// The order of a path, where the caller sees it.
async fn at(gateway: &Shared, caller: &Identity, path: OrderPath) -> Result<OrderRecord, Problem> {
    let courts = caller.courts.clone();
    let found = gateway.store.read(move |reads| find(reads, &courts, &path)).await?;
    found.ok_or_else(|| Problem::not_found("order"))
}

fn find(reads: &mut dyn Reads, courts: &Courts, path: &OrderPath) -> Stored<Option<OrderRecord>> {
    let found = order_by_number(reads, &path.number)?;
    sight::order(reads, courts, found)
}
