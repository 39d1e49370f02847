//! What comes back over a parcel line: looked for, taken in, put away.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chakong_contract::connector::Reading;
use chakong_contract::{Fault, FaultKind, Message, Moment};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::super::super::context::LaneContext;
use super::super::super::marks::Verdict;
use super::super::super::receiving::Receiving;
use super::super::wrong_line;
use super::ParcelDelivery;
use super::responses::{Again, note_responses};
use super::shown::shown;
use crate::domain::{RawDirection, RawMessage};
use crate::engine::Steady;
use crate::lines::parcel::{Arrivals, Arrived, Listed, too_large, too_many};
use crate::store::StoreError;
use crate::store::codec::encode;

/// How often old files are looked for in the archive.
const TIDY: Duration = Duration::from_secs(3600);

/// When old files are looked for: by a clock that goes on steadily, never by one that was set.
#[derive(Debug, Default)]
struct Tidying {
    steady: Steady,
    last: Option<Instant>,
}

impl Tidying {
    fn is_due(&mut self, now: Timestamp) -> bool {
        let is_due = self.steady.is_steady(now) && self.last.is_none_or(|last| last.elapsed() >= TIDY);
        if is_due {
            self.last = Some(Instant::now());
        }
        is_due
    }
}

/// Why a file could not be taken in now.
struct Hindered {
    fault: Fault,
    /// The store takes nothing now: the next file would fare no better.
    by_store: bool,
}

impl From<Fault> for Hindered {
    fn from(fault: Fault) -> Self {
        Self { fault, by_store: false }
    }
}

impl From<StoreError> for Hindered {
    fn from(error: StoreError) -> Self {
        let by_store = matches!(
            error,
            StoreError::Full
                | StoreError::Failed { .. }
                | StoreError::Again
                | StoreError::LeaseLost
                | StoreError::Closed
        );
        let detail = "its content could not be kept; the log says why";
        Self { fault: Fault::new(FaultKind::Transient, "keep a file", detail), by_store }
    }
}

impl ParcelDelivery {
    /// Looks for files until the lane stops.
    pub(super) async fn poll(&self, lane: &LaneContext) {
        let (mut arrivals, mut told) = (Arrivals::default(), None);
        let (mut again, mut tidying) = (Again::default(), Tidying::default());
        while !lane.stop.is_cancelled() && lane.may_leave().await {
            let now = lane.context.clock.now();
            match self.take_in_arrived(lane, &mut arrivals).await {
                Ok(()) => told = None,
                Err(fault) => {
                    lane.handle.problem(&fault, now);
                    if told.as_ref() != Some(&fault) {
                        tracing::warn!(counterpart = lane.config.name, %fault, "the incoming folder cannot be read, or not all of it");
                        told = Some(fault);
                    }
                }
            }
            // After the files were put away: the counterpart may answer at once, by a file of the same name.
            self.send_responses(lane, &mut again).await;
            self.tidy(lane, &mut tidying).await;
            tokio::select! {
                () = tokio::time::sleep(self.config.poll) => {}
                () = lane.stop.cancelled() => {}
            }
        }
    }

    /// Looks once and takes in what came to rest. A file that cannot be taken in stays and delays no other; when it is tried
    /// again is the arrivals' to say.
    ///
    /// # Errors
    /// A fault when the folder cannot be read, or not seen whole.
    async fn take_in_arrived(&self, lane: &LaneContext, arrivals: &mut Arrivals) -> Result<(), Fault> {
        let mut arrived = arrivals.look(self.depot.as_ref(), lane.context.clock.now()).await?.into_iter();
        for file in arrived.by_ref() {
            if lane.stop.is_cancelled() {
                break;
            }
            let name = &file.listed.name;
            match self.take_in(lane, &file, arrivals).await {
                Ok(true) => arrivals.forget(name),
                Ok(false) => arrivals.unhindered(name),
                Err(hindered) => {
                    tell_hindered(lane, arrivals, name, &hindered.fault);
                    if hindered.by_store {
                        break;
                    }
                }
            }
        }
        arrived.for_each(|file| arrivals.untried(&file.listed.name));
        self.tell_unnamed(lane, arrivals);
        lane.handle.stuck_files(arrivals.stuck());
        // Told by the caller like a folder that cannot be read: as long as it lasts, and once.
        match self.depot.is_cut() {
            true => Err(too_many(&self.config.incoming.display().to_string())),
            false => Ok(()),
        }
    }

    /// Tells of files whose names cannot be used: what nobody reads must be known.
    fn tell_unnamed(&self, lane: &LaneContext, arrivals: &mut Arrivals) {
        let (now, folder) = (lane.context.clock.now(), self.config.incoming.display().to_string());
        if let Some(fault) = arrivals.unnamed(self.depot.unnamed(), &folder, now) {
            lane.handle.problem(&fault, now);
            tracing::warn!(counterpart = lane.config.name, %fault, "files stay in the incoming folder");
        }
    }

    /// Deletes old files of the archive where that is due.
    async fn tidy(&self, lane: &LaneContext, tidying: &mut Tidying) {
        let now = lane.context.clock.now();
        if !tidying.is_due(now) {
            return;
        }
        let Ok(first) = now.checked_sub(self.config.keep) else { return };
        if let Err(fault) = self.depot.tidy(Moment::from_timestamp(first).date()).await {
            lane.handle.problem(&fault, now);
            tracing::warn!(counterpart = lane.config.name, %fault, "old files stay in the archive");
        }
    }

