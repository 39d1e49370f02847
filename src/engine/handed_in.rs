//! What a counterpart hands in by itself, as files, calls and call-backs: kept as it came and settled, in one
//! transaction.

use std::sync::Arc;

use chakong_contract::connector::{Read, ReadContent};
use chakong_contract::{EntryResult, RequestNumber};
use jiff::Timestamp;

use super::Engine;
use super::encoded::Encoded;
use super::files::{Care, Drafts, Files, with_care};
use super::older;
use crate::domain::decide::{Draft, Facts, ReceiptFile, keep_receipt, take, take_alone};
use crate::domain::{
    Change, IdKind, KeptReceipt, LaneChange, OrderId, RawId, RawMessage, Source, order_id_of,
};
use crate::store::{Needs, Stored, Tx, order_by_number};

/// A message that was handed in, and what its connector read in it.
#[derive(Debug, Clone)]
pub struct HandedIn {
    /// Its entries.
    pub entries: Vec<Entry>,
    /// The message as it came.
    pub raw: RawMessage,
    /// SHA-256 of its bytes, hexadecimal.
    pub digest: String,
    /// Connector and version.
    pub connector: String,
}

/// An entry, and its receipt made ready to be kept.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What was read.
    pub read: Read,
    /// The receipt, if it is one.
    pub receipt: Option<ReceiptFile>,
}

/// What became of a message.
#[derive(Debug, Clone, Default)]
pub struct Verdicts {
    /// What became of each entry, for the counterpart to read.
    pub entries: Vec<(Option<RequestNumber>, EntryResult)>,
    /// When the orders were made that were answered.
    pub answered: Vec<Timestamp>,
    /// A number of this store that it has not given, if one came.
    pub beyond: Option<RequestNumber>,
}

impl Engine {
    /// Takes a message in. One bad entry spoils no other.
    ///
    /// # Errors
    /// When the store fails; nothing is kept then.
    pub async fn receive(&self, handed_in: HandedIn) -> Stored<Verdicts> {
        self.receive_by(handed_in, take).await
    }

    /// The same by another decision about each entry than [`take`].
    pub(crate) async fn receive_by(&self, handed_in: HandedIn, taking: Taking) -> Stored<Verdicts> {
        let answers = handed_in.entries.iter().filter_map(|entry| match &entry.read.content {
            ReadContent::Answer(answer) => {
                let order = order_id_of(entry.read.number.as_ref()?)?;
                Some((order, Arc::new((**answer).clone())))
            }
            _ => None,
        });
        let encoded = Encoded::of(answers)?;
        let (lane, epoch) = (handed_in.raw.lane.clone(), self.store.epoch());
        let numbers = handed_in.entries.iter().filter_map(|entry| entry.read.number.as_ref());
        let needs = Needs { orders: numbers.filter_map(order_id_of).collect(), ..Needs::default() };
        let input = ((handed_in, encoded, epoch), taking);
        let run = |tx: &mut dyn Tx, (message, taking): &(Message, Taking), facts: Facts<'_>| {
            run_by(tx, message, facts, *taking)
        };
        let verdicts = self.execute_with(needs, input, run).await?;
        if let Some(number) = &verdicts.beyond {
            self.is_older(&lane, number);
        }
        Ok(verdicts)
    }
}

/// What was handed in, its answers made ready to be kept, and the store's epoch.
pub(super) type Message = (HandedIn, Encoded, i64);

/// Decides what an entry says about an order.
pub(crate) type Taking = fn(&mut Draft<'_>, OrderId, &Read, &Source) -> EntryResult;

/// An entry with the order that it is about.
struct Matched<'i> {
    entry: &'i Entry,
    order: Option<OrderId>,
    created: Option<Timestamp>,
    receipts: Vec<KeptReceipt>,
}

pub(super) fn run(tx: &mut dyn Tx, input: &Message, facts: Facts<'_>) -> Stored<Verdicts> {
    run_by(tx, input, facts, take)
}

fn run_by(tx: &mut dyn Tx, input: &Message, facts: Facts<'_>, taking: Taking) -> Stored<Verdicts> {
    with_care(|care| run_with(tx, input, facts, taking, care))
}

