//! The embedded store as one side of a copy: its file, which nobody else works on, or as it stands now.

use std::path::{Path, PathBuf};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params_from_iter};

use super::migrations::{self, Schema};
use super::{FILE, PATIENCE_AT_START, READER_CACHE, WRITER_CACHE, connect, ends, failed, failed_io};
use crate::store::copying::{Column, Kind, Row, Side, Table, Value};
use crate::store::look::SCHEMA;
use crate::store::marks::{ARRIVING, Standing};
use crate::store::{StoreError, Stored};

/// Tables that are this kind of store's own.
const OWN: [&str; 1] = ["migrations"];

/// A file.
#[derive(Debug)]
pub struct InFile {
    connection: Connection,
    file: PathBuf,
}

impl InFile {
    /// The store of a folder, on which nobody works.
    ///
    /// # Errors
    /// When there is none, or its schema is not that of this version.
    pub fn of(directory: &Path) -> Stored<Self> {
        let file = directory.join(FILE).canonicalize().map_err(failed_io("find the file"))?;
        let connection = connect(&file, OpenFlags::default(), WRITER_CACHE, false)?;
        Self::with(connection, file)
    }

    /// The file of a copy, as it stands now; it is not changed.
    ///
    /// # Errors
    /// As for [`InFile::of`].
    pub(super) fn to_read(file: &Path) -> Stored<Self> {
        let step = "open the file";
        let connection =
            Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed(step))?;
        connection.busy_timeout(PATIENCE_AT_START).map_err(failed(step))?;
        Self::with(connection, file.to_owned())
    }

    /// The store of a folder that is filled; made where it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn in_folder(directory: &Path) -> Stored<Self> {
        std::fs::create_dir_all(directory).map_err(failed_io("create the folder"))?;
        let directory = directory.canonicalize().map_err(failed_io("find the folder"))?;
        let file = directory.join(FILE);
        ends::Found::at(&file).before_opening()?;
        if file.symlink_metadata().is_ok() { Self::of(&directory) } else { Self::new(&file) }
    }

    /// An empty store in a new file, to be filled.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn new(file: &Path) -> Stored<Self> {
        let mut connection = connect(file, OpenFlags::default(), READER_CACHE, true)?;
        migrations::migrate(&mut connection)?;
        Self::with(connection, file.to_owned())
    }

    fn with(connection: Connection, file: PathBuf) -> Stored<Self> {
        let Schema { applied, known } = migrations::schema(&connection)?;
        if applied != known {
            let detail =
                format!("{} has schema {applied}, and this version of chakong has {known}", file.display());
            return Err(StoreError::Unreadable { what: SCHEMA, detail });
        }
        // References are looked at when everything is there.
        let open = "open the store";
        connection.execute_batch("PRAGMA foreign_keys = OFF").map_err(failed(open))?;
        Ok(Self { connection, file })
    }

    /// Writes everything into the one file, so that it can be taken away as it is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn closed(self) -> Stored<()> {
        let folded = "PRAGMA journal_mode = DELETE";
        ends::run(&self.connection, folded).map(drop).map_err(failed("close the copy"))
    }

    fn run(&self, step: &'static str, sql: &str) -> Stored<()> {
        self.connection.execute_batch(sql).map_err(failed(step))
    }
}

/// What the store of a folder is; one that is not there is nothing.
///
/// # Errors
/// When it cannot be read.
pub fn standing(directory: &Path) -> Stored<Standing> {
    let file = directory.join(FILE);
    if file.symlink_metadata().is_err() {
        return Ok(Standing::default());
    }
    let step = "open the file";
    let connection =
        Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed(step))?;
    connection.busy_timeout(PATIENCE_AT_START).map_err(failed(step))?;
    ends::standing_of(&connection)
}

const TABLES: &str = "SELECT t.name, c.name, c.type, c.pk FROM sqlite_schema t, pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1, 2";

impl Side for InFile {
    fn place(&self) -> String {
        self.file.parent().unwrap_or(Path::new(".")).display().to_string()
    }

    fn tables(&mut self) -> Stored<Vec<Table>> {
        let step = "read its tables";
        let mut query = self.connection.prepare(TABLES).map_err(failed(step))?;
        let mut rows = query.query([]).map_err(failed(step))?;
        let mut tables: Vec<Table> = Vec::new();
        let mut keys: Vec<(i64, String)> = Vec::new();
        while let Some(row) = rows.next().map_err(failed(step))? {
            let read = || -> rusqlite::Result<(String, String, String, i64)> {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            };
            let (table, name, kind, key) = read().map_err(failed(step))?;
            if OWN.contains(&table.as_str()) {
                continue;
            }
            let kind = kind_of(&kind)?;
            if tables.last().is_none_or(|last| last.name != table) {
                keys.clear();
                tables.push(Table { name: table, columns: Vec::new(), key: Vec::new() });
            }
            let Some(last) = tables.last_mut() else { continue };
            if key > 0 {
                keys.push((key, name.clone()));
                keys.sort_unstable();
                last.key = keys.iter().map(|(_, name)| name.clone()).collect();
            }
            last.columns.push(Column { name, kind });
        }
        Ok(tables)
    }

