//! The options that connections use.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::host::clock::{Clock, SystemClock};
#[cfg(feature = "encryption")]
use crate::host::encryption_key::EncryptionKey;
use crate::host::maintenance_watch::MaintenanceWatch;
use crate::host::random::{NonceSource, random_seed};
use crate::host::tuning::Tuning;

/// Where a store is.
#[derive(Debug, Clone)]
pub(crate) enum StoreLocation {
    File(PathBuf),
    Memory,
}

/// When a committed write is on the disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Durability {
    /// A write returns after its log is flushed. It survives a power loss (`synchronous=FULL`).
    #[default]
    Commit,
    /// The log is flushed at checkpoints. A write survives a crash of the process. A power loss may undo the newest writes, but never
    /// an older write without all newer ones. It never damages the file (`synchronous=NORMAL`).
    Checkpoint,
}

/// The options of connections. `options.rs` has the public setters with their documentation.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) durability: Durability,
    pub(crate) busy_timeout: Duration,
    pub(crate) page_cache: usize,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) read_only: bool,
    pub(crate) create: bool,
    pub(crate) secure_delete: bool,
    pub(crate) tuning: Tuning,
    /// The interrupt, the deadline and the progress function of maintenance.
    pub(crate) watch: MaintenanceWatch,
    /// Numbers for new segments. All connections of a store share them.
    pub(crate) nonces: Arc<NonceSource>,
    #[cfg(feature = "encryption")]
    pub(crate) encryption_key: Option<EncryptionKey>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            durability: Durability::Commit,
            busy_timeout: Duration::from_secs(5),
            page_cache: 8 << 20,
            clock: Arc::new(SystemClock),
            read_only: false,
            create: true,
            secure_delete: false,
            tuning: Tuning::standard(),
            watch: MaintenanceWatch::default(),
            nonces: Arc::new(NonceSource::new(random_seed())),
            #[cfg(feature = "encryption")]
            encryption_key: None,
        }
    }
}

impl Config {
    /// Whether the store is encrypted.
    #[cfg(feature = "encryption")]
    pub(crate) const fn is_encrypted(&self) -> bool {
        self.encryption_key.is_some()
    }

    #[cfg(not(feature = "encryption"))]
    #[allow(clippy::unused_self)] // same signature as with the feature
    pub(crate) const fn is_encrypted(&self) -> bool {
        false
    }
}
