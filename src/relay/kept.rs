//! The last failure of a relay or an intake is kept in the store, so that every replica tells it, and a restart forgets none.

use std::sync::Arc;

use super::failure::Failure;
use super::health::{RelayHealth, RelayState, RelayWatch};
use crate::domain::RelayFailure;
use crate::engine::Engine;
use crate::lifecycle::Tasks;

/// What was kept of a relay last, and how it was then.
#[derive(Debug, Default)]
struct Kept {
    last: Option<Failure>,
    /// It has worked since.
    has_worked: bool,
}

impl Kept {
    /// The failure that is to be kept now: another one than before, or the same once it has worked in between. A failure that goes on is
    /// kept once.
    fn next(&mut self, health: &RelayHealth) -> Option<Failure> {
        self.has_worked |= health.state == RelayState::Running;
        let (failure, _) = health.last_failure.as_ref()?;
        let is_known = self.last.as_ref() == Some(failure);
        if is_known && !(self.has_worked && health.state == RelayState::Waiting) {
            return None;
        }
        (self.last, self.has_worked) = (Some(failure.clone()), false);
        self.last.clone()
    }
}

/// Keeps the failures that this process meets, until the soft token. What cannot be kept is kept with the next one.
pub async fn keep_failures(watch: RelayWatch, engine: Engine, replica: Arc<str>, tasks: Tasks) {
    let (mut told, mut kept) = (watch.told(), Kept::default());
    loop {
        let health = told.borrow_and_update().clone();
        if let (Some(failure), Some((_, at))) = (kept.next(&health), health.last_failure.as_ref()) {
            let row = RelayFailure {
                name: watch.lease.clone(),
                kind: failure.kind.word().to_owned(),
                detail: failure.detail,
                at: *at,
                replica: replica.to_string(),
            };
            if let Err(error) = engine.keep_failure(row).await {
                tracing::warn!(relay = watch.lease, %error, "the failure of a relay could not be kept for others to see");
                kept = Kept::default();
            }
        }
        tokio::select! {
            changed = told.changed() => if changed.is_err() { return },
            () = tasks.soft().cancelled() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;

    use super::*;
    use crate::relay::FailureKind;

    fn health(state: RelayState, failure: Option<&str>) -> RelayHealth {
        let (since, kind) = (Timestamp::UNIX_EPOCH, FailureKind::Full);
        let last_failure = failure.map(|detail| (Failure::new(kind, detail), since));
        RelayHealth {
            state,
            since,
            done: 0,
            set_aside: 0,
            held_back: BTreeMap::new(),
            failures: 0,
            last_failure,
        }
    }

    #[test]
    fn a_failure_that_goes_on_is_kept_once_and_one_that_comes_back_again() {
        let mut kept = Kept::default();
        let mut keeps = |state, failure| kept.next(&health(state, failure)).map(|failure| failure.detail);
        use RelayState::{Connecting, Running, Waiting};
        assert_eq!(keeps(Connecting, None), None);
        assert_eq!(keeps(Waiting, Some("full")), Some("full".to_owned()));
        assert_eq!(keeps(Waiting, Some("full")), None);
        assert_eq!(keeps(Waiting, Some("gone")), Some("gone".to_owned()));
        assert_eq!(keeps(Running, Some("gone")), None);
        assert_eq!(keeps(Waiting, Some("gone")), Some("gone".to_owned()), "it worked in between");
    }
}
