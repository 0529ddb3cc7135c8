//! Looks at a file before it is opened, without a change of any byte.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::db::connection::config::Config;
use crate::db::connection::encryption::{open_with_key, read_first_page, run_unless_encrypted};
use crate::db::connection::files::{has_content, immutable_uri};
use crate::db::connection::schema::{APPLICATION_ID, SCHEMA_VERSION, has_current_schema};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::wait::clamp_busy_timeout;
use crate::error::{Error, Result};

/// A connection serves one thread at a time, so SQLite need not lock it at every step.
pub(in crate::db) const SINGLE_THREADED: OpenFlags = OpenFlags::SQLITE_OPEN_NO_MUTEX;

/// The result of [`probe`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ProbeResult {
    /// No file, or an empty database.
    Empty,
    /// A store of this schema version.
    Store,
}

/// What a file that SQLite can read contains.
struct Contents {
    application_id: i32,
    version: i32,
    is_empty: bool,
    /// The CREATE statements of its schema.
    created: Vec<String>,
}

/// Checks that a file is a store that this library can open, or that a new store may be created there.
pub(crate) fn probe(path: &Path, config: &Config) -> Result<ProbeResult> {
    let not_a_store = || Error::NotABook { path: path.to_owned() };
    match std::fs::metadata(path) {
        Ok(meta) if !meta.is_file() => return Err(not_a_store()),
        // The smallest page has 512 bytes. SQLite reads a file of one byte as an empty database.
        Ok(meta) if (1..512).contains(&meta.len()) => return Err(not_a_store()),
        Ok(meta) if meta.len() > 0 => {}
        // A crash during a creation may leave an empty file. It is filled, like a missing one.
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Error::Io(error)),
        _ if !config.read_only && config.create => return Ok(ProbeResult::Empty),
        Ok(_) => return Err(not_a_store()),
        Err(_) => return Err(Error::NoBook { path: path.to_owned() }),
    }
    let found = match read_contents(path, config).map_err(Error::from) {
        Ok(found) => found,
        Err(Error::Damaged { .. }) if !config.is_encrypted() && !has_store_header(path) => {
            return Err(not_a_store());
        }
        Err(error @ Error::Storage(_)) => return Err(permission_error(path).unwrap_or(error)),
        Err(error) => return Err(error),
    };
    match (found.application_id, found.version, found.is_empty) {
        (0, 0, true) if !config.read_only && config.create => Ok(ProbeResult::Empty),
        (APPLICATION_ID, version, _) if version > SCHEMA_VERSION => {
            Err(Error::TooNew { found: version, supported: SCHEMA_VERSION })
        }
        (APPLICATION_ID, SCHEMA_VERSION, _) if has_current_schema(&found.created) => Ok(ProbeResult::Store),
        (APPLICATION_ID, SCHEMA_VERSION, _) => Err(Error::UnknownSchema),
        (APPLICATION_ID, ..) => Err(Error::Damaged { what: "the schema version", source: None }),
        _ => Err(not_a_store()),
    }
}

fn read_contents(path: &Path, config: &Config) -> DbResult<Contents> {
    let sqlite = open_for_inspection(path, config)?;
    sqlite.busy_timeout(clamp_busy_timeout(config.busy_timeout))?;
    verify_key(&sqlite, path, config)?;
    let mut created = sqlite.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")?;
    Ok(Contents {
        application_id: sqlite.pragma_query_value(None, "application_id", |row| row.get(0))?,
        version: sqlite.pragma_query_value(None, "user_version", |row| row.get(0))?,
        is_empty: sqlite
            .query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", [], |row| row.get(0))?,
        created: created.query_map([], |row| row.get(0))?.collect::<std::result::Result<_, _>>()?,
    })
}

/// A connection that changes nothing: it neither switches the journal mode nor writes a remaining log back into the file. Only an
/// unfinished transaction of a rollback journal is undone. Without that, the first page can be garbage. Such a journal exists while a
/// store leaves write-ahead logging, or returns to it.
pub(in crate::db) fn open_for_inspection(path: &Path, config: &Config) -> DbResult<Connection> {
    let read_only = OpenFlags::SQLITE_OPEN_READ_ONLY | SINGLE_THREADED;
    let Ok(real) = path.canonicalize() else { return open_with_key(path, read_only, config) };
    if has_content(&real, "-journal") && !config.read_only {
        return open_with_key(path, OpenFlags::SQLITE_OPEN_READ_WRITE | SINGLE_THREADED, config);
    }
    if has_content(&real, "-journal") || has_content(&real, "-wal") || cfg!(not(unix)) {
        return open_with_key(path, read_only, config);
    }
    // A file in WAL mode gets `-wal` and `-shm` beside it even from a read-only connection. Without a log the file alone is
    // complete, and can be opened as immutable.
    open_with_key(&immutable_uri(&real), read_only | OpenFlags::SQLITE_OPEN_URI, config)
}

/// Verifies the key of a connection from [`open_with_key`].
///
/// # Errors
/// [`Error::WrongKey`], [`Error::NotEncrypted`].
pub(in crate::db) fn verify_key(sqlite: &Connection, path: &Path, config: &Config) -> DbResult<()> {
    if !config.is_encrypted() {
        return Ok(());
    }
    let Err(error) = read_first_page(sqlite) else { return Ok(()) };
    if error.sqlite_error_code() != Some(ErrorCode::NotADatabase) {
        return Err(error.into());
    }
    let plain = open_for_inspection(path, &Config { read_only: config.read_only, ..Config::default() })?;
    let path = path.to_owned();
    Err(match read_first_page(&plain) {
        Ok(()) => Error::NotEncrypted { path },
        Err(_) => Error::WrongKey { path },
    }
    .into())
}

/// The error of a file that this user may not read.
fn permission_error(path: &Path) -> Option<Error> {
    let opened = run_unless_encrypted(|| std::fs::File::open(path))?;
    opened.err().filter(|error| error.kind() == std::io::ErrorKind::PermissionDenied).map(Error::Io)
}

/// Whether a file that SQLite cannot read starts like a store. Then it is a damaged store, otherwise something else.
///
/// Call this only after SQLite has failed to read the file. Otherwise another connection of this process could lose its locks when
/// the descriptor closes.
fn has_store_header(path: &Path) -> bool {
    use std::io::Read as _;
    let mut head = [0_u8; 72];
    let read = || std::fs::File::open(path)?.read_exact(&mut head);
    run_unless_encrypted(read).is_some_and(|read| read.is_ok())
        && head.starts_with(b"SQLite format 3\0")
        && head.ends_with(&APPLICATION_ID.to_be_bytes())
}
