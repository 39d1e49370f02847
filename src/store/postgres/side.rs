//! A database as one side of a copy: as it stood at one moment, or while nobody else works on it.

use tokio_postgres::types::ToSql;

use super::link::Link;
use super::rows::get;
use super::server::Server;
use super::session::Claim;
use super::{migrations, numbers};
use crate::store::copying::{Column, Kind, Row, Side, Table, Value};
use crate::store::look::SCHEMA;
use crate::store::marks::{ARRIVING, Standing};
use crate::store::{StoreError, Stored};

/// Tables that are this kind of store's own: who works on it, and what is counted anew from the rows of others.
const OWN: [&str; 8] = [
    "call_tokens",
    "event_head",
    "lane_states",
    "leases",
    "migrations",
    "replicas",
    "row_numbers",
    "writers",
];

/// A reference between tables, which is taken off while a store is filled.
#[derive(Debug)]
struct Reference {
    table: String,
    name: String,
    definition: String,
}

/// A database.
#[derive(Debug)]
pub struct OnServer {
    link: Link,
    place: String,
    references: Vec<Reference>,
}

impl OnServer {
    /// A database on which nobody works, and nobody can begin to while this lives. An empty one is given the schema. Whoever worked on it,
    /// was cut off and comes back later writes nothing any more: what it knew of the store is not what stands there then.
    ///
    /// Blocks; not for a thread that drives tasks.
    ///
    /// # Errors
    /// When no server can be reached and written; when another process works on it, or its schema is not that of this version.
    pub fn alone(server: &Server) -> Stored<Self> {
        let mut link = Claim::alone(server)?;
        migrations::migrate(&mut link)?;
        Claim::shut_out_all(&mut link)?;
        Ok(Self { link, place: server.place(), references: Vec::new() })
    }

    /// A database as it stands now, though others go on writing.
    ///
    /// # Errors
    /// When no server can be reached; when its schema is not that of this version.
    pub(super) fn as_of_now(server: &Server) -> Stored<Self> {
        let mut link = Link::open_unhurried(&server.named("chakong-copy"))?;
        let schema = migrations::schema(&mut link)?;
        if schema.applied != schema.known {
            let detail = schema.refusal();
            return Err(StoreError::Unreadable { what: SCHEMA, detail });
        }
        link.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        Ok(Self { link, place: server.place(), references: Vec::new() })
    }
}

/// What the store of a database is; where there is none it is nothing.
///
/// Blocks; not for a thread that drives tasks.
///
/// # Errors
/// When no server can be reached.
pub fn standing(server: &Server) -> Stored<Standing> {
    let mut link = Link::open(&server.named("chakong-look"))?;
    if migrations::schema(&mut link)?.applied == 0 {
        return Ok(Standing::default());
    }
    Standing::by(|key| numbers::info(&mut link, key))
}

const TABLES: &str = "SELECT CAST(c.table_name AS TEXT), CAST(c.column_name AS TEXT), CAST(c.data_type AS TEXT),
      CAST(k.ordinal_position AS BIGINT), CAST(c.column_default AS TEXT)
    FROM information_schema.columns c
    LEFT JOIN (SELECT u.table_name, u.column_name, u.ordinal_position FROM information_schema.key_column_usage u
               JOIN information_schema.table_constraints t
               ON t.constraint_schema = u.constraint_schema AND t.constraint_name = u.constraint_name
               WHERE t.constraint_type = 'PRIMARY KEY' AND u.table_schema = current_schema()) k
    ON k.table_name = c.table_name AND k.column_name = c.column_name
    WHERE c.table_schema = current_schema() ORDER BY CAST(c.table_name AS TEXT) COLLATE \"C\", CAST(c.column_name AS TEXT) COLLATE \"C\"";

