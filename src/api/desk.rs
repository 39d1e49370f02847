//! The desk 人工办理: orders that people carry along to counterparts without a network, and what they enter.

mod answer;
mod check;
mod list;
mod notice;
mod scan;
mod settling;
mod show;
mod take;
mod upload;
mod view;

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use chakong_contract::{Order, RequestNumber};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Shared;
use super::problem::{Problem, ProblemKind};
use crate::config::CounterpartConfig;
use crate::domain::{DeskItem, Inquiry, OrderId, OrderRecord};
use crate::people::{Identity, sight};
use crate::store::{StoreError, order_by_number};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/v1/desk", get_with(list::list, list::docs))
        .api_route("/v1/desk/{number}", get_with(show::show, show::docs))
        .api_route("/v1/desk/{number}/scan", get_with(scan::show, scan::docs))
        .api_route("/v1/desk/{number}/take", post_with(take::take, take::docs))
        .api_route("/v1/desk/{number}/notice", post_with(notice::print, notice::docs))
        .api_route("/v1/desk/{number}/answer", post_with(answer::enter, answer::docs))
        .api_route("/v1/desk/{number}/check", post_with(check::check, check::docs))
}

/// Names an order on the desk.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
struct DeskPath {
    /// Request number of the order.
    number: RequestNumber,
}

/// An order on the desk with everything that is known of it.
struct OnDesk {
    record: OrderRecord,
    item: DeskItem,
    order: Order,
    inquiry: Inquiry,
    config: Arc<CounterpartConfig>,
    /// Whether a second person checks what is entered.
    checked: bool,
}

/// The order of a path, where the caller sees it, and people serve its counterpart, or carried the order along while they did.
async fn at(gateway: &Shared, caller: &Identity, path: DeskPath) -> Result<OnDesk, Problem> {
    let courts = caller.courts.clone();
    let found = gateway.store.read(move |reads| {
        let found = order_by_number(reads, &path.number)?;
        let Some(record) = sight::order(reads, &courts, found)? else { return Ok(None) };
        Ok(reads.desk_item(record.id)?.map(|item| (record, item)))
    });
    let (record, item) = found.await?.ok_or_else(|| Problem::not_found("order on the desk"))?;
    let config = gateway.counterparts.now().get(&record.lane).cloned();
    let config = config.and_then(|config| with_form(gateway, config, &item));
    let (config, checked) = config.ok_or_else(|| {
        let detail = format!("{}已不由人工办理 people no longer serve this counterpart", record.lane);
        Problem::new(ProblemKind::NotNow, detail)
    })?;
    let (terms, of, own) = (Arc::clone(&gateway.terms), record.clone(), Arc::clone(&config));
    let read = gateway.store.read(move |reads| {
        let order = terms.order(reads, &of, &own)?;
        let inquiry = reads.inquiry(of.inquiry)?.ok_or(StoreError::Missing("the order's inquiry"))?;
        Ok((order, inquiry))
    });
    let (order, inquiry) = read.await?;
    Ok(OnDesk { record, item, order, inquiry, config, checked })
}

/// The counterpart with the form of its answers, and whether a second person checks them. Of one that has another line now, what was
/// carried along before is entered into the form that every paper fits, and is always checked.
fn with_form(
    gateway: &Shared,
    config: Arc<CounterpartConfig>,
    item: &DeskItem,
) -> Option<(Arc<CounterpartConfig>, bool)> {
    if let Some(desk) = config.line.desk() {
        let checked = desk.checked;
        return Some((config, checked));
    }
    if !item.was_carried() {
        return None;
    }
    let (plugin, connector) = (gateway.paper_form)(&config.name_zh)?;
    Some((Arc::new(CounterpartConfig { plugin, connector, ..CounterpartConfig::clone(&config) }), true))
}

/// Where a second person checks, both are persons: the key of a system is none, whoever has it.
///
/// # Errors
/// That a system calls.
fn only_persons(caller: &Identity) -> Result<(), Problem> {
    let detail = "录入与复核须由两名人员办理 two persons enter and check: the key of a system is none";
    caller.person.map(drop).ok_or_else(|| Problem::new(ProblemKind::Forbidden, detail))
}

/// The same as it stands now, after something was done about it.
async fn again(gateway: &Shared, on: OnDesk) -> Result<OnDesk, Problem> {
    let id: OrderId = on.record.id;
    let read = gateway.store.read(move |reads| {
        let record = reads.order(id)?.ok_or(StoreError::Missing("the order"))?;
        let item = reads.desk_item(id)?.ok_or(StoreError::Missing("the order on the desk"))?;
        let inquiry = reads.inquiry(record.inquiry)?.ok_or(StoreError::Missing("the order's inquiry"))?;
        Ok((record, item, inquiry))
    });
    let (record, item, inquiry) = read.await?;
    Ok(OnDesk { record, item, inquiry, ..on })
}
