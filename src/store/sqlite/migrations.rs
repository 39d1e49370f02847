//! Embedded migrations: each file once, in order, its text remembered by checksum.

use rusqlite::{Connection, TransactionBehavior, params};
use sha2::{Digest as _, Sha256};

use super::failed;
use crate::store::look::SCHEMA;
pub use crate::store::look::Schema;
use crate::store::{StoreError, Stored};

const MIGRATIONS: &[&str] = &[
    include_str!("0001.sql"),
    include_str!("0002.sql"),
    include_str!("0003.sql"),
    include_str!("0004.sql"),
    include_str!("0005.sql"),
    include_str!("0006.sql"),
    include_str!("0007.sql"),
    include_str!("0008.sql"),
    include_str!("0009.sql"),
    include_str!("0010.sql"),
    include_str!("0011.sql"),
    include_str!("0012.sql"),
    include_str!("0013.sql"),
    include_str!("0014.sql"),
    include_str!("0015.sql"),
    include_str!("0016.sql"),
    super::older_cases::MIGRATION,
    include_str!("0018.sql"),
];

/// How far the schema is; nothing was applied to what is no store.
pub(super) fn schema(connection: &Connection) -> Stored<Schema> {
    let step = "read how far its schema is";
    let is_store = connection
        .query_row("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'migrations'", [], |row| {
            row.get::<_, i64>(0)
        })
        .map_err(failed(step))?;
    let count = || connection.query_row("SELECT COUNT(*) FROM migrations", [], |row| row.get::<_, i64>(0));
    let applied = if is_store == 0 { 0 } else { count().map_err(failed(step))? };
    Ok(Schema { applied: usize::try_from(applied).unwrap_or_default(), known: MIGRATIONS.len() })
}

/// Brings the schema up to date.
pub(super) fn migrate(connection: &mut Connection) -> Stored<()> {
    let step = "bring the schema up to date";
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed(step))?;
    tx.execute_batch(
        "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, checksum BLOB NOT NULL) STRICT",
    )
    .map_err(failed(step))?;
    let applied: Vec<Vec<u8>> = {
        let mut query =
            tx.prepare("SELECT checksum FROM migrations ORDER BY number").map_err(failed(step))?;
        let rows = query.query_map([], |row| row.get(0)).map_err(failed(step))?;
        rows.collect::<Result<_, _>>().map_err(failed(step))?
    };
    if applied.len() > MIGRATIONS.len() {
        let detail = "it was written by a newer version of chakong; install that version".to_owned();
        return Err(StoreError::Unreadable { what: SCHEMA, detail });
    }
    for (at, sql) in MIGRATIONS.iter().enumerate() {
        let checksum = Sha256::digest(sql.as_bytes()).to_vec();
        match applied.get(at) {
            Some(known) if *known == checksum => {}
            Some(_) => {
                let detail = format!("migration {} differs from the one that made this file", at + 1);
                return Err(StoreError::Unreadable { what: SCHEMA, detail });
            }
            None => {
                tx.execute_batch(sql).map_err(failed(step))?;
                tx.execute(
                    "INSERT INTO migrations VALUES (?1, ?2)",
                    params![i64::try_from(at).unwrap_or(i64::MAX), checksum],
                )
                .map_err(failed(step))?;
            }
        }
    }
    // By the writers of today, so into the schema of today.
    if applied.len() <= super::first_edition::MIGRATION {
        super::first_edition::take_over(&tx)?;
    }
    if (1..=super::older_messages::MIGRATION).contains(&applied.len()) {
        super::older_messages::name_orders(&tx)?;
    }
    let is_before = MIGRATIONS
        .iter()
        .position(|sql| *sql == super::older_cases::MIGRATION)
        .is_some_and(|at| applied.len() <= at);
    if is_before && !applied.is_empty() {
        super::older_cases::make_findable(&tx)?;
    }
    tx.commit().map_err(failed(step))
}
