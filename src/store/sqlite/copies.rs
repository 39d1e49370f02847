//! What operations do with a store beside running on it: look it through, copy it while it is used, put a copy in its place.

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::guard::wal_of;
use super::migrations::{self, Schema};
use super::side::InFile;
use super::{FILE, PATIENCE_AT_START, READER_CACHE, connect, ends, failed, failed_io};
use crate::store::copying::{Side, compare, fill};
use crate::store::look::{COUNTED, Look};
use crate::store::marks::Standing;
use crate::store::{Ailment, StoreError, Stored};

/// Why a copy was not made, or not put in place.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A file is there that would be overwritten.
    #[error("{} is there already", .0.display())]
    Taken(PathBuf),
    /// What is to be restored cannot be.
    #[error("{} cannot be restored: {why}", .file.display())]
    NotWhole {
        /// The copy.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Most findings of a check that are told.
const MOST_FINDINGS: usize = 20;
/// Looks a store through; nothing is changed, and a daemon may run on it. A `thorough` look compares every index with its table and
/// every reference with what it names.
///
/// # Errors
/// When there is no store or it cannot be read.
pub fn look(directory: &Path, thorough: bool) -> Stored<Look> {
    look_at(&directory.join(FILE), thorough)
}

fn look_at(file: &Path, thorough: bool) -> Stored<Look> {
    let bytes = file.metadata().map_err(failed_io("find the file"))?.len();
    let connection = to_read(file)?;
    let schema = migrations::schema(&connection)?;
    let mut findings = check(&connection, if thorough { "integrity_check" } else { "quick_check" })?;
    if thorough && findings.is_empty() {
        findings.extend(strangers(&connection)?);
    }
    let rows = match schema.is_known() && findings.is_empty() {
        true => {
            let counted = COUNTED.iter().map(|table| Ok(((*table).to_owned(), count(&connection, table)?)));
            counted.collect::<Stored<_>>()?
        }
        false => Vec::new(),
    };
    let standing = if schema.is_known() { ends::standing_of(&connection)? } else { Standing::default() };
    Ok(Look { schema, bytes, rows, standing, findings })
}

/// Opens a file that is not changed, whatever its journal.
fn to_read(file: &Path) -> Stored<Connection> {
    let step = "open the file";
    let connection =
        Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed(step))?;
    connection.busy_timeout(PATIENCE_AT_START).map_err(failed(step))?;
    Ok(connection)
}

/// What SQLite finds damaged; it may give up on the way.
fn check(connection: &Connection, pragma: &str) -> Stored<Vec<String>> {
    let found: rusqlite::Result<Vec<String>> = connection
        .prepare(&format!("PRAGMA {pragma}({MOST_FINDINGS})"))
        .and_then(|mut query| query.query_map([], |row| row.get(0))?.collect());
    match found.map_err(failed("check its pages")) {
        Ok(findings) if findings == ["ok"] => Ok(Vec::new()),
        Ok(findings) => Ok(findings),
        Err(error) if error.ails(Ailment::Damaged) => Ok(vec![error.to_string()]),
        Err(error) => Err(error),
    }
}

/// Rows that name what is not there.
fn strangers(connection: &Connection) -> Stored<Vec<String>> {
    let sql = "SELECT \"table\", COUNT(*), parent FROM pragma_foreign_key_check GROUP BY 1, 3";
    let read = |row: &rusqlite::Row<'_>| {
        let (table, rows, parent): (String, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(format!("{rows} rows of {table} name rows of {parent} that are not there"))
    };
    let found = connection.prepare(sql).and_then(|mut query| query.query_map([], read)?.collect());
    found.map_err(failed("check its references"))
}

fn count(connection: &Connection, table: &str) -> Stored<u64> {
    let count: i64 = connection
        .query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0))
        .map_err(failed("count its rows"))?;
    Ok(count.unsigned_abs())
}

