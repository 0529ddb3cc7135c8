//! Opening: what a file must be, how a connection is set up, how a book is made and copied.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::db::connection::config::{Config, Durability};
use crate::db::connection::create::{APPLICATION_ID, SCHEMA, SCHEMA_VERSION};
use crate::db::connection::create::{
    create_file, create_schema, partial_path, remove_partial, rename_into_place,
};
use crate::db::connection::encryption::{open_with_key, run_unless_encrypted, verify_key};
use crate::db::connection::sqlite_error::{DbResult, classify_integrity_message};
use crate::db::connection::{WAL_CHECKPOINT, clamp_busy_timeout};
use crate::db::{Conn, deadline};
use crate::error::{Error, Result};
use crate::host::interrupt::CancelToken;

/// The first SQLite without the WAL-reset race, which can damage a file that several connections write and checkpoint.
const MIN_SQLITE_VERSION: i32 = 3_051_003;

/// A connection serves one thread at a time, so SQLite need not lock it at every step.
const SINGLE_THREADED: OpenFlags = OpenFlags::SQLITE_OPEN_NO_MUTEX;

/// Where a book lives.
#[derive(Debug, Clone)]
pub(crate) enum StoreLocation {
    File(PathBuf),
    Memory,
}

/// What the probe of a file found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ProbeResult {
    /// Nothing, or an empty database.
    Empty,
    /// A book of this schema version.
    Book,
}

/// Opens a connection to the book, looking at the file first. `prepare` runs inside the transaction that makes a new
/// book.
pub(crate) fn open(
    place: &StoreLocation,
    options: &Config,
    prepare: impl Fn(&crate::db::Write<'_>) -> Result<()>,
) -> Result<Conn> {
    let number = rusqlite::version_number();
    if number < MIN_SQLITE_VERSION {
        return Err(Error::OldSqlite { found: rusqlite::version().to_owned() });
    }
    let found = match place {
        StoreLocation::File(path) => probe(path, options)?,
        StoreLocation::Memory => ProbeResult::Empty,
    };
    if let (ProbeResult::Empty, StoreLocation::File(path)) = (&found, place) {
        create_file(path, options, &prepare)?;
    }
    let mut conn = connect(place, options)?;
    if found == ProbeResult::Empty {
        create_schema(&mut conn, &prepare)?;
    }
    Ok(conn)
}

/// Looks at the file without changing a byte of it.
pub(crate) fn probe(path: &Path, options: &Config) -> Result<ProbeResult> {
    let not_a_book = || Error::NotABook { path: path.to_owned() };
    match std::fs::metadata(path) {
        Ok(meta) if !meta.is_file() => return Err(not_a_book()),
        // The smallest page has 512 bytes. SQLite takes a file of one byte for an empty database.
        Ok(meta) if (1..512).contains(&meta.len()) => return Err(not_a_book()),
        Ok(meta) if meta.len() > 0 => {}
        // An empty file is what a crash leaves of a creation: to be filled, like a missing one.
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Error::Io(error)),
        _ if !options.read_only && options.create => return Ok(ProbeResult::Empty),
        Ok(_) => return Err(not_a_book()),
        Err(_) => return Err(Error::NoBook { path: path.to_owned() }),
    }
    let look = || -> DbResult<(i32, i32, bool, Vec<String>)> {
        let sqlite = open_for_inspection(path, options)?;
        sqlite.busy_timeout(clamp_busy_timeout(options.busy_timeout))?;
        verify_key(&sqlite, path, options)?;
        let application: i32 = sqlite.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let version: i32 = sqlite.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let empty: bool =
            sqlite.query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", [], |row| row.get(0))?;
        let mut made = sqlite.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")?;
        let made = made.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok((application, version, empty, made))
    };
    let (application, version, empty, made) = match look().map_err(Error::from) {
        Ok(found) => found,
        Err(Error::Damaged { .. }) if !options.is_encrypted() && !has_book_header(path) => {
            return Err(not_a_book());
        }
        Err(error) => return Err(error),
    };
    match (application, version, empty) {
        (0, 0, true) if !options.read_only && options.create => Ok(ProbeResult::Empty),
        (APPLICATION_ID, version, _) if version > SCHEMA_VERSION => {
            Err(Error::TooNew { found: version, supported: SCHEMA_VERSION })
        }
        (APPLICATION_ID, SCHEMA_VERSION, _) if has_current_schema(&made) => Ok(ProbeResult::Book),
        (APPLICATION_ID, SCHEMA_VERSION, _) => Err(Error::UnknownSchema),
        (APPLICATION_ID, ..) => Err(Error::Damaged { what: "the schema version", source: None }),
        _ => Err(not_a_book()),
    }
}

