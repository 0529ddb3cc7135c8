//! The engine: one file, its connections, and the transactions that operations run in.
//!
//! May use `db`, `index`, `text`, `model`, `host` and `options`; knows nothing of permissions, queries or operations.
//! A newcomer changes here how connections are shared, when a commit is announced, and what a session shares with others.

pub(crate) mod cursor_key;
pub(crate) mod invite_codes;
pub(crate) mod notifier;
mod pool;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use crate::db::connection::config::Config;
use crate::db::{self, Conn, Read, StoreLocation, Write};
use crate::engine::cursor_key::{CursorKey, KEY_LENGTH};
use crate::engine::invite_codes::InviteCodes;
use crate::engine::notifier::CommitNotifier;
use crate::engine::pool::{ConnGuard, Pool, PooledConn};
use crate::error::{Error, Result};
use crate::host::interrupt::CancelToken;
use crate::host::maintenance_watch::MaintenanceWatch;
use crate::host::tuning::Tuning;
use crate::index::{BlockCache, IndexState};
use crate::options::Options;
use crate::text::collate::CollatorCache;
use crate::text::fold::FOLD_VERSION;
use crate::text::phone::PhoneParser;

/// Does a little of the deferred work in the transaction of a write.
pub(crate) type AfterWrite = fn(&Engine, &Write<'_>) -> Result<()>;

/// The components of an engine.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) location: StoreLocation,
    pub(crate) options: Options,
    pub(crate) collators: CollatorCache,
    pub(crate) phones: PhoneParser,
}

/// What identifies a book.
#[derive(Debug)]
pub(crate) struct BookIdentity {
    pub(crate) public_id: i64,
    pub(crate) cursor_key: [u8; KEY_LENGTH],
}

/// What all sessions share.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) options: Options,
    pub(crate) collators: CollatorCache,
    pub(crate) phones: PhoneParser,
    pub(crate) invite_codes: InviteCodes,
    pub(crate) block_cache: BlockCache,
    /// Signals commits.
    pub(crate) notifier: CommitNotifier,
    /// The public id of the book.
    pub(crate) book_id: i64,
    /// The key of the book that encrypts cursors.
    pub(crate) cursor_key: Arc<CursorKey>,
    location: StoreLocation,
    /// Does a little of the deferred work in the transaction of a write.
    after_write: AfterWrite,
    /// `None` in memory: there the writer's connection is the only one.
    readers: Option<Pool>,
    writer: Pool,
}

/// A read transaction with the index as of its snapshot.
#[derive(Debug)]
pub(crate) struct Snapshot<'a> {
    pub(crate) db: Read<'a>,
    pub(crate) view: &'a mut IndexState,
    /// This connection writes too, so its own commits must be looked for.
    is_only_connection: bool,
}

impl Snapshot<'_> {
    /// Brings the view of the index to this snapshot.
    pub(crate) fn refresh(&mut self) -> Result<()> {
        self.view.refresh(&self.db, self.is_only_connection)
    }
}

impl Engine {
    /// Creates an engine over an open connection.
    pub(crate) fn new(parts: Parts, first: Conn, book: &BookIdentity, after_write: AfterWrite) -> Self {
        let Parts { location, options, collators, phones } = parts;
        let pooled = PooledConn { conn: first, view: IndexState::default() };
        let (writer, readers) = match location {
            StoreLocation::Memory => (Pool::new(1, Some(pooled)), None),
            // Opening a store only reads. The writer's connection opens at the first write.
            StoreLocation::File(_) => (Pool::new(1, None), Some(Pool::new(options.readers, Some(pooled)))),
        };
        Self {
            invite_codes: InviteCodes::new(options.id_seed),
            block_cache: BlockCache::new(options.block_cache),
            options,
            collators,
            phones,
            notifier: CommitNotifier::default(),
            book_id: book.public_id,
            cursor_key: Arc::new(CursorKey::new(&book.cursor_key)),
            location,
            after_write,
            readers,
            writer,
        }
    }

    pub(crate) fn now(&self) -> crate::model::Timestamp {
        self.options.db.clock.now()
    }

    /// The interrupt, the deadline and the progress function of maintenance.
    pub(crate) const fn watch(&self) -> &MaintenanceWatch {
        &self.options.db.watch
    }

    /// The sizes and thresholds of this store.
    pub(crate) const fn tuning(&self) -> &Tuning {
        &self.options.db.tuning
    }

