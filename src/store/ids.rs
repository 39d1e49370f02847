//! Row numbers that are handed out before their rows are written.

use std::sync::atomic::{AtomicI64, Ordering};

use super::Stored;
use crate::domain::{IdKind, NewIds};

/// The next number of every kind.
#[derive(Debug)]
pub(super) struct Ids([AtomicI64; IdKind::ALL.len()]);

impl Ids {
    /// Goes on behind the last number of each kind.
    pub(super) fn after(last: impl Fn(IdKind) -> i64) -> Self {
        Self(IdKind::ALL.map(|kind| AtomicI64::new(last(kind).saturating_add(1))))
    }

    /// The same, where the last numbers must be looked up.
    ///
    /// # Errors
    /// Those of `last`.
    pub(super) fn after_those(last: impl Fn(IdKind) -> Stored<i64>) -> Stored<Self> {
        let ids = Self::after(|_| 0);
        for (kind, next) in IdKind::ALL.iter().zip(&ids.0) {
            next.store(last(*kind)?.saturating_add(1), Ordering::Relaxed);
        }
        Ok(ids)
    }
}

impl NewIds for Ids {
    fn next(&self, kind: IdKind) -> i64 {
        self.0.get(place(kind)).map_or(0, |next| next.fetch_add(1, Ordering::Relaxed))
    }
}

fn place(kind: IdKind) -> usize {
    IdKind::ALL.iter().position(|known| *known == kind).unwrap_or_default()
}
