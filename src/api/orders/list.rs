//! `GET /v1/orders`.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::ActionKind;
use chakong_contract::id::CaseNumber;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::OrderView;
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::{QueryParams, page_size};
use crate::api::page;
use crate::api::problem::{Problem, ProblemKind};
use crate::domain::{InquiryId, MeasureId, OrderId, OrderState};
use crate::store::{InquiryFilter, OrderFilter, Reads, Stored};

/// Most orders that are looked at for one page. A page that would take more ends before, and `next` goes on.
const LOOK: usize = 100_000;
/// Most inquiries of a case in which a party is looked for.
const MOST_INQUIRIES: usize = 1_000;

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
    /// Code of the court.
    court: Option<String>,
    /// Number of the inquiries' case in any spelling.
    case_number: Option<String>,
    /// Identifier of the inquiry.
    inquiry: Option<Uuid>,
    /// The case system's reference of the party, within an inquiry or a case that is given too.
    party: Option<String>,
    /// Identifier of the measure: the orders that place, renew, release it …
    measure: Option<MeasureId>,
    /// Made at this time or later.
    created_from: Option<Timestamp>,
    /// Made before this.
    created_before: Option<Timestamp>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// How many; 50 by default.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
}

/// Orders: of an inquiry the oldest first, of all the newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OrderList {
    /// The orders of this page.
    pub orders: Vec<OrderView>,
    /// Pass as `cursor` to read on; null at the end. A page of a long list can hold fewer orders than were asked for, even none, and have
    /// a `next`.
    pub next: Option<String>,
}

pub(super) async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::READ }>,
    QueryParams(query): QueryParams<OrdersQuery>,
) -> Result<Json<OrderList>, Problem> {
    let limit = page_size(query.limit)?;
    let case = page::case_number("case_number", query.case_number.as_deref())?;
    if query.party.is_some() && query.inquiry.is_none() && case.is_none() {
        let detail = "party: give `inquiry` or `case_number` too; a reference names a party of one inquiry";
        return Err(Problem::new(ProblemKind::MalformedRequest, detail));
    }
    let filter = OrderFilter {
        state: query.state,
        counterpart: query.counterpart,
        action: query.action,
        courts: caller.sees(query.court.as_deref()),
        case_number: case.as_ref().map(|number| number.as_str().to_owned()),
        measure: query.measure,
        created_from: query.created_from,
        created_before: query.created_before,
        before: page::cursor(query.cursor.as_deref())?.map(OrderId::new),
        limit: limit + 1,
        ..OrderFilter::default()
    };
    let (uid, party) = (query.inquiry, query.party);
    let terms = Arc::clone(&gateway.terms);
    let found = gateway.store.read(move |reads| {
        let none = OrderList { orders: Vec::new(), next: None };
        let Some(inquiry) = row_of(reads, uid)? else { return Ok(none) };
        let parties = match party {
            Some(party) => Some(parties_of(reads, inquiry, case.as_ref(), &party)?),
            None => None,
        };
        let mut filter = OrderFilter { inquiry, parties, ..filter };
        filter.down_to = reads.end_of_look(&filter, LOOK)?;
        let mut orders = reads.find_orders(&filter)?;
        let mark = |id: OrderId| id.get().to_string();
        let next = page::cut(&mut orders, limit, |last| mark(last.id)).or(filter.down_to.map(mark));
        let orders =
            orders.iter().map(|order| OrderView::read(reads, &terms, order)).collect::<Stored<_>>()?;
        Ok(OrderList { orders, next })
    });
    Ok(Json(found.await?))
}

/// The row of the inquiry that is wanted, if one is; `None` where there is no such inquiry.
fn row_of(reads: &mut dyn Reads, uid: Option<Uuid>) -> Stored<Option<Option<InquiryId>>> {
    let Some(uid) = uid else { return Ok(Some(None)) };
    Ok(reads.inquiry_by_uid(uid)?.map(|inquiry| Some(inquiry.id)))
}

/// The parties that a reference names in an inquiry, or in the inquiries of a case.
fn parties_of(
    reads: &mut dyn Reads,
    inquiry: Option<InquiryId>,
    case: Option<&CaseNumber>,
    reference: &str,
) -> Stored<Vec<(InquiryId, u32)>> {
    let inquiries = match (inquiry, case) {
        (Some(inquiry), _) => vec![inquiry],
        (None, Some(number)) => {
            let case_number = Some(number.as_str().to_owned());
            let filter = InquiryFilter { case_number, limit: MOST_INQUIRIES, ..InquiryFilter::default() };
            reads.find_inquiries(&filter)?.iter().map(|inquiry| inquiry.id).collect()
        }
        (None, None) => Vec::new(),
    };
    let mut parties = Vec::new();
    for inquiry in inquiries {
        let references = reads.references_of(inquiry)?;
        let named = (0..).zip(&references).filter(|(_, known)| *known == reference);
        parties.extend(named.map(|(party, _)| (inquiry, party)));
    }
    Ok(parties)
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listOrders")
        .tag("orders")
        .summary("Find orders 查找请求")
        .description("Newest first: `next` is passed as `cursor` until it is null. A page looks at 100,000 orders at most.")
}
