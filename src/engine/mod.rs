//! The engine: one file, its connections, and the transactions that operations run in.
//!
//! May use `db`, `index`, `text`, `model`, `host` and `options`; knows nothing of permissions, queries or operations.
//! A newcomer changes here how connections are shared, when a commit is announced, and what a session shares with others.

pub(crate) mod commit_notifier;
pub(crate) mod invite_codes;
mod pool;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;

use crate::db::{self, Conn, Place, Read, Write};
use crate::engine::commit_notifier::Bell;
use crate::engine::invite_codes::Codes;
use crate::engine::pool::{Lease, Pool, Seat};
use crate::error::{Error, Result};
use crate::host::interrupt::Watch;
use crate::index::{PartCache, View};
use crate::model::IdSource;
use crate::options::Options;
use crate::text::collators::Collators;
use crate::text::fold::FOLD_VERSION;
use crate::text::phone::PhoneParser;

/// Does a little of the deferred work in the transaction of a write.
pub(crate) type AfterWrite = fn(&Inner, &Write<'_>) -> Result<()>;

/// What an engine is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) place: Place,
    pub(crate) options: Options,
    pub(crate) collators: Collators,
    pub(crate) phones: PhoneParser,
    pub(crate) ids: IdSource,
}

/// What all sessions share.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) options: Options,
    pub(crate) collators: Collators,
    pub(crate) phones: PhoneParser,
    pub(crate) ids: IdSource,
    pub(crate) codes: Codes,
    pub(crate) cache: PartCache,
    /// Rings at every commit.
    pub(crate) bell: Bell,
    /// The public id of the book.
    pub(crate) book: i64,
    place: Place,
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
    pub(crate) view: &'a mut View,
    /// This connection writes too, so its own commits must be looked for.
    sole: bool,
}

impl Snapshot<'_> {
    /// Brings the view of the index to this snapshot.
    pub(crate) fn refresh(&mut self) -> Result<()> {
        self.view.refresh(&self.db, self.sole)
    }
}

impl Inner {
    /// An engine over an open connection, which knows the book by now.
    pub(crate) fn new(parts: Parts, first: Conn, book: i64, after_write: AfterWrite) -> Self {
        let Parts { place, options, collators, phones, ids } = parts;
        let seat = Seat { conn: first, view: View::default() };
        let (writer, readers) = match place {
            Place::Memory => (Pool::new(1, Some(seat)), None),
            // Whoever opens a book reads first; the writer's connection is made when something is written.
            Place::File(_) => (Pool::new(1, None), Some(Pool::new(options.readers, Some(seat)))),
        };
        Self {
            codes: Codes::new(options.id_seed),
            cache: PartCache::new(options.part_cache),
            options,
            collators,
            phones,
            ids,
            bell: Bell::default(),
            book,
            place,
            after_write,
            readers,
            writer,
        }
    }

    pub(crate) fn now(&self) -> crate::model::Timestamp {
        self.options.db.clock.now()
    }

