//! `GET /v1/counterparts/{name}/messages`: what travelled to and from a counterpart, without its content.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::RequestNumber;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CounterpartPath, sees_every_court};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::extract::{At, QueryParams, page_size};
use crate::api::page;
use crate::api::problem::Problem;
use crate::domain::people::Courts;
use crate::domain::{RawDirection, RawId};
use crate::store::{MessageLine, Reads, Stored};

/// Orders that are named of one message.
const MOST_ORDERS: usize = 5;
/// How often the store is asked for one page, where messages are passed over.
const MOST_READS: usize = 8;

/// Which messages.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MessagesQuery {
    /// `next` of the page before.
    cursor: Option<String>,
    /// How many; 50 by default.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Direction {
    /// To the counterpart.
    Out,
    /// From the counterpart.
    In,
}

/// A message that travelled.
#[derive(Debug, Serialize, JsonSchema)]
struct MessageView {
    /// When.
    at: Timestamp,
    /// Which way.
    direction: Direction,
    /// Its name, such as that of a file or of a call; empty where the message is about orders of courts that the caller does not see, too.
    name: String,
    /// How often it came again word for word.
    repeats: u64,
    /// Request numbers of orders that it is about and that the caller may see, at most 5. What it says stands with them.
    orders: Vec<RequestNumber>,
    /// How many orders it is about, of those that the caller may see.
    orders_total: usize,
}

/// Messages of a counterpart.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MessageList {
    /// The newest first.
    messages: Vec<MessageView>,
    /// Pass as `cursor` to read on; null at the end. Where a counterpart is seldom asked, or by other courts, a page may have fewer than
    /// `limit` and go on.
    next: Option<String>,
}

pub(super) async fn messages(
    State(gateway): State<Shared>,
    caller: Caller<{ may::WATCH }>,
    At(path): At<CounterpartPath>,
    QueryParams(query): QueryParams<MessagesQuery>,
) -> Result<Json<MessageList>, Problem> {
    let limit = page_size(query.limit)?;
    let before = page::cursor(query.cursor.as_deref())?.map(RawId::new);
    let known = gateway.counterparts.now().contains_key(&path.name);
    let courts = if sees_every_court(&caller.0) { Courts::All } else { caller.courts().clone() };
    let list = gateway.store.read(move |reads| page_of(reads, &courts, (&path.name, before, limit))).await?;
    if list.messages.is_empty() && !known {
        return Err(Problem::not_found("counterpart"));
    }
    Ok(Json(list))
}

/// A page of the messages that are shown: those about other courts' orders alone are passed over, as if they had not travelled.
fn page_of(
    reads: &mut dyn Reads,
    courts: &Courts,
    (lane, mut before, limit): (&str, Option<RawId>, usize),
) -> Stored<MessageList> {
    let mut messages = Vec::new();
    for _ in 0..MOST_READS {
        let found = reads.messages_of(lane, before, limit.saturating_sub(messages.len()))?;
        for line in found.messages {
            messages.extend(view(reads, courts, line)?);
        }
        before = found.next;
        if before.is_none() || messages.len() >= limit {
            break;
        }
    }
    Ok(MessageList { messages, next: before.map(|next| next.get().to_string()) })
}

/// A message as it is shown; `None` for one about orders of other courts alone.
fn view(reads: &mut dyn Reads, courts: &Courts, line: MessageLine) -> Stored<Option<MessageView>> {
    let mut orders = Vec::new();
    let (mut own, mut others) = (0, 0);
    // Who sees every court needs no look at the orders that are not named.
    let looked_at = if courts.are_all() { MOST_ORDERS } else { usize::MAX };
    for id in line.orders.iter().take(looked_at) {
        let Some(order) = reads.order(*id)? else { continue };
        if !courts.cover(&order.court) {
            others += 1;
            continue;
        }
        own += 1;
        if orders.len() < MOST_ORDERS {
            orders.push(order.number());
        }
    }
    if own == 0 && others > 0 {
        return Ok(None);
    }
    let direction = match line.direction {
        RawDirection::Out => Direction::Out,
        RawDirection::In => Direction::In,
    };
    // A name may say something of an order that is not seen.
    let name = if others > 0 { String::new() } else { line.name };
    let orders_total = if courts.are_all() { line.orders.len() } else { own };
    Ok(Some(MessageView { at: line.at, direction, name, repeats: line.repeats, orders, orders_total }))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listCounterpartMessages")
        .tag("counterparts")
        .summary("What travelled to and from a counterpart 往来报文")
        .description(
            "Without the content, which is of a case: who may look at that sees it with the order, and the look is on record. A message that \
             is about orders of other courts alone is not in the list of callers who do not see them.",
        )
        .response_with::<404, Problem, _>(|response| response.description("There is no such counterpart"))
}
