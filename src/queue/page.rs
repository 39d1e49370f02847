//! Reading the log: a page at a time, for HTTP consumers and for relays.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::event::CloudEvent;
use super::render::Renderer;
use crate::domain::people::Courts;
use crate::domain::{EventType, InquiryId};
use crate::store::{PageRow, Reads, Store, Stored};

/// Longest time without looking, should a wake-up ever be missed.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// Rows that one read looks at, where few of them are of the types that are wanted.
const MOST_LOOKED_AT: usize = 2_000;
/// Events are numbered as they are committed, a moment after the time that they carry: what begins at a time begins so much earlier.
const NUMBERED_WITHIN: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

/// Where reading begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// After what the consumer has acknowledged.
    Acknowledged(String),
    /// After a sequence number.
    After(i64),
    /// With the events of a time and later ones; some of the minute before may come along.
    Since(Timestamp),
}

/// Which events a reader wants.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Of these types; of all where none is named.
    pub types: Vec<EventType>,
    /// About cases of these courts.
    pub courts: Courts,
}

impl Wanted {
    /// Whether every event is wanted.
    const fn is_all(&self) -> bool {
        self.types.is_empty() && self.courts.are_all()
    }
}

/// Some events in order.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Page {
    /// The events.
    pub events: Vec<CloudEvent>,
    /// Acknowledge this number when all of them are safe; read on with `after` this number.
    pub next: i64,
}

/// An event with what a relay needs to know of it.
#[derive(Debug)]
pub struct LogEntry {
    /// Sequence number.
    pub seq: i64,
    /// Code of the court whose case it is about; empty where it is not known.
    pub court: String,
    /// Canonical number of the case: events of one case stay in order.
    pub case_number: String,
    /// The event as HTTP consumers see it.
    pub event: CloudEvent,
}

/// The log of results, to be read.
#[derive(Debug, Clone)]
pub struct EventLog {
    store: Arc<dyn Store>,
    source: Arc<str>,
}

impl EventLog {
    /// The log of a store; `instance` is the name of the installation.
    pub fn new(store: Arc<dyn Store>, instance: &str) -> Self {
        Self { store, source: format!("urn:chakong:{instance}").into() }
    }

    /// The CloudEvents source of its events.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Reads a page as it is now, of the events that are wanted. One read, rendering included.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn page(&self, from: &Position, wanted: &Wanted, limit: usize) -> Stored<Page> {
        let (from, wanted, source) = (from.clone(), wanted.clone(), Arc::clone(&self.source));
        self.store
            .read(move |reads| {
                let after = begin(reads, from)?;
                let (rows, next) = rows_of(reads, after, &wanted, limit)?;
                let mut renderer = Renderer::of(&rows, reads, &source)?;
                let events = rows.into_iter().map(|row| renderer.event(row)).collect::<Stored<_>>()?;
                Ok(Page { events, next })
            })
            .await
    }

    /// Reads a page; if it is empty, waits for events, for a time or until `stop`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn wait_for_page(
        &self,
        from: &Position,
        wanted: &Wanted,
        limit: usize,
        wait: Duration,
        stop: &CancellationToken,
    ) -> Stored<Page> {
        // Interest is registered before looking, so that no event falls between.
        let mut grown = self.store.signals().events();
        let until = Instant::now() + wait;
        let mut from = from.clone();
        loop {
            grown.borrow_and_update();
            let page = self.page(&from, wanted, limit).await?;
            let now = Instant::now();
            if !page.events.is_empty() || now >= until {
                return Ok(page);
            }
            if !wanted.is_all() && from != Position::After(page.next) {
                // What was passed over is not looked at again; there may be more behind it.
                from = Position::After(page.next);
                continue;
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(page),
                // The sender lives as long as the store.
                _ = grown.changed() => {}
                () = tokio::time::sleep_until(until.min(now + LOOK_AGAIN)) => {}
            }
        }
    }

    /// Reads entries behind a number, with their courts.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn entries(&self, after: i64, limit: usize) -> Stored<Vec<LogEntry>> {
        let source = Arc::clone(&self.source);
        self.store
            .read(move |reads| {
                let rows = reads.page_after(after, limit)?;
                let courts = courts_of(reads, &rows)?;
                let mut renderer = Renderer::of(&rows, reads, &source)?;
                rows.into_iter()
                    .map(|row| {
                        let (seq, case_number) = (row.event.seq, row.event.case_number.clone());
                        let court = courts.get(&row.event.inquiry).cloned().unwrap_or_default();
                        Ok(LogEntry { seq, court, case_number, event: renderer.event(row)? })
                    })
                    .collect()
            })
            .await
    }

    /// What a consumer has acknowledged; `None` where it is not known.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn place_of(&self, consumer: &str) -> Stored<Option<i64>> {
        let consumer = consumer.to_owned();
        self.store
            .read(move |reads| Ok(reads.consumers()?.into_iter().find(|(name, _)| *name == consumer)))
            .await
            .map(|found| found.map(|(_, seq)| seq))
    }

    /// To be woken when the log grows from now on: taken before reading, so that no event falls between.
    pub fn growth(&self) -> Growth {
        Growth(self.store.signals().events())
    }
}

