//! The store: an open book, and what is done with it as a file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::access::session::{Actor, Session};
use crate::db::connection::config::StoreLocation;
use crate::engine::Engine;
use crate::error::Result;
use crate::model::Timestamp;
use crate::operations::maintenance::open::open;
use crate::operations::maintenance::{admin, background_tasks, check, recovery, reindex};
use crate::operations::{CheckReport, RecoveryReport};
use crate::options::Options;

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
/// let session = store.session(Actor::System);
/// session.add(NewContact::new(Network::SMS_DIRECT, "John", "Doe").phone("+33 6 12 34 56 78"))?;
/// let page = session.search("jo").page()?;
/// assert_eq!(page.items[0].contact.display_name, "John Doe");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) engine: Arc<Engine>,
}

impl Store {
    /// Opens the book at `path` with the default [`Options`], making it if there is none.
    ///
    /// # Errors
    /// See [`Options::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Options::new().open(path)
    }

    /// A session: everything is done by someone.
    #[must_use]
    pub fn session(&self, actor: Actor) -> Session {
        Session::new(Arc::clone(&self.engine), actor)
    }

    /// Merges the search index into one segment, and the index of substrings into one piece: the work of later merges,
    /// done now. In many short transactions: other writers come in between.
    ///
    /// # Errors
    /// [`Error::ReadOnly`](crate::Error::ReadOnly), [`Error::Busy`](crate::Error::Busy).
    pub fn optimize(&self) -> Result<()> {
        admin::optimize(&self.engine)
    }

    /// Makes the search index and the log of writes let go of what was purged or edited: all segments are merged, so that no key of it is
    /// left, and the log is written back and emptied. In a store that was opened with
    /// [`Options::secure_delete`](crate::Options::secure_delete), and only there, the bytes are overwritten: after a purge and this, a
    /// name that nobody else has is nowhere in the file. What stays of the contact is its id in the log of changes, and a place
    /// in the order of the lists (the sort key, not the text) that a run of a list may begin at.
    ///
    /// # Errors
    /// [`Error::BadOption`](crate::Error::BadOption) without that option; [`Error::ReadOnly`](crate::Error::ReadOnly);
    /// [`Error::Busy`](crate::Error::Busy) while a reader stands on an old snapshot: call it again.
    pub fn erase_deleted_data(&self) -> Result<()> {
        admin::scrub(&self.engine)
    }

    /// Gives the pages that nothing stands in any more back to the file system, and puts the others in order: the file is written anew
    /// in one transaction, so a crash leaves it as it was. Takes as long as a copy and as much room again meanwhile; others read
    /// on, and wait to write. Nobody has to call this: free pages are used again.
    ///
    /// # Errors
    /// [`Error::ReadOnly`](crate::Error::ReadOnly); [`Error::DiskFull`](crate::Error::DiskFull); [`Error::Busy`](crate::Error::Busy) while
    /// somebody writes, or a reader stands on an old snapshot: the file shrinks with the next call then.
    pub fn vacuum(&self) -> Result<()> {
        admin::compact(&self.engine)
    }

    /// Deletes what the log says of the time before `before`, in short transactions; gives the number of changes deleted. Who
    /// asks for changes after a number that is gone is told so ([`Error::Pruned`](crate::Error::Pruned)). Contacts stay as they are.
    ///
    /// # Errors
    /// [`Error::ReadOnly`](crate::Error::ReadOnly), [`Error::Busy`](crate::Error::Busy); those of the store.
    pub fn prune_changes(&self, before: Timestamp) -> Result<u64> {
        admin::prune_changes(&self.engine, before)
    }

    /// Copies the book, as of one moment, to a file that must not exist. The copy is checked before it gets its name; an
    /// interrupted copy leaves no file under that name. Writers go on meanwhile. A copy is a book: to restore it, copy it back to where
    /// no file is, with this call or any other (a closed book is one file).
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) if there is a file, or it cannot be written.
    pub fn backup_to(&self, dest: impl AsRef<Path>) -> Result<()> {
        admin::backup_to(&self.engine, dest.as_ref())
    }

    /// Looks at everything: the file's pages and references; every list, count, search key and substring against the contacts,
    /// both ways. Works on one snapshot while writers go on. Holds a few dozen bytes a contact in memory.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if the contacts themselves cannot be read, and it cannot be told which.
    pub fn check(&self) -> Result<CheckReport> {
        check::check(&self.engine)
    }

    /// Does work that was left for later, until nothing is left (true) or the time is up (false): making search keys anew for
    /// another release of the library, bringing the lists into the language the book was opened with, and finishing the index
    /// of substrings. It is done in transactions of a few milliseconds, at least one, so others read
    /// and write meanwhile; answers are right at every moment. Nobody has to call this: every write does a little of it.
    ///
    /// ```
    /// use std::time::Duration;
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("book.cardex");
    /// # cardex::Store::open(&path)?;
    /// let store = cardex::Options::new().locale("sv").open(&path)?;
    /// while !store.maintain(Duration::from_millis(5))? {
    ///     // a frame, a request, a nap
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::ReadOnly`](crate::Error::ReadOnly), [`Error::Busy`](crate::Error::Busy); those of the store.
    pub fn maintain(&self, budget: Duration) -> Result<bool> {
        background_tasks::maintain(&self.engine, budget)
    }

    /// Makes the search index anew from the contacts, the sets of who has which tag and attribute, and the index of substrings if
    /// the book keeps one. For a book whose check complains of one of them.
    ///
    /// The sets are made at once, some seconds at a million contacts. The rest is done in short transactions, with pauses in which others write. Until it is done, searches answer from the rows of the
    /// contacts that have not been reached, as [`Session::search`](crate::Session::search) says. If it is interrupted, every
    /// write and [`Store::maintain`] go on with it.
    ///
    /// # Errors
    /// [`Error::ReadOnly`](crate::Error::ReadOnly), [`Error::Busy`](crate::Error::Busy); [`Error::StaleStore`](crate::Error::StaleStore) if another release makes it anew meanwhile.
    pub fn rebuild_index(&self) -> Result<()> {
        reindex::rebuild_index(&self.engine)
    }

    /// Makes a new book at `new` of what can be read of a damaged one, with the default [`Options`]. See [`Options::recover`].
    ///
    /// # Errors
    /// See [`Options::recover`].
    pub fn recover(broken: impl AsRef<Path>, new: impl AsRef<Path>) -> Result<RecoveryReport> {
        Options::new().recover(broken, new)
    }
}

impl Options {
    /// Opens the book at `path`. If another release of the library made its search keys, it begins to make them anew: at once for
    /// a book of less than a thousand contacts, else see [`Store::maintain`].
    ///
    /// # Errors
    /// [`Error::NoBook`](crate::Error::NoBook) if there is none and none may be made, [`Error::NotABook`](crate::Error::NotABook), [`Error::TooNew`](crate::Error::TooNew), [`Error::UnknownSchema`](crate::Error::UnknownSchema) or
    /// [`Error::Damaged`](crate::Error::Damaged) if the file cannot be used, [`Error::WrongKey`](crate::Error::WrongKey) or [`Error::NotEncrypted`](crate::Error::NotEncrypted) if the key does not fit it (its bytes
    /// stay as they are), [`Error::Busy`](crate::Error::Busy) if another process holds
    /// it too long, [`Error::OldSqlite`](crate::Error::OldSqlite), [`Error::BadOption`](crate::Error::BadOption).
    pub fn open(self, path: impl AsRef<Path>) -> Result<Store> {
        Ok(Store { engine: Arc::new(open(StoreLocation::File(path.as_ref().to_owned()), self)?) })
    }

    /// Opens an empty book that lives in memory and is gone with the store. It has one connection: a reader waits for
    /// the writer. It takes no key.
    ///
    /// # Errors
    /// [`Error::OldSqlite`](crate::Error::OldSqlite), [`Error::BadOption`](crate::Error::BadOption).
    pub fn open_in_memory(self) -> Result<Store> {
        Ok(Store { engine: Arc::new(open(StoreLocation::Memory, self)?) })
    }

    /// Makes a new book at `new`, where no file must be, of what can be read of a damaged one: contacts with all that is kept about them,
    /// advisors, networks, tenants, the log of changes. Works where [`Options::open`] refuses the file. Lists and the search index are
    /// made anew, and the new book is checked before it gets its name. Ids stay as they are. An index of substrings has to be
    /// asked for again.
    ///
    /// The damaged book and its log are read once and never written to; nobody may have it open. Needs room for two more books beside
    /// `new` meanwhile. A log that is not the book's own should be moved away before.
    ///
    /// Of an encrypted book whole pages are lost, never parts of one. Those that say which tables there are, some twenty at its beginning,
    /// are not made anew as they are for other books; without the first page nothing can be read.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let (broken, new) = (folder.path().join("book.cardex"), folder.path().join("new.cardex"));
    /// # drop(cardex::Store::open(&broken)?);
    /// let report = cardex::Options::new().recover(&broken, &new)?;
    /// assert!(report.is_complete());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoBook`](crate::Error::NoBook), [`Error::NotABook`](crate::Error::NotABook) if it is no file; [`Error::Io`](crate::Error::Io) if there is a file at `new`, or one cannot be
    /// written; [`Error::Damaged`](crate::Error::Damaged) if nothing can be read of it; [`Error::WrongKey`](crate::Error::WrongKey) or [`Error::NotEncrypted`](crate::Error::NotEncrypted) if there is a key that
    /// does not fit it. No file is left at `new` then.
    pub fn recover(self, broken: impl AsRef<Path>, new: impl AsRef<Path>) -> Result<RecoveryReport> {
        recovery::salvage(self, broken.as_ref(), new.as_ref())
    }
}
