//! Retention: what is kept of closed cases goes when its term is over, in small portions, each with its line in the audit. Nothing
//! goes that an open case, a ledger or a consumer needs, and never the newest row of a kind, so that no number is given twice.

use std::sync::Arc;
use std::time::Duration;

use chakong_contract::{Date, Moment};
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::time::Instant;

use super::Engine;
use super::closings::Closings;
use super::set_back::{STEADY, Steady};
use crate::domain::decide::Facts;
use crate::domain::retention::{Forget, Retention, is_over};
use crate::domain::{AuditEntry, ChainId, Change, IdKind, InquiryId, OrderId, ROWS_PER_EPOCH, RawId, actor};
use crate::lifecycle::Tasks;
use crate::store::{KeptMessage, Reads, Stored, Tx};

/// How often everything is looked at.
const PASS: Duration = Duration::from_secs(24 * 3600);
/// Between two portions: others come first.
const PAUSE: Duration = Duration::from_millis(200);
/// Chains that are looked at in one portion.
const CHAINS: usize = 20;
/// Messages, events or lines of the audit that are looked at in one portion.
const ROWS: usize = 200;
/// Who does it, in the audit.
const ACTOR: &str = actor::CLOCK;
/// What is done, in the audit.
const ACT: &str = "retention";

/// How far a pass is: the last row that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Among the chains.
    Chains(ChainId),
    /// Among the messages.
    Messages(RawId),
    /// Among the events.
    Events(i64),
    /// Among the lines of the audit.
    Acts(i64),
}

impl Progress {
    /// Where a pass begins.
    pub const fn begin() -> Self {
        Self::Chains(ChainId::new(i64::MIN))
    }
}

/// Where parcels are archived outside the store.
pub trait Archives: Send + Sync + std::fmt::Debug {
    /// Deletes what was put away before a day. How many files of which counterpart.
    fn forget_before(&self, first: Date) -> BoxFuture<'_, Vec<(String, usize)>>;
}

/// Deletes what is kept no longer, until the soft token.
pub async fn run_retention(
    engine: Engine,
    retention: Arc<Retention>,
    archives: Arc<dyn Archives>,
    tasks: Tasks,
) {
    let mut steady = Steady::default();
    let (mut progress, mut ended) = (Some(Progress::begin()), Instant::now());
    while !tasks.soft().is_cancelled() {
        let is_steady = steady.is_steady(engine.clock.now());
        let mut wait = STEADY / 60;
        if let Some(from) = progress.filter(|_| is_steady) {
            wait = PAUSE;
            match engine.sweep(&retention, from).await {
                Ok(Some(next)) => progress = Some(next),
                Ok(None) => {
                    (progress, ended) = (None, Instant::now());
                    if let Err(error) = engine.forget_archives(&retention, &archives).await {
                        tracing::warn!(%error, "what was deleted of the archives could not be noted");
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "what is kept no longer could not be deleted; trying again");
                    wait = STEADY / 60;
                }
            }
        } else if progress.is_none() && ended.elapsed() >= PASS {
            progress = Some(Progress::begin());
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = tasks.soft().cancelled() => {}
        }
    }
}

impl Engine {
    /// Looks at one portion of what is kept and deletes of it what is over. Where the next portion begins; `None` after the last.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sweep(&self, retention: &Arc<Retention>, from: Progress) -> Stored<Option<Progress>> {
        let (now, terms) = (self.clock.now(), Arc::clone(retention));
        let (due, next) = self.store.read(move |reads| look(reads, &terms, from, now)).await?;
        if !due.is_empty() {
            // Looked at again where nothing can change meanwhile.
            self.execute((Arc::clone(retention), from), forget).await?;
        }
        Ok(next)
    }
}

impl Engine {
    /// Deletes archived parcels as long after they were put away as messages are kept, each counterpart's with its line in the audit.
    async fn forget_archives(&self, retention: &Retention, archives: &Arc<dyn Archives>) -> Stored<()> {
        let term = SignedDuration::from_hours(24 * (i64::from(retention.longest().messages) + 7));
        let now = self.clock.now();
        let Ok(last) = now.checked_sub(term) else { return Ok(()) };
        let forgotten = archives.forget_before(Moment::from_timestamp(last).date()).await;
        for (counterpart, count) in forgotten {
            self.audit(line(now, counterpart, json!({ "class": "archive", "count": count }))).await?;
        }
        Ok(())
    }
}

