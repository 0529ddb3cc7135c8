//! Connections and transactions: how a file is opened, and what a statement runs on.

pub(crate) mod config;
pub(crate) mod create;
pub(crate) mod encryption;
mod name_cache;
pub(in crate::db) mod offset_state;
pub(crate) mod open;
pub(in crate::db) mod pending_bits;
pub(crate) mod row_order;
pub(crate) mod sqlite_error;
use std::cell::RefCell;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{CachedStatement, Connection};

use crate::db::connection::name_cache::IdCache;
use crate::db::connection::offset_state::OffsetCache;
use crate::db::connection::pending_bits::PendingChanges;
use crate::db::connection::sqlite_error::DbResult;

use crate::db::connection::config::Config;
use crate::error::Error;
use crate::host::clock::Clock;
use crate::host::interrupt::CancelToken;
use crate::host::tuning::Tuning;
use crate::model::Timestamp;

/// One SQL statement: its name for messages, and its text.
pub(crate) struct Statement {
    /// `FILE.NAME`.
    #[cfg_attr(not(test), allow(dead_code))] // the plan test names it
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
}

/// Declares the statements of a file as constants, and lists them for the test that looks at every plan.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$doc])* const $name: $crate::db::Statement =
            $crate::db::Statement { name: concat!(module_path!(), "::", stringify!($name)), sql: $sql };)*
        #[cfg(test)]
        pub(in crate::db) const STATEMENTS: &[$crate::db::Statement] = &[$($name),*];
    };
}
pub(crate) use statements;

/// One connection with what it knows of the file.
pub(crate) struct Conn {
    pub(in crate::db) sqlite: Connection,
    /// Public ids and codes by local id. Both never change, so what is known stays right.
    names: RefCell<IdCache>,
    /// Places in lists whose number is known.
    pub(in crate::db) marks: RefCell<OffsetCache>,
    busy_timeout: Duration,
    /// What may stop the call at hand.
    cancel_token: CancelToken,
    clock: Arc<dyn Clock>,
    tuning: Tuning,
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

/// A write transaction: rolled back unless [`Write::commit`] is reached.
#[derive(Debug)]
pub(crate) struct Write<'c> {
    read: Read<'c>,
    /// What is still to be written of sets.
    pub(in crate::db) sets: RefCell<PendingChanges>,
}

statements! {
    BEGIN = "BEGIN";
    BEGIN_WRITE = "BEGIN IMMEDIATE";
    COMMIT = "COMMIT";
    ROLLBACK = "ROLLBACK";
    WAL_CHECKPOINT = "PRAGMA wal_checkpoint(TRUNCATE)";
    SAVEPOINT = "SAVEPOINT attempt";
    ROLLBACK_TO = "ROLLBACK TO attempt";
    RELEASE = "RELEASE attempt";
    /// Busy or not, pages in the log, pages written back.
    CHECKPOINT = "PRAGMA wal_checkpoint(TRUNCATE)";
    VACUUM = "VACUUM";
    PIN = "SELECT id FROM metadata";
}

impl Conn {
    pub(crate) fn new(sqlite: Connection, options: &Config) -> Self {
        let (busy_timeout, clock) = (options.busy_timeout, Arc::clone(&options.clock));
        Self {
            sqlite,
            names: RefCell::default(),
            marks: RefCell::default(),
            busy_timeout,
            cancel_token: CancelToken::default(),
            clock,
            tuning: options.tuning,
        }
    }

    /// Starts a read transaction.
    pub(crate) fn read(&mut self) -> DbResult<Read<'_>> {
        self.sqlite.prepare_cached(BEGIN.sql)?.execute([])?;
        Ok(Read { conn: self })
    }

    /// Starts a write transaction, waiting for other writers up to the busy timeout.
    pub(crate) fn write(&mut self) -> DbResult<Write<'_>> {
        if self.cancel_token.is_unlimited() {
            self.begin_write()?;
        } else {
            // SQLite sleeps while it waits: in short naps, so that the watch is looked at in between.
            self.sqlite.busy_timeout(BUSY_POLL_INTERVAL)?;
            let begun = self.wait_to_write();
            self.sqlite.busy_timeout(clamp_busy_timeout(self.busy_timeout))?;
            begun?;
        }
        Ok(Write { read: Read { conn: self }, sets: RefCell::default() })
    }

    fn wait_to_write(&self) -> DbResult<()> {
        let give_up = deadline(self.busy_timeout);
        loop {
            match self.begin_write().map_err(Error::from) {
                Err(Error::Busy) if give_up.is_none_or(|at| Instant::now() < at) => {
                    self.cancel_token.check()?
                }
                done => return Ok(done?),
            }
        }
    }

    fn begin_write(&self) -> DbResult<()> {
        self.sqlite.prepare_cached(BEGIN_WRITE.sql)?.execute([])?;
        Ok(())
    }

    /// Folds the log into the file, whole, and closes the last connection. Closing alone would fold it too, but would not tell
    /// if it failed.
    pub(in crate::db) fn close(self) -> DbResult<()> {
        let busy: i64 = self.sqlite.prepare(WAL_CHECKPOINT.sql)?.query_row([], |row| row.get(0))?;
        if busy != 0 {
            return Err(Error::Busy.into());
        }
        Ok(self.sqlite.close().map_err(|(_, error)| error)?)
    }

    /// Lets `watch` stop what runs on this connection until [`Conn::unwatch`].
    pub(crate) fn set_cancel_token(&mut self, watch: &CancelToken) -> DbResult<()> {
        if watch.is_unlimited() {
            return Ok(());
        }
        self.cancel_token = watch.clone();
        let watch = watch.clone();
        // Every thousand steps of SQLite's machine: about ten microseconds, at no cost that could be measured.
        self.sqlite.progress_handler(1_000, Some(move || watch.check().is_err()))?;
        Ok(())
    }

    /// Undoes [`Conn::watch`].
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
        let busy: i64 = self.sqlite.prepare_cached(CHECKPOINT.sql)?.query_row([], |row| row.get(0))?;
        if busy == 0 { Ok(()) } else { Err(Error::Busy.into()) }
    }

    /// Writes the file anew without its free pages: one transaction, through the log.
    pub(crate) fn vacuum(&mut self) -> DbResult<()> {
        self.sqlite.execute_batch(VACUUM.sql)?;
        self.checkpoint()
    }

    /// Copies the book into `dest`, page by page, as one snapshot. See `open.rs` for the checks around it.
    pub(crate) fn copy_to(
        &mut self,
        dest: &std::path::Path,
        options: &Config,
        watch: &CancelToken,
    ) -> crate::Result<()> {
        let snapshot = self.read()?;
        snapshot.pin()?;
        open::copy(&snapshot.conn.sqlite, dest, options, watch)
    }
}

