//! Converts a store between plain and encrypted: a complete copy takes the name of the file.
//!
//! # Other processes
//! A process that opened the old file keeps it, although the file has lost its name. Its writes must not succeed. The old file is
//! therefore locked exclusively until the copy has the name, and has no write-ahead log by then. Without such a log, SQLite looks
//! whether a file still has its name before it writes, and refuses the write if not.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, Row, named_params};

use crate::db::connection::checkpoint::checkpoint_and_close;
use crate::db::connection::config::Config;
use crate::db::connection::encryption::{connect_with_key, open_sqlite, open_with_key, read_first_page};
use crate::db::connection::files::{create_partial, remove_partial, replace_file};
use crate::db::connection::inspect::{ProbeResult, SINGLE_THREADED, probe};
use crate::db::connection::schema::{APPLICATION_ID, SCHEMA_VERSION};
use crate::db::connection::sqlite_error::{DbResult, classify_integrity_message};
use crate::db::connection::wait::clamp_busy_timeout;
use crate::error::{Error, Result};
use crate::host::encryption_key::EncryptionKey;
use crate::host::interrupt::CancelToken;
use crate::host::maintenance_watch::MaintenanceStep;

/// Rows between two reports of the progress.
const ROWS_PER_REPORT: u64 = 4_096;

// These need the second file and SQLCipher's function, so that the test of the query plans cannot have them.
/// An empty key means a plain file.
const ATTACH: &str = "ATTACH :path AS target KEY :key";
const EXPORT: &str = "SELECT sqlcipher_export('target')";
/// The tables with rows, also those of the substring index and of sequences.
const TABLES: &str = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND rootpage > 0";
const OBJECTS: &str = "SELECT type, name, tbl_name, sql FROM main.sqlite_schema ORDER BY type, name";
const COPIED_OBJECTS: &str = "SELECT type, name, tbl_name, sql FROM target.sqlite_schema ORDER BY type, name";
const INTEGRITY: &str = "PRAGMA integrity_check(1)";

/// Encrypts a plain store with a key, or decrypts an encrypted one. The copy beside the store is compared with it, table by table, and
/// flushed before it takes the name.
///
/// # Errors
/// [`Error::Busy`] if the store is open elsewhere.
pub(crate) fn convert(path: &Path, config: &Config, new: Option<&EncryptionKey>) -> Result<()> {
    if probe(path, config)? != ProbeResult::Store {
        return Err(Error::NotABook { path: path.to_owned() });
    }
    // A symbolic link stays, and the file that it names is replaced.
    let path = &path.canonicalize()?;
    let token = config.watch.token();
    let mut source = lock_without_log(path, config)?;
    let partial = create_partial(path)?;
    let target = Config { encryption_key: new.cloned(), ..config.clone() };
    let work = || -> Result<()> {
        export(&mut source, &partial, &target, &token)?;
        complete(&partial, &target, &token)?;
        token.check()?;
        Ok(replace_file(&partial, path, source)?)
    };
    let done = work();
    remove_partial(&partial);
    done.map_err(|error| token.map_error(error))
}

/// A connection that has the whole store to itself, in a single file without a log.
fn lock_without_log(path: &Path, config: &Config) -> DbResult<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | SINGLE_THREADED;
    // This also replaces a header that a power loss has destroyed.
    checkpoint_and_close(open_with_key(path, flags, config)?)?;
    let text = |row: &Row<'_>| row.get::<_, String>(0);
    let sqlite = match &config.encryption_key {
        Some(key) => connect_with_key(path, flags, &key.pragma_value(), config.busy_timeout)?,
        None => open_sqlite(path, flags)?,
    };
    sqlite.busy_timeout(clamp_busy_timeout(config.busy_timeout))?;
    // Without this, SQLCipher writes to the program's stderr.
    sqlite.pragma_update(None, "cipher_log_level", "NONE")?;
    sqlite.pragma_update(None, "temp_store", "MEMORY")?;
    read_first_page(&sqlite)?;
    // The end of the journal is flushed with its folder, and so is the end of the log before it. Otherwise one of them could be there
    // again after a power loss, beside the new file.
    sqlite.pragma_update(None, "synchronous", "EXTRA")?;
    let mode = sqlite.pragma_update_and_check(None, "journal_mode", "DELETE", text)?;
    sqlite.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", text)?;
    // Another process can have opened the store in between and turned its log on again.
    sqlite.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
    let now: String = sqlite.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if [&mode, &now].iter().all(|mode| mode.eq_ignore_ascii_case("delete")) {
        Ok(sqlite)
    } else {
        Err(Error::Busy.into())
    }
}