const REFERENCES: &str =
    "SELECT CAST(c.conrelid::regclass AS TEXT), CAST(c.conname AS TEXT), pg_get_constraintdef(c.oid)
    FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
    WHERE c.contype = 'f' AND n.nspname = current_schema()";

impl Side for OnServer {
    fn place(&self) -> String {
        self.place.clone()
    }

    fn tables(&mut self) -> Stored<Vec<Table>> {
        let mut tables: Vec<Table> = Vec::new();
        let mut keys: Vec<(i64, String)> = Vec::new();
        for row in self.link.query(TABLES, &[])? {
            let (table, name, kind): (String, String, String) = (get(&row, 0)?, get(&row, 1)?, get(&row, 2)?);
            if OWN.contains(&table.as_str()) {
                continue;
            }
            let kind = kind_of(&kind)?;
            if tables.last().is_none_or(|last| last.name != table) {
                keys.clear();
                tables.push(Table { name: table, columns: Vec::new(), key: Vec::new() });
            }
            let Some(last) = tables.last_mut() else { continue };
            if let Some(place) = get::<Option<i64>>(&row, 3)? {
                keys.push((place, name.clone()));
                keys.sort_unstable();
                last.key = keys.iter().map(|(_, name)| name.clone()).collect();
            }
            last.columns.push(Column { name, kind });
        }
        Ok(tables)
    }

    fn read(&mut self, table: &Table, each: &mut dyn FnMut(Row) -> Stored<()>) -> Stored<()> {
        let is_text = |name: &String| {
            table.columns.iter().any(|column| column.name == *name && column.kind == Kind::Text)
        };
        let key = table.key.iter().map(|name| match is_text(name) {
            true => format!("\"{name}\" COLLATE \"C\""),
            false => format!("\"{name}\""),
        });
        let key = key.collect::<Vec<_>>().join(", ");
        let sql = format!("SELECT {} FROM \"{}\" ORDER BY {key}", columns(table), table.name);
        let kinds: Vec<Kind> = table.columns.iter().map(|column| column.kind).collect();
        self.link.each_row(&sql, &mut |row| {
            each(kinds.iter().enumerate().map(|(at, kind)| value(row, at, *kind)).collect::<Stored<_>>()?)
        })
    }

    fn begin_filling(&mut self) -> Stored<()> {
        self.link.run("BEGIN")?;
        let tables = self.tables()?;
        let others = tables.iter().filter(|table| table.name != "store_info");
        let names = others.map(|table| format!("\"{}\"", table.name)).collect::<Vec<_>>().join(", ");
        self.link.run(&format!("TRUNCATE TABLE {names}"))?;
        self.link.run(&format!("DELETE FROM store_info WHERE key <> '{ARRIVING}'"))?;
        for row in self.link.query(REFERENCES, &[])? {
            let reference =
                Reference { table: get(&row, 0)?, name: get(&row, 1)?, definition: get(&row, 2)? };
            let sql = format!("ALTER TABLE {} DROP CONSTRAINT \"{}\"", reference.table, reference.name);
            self.link.run(&sql)?;
            self.references.push(reference);
        }
        Ok(())
    }

    fn write(&mut self, table: &Table, rows: Vec<Row>) -> Stored<()> {
        let lists: Vec<Box<dyn ToSql + Sync>> =
            table.columns.iter().enumerate().map(|(at, column)| list(&rows, at, column.kind)).collect();
        let places = table.columns.iter().enumerate();
        let places =
            places.map(|(at, column)| format!("unnest(CAST(${} AS {}[]))", at + 1, sql_of(column.kind)));
        let places = places.collect::<Vec<_>>().join(", ");
        let sql = format!("INSERT INTO \"{}\" ({}) SELECT {places}", table.name, columns(table));
        let parameters: Vec<&(dyn ToSql + Sync)> = lists.iter().map(|list| &**list).collect();
        self.link.execute(&sql, &parameters).map(drop)
    }

