//! Checkpoints: the write-ahead log is written back into the file and emptied.

use rusqlite::Connection;

use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;
use crate::error::Error;

statements! {
    /// The row: whether a reader or writer blocked it, pages in the log, pages written back.
    WAL_CHECKPOINT = "PRAGMA wal_checkpoint(TRUNCATE)";
}

/// Writes the whole log back into the file and empties it.
///
/// # Errors
/// [`Error::Busy`] if another connection still uses the log.
pub(in crate::db) fn checkpoint(sqlite: &Connection) -> DbResult<()> {
    let busy: i64 = sqlite.prepare(WAL_CHECKPOINT.sql)?.query_row([], |row| row.get(0))?;
    if busy == 0 { Ok(()) } else { Err(Error::Busy.into()) }
}

/// Runs a checkpoint and closes the last connection. Closing alone also runs a checkpoint, but does not report its failure.
///
/// # Errors
/// Those of [`checkpoint`].
pub(in crate::db) fn checkpoint_and_close(sqlite: Connection) -> DbResult<()> {
    checkpoint(&sqlite)?;
    Ok(sqlite.close().map_err(|(_, error)| error)?)
}
