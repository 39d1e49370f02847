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
}

/// The order of a path, where the caller sees it, and people serve its counterpart.
async fn at(gateway: &Shared, caller: &Identity, path: DeskPath) -> Result<OnDesk, Problem> {
    let courts = caller.courts.clone();
    let found = gateway.store.read(move |reads| {
        let found = order_by_number(reads, &path.number)?;
        let Some(record) = sight::order(reads, &courts, found)? else { return Ok(None) };
        Ok(reads.desk_item(record.id)?.map(|item| (record, item)))
    });
    let (record, item) = found.await?.ok_or_else(|| Problem::not_found("order on the desk"))?;
    let config = gateway.counterparts.now().get(&record.lane).cloned();
    let config = config.filter(|config| config.line.desk().is_some()).ok_or_else(|| {
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
    Ok(OnDesk { record, item, order, inquiry, config })
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
