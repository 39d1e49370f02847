//! What a counterpart hands in without being asked now: kept as it came, and settled, in one transaction.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use chakong_contract::connector::{Read, ReadContent, Reading};
use chakong_contract::{Answer, Fault, FaultKind, More, RequestNumber, Taken};
use jiff::Timestamp;

use super::LaneHealth;
use super::lane::Context;
use crate::config::CounterpartConfig;
use crate::inquiry::{OrderRecord, OrderState};
use crate::settle::{Circumstances, Effect, Happening, Source, apply_noting, with_more};
use crate::store::{RawMessage, Stored, Tx, order_by_number};

/// Circumstances for settling orders of a counterpart.
pub(super) fn circumstances(config: &CounterpartConfig, context: &Context, control: bool) -> Circumstances {
    let now = context.clock.now();
    let manifest = &config.plugin.manifest;
    Circumstances {
        now,
        policy: *config.retry(control),
        chance: rand::Rng::random(&mut rand::rng()),
        idempotent: manifest.idempotent,
        can_freeze: manifest.capability(chakong_contract::ActionKind::Freeze).is_some(),
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
        let (verdicts, made) = self
            .context
            .store
            .write(move |tx| {
                source.raw = Some(tx.insert_raw(&raw)?);
                let (mut verdicts, mut made) = (Vec::new(), Vec::new());
                for read in &reading.reads {
                    let order = match &read.number {
                        Some(number) => order_by_number(tx, number)?.filter(|order| order.lane == lane),
                        None => None,
                    };
                    let taken = match order {
                        Some(order) => {
                            let on = if order.is_control() { &control } else { &query };
                            let taken = take(tx, &order, read, on, &source)?;
                            made.extend((taken == Taken::Accepted).then_some(order.created));
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
            ReadContent::Fault(_) => 0,
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

/// An entry about no order of this counterpart.
fn stranger(read: &Read) -> Taken {
    match (&read.content, &read.number) {
        (ReadContent::Fault(fault), None) => Taken::Unreadable(fault.clone()),
        _ => Taken::Unknown,
    }
}

/// The last answer to an order with what came later; the inner error is for the counterpart to read.
fn add(tx: &mut dyn Tx, order: &OrderRecord, more: &More) -> Stored<Result<Option<Answer>, Fault>> {
    let last = tx.revision(order.root, None)?.filter(|last| last.order == order.id);
    let unanswered = || {
        let detail = "the accounts were not fed back yet; feed them back first";
        Fault::new(FaultKind::Malformed, "add transactions to an account", detail)
    };
    Ok(last.ok_or_else(unanswered).and_then(|last| with_more(&last.answer, more)))
}

fn take(
    tx: &mut dyn Tx,
    order: &OrderRecord,
    read: &Read,
    on: &Circumstances,
    source: &Source,
) -> Stored<Taken> {
    let answer = match &read.content {
        ReadContent::Answer(answer) => Arc::new((**answer).clone()),
        ReadContent::More(more) => match add(tx, order, more)? {
            Ok(Some(whole)) => Arc::new(whole),
            Ok(None) => return Ok(Taken::Already),
            Err(fault) => return Ok(Taken::Unreadable(fault)),
        },
        ReadContent::Fault(fault) => {
            apply_noting(tx, order, Happening::Unreadable(fault.clone()), on, source)?;
            return Ok(Taken::Unreadable(fault.clone()));
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
