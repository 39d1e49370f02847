//! What comes back over a parcel line: looked for, taken in, put away.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use chakong_contract::connector::Reading;
use chakong_contract::{Fault, FaultKind, Message, Moment, Response};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use super::super::take_in::TakeIn;
use super::Lane;
use crate::config::ParcelConfig;
use crate::lines::parcel::{Arrivals, Arrived, Depot};
use crate::store::{Packed, RawDirection, RawMessage, Responded, Stored};

/// How long a file that could not be taken in is left alone.
const HINDERED: Duration = Duration::from_secs(1);
/// How often old files are looked for in the archive.
const TIDY: SignedDuration = SignedDuration::from_hours(1);

/// How often a failure about the same is answered; then somebody has to look.
const MOST_RESPONSES: u32 = 10;

/// A file could not be taken in now; why was told.
struct Hindered;

impl Lane {
    /// Looks for files until `stop`.
    pub(super) async fn poll_parcels(
        &self,
        depot: &dyn Depot,
        config: &ParcelConfig,
        stop: &CancellationToken,
    ) {
        let (mut arrivals, mut tidied) = (Arrivals::default(), None);
        while !stop.is_cancelled() {
            let now = self.context.clock.now();
            match arrivals.look(depot, now).await {
                Ok(files) => {
                    for file in files.into_iter().take_while(|_| !stop.is_cancelled()) {
                        match self.take_in(depot, config, &file).await {
                            Ok(true) => arrivals.forget(&file.name),
                            Ok(false) => {}
                            // It stays where it is; what hinders it will not be gone at once.
                            Err(Hindered) => tokio::time::sleep(HINDERED).await,
                        }
                    }
                }
                Err(fault) => self.health.problem(&fault, now),
            }
            if tidied.is_none_or(|tidied: Timestamp| now.duration_since(tidied) >= TIDY) {
                self.tidy(depot, config, now).await;
                tidied = Some(now);
            }
            tokio::select! {
                () = tokio::time::sleep(config.poll) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    async fn tidy(&self, depot: &dyn Depot, config: &ParcelConfig, now: Timestamp) {
        let Ok(first) = now.checked_sub(config.keep) else { return };
        if let Err(fault) = depot.tidy(Moment::from_timestamp(first).date()).await {
            self.health.problem(&fault, now);
            tracing::warn!(counterpart = self.config.name, %fault, "old files stay in the archive");
        }
    }

    /// Takes one file in: kept, settled, answered where it must be, and only then put away. `false` leaves it for later:
    /// it may still be on its way.
    async fn take_in(
        &self,
        depot: &dyn Depot,
        config: &ParcelConfig,
        file: &Arrived,
    ) -> Result<bool, Hindered> {
        let now = self.context.clock.now();
        let message = match depot.fetch(&file.name).await {
            Ok(bytes) => Message::new(&file.name, bytes),
            Err(fault) if fault.kind == FaultKind::Malformed => {
                self.health.problem(&fault, now);
                tracing::warn!(counterpart = self.config.name, %fault, "a file is put away unread");
                return self.put_away(depot, &file.name).await;
            }
            Err(fault) => {
                self.health.problem(&fault, now);
                return Err(Hindered);
            }
        };
        let may_wait = file.rests < config.half_file;
        let Some((reading, raw, digest)) = self.read(message, now, may_wait).await? else { return Ok(false) };
        let responses = reading.responses.clone();
        let taking = TakeIn { config: &self.config, context: &self.context, health: &self.health };
        let kept = match taking.keep(reading, raw, digest.clone()).await {
            Ok(_) if responses.is_empty() => Ok(()),
            Ok(_) => self.respond(depot, responses, digest).await,
            Err(error) => Err(error),
        };
        if let Err(error) = kept {
            tracing::error!(counterpart = self.config.name, %error, "a file waits: its content could not be kept");
            return Err(Hindered);
        }
        if self.stop.is_cancelled() {
            // Perhaps it was not answered: the lane's successor reads it again.
            return Err(Hindered);
        }
        self.put_away(depot, &file.name).await
    }

    /// Sends answers to a file back, each under a name that was not used before, but not for ever.
    async fn respond(&self, depot: &dyn Depot, responses: Vec<Response>, digest: String) -> Stored<()> {
        let (lane, now) = (self.config.name.clone(), self.context.clock.now());
        let connector = Arc::clone(&self.config.connector);
        let (going, given_up) = self
            .context
            .store
            .write(move |tx| {
                let (mut going, mut given_up) = (Vec::new(), 0_usize);
                for Response { about, message } in &responses {
                    let Responded { nth, times } = tx.note_response(&lane, &message.name, about, &digest)?;
                    if times > MOST_RESPONSES {
                        given_up += 1;
                        continue;
                    }
                    let message = if nth > 1 { connector.again(message, nth) } else { message.clone() };
                    tx.insert_raw(&RawMessage {
                        lane: lane.clone(),
                        batch: None,
                        direction: RawDirection::Out,
                        name: message.name.clone(),
                        at: now,
                        bytes: Packed::of(&message.bytes),
                    })?;
                    going.push(message);
                }
                Ok((going, given_up))
            })
            .await?;
        if given_up > 0 {
            let detail = format!(
                "the same failed {MOST_RESPONSES} times; the counterpart is not told again, a person must talk to it"
            );
            let fault = Fault::new(FaultKind::Malformed, "answer a file", detail);
            self.health.problem(&fault, now);
            tracing::warn!(counterpart = self.config.name, %fault, "a file stays unanswered");
        }
        if !going.is_empty() {
            self.hand_over_until_stopped(depot, &going).await;
        }
        Ok(())
    }

    /// Reads a file on a thread of its own, for it may be large. One that has no end is not read while it `may_wait`.
    async fn read(
        &self,
        message: Message,
        now: Timestamp,
        may_wait: bool,
    ) -> Result<Option<(Reading, RawMessage, String)>, Hindered> {
        let (connector, lane) = (Arc::clone(&self.config.connector), self.config.name.clone());
        let working = tokio::task::spawn_blocking(move || {
            if may_wait && !connector.is_whole(&message) {
                return None;
            }
            let reading = catch_unwind(AssertUnwindSafe(|| connector.read(&message)));
            let panicked = |_| Reading {
                problems: vec![Fault::new(FaultKind::Malformed, "read a file", "the connector panicked")],
                ..Reading::default()
            };
            let raw = RawMessage {
                lane,
                batch: None,
                direction: RawDirection::In,
                at: now,
                bytes: Packed::of(&message.bytes),
                name: message.name,
            };
            let digest = hex::encode(Sha256::digest(&message.bytes));
            Some((reading.unwrap_or_else(panicked), raw, digest))
        });
        let read = working.await.map_err(|_| Hindered)?;
        for problem in read.iter().flat_map(|(reading, ..)| &reading.problems) {
            self.health.problem(problem, now);
            tracing::warn!(counterpart = self.config.name, %problem, "a file could not be understood");
        }
        Ok(read)
    }

    async fn put_away(&self, depot: &dyn Depot, name: &str) -> Result<bool, Hindered> {
        let now = self.context.clock.now();
        match depot.put_away(name, Moment::from_timestamp(now).date()).await {
            Ok(()) => Ok(true),
            Err(fault) => {
                self.health.problem(&fault, now);
                Err(Hindered)
            }
        }
    }
}
