//! The clock: pauses that are over, orders past their deadline, measures that end soon or are over, tasks that are due. A row that
//! cannot be read holds up no other.

use std::collections::HashSet;
use std::time::Duration;

use chakong_contract::{Date, Moment};
use rustc_hash::FxHashMap;

use super::set_back::SteadyTime;
use super::{Engine, Settlement};
use crate::domain::decide::{Draft, Facts, OrderInput, Rejected, TaskFacts, due_measure, due_task};
use crate::domain::{CaseFile, ChainId, Change, MeasureId, OrderId, Task, TaskKind};
use crate::lifecycle::Tasks;
use crate::store::{Reads, StoreError, Stored, Tx, load_chain, load_lines, load_order};

/// How often it looks.
const LOOK: Duration = Duration::from_secs(1);
/// Most things in one transaction.
const MOST: usize = 500;

/// Most rows of which it is remembered that they were told.
const MOST_TOLD: usize = 10_000;

/// Watches the clock until the soft token.
pub async fn run_clock(engine: Engine, tasks: Tasks) {
    let (mut told, mut time, mut looked) = (Told::default(), SteadyTime::default(), None);
    while !tasks.soft().is_cancelled() {
        // Looked at each second, so that a store whose files are gone is told though nothing is written.
        engine.store.health();
        if let Err(error) = engine.follow_the_time(&mut time).await {
            tracing::warn!(%error, "the clock was set back, and orders that wait for it could not be brought forward");
        }
        engine.tell_missing_holidays(&mut looked);
        match engine.look(&mut told).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "what is due could not be looked at; trying again"),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = tasks.soft().cancelled() => {}
        }
    }
}

impl Engine {
    /// The years whose holidays are counted today and not known: weekdays are counted instead.
    pub fn years_without_holidays(&self) -> Vec<i16> {
        let today = Moment::from_timestamp(self.clock.now()).date();
        self.rules.rules().holidays().missing(today)
    }

    /// Tells, once a day, of which year the holidays are not known though they are counted.
    fn tell_missing_holidays(&self, looked: &mut Option<Date>) {
        let today = Moment::from_timestamp(self.clock.now()).date();
        if looked.replace(today) == Some(today) {
            return;
        }
        for year in self.years_without_holidays() {
            tracing::warn!(
                year,
                "the holidays of this year are not known, and weekdays are counted; name a file by `holidays`"
            );
        }
    }

    /// Does what is due now. Whether there may be more.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn do_what_is_due(&self) -> Stored<bool> {
        self.look(&mut Told::default()).await
    }

    async fn look(&self, told: &mut Told) -> Stored<bool> {
        self.end_pauses().await?;
        let now = self.clock.now();
        let today = Moment::from_timestamp(now).date();
        let (overdue, measures, tasks) = self
            .store
            .read(move |reads| {
                let overdue = reads.past_deadline(now, MOST)?;
                Ok((
                    overdue.into_iter().map(|id| (id, waiting_at(reads, id))).collect::<Vec<_>>(),
                    reads.measures_to_look_at(today, MOST)?,
                    reads.tasks_for_the_clock(now, MOST)?,
                ))
            })
            .await?;
        let more = overdue.len() == MOST || measures.len() == MOST || tasks.len() == MOST;
        let mut passed_over = self.let_pass(overdue, told).await?;
        for (measure, chain) in measures {
            let done = self.execute((measure, chain), look_at_measure).await;
            passed_over |= told.pass_over("measure", measure.get(), done)?;
        }
        for task in tasks {
            let id = task.id.get();
            let done = self.execute(task, do_task).await;
            passed_over |= told.pass_over("task", id, done)?;
        }
        // What was passed over is due still: looking again at once would find the same.
        Ok(more && !passed_over)
    }

    /// Settles orders whose deadline has passed: all together, or one by one where one of them cannot be read. Whether one was
    /// passed over.
    async fn let_pass(
        &self,
        overdue: Vec<(OrderId, Option<(String, String)>)>,
        told: &mut Told,
    ) -> Stored<bool> {
        if overdue.is_empty() {
            return Ok(false);
        }
        let passed = |orders: &[(OrderId, Option<(String, String)>)]| {
            let what = |waits: &Option<(String, String)>| {
                let withheld = waits.as_ref().and_then(|(lane, court)| self.rules.withheld(lane, court));
                withheld.map_or(OrderInput::DeadlinePassed, OrderInput::Withheld)
            };
            let outcomes = orders.iter().map(|(id, waits)| (*id, what(waits))).collect();
            Settlement { outcomes, conversation: None, connector: String::new() }
        };
        match self.settle(passed(&overdue)).await {
            Ok(_) => return Ok(false),
            Err(error) if error.is_about_a_row() => {}
            Err(error) => return Err(error),
        }
        let mut passed_over = false;
        for order in overdue {
            let id = order.0.get();
            let done = self.settle(passed(&[order])).await;
            passed_over |= told.pass_over("order", id, done.map(drop))?;
        }
        Ok(passed_over)
    }
}

