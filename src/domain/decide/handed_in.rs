//! What a counterpart hands in: answers, parts of answers, receipts. The counterpart is told what became of each.

use std::sync::Arc;

use chakong_contract::connector::{Read, ReadContent};
use chakong_contract::reply::{Answer, Holding, Receipt};
use chakong_contract::{EntryResult, Fault, FaultKind, Reply};
use serde_json::json;

use super::super::{
    Blob, Change, EventType, KeptReceipt, MeasureView, NewReceipt, OrderId, OrderRecord, OrderState, Source,
};
use super::draft::Draft;
use super::effect::is_accepted_only;
use super::orders::OrderInput;
use super::reply::{Applied, apply};
use super::telling::tell_order;
use super::whole_answer::{keeping_more, with_more};

/// Words in the title of a receipt that say that a control was not done.
const NOT_DONE: &[&str] = &["未能", "不予", "退回", "未办"];
/// Most receipts that are kept of one order.
const MOST_RECEIPTS: usize = 50;
/// Most revisions that a counterpart makes of one answer by handing things in.
const MOST_REVISIONS: u32 = 1_000;

/// A receipt 回执 that was handed in, its bytes packed and their digest made: work that is not for the writer.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceiptFile {
    /// File name or title.
    pub title: String,
    /// File extension.
    pub format: String,
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: String,
    /// How many bytes.
    pub size: i64,
    /// The bytes, packed.
    pub bytes: Blob,
}

impl ReceiptFile {
    /// A receipt, its bytes packed and their digest made elsewhere.
    pub fn of(receipt: &Receipt, sha256: String, bytes: Blob) -> Self {
        Self {
            title: receipt.title.clone(),
            format: receipt.format.clone(),
            sha256,
            size: i64::try_from(receipt.content.len()).unwrap_or(i64::MAX),
            bytes,
        }
    }
}

/// Keeps a receipt about an order, once, and tells of it (法释〔2013〕20号 art. 4). `known` are those kept already.
pub fn keep_receipt(
    draft: &mut Draft<'_>,
    order: &OrderRecord,
    file: &ReceiptFile,
    known: &[KeptReceipt],
    source: &Source,
) -> EntryResult {
    if known.iter().any(|known| known.sha256 == file.sha256) {
        return EntryResult::Duplicate;
    }
    if known.len() >= MOST_RECEIPTS {
        let detail = format!("{MOST_RECEIPTS} receipts of this order are kept already");
        return EntryResult::Unreadable(Fault::new(FaultKind::Malformed, "keep a receipt", detail));
    }
    let now = draft.now();
    let receipt = KeptReceipt {
        order: order.id,
        received_at: now,
        title: file.title.clone(),
        format: file.format.clone(),
        sha256: file.sha256.clone(),
        size: file.size,
    };
    let (measure, raw, bytes) = (order.measure, source.raw, file.bytes.clone());
    draft.push(Change::NewReceipt(NewReceipt { receipt, measure, raw, bytes }));
    let shown = measure.and_then(|id| draft.file.measures.get(&id)).map(MeasureView::from);
    let told = json!({
        "measure": shown,
        "receipt": {
            "order": order.number(), "title": file.title, "format": file.format, "sha256": file.sha256,
            "size": file.size, "received_at": now, "raw_digest": source.digest,
        },
    });
    tell_order(draft, EventType::MeasureReceipt, order, None, Some(told));
    if let Some(answer) = effect_of(draft, order, file) {
        apply(draft, order.id, OrderInput::Answered(answer), source);
    }
    EntryResult::Accepted
}

/// What a receipt says of a control that was only accepted: the counterpart makes it out once the control has taken effect (court-realty
/// protocol, sections 2.12 and 4). `None` where nothing waits for it, or its title says that the control was not done.
fn effect_of(draft: &Draft<'_>, order: &OrderRecord, file: &ReceiptFile) -> Option<Arc<Answer>> {
    let last = draft.file.revisions.get(&order.root).filter(|last| last.order == order.id)?;
    let is_waited_for = is_accepted_only(&last.answer.reply)
        && matches!(order.state, OrderState::Answered | OrderState::Overdue | OrderState::Undetermined);
    let denies = NOT_DONE.iter().any(|word| file.title.contains(word));
    let Reply::Held(holding) = &last.answer.reply else { return None };
    let words = "已收到回执 a receipt says that it was done".to_owned();
    let holding = Holding { accepted_only: false, words, ..holding.clone() };
    let answer = Answer { reply: Reply::Held(holding), ..(*last.answer).clone() };
    (is_waited_for && !denies).then(|| Arc::new(answer))
}

/// What an entry that a counterpart handed in makes of the last answer to an order: `None` when it says nothing new.
fn whole(draft: &Draft<'_>, order: &OrderRecord, read: &Read) -> Result<Option<Answer>, Fault> {
    let last = draft.file.revisions.get(&order.root).filter(|_| !order.state.is_open());
    let refuse = |detail| Fault::new(FaultKind::Malformed, "take a feedback in", detail);
    if last.is_some_and(|last| last.number >= MOST_REVISIONS) {
        return Err(refuse("this answer was revised too often; ask the court to query again"));
    }
    let last = last.filter(|last| last.order == order.id);
    match (&read.content, last) {
        (ReadContent::Fault(fault), _) => Err(fault.clone()),
        (ReadContent::Answer(answer), Some(last)) => Ok(Some(keeping_more((**answer).clone(), &last.answer))),
        (ReadContent::Answer(answer), None) => Ok(Some((**answer).clone())),
        (ReadContent::Continuation(more), Some(last)) => with_more(&last.answer, more),
        (ReadContent::Attachment(_), _) => Ok(None),
        (ReadContent::Continuation(_), None) => {
            Err(refuse("the accounts were not fed back yet; feed them back first"))
        }
    }
}

/// Takes an entry that a counterpart handed in. What became of it is for the counterpart to read.
pub fn take(draft: &mut Draft<'_>, id: OrderId, read: &Read, source: &Source) -> EntryResult {
    let Some(order) = draft.file.orders.get(&id).cloned() else { return EntryResult::Unknown };
    let answer = match whole(draft, &order, read) {
        Ok(Some(answer)) => Arc::new(answer),
        Ok(None) => return EntryResult::Duplicate,
        Err(fault) => {
            if let ReadContent::Fault(unreadable) = &read.content {
                apply(draft, id, OrderInput::Unreadable(unreadable.clone()), source);
            }
            return EntryResult::Unreadable(fault);
        }
    };
    let (after, applied) = apply(draft, id, OrderInput::Answered(answer), source);
    let is_answered = matches!(after.state, OrderState::Answered | OrderState::Refused);
    match applied {
        Applied::Repeat => EntryResult::Duplicate,
        Applied::Written if is_answered => EntryResult::Accepted,
        Applied::Unfit(words) => {
            EntryResult::Unreadable(Fault::new(FaultKind::Malformed, "book the answer", words))
        }
        Applied::Written | Applied::Nothing => {
            let unfit = || Fault::new(FaultKind::Malformed, "read the answer", "it does not fit the order");
            EntryResult::Unreadable(after.fault.unwrap_or_else(unfit))
        }
    }
}