impl Read<'_> {
    /// Pins the snapshot, so that commits during a copy do not make it start again.
    fn pin(&self) -> DbResult<()> {
        self.prepare(&PIN)?.query_row([], |row| row.get::<_, i64>(0))?;
        Ok(())
    }

    pub(in crate::db) fn prepare(&self, statement: &Statement) -> DbResult<CachedStatement<'_>> {
        Ok(self.conn.sqlite.prepare_cached(statement.sql)?)
    }

    /// The sizes this store works with.
    pub(crate) fn tuning(&self) -> &Tuning {
        &self.conn.tuning
    }

    /// What time it is for this call.
    pub(crate) fn now(&self) -> Timestamp {
        self.conn.clock.now()
    }

    pub(in crate::db) fn id_cache(&self) -> std::cell::RefMut<'_, IdCache> {
        self.conn.names.borrow_mut()
    }
}

impl Drop for Read<'_> {
    fn drop(&mut self) {
        // Nothing to save: a read has written nothing, an unfinished write must go. A failure here means that SQLite
        // has rolled back by itself.
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
    /// Makes the transaction last. With [`Durability::Commit`](crate::Durability) it has reached the disk when this
    /// returns.
    pub(crate) fn commit(self) -> DbResult<()> {
        debug_assert!(self.sets.borrow().is_empty(), "changed bits are written before a commit");
        self.prepare(&COMMIT)?.execute([])?;
        Ok(())
    }

    /// Does `work`, or nothing of it if it fails. An error is told only if that left the whole transaction undone.
    pub(crate) fn attempt(&self, work: impl FnOnce() -> crate::Result<()>) -> crate::Result<()> {
        self.run_in_savepoint(true, work).map(drop)
    }

    /// Does `work` and keeps it, if it does not fail and is to be kept; tells what came of it. The outer error is of the transaction.
    pub(crate) fn run_in_savepoint<T>(
        &self,
        keep: bool,
        work: impl FnOnce() -> crate::Result<T>,
    ) -> crate::Result<crate::Result<T>> {
        let run = |statement| -> DbResult<()> {
            self.prepare(statement)?.execute([])?;
            Ok(())
        };
        run(&SAVEPOINT)?;
        let begun = self.sets.borrow_mut().begin_savepoint();
        let done = work();
        let undo = done.is_err() || !keep;
        self.sets.borrow_mut().end_savepoint(undo.then_some(begun));
        if undo {
            run(&ROLLBACK_TO)?;
        }
        run(&RELEASE)?;
        Ok(done)
    }

    /// The key of the row inserted last.
    pub(in crate::db) fn last_insert_id(&self) -> i64 {
        self.conn.sqlite.last_insert_rowid()
    }
}

/// How long a wait goes on before it looks whether it has been stopped.
pub(crate) const BUSY_POLL_INTERVAL: Duration = Duration::from_millis(20);

/// A wait that SQLite can count: it keeps milliseconds in 31 bits, which is 24 days.
pub(in crate::db) fn clamp_busy_timeout(timeout: Duration) -> Duration {
    timeout.min(Duration::from_millis(i32::MAX as u64))
}

/// The moment after which a wait of `timeout` gives up.
pub(crate) fn deadline(timeout: Duration) -> Option<Instant> {
    Instant::now().checked_add(timeout)
}

/// Local ids as the value of a statement.
pub(in crate::db) fn id_array(ids: &[i64]) -> Rc<Vec<Value>> {
    Rc::new(ids.iter().copied().map(Value::from).collect())
}
