//! How a book is opened.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::error::{Error, Result};
#[cfg(feature = "encryption")]
use crate::key::Key;
use crate::model::LANGUAGES;
use crate::store::Store;

/// When a committed write is on disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// A write returns after its log is flushed: it survives power loss (`synchronous=FULL`).
    #[default]
    Commit,
    /// The log is flushed at checkpoints: a write survives the death of the process; power loss may take the newest
    /// writes, never older ones out of order, and never damages the file (`synchronous=NORMAL`).
    Checkpoint,
}

/// How a book is opened: a value with setters that consume it.
///
/// ```
/// use std::time::Duration;
/// use cardex::Options;
/// let store = Options::new().busy_timeout(Duration::from_secs(1)).region("FR").locale("sv").open_in_memory()?;
/// # Ok::<(), cardex::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Options {
    pub(crate) durability: Durability,
    pub(crate) busy_timeout: Duration,
    pub(crate) readers: usize,
    pub(crate) page_cache: usize,
    pub(crate) part_cache: usize,
    pub(crate) region: Option<String>,
    pub(crate) locale: Option<String>,
    pub(crate) languages: Arc<[String]>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) id_seed: Option<u64>,
    pub(crate) read_only: bool,
    pub(crate) create: bool,
    pub(crate) poll_interval: Duration,
    pub(crate) secure_delete: bool,
    #[cfg(feature = "encryption")]
    pub(crate) key: Option<Key>,
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

impl Options {
    /// The defaults: durable writes, 5 seconds of patience, 4 reader connections, 8 MiB of pages each, 32 MiB of
    /// search parts, no region, the book's own locale, the system's clock, made if missing.
    pub fn new() -> Self {
        Self {
            durability: Durability::Commit,
            busy_timeout: Duration::from_secs(5),
            readers: 4,
            page_cache: 8 << 20,
            part_cache: 32 << 20,
            region: None,
            locale: None,
            languages: LANGUAGES.map(str::to_owned).into(),
            clock: Arc::new(SystemClock),
            id_seed: None,
            read_only: false,
            create: true,
            poll_interval: Duration::from_millis(200),
            secure_delete: false,
            #[cfg(feature = "encryption")]
            key: None,
        }
    }

    /// When a write counts as done.
    pub const fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// How long a write waits for another writer, and a read for a free connection, before [`Error::Busy`].
    pub const fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout;
        self
    }

    /// How many threads may read at once, 1 to 64. Connections are opened when first needed.
    pub const fn readers(mut self, connections: usize) -> Self {
        self.readers = connections;
        self
    }

    /// Bytes of database pages each connection keeps in memory.
    pub const fn page_cache(mut self, bytes: usize) -> Self {
        self.page_cache = bytes;
        self
    }

    /// Bytes of search parts kept in memory, for all connections together. A part is about a megabyte; the one in use
    /// is always kept.
    pub const fn part_cache(mut self, bytes: usize) -> Self {
        self.part_cache = bytes;
        self
    }

    /// The country (ISO 3166, two letters) of phone numbers written without one.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// The language (BCP 47) whose order lists are in. A book keeps the one it was made with. Opening it with another one,
    /// able to write, begins to make that order beside the old one, which goes on answering until the new one is whole: at
    /// once for a book of less than a thousand contacts, else by [`Store::maintain`] and, bit by bit, by every write.
    /// Cursors of lists in the old order are refused from then on.
    pub fn locale(mut self, locale: impl Into<String>) -> Self {
        self.locale = Some(locale.into());
        self
    }

    /// The preferred languages that an onboarding may name; without this, 71 names such as `JAPANESE` and `CHINESE_HKG`.
    /// Other ways of adding and editing contacts take any text.
    pub fn languages<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.languages = names.into_iter().map(Into::into).collect();
        self
    }

    /// The source of "now".
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Makes the ids of new records and the codes of invitations reproducible, together with a fixed clock: for tests.
    /// Without it they are random.
    pub const fn id_seed(mut self, seed: u64) -> Self {
        self.id_seed = Some(seed);
        self
    }

    /// Refuses every write.
    pub const fn read_only(mut self, yes: bool) -> Self {
        self.read_only = yes;
        self
    }

    /// Whether a missing file is made (it is, by default).
    pub const fn create(mut self, yes: bool) -> Self {
        self.create = yes;
        self
    }

    /// Whether what is deleted or replaced is overwritten in the file at once, by every write of this store; it is not without
    /// this. It costs writes some more pages. [`Store::scrub`] then lets go of what the search index still holds. What was
    /// deleted by a store without it may linger in free pages.
    pub const fn secure_delete(mut self, yes: bool) -> Self {
        self.secure_delete = yes;
        self
    }

    /// How often a waiting [`Subscription`](crate::Subscription) looks whether another process has written; 200 ms without this.
    /// Each look reads two numbers. Writers of the same store wake it at once.
    pub const fn poll_interval(mut self, interval: Duration) -> Self {
        self.poll_interval = interval;
        self
    }

    /// What the book is encrypted with: its file, its log and its copies. A book that is made gets this key; one that is there must have it.
    /// The key is in the memory of the process as long as the store is open.
    ///
    /// The search index stands in the same file, so it is encrypted, too. The name and the size of the file, and when it is written, are not
    /// hidden. Each page carries a checksum made with the key, so whoever changes one is noticed; whoever puts an older copy of the whole file
    /// back is not.
    #[cfg(feature = "encryption")]
    pub fn key(mut self, key: Key) -> Self {
        self.key = Some(key);
        self
    }

    /// Whether the book is encrypted.
    #[cfg(feature = "encryption")]
    pub(crate) const fn is_encrypted(&self) -> bool {
        self.key.is_some()
    }

    #[cfg(not(feature = "encryption"))]
    #[allow(clippy::unused_self)] // as with the feature
    pub(crate) const fn is_encrypted(&self) -> bool {
        false
    }

    /// Opens the book at `path`. If another release of the library made its search keys, it begins to make them anew: at once for
    /// a book of less than a thousand contacts, else see [`Store::maintain`].
    ///
    /// # Errors
    /// [`Error::NoBook`] if there is none and none may be made, [`Error::NotABook`], [`Error::TooNew`], [`Error::Unreleased`] or
    /// [`Error::Damaged`] if the file cannot be used, [`Error::WrongKey`] or [`Error::NotEncrypted`] if the key does not fit it (its bytes
    /// stay as they are), [`Error::Busy`] if another process holds
    /// it too long, [`Error::OldSqlite`], [`Error::BadOption`].
    pub fn open(self, path: impl AsRef<Path>) -> Result<Store> {
        self.check()?;
        Store::with_file(path.as_ref(), self)
    }

    /// Opens an empty book that lives in memory and is gone with the store. It has one connection: a reader waits for
    /// the writer. It takes no key.
    ///
    /// # Errors
    /// [`Error::OldSqlite`], [`Error::BadOption`].
    pub fn open_in_memory(self) -> Result<Store> {
        self.check()?;
        Store::in_memory(self)
    }

    pub(crate) fn check(&self) -> Result<()> {
        #[cfg(feature = "encryption")]
        self.key.iter().try_for_each(Key::check)?;
        if self.poll_interval.is_zero() {
            return Err(Error::BadOption {
                option: "poll_interval",
                problem: "must be above zero".to_owned(),
            });
        }
        if (1..=64).contains(&self.readers) {
            return Ok(());
        }
        Err(Error::BadOption { option: "readers", problem: "must be between 1 and 64".to_owned() })
    }
}
