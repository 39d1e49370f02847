//! Results 结果 for named consumers, and how far each of them is.

mod ack;
mod consumers;
mod read;
mod stream;

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with, post_with};

use super::Shared;
use super::access::Identity;
use super::problem::{Problem, ProblemKind};
use crate::domain::EventType;
use crate::domain::people::{Courts, is_consumer_name};
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

/// Whether a key may read as a consumer, or remove it: one that is bound to a consumer knows no other.
///
/// # Errors
/// That it may not.
fn check_bound(identity: &Identity, consumer: &str) -> Result<(), Problem> {
    match &identity.consumer {
        Some(own) if own != consumer => {
            let detail = format!("this key is bound to the consumer `{own}` and reads as no other");
            Err(Problem::new(ProblemKind::Forbidden, detail))
        }
        _ => Ok(()),
    }
}

fn malformed(detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::MalformedRequest, detail)
}

/// Between the courts and the name of a consumer that is bound to courts. No name has it.
const BOUND: char = ':';

/// Under what name a consumer is kept: it is bound to the courts that its reader sees, so that consumers of two courts never meet, and
/// one that reads for other courts begins anew.
fn kept_name(courts: &Courts, consumer: &str) -> String {
    match courts.codes() {
        None => consumer.to_owned(),
        Some(codes) => format!("{}{BOUND}{consumer}", codes.join("+")),
    }
}

/// The name of a consumer as its reader knows it; `None` for one of other courts. Who sees every court sees every consumer, as it is
/// kept.
fn shown_name<'a>(courts: &Courts, kept: &'a str) -> Option<&'a str> {
    if courts.are_all() {
        return Some(kept);
    }
    let (of, name) = kept.rsplit_once(BOUND)?;
    (kept_name(courts, name) == kept && !of.is_empty()).then_some(name)
}

/// Whether a consumer, by its kept name, is bound to just these courts: those of others take no place away.
fn is_of_same_courts(courts: &Courts, kept: &str) -> bool {
    match courts.are_all() {
        true => !kept.contains(BOUND),
        false => shown_name(courts, kept).is_some(),
    }
}

/// Where a consumer reads on.
fn position(reader: &Identity, consumer: &str, after: Option<&str>) -> Result<Position, Problem> {
    if !is_consumer_name(consumer) {
        return Err(malformed(format!("consumer: {NAME_RULE}")));
    }
    check_bound(reader, consumer)?;
    let courts = &reader.courts;
    let Some(after) = after else { return Ok(Position::Acknowledged(kept_name(courts, consumer))) };
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
