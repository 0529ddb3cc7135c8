//! How a book is opened.

use std::sync::Arc;
use std::time::Duration;

use crate::db::connection::config::{Config, Durability};
use crate::error::{Error, Result};
use crate::host::clock::Clock;
#[cfg(feature = "encryption")]
use crate::host::encryption_key::EncryptionKey;
use crate::host::tuning::Tuning;
use crate::model::DEFAULT_LANGUAGES;

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
    /// What a connection needs.
    pub(crate) db: Config,
    pub(crate) readers: usize,
    pub(crate) block_cache: usize,
    pub(crate) region: Option<String>,
    pub(crate) locale: Option<String>,
    pub(crate) languages: Arc<[String]>,
    pub(crate) id_seed: Option<u64>,
    pub(crate) poll_interval: Duration,
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
            db: Config::default(),
            readers: 4,
            block_cache: 32 << 20,
            region: None,
            locale: None,
            languages: DEFAULT_LANGUAGES.map(str::to_owned).into(),
            id_seed: None,
            poll_interval: Duration::from_millis(200),
        }
    }

    /// When a write counts as done.
    pub const fn durability(mut self, durability: Durability) -> Self {
        self.db.durability = durability;
        self
    }

    /// How long a write waits for another writer, and a read for a free connection, before [`Error::Busy`].
    pub const fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.db.busy_timeout = timeout;
        self
    }

    /// How many threads may read at once, 1 to 64. Connections are opened when first needed.
    pub const fn readers(mut self, connections: usize) -> Self {
        self.readers = connections;
        self
    }

    /// Bytes of database pages each connection keeps in memory.
    pub const fn page_cache(mut self, bytes: usize) -> Self {
        self.db.page_cache = bytes;
        self
    }

    /// Bytes of search parts kept in memory, for all connections together. A part is about a megabyte; the one in use
    /// is always kept.
    pub const fn block_cache(mut self, bytes: usize) -> Self {
        self.block_cache = bytes;
        self
    }

    /// The country (ISO 3166, two letters) of phone numbers written without one.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// The language (BCP 47) whose order lists are in. A book keeps the one it was made with. Opening it with another one,
    /// able to write, begins to make that order beside the old one, which goes on answering until the new one is whole: at
    /// once for a book of less than a thousand contacts, else by [`Store::maintain`](crate::Store::maintain) and, bit by bit, by every write.
    /// Cursors of lists in the old order are refused from then on.
    pub fn locale(mut self, locale: impl Into<String>) -> Self {
        self.locale = Some(locale.into());
        self
    }

    /// The preferred languages that an onboarding may name; without this, 71 names such as `JAPANESE` and `CHINESE_HKG`.
    /// Other ways of adding and editing contacts take any text.
    pub fn languages<T: Into<String>>(mut self, id_cache: impl IntoIterator<Item = T>) -> Self {
        self.languages = id_cache.into_iter().map(Into::into).collect();
        self
    }

    /// The source of "now".
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.db.clock = Arc::new(clock);
        self
    }

    /// Makes the ids of new records and the codes of invitations reproducible, together with a fixed clock: for tests.
    /// Without it they are random.
    pub const fn id_seed(mut self, seed: u64) -> Self {
        self.id_seed = Some(seed);
        self
    }

    /// The sizes that the engine works with: for tests.
    #[doc(hidden)]
    pub const fn tuning(mut self, tuning: Tuning) -> Self {
        self.db.tuning = tuning;
        self
    }

    /// Refuses every write.
    pub const fn read_only(mut self, yes: bool) -> Self {
        self.db.read_only = yes;
        self
    }

    /// Whether a missing file is made (it is, by default).
    pub const fn create(mut self, yes: bool) -> Self {
        self.db.create = yes;
        self
    }

    /// Whether what is deleted or replaced is overwritten in the file at once, by every write of this store; it is not without
    /// this. It costs writes some more pages. [`Store::erase_deleted_data`](crate::Store::erase_deleted_data) then lets go of what the search index still holds. What was
    /// deleted by a store without it may linger in free pages.
    pub const fn secure_delete(mut self, yes: bool) -> Self {
        self.db.secure_delete = yes;
        self
    }

    /// How often a waiting [`Subscription`](crate::changes::Subscription) looks whether another process has written; 200 ms without this.
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
    pub fn encryption_key(mut self, key: EncryptionKey) -> Self {
        self.db.encryption_key = Some(key);
        self
    }

    pub(crate) fn check(&self) -> Result<()> {
        #[cfg(feature = "encryption")]
        self.db.encryption_key.iter().try_for_each(EncryptionKey::check)?;
        if self.poll_interval.is_zero() {
            return Err(Error::BadOption {
                option: "poll_interval",
                reason: "must be above zero".to_owned(),
            });
        }
        if (1..=64).contains(&self.readers) {
            return Ok(());
        }
        Err(Error::BadOption { option: "readers", reason: "must be between 1 and 64".to_owned() })
    }
}
