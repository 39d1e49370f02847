//! Opening and closing the store that is configured.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::moving::{BeforeStart, before_start, move_held};
use super::place::Place;
use super::shown::shown_numbers;
use super::{BuildError, Opening, replica};
use crate::config::Config;
use crate::domain::{GivenNumber, IdKind};
use crate::engine::was_older;
use crate::store::postgres::{Postgres, PostgresThreads, Server};
use crate::store::sqlite::{Sqlite, SqliteThreads};
use crate::store::{Ailment, Membership, Store, StoreError, Stored, number_ahead};

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
fn open(
    config: &Config,
    member: Membership,
    restored: Option<&[i64]>,
) -> Stored<(Arc<dyn Store>, StoreThreads)> {
    let directory = &config.store.directory;
    match &config.store.database {
        Some(database) => {
            let server = Server::new(database.server.clone(), database.tls.clone());
            let opened = match restored {
                None => Postgres::open_as(&server, member),
                Some(seen) => Postgres::open_restored_as(&server, member, seen),
            };
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
        StoreError::Failed { ailment: Ailment::Locked | Ailment::Behind, .. }
            if config.store.database.is_some() =>
        {
            String::new()
        }
        StoreError::Failed { ailment: Ailment::Failing, .. } if config.store.database.is_some() => {
            "; correct [store] url or password, or what the server lacks".to_owned()
        }
        StoreError::Failed { ailment: Ailment::ReadOnly, .. } if config.store.database.is_some() => {
            "; let the user of [store] url own the database, so that it may make and write tables there"
                .to_owned()
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

/// Why the store that is configured is not opened.
fn unopened(config: &Config, source: StoreError) -> BuildError {
    let remedy = remedy(config, &source);
    // A server that can only be read for now is none that is connected to.
    let lasts = [Ailment::Failing, Ailment::Locked, Ailment::ReadOnly, Ailment::Behind]
        .iter()
        .any(|one| source.ails(*one));
    let is_elsewhere =
        matches!(source, StoreError::MovedAway { .. } | StoreError::Arriving { .. } | StoreError::Backup(_));
    let by_configuration =
        config.store.database.is_some() && lasts || is_elsewhere || source.is_about_the_schema();
    BuildError::Unopened { place: place(config), source, remedy, by_configuration }
}

/// Before a start on a database: a move into it from the folder beside it, which was interrupted, is finished; a folder that holds a
/// store beside a database that holds none is told.
fn finish_move(config: &Config) -> Result<(), BuildError> {
    let Some(database) = &config.store.database else { return Ok(()) };
    let (folder, database) =
        (Place::Folder(config.store.directory.clone()), Place::Database(Box::new(database.clone())));
    let (from, to) = (folder.shown(), database.shown());
    let unreadable = |source| {
        let place = from.clone();
        BuildError::Unopened { place, source, remedy: String::new(), by_configuration: false }
    };
    match before_start(&folder, &database).map_err(unreadable)? {
        BeforeStart::Nothing => Ok(()),
        BeforeStart::Unmoved => Err(BuildError::Unmoved { from, to }),
        BeforeStart::Elsewhere(source) => {
            Err(BuildError::Unopened { place: from, source, remedy: String::new(), by_configuration: true })
        }
        BeforeStart::Unknown(source) => Err(unopened(config, source)),
        BeforeStart::Finish => {
            tracing::warn!(from, to, "a move of the store was interrupted; it is finished now");
            let moved = move_held(&folder, &database, &|| Ok(()));
            moved.map(drop).map_err(|source| BuildError::NotMoved { from, to, source })
        }
    }
}

/// Opens the store, if it is as new as the folders of parcel lines show or was said to be restored.
pub(super) async fn open_store(
    config: &Config,
    opening: Opening,
    address: SocketAddr,
) -> Result<(Arc<dyn Store>, StoreThreads), BuildError> {
    let member = replica::member(config, address);
    let unopened = |source| unopened(config, source);
    let shown = shown_numbers(&config.counterparts);
    let numbers: Vec<GivenNumber> = shown.iter().map(|one| one.number).collect();
    if opening == Opening::Restored {
        let epochs: Vec<i64> = numbers.iter().map(|number| number.epoch()).collect();
        let opened = open(config, member, Some(&epochs)).map_err(unopened)?;
        replica::remember(config, opened.0.leases().id());
        return Ok(opened);
    }
    finish_move(config)?;
    let (store, threads) = open(config, member, None).map_err(unopened)?;
    replica::remember(config, store.leases().id());
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
