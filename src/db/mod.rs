//! The only room that speaks SQL: opening, transactions, statements, rows.
//!
//! # Locking
//! A [`Conn`] serves one thread at a time (the pool in `store.rs` sees to that). [`Conn::read`] pins one snapshot;
//! [`Conn::write`] takes the file's write lock at once (`BEGIN IMMEDIATE`), so a transaction never fails half way for a
//! lock. SQLite's busy handler waits for other processes, up to the busy timeout.
//!
//! # Compatibility
//! `schema.sql` is the current schema; the file's `user_version` says which one it has, `application_id` that it is ours.
//!
//! # Performance
//! Every statement stands once, in the `statements!` table of its file, and is prepared once a connection. Parameters
//! have names in the text; they are bound by position where a row a contact is written, because SQLite looks names up
//! one by one.
//!
//! # Filesystems
//! Write-ahead logging needs working locks and shared memory: a local file system.

pub(crate) mod attribute;
pub(crate) mod block;
pub(crate) mod book;
pub(crate) mod bucket;
pub(crate) mod channel;
pub(crate) mod contact;
mod contact_row;
pub(crate) mod conversation;
mod create;
pub(crate) mod criteria;
pub(crate) mod directory;
pub(crate) mod entitlement;
pub(crate) mod event;
mod fault;
pub(crate) mod feed;
pub(crate) mod funnel;
mod id_set;
pub(crate) mod job;
mod key;
pub(crate) mod lists;
pub(crate) mod marks;
pub(crate) mod members;
pub(crate) mod merger;
pub(crate) mod note;
pub(crate) mod numbers;
mod open;
pub(crate) mod outbox;
mod part_list;
pub(crate) mod points;
pub(crate) mod pre_entitlement;
mod rising;
pub(crate) mod salvage;
pub(crate) mod scope;
pub(crate) mod seal;
pub(crate) mod search;
pub(crate) mod sorts;
mod status;
pub(crate) mod stretch;
pub(crate) mod substring;
pub(crate) mod tag;
pub(crate) mod tenants;
pub(crate) mod unique;

use std::cell::RefCell;
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{CachedStatement, Connection};

use crate::clock::Clock;
use crate::error::Error;
use crate::interrupt::Watch;
use crate::model::Timestamp;
use crate::options::Options;
pub(crate) use create::{beside, discard, partials, settle};
pub(crate) use fault::{DbResult, Fault};
pub(crate) use id_set::IdSet;
#[cfg(feature = "encryption")]
pub(crate) use key::change_key;
pub(crate) use open::{Place, open};
pub(crate) use rising::{hit, ordered, rising};
pub(crate) use scope::{Generation, Listing, Owner, Scope};

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
        pub(super) const STATEMENTS: &[$crate::db::Statement] = &[$($name),*];
    };
}
pub(crate) use statements;

/// One connection with what it knows of the file.
pub(crate) struct Conn {
    sqlite: Connection,
    /// Public ids and codes by local id. Both never change, so what is known stays right.
    names: RefCell<directory::Names>,
    /// Places in lists whose number is known.
    marks: RefCell<marks::Marks>,
    busy_timeout: Duration,
    /// What may stop the call at hand.
    watch: Watch,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Conn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Conn").finish_non_exhaustive()
    }
}

/// A read transaction: every statement through it sees the same snapshot.
#[derive(Debug)]
pub(crate) struct Read<'c> {
    conn: &'c Conn,
}

/// A write transaction: rolled back unless [`Write::commit`] is reached.
#[derive(Debug)]
pub(crate) struct Write<'c> {
    read: Read<'c>,
    /// What is still to be written of sets.
    sets: RefCell<members::Notes>,
}

statements! {
    BEGIN = "BEGIN";
    BEGIN_WRITE = "BEGIN IMMEDIATE";
    COMMIT = "COMMIT";
    ROLLBACK = "ROLLBACK";
    FOLD = "PRAGMA wal_checkpoint(TRUNCATE)";
    SAVEPOINT = "SAVEPOINT attempt";
    ROLLBACK_TO = "ROLLBACK TO attempt";
    RELEASE = "RELEASE attempt";
    /// Busy or not, pages in the log, pages written back.
    CHECKPOINT = "PRAGMA wal_checkpoint(TRUNCATE)";
    COMPACT = "VACUUM";
}

impl Conn {
    pub(crate) fn new(sqlite: Connection, options: &Options) -> Self {
        let (busy_timeout, clock) = (options.busy_timeout, Arc::clone(&options.clock));
        Self {
            sqlite,
            names: RefCell::default(),
            marks: RefCell::default(),
            busy_timeout,
            watch: Watch::default(),
            clock,
        }
    }

