//! Columns as the types of our records: every number of a table is a `BIGINT`.

use tokio_postgres::types::FromSqlOwned;

use crate::store::{StoreError, Stored};

/// A value that is none of ours.
pub(super) fn unreadable(what: &'static str, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Unreadable { what, detail: error.to_string() }
}

/// What a column is read as.
pub(super) trait Cell: Sized {
    /// What the database gives.
    type Sql: FromSqlOwned;
    /// Ours.
    ///
    /// # Errors
    /// When it is out of range.
    fn of(sql: Self::Sql) -> Stored<Self>;
}

macro_rules! as_it_is {
    ($($type:ty),*) => {$(
        impl Cell for $type {
            type Sql = $type;
            fn of(sql: $type) -> Stored<Self> {
                Ok(sql)
            }
        }
    )*};
}

as_it_is!(i64, bool, String, Vec<u8>);

macro_rules! from_number {
    ($($type:ty),*) => {$(
        impl Cell for $type {
            type Sql = i64;
            fn of(sql: i64) -> Stored<Self> {
                sql.try_into().map_err(|error| unreadable("number", &error))
            }
        }
    )*};
}

from_number!(u32, u64, usize);

impl<T: Cell> Cell for Option<T> {
    type Sql = Option<T::Sql>;
    fn of(sql: Self::Sql) -> Stored<Self> {
        sql.map(T::of).transpose()
    }
}