/// Brings the schema up to date without starting anything. Gives what was applied before, and what is now.
///
/// # Errors
/// When there is no store, it is damaged, or a newer version wrote it.
pub fn migrate(directory: &Path) -> Stored<(Schema, Schema)> {
    let file = directory.join(FILE);
    file.metadata().map_err(failed_io("find the file"))?;
    let mut connection = connect(&file, OpenFlags::default(), READER_CACHE, false)?;
    let before = migrations::schema(&connection)?;
    migrations::migrate(&mut connection)?;
    Ok((before, migrations::schema(&connection)?))
}

/// Copies a store into one file as of now, though a daemon runs on it and goes on writing. The copy says that it is one; `at` is when
/// it is made, RFC 3339. Gives its bytes.
///
/// # Errors
/// When the store cannot be read, the file is there already, or it cannot be written.
pub fn backup(directory: &Path, into: &Path, at: &str) -> Result<u64, CopyError> {
    let file = directory.join(FILE);
    file.metadata().map_err(failed_io("find the file"))?;
    made(into, |partial| copy_into(&file, partial, at))
}

/// Copies a store of another kind into one file, which is a store of this kind. The copy says that it is one; `at` is when it is made,
/// RFC 3339. It is read back and compared. Gives its bytes.
///
/// # Errors
/// When the store cannot be read, the file is there already, or it cannot be written.
pub fn backup_of(from: &mut dyn Side, into: &Path, at: &str) -> Result<u64, CopyError> {
    made(into, |partial| {
        let mut copy = InFile::new(partial)?;
        let sums = fill(from, &mut copy, None, &|| Ok(()))?;
        compare(&mut copy, &sums, &|| Ok(()))?;
        copy.closed()?;
        let copy = Connection::open(partial).map_err(failed("mark the copy"))?;
        ends::mark_copy(&copy, at).map_err(failed("mark the copy"))
    })
}

/// Makes a file whole or not at all; gives its bytes.
fn made(into: &Path, make: impl FnOnce(&Path) -> Stored<()>) -> Result<u64, CopyError> {
    let partial = beside(into, "partial");
    vacant(into)?;
    vacant(&partial)?;
    let made = make(&partial).and_then(|()| put(&partial, into));
    if made.is_err() {
        // A part of a copy is of no use to anybody.
        remove(&partial);
    }
    made?;
    Ok(into.metadata().map_err(failed_io("find the copy"))?.len())
}

/// Removes a file with what SQLite keeps beside it, as far as it is there.
fn remove(file: &Path) {
    for path in [file.to_owned(), wal_of(file), beside_as_is(file, "-shm")] {
        let _ = std::fs::remove_file(path);
    }
}

fn copy_into(file: &Path, partial: &Path, at: &str) -> Stored<()> {
    let connection = to_read(file)?;
    let name = partial.to_str().ok_or_else(|| not_utf8("the copy"))?;
    connection.execute("VACUUM INTO ?1", [name]).map_err(failed("copy it"))?;
    drop(connection);
    let copy = Connection::open(partial).map_err(failed("mark the copy"))?;
    ends::mark_copy(&copy, at).map_err(failed("mark the copy"))
}

/// Puts a copy in the place of a store that nobody works on. What stood there is kept beside it, and where is given.
///
/// # Errors
/// When the copy is damaged, none of ours, or of a newer version; when a store is there and may not be `replaced`.
pub fn restore(
    from: &Path,
    directory: &Path,
    at: &str,
    replaced: bool,
) -> Result<Option<PathBuf>, CopyError> {
    whole(from)?;
    std::fs::create_dir_all(directory).map_err(failed_io("create the folder"))?;
    let file = directory.join(FILE);
    let is_there = file.symlink_metadata().is_ok();
    if is_there && !replaced {
        return Err(CopyError::Taken(file));
    }
    let partial = beside(&file, "partial");
    let _ = std::fs::remove_file(&partial);
    std::fs::copy(from, &partial).map_err(failed_io("copy it"))?;
    let copy = Connection::open(&partial).map_err(failed("mark the copy"))?;
    ends::mark_copy(&copy, at).map_err(failed("mark the copy"))?;
    drop(copy);
    let aside = is_there.then(|| set_aside(&file, at)).transpose()?;
    put(&partial, &file)?;
    Ok(aside)
}