/// A line of the audit about what was deleted.
fn line(at: Timestamp, subject: String, detail: serde_json::Value) -> AuditEntry {
    AuditEntry {
        at,
        actor: ACTOR.to_owned(),
        act: ACT.to_owned(),
        subject,
        reason: "保存期限届满 the term of retention is over".to_owned(),
        detail: Some(detail),
        refused: None,
    }
}

fn forget(tx: &mut dyn Tx, (retention, from): &(Arc<Retention>, Progress), facts: Facts<'_>) -> Stored<()> {
    let (due, _) = look(tx, retention, *from, facts.now)?;
    let mut changes = Vec::new();
    for (what, subject) in due {
        let detail = match &what {
            Forget::Messages(ids) => json!({ "class": "messages", "count": ids.len() }),
            Forget::Events(ids) => json!({ "class": "events", "count": ids.len() }),
            Forget::Acts(ids) => json!({ "class": "acts", "count": ids.len() }),
            Forget::Documents(_) => json!({ "class": "documents" }),
            Forget::Receipts(_) => json!({ "class": "receipts" }),
            Forget::Chain(_) => json!({ "class": "records" }),
        };
        changes.push(Change::Forget(what));
        changes.push(Change::Audit(line(facts.now, subject, detail)));
    }
    tx.write(&changes)
}

/// What of a portion is over, each with the subject of its line in the audit; and where the next portion begins.
type Found = (Vec<(Forget, String)>, Option<Progress>);

fn look(
    reads: &mut (impl Reads + ?Sized),
    retention: &Retention,
    from: Progress,
    now: Timestamp,
) -> Stored<Found> {
    let mut closed = Closings::of_all(retention, now);
    match from {
        Progress::Chains(after) => chains(reads, &mut closed, after),
        Progress::Messages(after) => messages(reads, &mut closed, after),
        Progress::Events(after) => events(reads, &mut closed, after),
        Progress::Acts(after) => acts(reads, &mut closed, after),
    }
}

fn chains(reads: &mut (impl Reads + ?Sized), closed: &mut Closings<'_>, after: ChainId) -> Stored<Found> {
    let ids = reads.chains_after(after, CHAINS)?;
    let mut due = Vec::new();
    for id in &ids {
        let Some((at, terms)) = closed.of(reads, *id)? else { continue };
        let over = |days| is_over(at, days, closed.now);
        let subject = subject_of(reads, *id)?;
        // With the case goes by what the other terms are counted: the longest of them decides.
        if over(terms.of_all_classes()) && !has_newest_row(reads, *id)? {
            due.push((Forget::Chain(*id), subject));
            continue;
        }
        let kept = reads.kept_bytes(*id)?;
        if kept.documents > 0 && over(terms.documents) {
            due.push((Forget::Documents(*id), subject.clone()));
        }
        if kept.receipts > 0 && over(terms.receipts) {
            due.push((Forget::Receipts(*id), subject));
        }
    }
    let next = ids.last().map_or(Progress::Messages(RawId::new(i64::MIN)), |last| Progress::Chains(*last));
    Ok((due, Some(next)))
}

/// The numbers of a chain's cases.
fn subject_of(reads: &mut (impl Reads + ?Sized), chain: ChainId) -> Stored<String> {
    let numbers = reads.cases_of(chain)?;
    Ok(numbers.iter().map(|case| case.number.as_str()).collect::<Vec<_>>().join("、"))
}

fn messages(reads: &mut (impl Reads + ?Sized), closed: &mut Closings<'_>, after: RawId) -> Stored<Found> {
    let kept = reads.messages_after(after, ROWS)?;
    let mut over = Vec::new();
    for message in &kept {
        if is_message_over(reads, closed, message)? && !is_newest(reads, IdKind::Raw, message.id.get())? {
            over.push(message.id);
        }
    }
    let next = kept.last().map_or(Progress::Events(0), |last| Progress::Messages(last.id));
    Ok((portion(over, Forget::Messages, "messages"), Some(next)))
}

