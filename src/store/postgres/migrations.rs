//! Embedded migrations: each file once, in order, its text remembered by checksum. One process at a time.

use sha2::{Digest as _, Sha256};

use super::errors::told;
use super::link::Link;
use super::rows::get;
use crate::store::health::Ailment;
use crate::store::look::Schema;
use crate::store::{StoreError, Stored};

const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
    include_str!("migrations/0006.sql"),
    include_str!("migrations/0007.sql"),
    super::older_cases::MIGRATION,
    include_str!("migrations/0009.sql"),
];

/// Key of the lock under which a schema is brought up to date: `chakongm` as a number.
const LOCK: i64 = 0x6368_616b_6f6e_676d;
/// Oldest server that is supported: PostgreSQL 12.
const OLDEST: i64 = 120_000;

/// Brings the schema up to date.
///
/// # Errors
/// When the server is too old, the schema was made by a newer version, or it is not ours.
pub(super) fn migrate(link: &mut Link) -> Stored<()> {
    check_version(link)?;
    link.run("BEGIN")?;
    let migrated = link
        .query("SELECT pg_advisory_xact_lock($1)", &[&LOCK])
        .and_then(|_| apply(link))
        .and_then(|()| link.run("COMMIT"));
    if migrated.is_err() && !link.is_lost() {
        // What the first error says counts.
        let _ = link.run("ROLLBACK");
    }
    migrated
}

fn check_version(link: &mut Link) -> Stored<()> {
    let sql =
        "SELECT CAST(current_setting('server_version_num') AS BIGINT), version(), current_setting('fsync')";
    let found = link.query(sql, &[])?;
    let Some(row) = found.first() else { return Ok(()) };
    let (number, words, fsync): (i64, String, String) = (get(row, 0)?, get(row, 1)?, get(row, 2)?);
    // These speak the protocol and count their versions in another way.
    let is_kin = ["openGauss", "Kingbase"].iter().any(|name| words.contains(name));
    if number < OLDEST && !is_kin {
        let what = format!("the server is PostgreSQL {}; chakong needs 12 or later", number / 10_000);
        return told("use the database", Ailment::Failing, what);
    }
    if fsync == "off" {
        tracing::warn!("the database has fsync = off: what is acknowledged is lost when its machine fails");
    }
    Ok(())
}

/// How far the schema is; nothing was applied to what is no store.
pub(super) fn schema(link: &mut Link) -> Stored<Schema> {
    let there = "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'migrations'";
    if link.query(there, &[])?.is_empty() {
        return Ok(Schema { applied: 0, known: MIGRATIONS.len() });
    }
    let counted = link.query("SELECT COUNT(*) FROM migrations", &[])?;
    let applied = counted.first().map_or(Ok(0), |row| get(row, 0))?;
    Ok(Schema { applied, known: MIGRATIONS.len() })
}

/// Whether a store stands there whose schema is to be changed.
pub(super) fn is_older(link: &mut Link) -> Stored<bool> {
    let schema = schema(link)?;
    Ok(schema.is_known() && schema.applied < schema.known)
}

fn apply(link: &mut Link) -> Stored<()> {
    link.run("CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, checksum BYTEA NOT NULL)")?;
    let applied = link.query("SELECT checksum FROM migrations ORDER BY number", &[])?;
    let applied: Vec<Vec<u8>> = applied.iter().map(|row| get(row, 0)).collect::<Stored<_>>()?;
    if applied.len() > MIGRATIONS.len() {
        let detail = "it was written by a newer version of chakong; install that version".to_owned();
        return Err(StoreError::Unreadable { what: "schema", detail });
    }
    for (at, sql) in MIGRATIONS.iter().enumerate() {
        let checksum = Sha256::digest(sql.as_bytes()).to_vec();
        match applied.get(at) {
            Some(known) if *known == checksum => {}
            Some(_) => {
                let detail = format!("migration {} differs from the one that made this database", at + 1);
                return Err(StoreError::Unreadable { what: "schema", detail });
            }
            None => {
                link.run(sql)?;
                let number = i64::try_from(at).unwrap_or(i64::MAX);
                link.execute("INSERT INTO migrations VALUES ($1, $2)", &[&number, &checksum])?;
            }
        }
    }
    let is_before = MIGRATIONS
        .iter()
        .position(|sql| *sql == super::older_cases::MIGRATION)
        .is_some_and(|at| applied.len() <= at);
    if is_before && !applied.is_empty() {
        super::older_cases::make_findable(link)?;
    }
    if !applied.is_empty() && applied.len() < MIGRATIONS.len() {
        // Whoever of an older version lost its connection and comes back must not write rows of its own schema.
        link.run("DELETE FROM writers")?;
    }
    Ok(())
}
