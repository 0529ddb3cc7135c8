//! Changes the key of an encrypted store.

use std::path::Path;

use rusqlite::OpenFlags;

use crate::db::connection::checkpoint::checkpoint_and_close;
use crate::db::connection::config::Config;
use crate::db::connection::encryption::{connect_with_key, open_with_key, read_first_page};
use crate::db::connection::inspect::{ProbeResult, probe};
use crate::db::connection::sqlite_error::DbResult;
use crate::error::{Error, Result};
use crate::host::encryption_key::EncryptionKey;

/// Encrypts a store again, in its place: one transaction through the log. No other connection may be open, since it would read the
/// new pages as damage.
///
/// # Errors
/// [`Error::Busy`] if the store is open elsewhere.
pub(crate) fn change_key(path: &Path, config: &Config, new: &EncryptionKey) -> Result<()> {
    if probe(path, config)? != ProbeResult::Store {
        return Err(Error::NotABook { path: path.to_owned() });
    }
    let (Some(old), flags) = (&config.encryption_key, OpenFlags::SQLITE_OPEN_READ_WRITE) else {
        return Err(Error::NotEncrypted { path: path.to_owned() });
    };
    let change = || -> DbResult<()> {
        checkpoint_and_close(open_with_key(path, flags, config)?)?;
        // Exclusive locking must be on before the first read.
        let sqlite = connect_with_key(path, flags, &old.pragma_value(), config.busy_timeout)?;
        let text = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
        sqlite.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", text)?;
        read_first_page(&sqlite)?;
        sqlite.pragma_update_and_check(None, "journal_mode", "WAL", text)?;
        sqlite.pragma_update(None, "synchronous", "FULL")?;
        sqlite.pragma_update(None, "rekey", new.pragma_value())?;
        checkpoint_and_close(sqlite)
    };
    change()?;
    // SQLCipher does not report a failed commit.
    let with_new = Config { encryption_key: Some(new.clone()), ..config.clone() };
    match probe(path, &with_new) {
        Err(Error::WrongKey { .. }) => {
            Err(Error::Io(std::io::Error::other("the key could not be changed; the old key is still valid")))
        }
        found => found.map(drop),
    }
}
