//! How a book comes to be: whole, or not at all.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::db::connection::config::Config;
use crate::db::connection::open::{StoreLocation, connect};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::{Conn, Write};
use crate::error::Result;

/// The current schema. The only DDL of record.
pub(crate) const SCHEMA: &str = include_str!("../../../schema.sql");
/// The schema version in `user_version`.
pub(crate) const SCHEMA_VERSION: i32 = 1;
/// `CRDX`, in `application_id`: tells a book from other SQLite files.
pub(crate) const APPLICATION_ID: i32 = 0x4352_4458;
/// Makes a book where none is: beside its place first, closed and flushed, then given its name, so that a power loss leaves no
/// file that is neither a book nor empty. Where the file system has no links, [`create`] makes it in its place.
pub(crate) fn create_file(
    path: &Path,
    options: &Config,
    prepare: &impl Fn(&Write<'_>) -> Result<()>,
) -> Result<()> {
    // What SQLite takes for no file is left for it to refuse.
    let is_file = path.file_name().is_some() && path != Path::new(":memory:");
    if !is_file || path.symlink_metadata().is_ok() {
        return Ok(()); // an empty file, or a link to where one shall be, is filled
    }
    let partial = partial_path(path);
    let work = || -> Result<()> {
        let mut conn = connect(&StoreLocation::File(partial.clone()), options)?;
        create_schema(&mut conn, prepare)?;
        conn.close()?;
        sync_file(&partial)?;
        match std::fs::hard_link(&partial, path) {
            // Somebody else has just made one: that is the book then.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) if lacks_hard_links(&error) => Ok(()),
            linked => Ok(linked.and_then(|()| sync_directory(path))?),
        }
    };
    let done = work();
    remove_partial(&partial);
    done
}

fn lacks_hard_links(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied)
}

/// Makes the book: schema, version and first rows in one transaction. Of two processes that try, one finds it done.
pub(crate) fn create_schema(conn: &mut Conn, prepare: &impl Fn(&Write<'_>) -> Result<()>) -> Result<()> {
    let tx = conn.write()?;
    let make = || -> DbResult<bool> {
        let sqlite = &tx.conn.sqlite;
        let version: i32 = sqlite.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version != 0 {
            return Ok(false);
        }
        sqlite.execute_batch(SCHEMA)?;
        sqlite.pragma_update(None, "application_id", APPLICATION_ID)?;
        sqlite.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        Ok(true)
    };
    if make()? {
        prepare(&tx)?;
    }
    tx.commit()?;
    Ok(())
}

/// A name beside a file that no other call has.
pub(crate) fn partial_path(path: &Path) -> PathBuf {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.{call}.part", std::process::id()));
    path.with_file_name(name)
}

/// The names of files in the folder of a book that [`beside`] gave: somebody makes a book or a copy there, or died over it. Which of both
/// cannot be told: the process may run on another machine, or out of sight.
pub(crate) fn partial_files(path: &Path) -> io::Result<Vec<String>> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        found.extend(entry?.file_name().into_string().ok().filter(|name| is_partial_name(name)));
    }
    found.sort_unstable();
    Ok(found)
}

/// `NAME.PROCESS.CALL.part`.
fn is_partial_name(name: &str) -> bool {
    let number = |part: Option<&str>| part.is_some_and(|part| part.parse::<u64>().is_ok());
    let mut parts = name.rsplit('.');
    parts.next() == Some("part") && number(parts.next()) && number(parts.next()) && parts.next().is_some()
}

/// Removes a file of [`beside`] and what SQLite may have put next to it. They are ours alone: the name carries our process id.
pub(crate) fn remove_partial(partial: &Path) {
    for end in ["", "-journal", "-wal", "-shm"] {
        let mut name = OsString::from(partial);
        name.push(end);
        let _ = std::fs::remove_file(name);
    }
}

/// Gives a finished file of [`beside`] its name, unless there is a file of that name by now; both are on the disk afterwards.
pub(crate) fn rename_into_place(partial: &Path, dest: &Path) -> io::Result<()> {
    sync_file(partial)?;
    match std::fs::hard_link(partial, dest) {
        // Without links there is a moment in which somebody else's file would be replaced.
        Err(error) if lacks_hard_links(&error) && !dest.try_exists()? => std::fs::rename(partial, dest)?,
        linked => linked?,
    }
    sync_directory(dest)?;
    remove_partial(partial);
    Ok(())
}

pub(crate) fn sync_file(path: &Path) -> io::Result<()> {
    std::fs::File::options().write(true).open(path)?.sync_all()
}

/// Flushes the folder of a file, and with it the file's name.
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}
