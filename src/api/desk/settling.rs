//! An answer that was entered, as one from any other counterpart: with its raw message, its receipt and its verdict.

use chakong_contract::connector::{Attachment, Read, ReadContent};
use chakong_contract::{Answer, EntryResult};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::view::DeskInFull;
use super::{OnDesk, again};
use crate::api::Shared;
use crate::api::problem::Problem;
use crate::domain::decide::{DeskMove, ReceiptFile};
use crate::domain::{DeskItem, EnteredAnswer, RawDirection, RawMessage};
use crate::engine::{AtDesk, Entry, HandedIn, Verdicts};
use crate::lanes::connector_of;
use crate::store::codec::encode;

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// It waits for a second person.
    ToCheck,
    /// It was taken in.
    TakenIn,
    /// It is kept and does not fit what was ordered: a person decides about the order.
    DoesNotFit,
    /// The same was taken in before.
    Repeated,
    /// It was sent back to whoever entered it.
    SentBack,
}

/// What became of an answer, and the order as it stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::api) struct AnswerOutcome {
    /// What became of it.
    outcome: Outcome,
    /// Why it does not fit; empty otherwise.
    words: String,
    /// The order.
    order: DeskInFull,
}

impl AnswerOutcome {
    pub(super) async fn of(
        gateway: &Shared,
        on: OnDesk,
        outcome: Outcome,
        words: String,
    ) -> Result<Self, Problem> {
        let on = again(gateway, on).await?;
        Ok(Self { outcome, words, order: DeskInFull::of(&on, gateway.clock.now())? })
    }
}

/// Takes an answer in: as the counterpart's word, with the paper's scan as its receipt.
pub(super) async fn settle(
    gateway: &Shared,
    on: OnDesk,
    (by, what): (&str, DeskMove),
    (entered, answer): (EnteredAnswer, Answer),
) -> Result<AnswerOutcome, Problem> {
    let persons = Persons { entered_by: entered_by(&on.item, &what, by), settled_by: by };
    let handed_in = handed_in(gateway, &on, &persons, &entered, answer);
    let work = AtDesk { order: on.record.id, by: by.to_owned(), what, seen: Some(on.item.version) };
    let (_, verdicts) = gateway.engine.settle_at_desk(work, handed_in).await?;
    let now = gateway.clock.now();
    if let Some(handle) = gateway.registry.get(&on.record.lane) {
        for created in &verdicts.answered {
            handle.answered(now.duration_since(*created).unsigned_abs(), now);
        }
    }
    let (outcome, words) = verdict(&verdicts);
    AnswerOutcome::of(gateway, on, outcome, words).await
}

/// What became of the answer, which is the last entry.
fn verdict(verdicts: &Verdicts) -> (Outcome, String) {
    match verdicts.entries.last().map(|(_, result)| result) {
        Some(EntryResult::Duplicate) => (Outcome::Repeated, String::new()),
        Some(EntryResult::Unreadable(fault)) => (Outcome::DoesNotFit, fault.detail.clone()),
        _ => (Outcome::TakenIn, String::new()),
    }
}

/// Who is behind an answer.
struct Persons<'a> {
    entered_by: &'a str,
    settled_by: &'a str,
}

/// Who entered an answer that is taken in: whoever entered what a second person agrees to; otherwise who enters it now, whoever entered
/// an earlier one.
fn entered_by<'a>(item: &'a DeskItem, what: &DeskMove, by: &'a str) -> &'a str {
    match (what, &item.work.entered) {
        (DeskMove::Agree, Some(entered)) => &entered.by,
        _ => by,
    }
}

/// The receipt of a control stands with its measure; that of a query with its answer. It comes first, so that it says nothing of the
/// answer beside it.
fn handed_in(
    gateway: &Shared,
    on: &OnDesk,
    persons: &Persons<'_>,
    entered: &EnteredAnswer,
    answer: Answer,
) -> HandedIn {
    let number = on.order.number.clone();
    let scan = entered.scan.clone();
    let sha256 = hex::encode(Sha256::digest(&scan.content));
    let said = json!({
        "number": number, "filled": entered.filled, "scan_sha256": sha256,
        "entered_by": persons.entered_by, "settled_by": persons.settled_by,
    });
    let bytes = said.to_string().into_bytes();
    let mut entries = Vec::new();
    let mut answer = answer;
    if on.record.is_control() {
        let receipt = ReceiptFile::of(&scan, sha256, encode(&scan.content));
        let content = ReadContent::Attachment(Box::new(Attachment::Receipt(scan)));
        let read = Read { number: Some(number.clone()), content };
        entries.push(Entry { read, receipt: Some(receipt) });
    } else {
        answer.receipts = vec![scan];
    }
    entries.push(Entry { read: Read::answer(number, answer), receipt: None });
    let raw = RawMessage {
        lane: on.record.lane.clone(),
        batch: None,
        direction: RawDirection::In,
        name: "desk.json".to_owned(),
        at: gateway.clock.now(),
        bytes: encode(&bytes),
    };
    let digest = hex::encode(Sha256::digest(&bytes));
    HandedIn { entries, raw, digest, connector: connector_of(&on.config) }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::{Blob, DeskMark, DeskState, DeskWork, OrderId};

    #[test]
    fn who_enters_now_stands_in_the_record_and_not_who_entered_an_earlier_answer() {
        let earlier = DeskMark { by: "1001".to_owned(), at: Timestamp::UNIX_EPOCH };
        let item = DeskItem {
            order: OrderId::default(),
            lane: "county-bank".to_owned(),
            court: "T10".to_owned(),
            deadline: Timestamp::UNIX_EPOCH,
            state: DeskState::Taken,
            version: 5,
            work: DeskWork { entered: Some(earlier), ..DeskWork::default() },
            entered: Some(Blob::stored([1].as_slice())),
        };
        assert_eq!(entered_by(&item, &DeskMove::Settle, "1002"), "1002");
        assert_eq!(entered_by(&item, &DeskMove::Agree, "1002"), "1001");
    }
}
