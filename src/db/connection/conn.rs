//! A connection, and the read and write transactions on it.

use std::cell::{RefCell, RefMut};
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{CachedStatement, Connection};

use crate::db::connection::checkpoint::{checkpoint, checkpoint_and_close};
use crate::db::connection::config::Config;
use crate::db::connection::id_cache::IdCache;
use crate::db::connection::offset_state::OffsetCache;
use crate::db::connection::pending_bits::PendingChanges;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{Statement, statements};
use crate::db::connection::wait::{clamp_busy_timeout, deadline, poll_interval, time_left};
use crate::error::{Error, Result};
use crate::host::clock::Clock;
use crate::host::interrupt::CancelToken;
use crate::host::random::NonceSource;
use crate::host::tuning::Tuning;
use crate::model::Timestamp;

/// One connection with its caches.
pub(crate) struct Conn {
    pub(in crate::db) sqlite: Connection,
    /// Public ids and codes by local id. Neither ever changes, so entries stay valid.
    id_cache: RefCell<IdCache>,
    /// Known positions in lists.
    pub(in crate::db) offset_cache: RefCell<OffsetCache>,
    /// When the current call stops waiting for locks of other connections; `None`: never.
    give_up: Option<Instant>,
    /// Whether SQLite's own timeout can be shorter than the busy timeout, because an earlier call had less time.
    has_less_time: bool,
    /// Can cancel the current call.
    cancel_token: CancelToken,
    clock: Arc<dyn Clock>,
    tuning: Tuning,
    nonces: Arc<NonceSource>,
}

impl std::fmt::Debug for Conn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Conn").finish_non_exhaustive()
    }
}

/// A read transaction: every statement through it sees the same snapshot.
#[derive(Debug)]
pub(crate) struct Read<'c> {
    pub(in crate::db) conn: &'c Conn,
}

/// A write transaction. It is rolled back unless [`Write::commit`] is called.
#[derive(Debug)]
pub(crate) struct Write<'c> {
    read: Read<'c>,
    /// Changes of bitmaps that are not written yet.
    pub(in crate::db) pending_bits: RefCell<PendingChanges>,
}

statements! {
    BEGIN = "BEGIN";
    BEGIN_WRITE = "BEGIN IMMEDIATE";
    COMMIT = "COMMIT";
    ROLLBACK = "ROLLBACK";
    SAVEPOINT = "SAVEPOINT attempt";
    ROLLBACK_TO = "ROLLBACK TO attempt";
    RELEASE = "RELEASE attempt";
    pub(in crate::db) VACUUM = "VACUUM";
    PIN = "SELECT id FROM metadata WHERE id = 1";
}

impl Conn {
    pub(in crate::db) fn new(sqlite: Connection, config: &Config) -> Self {
        Self {
            sqlite,
            id_cache: RefCell::default(),
            offset_cache: RefCell::default(),
            give_up: deadline(config.busy_timeout),
            has_less_time: true,
            cancel_token: CancelToken::default(),
            clock: Arc::clone(&config.clock),
            tuning: config.tuning,
            nonces: Arc::clone(&config.nonces),
        }
    }

    /// Starts a read transaction.
    pub(crate) fn read(&mut self) -> DbResult<Read<'_>> {
        self.sqlite.prepare_cached(BEGIN.sql)?.execute([])?;
        Ok(Read { conn: self })
    }

    /// Lets the next call wait for locks of other connections until `give_up`. `waited` says that the call has waited already.
    pub(crate) fn wait_until(&mut self, give_up: Option<Instant>, waited: bool) -> DbResult<()> {
        self.give_up = give_up;
        if waited || self.has_less_time {
            self.has_less_time = waited;
            self.sqlite.busy_timeout(self.busy_timeout())?;
        }
        Ok(())
    }

    fn busy_timeout(&self) -> Duration {
        clamp_busy_timeout(time_left(self.give_up).unwrap_or(Duration::MAX))
    }

    /// Starts a write transaction. Waits for other writers.
    pub(crate) fn write(&mut self) -> DbResult<Write<'_>> {
        // SQLite's own wait sleeps longer after each attempt, so that a new writer overtakes an old one. It cannot be cancelled either.
        self.sqlite.busy_timeout(Duration::ZERO)?;
        let begun = self.wait_to_write();
        self.has_less_time = true;
        self.sqlite.busy_timeout(self.busy_timeout())?;
        begun?;
        Ok(Write { read: Read { conn: self }, pending_bits: RefCell::default() })
    }

    fn wait_to_write(&self) -> DbResult<()> {
        let mut began_to_wait = None;
        loop {
            match self.begin_write().map_err(Error::from) {
                Err(Error::Busy) => {}
                done => return Ok(done?),
            }
            self.cancel_token.check()?;
            let interval = poll_interval(began_to_wait.get_or_insert_with(Instant::now).elapsed());
            match time_left(self.give_up) {
                Some(left) if left.is_zero() => return Err(Error::Busy.into()),
                left => std::thread::sleep(left.map_or(interval, |left| left.min(interval))),
            }
        }
    }

    fn begin_write(&self) -> DbResult<()> {
        self.sqlite.prepare_cached(BEGIN_WRITE.sql)?.execute([])?;
        Ok(())
    }

    /// Runs a checkpoint and closes the connection.
    pub(in crate::db) fn close(self) -> DbResult<()> {
        checkpoint_and_close(self.sqlite)
    }

    /// Lets `token` cancel the statements of this connection until [`Conn::clear_cancel_token`].
    pub(crate) fn set_cancel_token(&mut self, token: &CancelToken) -> DbResult<()> {
        if token.is_unlimited() {
            return Ok(());
        }
        self.cancel_token = token.clone();
        let token = token.clone();
        // Every thousand instructions of SQLite's virtual machine: about ten microseconds, without a measurable cost.
        self.sqlite.progress_handler(1_000, Some(move || token.check().is_err()))?;
        Ok(())
    }

    /// Undoes [`Conn::set_cancel_token`].
    pub(crate) fn clear_cancel_token(&mut self) -> DbResult<()> {
        self.cancel_token = CancelToken::default();
        self.sqlite.progress_handler(0, None::<fn() -> bool>)?;
        Ok(())
    }

    /// Writes the log back into the file and empties it.
    ///
    /// # Errors
    /// [`Error::Busy`] if a reader still needs the log.
    pub(crate) fn checkpoint(&mut self) -> DbResult<()> {
        checkpoint(&self.sqlite)
    }

    /// Rewrites the file without its free pages: one transaction, through the log.
    pub(crate) fn vacuum(&mut self) -> DbResult<()> {
        self.sqlite.execute_batch(VACUUM.sql)?;
        self.checkpoint()
    }
}

