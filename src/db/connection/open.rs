//! Opens a store, and creates it if there is none.

use crate::db::connection::config::{Config, StoreLocation};
use crate::db::connection::conn::{Conn, Write};
use crate::db::connection::connect::connect;
use crate::db::connection::create::{create_file, create_schema};
use crate::db::connection::inspect::{ProbeResult, probe};
use crate::error::{Error, Result};

/// The first SQLite without the WAL-reset race, which can damage a file that several connections write and checkpoint.
const MIN_SQLITE_VERSION: i32 = 3_051_003;

/// The bindings of a bundled SQLite have its version. Those of the system's have the oldest version that they fit.
#[cfg(old_system_sqlite)]
const _: () = assert!(
    rusqlite::ffi::SQLITE_VERSION_NUMBER >= MIN_SQLITE_VERSION,
    concat!(
        "SQLite 3.51.3 or later is needed, and one before 3.44 cannot be linked. The system has ",
        env!("SYSTEM_SQLITE_VERSION"),
        ". Turn on the feature `bundled` of cardex, or install a later SQLite."
    )
);

/// Opens a connection to the store, after a check of the file. `prepare` runs inside the transaction that creates a new store.
pub(crate) fn open(
    location: &StoreLocation,
    config: &Config,
    prepare: impl Fn(&Write<'_>) -> Result<()>,
) -> Result<Conn> {
    if rusqlite::version_number() < MIN_SQLITE_VERSION {
        return Err(Error::OldSqlite { found: rusqlite::version().to_owned() });
    }
    let found = match location {
        StoreLocation::File(path) => probe(path, config)?,
        StoreLocation::Memory => ProbeResult::Empty,
    };
    if let (ProbeResult::Empty, StoreLocation::File(path)) = (&found, location) {
        create_file(path, config, &prepare)?;
    }
    let mut conn = connect(location, config)?;
    if found == ProbeResult::Empty {
        create_schema(&mut conn, &prepare)?;
    }
    Ok(conn)
}
