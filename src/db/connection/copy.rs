//! Copies a store into a new file, as one snapshot.

use std::io;
use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use crate::db::connection::checkpoint::checkpoint_and_close;
use crate::db::connection::config::Config;
use crate::db::connection::conn::Conn;
use crate::db::connection::encryption::open_with_key;
use crate::db::connection::files::{create_partial, remove_partial, rename_into_place};
use crate::db::connection::sqlite_error::{DbResult, classify_integrity_message};
use crate::error::{Error, Result};
use crate::host::interrupt::CancelToken;
use crate::host::maintenance_watch::MaintenanceStep;

/// Pages of one copy step: four megabytes between two checks of the cancel token.
const PAGES_PER_STEP: i32 = 1_024;

/// Copies the store, whose file is `source`, to `dest`, which must not exist. The copy gets a partial name first; it is checked, gets
/// the mode of the store's file, is flushed, and then renamed.
pub(crate) fn copy_to(
    conn: &mut Conn,
    source: Option<&Path>,
    dest: &Path,
    config: &Config,
    token: &CancelToken,
) -> Result<()> {
    let snapshot = conn.read()?;
    // A commit during the copy would restart it. A snapshot that has started prevents this.
    snapshot.pin()?;
    if dest.try_exists()? {
        return Err(Error::Io(io::ErrorKind::AlreadyExists.into()));
    }
    let partial = create_partial(dest)?;
    let done = copy_pages(&snapshot.conn.sqlite, &partial, config, token)
        .and_then(|()| Ok(rename_into_place(&partial, dest, source)?));
    // This also removes an empty log: if the disk fails to delete it, closing reports nothing.
    remove_partial(&partial);
    done
}

fn copy_pages(sqlite: &Connection, partial: &Path, config: &Config, token: &CancelToken) -> Result<()> {
    let work = || -> DbResult<()> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut copy = open_with_key(partial, flags, config)?;
        {
            let backup = Backup::new(sqlite, &mut copy)?;
            while backup.step(PAGES_PER_STEP)? != StepResult::Done {
                token.check()?;
                let progress = backup.progress();
                let pages = |count: i32| u64::try_from(count).unwrap_or_default();
                let done = pages(progress.pagecount).saturating_sub(pages(progress.remaining));
                config.watch.report(MaintenanceStep::Backup, done, Some(pages(progress.pagecount)));
            }
        }
        let stop = token.clone();
        copy.progress_handler(1_000, Some(move || stop.check().is_err()))?;
        let message: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if classify_integrity_message(message)?.is_some() {
            return Err(Error::Damaged { what: "the copy did not pass its check", source: None }.into());
        }
        // The copy is one file, without a log. It stays in WAL mode, so that opening it writes nothing.
        checkpoint_and_close(copy)
    };
    Ok(work()?)
}
