//! Opens connections and configures them.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::db::connection::config::{Config, Durability, StoreLocation};
use crate::db::connection::conn::Conn;
use crate::db::connection::encryption::open_with_key;
use crate::db::connection::files::{create_partial, remove_partial};
use crate::db::connection::inspect::{SINGLE_THREADED, open_for_inspection};
use crate::db::connection::row_sum;
use crate::db::connection::space::enable_page_release;
use crate::db::connection::sqlite_error::{DbError, DbResult};
use crate::db::connection::wait::{clamp_busy_timeout, deadline};
use crate::error::{Error, Result};

/// Opens a connection and configures it. Does not check what the file is.
pub(in crate::db) fn connect(location: &StoreLocation, config: &Config) -> Result<Conn> {
    Ok(Conn::new(open_configured(location, config)?, config))
}

fn open_configured(location: &StoreLocation, config: &Config) -> DbResult<Connection> {
    let sqlite = match location {
        StoreLocation::Memory => Connection::open_in_memory()?,
        StoreLocation::File(path) => open_file(path, config)?,
    };
    sqlite.busy_timeout(clamp_busy_timeout(config.busy_timeout))?;
    sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
    sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Query plans do not depend on bound values. Otherwise SQLite would prepare a statement again whenever a limit changes, or a value
    // changes from 1 to 2.
    sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    sqlite.pragma_update(None, "cell_size_check", true)?;
    sqlite.pragma_update(None, "temp_store", "MEMORY")?;
    let kibibytes = i64::try_from(config.page_cache / 1024).unwrap_or(i64::MAX);
    sqlite.pragma_update(None, "cache_size", kibibytes.saturating_neg())?;
    if config.secure_delete && !config.read_only {
        sqlite.pragma_update_and_check(None, "secure_delete", true, |row| row.get::<_, i64>(0))?;
    }
    rusqlite::vtab::array::load_module(&sqlite)?;
    row_sum::register(&sqlite)?;
    sqlite.set_prepared_statement_cache_capacity(128);
    if is_empty(location) {
        enable_page_release(&sqlite)?;
    }
    if matches!(location, StoreLocation::File(_)) && !config.read_only && !sqlite.is_readonly("main")? {
        enable_wal(&sqlite, config)?;
    }
    Ok(sqlite)
}

/// Whether the store has no page yet.
fn is_empty(location: &StoreLocation) -> bool {
    match location {
        StoreLocation::Memory => true,
        StoreLocation::File(path) => std::fs::metadata(path).is_ok_and(|file| file.len() == 0),
    }
}

/// A connection to a file. SQLite creates the file if it may.
fn open_file(path: &Path, config: &Config) -> DbResult<Connection> {
    let flags = if config.read_only {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    };
    let sqlite = open_with_key(path, flags | SINGLE_THREADED, config)?;
    // SQLite creates a file for locks beside a file that others may write. On a read-only disk it can create none, and needs none.
    if sqlite.is_readonly("main")? && is_unreadable(&sqlite) {
        if is_on_read_only_disk(path) {
            return open_for_inspection(path, config);
        }
        return Err(Error::FolderNotWritable.into());
    }
    Ok(sqlite)
}

fn is_unreadable(sqlite: &Connection) -> bool {
    let read = sqlite.pragma_query_value(None, "schema_version", |row| row.get::<_, i64>(0));
    matches!(read, Err(rusqlite::Error::SqliteFailure(failure, _)) if failure.code == ErrorCode::CannotOpen)
}

/// Whether no file can be created beside a path because the whole disk is read-only, and not because this user lacks permission.
fn is_on_read_only_disk(path: &Path) -> bool {
    match create_partial(path) {
        Ok(beside) => {
            remove_partial(&beside);
            false
        }
        Err(error) => error.kind() == std::io::ErrorKind::ReadOnlyFilesystem,
    }
}

/// Turns write-ahead logging on.
fn enable_wal(sqlite: &Connection, config: &Config) -> DbResult<()> {
    // SQLite does not call its busy handler during the switch, so this waits by itself.
    let give_up = deadline(config.busy_timeout);
    loop {
        match sqlite.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0)) {
            Ok(mode) if mode.eq_ignore_ascii_case("wal") => break,
            Ok(_) => {
                let unsupported =
                    std::io::Error::other("the file system does not support write-ahead logging");
                return Err(Error::Io(unsupported).into());
            }
            Err(error) => match Error::from(DbError::from(error)) {
                Error::Busy if give_up.is_some_and(|at| Instant::now() < at) => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                error => return Err(error.into()),
            },
        }
    }
    let level = match config.durability {
        Durability::Commit => "FULL",
        Durability::Checkpoint => "NORMAL",
    };
    sqlite.pragma_update(None, "synchronous", level)?;
    if cfg!(target_vendor = "apple") {
        // There, only these flush the cache of the disk.
        sqlite.pragma_update(None, "fullfsync", true)?;
        sqlite.pragma_update(None, "checkpoint_fullfsync", true)?;
    }
    // After a bulk import the log is cut back to this size.
    sqlite.pragma_update(None, "journal_size_limit", 64 << 20)?;
    Ok(())
}
