//! Files that are encrypted: SQLCipher in the place of SQLite, behind the feature `encryption`.
//!
//! # Locking
//! Where a process closes a file that it has looked at by itself, the system takes the locks that its SQLite has on that file. A book
//! that SQLite cannot read is looked at so. An encrypted one cannot be read without its key, and may yet be open.

#[cfg(feature = "encryption")]
use std::io::Read as _;
use std::path::Path;
use std::sync::{PoisonError, RwLock};
#[cfg(feature = "encryption")]
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::db::connection::config::Config;
use crate::db::connection::create::SCHEMA_VERSION;
#[cfg(feature = "encryption")]
use crate::db::connection::open::immutable_uri;
use crate::db::connection::open::open_for_inspection;
use crate::db::connection::sqlite_error::DbResult;
use crate::error::Error;
#[cfg(feature = "encryption")]
use crate::host::encryption_key::hex_literal;

/// Whether this process has opened an encrypted book.
static ENCRYPTED_STORE_OPENED: RwLock<bool> = RwLock::new(false);

/// Bytes of a page.
#[cfg(feature = "encryption")]
const PAGE_SIZE: i64 = 4_096;
/// Those of them that are not SQLCipher's own.
const USABLE_PAGE_SIZE: i64 = 4_016;

/// A connection to a file, with the key of the options. Whether that is the right one is told by [`unlocked`].
pub(crate) fn open_with_key(path: &Path, flags: OpenFlags, options: &Config) -> DbResult<Connection> {
    #[cfg(feature = "encryption")]
    if let Some(key) = &options.encryption_key {
        *ENCRYPTED_STORE_OPENED.write().unwrap_or_else(PoisonError::into_inner) = true;
        return open_with_salt_recovery(path, flags, &key.pragma_value(), options.busy_timeout);
    }
    #[cfg(not(feature = "encryption"))]
    let _ = options;
    Ok(Connection::open_with_flags(path, flags)?)
}

/// A connection that has not looked at the file yet.
#[cfg(feature = "encryption")]
fn connect(path: &Path, flags: OpenFlags, key: &str, patience: Duration) -> DbResult<Connection> {
    let sqlite = Connection::open_with_flags(path, flags)?;
    sqlite.busy_timeout(crate::db::longest(patience))?;
    // Else SQLCipher writes to the program's stderr.
    sqlite.pragma_update(None, "cipher_log_level", "NONE")?;
    sqlite.pragma_update(None, "key", key)?;
    Ok(sqlite)
}

/// What a passphrase is salted with, and every page's checksum, are the first bytes of the file. If the power goes while the log is folded
/// back, they may be junk; then the log has them.
#[cfg(feature = "encryption")]
fn open_with_salt_recovery(
    path: &Path,
    flags: OpenFlags,
    key: &str,
    patience: Duration,
) -> DbResult<Connection> {
    let look = |salt: Option<&str>| -> DbResult<(Connection, bool)> {
        let sqlite = connect(path, flags, key, patience)?;
        if let Some(salt) = salt {
            sqlite.pragma_update(None, "cipher_salt", salt)?;
        }
        let refused = read_first_page(&sqlite).err().and_then(|error| error.sqlite_error_code());
        Ok((sqlite, refused != Some(ErrorCode::NotADatabase)))
    };
    let (sqlite, fits) = look(None)?;
    if fits || opens_without_wal(path, key) {
        return Ok(sqlite); // if it does not fit now, it is the log that has another key, or is another book's
    }
    for salt in salts_in_wal(path) {
        let (sqlite, fits) = look(Some(&salt))?;
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
        connect(&file, flags, key, Duration::ZERO).is_ok_and(|sqlite| read_first_page(&sqlite).is_ok())
    })
}

