//! What lanes and consumers keep beside orders: responses to files, pauses, acknowledgements.

use super::Engine;
use crate::domain::{Actor, AuditEntry, Change, IdKind, LaneChange, Pause, RawId, RawMessage, RelayFailure};
use crate::store::{Responded, Stored};

/// A message that is to be sent back about another.
#[derive(Debug, Clone)]
pub struct Response {
    /// What it is about.
    pub about: String,
    /// The message, under the name that it has the first time.
    pub raw: RawMessage,
}

impl Engine {
    /// How often a message of a lane was answered; to be asked before its answers are named.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn responded(
        &self,
        lane: String,
        name: String,
        about: String,
        digest: String,
    ) -> Stored<Responded> {
        self.store.read(move |reads| reads.responded(&lane, &name, &about, &digest)).await
    }

    /// Keeps messages that are to be sent back, each under the name that it was first given and the one that it has now. They are
    /// durable before the file that they answer is put away.
    ///
    /// # Errors
    /// When the store fails; nothing is kept then.
    pub async fn keep_responses(
        &self,
        lane: String,
        digest: String,
        responses: Vec<(String, Response)>,
    ) -> Stored<()> {
        self.execute((lane, digest, responses), |tx, (lane, digest, responses), _| {
            let mut changes = Vec::new();
            for (first_name, response) in responses {
                let id = RawId::new(tx.next(IdKind::Raw));
                changes.push(Change::Lane(LaneChange::Responded {
                    lane: lane.clone(),
                    name: first_name.clone(),
                    about: response.about.clone(),
                    digest: digest.clone(),
                }));
                changes.push(Change::Lane(LaneChange::NewRaw(id, response.raw.clone(), Vec::new())));
                changes.push(Change::Lane(LaneChange::Unsent(id, lane.clone())));
            }
            tx.write(&changes)
        })
        .await
    }

    /// Notes a message that is not answered any more.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn note_response(
        &self,
        lane: String,
        name: String,
        about: String,
        digest: String,
    ) -> Stored<()> {
        let change = LaneChange::Responded { lane, name, about, digest };
        self.execute(change, |tx, change, _| tx.write(&[Change::Lane(change.clone())])).await
    }

    /// Notes that messages were handed over.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn note_sent(&self, raws: Vec<RawId>) -> Stored<()> {
        self.execute(raws, |tx, raws, _| tx.write(&[Change::Lane(LaneChange::Sent(raws.clone()))])).await
    }

    /// Pauses a lane or resumes it, with its line in the audit.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn pause(&self, lane: String, pause: Option<Pause>, audit: AuditEntry) -> Stored<()> {
        self.execute((lane, pause, audit), |tx, (lane, pause, audit), _| {
            let pause = LaneChange::SetPaused(lane.clone(), pause.clone());
            tx.write(&[Change::Lane(pause), Change::Audit(audit.clone())])
        })
        .await
    }

    /// Resumes lanes whose pause is over.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn end_pauses(&self) -> Stored<()> {
        let now = self.clock.now();
        for lane in self.store.read(move |reads| reads.pauses_over(now)).await? {
            self.execute(lane, |tx, lane, facts| {
                // A person may have made it longer meanwhile.
                let until = tx.paused(lane)?.and_then(|pause| pause.until);
                if until.is_none_or(|until| until > facts.now) {
                    return Ok(());
                }
                let line = AuditEntry {
                    at: facts.now,
                    actor: Actor::Clock.name().to_owned(),
                    act: "resume".to_owned(),
                    subject: lane.clone(),
                    reason: "暂停期满，自动恢复 the pause is over".to_owned(),
                    detail: None,
                    refused: None,
                };
                let resumed = LaneChange::SetPaused(lane.clone(), None);
                tx.write(&[Change::Lane(resumed), Change::Audit(line)])
            })
            .await?;
        }
        Ok(())
    }

    /// Keeps what limits a lane now, for the next process that works for it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep_limits(&self, lane: String, limits: String) -> Stored<()> {
        let change = LaneChange::KeepLimits(lane, limits);
        self.execute(change, |tx, change, _| tx.write(&[Change::Lane(change.clone())])).await
    }

    /// Has the breaker of a lane closed by whichever process works for it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reset_lane(&self, lane: String) -> Stored<()> {
        let change = LaneChange::ResetLane(lane);
        self.execute(change, |tx, change, _| tx.write(&[Change::Lane(change.clone())])).await
    }

    /// Keeps the last failure of a relay or an intake, for every replica to tell.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep_failure(&self, failure: RelayFailure) -> Stored<()> {
        let change = LaneChange::KeepFailure(failure);
        self.execute(change, |tx, change, _| tx.write(&[Change::Lane(change.clone())])).await
    }

    /// Writes a line of the audit for an act that changes nothing in the store.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn audit(&self, entry: AuditEntry) -> Stored<()> {
        self.execute(entry, |tx, entry, _| tx.write(&[Change::Audit(entry.clone())])).await
    }

    /// Moves a consumer forward; never back.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn acknowledge(&self, consumer: String, seq: i64) -> Stored<()> {
        let change = LaneChange::Acknowledge(consumer, seq);
        self.execute(change, |tx, change, _| tx.write(&[Change::Lane(change.clone())])).await
    }
}