    /// Runs `work` on one snapshot.
    pub(crate) fn read<T>(
        &self,
        cancel: &CancelToken,
        work: impl FnOnce(&mut Snapshot<'_>) -> Result<T>,
    ) -> Result<T> {
        let is_only_connection = self.readers.is_none();
        let pool = self.readers.as_ref().unwrap_or(&self.writer);
        self.with_conn(pool, cancel, |pooled| {
            let db = pooled.conn.read()?;
            work(&mut Snapshot { db, view: &mut pooled.view, is_only_connection })
        })
    }

    /// Whether two threads can read at the same time.
    pub(crate) fn has_several_readers(&self) -> bool {
        self.readers.as_ref().is_some_and(|pool| pool.capacity() > 1)
    }

    /// Runs `work` in a write transaction and commits it, unless `work` fails.
    pub(crate) fn write<T>(
        &self,
        cancel: &CancelToken,
        work: impl FnOnce(&Write<'_>) -> Result<T>,
    ) -> Result<T> {
        self.try_write(cancel, |tx| work(tx).map(|done| (done, true)))
    }

    /// Runs `work` in a write transaction. The result of `work` decides about the commit.
    pub(crate) fn try_write<T>(
        &self,
        cancel: &CancelToken,
        work: impl FnOnce(&Write<'_>) -> Result<(T, bool)>,
    ) -> Result<T> {
        self.write_unchecked(cancel, |db| {
            // Another version of the library can have changed the search keys since this store was opened. Keys of this
            // version would not fit. Operations that write sort keys check the generation themselves.
            let book = db::metadata::read(db)?;
            if book.fold_version != FOLD_VERSION {
                return Err(Error::StaleStore);
            }
            let (done, commit) = work(db)?;
            if commit && book.has_background_tasks() {
                (self.after_write)(self, db)?;
            }
            Ok((done, commit))
        })
    }

    /// Like [`Engine::try_write`], without the check of the fold version: for reindexing.
    pub(crate) fn write_unchecked<T>(
        &self,
        cancel: &CancelToken,
        work: impl FnOnce(&Write<'_>) -> Result<(T, bool)>,
    ) -> Result<T> {
        if self.options.db.read_only {
            return Err(Error::ReadOnly);
        }
        let (done, committed) = self.with_conn(&self.writer, cancel, |pooled| {
            let tx = pooled.conn.write()?;
            let (done, commit) = work(&tx)?;
            if commit {
                db::bitmap_index::flush(&tx)?;
                tx.commit()?;
            }
            Ok((done, commit))
        })?;
        if committed {
            self.notifier.notify();
        }
        Ok(done)
    }

    /// Writes the log back into the file and empties it.
    pub(crate) fn checkpoint(&self) -> Result<()> {
        self.with_conn(&self.writer, &self.watch().token(), |pooled| Ok(pooled.conn.checkpoint()?))
    }

    /// Rewrites the file without free pages.
    pub(crate) fn vacuum(&self) -> Result<()> {
        if self.options.db.read_only {
            return Err(Error::ReadOnly);
        }
        self.with_conn(&self.writer, &self.watch().token(), |pooled| Ok(pooled.conn.vacuum()?))
    }

    /// The names of partial files beside the store, which interrupted copies can leave.
    pub(crate) fn partial_files(&self) -> Result<Vec<String>> {
        match &self.location {
            StoreLocation::File(path) => Ok(db::partial_files(path)?),
            StoreLocation::Memory => Ok(Vec::new()),
        }
    }

    /// Copies the book, as of one moment, into a new file.
    pub(crate) fn copy_to(&self, dest: &Path) -> Result<()> {
        let cancel = self.watch().token();
        let pool = self.readers.as_ref().unwrap_or(&self.writer);
        let source = match &self.location {
            StoreLocation::File(path) => Some(path.as_path()),
            StoreLocation::Memory => None,
        };
        self.with_conn(pool, &cancel, |pooled| {
            db::copy_to(&mut pooled.conn, source, dest, &self.options.db, &cancel)
        })
    }

    fn with_conn<T>(
        &self,
        pool: &Pool,
        cancel: &CancelToken,
        work: impl FnOnce(&mut PooledConn) -> Result<T>,
    ) -> Result<T> {
        cancel.check()?;
        // One deadline for all waits: for a connection, and then for other processes.
        let give_up = db::deadline(self.options.db.busy_timeout);
        let (pooled, waited) = self.acquire_conn(pool, give_up, cancel)?;
        let mut guard = ConnGuard {
            pool,
            conn: Some(pooled),
            in_memory: matches!(self.location, StoreLocation::Memory),
            reusable: false,
        };
        let Some(pooled) = &mut guard.conn else { return Err(Error::Busy) };
        let done = pooled
            .conn
            .wait_until(give_up, waited)
            .and_then(|()| pooled.conn.set_cancel_token(cancel))
            .map_err(Error::from)
            .and_then(|()| catch_sqlite_panic(|| work(pooled)));
        let ready = if cancel.is_unlimited() { Ok(()) } else { pooled.conn.clear_cancel_token() };
        guard.reusable =
            ready.is_ok() && !matches!(done, Err(Error::Storage(_) | Error::Io(_) | Error::Damaged { .. }));
        drop(guard);
        done.map_err(|error| cancel.map_error(error))
    }

    fn acquire_conn(
        &self,
        pool: &Pool,
        busy_deadline: Option<Instant>,
        cancel: &CancelToken,
    ) -> Result<(PooledConn, bool)> {
        let give_up = busy_deadline.into_iter().chain(cancel.deadline()).min();
        let (idle, waited) = pool.acquire(give_up, cancel)?;
        if let Some(pooled) = idle {
            return Ok((pooled, waited));
        }
        let busy_timeout = db::time_left(busy_deadline).unwrap_or(self.options.db.busy_timeout);
        let config = Config { busy_timeout, ..self.options.db.clone() };
        match catch_sqlite_panic(|| db::open(&self.location, &config, |_| Ok(()))) {
            Ok(conn) => Ok((PooledConn { conn, view: IndexState::default() }, waited)),
            Err(error) => {
                pool.release(None);
                Err(error)
            }
        }
    }
}

/// Runs `work`, which reads rows. Without memory for a text, `rusqlite` panics. This becomes an error of the store. Any
/// other panic continues.
pub(crate) fn catch_sqlite_panic<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        if text.is_some_and(|text| text.starts_with("unexpected SQLITE_")) {
            return Err(Error::Storage("SQLite had no memory to give out a value".into()));
        }
        resume_unwind(panic)
    })
}