/// Whether none of the cases that a message is about needs it. One that an earlier version kept, and that no answer and no batch names,
/// does not say which these are: it stays as long as records of a case that was closed when it came.
fn is_message_over(
    reads: &mut (impl Reads + ?Sized),
    closed: &mut Closings<'_>,
    message: &KeptMessage,
) -> Stored<bool> {
    if message.is_unsent {
        return Ok(false);
    }
    let Some(orders) = &message.orders else {
        return Ok(is_over(message.at, closed.retention.longest().records, closed.now));
    };
    let of_courts = closed.retention.courts.values().map(|terms| terms.messages);
    let general = closed.retention.general.messages;
    let shortest = of_courts.min().map_or(general, |court| court.min(general));
    if !is_over(message.at, shortest, closed.now) {
        return Ok(false);
    }
    let mut before: Option<InquiryId> = None;
    for order in orders {
        // Orders that are gone went with their case.
        let Some(order) = reads.order(*order)? else { continue };
        if before.replace(order.inquiry) == Some(order.inquiry) {
            continue;
        }
        if !closed.is_over(reads, order.inquiry, |terms| terms.messages)? {
            return Ok(false);
        }
    }
    // Its courts' terms are over; of no case that is there, the general one counts.
    Ok(before.is_some() || is_over(message.at, general, closed.now))
}

fn events(reads: &mut (impl Reads + ?Sized), closed: &mut Closings<'_>, after: i64) -> Stored<Found> {
    // A consumer that is yet to come is none; one that reads no more is removed by hand.
    let read = reads.consumers()?.into_iter().map(|(_, seq)| seq).min().unwrap_or_default();
    let last = reads.last_event()?;
    let kept = reads.events_after(after, ROWS)?;
    let mut over = Vec::new();
    for (seq, inquiry, _) in kept.iter().filter(|(seq, ..)| *seq <= read && *seq < last) {
        if closed.is_over(reads, *inquiry, |terms| terms.events)? {
            over.push(*seq);
        }
    }
    let next = kept.last().map_or(Progress::Acts(0), |(seq, ..)| Progress::Events(*seq));
    Ok((portion(over, Forget::Events, "events"), Some(next)))
}

fn acts(reads: &mut (impl Reads + ?Sized), closed: &mut Closings<'_>, after: i64) -> Stored<Found> {
    let kept = reads.acts_after(after, ROWS + 1)?;
    // The newest line stays, so that its number is not given again.
    let looked_at = kept.len().saturating_sub(1);
    let mut over = Vec::new();
    for (row, act) in kept.iter().take(looked_at) {
        let inquiry = act.subject.parse().ok();
        let of_inquiry = match inquiry {
            Some(uid) => reads.inquiry_by_uid(uid)?.map(|inquiry| inquiry.chain),
            None => reads.case_by_number(&act.subject)?.map(|case| case.chain),
        };
        let is_over = match of_inquiry {
            Some(chain) => closed.is_chain_over(reads, chain, |terms| terms.acts)?,
            None => is_over(act.at, closed.retention.general.acts, closed.now),
        };
        if is_over {
            over.push(*row);
        }
    }
    let last = kept.iter().take(looked_at).next_back().map(|(row, _)| Progress::Acts(*row));
    Ok((portion(over, Forget::Acts, "acts"), last))
}

fn portion<T>(over: Vec<T>, forget: fn(Vec<T>) -> Forget, subject: &str) -> Vec<(Forget, String)> {
    if over.is_empty() { Vec::new() } else { vec![(forget(over), subject.to_owned())] }
}

/// Whether a chain has the newest row of some kind: were it deleted, the number would be given again.
fn has_newest_row(reads: &mut (impl Reads + ?Sized), chain: ChainId) -> Stored<bool> {
    let mut rows: Vec<(IdKind, i64)> = vec![(IdKind::Chain, chain.get())];
    rows.extend(reads.cases_of(chain)?.iter().map(|case| (IdKind::Case, case.id.get())));
    rows.extend(reads.parties_of(chain)?.iter().map(|party| (IdKind::Party, party.id.get())));
    rows.extend(reads.measures_of(chain)?.iter().map(|measure| (IdKind::Measure, measure.id.get())));
    rows.extend(reads.prints_of(chain)?.iter().map(|print| (IdKind::Print, print.id.get())));
    rows.extend(reads.papers_of(chain)?.iter().map(|paper| (IdKind::Document, paper.id.get())));
    for inquiry in reads.inquiries_of(chain)? {
        rows.push((IdKind::Inquiry, inquiry.id.get()));
        let newest: Option<OrderId> = reads.lines_of(inquiry.id)?.iter().map(|line| line.id).max();
        rows.extend(newest.map(|order| (IdKind::Order, order.get())));
    }
    for (kind, row) in rows {
        if is_newest(reads, kind, row)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_newest(reads: &mut (impl Reads + ?Sized), kind: IdKind, row: i64) -> Stored<bool> {
    Ok(reads.last_row(kind, row.div_euclid(ROWS_PER_EPOCH))?.is_none_or(|last| last <= row))
}
