//! `GET /v1/results`: a page of events, with long poll.

use std::time::Duration;

use aide::transform::TransformOperation;
use axum::extract::State;
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{malformed, position, types_of};
use crate::api::Shared;
use crate::api::access::{Caller, Credential, may, unauthenticated};
use crate::api::extract::QueryParams;
use crate::api::problem::Problem;
use crate::queue::{Page, Wanted};

/// Most events at once.
const MOST: usize = 500;
/// Longest wait in seconds.
const LONGEST_WAIT: u64 = 60;

/// Who reads what.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadQuery {
    /// Name of the consumer: 1 to 64 of a-z, 0-9, - and _.
    #[schemars(regex(pattern = "^[a-z0-9_-]{1,64}$"))]
    consumer: String,
    /// Read after this sequence number instead of after what was acknowledged; or from a time on, such as
    /// `2026-01-05T01:00:00Z`: events of the minute before it may come along.
    after: Option<String>,
    /// Only events of these types, separated by commas: `chakong.order.answered,chakong.inquiry.completed`. `next` passes the others
    /// over.
    types: Option<String>,
    /// How many events; 100 by default.
    #[schemars(range(min = 1, max = 500))]
    limit: Option<usize>,
    /// Wait so many seconds for events when there are none; 0 by default.
    #[schemars(range(min = 0, max = 60))]
    wait: Option<u64>,
}

pub(super) async fn read(
    State(gateway): State<Shared>,
    caller: Caller<{ may::RESULTS }>,
    QueryParams(query): QueryParams<ReadQuery>,
    credential: Option<Extension<Credential>>,
) -> Result<Json<Page>, Problem> {
    let from = position(&caller.0, &query.consumer, query.after.as_deref())?;
    let wanted = Wanted { types: types_of(query.types.as_deref())?, courts: caller.courts().clone() };
    let limit = query.limit.unwrap_or(100);
    if !(1..=MOST).contains(&limit) {
        return Err(malformed(format!("limit must lie between 1 and {MOST}")));
    }
    let wait = query.wait.unwrap_or(0);
    if wait > LONGEST_WAIT {
        return Err(malformed(format!("wait must lie between 0 and {LONGEST_WAIT} seconds")));
    }
    let (wait, stop) = (Duration::from_secs(wait), gateway.tasks.soft());
    let page = gateway.log.wait_for_page(&from, &wanted, limit, wait, stop).await?;
    if let (true, Some(Extension(credential))) = (wait > Duration::ZERO, credential)
        && !credential.still_may::<{ may::RESULTS }>(&gateway, &wanted.courts).await?
    {
        return Err(unauthenticated());
    }
    Ok(Json(page))
}

pub(super) fn docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("readResults")
        .tag("results")
        .summary("Read results 读取结果")
        .description(
            "CloudEvents 1.0 in the order of the log, at least once: they come again until they are acknowledged. Answers \
             at once when there are events; else waits, and answers early when the gateway stops.",
        )
}
