//! The options of opening a store.

use std::sync::Arc;
use std::time::Duration;

use crate::db::connection::config::{Config, Durability};
use crate::error::{Error, Result};
use crate::host::clock::Clock;
#[cfg(feature = "encryption")]
use crate::host::encryption_key::EncryptionKey;
use crate::host::interrupt::Interrupt;
use crate::host::maintenance_watch::MaintenanceProgress;
use crate::host::random::NonceSource;
use crate::host::tuning::Tuning;
use crate::model::DEFAULT_LANGUAGES;

/// The options of opening a store: a value with setters that consume it.
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
    /// The configuration of connections.
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
    /// The defaults: durable writes, a busy timeout of 5 seconds, 4 reader connections with 8 MiB of pages each, 32 MiB
    /// of search blocks, no region, the stored locale, the system clock, and creation of a missing file.
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

    /// Sets when a write counts as committed.
    pub const fn durability(mut self, durability: Durability) -> Self {
        self.db.durability = durability;
        self
    }

    /// How long a write waits for another writer, and a read for a free connection, before [`Error::Busy`].
    pub const fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.db.busy_timeout = timeout;
        self
    }

    /// Sets how many threads may read at the same time, 1 to 64. Connections are opened on first use.
    pub const fn readers(mut self, connections: usize) -> Self {
        self.readers = connections;
        self
    }

    /// Sets the bytes of database pages that each connection caches. A transaction of an import caches at least 64 MiB.
    pub const fn page_cache(mut self, bytes: usize) -> Self {
        self.db.page_cache = bytes;
        self
    }

    /// Sets the bytes of search blocks that all connections together cache. The blocks of the current call always stay
    /// in memory.
    pub const fn block_cache(mut self, bytes: usize) -> Self {
        self.block_cache = bytes;
        self
    }

    /// The country (ISO 3166, two letters) of phone numbers written without one.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Sets the locale (BCP 47) that defines the order of lists. A store keeps the locale with which it was created. If
    /// it is opened for writing with another locale, relocalizing starts. The old order answers until the new order is
    /// complete. A store of fewer than a thousand contacts is relocalized at once. For larger ones,
    /// [`Store::maintain`](crate::Store::maintain) and, in small steps, every write continue the work. List cursors of
    /// the old order are then refused.
    pub fn locale(mut self, locale: impl Into<String>) -> Self {
        self.locale = Some(locale.into());
        self
    }

    /// Sets the preferred languages that an onboarding may have. The default is 71 names such as `JAPANESE` and
    /// `CHINESE_HKG`. Other ways to add and edit contacts accept any text.
    pub fn languages<T: Into<String>>(mut self, id_cache: impl IntoIterator<Item = T>) -> Self {
        self.languages = id_cache.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the source of the current time.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.db.clock = Arc::new(clock);
        self
    }

    /// Makes ids of new records and invitation codes reproducible, together with a fixed clock. This is for tests:
    /// without it they are random.
    pub fn id_seed(mut self, seed: u64) -> Self {
        self.id_seed = Some(seed);
        self.db.nonces = Arc::new(NonceSource::new(seed));
        self
    }

    /// Sets the internal sizes of the engine, for tests.
    #[doc(hidden)]
    pub const fn tuning(mut self, tuning: Tuning) -> Self {
        self.db.tuning = tuning;
        self
    }

    /// Rejects every write.
    pub const fn read_only(mut self, yes: bool) -> Self {
        self.db.read_only = yes;
        self
    }

    /// Sets whether a missing file is created. The default is true.
    pub const fn create(mut self, yes: bool) -> Self {
        self.db.create = yes;
        self
    }

    /// Sets whether every write of this store overwrites deleted and replaced data in the file at once. The default is
    /// false. It makes each write slower by some pages. [`Store::erase_deleted_data`](crate::Store::erase_deleted_data)
    /// then removes the data from the search index too. Data that was deleted without this option can stay in free
    /// pages.
    pub const fn secure_delete(mut self, yes: bool) -> Self {
        self.db.secure_delete = yes;
        self
    }

    /// Lets `interrupt` stop maintenance: `check`, `optimize`, `vacuum`, `backup_to`, `prune_changes`, `rebuild_index`,
    /// `erase_deleted_data`, [`Options::recover`](crate::Options::recover), `encrypt` and `decrypt`. A stopped call changes nothing, or a part of
    /// which each step is complete; it can be repeated. Calls of sessions have their own interrupt:
    /// [`Session::interrupted_by`](crate::Session::interrupted_by).
    pub fn maintenance_interrupted_by(mut self, interrupt: &Interrupt) -> Self {
        self.db.watch.interrupt = Some(interrupt.clone());
        self
    }

    /// Sets the time limit of each call of maintenance; after it, [`Error::DeadlineExceeded`].
    pub const fn maintenance_deadline(mut self, limit: Duration) -> Self {
        self.db.watch.deadline = Some(limit);
        self
    }

    /// Sets a function that calls of maintenance tell how far they are, some times a second at most for each thousand
    /// contacts or four megabytes. It must return soon. `vacuum` reports nothing.
    pub fn on_progress(mut self, report: impl Fn(MaintenanceProgress) + Send + Sync + 'static) -> Self {
        self.db.watch.report = Some(Arc::new(report));
        self
    }

    /// Sets how often a waiting [`Subscription`](crate::changes::Subscription) checks for commits of other processes.
    /// The default is 200 ms. Each check reads two numbers. Writers of the same store wake the subscription at once.
    pub const fn poll_interval(mut self, interval: Duration) -> Self {
        self.poll_interval = interval;
        self
    }

    /// Sets the key that encrypts the file, its log and its copies. A new store gets this key; an existing store must
    /// have it. The key stays in memory as long as the store is open.
    ///
    /// The search index is in the same file, so it is encrypted too. The name, size and modification times of the file
    /// are not hidden. Each page has a checksum made with the key, so a changed page is detected. The replacement of
    /// the whole file by an older copy is not detected.
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
