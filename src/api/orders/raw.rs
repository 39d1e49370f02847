//! `GET /v1/orders/{number}/raw`: what a counterpart answered, as it came. A message that tells of another court's orders too is not
//! shown whole: of such a package only the order's own entry is.

mod own_entry;

use std::collections::BTreeSet;

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::State;
use chakong_contract::RequestNumber;
use chakong_contract::encoding::{Decoded, decoded};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::own_entry::{names_others, own_entry};
use super::{OrderPath, find};
use crate::api::Shared;
use crate::api::access::{Caller, may};
use crate::api::download::Download;
use crate::api::extract::At;
use crate::api::problem::{Problem, ProblemKind};
use crate::domain::people::Courts;
use crate::domain::{OrderId, OrderRecord, Revision};
use crate::people::sight;
use crate::store::codec::decode;
use crate::store::{Reads, Stored};

/// Most messages of an order, the newest first.
const MOST: u32 = 20;
/// Longest text that is shown, in bytes; the file is fetched whole.
const LONGEST: usize = 64 << 10;

/// Messages from which the answers to an order were read.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RawList {
    /// Newest first; at most 20. Answers that a person entered have none.
    messages: Vec<RawView>,
}

/// A message as it came.
#[derive(Debug, Serialize, JsonSchema)]
struct RawView {
    /// Revision of the answer that was read from it.
    revision: u32,
    /// File name or operation.
    name: String,
    /// When it came.
    received_at: Timestamp,
    /// SHA-256 of the whole message, hexadecimal.
    sha256: String,
    /// How many bytes the whole message has.
    size: usize,
    /// Whether it may be seen and fetched whole: it tells of no order of a court that the caller does not see.
    is_whole: bool,
    /// The message as text, or the order's own entry of it; null where it is no text, or the entry cannot be told from the others.
    text: Option<String>,
    /// Whether the text was cut.
    is_cut: bool,
}

/// A message with what stands around it.
struct Message {
    revision: Revision,
    name: String,
    bytes: Vec<u8>,
    /// Request numbers of the other orders that it is about; `None` where one is not known.
    others: Option<Vec<RequestNumber>>,
    /// Whether the caller sees each of them.
    sees_all: bool,
}

impl Message {
    /// Whether it tells of nothing that the caller does not see. Entries of which nobody knows whose they are count as others'.
    fn is_whole(&self, text: Option<&str>, own: &RequestNumber) -> bool {
        let Some(others) = self.others.as_ref().filter(|_| self.sees_all) else { return false };
        let known: BTreeSet<&str> = others.iter().chain([own]).map(RequestNumber::as_str).collect();
        text.is_none_or(|text| !names_others(text, &known))
    }

    fn view(self, own: &RequestNumber) -> RawView {
        let text = text_of(&self.bytes);
        let is_whole = self.is_whole(text.as_deref(), own);
        let others: Option<Vec<&str>> =
            self.others.as_ref().map(|others| others.iter().map(RequestNumber::as_str).collect());
        let shown = match (&text, is_whole, others) {
            (Some(text), true, _) => Some(text.as_str()),
            (Some(text), false, Some(others)) => own_entry(text, own.as_str(), &others),
            _ => None,
        };
        let is_cut = shown.is_some_and(|text| text.len() > LONGEST);
        RawView {
            revision: self.revision.number,
            name: if is_whole { self.name } else { String::new() },
            received_at: self.revision.at,
            sha256: self.revision.raw_digest,
            size: self.bytes.len(),
            is_whole,
            text: shown.and_then(|text| text.get(..text.floor_char_boundary(LONGEST))).map(str::to_owned),
            is_cut,
        }
    }
}

/// A message as text; `None` where it is none, such as a package.
fn text_of(bytes: &[u8]) -> Option<String> {
    if bytes.iter().any(|byte| matches!(byte, 0..=8 | 14..=31)) {
        return None;
    }
    match decoded(bytes) {
        Decoded::Ascii(text)
        | Decoded::Utf8(text)
        | Decoded::Gb18030(text)
        | Decoded::Either { utf8: text, .. } => Some(text),
        Decoded::Neither => None,
    }
}