/// Copies everything into the partial file and compares it.
fn export(source: &mut Connection, partial: &Path, target: &Config, token: &CancelToken) -> Result<()> {
    let mut work = || -> DbResult<()> {
        let stop = token.clone();
        source.progress_handler(1_000, Some(move || stop.check().is_err()))?;
        let key = target.encryption_key.as_ref().map(EncryptionKey::pragma_value).unwrap_or_default();
        // The path as bytes: not every path is UTF-8.
        let path = partial.as_os_str().as_encoded_bytes();
        source.prepare(ATTACH)?.execute(named_params! { ":path": path, ":key": key })?;
        // The file has no other name yet, and is flushed when it is complete.
        let text = |row: &Row<'_>| row.get::<_, String>(0);
        source.pragma_update_and_check(Some("target"), "journal_mode", "OFF", text)?;
        source.pragma_update(Some("target"), "synchronous", "OFF")?;
        // An export copies no settings of the file.
        source.pragma_update(Some("target"), "auto_vacuum", "INCREMENTAL")?;
        source.execute_batch("BEGIN")?;
        source.query_row(EXPORT, [], |_| Ok(())).map_err(export_error)?;
        source.pragma_update(Some("target"), "application_id", APPLICATION_ID)?;
        source.pragma_update(Some("target"), "user_version", SCHEMA_VERSION)?;
        source.execute_batch("COMMIT")?;
        ensure_equal(source, target)?;
        source.execute_batch("DETACH target")?;
        Ok(())
    };
    work().map_err(|error| token.check().err().unwrap_or_else(|| error.into()))
}

/// The export reports every error with the generic code and the text of the real one.
fn export_error(error: rusqlite::Error) -> Error {
    match &error {
        rusqlite::Error::SqliteFailure(_, Some(text)) if text.ends_with("disk is full") => Error::DiskFull,
        _ => crate::db::connection::sqlite_error::DbError::from(error).into(),
    }
}

/// Compares every row of every table. Both files are read in the order of their keys, which is the same.
fn ensure_equal(sqlite: &Connection, config: &Config) -> DbResult<()> {
    let names = sqlite.prepare(TABLES)?.query_map([], |row| row.get::<_, String>(0))?.collect::<Vec<_>>();
    let mut rows = 0;
    compare(sqlite, OBJECTS, COPIED_OBJECTS, config, &mut rows)?;
    for name in names {
        let name = name?.replace('"', "\"\"");
        // The names are those of the file, so these are no constants.
        let [own, copied] = ["main", "target"].map(|schema| format!("SELECT * FROM {schema}.\"{name}\""));
        compare(sqlite, &own, &copied, config, &mut rows)?;
    }
    config.watch.report(MaintenanceStep::Convert, rows, Some(rows));
    Ok(())
}

fn compare(sqlite: &Connection, own: &str, copied: &str, config: &Config, rows: &mut u64) -> DbResult<()> {
    let (mut own, mut copied) = (sqlite.prepare(own)?, sqlite.prepare(copied)?);
    let columns = own.column_count();
    let (mut own, mut copied) = (own.query([])?, copied.query([])?);
    loop {
        let equal = match (own.next()?, copied.next()?) {
            (None, None) => return Ok(()),
            (Some(own), Some(copied)) => {
                let mut equal = true;
                for at in 0..columns {
                    equal &= own.get_ref(at)? == copied.get_ref(at)?;
                }
                equal
            }
            _ => false,
        };
        if !equal {
            return Err(Error::Damaged { what: "the copy differs from the book", source: None }.into());
        }
        *rows = rows.saturating_add(1);
        if rows.is_multiple_of(ROWS_PER_REPORT) {
            config.watch.report(MaintenanceStep::Convert, *rows, None);
        }
    }
}

/// Checks the copy as a store of its own, and gives it the journal mode of a closed store.
fn complete(partial: &Path, config: &Config, token: &CancelToken) -> Result<()> {
    let work = || -> DbResult<()> {
        let mut copy = open_with_key(partial, OpenFlags::SQLITE_OPEN_READ_WRITE | SINGLE_THREADED, config)?;
        let stop = token.clone();
        copy.progress_handler(1_000, Some(move || stop.check().is_err()))?;
        let message: String = copy.query_row(INTEGRITY, [], |row| row.get(0))?;
        if classify_integrity_message(message)?.is_some() {
            return Err(Error::Damaged { what: "the copy did not pass its check", source: None }.into());
        }
        copy.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
        // Until the next read, the connection holds a lock of the switch, which a checkpoint would wait for.
        read_first_page(&copy)?;
        checkpoint_and_close(copy)
    };
    Ok(work()?)
}