/// Whether a file has everything that the schema makes, by the statements that made it: as long as nothing is released, the
/// schema changes and its version does not. What others have put beside it (`ANALYZE`, a replicator) is theirs.
fn has_current_schema(made: &[String]) -> bool {
    let plain = |sql: &str| {
        let lines = sql.lines().map(|line| line.split_once("--").map_or(line, |(code, _)| code));
        lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
    };
    let made: HashSet<String> = made.iter().map(|sql| plain(sql)).collect();
    plain(SCHEMA).split(';').map(str::trim).all(|statement| statement.is_empty() || made.contains(statement))
}

/// A connection that leaves everything as it is: it neither switches the journal mode nor folds a left-over log into the
/// file.
pub(crate) fn open_for_inspection(path: &Path, options: &Config) -> DbResult<Connection> {
    let read_only = OpenFlags::SQLITE_OPEN_READ_ONLY | SINGLE_THREADED;
    let Ok(real) = path.canonicalize() else { return open_with_key(path, read_only, options) };
    let mut log = real.clone().into_os_string();
    log.push("-wal");
    let logged = std::fs::metadata(log).is_ok_and(|meta| meta.len() > 0);
    if logged || cfg!(not(unix)) {
        return open_with_key(path, read_only, options);
    }
    // Even a read-only connection leaves `-wal` and `-shm` beside a file in that mode. Without a log the file alone says
    // all, and may be read as one that nobody writes.
    open_with_key(&immutable_uri(&real), read_only | OpenFlags::SQLITE_OPEN_URI, options)
}

