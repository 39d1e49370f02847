//! What a counterpart hands in without being asked now: kept as it came, and settled, in one transaction.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use chakong_contract::connector::{Beside, Read, ReadContent, Reading};
use chakong_contract::{Answer, Fault, FaultKind, RequestNumber, Taken};
use jiff::Timestamp;

use super::LaneHealth;
use super::lane::Context;
use crate::config::CounterpartConfig;
use crate::inquiry::{OrderRecord, OrderState};
use crate::settle::{
    Circumstances, Effect, Happening, ReceiptFile, Source, apply_noting, keep_receipt, keeping_more,
    with_more,
};
use crate::store::{RawMessage, Stored, Tx, order_by_number};

/// Circumstances for settling orders of a counterpart.
pub(super) fn circumstances(config: &CounterpartConfig, context: &Context, control: bool) -> Circumstances {
    let now = context.clock.now();
    Circumstances {
        now,
        policy: *config.retry(control),
        chance: rand::Rng::random(&mut rand::rng()),
        idempotent: config.plugin.manifest.idempotent,
        can_freeze: config.can(chakong_contract::ActionKind::Freeze),
        routes: context.counterparts.routes(),
        passes_on: false,
    }
}

/// Provenance of what a counterpart's connector reads.
pub(super) fn source(config: &CounterpartConfig, digest: String) -> Source {
    let connector = format!("{} {}", config.plugin.manifest.id, env!("CARGO_PKG_VERSION"));
    Source { raw: None, digest, connector, cached_from: None }
}

/// What became of each entry of a reading.
pub(super) type Verdicts = Vec<(Option<RequestNumber>, Taken)>;

/// Takes in what one counterpart handed in.
pub(super) struct TakeIn<'a> {
    /// The counterpart.
    pub(super) config: &'a CounterpartConfig,
    /// Store and clock.
    pub(super) context: &'a Context,
    /// Its health.
    pub(super) health: &'a LaneHealth,
}