    fn end_filling(&mut self) -> Stored<()> {
        for Reference { table, name, definition } in std::mem::take(&mut self.references) {
            self.link.run(&format!("ALTER TABLE {table} ADD CONSTRAINT \"{name}\" {definition}"))?;
        }
        // Numbers that the database gives go on behind those that are there.
        for row in self.link.query(TABLES, &[])? {
            let (table, column, default): (String, String, Option<String>) =
                (get(&row, 0)?, get(&row, 1)?, get(&row, 4)?);
            if default.is_some_and(|default| default.starts_with("nextval(")) {
                self.link.run(&format!(
                    "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), COALESCE(MAX(\"{column}\"), 1),
                     MAX(\"{column}\") IS NOT NULL) FROM \"{table}\""
                ))?;
            }
        }
        let head = "UPDATE event_head SET seq = GREATEST(COALESCE((SELECT MAX(seq) FROM events), 0),
             COALESCE((SELECT MAX(acknowledged) FROM consumers), 0), $1)";
        let gaps = numbers::log_gaps(&mut self.link)?;
        self.link.execute(head, &[&gaps.end()])?;
        self.link.run("COMMIT")
    }

    fn info(&mut self, key: &str) -> Stored<Option<Vec<u8>>> {
        numbers::info(&mut self.link, key)
    }

    fn set_info(&mut self, key: &str, value: Option<&[u8]>) -> Stored<()> {
        match value {
            Some(value) => numbers::set_info(&mut self.link, key, value),
            None => numbers::remove_info(&mut self.link, key),
        }
    }
}

fn kind_of(declared: &str) -> Stored<Kind> {
    match declared {
        "boolean" => Ok(Kind::Flag),
        "bigint" => Ok(Kind::Number),
        "text" => Ok(Kind::Text),
        "bytea" => Ok(Kind::Bytes),
        _ => Err(StoreError::Unreadable {
            what: SCHEMA,
            detail: format!("a column of type {declared} cannot be copied"),
        }),
    }
}

const fn sql_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Flag => "BOOLEAN",
        Kind::Number => "BIGINT",
        Kind::Text => "TEXT",
        Kind::Bytes => "BYTEA",
    }
}

fn columns(table: &Table) -> String {
    table.columns.iter().map(|column| format!("\"{}\"", column.name)).collect::<Vec<_>>().join(", ")
}

fn value(row: &tokio_postgres::Row, at: usize, kind: Kind) -> Stored<Value> {
    let found = match kind {
        Kind::Flag => get::<Option<bool>>(row, at)?.map(|flag| Value::Number(i64::from(flag))),
        Kind::Number => get::<Option<i64>>(row, at)?.map(Value::Number),
        Kind::Text => get::<Option<String>>(row, at)?.map(Value::Text),
        Kind::Bytes => get::<Option<Vec<u8>>>(row, at)?.map(Value::Bytes),
    };
    Ok(found.unwrap_or(Value::Nothing))
}

/// The values of a column of some rows.
fn list(rows: &[Row], at: usize, kind: Kind) -> Box<dyn ToSql + Sync> {
    let values = rows.iter().map(|row| row.get(at).unwrap_or(&Value::Nothing));
    match kind {
        Kind::Flag => Box::new(values.map(|value| number(value).map(|flag| flag != 0)).collect::<Vec<_>>()),
        Kind::Number => Box::new(values.map(number).collect::<Vec<_>>()),
        Kind::Text => Box::new(
            values
                .map(|value| if let Value::Text(text) = value { Some(text.clone()) } else { None })
                .collect::<Vec<_>>(),
        ),
        Kind::Bytes => Box::new(
            values
                .map(|value| if let Value::Bytes(bytes) = value { Some(bytes.clone()) } else { None })
                .collect::<Vec<_>>(),
        ),
    }
}

const fn number(value: &Value) -> Option<i64> {
    if let Value::Number(number) = value { Some(*number) } else { None }
}
