//! The store: an open file, and the operations on the file as a whole.

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

/// An open store. Cloning is cheap; all clones share their connections.
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
    /// Opens the store at `path` with the default [`Options`], and creates it if the file is missing.
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

    /// Merges the search index into one segment, and the substring index into one structure. This performs the work of
    /// later merges in advance. It uses many short transactions, so that other writers can run in between.
    ///
    /// # Errors
    /// [`Error::ReadOnly`](crate::Error::ReadOnly), [`Error::Busy`](crate::Error::Busy).
    pub fn optimize(&self) -> Result<()> {
        admin::optimize(&self.engine)
    }

    /// Removes purged and edited data from the search index and the write-ahead log. It merges all segments and empties
    /// the log. The bytes are overwritten only in a store that was opened with
    /// [`Options::secure_delete`](crate::Options::secure_delete). In such a store, a purged name is then nowhere in the
    /// file, unless another contact has it. The id of the contact stays in the change log. Its sort key, not its text,
    /// can stay as the first key of a list bucket.
    ///
    /// # Errors
    /// [`Error::BadOption`](crate::Error::BadOption) without that option; [`Error::ReadOnly`](crate::Error::ReadOnly);
    /// [`Error::Busy`](crate::Error::Busy) while a reader uses an old snapshot: repeat the call.
    pub fn erase_deleted_data(&self) -> Result<()> {
        admin::erase_deleted_data(&self.engine)
    }

    /// Rewrites the file without free pages and returns their space to the file system. One transaction does this, so a
    /// crash leaves the old file. It takes as long as a copy and temporarily needs as much space. Readers continue;
    /// writers wait. This call is optional: free pages are reused, and an import,
    /// [`optimize`](Self::optimize) and [`rebuild_index`](Self::rebuild_index) return most of theirs.
    ///
    /// # Errors
    /// [`Error::ReadOnly`](crate::Error::ReadOnly); [`Error::DiskFull`](crate::Error::DiskFull);
    /// [`Error::Busy`](crate::Error::Busy) while another writer runs, or while a reader uses an old snapshot: then the
    /// next call shrinks the file.
    pub fn vacuum(&self) -> Result<()> {
        admin::vacuum(&self.engine)
    }

    /// Deletes changes from before `before` in short transactions. Returns the number of deleted changes. A reader that
    /// continues from a deleted change gets [`Error::Pruned`](crate::Error::Pruned). Contacts do not change.
    ///
    /// # Errors
    /// [`Error::ReadOnly`](crate::Error::ReadOnly), [`Error::Busy`](crate::Error::Busy); those of the store.
    pub fn prune_changes(&self, before: Timestamp) -> Result<u64> {
        admin::prune_changes(&self.engine, before)
    }

    /// Copies the store, as of one snapshot, to a file that must not exist. The copy is checked before it gets its
    /// name; an interrupted copy leaves no file with that name. Writers continue meanwhile. A copy is a complete store.
    /// To restore it, copy it to a path without a file, with this call or any other tool (a closed store is one file).
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) if the file exists or cannot be written.
    pub fn backup_to(&self, dest: impl AsRef<Path>) -> Result<()> {
        admin::backup_to(&self.engine, dest.as_ref())
    }

    /// Checks everything: the pages of the file, references, and every list, count, search key and substring against
    /// the contacts, in both directions. Derived data is compared within one snapshot while
    /// writers continue; a second connection checks the search keys at the same time, in a snapshot of its own. It needs a few dozen bytes of
    /// memory for each contact.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if contacts cannot be read and cannot be identified.
    pub fn check(&self) -> Result<CheckReport> {
        check::check(&self.engine)
    }

    /// Performs deferred work until nothing is left (true) or the time is over (false). Deferred work is reindexing after
    /// a change of the library, relocalizing the lists, and building the substring index. It runs in transactions of a
    /// few milliseconds, at least one. Other threads read and write in between, and answers are always correct. This
    /// call is optional: every write performs a little of the work.
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

    /// Rebuilds the search index, the bitmaps of tags and attributes, and the substring index if it is enabled. Use it
    /// if [`Store::check`] reports an error in one of them.
    ///
    /// The bitmaps are built first, in a few seconds for a million contacts. The rest runs in short transactions, so
    /// that others can write in between. Until it is complete, searches read the rows of contacts that are not yet
    /// indexed, as [`Session::search`](crate::Session::search) explains. After an interruption, writes and
    /// [`Store::maintain`] continue it.
    ///
    /// # Errors
    /// [`Error::ReadOnly`](crate::Error::ReadOnly), [`Error::Busy`](crate::Error::Busy);
    /// [`Error::StaleStore`](crate::Error::StaleStore) if another version of the library rebuilds it meanwhile.
    pub fn rebuild_index(&self) -> Result<()> {
        reindex::rebuild_index(&self.engine)
    }

    /// Creates a store at `new` from the readable data of a damaged one, with the default [`Options`]. See
    /// [`Options::recover`].
    ///
    /// # Errors
    /// See [`Options::recover`].
    pub fn recover(broken: impl AsRef<Path>, new: impl AsRef<Path>) -> Result<RecoveryReport> {
        Options::new().recover(broken, new)
    }
}

