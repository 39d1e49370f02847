//! Opening and closing the store that is configured.

use std::sync::Arc;
use std::time::Duration;

use super::shown::shown_numbers;
use super::{BuildError, Opening};
use crate::config::Config;
use crate::domain::{GivenNumber, IdKind};
use crate::engine::was_older;
use crate::store::sqlite::{Sqlite, SqliteThreads};
use crate::store::{Store, number_ahead};

/// Longest time for the store to commit what it was given and to close.
pub(super) const STORE_CLOSES: Duration = Duration::from_secs(10);

/// Opens the store, if it is as new as the folders of parcel lines show or was said to be restored.
pub(super) async fn open_store(
    config: &Config,
    opening: Opening,
) -> Result<(Arc<dyn Store>, SqliteThreads), BuildError> {
    let directory = &config.store.directory;
    let unopened = |source| BuildError::Unopened { directory: directory.display().to_string(), source };
    let shown = shown_numbers(&config.counterparts);
    let numbers: Vec<GivenNumber> = shown.iter().map(|one| one.number).collect();
    if opening == Opening::Restored {
        let epochs: Vec<i64> = numbers.iter().map(|number| number.epoch()).collect();
        return Sqlite::open_restored(directory, &epochs).map_err(unopened);
    }
    let (store, threads) = Sqlite::open(directory).map_err(unopened)?;
    let own = store.epoch();
    if let Some(number) = was_older(&store).await? {
        drop(store);
        close(threads, STORE_CLOSES).await;
        return Err(BuildError::OlderThanAnswers { store: directory.display().to_string(), number });
    }
    let ahead = store.read(move |reads| number_ahead(reads, own, &numbers)).await?;
    let Some(one) = ahead.and_then(|number| shown.into_iter().find(|one| one.number == number)) else {
        return Ok((store, threads));
    };
    drop(store);
    close(threads, STORE_CLOSES).await;
    let kind = if one.number.kind == IdKind::Batch { "batch" } else { "order" };
    Err(BuildError::Older {
        store: directory.display().to_string(),
        what: format!("{kind} {}", one.number.row),
        file: one.path.display().to_string(),
        counterpart: one.counterpart,
    })
}

/// Waits for the store to commit what it was given. Bounded: a handle that is held somewhere must not hang the end. Whether it
/// was closed.
pub(super) async fn close(threads: SqliteThreads, most: Duration) -> bool {
    let joined = tokio::task::spawn_blocking(|| threads.join());
    let closed = tokio::time::timeout(most, joined).await.is_ok();
    if !closed {
        tracing::warn!("the store was not closed in time; the next start recovers it");
    }
    closed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_store_that_is_held_open_is_not_waited_for_without_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, threads) = Sqlite::open(folder.path()).expect("a store");
        assert!(!close(threads, Duration::from_millis(20)).await);
        drop(store);
        let (store, threads) = Sqlite::open(folder.path()).expect("a store");
        drop(store);
        assert!(close(threads, STORE_CLOSES).await);
    }
}
