use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;
use tokio::time::Instant;

use super::event::CloudEvent;
use super::render::Renderer;
use crate::gateway::Gateway;
use crate::store::Stored;

/// Longest time without looking, should a wake-up ever be missed.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Where reading begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// After what the consumer has acknowledged.
    Acknowledged(String),
    /// After a sequence number.
    After(i64),
}

/// Some events in order.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Page {
    /// The events.
    pub events: Vec<CloudEvent>,
    /// Acknowledge this number when all of them are safe; read on with `after` this number.
    pub next: i64,
}

/// Reads a page as it is now. One read, rendering included.
///
/// # Errors
/// When the store fails.
pub async fn read_page(gateway: &Gateway, from: &Position, limit: usize) -> Stored<Page> {
    let from = from.clone();
    let source = format!("urn:chakong:{}", gateway.instance);
    gateway
        .store
        .read(move |reads| {
            let after = match from {
                Position::After(seq) => seq,
                Position::Acknowledged(consumer) => reads.acknowledged(&consumer)?,
            };
            let rows = reads.page_after(after, limit)?;
            let next = rows.last().map_or(after, |row| row.event.seq);
            let mut renderer = Renderer::new(reads, &source);
            let events = rows.into_iter().map(|row| renderer.event(row)).collect::<Stored<_>>()?;
            Ok(Page { events, next })
        })
        .await
}

/// Reads a page; if it is empty, waits for events, for a time or until the gateway stops.
///
/// # Errors
/// When the store fails.
pub async fn wait_for_page(gateway: &Gateway, from: &Position, limit: usize, wait: Duration) -> Stored<Page> {
    // Interest is registered before looking, so that no event falls between.
    let mut grown = gateway.store.signals().events();
    let until = Instant::now() + wait;
    loop {
        grown.borrow_and_update();
        let page = read_page(gateway, from, limit).await?;
        let now = Instant::now();
        if !page.events.is_empty() || now >= until {
            return Ok(page);
        }
        tokio::select! {
            biased;
            () = gateway.tasks.soft().cancelled() => return Ok(page),
            // The sender lives as long as the store, which `gateway` holds.
            _ = grown.changed() => {}
            () = tokio::time::sleep_until(until.min(now + LOOK_AGAIN)) => {}
        }
    }
}
