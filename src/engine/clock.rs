//! The clock: orders past their deadline, measures that end soon or are over, tasks that are due.

use std::collections::HashMap;
use std::time::Duration;

use chakong_contract::Moment;

use super::{Engine, Settlement};
use crate::domain::decide::{Draft, Facts, OrderInput, Rejected, TaskFacts, due_measure, due_task};
use crate::domain::{CaseFile, ChainId, Change, MeasureId, OrderId, Task, TaskKind};
use crate::lifecycle::Tasks;
use crate::store::{StoreError, Stored, Tx, load_chain, load_lines, load_order};

/// How often it looks.
const LOOK: Duration = Duration::from_secs(1);
/// Most things in one transaction.
const MOST: usize = 500;

/// Watches the clock until the soft token.
pub async fn run_clock(engine: Engine, tasks: Tasks) {
    while !tasks.soft().is_cancelled() {
        match engine.do_what_is_due().await {
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
    /// Does what is due now. Whether there may be more.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn do_what_is_due(&self) -> Stored<bool> {
        let now = self.clock.now();
        let today = Moment::from_timestamp(now).date();
        let (overdue, measures, tasks) = self
            .store
            .read(move |reads| {
                Ok((
                    reads.past_deadline(now, MOST)?,
                    reads.measures_to_look_at(today, MOST)?,
                    reads.tasks_for_the_clock(now, MOST)?,
                ))
            })
            .await?;
        let more = overdue.len() == MOST || measures.len() == MOST || tasks.len() == MOST;
        if !overdue.is_empty() {
            let outcomes = overdue.into_iter().map(|id| (id, OrderInput::DeadlinePassed)).collect();
            let connector = String::new();
            self.settle(Settlement { outcomes, conversation: None, connector }).await?;
        }
        for (measure, chain) in measures {
            self.execute((measure, chain), look_at_measure).await?;
        }
        for task in tasks {
            self.execute(task, do_task).await?;
        }
        Ok(more)
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
    let mut files = HashMap::from([(task.chain, load_chain(tx, task.chain)?)]);
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

/// The first order of the question that is asked again.
fn first_question(tx: &mut dyn Tx, file: &CaseFile, task: &Task) -> Stored<Option<OrderId>> {
    let Some(measure) = task.measure.and_then(|id| file.measures.get(&id)) else { return Ok(None) };
    let orders = tx.orders_of(measure.inquiry)?;
    let same = orders.iter().find(|order| {
        !order.is_control()
            && order.lane == measure.counterpart
            && (order.party, order.document) == (measure.party, measure.document)
    });
    Ok(same.map(|order| order.root))
}

fn finish(tx: &mut dyn Tx, decided: Result<(Vec<Change>, CaseFile), Rejected>) -> Stored<()> {
    match decided {
        Ok((changes, _)) => tx.write(&changes),
        Err(error) => Err(StoreError::Unreadable { what: "decision", detail: error.to_string() }),
    }
}
