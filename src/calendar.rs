//! Deadlines: open orders whose time is over become overdue, which is told once. They stay answerable.

use std::sync::Arc;
use std::time::Duration;

use crate::lanes::Context;
use crate::retry::RetryPolicy;
use crate::settle::{Circumstances, Happening, Source, apply};
use crate::store::{StoreError, Stored};

/// How often it looks.
const LOOK: Duration = Duration::from_secs(1);
/// Most orders in one transaction.
const MOST: usize = 500;

/// Watches deadlines until the soft token.
pub async fn watch_deadlines(context: Context) {
    while !context.tasks.soft().is_cancelled() {
        match sweep(&context).await {
            Ok(MOST..) => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "deadlines could not be looked at; trying again"),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = context.tasks.soft().cancelled() => {}
        }
    }
}

/// Marks what is overdue now; gives how many there were.
async fn sweep(context: &Context) -> Stored<usize> {
    let now = context.clock.now();
    let overdue = context.store.read(move |reads| reads.past_deadline(now, MOST)).await?;
    let count = overdue.len();
    if count == 0 {
        return Ok(0);
    }
    context
        .store
        .write(move |tx| {
            let policy = RetryPolicy::default();
            let on = Circumstances {
                now,
                policy,
                chance: 0.0,
                idempotent: false,
                can_freeze: false,
                routes: Arc::default(),
                passes_on: false,
            };
            for order in &overdue {
                let order = tx.order(order.id)?.ok_or(StoreError::Missing("the order"))?;
                if order.deadline <= now {
                    apply(tx, &order, Happening::DeadlinePassed, &on, &Source::default())?;
                }
            }
            Ok(())
        })
        .await?;
    Ok(count)
}
