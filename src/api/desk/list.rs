//! `GET /v1/desk`: what people have to carry along.

use std::str::FromStr;
use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::PartyName;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::view::DeskView;
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::{QueryParams, page_size};
use crate::api::page;
use crate::api::problem::Problem;
use crate::domain::{DeskItem, DeskState, OrderId};
use crate::lanes::RecentTerms;
use crate::store::{DeskFilter, DeskWhich, Reads, StoreError, Stored};

/// Where orders stand that are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Wanted {
    /// Nobody has taken them.
    Open,
    /// Somebody carries them along.
    Taken,
    /// An answer was entered and waits for a second person.
    ToCheck,
    /// Their answer was taken in.
    Done,
    /// They came to their end otherwise: withdrawn, or decided by other means.
    Ended,
}

/// Which orders.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskQuery {
    /// The counterpart.
    counterpart: Option<String>,
    /// Code of the court.
    court: Option<String>,
    /// Where they stand; by default those that people still have to do something about.
    state: Option<Wanted>,
    /// Only those whose time has passed.
    #[serde(default)]
    overdue: bool,
    /// `next` of the page before.
    cursor: Option<String>,
    /// How many; 50 by default.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
}

/// Orders on the desk.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DeskList {
    /// Those due first before the others.
    orders: Vec<DeskView>,
    /// Pass as `cursor` to read on; null at the end.
    next: Option<String>,
}

/// Where a page begins: behind an order by when it is due.
struct Place(Timestamp, OrderId);

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (due, id) = text.split_once('~').ok_or(())?;
        Ok(Self(due.parse().map_err(drop)?, OrderId::new(id.parse().map_err(drop)?)))
    }
}

pub(super) async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::DESK_READ }>,
    QueryParams(query): QueryParams<DeskQuery>,
) -> Result<Json<DeskList>, Problem> {
    let (limit, now) = (page_size(query.limit)?, gateway.clock.now());
    let counterparts = gateway.counterparts.now();
    let served = counterparts.iter().filter(|(_, config)| config.line.desk().is_some());
    let which = match query.state {
        None => DeskWhich::Waiting,
        Some(Wanted::Open) => DeskWhich::WaitingIn(DeskState::Open),
        Some(Wanted::Taken) => DeskWhich::WaitingIn(DeskState::Taken),
        Some(Wanted::ToCheck) => DeskWhich::WaitingIn(DeskState::ToCheck),
        Some(Wanted::Done) => DeskWhich::Done,
        Some(Wanted::Ended) => DeskWhich::Ended,
    };
    let filter = DeskFilter {
        lanes: served.map(|(name, _)| name.clone()).collect(),
        // The paper of what was carried is entered here, whatever line the counterpart has now.
        with_carried: true,
        counterpart: query.counterpart,
        courts: caller.sees(query.court.as_deref()),
        which,
        due_before: query.overdue.then_some(now),
        after: page::cursor(query.cursor.as_deref())?.map(|Place(due, id)| (due, id)),
        limit: limit + 1,
    };
    let terms = Arc::clone(&gateway.terms);
    let found = gateway.store.read(move |reads| {
        let mut items = reads.find_desk(&filter)?;
        let next = page::cut(&mut items, limit, |last| format!("{}~{}", last.deadline, last.order.get()));
        let mut orders = Vec::with_capacity(items.len());
        for item in &items {
            let name = counterparts.get(&item.lane).map_or(&item.lane, |config| &config.name_zh);
            orders.push(view(reads, &terms, item, name.clone(), now)?);
        }
        Ok(DeskList { orders, next })
    });
    Ok(Json(found.await?))
}

fn view(
    reads: &mut dyn Reads,
    terms: &RecentTerms,
    item: &DeskItem,
    name: String,
    now: Timestamp,
) -> Stored<DeskView> {
    let record = reads.order(item.order)?.ok_or(StoreError::Missing("the order"))?;
    let inquiry = reads.inquiry(record.inquiry)?.ok_or(StoreError::Missing("the order's inquiry"))?;
    let asked = terms.get(reads, record.inquiry)?;
    let party = asked.terms.party(record.party).ok_or(StoreError::Missing("the order's party"))?;
    let party: PartyName = party.name.clone();
    Ok(DeskView::of((&record, item), &inquiry, (party, name), now))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listDesk")
        .tag("desk")
        .summary("Orders that people carry along 人工办理")
        .description("Those due first before the others. `next` is passed as `cursor` until it is null.")
}