/// A file as one that nobody writes and that has no log, in words that SQLite takes for its path.
pub(crate) fn immutable_uri(real: &Path) -> PathBuf {
    let mut uri = String::from("file:");
    for byte in real.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' => uri.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            byte => {
                let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
                uri.extend(['%', digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
    uri.push_str("?immutable=1");
    uri.into()
}

/// Whether a file that SQLite cannot read starts like a book: then it is a damaged book, else something else.
///
/// Only called after SQLite has given the file up, so that no other connection of this process can lose its locks when
/// the descriptor closes.
fn has_book_header(path: &Path) -> bool {
    use std::io::Read as _;
    let mut head = [0_u8; 72];
    let read = || std::fs::File::open(path)?.read_exact(&mut head);
    run_unless_encrypted(read).is_some_and(|read| read.is_ok())
        && head.starts_with(b"SQLite format 3\0")
        && head.ends_with(&APPLICATION_ID.to_be_bytes())
}

/// A connection to a file, which SQLite makes if it may.
fn open_file(path: &Path, options: &Config) -> DbResult<Connection> {
    let flags = if options.read_only {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    };
    let sqlite = open_with_key(path, flags | SINGLE_THREADED, options)?;
    // To read a file that others may write, SQLite puts one for their locks beside it. Where nobody can write, it cannot, and
    // need not.
    if sqlite.is_readonly("main")? && is_unreadable(&sqlite) && is_on_read_only_disk(path) {
        return open_for_inspection(path, options);
    }
    Ok(sqlite)
}

fn is_unreadable(sqlite: &Connection) -> bool {
    let read = sqlite.pragma_query_value(None, "schema_version", |row| row.get::<_, i64>(0));
    matches!(read, Err(rusqlite::Error::SqliteFailure(failure, _)) if failure.code == ErrorCode::CannotOpen)
}

/// Whether no file can be made beside a path because the whole disk is for reading only; not because this user may not.
fn is_on_read_only_disk(path: &Path) -> bool {
    let beside = partial_path(path);
    let made = std::fs::File::create_new(&beside);
    if made.is_ok() {
        remove_partial(&beside);
    }
    made.is_err_and(|error| error.kind() == std::io::ErrorKind::ReadOnlyFilesystem)
}

/// Opens a connection and sets it up; reads the settings back that the promises rest on.
pub(crate) fn connect(place: &StoreLocation, options: &Config) -> Result<Conn> {
    let setup = || -> DbResult<Connection> {
        let sqlite = match place {
            StoreLocation::Memory => Connection::open_in_memory()?,
            StoreLocation::File(path) => open_file(path, options)?,
        };
        sqlite.busy_timeout(clamp_busy_timeout(options.busy_timeout))?;
        sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
        sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        // Plans do not depend on what is bound: else SQLite prepares a statement anew whenever a limit changes, or a value
        // from 1 to 2.
        sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        sqlite.pragma_update(None, "cell_size_check", true)?;
        sqlite.pragma_update(None, "temp_store", "MEMORY")?;
        let kibibytes = i64::try_from(options.page_cache / 1024).unwrap_or(i64::MAX);
        sqlite.pragma_update(None, "cache_size", kibibytes.saturating_neg())?;
        if options.secure_delete && !options.read_only {
            sqlite.pragma_update_and_check(None, "secure_delete", true, |row| row.get::<_, i64>(0))?;
        }
        rusqlite::vtab::array::load_module(&sqlite)?;
        crate::db::contact::row_checksum::register_function(&sqlite)?;
        sqlite.set_prepared_statement_cache_capacity(128);
        if matches!(place, StoreLocation::File(_)) && !options.read_only && !sqlite.is_readonly("main")? {
            enable_wal(&sqlite, options)?;
        }
        Ok(sqlite)
    };
    Ok(Conn::new(setup()?, options))
}

/// Switches write-ahead logging on.
fn enable_wal(sqlite: &Connection, options: &Config) -> DbResult<()> {
    // SQLite does not call its busy handler while it switches, so the wait is ours.
    let give_up = deadline(options.busy_timeout);
    loop {
        match sqlite.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0)) {
            Ok(mode) if mode.eq_ignore_ascii_case("wal") => break,
            Ok(_) => {
                let problem = std::io::Error::other("the file system does not support write-ahead logging");
                return Err(Error::Io(problem).into());
            }
            Err(error) => match Error::from(crate::db::DbError::from(error)) {
                Error::Busy if give_up.is_some_and(|at| std::time::Instant::now() < at) => {
                    std::thread::sleep(std::time::Duration::from_millis(5));
                }
                error => return Err(error.into()),
            },
        }
    }
    let level = match options.durability {
        Durability::Commit => "FULL",
        Durability::Checkpoint => "NORMAL",
    };
    sqlite.pragma_update(None, "synchronous", level)?;
    // After a bulk import the log is cut back to this size.
    sqlite.pragma_update(None, "journal_size_limit", 64 << 20)?;
    Ok(())
}

/// Copies the book to `dest`, which must not exist: to a name beside it first, checked and flushed, then renamed.
pub(crate) fn copy(sqlite: &Connection, dest: &Path, options: &Config, watch: &CancelToken) -> Result<()> {
    if dest.try_exists()? {
        return Err(Error::Io(std::io::Error::from(std::io::ErrorKind::AlreadyExists)));
    }
    let partial = partial_path(dest);
    let done =
        copy_pages(sqlite, &partial, options, watch).and_then(|()| Ok(rename_into_place(&partial, dest)?));
    // What closing has left beside it goes too: a disk may fail to delete a log that is empty, and nobody is told.
    remove_partial(&partial);
    done
}

fn copy_pages(sqlite: &Connection, partial: &Path, options: &Config, watch: &CancelToken) -> Result<()> {
    let work = || -> DbResult<()> {
        let mut copy = open_with_key(partial, OpenFlags::default(), options)?;
        {
            let backup = Backup::new(sqlite, &mut copy)?;
            // 1,024 pages at a time: four megabytes between two looks at the watch.
            while backup.step(1_024)? != StepResult::Done {
                watch.check()?;
            }
        }
        let complaint: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if classify_integrity_message(complaint)?.is_some() {
            return Err(Error::Damaged { what: "the copy did not pass its check", source: None }.into());
        }
        // A copy is one file: nothing of it is left in a log. It stays in the mode of its log, so that nothing has to be written to
        // open it.
        let busy: i64 = copy.query_row(WAL_CHECKPOINT.sql, [], |row| row.get(0))?;
        if busy != 0 {
            return Err(Error::Busy.into());
        }
        copy.close().map_err(|(_, error)| error)?;
        Ok(())
    };
    Ok(work()?)
}
