//! The size of the file and of the page cache: free pages go back to the file system, and large writes get a larger cache.

use rusqlite::Connection;

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;

statements! {
    FREE_PAGES = "SELECT freelist_count, page_count FROM pragma_freelist_count(), pragma_page_count()";
    /// Moves pages from the end of the file into free ones and cuts the file: some megabytes in one transaction.
    RELEASE_PAGES = "PRAGMA incremental_vacuum(1024)";
}

/// Free pages that stay for the next writes, whatever the size of the file.
const MIN_FREE_PAGES: i64 = 64;

/// One free page in this many pages stays for the next writes.
const PAGES_PER_FREE_PAGE: i64 = 50;

/// Lets SQLite record which page refers to which, so that it can move pages. The file must be empty.
pub(in crate::db) fn enable_page_release(sqlite: &Connection) -> DbResult<()> {
    Ok(sqlite.pragma_update(None, "auto_vacuum", "INCREMENTAL")?)
}

/// Whether the file has more free pages than the next writes need.
pub(crate) fn has_many_free_pages(db: &Read<'_>) -> DbResult<bool> {
    let (free, pages): (i64, i64) =
        db.prepare(&FREE_PAGES)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(free > MIN_FREE_PAGES.max(pages / PAGES_PER_FREE_PAGE))
}

/// Returns some free pages to the file system. True if there may be more to return.
pub(crate) fn release_pages(db: &Write<'_>) -> DbResult<bool> {
    if !has_many_free_pages(db)? {
        return Ok(false);
    }
    let mut statement = db.prepare(&RELEASE_PAGES)?;
    let mut pages = statement.query([])?;
    let mut released = false;
    while pages.next()?.is_some() {
        released = true;
    }
    Ok(released)
}

/// A larger page cache for a transaction that changes many pages; the usual one when it is dropped.
#[derive(Debug)]
pub(crate) struct LargeCache<'a>(&'a Connection, i64);

impl<'a> LargeCache<'a> {
    /// # Errors
    /// Those of the store.
    pub(crate) fn new(db: &'a Write<'_>) -> DbResult<Self> {
        let sqlite = &db.conn.sqlite;
        let usual: i64 = sqlite.pragma_query_value(None, "cache_size", |row| row.get(0))?;
        // In kibibytes, as a negative number.
        set_cache(sqlite, usual.min(db.tuning().storage.large_cache_kibibytes.saturating_neg()))?;
        Ok(Self(sqlite, usual))
    }
}

impl Drop for LargeCache<'_> {
    fn drop(&mut self) {
        // It only bounds memory: a failure loses nothing.
        let _ = set_cache(self.0, self.1);
    }
}

fn set_cache(sqlite: &Connection, size: i64) -> DbResult<()> {
    Ok(sqlite.pragma_update(None, "cache_size", size)?)
}
