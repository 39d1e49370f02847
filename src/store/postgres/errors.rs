//! Errors of the database as ours.

use std::sync::Arc;

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::store::health::Ailment;
use crate::store::{StoreError, Stored};

/// Turns a database error into ours.
pub(super) fn failed(step: &'static str) -> impl FnOnce(Error) -> StoreError {
    move |error| {
        let Some(state) = error.code().cloned() else {
            // Not said by the server: the connection is gone, or what it sent cannot be read.
            let ailment = if is_lost(&error) { Ailment::Unreachable } else { Ailment::Failing };
            return with(step, ailment, std::io::Error::other(in_full(&error)));
        };
        let class = state.code().get(..2).unwrap_or_default();
        let ailment = match class {
            _ if state == SqlState::DISK_FULL => return StoreError::Full,
            // Every table says what must be unique and what must be there.
            "23" => return StoreError::Conflict("a row"),
            // Another transaction was first; the same again may succeed.
            "40" => return StoreError::Again,
            // Somebody else is at it.
            _ if state == SqlState::LOCK_NOT_AVAILABLE => return StoreError::Again,
            // A text, a number that the database cannot keep: that row alone is at fault.
            "22" => {
                return StoreError::Unreadable { what: "value to be kept", detail: state.code().to_owned() };
            }
            _ if state == SqlState::QUERY_CANCELED => Ailment::Failing,
            "08" | "57" => Ailment::Unreachable,
            "55" => Ailment::Locked,
            _ if state == SqlState::DATA_CORRUPTED || state == SqlState::INDEX_CORRUPTED => Ailment::Damaged,
            _ if state == SqlState::READ_ONLY_SQL_TRANSACTION
                || state == SqlState::INSUFFICIENT_PRIVILEGE =>
            {
                Ailment::ReadOnly
            }
            _ if state == SqlState::TOO_MANY_CONNECTIONS => Ailment::Unreachable,
            _ => Ailment::Failing,
        };
        // Not the detail, which may name values.
        let message = error.as_db_error().map_or("", |said| said.message());
        with(step, ailment, std::io::Error::other(format!("{message} ({})", state.code())))
    }
}

/// An error with its causes.
fn in_full(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |told, cause| format!("{told}: {cause}"))
}

fn is_lost(error: &Error) -> bool {
    use std::error::Error as _;
    error.is_closed() || error.source().is_some_and(|cause| cause.is::<std::io::Error>())
}

fn with(
    step: &'static str,
    ailment: Ailment,
    error: impl std::error::Error + Send + Sync + 'static,
) -> StoreError {
    StoreError::Failed { step, ailment, source: Arc::new(error) }
}

/// What is told where the database said nothing itself.
pub(super) fn told<T>(step: &'static str, ailment: Ailment, what: impl Into<String>) -> Stored<T> {
    Err(with(step, ailment, std::io::Error::other(what.into())))
}

/// Whether the connection is of no more use.
pub(super) fn is_unreachable(error: &StoreError) -> bool {
    error.ails(Ailment::Unreachable)
}