impl Options {
    /// Opens the store at `path`. If another version of the library made its search keys, reindexing starts. A store of
    /// fewer than a thousand contacts is reindexed at once; for larger ones see [`Store::maintain`].
    ///
    /// # Errors
    /// [`Error::NoBook`](crate::Error::NoBook) if there is none and none may be made, [`Error::NotABook`](crate::Error::NotABook), [`Error::TooNew`](crate::Error::TooNew), [`Error::UnknownSchema`](crate::Error::UnknownSchema) or
    /// [`Error::Damaged`](crate::Error::Damaged) if the file cannot be used, [`Error::WrongKey`](crate::Error::WrongKey) or [`Error::NotEncrypted`](crate::Error::NotEncrypted) if the key does not fit it (its bytes
    /// stay as they are), [`Error::Busy`](crate::Error::Busy) if another process holds
    /// it too long, [`Error::OldSqlite`](crate::Error::OldSqlite), [`Error::BadOption`](crate::Error::BadOption).
    pub fn open(self, path: impl AsRef<Path>) -> Result<Store> {
        Ok(Store { engine: Arc::new(open(StoreLocation::File(path.as_ref().to_owned()), self)?) })
    }

    /// Opens an empty store in memory. It exists as long as the store is open. It has one connection: a reader waits
    /// for the writer. It cannot have a key.
    ///
    /// # Errors
    /// [`Error::OldSqlite`](crate::Error::OldSqlite), [`Error::BadOption`](crate::Error::BadOption).
    pub fn open_in_memory(self) -> Result<Store> {
        Ok(Store { engine: Arc::new(open(StoreLocation::Memory, self)?) })
    }

    /// Creates a store at `new`, where no file may exist, from the readable data of a damaged one. This data is
    /// contacts with all their records, advisors, networks, tenants and the change log. It also works if
    /// [`Options::open`] refuses the file. Lists and the search index are rebuilt, and the new store is checked before
    /// it gets its name. Ids stay the same. A substring index must be enabled again.
    ///
    /// The damaged file and its log are read once and never written. No other process may have the file open. The call
    /// temporarily needs the space of two more stores beside `new`. Move away a log that does not belong to the file.
    ///
    /// In an encrypted store, damage always loses whole pages. About twenty pages at the beginning describe the tables.
    /// In an unencrypted store they are reconstructed, in an encrypted store they are not. Without the first page
    /// nothing is readable.
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
    /// [`Error::NoBook`](crate::Error::NoBook), [`Error::NotABook`](crate::Error::NotABook) if it is not a file;
    /// [`Error::Io`](crate::Error::Io) if `new` exists or a file cannot be written;
    /// [`Error::Damaged`](crate::Error::Damaged) if nothing is readable; [`Error::WrongKey`](crate::Error::WrongKey) or
    /// [`Error::NotEncrypted`](crate::Error::NotEncrypted) if the key does not fit the file. After an error there is no
    /// file at `new`.
    pub fn recover(self, broken: impl AsRef<Path>, new: impl AsRef<Path>) -> Result<RecoveryReport> {
        recovery::recover(self, broken.as_ref(), new.as_ref())
    }
}