fn run_with(
    tx: &mut dyn Tx,
    (input, encoded, epoch): &Message,
    facts: Facts<'_>,
    taking: Taking,
    care: Care,
) -> Stored<Verdicts> {
    let raw = RawId::new(tx.next(IdKind::Raw));
    let source = Source {
        raw: Some(raw),
        digest: input.digest.clone(),
        connector: input.connector.clone(),
        cached_from: None,
    };
    let mut files = Files::default();
    let mut matched = Vec::with_capacity(input.entries.len());
    let (mut verdicts, mut proof) = (Verdicts::default(), None);
    for entry in &input.entries {
        let one = match_entry(tx, entry, &input.raw.lane, &mut files)?;
        if let (None, None, Some(number)) = (one.order, &verdicts.beyond, &entry.read.number)
            && older::proves(tx, *epoch, number)?
        {
            proof = Some(older::note(facts.now, *epoch, &input.raw.lane, number));
            verdicts.beyond = Some(number.clone());
        }
        matched.push(one);
    }
    let mut drafts = files.drafts(facts, &*tx);
    let about: Vec<OrderId> = matched.iter().filter_map(|one| one.order).collect();
    for one in matched {
        let beside = matches!(one.entry.read.content, ReadContent::Attachment(_));
        let taken = match one.order.and_then(|id| Some((id, drafts.of(id)?))) {
            None => stranger(&one.entry.read),
            // A notice is kept with its message and changes nothing.
            Some(_) if beside && one.entry.receipt.is_none() => EntryResult::Accepted,
            Some((id, draft)) => match (&one.entry.receipt, draft.file.orders.get(&id).cloned()) {
                (Some(file), Some(order)) if beside => take_with(draft, id, &source, care, |draft| {
                    keep_receipt(draft, &order, file, &one.receipts, &source)
                }),
                _ => take_with(draft, id, &source, care, |draft| taking(draft, id, &one.entry.read, &source)),
            },
        };
        if taken == EntryResult::Accepted && !beside {
            verdicts.answered.extend(one.created);
        }
        verdicts.entries.push((one.entry.read.number.clone(), taken));
    }
    let kept = match repeated(&verdicts, &about, &mut drafts) {
        Some(known) => LaneChange::Repeated(known),
        None => LaneChange::NewRaw(raw, input.raw.clone(), about),
    };
    let mut changes = vec![Change::Lane(kept)];
    changes.extend(proof);
    changes.append(&mut drafts.finish(care)?);
    encoded.put_into(&mut changes);
    tx.write(&changes)?;
    Ok(verdicts)
}

/// Takes an entry. By itself, one that cannot be booked is a defect that is told, and spoils no other.
fn take_with(
    draft: &mut Draft<'_>,
    id: OrderId,
    source: &Source,
    care: Care,
    step: impl FnOnce(&mut Draft<'_>) -> EntryResult,
) -> EntryResult {
    if care == Care::Together {
        return step(draft);
    }
    let (taken, defect) = take_alone(draft, id, source, step);
    if let Some(error) = defect {
        tracing::error!(order = %id, %error, "an answer was kept and could not be booked; a person is asked");
    }
    taken
}

/// The message in which the same was said before, where this one says nothing else: a counterpart that hands in the same again and
/// again is counted, and fills no disk.
fn repeated(verdicts: &Verdicts, about: &[OrderId], drafts: &mut Drafts<'_>) -> Option<RawId> {
    let nothing_new = verdicts.entries.iter().all(|(_, taken)| *taken == EntryResult::Duplicate);
    let first = *about.first().filter(|_| nothing_new && about.len() == verdicts.entries.len())?;
    let file = &drafts.of(first)?.file;
    file.revisions.get(&file.orders.get(&first)?.root)?.raw
}

fn match_entry<'i>(tx: &mut dyn Tx, entry: &'i Entry, lane: &str, files: &mut Files) -> Stored<Matched<'i>> {
    let order = match &entry.read.number {
        Some(number) => order_by_number(tx, number)?.filter(|order| order.lane == lane),
        None => None,
    };
    let mut receipts = Vec::new();
    if let Some(order) = &order {
        files.add(tx, order.id, false)?;
        if let ReadContent::Answer(answer) = &entry.read.content {
            files.add_touched(tx, order.id, &answer.reply)?;
        }
        if entry.receipt.is_some() {
            receipts = tx.receipts_of_order(order.id)?;
        }
    }
    let created = order.as_ref().map(|order| order.created);
    Ok(Matched { entry, order: order.map(|order| order.id), created, receipts })
}

/// An entry about no order of this counterpart.
fn stranger(read: &Read) -> EntryResult {
    match (&read.content, &read.number) {
        (ReadContent::Fault(fault), None) => EntryResult::Unreadable(fault.clone()),
        _ => EntryResult::Unknown,
    }
}
