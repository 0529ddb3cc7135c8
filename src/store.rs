//! The store: one file, its connections, and who gets which.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::bell::Bell;
use crate::book;
use crate::codes::Codes;
use crate::db::{self, Conn, Place, Read, Write};
use crate::error::{Error, Result};
use crate::index::{PartCache, View};
use crate::interrupt::Watch;
use crate::model::IdSource;
use crate::options::Options;
use crate::session::{Actor, Session};
use crate::text::fold::FOLD_VERSION;
use crate::text::phone::PhoneParser;

/// A book that is open. Cheap to clone; all clones share its connections.
///
/// One thread writes at a time, across all processes that have the file open; readers see the last commit and never wait
/// for a writer.
///
/// ```
/// use cardex::{Actor, Network, NewContact, Store};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("book.cardex");
/// let store = Store::open(&path)?;
/// let desk = store.session(Actor::System);
/// desk.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe").phone("+33 6 12 34 56 78"))?;
/// let page = desk.search("jo").page()?;
/// assert_eq!(page.items[0].contact.display_name, "John Doe");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

/// What all sessions share.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) options: Options,
    pub(crate) collators: book::Collators,
    pub(crate) phones: PhoneParser,
    pub(crate) ids: IdSource,
    pub(crate) codes: Codes,
    pub(crate) cache: PartCache,
    /// Rings at every commit.
    pub(crate) bell: Bell,
    /// The public id of the book.
    pub(crate) book: i64,
    place: Place,
    /// `None` in memory: there the writer's connection is the only one.
    readers: Option<Pool>,
    writer: Pool,
}

/// A connection and what it knows of the index.
#[derive(Debug)]
struct Seat {
    conn: Conn,
    view: View,
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

impl Store {
    /// Opens the book at `path` with the default [`Options`], making it if there is none.
    ///
    /// # Errors
    /// See [`Options::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Options::new().open(path)
    }

    pub(crate) fn with_file(path: &Path, options: Options) -> Result<Self> {
        Self::start(Place::File(path.to_owned()), options)
    }

    pub(crate) fn in_memory(options: Options) -> Result<Self> {
        if options.read_only {
            return Err(Error::BadOption {
                option: "read_only",
                problem: "a book in memory starts empty".to_owned(),
            });
        }
        if options.is_encrypted() {
            return Err(Error::BadOption {
                option: "key",
                problem: "a book in memory is not written anywhere".to_owned(),
            });
        }
        Self::start(Place::Memory, options)
    }

