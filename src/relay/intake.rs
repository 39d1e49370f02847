//! One intake: each message is handed to the reception, answered and acknowledged before the next one is taken, so that inquiries of
//! one case stay in order. What cannot be taken for now is held until it can; what is no inquiry goes among the dead letters.

use std::sync::Arc;
use std::time::Duration;

use super::failure::{Done, Failure, FailureKind};
use super::health::{HealthTeller, RelayState, RelayWatch};
use super::message::{Answer, Incoming, Reception, identity, verdict};
use super::parties::{Inlet, Receiver};
use super::runner::{stopping, wait_after};
use crate::clock::Clock;
use crate::config::IntakeConfig;
use crate::intake::LONGEST_KEY;
use crate::lifecycle::Tasks;

/// The broker is told that a message is still held so often, at the latest.
const HELD: Duration = Duration::from_secs(10);
/// Longest time for one submission.
const SUBMITTED_WITHIN: Duration = Duration::from_secs(20);
/// Longest time to answer a message, to put it among the dead letters and to acknowledge it.
const SETTLED_WITHIN: Duration = Duration::from_secs(30);

/// One intake.
#[derive(Debug)]
pub struct Intake {
    pub(super) name: &'static str,
    pub(super) inlet: Box<dyn Inlet>,
    pub(super) config: IntakeConfig,
    pub(super) source: String,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) health: HealthTeller,
}

impl Intake {
    /// The name of its lease.
    pub fn lease(&self) -> String {
        format!("intake/{}", self.name)
    }

    /// How it is, for others.
    pub fn watch(&self) -> RelayWatch {
        self.health.watch(self.inlet.servers(), None, self.lease())
    }
}

/// Runs an intake until the soft token.
pub async fn run_intake(intake: Arc<Intake>, reception: Arc<dyn Reception>, tasks: Tasks) {
    let stop = tasks.soft().clone();
    let mut failures = 0;
    while !stop.is_cancelled() {
        let before = intake.health.done();
        let Err(failure) = intake.work(&*reception, &tasks).await else { break };
        let progressed = intake.health.done() > before;
        failures = if progressed { 1 } else { failures + 1 };
        intake.health.failed(&failure, intake.clock.now());
        let wait = wait_after(failures, intake.config.longest_wait);
        tracing::warn!(intake = intake.name, kind = failure.kind.word(), error = %failure, failures, wait_ms = wait.as_millis(),
            "an intake failed; what was not acknowledged comes again");
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
    intake.health.is(RelayState::Stopped, intake.clock.now());
}

impl Intake {
    async fn work(&self, reception: &dyn Reception, tasks: &Tasks) -> Done<()> {
        let stop = tasks.soft();
        let mut receiver = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            connected = self.inlet.connect() => connected?,
        };
        self.health.is(RelayState::Running, self.clock.now());
        tracing::info!(intake = self.name, servers = self.inlet.servers(), "an intake is connected");
        loop {
            let message = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                message = receiver.next() => message?,
            };
            let Some(answer) = self.answer(&message, reception, &mut *receiver, tasks).await? else {
                return Ok(());
            };
            if !answer.is_accepted() {
                tracing::warn!(
                    intake = self.name,
                    status = answer.status,
                    reason = answer.reason,
                    redelivered = message.redelivered,
                    "a message was refused"
                );
            }
            let key = message.key.as_deref().unwrap_or_default();
            let id = identity(&self.config.submitter, &message, &answer);
            let verdict = verdict(answer, &self.source, &id, self.clock.now(), key);
            let refused = u64::from(verdict.is_refused());
            let settled = tokio::select! {
                settled = tokio::time::timeout(SETTLED_WITHIN, receiver.settle(verdict)) => settled,
                // It comes again, and its key gives back the inquiry that it became.
                () = stopping(tasks) => return Ok(()),
            };
            settled.unwrap_or_else(|_| Err(unsettled()))?;
            self.health.did(1, refused);
        }
    }

    /// What is said to a message; `None` where the gateway stops before it could be taken.
    async fn answer(
        &self,
        message: &Incoming,
        reception: &dyn Reception,
        receiver: &mut dyn Receiver,
        tasks: &Tasks,
    ) -> Done<Option<Answer>> {
        let key = match self.fit(message, reception.largest()) {
            Ok(key) => key,
            Err((status, reason)) => return Ok(Some(reception.refuse(status, &reason))),
        };
        for attempt in 1_u32.. {
            let submitted = reception.submit(&self.config.submitter, key, &message.body);
            // What it had handed to the store may still be kept: the same key gives it back.
            if let Ok(answer) = tokio::time::timeout(SUBMITTED_WITHIN, submitted).await
                && !answer.may_pass
            {
                return Ok(Some(answer));
            }
            receiver.hold().await?;
            let wait = wait_after(attempt, self.config.longest_wait.min(HELD));
            tokio::select! {
                () = tasks.soft().cancelled() => return Ok(None),
                () = tokio::time::sleep(wait) => {}
            }
            receiver.hold().await?;
        }
        Ok(None)
    }

    /// The key of a message that may be an inquiry; else the status and the reason why it is none.
    fn fit<'a>(&self, message: &'a Incoming, largest: usize) -> Result<&'a str, (u16, String)> {
        if let Some(reason) = &message.poison {
            return Err((403, reason.clone()));
        }
        if message.body.len() > largest {
            return Err((413, format!("the body has {} bytes and may have {largest}", message.body.len())));
        }
        if message.submitter.as_ref().is_some_and(|named| *named != self.config.submitter) {
            return Err((
                403,
                "the submitter that the message names is not the one that this connection stands for"
                    .to_owned(),
            ));
        }
        let key = message.key.as_deref().unwrap_or_default();
        if !(1..=LONGEST_KEY).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let reason = format!(
                "an idempotency key of 1 to {LONGEST_KEY} visible ASCII characters is needed, new for each inquiry"
            );
            return Err((400, reason));
        }
        Ok(key)
    }
}

fn unsettled() -> Failure {
    let detail = format!(
        "the broker did not take the answer to a message within {} seconds; the message comes again",
        SETTLED_WITHIN.as_secs()
    );
    Failure::new(FailureKind::TimedOut, detail)
}