/// The message from which a revision was read; `None` where a person entered it, or it was forgotten.
fn message(
    reads: &mut dyn Reads,
    courts: &Courts,
    order: &OrderRecord,
    revision: Revision,
) -> Stored<Option<Message>> {
    let Some(raw) = revision.raw else { return Ok(None) };
    let Some((raw, about)) = reads.raw(raw)? else { return Ok(None) };
    let bytes = decode("message", raw.bytes.as_stored())?;
    let (mut others, mut sees_all) = (about.is_some().then(Vec::new), true);
    for id in about.unwrap_or_default().into_iter().filter(|id| *id != order.id) {
        match other(reads, courts, id)? {
            Some((number, is_seen)) => {
                others.iter_mut().for_each(|others| others.push(number.clone()));
                sees_all &= is_seen;
            }
            None => others = None,
        }
    }
    Ok(Some(Message { revision, name: raw.name, bytes, others, sees_all }))
}

/// The number of another order, and whether it is seen.
fn other(reads: &mut dyn Reads, courts: &Courts, id: OrderId) -> Stored<Option<(RequestNumber, bool)>> {
    let Some(order) = reads.order(id)? else { return Ok(None) };
    Ok(Some((order.number(), sight::sees_inquiry(reads, courts, order.inquiry)?)))
}

pub(super) async fn list(
    State(gateway): State<Shared>,
    caller: Caller<{ may::RAW }>,
    At(path): At<OrderPath>,
) -> Result<Json<RawList>, Problem> {
    let courts = caller.courts().clone();
    let read = gateway.store.read(move |reads| {
        let Some(order) = find(reads, &courts, &path)? else { return Ok(None) };
        let last = reads.revision(order.root, None)?.map_or(0, |latest| latest.number);
        let mut messages = Vec::new();
        for number in (last.saturating_sub(MOST)..last).rev() {
            let revision = reads.revision(order.root, Some(number + 1))?;
            let Some(revision) = revision.filter(|revision| revision.order == order.id) else { continue };
            let found = message(reads, &courts, &order, revision)?;
            messages.extend(found.map(|message| message.view(&order.number())));
        }
        Ok(Some(RawList { messages }))
    });
    read.await?.map(Json).ok_or_else(|| Problem::not_found("order"))
}

/// Names a message of an order.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(super) struct RawPath {
    /// Request number of the order.
    number: RequestNumber,
    /// Revision of the answer that was read from it.
    revision: u32,
}

pub(super) async fn file(
    State(gateway): State<Shared>,
    caller: Caller<{ may::RAW }>,
    At(path): At<RawPath>,
) -> Result<Download, Problem> {
    let courts = caller.courts().clone();
    let read = gateway.store.read(move |reads| {
        let Some(order) = find(reads, &courts, &OrderPath { number: path.number })? else { return Ok(None) };
        let revision = reads.revision(order.root, Some(path.revision))?;
        let Some(revision) = revision.filter(|revision| revision.order == order.id) else { return Ok(None) };
        Ok(message(reads, &courts, &order, revision)?.map(|message| (message, order.number())))
    });
    let (message, own) = read.await?.ok_or_else(|| Problem::not_found("message"))?;
    if !message.is_whole(text_of(&message.bytes).as_deref(), &own) {
        let detail = "该报文含其他法院的反馈，不能整份下载 the message tells of orders of other courts too: only the order's own \
                      entry is shown (GET /v1/orders/{number}/raw)";
        return Err(Problem::new(ProblemKind::Forbidden, detail));
    }
    Ok(Download::receipt("", message.bytes))
}

pub(super) fn list_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("listRawMessages")
        .tag("orders")
        .summary("What a counterpart answered, as it came 原始反馈")
        .description(
            "A message that tells of another court's orders too is not shown whole: of such a package only the order's own entry is, \
             where it can be told from the others.",
        )
        .response_with::<404, Problem, _>(|response| response.description("There is no such order"))
}

pub(super) fn file_docs(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .id("getRawMessage")
        .tag("orders")
        .summary("A message, byte for byte 下载原始反馈")
        .description("Forbidden (403) where the message tells of orders of other courts too.")
        .response_with::<200, Download, _>(|response| response.description("The bytes"))
        .response_with::<404, Problem, _>(|response| response.description("There is no such message"))
}