/// What the first pages in the log of a file begin with, as SQLCipher takes it; each once.
#[cfg(feature = "encryption")]
fn salts_in_wal(path: &Path) -> Vec<String> {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    let mut found = Vec::new();
    let Ok(log) = std::fs::File::open(name) else { return found };
    let mut log = std::io::BufReader::new(log);
    let mut read = || -> std::io::Result<()> {
        // A header of 32 bytes, then before each page one of 24 that begins with its number.
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
    let _ = read(); // up to its end
    found
}

/// Looks into a file of [`open_with`] for the first time.
///
/// # Errors
/// [`Error::WrongKey`], [`Error::NotEncrypted`].
pub(crate) fn verify_key(sqlite: &Connection, path: &Path, options: &Config) -> DbResult<()> {
    if !options.is_encrypted() {
        return Ok(());
    }
    let Err(error) = read_first_page(sqlite) else { return Ok(()) };
    if error.sqlite_error_code() != Some(ErrorCode::NotADatabase) {
        return Err(error.into());
    }
    let plain = open_for_inspection(path, &Config::default())?;
    let path = path.to_owned();
    Err(match read_first_page(&plain) {
        Ok(()) => Error::NotEncrypted { path },
        Err(_) => Error::WrongKey { path },
    }
    .into())
}

fn read_first_page(sqlite: &Connection) -> rusqlite::Result<()> {
    sqlite.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).map(drop)
}

/// Looks at the bytes of a file that SQLite cannot read, if it cannot be an encrypted book that is open.
pub(crate) fn run_unless_encrypted<T>(look: impl FnOnce() -> T) -> Option<T> {
    let any = ENCRYPTED_STORE_OPENED.read().unwrap_or_else(PoisonError::into_inner);
    (!*any).then(look)
}

/// Makes the connection to a copy go on behind pages that cannot be read. SQLCipher gives up for good at the first one, unless the whole
/// first page is in the clear, which says what tables there are and nothing about contacts: so it is written like that.
pub(crate) fn expose_plaintext_header(sqlite: &Connection) -> DbResult<()> {
    sqlite.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |row| row.get::<_, String>(0))?;
    read_first_page(sqlite)?;
    sqlite.pragma_update(None, "cipher_plaintext_header_size", USABLE_PAGE_SIZE)?;
    Ok(sqlite.pragma_update(None, "user_version", SCHEMA_VERSION)?)
}

/// Folds the log back and closes the connection.
#[cfg(feature = "encryption")]
fn checkpoint_and_close(sqlite: Connection) -> DbResult<()> {
    let busy: i64 = sqlite.prepare(crate::db::FOLD.sql)?.query_row([], |row| row.get(0))?;
    if busy != 0 {
        return Err(Error::Busy.into());
    }
    Ok(sqlite.close().map_err(|(_, error)| error)?)
}

/// Encrypts a book anew, in its place: one transaction through the log. Nobody else may have it open, since other connections would take
/// what they read then for damage.
///
/// # Errors
/// [`Error::Busy`] if somebody has.
#[cfg(feature = "encryption")]
pub(crate) fn change_key(
    path: &Path,
    options: &Config,
    new: &crate::host::encryption_key::EncryptionKey,
) -> crate::Result<()> {
    use crate::db::connection::open::{ProbeResult, probe};

    if probe(path, options)? != ProbeResult::Book {
        return Err(Error::NotABook { path: path.to_owned() });
    }
    let (Some(old), flags) = (&options.encryption_key, OpenFlags::SQLITE_OPEN_READ_WRITE) else {
        return Err(Error::NotEncrypted { path: path.to_owned() });
    };
    let change = || -> DbResult<()> {
        checkpoint_and_close(open_with_key(path, flags, options)?)?;
        // A connection that is to be the only one must be so from its first look on.
        let sqlite = connect(path, flags, &old.pragma_value(), options.busy_timeout)?;
        let text = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
        sqlite.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", text)?;
        read_first_page(&sqlite)?;
        sqlite.pragma_update_and_check(None, "journal_mode", "WAL", text)?;
        sqlite.pragma_update(None, "synchronous", "FULL")?;
        sqlite.pragma_update(None, "rekey", new.pragma_value())?;
        checkpoint_and_close(sqlite)
    };
    change()?;
    // SQLCipher does not tell if its commit failed.
    let with_new = Config { encryption_key: Some(new.clone()), ..options.clone() };
    match probe(path, &with_new) {
        Err(Error::WrongKey { .. }) => {
            Err(Error::Io(std::io::Error::other("the key could not be changed; it is the one it was")))
        }
        found => found.map(drop),
    }
}