impl TakeIn<'_> {
    /// Settles everything a message says, in one transaction with the message itself; `digest` is that of its bytes.
    pub(super) async fn keep(&self, reading: Reading, raw: RawMessage, digest: String) -> Stored<Verdicts> {
        let now = self.context.clock.now();
        let (query, control) =
            (circumstances(self.config, self.context, false), circumstances(self.config, self.context, true));
        let mut source = source(self.config, digest);
        let lane = self.config.name.clone();
        self.count_unknown(&reading);
        let ready = |read: Read| {
            let file = receipt_of(&read);
            (read, file)
        };
        let entries: Vec<(Read, Option<ReceiptFile>)> = reading.reads.into_iter().map(ready).collect();
        let (verdicts, made) = self
            .context
            .store
            .write(move |tx| {
                source.raw = Some(tx.insert_raw(&raw)?);
                let (mut verdicts, mut made) = (Vec::new(), Vec::new());
                for (read, file) in &entries {
                    let order = match &read.number {
                        Some(number) => order_by_number(tx, number)?.filter(|order| order.lane == lane),
                        None => None,
                    };
                    let taken = match order {
                        Some(order) => {
                            let on = if order.is_control() { &control } else { &query };
                            let beside = matches!(read.content, ReadContent::Beside(_));
                            let taken = match beside {
                                true => put_beside(tx, &order, file.as_ref(), now, &source)?,
                                false => take(tx, &order, read, on, &source)?,
                            };
                            made.extend((taken == Taken::Accepted && !beside).then_some(order.created));
                            taken
                        }
                        None => stranger(read),
                    };
                    verdicts.push((read.number.clone(), taken));
                }
                Ok((verdicts, made))
            })
            .await?;
        for created in made {
            self.health.answered(now.duration_since(created).unsigned_abs(), now);
            self.health.admission.succeeded();
        }
        self.tell_strangers(&verdicts, now);
        Ok(verdicts)
    }

    fn count_unknown(&self, reading: &Reading) {
        let unknown = |read: &Read| match &read.content {
            ReadContent::Answer(answer) => answer.unknown.len(),
            ReadContent::More(more) => more.unknown.len(),
            ReadContent::Beside(_) | ReadContent::Fault(_) => 0,
        };
        let values: usize = reading.reads.iter().map(unknown).sum();
        self.health.unknown_values.fetch_add(u64::try_from(values).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn tell_strangers(&self, verdicts: &Verdicts, now: Timestamp) {
        let is_stranger = |(number, taken): &&(Option<RequestNumber>, Taken)| {
            *taken == Taken::Unknown || (number.is_none() && matches!(taken, Taken::Unreadable(_)))
        };
        let strangers = verdicts.iter().filter(is_stranger).count();
        if strangers > 0 {
            let detail = format!("{strangers} entries are about request numbers that were never made for it");
            let fault = Fault::new(FaultKind::Malformed, "match a feedback", detail);
            self.health.problem(&fault, now);
            tracing::warn!(counterpart = self.config.name, %fault, "a feedback was kept but belongs to no order");
        }
    }
}

/// The receipt of an entry, made ready to be kept.
fn receipt_of(read: &Read) -> Option<ReceiptFile> {
    match &read.content {
        ReadContent::Beside(beside) => match &**beside {
            Beside::Receipt(receipt) => Some(ReceiptFile::of(receipt)),
            Beside::Notice(_) => None,
        },
        _ => None,
    }
}

/// What is no answer: a receipt is kept beside the order; a notice is kept with its message and changes nothing.
fn put_beside(
    tx: &mut dyn Tx,
    order: &OrderRecord,
    file: Option<&ReceiptFile>,
    now: Timestamp,
    source: &Source,
) -> Stored<Taken> {
    let Some(file) = file else { return Ok(Taken::Accepted) };
    Ok(match keep_receipt(tx, order, file, source, now)? {
        Ok(Effect::Repeat) => Taken::Already,
        Ok(Effect::Written | Effect::Nothing) => Taken::Accepted,
        Err(fault) => Taken::Unreadable(fault),
    })
}

/// An entry about no order of this counterpart.
fn stranger(read: &Read) -> Taken {
    match (&read.content, &read.number) {
        (ReadContent::Fault(fault), None) => Taken::Unreadable(fault.clone()),
        _ => Taken::Unknown,
    }
}

/// Most revisions that a counterpart makes of one answer by handing things in.
const MOST_REVISIONS: u32 = 1_000;

/// What an entry makes of the last answer to an order: `None` when it says nothing new. The inner error is for the counterpart
/// to read.
fn whole(tx: &mut dyn Tx, order: &OrderRecord, read: &Read) -> Stored<Result<Option<Answer>, Fault>> {
    let last = match order.state {
        OrderState::Queued | OrderState::Sending | OrderState::Awaiting => None,
        _ => tx.revision(order.root, None)?,
    };
    let refuse = |detail| Fault::new(FaultKind::Malformed, "take a feedback in", detail);
    if last.as_ref().is_some_and(|last| last.number >= MOST_REVISIONS) {
        return Ok(Err(refuse("this answer was revised too often; ask the court to query again")));
    }
    let last = last.filter(|last| last.order == order.id);
    Ok(match (&read.content, last) {
        (ReadContent::Fault(fault), _) => Err(fault.clone()),
        (ReadContent::Answer(answer), Some(last)) => Ok(Some(keeping_more((**answer).clone(), &last.answer))),
        (ReadContent::Answer(answer), None) => Ok(Some((**answer).clone())),
        (ReadContent::More(more), Some(last)) => with_more(&last.answer, more),
        (ReadContent::Beside(_), _) => Ok(None),
        (ReadContent::More(_), None) => {
            Err(refuse("the accounts were not fed back yet; feed them back first"))
        }
    })
}

fn take(
    tx: &mut dyn Tx,
    order: &OrderRecord,
    read: &Read,
    on: &Circumstances,
    source: &Source,
) -> Stored<Taken> {
    let answer = match whole(tx, order, read)? {
        Ok(Some(answer)) => Arc::new(answer),
        Ok(None) => return Ok(Taken::Already),
        Err(fault) => {
            if let ReadContent::Fault(unreadable) = &read.content {
                apply_noting(tx, order, Happening::Unreadable(unreadable.clone()), on, source)?;
            }
            return Ok(Taken::Unreadable(fault));
        }
    };
    let (after, effect) = apply_noting(tx, order, Happening::Answered(answer), on, source)?;
    let is_answered = matches!(after.state, OrderState::Answered | OrderState::Refused);
    Ok(match effect {
        Effect::Repeat => Taken::Already,
        Effect::Written if is_answered => Taken::Accepted,
        Effect::Written | Effect::Nothing => {
            let unfit = || Fault::new(FaultKind::Malformed, "read the answer", "it does not fit the order");
            Taken::Unreadable(after.fault.unwrap_or_else(unfit))
        }
    })
}