    /// Starts a read transaction.
    pub(crate) fn read(&mut self) -> DbResult<Read<'_>> {
        self.sqlite.prepare_cached(BEGIN.sql)?.execute([])?;
        Ok(Read { conn: self })
    }

    /// Starts a write transaction, waiting for other writers up to the busy timeout.
    pub(crate) fn write(&mut self) -> DbResult<Write<'_>> {
        if self.watch.is_idle() {
            self.begin_write()?;
        } else {
            // SQLite sleeps while it waits: in short naps, so that the watch is looked at in between.
            self.sqlite.busy_timeout(NAP)?;
            let begun = self.wait_to_write();
            self.sqlite.busy_timeout(longest(self.busy_timeout))?;
            begun?;
        }
        Ok(Write { read: Read { conn: self }, sets: RefCell::default() })
    }

    fn wait_to_write(&self) -> DbResult<()> {
        let give_up = until(self.busy_timeout);
        loop {
            match self.begin_write().map_err(Error::from) {
                Err(Error::Busy) if give_up.is_none_or(|at| Instant::now() < at) => self.watch.check()?,
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
    fn close(self) -> DbResult<()> {
        let busy: i64 = self.sqlite.prepare(FOLD.sql)?.query_row([], |row| row.get(0))?;
        if busy != 0 {
            return Err(Error::Busy.into());
        }
        Ok(self.sqlite.close().map_err(|(_, error)| error)?)
    }

    /// Lets `watch` stop what runs on this connection until [`Conn::unwatch`].
    pub(crate) fn watch(&mut self, watch: &Watch) -> DbResult<()> {
        if watch.is_idle() {
            return Ok(());
        }
        self.watch = watch.clone();
        let watch = watch.clone();
        // Every thousand steps of SQLite's machine: about ten microseconds, at no cost that could be measured.
        self.sqlite.progress_handler(1_000, Some(move || watch.check().is_err()))?;
        Ok(())
    }

    /// Undoes [`Conn::watch`].
    pub(crate) fn unwatch(&mut self) -> DbResult<()> {
        self.watch = Watch::default();
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
    pub(crate) fn compact(&mut self) -> DbResult<()> {
        self.sqlite.execute_batch(COMPACT.sql)?;
        self.checkpoint()
    }

    /// Copies the book into `dest`, page by page, as one snapshot. See `open.rs` for the checks around it.
    pub(crate) fn copy_to(
        &mut self,
        dest: &std::path::Path,
        options: &Options,
        watch: &Watch,
    ) -> crate::Result<()> {
        let snapshot = self.read()?;
        book::read(&snapshot)?; // pins the snapshot: commits during the copy do not make it start again
        open::copy(&snapshot.conn.sqlite, dest, options, watch)
    }
}

impl Read<'_> {
    fn prepare(&self, statement: &Statement) -> DbResult<CachedStatement<'_>> {
        Ok(self.conn.sqlite.prepare_cached(statement.sql)?)
    }

    /// What time it is for this call.
    pub(crate) fn now(&self) -> Timestamp {
        self.conn.clock.now()
    }

    fn names(&self) -> std::cell::RefMut<'_, directory::Names> {
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
        members::flush(&self)?;
        self.prepare(&COMMIT)?.execute([])?;
        Ok(())
    }

    /// Does `work`, or nothing of it if it fails. An error is told only if that left the whole transaction undone.
    pub(crate) fn attempt(&self, work: impl FnOnce() -> crate::Result<()>) -> crate::Result<()> {
        self.step(true, work).map(drop)
    }

    /// Does `work` and keeps it, if it does not fail and is to be kept; tells what came of it. The outer error is of the transaction.
    pub(crate) fn step<T>(
        &self,
        keep: bool,
        work: impl FnOnce() -> crate::Result<T>,
    ) -> crate::Result<crate::Result<T>> {
        let run = |statement| -> DbResult<()> {
            self.prepare(statement)?.execute([])?;
            Ok(())
        };
        run(&SAVEPOINT)?;
        let begun = members::begin_step(self);
        let done = work();
        let undo = done.is_err() || !keep;
        members::end_step(self, undo.then_some(begun));
        if undo {
            run(&ROLLBACK_TO)?;
        }
        run(&RELEASE)?;
        Ok(done)
    }

    /// The key of the row inserted last.
    fn last_id(&self) -> i64 {
        self.conn.sqlite.last_insert_rowid()
    }
}

/// How long a wait goes on before it looks whether it has been stopped.
pub(crate) const NAP: Duration = Duration::from_millis(20);

/// A wait that SQLite can count: it keeps milliseconds in 31 bits, which is 24 days.
fn longest(timeout: Duration) -> Duration {
    timeout.min(Duration::from_millis(i32::MAX as u64))
}

/// The moment after which a wait of `timeout` gives up.
pub(crate) fn until(timeout: Duration) -> Option<Instant> {
    Instant::now().checked_add(timeout)
}

#[cfg(test)]
mod plan_tests;