    fn start(place: Place, options: Options) -> Result<Self> {
        let codes = Codes::new(options.id_seed);
        let ids = IdSource::new(options.id_seed.unwrap_or_else(random));
        let phones = PhoneParser::new(options.region.as_deref())?;
        let collators = book::Collators::default();
        // A tag that is none is an error in any case; the tables are made when there is something to sort.
        let locale = options.locale.as_deref().unwrap_or_default();
        if !locale.is_empty() {
            collators.get(locale)?;
        }
        let found = |tx: &Write<'_>| book::found(tx, &options, &ids, collators.get(locale)?.as_ref());
        let mut conn = caught(|| db::open(&place, &options, found))?;
        let record = caught(|| Ok(db::book::read(&conn.read()?)?))?;
        let seat = Seat { conn, view: View::default() };
        let (writer, readers) = match place {
            Place::Memory => (Pool::new(1, Some(seat)), None),
            // Whoever opens a book reads first; the writer's connection is made when something is written.
            Place::File(_) => (Pool::new(1, None), Some(Pool::new(options.readers, Some(seat)))),
        };
        let cache = PartCache::new(options.part_cache);
        let book = record.public_id;
        let bell = Bell::default();
        let inner = Arc::new(Inner {
            options,
            collators,
            phones,
            ids,
            codes,
            cache,
            bell,
            book,
            place,
            readers,
            writer,
        });
        book::refit(&inner, &record)?;
        Ok(Self { inner })
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    /// A session: everything is done by someone.
    #[must_use]
    pub fn session(&self, actor: Actor) -> Session {
        Session::new(Arc::clone(&self.inner), actor)
    }
}

impl Inner {
    pub(crate) fn now(&self) -> crate::model::Timestamp {
        self.options.clock.now()
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
            let book = db::book::read(db)?;
            if book.fold != FOLD_VERSION {
                return Err(Error::Changed);
            }
            let (done, commit) = work(db)?;
            if commit && book.has_chores() {
                book::slice_beside(self, db)?;
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
        if self.options.read_only {
            return Err(Error::ReadOnly);
        }
        let (done, committed) = self.with_seat(&self.writer, watch, |seat| {
            let tx = seat.conn.write()?;
            let (done, commit) = work(&tx)?;
            if commit {
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
        if self.options.read_only {
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
        self.with_seat(pool, &watch, |seat| seat.conn.copy_to(dest, &self.options, &watch))
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
        let patience = db::until(self.options.busy_timeout);
        let give_up = match (patience, watch.deadline()) {
            (Some(patience), Some(deadline)) => Some(patience.min(deadline)),
            (patience, deadline) => patience.or(deadline),
        };
        match pool.take(give_up, watch)? {
            Some(seat) => Ok(seat),
            None => match caught(|| db::open(&self.place, &self.options, |_| Ok(()))) {
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
fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        if text.is_some_and(|text| text.starts_with("unexpected SQLITE_")) {
            return Err(Error::Storage("SQLite had no memory to give out a value".into()));
        }
        resume_unwind(panic)
    })
}

/// A connection on loan, given back whatever becomes of the call.
struct Lease<'a> {
    pool: &'a Pool,
    seat: Option<Seat>,
    memory: bool,
    /// Whether the call came to its end and the connection can be used again.
    sound: bool,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        // After a failure of the disk, or a panic of the caller's code, the connection's state cannot be trusted: it is
        // closed, and the next call opens a new one, which starts from what is on the disk. A book in memory has nothing
        // but its connection.
        let seat = self.seat.take().filter(|_| self.sound || self.memory).map(|mut seat| {
            if !self.sound {
                let _ = seat.conn.unwatch();
            }
            seat
        });
        self.pool.give_back(seat);
    }
}

/// A bounded set of connections. Each is handed to one thread at a time.
#[derive(Debug)]
struct Pool {
    most: usize,
    state: Mutex<PoolState>,
    freed: Condvar,
}

#[derive(Debug)]
struct PoolState {
    idle: Vec<Seat>,
    /// Connections that are open, idle or not.
    open: usize,
}

impl Pool {
    fn new(most: usize, first: Option<Seat>) -> Self {
        let idle: Vec<_> = first.into_iter().collect();
        Self { most, state: Mutex::new(PoolState { open: idle.len(), idle }), freed: Condvar::new() }
    }

    /// An idle connection, or `None` for the right to open one; [`Error::Busy`] after `give_up`.
    fn take(&self, give_up: Option<Instant>, watch: &Watch) -> Result<Option<Seat>> {
        let mut state = self.lock();
        loop {
            if let Some(seat) = state.idle.pop() {
                return Ok(Some(seat));
            }
            if state.open < self.most {
                state.open = state.open.saturating_add(1);
                return Ok(None);
            }
            watch.check()?;
            let left = give_up.map(|give_up| give_up.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(Error::Busy);
            }
            let nap =
                if watch.is_idle() { left } else { Some(left.map_or(db::NAP, |left| left.min(db::NAP))) };
            state = match nap {
                None => self.freed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(nap) => self.freed.wait_timeout(state, nap).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
    }

    /// Returns a connection, or the right to open one.
    fn give_back(&self, seat: Option<Seat>) {
        let mut state = self.lock();
        match seat {
            Some(seat) => state.idle.push(seat),
            None => state.open = state.open.saturating_sub(1),
        }
        self.freed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, PoolState> {
        // A panic between two steps above is not possible; the state is sound whatever another thread met.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number nobody can foretell, from the seed of the standard library's hash maps.
pub(crate) fn random() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(std::process::id())
}