/// Whoever waits for the log to grow.
#[derive(Debug)]
pub struct Growth(watch::Receiver<i64>);

impl Growth {
    /// Waits until the log may have grown; at most a few seconds.
    pub async fn comes(mut self) {
        // The sender lives as long as the store.
        let _ = tokio::time::timeout(LOOK_AGAIN, self.0.changed()).await;
    }
}

/// The number that reading begins behind.
fn begin(reads: &mut dyn Reads, from: Position) -> Stored<i64> {
    match from {
        Position::After(seq) => Ok(seq),
        Position::Acknowledged(consumer) => reads.acknowledged(&consumer),
        Position::Since(time) => {
            let time = time.checked_sub(NUMBERED_WITHIN).unwrap_or(Timestamp::MIN);
            before_time(reads, time)
        }
    }
}

/// The number behind which the events of a time begin: halved until it is found, for numbers follow time.
fn before_time(reads: &mut dyn Reads, time: Timestamp) -> Stored<i64> {
    let (mut low, mut high) = (0, reads.last_event()?);
    while low < high {
        let middle = low + (high - low) / 2;
        match reads.events_after(middle, 1)?.first() {
            Some((seq, _, at)) if *at < time => low = (*seq).max(middle + 1),
            _ => high = middle,
        }
    }
    Ok(low)
}

/// Rows that are wanted, and the number up to which the log was looked at.
fn rows_of(reads: &mut dyn Reads, after: i64, wanted: &Wanted, limit: usize) -> Stored<(Vec<PageRow>, i64)> {
    let (mut next, mut found, mut looked_at) = (after, Vec::new(), 0);
    while found.len() < limit && looked_at < MOST_LOOKED_AT {
        let rows = reads.page_after(next, limit - found.len())?;
        let Some(last) = rows.last() else { break };
        next = last.event.seq;
        looked_at += rows.len();
        let courts = if wanted.courts.are_all() { HashMap::new() } else { courts_of(reads, &rows)? };
        let is_seen = |row: &PageRow| {
            wanted.courts.are_all()
                || courts.get(&row.event.inquiry).is_some_and(|court| wanted.courts.cover(court))
        };
        let is_named = |row: &PageRow| wanted.types.is_empty() || wanted.types.contains(&row.event.kind);
        found.extend(rows.into_iter().filter(|row| is_named(row) && is_seen(row)));
        // A page of everything ends where the store ended it: by its size.
        if wanted.is_all() {
            break;
        }
    }
    Ok((found, next))
}

/// The courts of the inquiries that rows are about.
fn courts_of(reads: &mut dyn Reads, rows: &[PageRow]) -> Stored<HashMap<InquiryId, String>> {
    let mut inquiries: Vec<InquiryId> = rows.iter().map(|row| row.event.inquiry).collect();
    inquiries.sort_unstable();
    inquiries.dedup();
    let mut courts = reads.courts_of_all(&inquiries)?;
    for row in rows {
        let id = row.event.inquiry;
        if courts.contains_key(&id) {
            continue;
        }
        let court = match reads.inquiry(id) {
            Ok(inquiry) => inquiry.map(|inquiry| inquiry.court).unwrap_or_default(),
            // Its event says so in its place; the court is not known then.
            Err(error) if error.is_about_a_row() => String::new(),
            Err(error) => return Err(error),
        };
        courts.insert(id, court);
    }
    Ok(courts)
}
