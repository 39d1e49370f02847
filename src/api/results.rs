//! Results 结果 for named consumers, and how far each of them is.

mod ack;
mod consumers;
mod read;
mod stream;

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with, post_with};

use super::Shared;
use super::problem::{Problem, ProblemKind};
use crate::domain::EventType;
use crate::queue::Position;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/v1/results", get_with(read::read, read::docs))
        .api_route("/v1/results/ack", post_with(ack::ack, ack::docs))
        .api_route("/v1/results/stream", get_with(stream::stream, stream::docs))
        .api_route("/v1/consumers", get_with(consumers::consumers, consumers::docs))
        .api_route("/v1/consumers/{name}", delete_with(consumers::remove, consumers::remove_docs))
}

/// What a consumer may be called.
const NAME_RULE: &str = "a consumer has 1 to 64 of the characters a-z, 0-9, - and _";

fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
}

fn malformed(detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::MalformedRequest, detail)
}

/// Where a consumer reads on.
fn position(consumer: String, after: Option<&str>) -> Result<Position, Problem> {
    if !is_name(&consumer) {
        return Err(malformed(format!("consumer: {NAME_RULE}")));
    }
    let Some(after) = after else { return Ok(Position::Acknowledged(consumer)) };
    match after.parse::<i64>() {
        Ok(seq) if seq < 0 => Err(malformed("after must not be negative")),
        Ok(seq) => Ok(Position::After(seq)),
        Err(_) => after.parse().map(Position::Since).map_err(|_| {
            malformed("after must be a sequence number, or a time such as 2026-01-05T01:00:00Z")
        }),
    }
}

/// The types that are named, separated by commas.
fn types_of(named: Option<&str>) -> Result<Vec<EventType>, Problem> {
    let Some(named) = named else { return Ok(Vec::new()) };
    let one = |name: &str| {
        let known = EventType::ALL.iter().find(|kind| kind.name() == name.trim());
        known.copied().ok_or_else(|| malformed(format!("types: there is no type `{}`", shortened(name))))
    };
    named.split(',').take(EventType::ALL.len() + 1).map(one).collect()
}

/// So much of what was sent as fits a sentence.
fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}