impl Read<'_> {
    /// Starts the snapshot now. Without it, the first statement does.
    pub(in crate::db) fn pin(&self) -> DbResult<()> {
        self.prepare(&PIN)?.query_row([], |row| row.get::<_, i64>(0))?;
        Ok(())
    }

    pub(in crate::db) fn prepare(&self, statement: &Statement) -> DbResult<CachedStatement<'_>> {
        Ok(self.conn.sqlite.prepare_cached(statement.sql)?)
    }

    /// The sizes and thresholds of this store.
    pub(crate) fn tuning(&self) -> &Tuning {
        &self.conn.tuning
    }

    /// The current time, by the store's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.conn.clock.now()
    }

    pub(in crate::db) fn id_cache(&self) -> RefMut<'_, IdCache> {
        self.conn.id_cache.borrow_mut()
    }
}

impl Drop for Read<'_> {
    fn drop(&mut self) {
        // Nothing is lost: a read has written nothing, and an unfinished write must be undone. A failure here means that SQLite has
        // rolled back by itself.
        if !self.conn.sqlite.is_autocommit() {
            let _ = self.conn.sqlite.prepare_cached(ROLLBACK.sql).and_then(|mut s| s.execute([]));
        }
    }
}

impl<'c> Deref for Write<'c> {
    type Target = Read<'c>;

    fn deref(&self) -> &Read<'c> {
        &self.read
    }
}

impl Write<'_> {
    /// A number for a new segment of the search index.
    pub(in crate::db) fn next_nonce(&self) -> i64 {
        self.conn.nonces.next()
    }

    /// Commits the transaction. With [`Durability::Commit`](crate::Durability) it is on the disk when this returns.
    pub(crate) fn commit(self) -> DbResult<()> {
        debug_assert!(self.pending_bits.borrow().is_empty(), "bitmap changes are written before a commit");
        self.prepare(&COMMIT)?.execute([])?;
        Ok(())
    }

    /// Runs `work`, and undoes all of it if it fails. The error of `work` is dropped; an error of the transaction is returned.
    pub(crate) fn attempt(&self, work: impl FnOnce() -> Result<()>) -> Result<()> {
        self.run_in_savepoint(true, work).map(drop)
    }

    /// Runs `work`, and undoes all of it if it fails or if `keep` is false. Returns the result of `work`; the outer error is one of the
    /// transaction.
    pub(crate) fn run_in_savepoint<T>(
        &self,
        keep: bool,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<Result<T>> {
        let run = |statement| -> DbResult<()> {
            self.prepare(statement)?.execute([])?;
            Ok(())
        };
        run(&SAVEPOINT)?;
        let savepoint = self.pending_bits.borrow_mut().begin_savepoint();
        let done = work();
        let undo = done.is_err() || !keep;
        self.pending_bits.borrow_mut().end_savepoint(undo.then_some(savepoint));
        if undo {
            run(&ROLLBACK_TO)?;
        }
        run(&RELEASE)?;
        Ok(done)
    }

    /// The rowid of the last inserted row.
    pub(in crate::db) fn last_insert_id(&self) -> i64 {
        self.conn.sqlite.last_insert_rowid()
    }
}