/// The counterpart of an order that waits still and never left, and the court whose case it is about.
fn waiting_at(reads: &mut dyn Reads, id: OrderId) -> Option<(String, String)> {
    let order = reads.order(id).ok().flatten().filter(|order| !order.may_have_left())?;
    Some((order.lane, order.court))
}

/// Rows that cannot be read and were told: each is told once a run.
#[derive(Debug, Default)]
struct Told(HashSet<(&'static str, i64)>);

impl Told {
    /// Passes over what failed because of its own rows. Whether it did.
    fn pass_over(&mut self, what: &'static str, row: i64, done: Stored<()>) -> Stored<bool> {
        match done {
            Ok(()) => Ok(false),
            Err(error) if error.is_about_a_row() => {
                if self.0.len() < MOST_TOLD && self.0.insert((what, row)) {
                    tracing::error!(what, row, %error, "what is due cannot be done; the others are");
                }
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }
}

fn look_at_measure(tx: &mut dyn Tx, (measure, chain): &(MeasureId, ChainId), facts: Facts<'_>) -> Stored<()> {
    let mut file = load_chain(tx, *chain)?;
    if let Some(inquiry) = file.measures.get(measure).map(|measure| measure.inquiry) {
        load_lines(tx, &mut file, inquiry)?;
    }
    let mut draft = Draft::of(file, facts, &*tx);
    let decided = due_measure(&mut draft, *measure).and_then(|()| draft.finish());
    finish(tx, decided)
}

fn do_task(tx: &mut dyn Tx, task: &Task, facts: Facts<'_>) -> Stored<()> {
    let mut files = FxHashMap::from_iter([(task.chain, load_chain(tx, task.chain)?)]);
    if let Some(order) = task.order {
        load_order(tx, &mut files, order, true)?;
    }
    let mut file = files.remove(&task.chain).ok_or(StoreError::Missing("the chain"))?;
    let known = match task.kind {
        TaskKind::Requery => TaskFacts { asked: first_question(tx, &file, task)?, was_sent: false },
        TaskKind::StartInquiry => TaskFacts { asked: None, was_sent: was_sent(tx, task)? },
        TaskKind::AwaitEffect => {
            if let Some(inquiry) = task.inquiry {
                load_lines(tx, &mut file, inquiry)?;
            }
            TaskFacts::default()
        }
        _ => TaskFacts::default(),
    };
    let mut draft = Draft::of(file, facts, &*tx);
    let decided = due_task(&mut draft, task.id, known).and_then(|()| draft.finish());
    finish(tx, decided)
}

/// Whether an order of a task's inquiry was sent.
fn was_sent(tx: &mut dyn Tx, task: &Task) -> Stored<bool> {
    let Some(inquiry) = task.inquiry else { return Ok(false) };
    Ok(tx.orders_of(inquiry)?.iter().any(|order| order.sent.is_some()))
}

/// The first order of the question that is asked again, under the inquiry that asks it now.
fn first_question(tx: &mut dyn Tx, file: &CaseFile, task: &Task) -> Stored<Option<OrderId>> {
    let Some(measure) = task.measure.and_then(|id| file.measures.get(&id)) else { return Ok(None) };
    let (inquiry, subject) = file.subject_of(measure);
    let orders = tx.orders_of(inquiry)?;
    let same = orders.iter().find(|order| {
        !order.is_control()
            && order.lane == measure.counterpart
            && (order.party, order.document) == (subject.party, subject.document)
    });
    Ok(same.map(|order| order.root))
}

fn finish(tx: &mut dyn Tx, decided: Result<(Vec<Change>, CaseFile), Rejected>) -> Stored<()> {
    match decided {
        Ok((changes, _)) => tx.write(&changes),
        Err(error) => Err(StoreError::Unreadable { what: "decision", detail: error.to_string() }),
    }
}
