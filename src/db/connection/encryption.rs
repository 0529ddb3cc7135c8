//! Encrypted files: SQLCipher in the place of SQLite, behind the feature `encryption`.
//!
//! # Locking
//! When a process closes a file descriptor, POSIX drops all locks of that process on the file, also those of its SQLite. The library
//! opens a file directly only if SQLite cannot read it. An encrypted file looks unreadable to a connection without its key while
//! another connection has it open. So once an encrypted store was opened, the process opens no file directly any more.

use std::borrow::Cow;
#[cfg(feature = "encryption")]
use std::io::Read as _;
use std::path::Path;
use std::sync::{PoisonError, RwLock};
#[cfg(feature = "encryption")]
use std::time::Duration;

#[cfg(feature = "encryption")]
use rusqlite::ErrorCode;
use rusqlite::{Connection, OpenFlags};

use crate::db::connection::config::Config;
#[cfg(feature = "encryption")]
use crate::db::connection::files::immutable_uri;
use crate::db::connection::files::plain_path;
use crate::db::connection::schema::SCHEMA_VERSION;
use crate::db::connection::sqlite_error::DbResult;
#[cfg(feature = "encryption")]
use crate::db::connection::wait::clamp_busy_timeout;
#[cfg(feature = "encryption")]
use crate::host::encryption_key::hex_literal;

/// Whether this process has opened an encrypted store.
static ENCRYPTED_STORE_OPENED: RwLock<bool> = RwLock::new(false);

/// Bytes of a page.
#[cfg(feature = "encryption")]
const PAGE_SIZE: i64 = 4_096;
/// Bytes of a page without SQLCipher's own.
const USABLE_PAGE_SIZE: i64 = 4_016;

/// Opens a connection to a file with the key of `config`, if it has one. The key is not verified.
pub(in crate::db) fn open_with_key(path: &Path, flags: OpenFlags, config: &Config) -> DbResult<Connection> {
    #[cfg(feature = "encryption")]
    if let Some(key) = &config.encryption_key {
        *ENCRYPTED_STORE_OPENED.write().unwrap_or_else(PoisonError::into_inner) = true;
        return open_with_salt_recovery(path, flags, &key.pragma_value(), config.busy_timeout);
    }
    #[cfg(not(feature = "encryption"))]
    let _ = config;
    open_sqlite(path, flags)
}

/// Opens a connection to a file. The path is plain unless the flags say that it is a URI.
pub(in crate::db) fn open_sqlite(path: &Path, flags: OpenFlags) -> DbResult<Connection> {
    let path =
        if flags.contains(OpenFlags::SQLITE_OPEN_URI) { Cow::Borrowed(path) } else { plain_path(path) };
    Ok(Connection::open_with_flags(path, flags)?)
}

/// Opens a connection with a key, without a read of the file.
#[cfg(feature = "encryption")]
pub(in crate::db) fn connect_with_key(
    path: &Path,
    flags: OpenFlags,
    key: &str,
    busy_timeout: Duration,
) -> DbResult<Connection> {
    let sqlite = open_sqlite(path, flags)?;
    sqlite.busy_timeout(clamp_busy_timeout(busy_timeout))?;
    // Without this, SQLCipher writes to the program's stderr.
    sqlite.pragma_update(None, "cipher_log_level", "NONE")?;
    sqlite.pragma_update(None, "key", key)?;
    Ok(sqlite)
}

/// Opens a connection with a key. The salt of passphrase and page checksums is the first bytes of the file. A power loss during a
/// checkpoint may destroy them. The log contains them then.
#[cfg(feature = "encryption")]
fn open_with_salt_recovery(
    path: &Path,
    flags: OpenFlags,
    key: &str,
    busy_timeout: Duration,
) -> DbResult<Connection> {
    let open = |salt: Option<&str>| -> DbResult<(Connection, bool)> {
        let sqlite = connect_with_key(path, flags, key, busy_timeout)?;
        if let Some(salt) = salt {
            sqlite.pragma_update(None, "cipher_salt", salt)?;
        }
        match read_first_page(&sqlite) {
            // After a failed read, SQLCipher takes the file for no database.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) => Err(error.into()),
            read => {
                let code = read.err().and_then(|error| error.sqlite_error_code());
                Ok((sqlite, code != Some(ErrorCode::NotADatabase)))
            }
        }
    };
    let (mut sqlite, mut fits) = open(None)?;
    if !fits {
        // SQLCipher has read the salt before a journal restored the first page. Or the read has failed: then it takes a random salt, and
        // the key seems to be wrong.
        (sqlite, fits) = open(None)?;
    }
    if fits || opens_without_wal(path, key) {
        return Ok(sqlite); // if it does not fit, the log has another key or belongs to another store
    }
    for salt in salts_in_wal(path) {
        let (sqlite, fits) = open(Some(&salt))?;
        if fits {
            return Ok(sqlite);
        }
    }
    Ok(sqlite)
}

/// Whether a key opens a file without its log.
#[cfg(feature = "encryption")]
fn opens_without_wal(path: &Path, key: &str) -> bool {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let alone = path.canonicalize().map(|real| immutable_uri(&real));
    alone.is_ok_and(|file| {
        connect_with_key(&file, flags, key, Duration::ZERO)
            .is_ok_and(|sqlite| read_first_page(&sqlite).is_ok())
    })
}

/// The salts at the start of each copy of the first page in the log, as literals for SQLCipher, without duplicates.
#[cfg(feature = "encryption")]
fn salts_in_wal(path: &Path) -> Vec<String> {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    let mut found = Vec::new();
    let Ok(log) = std::fs::File::open(name) else { return found };
    let mut log = std::io::BufReader::new(log);
    let mut read = || -> std::io::Result<()> {
        // A file header of 32 bytes, then per page a frame header of 24 bytes that starts with the page number.
        log.seek_relative(32)?;
        loop {
            let mut head = [0; 40];
            log.read_exact(&mut head)?;
            let (frame, page) = head.split_at(24);
            if frame.starts_with(&1_u32.to_be_bytes()) {
                let salt = hex_literal(page);
                if !found.contains(&salt) {
                    found.push(salt);
                }
            }
            log.seek_relative(PAGE_SIZE - 16)?;
        }
    };
    let _ = read(); // until the end of the log
    found
}

/// Reads something from the first page: the first statement that needs the right key.
pub(in crate::db) fn read_first_page(sqlite: &Connection) -> rusqlite::Result<()> {
    sqlite.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).map(drop)
}

/// Runs `work`, which opens a file directly, unless the file may be an open encrypted store (see the module's documentation).
pub(in crate::db) fn run_unless_encrypted<T>(work: impl FnOnce() -> T) -> Option<T> {
    let opened = ENCRYPTED_STORE_OPENED.read().unwrap_or_else(PoisonError::into_inner);
    (!*opened).then(work)
}

/// Lets a connection to a copy continue after pages that cannot be read. SQLCipher stops for good at the first such page, unless the
/// whole first page is plaintext. That page describes the tables and contains nothing of contacts. So this writes it as plaintext.
pub(in crate::db) fn expose_plaintext_header(sqlite: &Connection) -> DbResult<()> {
    sqlite.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |row| row.get::<_, String>(0))?;
    read_first_page(sqlite)?;
    sqlite.pragma_update(None, "cipher_plaintext_header_size", USABLE_PAGE_SIZE)?;
    Ok(sqlite.pragma_update(None, "user_version", SCHEMA_VERSION)?)
}