    fn read(&mut self, table: &Table, each: &mut dyn FnMut(Row) -> Stored<()>) -> Stored<()> {
        let step = "read its rows";
        let sql = format!("SELECT {} FROM \"{}\" ORDER BY {}", columns(table), table.name, key(table));
        let mut query = self.connection.prepare(&sql).map_err(failed(step))?;
        let mut rows = query.query([]).map_err(failed(step))?;
        while let Some(row) = rows.next().map_err(failed(step))? {
            let values = (0..table.columns.len())
                .map(|at| value(row.get_ref(at).map_err(failed(step))?, &table.name))
                .collect::<Stored<_>>()?;
            each(values)?;
        }
        Ok(())
    }

    fn begin_filling(&mut self) -> Stored<()> {
        self.run("begin to fill it", "BEGIN IMMEDIATE")?;
        for table in self.tables()? {
            let sql = format!("DELETE FROM \"{}\"", table.name);
            match table.name.as_str() {
                "store_info" => self.run("empty it", &format!("{sql} WHERE key <> '{ARRIVING}'"))?,
                _ => self.run("empty it", &sql)?,
            }
        }
        Ok(())
    }

    fn write(&mut self, table: &Table, rows: Vec<Row>) -> Stored<()> {
        let step = "write its rows";
        let places = vec!["?"; table.columns.len()].join(", ");
        let sql = format!("INSERT INTO \"{}\" ({}) VALUES ({places})", table.name, columns(table));
        let mut insert = self.connection.prepare_cached(&sql).map_err(failed(step))?;
        for row in rows {
            insert.execute(params_from_iter(row.iter().map(Written))).map_err(failed(step))?;
        }
        Ok(())
    }

    fn end_filling(&mut self) -> Stored<()> {
        let strangers = ends::run(&self.connection, "PRAGMA foreign_key_check");
        if strangers.map_err(failed("check its references"))? > 0 {
            let detail = "a row names another that is not there".to_owned();
            return Err(StoreError::Unreadable { what: "copy", detail });
        }
        self.run("fill it", "COMMIT")
    }

    fn info(&mut self, key: &str) -> Stored<Option<Vec<u8>>> {
        ends::info(&self.connection, key)
    }

    fn set_info(&mut self, key: &str, value: Option<&[u8]>) -> Stored<()> {
        let step = "mark it";
        let done = match value {
            Some(value) => self.connection.execute(
                "INSERT OR REPLACE INTO store_info (key, value) VALUES (?1, ?2)",
                rusqlite::params![key, value],
            ),
            None => self.connection.execute("DELETE FROM store_info WHERE key = ?1", [key]),
        };
        done.map_err(failed(step))?;
        // Not in the write-ahead log alone, which may be lost.
        ends::run(&self.connection, "PRAGMA wal_checkpoint(TRUNCATE)").map(drop).map_err(failed(step))
    }
}

fn kind_of(declared: &str) -> Stored<Kind> {
    match declared {
        "INTEGER" => Ok(Kind::Number),
        "TEXT" => Ok(Kind::Text),
        "BLOB" => Ok(Kind::Bytes),
        _ => Err(StoreError::Unreadable {
            what: SCHEMA,
            detail: format!("a column of type {declared} cannot be copied"),
        }),
    }
}

fn columns(table: &Table) -> String {
    table.columns.iter().map(|column| format!("\"{}\"", column.name)).collect::<Vec<_>>().join(", ")
}

fn key(table: &Table) -> String {
    table.key.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

fn value(found: ValueRef<'_>, table: &str) -> Stored<Value> {
    let unreadable = |detail: &str| StoreError::Unreadable {
        what: "value to be copied",
        detail: format!("a row of {table} holds {detail}"),
    };
    match found {
        ValueRef::Null => Ok(Value::Nothing),
        ValueRef::Integer(number) => Ok(Value::Number(number)),
        ValueRef::Real(_) => Err(unreadable("a number with a fraction")),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => Ok(Value::Text(text.to_owned())),
            Err(_) => Err(unreadable("text that is not UTF-8")),
        },
        ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes.to_vec())),
    }
}

/// A value as a parameter.
struct Written<'v>(&'v Value);

impl ToSql for Written<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Nothing => ValueRef::Null,
            Value::Number(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