/// That a copy can be restored.
fn whole(from: &Path) -> Result<Look, CopyError> {
    let look = match look_at(from, false) {
        Err(error) if error.ails(Ailment::Damaged) => {
            return Err(CopyError::NotWhole { file: from.to_owned(), why: error.to_string() });
        }
        look => look?,
    };
    let unknown = || "it is no store of chakong, or a newer version wrote it".to_owned();
    let is_part = || "a move into it was not finished".to_owned();
    let why = look.findings.first().cloned();
    let why = why.or_else(|| (!look.schema.is_known()).then(unknown));
    match why.or_else(|| look.standing.arriving.is_some().then(is_part)) {
        Some(why) => Err(CopyError::NotWhole { file: from.to_owned(), why }),
        None => Ok(look),
    }
}

/// A copy that is read into a store of another kind.
#[derive(Debug)]
pub struct Restorable {
    /// What it holds, with the schema of this version.
    pub side: InFile,
    /// When the copy was made, RFC 3339.
    pub made: String,
    file: PathBuf,
}

impl Drop for Restorable {
    fn drop(&mut self) {
        remove(&self.file);
    }
}

/// Opens a copy to be read into a store of another kind: as a copy of its own in a folder, because its schema may be older. One that
/// does not say when it was made is taken for one made `at`, RFC 3339.
///
/// # Errors
/// When the copy is damaged, none of ours, or of a newer version.
pub fn to_restore(from: &Path, folder: &Path, at: &str) -> Result<Restorable, CopyError> {
    let look = whole(from)?;
    std::fs::create_dir_all(folder).map_err(failed_io("create the folder"))?;
    let file = folder.join("restored.partial");
    remove(&file);
    std::fs::copy(from, &file).map_err(failed_io("copy it"))?;
    let mut connection = connect(&file, OpenFlags::default(), READER_CACHE, false)?;
    migrations::migrate(&mut connection)?;
    drop(connection);
    let side = InFile::to_read(&file)?;
    Ok(Restorable { side, made: look.standing.backup.unwrap_or_else(|| at.to_owned()), file })
}

/// Moves a store with its write-ahead log out of the way.
fn set_aside(file: &Path, at: &str) -> Result<PathBuf, CopyError> {
    let aside = beside(file, &format!("before-{}", at.replace(':', "")));
    vacant(&aside)?;
    // The log first: without its file it is refused, and the file without its log too.
    if wal_of(file).symlink_metadata().is_ok() {
        std::fs::rename(wal_of(file), wal_of(&aside)).map_err(failed_io("set the store aside"))?;
    }
    std::fs::rename(file, &aside).map_err(failed_io("set the store aside"))?;
    Ok(aside)
}

/// A name beside a file's own.
fn beside(file: &Path, what: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(what);
    file.with_file_name(name)
}

/// The same without a point.
fn beside_as_is(file: &Path, what: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(what);
    name.into()
}

/// Gives a whole file its name, so that a loss of power leaves all of it or nothing.
fn put(partial: &Path, file: &Path) -> Stored<()> {
    let step = "write the file";
    File::open(partial).and_then(|whole| whole.sync_all()).map_err(failed_io(step))?;
    std::fs::rename(partial, file).map_err(failed_io(step))?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed_io(step))
}

fn vacant(file: &Path) -> Result<(), CopyError> {
    if file.symlink_metadata().is_ok() { Err(CopyError::Taken(file.to_owned())) } else { Ok(()) }
}

fn not_utf8(what: &'static str) -> StoreError {
    StoreError::Unreadable { what, detail: "its name is not UTF-8".to_owned() }
}
