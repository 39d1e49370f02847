//! Opening and closing the store that is configured.

use std::sync::Arc;
use std::time::Duration;

use super::shown::shown_numbers;
use super::{BuildError, Opening};
use crate::config::Config;
use crate::domain::{GivenNumber, IdKind};
use crate::engine::was_older;
use crate::store::postgres::{Postgres, PostgresThreads, Server};
use crate::store::sqlite::{Sqlite, SqliteThreads};
use crate::store::{Ailment, Store, StoreError, Stored, number_ahead};

/// Longest time for the store to commit what it was given and to close.
pub(super) const STORE_CLOSES: Duration = Duration::from_secs(10);

/// The threads of a store.
#[derive(Debug)]
pub(super) enum StoreThreads {
    /// Of the embedded one.
    Sqlite(SqliteThreads),
    /// Of one on a database server.
    Postgres(PostgresThreads),
}

impl StoreThreads {
    /// Waits until everything handed in was committed.
    fn join(self) {
        match self {
            Self::Sqlite(threads) => threads.join(),
            Self::Postgres(threads) => threads.join(),
        }
    }
}

/// Where the store is, for operations.
pub(super) fn place(config: &Config) -> String {
    match &config.store.database {
        Some(database) => Server::new(database.server.clone(), None).place(),
        None => config.store.directory.display().to_string(),
    }
}

/// Opens the store; one that was restored with the epochs that were seen.
fn open(config: &Config, restored: Option<&[i64]>) -> Stored<(Arc<dyn Store>, StoreThreads)> {
    let directory = &config.store.directory;
    match &config.store.database {
        Some(database) => {
            let server = Server::new(database.server.clone(), database.tls.clone());
            let opened = restored
                .map_or_else(|| Postgres::open(&server), |seen| Postgres::open_restored(&server, seen));
            opened.map(|(store, threads)| (store, StoreThreads::Postgres(threads)))
        }
        None => {
            let opened = restored
                .map_or_else(|| Sqlite::open(directory), |seen| Sqlite::open_restored(directory, seen));
            opened.map(|(store, threads)| (store, StoreThreads::Sqlite(threads)))
        }
    }
}

/// What operations do about a store that cannot be opened, behind the cause.
fn remedy(config: &Config, error: &StoreError) -> String {
    match error {
        StoreError::Failed { ailment: Ailment::Locked, .. } if config.store.database.is_some() => {
            String::new()
        }
        StoreError::Failed { ailment: Ailment::Failing, .. } if config.store.database.is_some() => {
            "; correct [store] url or password, or what the server lacks".to_owned()
        }
        StoreError::Failed { ailment: Ailment::Unreachable, .. } => {
            "; look whether the database server runs and can be reached, and whether [store] url is right"
                .to_owned()
        }
        StoreError::Failed { ailment, .. } => format!("; {}", ailment.remedy()),
        StoreError::Full => "; make room on its disk".to_owned(),
        _ => String::new(),
    }
}

/// Opens the store, if it is as new as the folders of parcel lines show or was said to be restored.
pub(super) async fn open_store(
    config: &Config,
    opening: Opening,
) -> Result<(Arc<dyn Store>, StoreThreads), BuildError> {
    let unopened = |source| {
        let remedy = remedy(config, &source);
        let lasts = source.ails(Ailment::Failing) || source.ails(Ailment::Locked);
        let by_configuration = config.store.database.is_some() && lasts;
        BuildError::Unopened { place: place(config), source, remedy, by_configuration }
    };
    let shown = shown_numbers(&config.counterparts);
    let numbers: Vec<GivenNumber> = shown.iter().map(|one| one.number).collect();
    if opening == Opening::Restored {
        let epochs: Vec<i64> = numbers.iter().map(|number| number.epoch()).collect();
        return open(config, Some(&epochs)).map_err(unopened);
    }
    let (store, threads) = open(config, None).map_err(unopened)?;
    let own = store.epoch();
    if let Some(number) = was_older(&store).await? {
        drop(store);
        close(threads, STORE_CLOSES).await;
        return Err(BuildError::OlderThanAnswers { store: place(config), number });
    }
    let ahead = store.read(move |reads| number_ahead(reads, own, &numbers)).await?;
    let Some(one) = ahead.and_then(|number| shown.into_iter().find(|one| one.number == number)) else {
        return Ok((store, threads));
    };
    drop(store);
    close(threads, STORE_CLOSES).await;
    let kind = if one.number.kind == IdKind::Batch { "batch" } else { "order" };
    Err(BuildError::Older {
        store: place(config),
        what: format!("{kind} {}", one.number.row),
        file: one.path.display().to_string(),
        counterpart: one.counterpart,
    })
}

/// Waits for the store to commit what it was given. Bounded: a handle that is held somewhere must not hang the end. Whether it
/// was closed.
pub(super) async fn close(threads: StoreThreads, most: Duration) -> bool {
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
        let threads = StoreThreads::Sqlite(threads);
        assert!(!close(threads, Duration::from_millis(20)).await);
        drop(store);
        let (store, threads) = Sqlite::open(folder.path()).expect("a store");
        let threads = StoreThreads::Sqlite(threads);
        drop(store);
        assert!(close(threads, STORE_CLOSES).await);
    }
}