    /// Takes one file in: kept, settled, answered where it must be, and only then put away. `false` leaves it for later:
    /// it may still be on its way.
    async fn take_in(
        &self,
        lane: &LaneContext,
        file: &Arrived,
        arrivals: &mut Arrivals,
    ) -> Result<bool, Hindered> {
        if file.is_kept {
            return self.put_away(lane, &file.listed).await;
        }
        let now = lane.context.clock.now();
        let largest = self.config.largest_file;
        let fetched = match file.listed.size > largest {
            // It would be fetched in part at every look.
            true => Err(too_large(largest)),
            false => self.depot.fetch(&file.listed.name).await,
        };
        let message = match fetched {
            Ok(bytes) => Message::new(&file.listed.name, bytes),
            // Without an archive, to put it away would be to delete what nobody read.
            Err(fault) if fault.kind == FaultKind::Malformed && self.config.archive.is_some() => {
                let put_away = self.put_away(lane, &file.listed).await?;
                lane.handle.problem(&fault, now);
                let name = shown(&file.listed.name);
                tracing::warn!(counterpart = lane.config.name, file = ?name, %fault, "a file is put away unread");
                return Ok(put_away);
            }
            Err(fault) => return Err(fault.into()),
        };
        let may_wait = file.rests < self.config.half_file;
        let Some((reading, raw, digest)) = read(lane, message, now, may_wait).await? else {
            return Ok(false);
        };
        let responses = reading.responses.clone();
        let receiving = Receiving { config: &lane.config, context: &lane.context, handle: &lane.handle };
        let kept = match receiving.keep(reading, raw, digest.clone()).await {
            Ok(_) if !responses.is_empty() => {
                self.answers_wait.store(true, Ordering::Relaxed);
                note_responses(lane, responses, digest).await
            }
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = kept {
            let name = shown(&file.listed.name);
            tracing::error!(counterpart = lane.config.name, file = ?name, %error, "a file waits: its content could not be kept");
            return Err(error.into());
        }
        arrivals.kept(&file.listed.name);
        self.put_away(lane, &file.listed).await
    }

    async fn put_away(&self, lane: &LaneContext, file: &Listed) -> Result<bool, Hindered> {
        let today = Moment::from_timestamp(lane.context.clock.now()).date();
        self.depot.put_away(file, today).await?;
        Ok(true)
    }
}

fn tell_hindered(lane: &LaneContext, arrivals: &mut Arrivals, name: &str, fault: &Fault) {
    let now = lane.context.clock.now();
    if arrivals.hindered(name, fault, now) {
        lane.handle.problem(fault, now);
        tracing::warn!(counterpart = lane.config.name, file = ?shown(name), %fault, "a file stays in the incoming folder");
    }
}

/// Reads a file on a thread of its own, for it may be large. One that has no end is not read while it `may_wait`.
async fn read(
    lane: &LaneContext,
    message: Message,
    now: Timestamp,
    may_wait: bool,
) -> Result<Option<(Reading, RawMessage, String)>, Hindered> {
    let (connector, name) = (Arc::clone(&lane.config.connector), lane.config.name.clone());
    let (marks, file) = (Arc::clone(&lane.context.marks), message.name.clone());
    let working = tokio::task::spawn_blocking(move || {
        let parcel = connector.parcel();
        if may_wait && parcel.is_some_and(|parcel| !parcel.is_whole(&message)) {
            return None;
        }
        let unread = |problem| Reading { problems: vec![problem], ..Reading::default() };
        let failed = |detail: &'static str| unread(Fault::new(FaultKind::Malformed, "read a file", detail));
        let read = || parcel.map_or_else(|| unread(wrong_line("parcel")), |parcel| parcel.read(&message));
        let (reading, is_set_aside) = match marks.begin(&name, &message.bytes, true) {
            Verdict::Last => {
                let (file, counterpart) = (shown(&message.name), &name);
                tracing::warn!(counterpart, file = ?file, "the gateway ended while this file was read; everything else goes first");
                return None;
            }
            Verdict::SetAside { .. } => (failed("the gateway died twice while it was read"), true),
            Verdict::Read(_mark) => {
                let reading = catch_unwind(AssertUnwindSafe(read));
                (reading.unwrap_or_else(|_| failed("the connector panicked")), false)
            }
        };
        let raw = RawMessage {
            lane: name,
            batch: None,
            direction: RawDirection::In,
            at: now,
            bytes: encode(&message.bytes),
            name: message.name,
        };
        let digest = hex::encode(Sha256::digest(&message.bytes));
        Some((reading, raw, digest, is_set_aside))
    });
    let stopped = |_| Fault::new(FaultKind::Transient, "read a file", "its reading was stopped");
    let read = working.await.map_err(stopped)?;
    for problem in read.iter().flat_map(|(reading, ..)| &reading.problems) {
        lane.handle.problem(problem, now);
        let folder =
            lane.config.line.parcel().map(|line| line.incoming.display().to_string()).unwrap_or_default();
        tracing::warn!(counterpart = lane.config.name, file = ?shown(&file), folder, %problem, "a file could not be understood");
    }
    if read.as_ref().is_some_and(|(.., is_set_aside)| *is_set_aside) {
        lane.context.tell_set_aside(&lane.config.name, &file).await;
    }
    Ok(read.map(|(reading, raw, digest, _)| (reading, raw, digest)))
}

#[cfg(test)]
mod tests;
