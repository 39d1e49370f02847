//! What operations do with a database beside running on it: look it through, bring its schema up to date, have it copied.
//!
//! All of it blocks, and is not for a thread that drives tasks.

use super::link::Link;
use super::rows::get;
use super::server::Server;
use super::session::Claim;
use super::side::OnServer;
use super::{migrations, numbers};
use crate::store::copying::Side as _;
use crate::store::look::SCHEMA;
use crate::store::look::{COUNTED, Look, Schema};
use crate::store::marks::Standing;
use crate::store::{StoreError, Stored};

/// Most findings that are told.
const MOST_FINDINGS: usize = 20;

/// Looks a store through; nothing is changed, and daemons may run on it. A `thorough` look reads every row, and compares every
/// reference with what it names.
///
/// # Errors
/// When no server can be reached or the database cannot be read.
pub fn look(server: &Server, thorough: bool) -> Stored<Look> {
    let mut link = Link::open_unhurried(&server.named("chakong-look"))?;
    link.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
    let schema = migrations::schema(&mut link)?;
    let bytes = number(&mut link, "SELECT pg_database_size(current_database())")?;
    let (mut rows, mut standing, mut findings) = (Vec::new(), Standing::default(), Vec::new());
    if schema.is_known() {
        for table in COUNTED {
            rows.push((table.to_owned(), number(&mut link, &format!("SELECT COUNT(*) FROM {table}"))?));
        }
        standing = Standing::by(|key| numbers::info(&mut link, key))?;
        findings = log_findings(&mut link)?;
        if thorough {
            findings.extend(strangers(&mut link)?);
        }
    }
    link.run("COMMIT")?;
    if thorough && schema.applied == schema.known {
        findings.extend(unreadable(server)?);
    }
    findings.truncate(MOST_FINDINGS);
    Ok(Look { schema, bytes: bytes.unsigned_abs(), rows: unsigned(rows), standing, findings })
}

fn unsigned(rows: Vec<(String, i64)>) -> Vec<(String, u64)> {
    rows.into_iter().map(|(table, rows)| (table, rows.unsigned_abs())).collect()
}

fn number(link: &mut Link, sql: &str) -> Stored<i64> {
    link.query(sql, &[])?.first().map_or(Ok(0), |row| get(row, 0))
}

/// The log's head must be its newest event, or events would be numbered twice.
fn log_findings(link: &mut Link) -> Stored<Vec<String>> {
    let behind = "SELECT COUNT(*) FROM events WHERE seq > (SELECT MAX(seq) FROM event_head)";
    let heads = number(link, "SELECT COUNT(*) FROM event_head")?;
    let behind = number(link, behind)?;
    let mut findings = Vec::new();
    if heads != 1 {
        findings.push(format!("event_head has {heads} rows, and must have one"));
    }
    if behind > 0 {
        findings.push(format!("{behind} events have a number behind the head of the log"));
    }
    Ok(findings)
}

/// Rows that name what is not there: the database forbids it, and whoever switched that off is found out.
fn strangers(link: &mut Link) -> Stored<Vec<String>> {
    let references = "SELECT CAST(c.conrelid::regclass AS TEXT), CAST(c.confrelid::regclass AS TEXT),
        CAST(a.attname AS TEXT), CAST(b.attname AS TEXT)
        FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
        WHERE c.contype = 'f' AND n.nspname = current_schema() AND array_length(c.conkey, 1) = 1";
    let mut findings = Vec::new();
    for row in link.query(references, &[])? {
        let (table, parent, column, key): (String, String, String, String) =
            (get(&row, 0)?, get(&row, 1)?, get(&row, 2)?, get(&row, 3)?);
        let sql = format!(
            "SELECT COUNT(*) FROM {table} t LEFT JOIN {parent} p ON p.\"{key}\" = t.\"{column}\"
             WHERE t.\"{column}\" IS NOT NULL AND p.\"{key}\" IS NULL"
        );
        let rows = number(link, &sql)?;
        if rows > 0 {
            findings.push(format!("{rows} rows of {table} name rows of {parent} that are not there"));
        }
    }
    Ok(findings)
}

/// Tables that cannot be read to their end.
fn unreadable(server: &Server) -> Stored<Vec<String>> {
    let mut findings = Vec::new();
    for table in OnServer::as_of_now(server)?.tables()? {
        // What the server cannot read ends the transaction: each table has its own.
        if let Err(error) = OnServer::as_of_now(server)?.read(&table, &mut |_| Ok(())) {
            findings.push(format!("{} cannot be read to its end: {error}", table.name));
        }
    }
    Ok(findings)
}

/// Brings the schema up to date without starting anything. Gives what was applied before, and what is now.
///
/// # Errors
/// When another process works on the database, there is no store in it, or a newer version wrote it.
pub fn migrate(server: &Server) -> Stored<(Schema, Schema)> {
    let mut link = Claim::alone(server)?;
    let before = migrations::schema(&mut link)?;
    if before.applied == 0 {
        let detail = before.refusal();
        return Err(StoreError::Unreadable { what: SCHEMA, detail });
    }
    migrations::migrate(&mut link)?;
    Ok((before, migrations::schema(&mut link)?))
}

/// A database as it stands now, to be copied, though daemons go on writing.
///
/// # Errors
/// When no server can be reached; when its schema is not that of this version.
pub fn as_of_now(server: &Server) -> Stored<OnServer> {
    OnServer::as_of_now(server)
}