    /// Runs `work` on one snapshot.
    pub(crate) fn read<T>(
        &self,
        watch: &Watch,
        work: impl FnOnce(&mut Snapshot<'_>) -> Result<T>,
    ) -> Result<T> {
        let sole = self.readers.is_none();
        let pool = self.readers.as_ref().unwrap_or(&self.writer);
        self.with_seat(pool, watch, |seat| {
            let db = seat.conn.read()?;
            work(&mut Snapshot { db, view: &mut seat.view, sole })
        })
    }

    /// Runs `work` in a write transaction and commits what it did, unless it fails.
    pub(crate) fn write<T>(&self, watch: &Watch, work: impl FnOnce(&Write<'_>) -> Result<T>) -> Result<T> {
        self.try_write(watch, |tx| work(tx).map(|done| (done, true)))
    }

    /// Runs `work` in a write transaction, which says whether to commit what it did.
    pub(crate) fn try_write<T>(
        &self,
        watch: &Watch,
        work: impl FnOnce(&Write<'_>) -> Result<(T, bool)>,
    ) -> Result<T> {
        self.write_whatever(watch, |db| {
            // Another library may have made the book's keys anew since this store was opened: keys of ours would not fit.
            // For sort keys, what makes them looks for itself.
            let book = db::metadata::read(db)?;
            if book.fold != FOLD_VERSION {
                return Err(Error::Changed);
            }
            let (done, commit) = work(db)?;
            if commit && book.has_chores() {
                (self.after_write)(self, db)?;
            }
            Ok((done, commit))
        })
    }

    /// The same, whatever the book's keys were made with: for what makes them anew.
    pub(crate) fn write_whatever<T>(
        &self,
        watch: &Watch,
        work: impl FnOnce(&Write<'_>) -> Result<(T, bool)>,
    ) -> Result<T> {
        if self.options.db.read_only {
            return Err(Error::ReadOnly);
        }
        let (done, committed) = self.with_seat(&self.writer, watch, |seat| {
            let tx = seat.conn.write()?;
            let (done, commit) = work(&tx)?;
            if commit {
                db::bitmap_index::flush(&tx)?;
                tx.commit()?;
            }
            Ok((done, commit))
        })?;
        if committed {
            self.bell.ring();
        }
        Ok(done)
    }

    /// Writes the log back into the file and empties it.
    pub(crate) fn checkpoint(&self) -> Result<()> {
        self.with_seat(&self.writer, &Watch::default(), |seat| Ok(seat.conn.checkpoint()?))
    }

    /// Writes the file anew without its free pages.
    pub(crate) fn compact(&self) -> Result<()> {
        if self.options.db.read_only {
            return Err(Error::ReadOnly);
        }
        self.with_seat(&self.writer, &Watch::default(), |seat| Ok(seat.conn.compact()?))
    }

    /// What is beside the book's file and may be what is left of a copy.
    pub(crate) fn partials(&self) -> Result<Vec<String>> {
        match &self.place {
            Place::File(path) => Ok(db::partials(path)?),
            Place::Memory => Ok(Vec::new()),
        }
    }

    /// Copies the book, as of one moment, into a new file.
    pub(crate) fn copy_to(&self, dest: &Path) -> Result<()> {
        let watch = Watch::default();
        let pool = self.readers.as_ref().unwrap_or(&self.writer);
        self.with_seat(pool, &watch, |seat| seat.conn.copy_to(dest, &self.options.db, &watch))
    }

    fn with_seat<T>(
        &self,
        pool: &Pool,
        watch: &Watch,
        work: impl FnOnce(&mut Seat) -> Result<T>,
    ) -> Result<T> {
        watch.check()?;
        let seat = self.take(pool, watch)?;
        let mut lease =
            Lease { pool, seat: Some(seat), memory: matches!(self.place, Place::Memory), sound: false };
        let Some(seat) = &mut lease.seat else { return Err(Error::Busy) };
        let done = seat.conn.watch(watch).map_err(Error::from).and_then(|()| caught(|| work(seat)));
        let ready = if watch.is_idle() { Ok(()) } else { seat.conn.unwatch() };
        lease.sound =
            ready.is_ok() && !matches!(done, Err(Error::Storage(_) | Error::Io(_) | Error::Damaged { .. }));
        drop(lease);
        done.map_err(|error| watch.explain(error))
    }

    fn take(&self, pool: &Pool, watch: &Watch) -> Result<Seat> {
        let patience = db::until(self.options.db.busy_timeout);
        let give_up = match (patience, watch.deadline()) {
            (Some(patience), Some(deadline)) => Some(patience.min(deadline)),
            (patience, deadline) => patience.or(deadline),
        };
        match pool.take(give_up, watch)? {
            Some(seat) => Ok(seat),
            None => match caught(|| db::open(&self.place, &self.options.db, |_| Ok(()))) {
                Ok(conn) => Ok(Seat { conn, view: View::default() }),
                Err(error) => {
                    pool.give_back(None);
                    Err(error)
                }
            },
        }
    }
}

/// Does what reads rows. Where SQLite has no memory to give out a text, `rusqlite` panics; that is an error of the store like any
/// other. What the caller's own code panics of goes on.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        if text.is_some_and(|text| text.starts_with("unexpected SQLITE_")) {
            return Err(Error::Storage("SQLite had no memory to give out a value".into()));
        }
        resume_unwind(panic)
    })
}

/// A number nobody can foretell, from the seed of the standard library's hash maps.
pub(crate) fn random() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(std::process::id())
}
