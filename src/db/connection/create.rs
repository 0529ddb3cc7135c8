//! Creates a store: completely, or not at all.

use std::io;
use std::path::Path;

use crate::db::connection::config::{Config, StoreLocation};
use crate::db::connection::conn::{Conn, Write};
use crate::db::connection::connect::connect;
use crate::db::connection::files::{
    create_partial, create_private, lacks_hard_links, remove_partial, sync_directory, sync_file,
};
use crate::db::connection::schema::{APPLICATION_ID, SCHEMA, SCHEMA_VERSION, without_comments};
use crate::db::connection::sqlite_error::DbResult;
use crate::error::Result;

/// Creates a store if there is no file. The file is created under a partial name, closed, flushed, and then gets its name. So a power
/// loss leaves no file that is neither a store nor empty. If the file system has no hard links, [`create_schema`] creates the store in
/// its place.
pub(in crate::db) fn create_file(
    path: &Path,
    config: &Config,
    prepare: &impl Fn(&Write<'_>) -> Result<()>,
) -> Result<()> {
    // SQLite rejects paths that are not files.
    if path.file_name().is_none() || path.symlink_metadata().is_ok() {
        return Ok(()); // an empty file, or a link to a missing one, is filled later
    }
    let partial = create_partial(path)?;
    let work = || -> Result<()> {
        let mut conn = connect(&StoreLocation::File(partial.clone()), config)?;
        create_schema(&mut conn, prepare)?;
        conn.close()?;
        sync_file(&partial)?;
        match std::fs::hard_link(&partial, path) {
            // Another process has just created the store: that one is used.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) if lacks_hard_links(&error) => match create_private(path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error.into()),
                _ => Ok(()),
            },
            linked => Ok(linked.and_then(|()| sync_directory(path))?),
        }
    };
    let done = work();
    remove_partial(&partial);
    done
}

/// Creates schema, version and first rows in one transaction. If two processes try this, the second one finds the schema and changes
/// nothing.
pub(in crate::db) fn create_schema(
    conn: &mut Conn,
    prepare: &impl Fn(&Write<'_>) -> Result<()>,
) -> Result<()> {
    let tx = conn.write()?;
    let create = || -> DbResult<bool> {
        let sqlite = &tx.conn.sqlite;
        let version: i32 = sqlite.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version != 0 {
            return Ok(false);
        }
        sqlite.execute_batch(&without_comments(SCHEMA))?;
        sqlite.pragma_update(None, "application_id", APPLICATION_ID)?;
        sqlite.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        Ok(true)
    };
    if create()? {
        prepare(&tx)?;
    }
    tx.commit()?;
    Ok(())
}
