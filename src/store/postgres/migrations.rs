//! Embedded migrations: each file once, in order, its text remembered by checksum. One process at a time.

use sha2::{Digest as _, Sha256};

use super::errors::told;
use super::link::Link;
use super::rows::get;
use crate::store::health::Ailment;
use crate::store::look::{SCHEMA, Schema};
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

/// What a server says of itself.
#[derive(Debug)]
struct Kind {
    number: i64,
    words: String,
    encoding: String,
    /// Whether it takes a text of no letters for none at all.
    takes_empty_for_null: bool,
}

impl Kind {
    /// What keeps a store from being there; `None` where nothing does.
    fn lacks(&self) -> Option<String> {
        // These speak the protocol and count their versions in another way.
        let is_kin = ["openGauss", "Kingbase"].iter().any(|name| self.words.contains(name));
        if self.number < OLDEST && !is_kin {
            return Some(format!(
                "the server is PostgreSQL {}; chakong needs 12 or later",
                self.number / 10_000
            ));
        }
        if self.takes_empty_for_null {
            let what = "the database takes an empty text for NULL, as Oracle does, and would lose what is empty; make one that is \
                        compatible with PostgreSQL (openGauss: CREATE DATABASE … DBCOMPATIBILITY 'PG'; Kingbase: initdb --dbmode=pg)";
            return Some(what.to_owned());
        }
        if !["UTF8", "UTF-8"].iter().any(|name| self.encoding.eq_ignore_ascii_case(name)) {
            return Some(format!(
                "the database keeps texts in {}, and must keep them in UTF8: names have letters that others lack; make one with CREATE \
                 DATABASE … ENCODING 'UTF8' TEMPLATE template0",
                self.encoding
            ));
        }
        None
    }
}

fn check_version(link: &mut Link) -> Stored<()> {
    let sql =
        "SELECT CAST(current_setting('server_version_num') AS BIGINT), version(), current_setting('fsync'),
               current_setting('server_encoding'), '' IS NULL";
    let found = link.query(sql, &[])?;
    let Some(row) = found.first() else { return Ok(()) };
    let kind = Kind {
        number: get(row, 0)?,
        words: get(row, 1)?,
        encoding: get(row, 3)?,
        takes_empty_for_null: get(row, 4)?,
    };
    if let Some(what) = kind.lacks() {
        return told("use the database", Ailment::Failing, what);
    }
    if get::<String>(row, 2)? == "off" {
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
        return Err(StoreError::Unreadable { what: SCHEMA, detail });
    }
    for (at, sql) in MIGRATIONS.iter().enumerate() {
        let checksum = Sha256::digest(sql.as_bytes()).to_vec();
        match applied.get(at) {
            Some(known) if *known == checksum => {}
            Some(_) => {
                let detail = format!("migration {} differs from the one that made this database", at + 1);
                return Err(StoreError::Unreadable { what: SCHEMA, detail });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_would_keep_texts_otherwise_is_refused_in_a_sentence() {
        let kind = |words: &str, number, encoding: &str, takes_empty_for_null| Kind {
            number,
            words: words.to_owned(),
            encoding: encoding.to_owned(),
            takes_empty_for_null,
        };
        let gauss = "(openGauss 6.0.0) compiled on aarch64";
        assert_eq!(kind("PostgreSQL 15.14", 150_014, "UTF8", false).lacks(), None);
        assert_eq!(kind(gauss, 90_204, "UTF8", false).lacks(), None);
        let lacks = |kind: Kind| kind.lacks().expect("a refusal");
        assert!(lacks(kind("PostgreSQL 11.22", 110_022, "UTF8", false)).contains("needs 12 or later"));
        assert!(lacks(kind(gauss, 90_204, "UTF8", true)).contains("an empty text for NULL"));
        assert!(
            lacks(kind("PostgreSQL 15.14", 150_014, "SQL_ASCII", false)).contains("must keep them in UTF8")
        );
    }
}
