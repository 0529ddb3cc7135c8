//! Changes the key of an encrypted store.

use std::path::Path;

use crate::db;
use crate::db::connection::config::Config;
use crate::error::{Error, Result};
use crate::host::encryption_key::EncryptionKey;
use crate::options::Options;

impl Options {
    /// Encrypts an encrypted store at `path` again with another key, in place. No process may have it open. One
    /// transaction does this, so the store has either the old key or the new key. It takes as long as a copy and needs
    /// as much space.
    ///
    /// Earlier copies keep their old key. The disk can still contain old pages. If others know the old key, treat the
    /// earlier contents as known to them.
    ///
    /// ```
    /// use cardex::{EncryptionKey, Options};
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("book.cardex");
    /// let (old, new) = (EncryptionKey::raw([1; 32]), EncryptionKey::raw([2; 32]));
    /// drop(Options::new().encryption_key(old.clone()).open(&path)?);
    /// Options::new().encryption_key(old).change_key(&path, &new)?;
    /// assert!(Options::new().encryption_key(new).open(&path).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Busy`](crate::Error::Busy) if the store is open elsewhere;
    /// [`Error::BadOption`](crate::Error::BadOption) without a key in these options, or if the new key is invalid;
    /// [`Error::ReadOnly`](crate::Error::ReadOnly); [`Error::DiskFull`](crate::Error::DiskFull); the errors of
    /// [`Options::open`]. After an error the store keeps its key.
    pub fn change_key(self, path: impl AsRef<Path>, new: &EncryptionKey) -> Result<()> {
        self.check()?;
        new.check()?;
        if !self.db.is_encrypted() {
            let problem = "the key that the book has is needed".to_owned();
            return Err(Error::BadOption { option: "key", reason: problem });
        }
        if self.db.read_only {
            return Err(Error::ReadOnly);
        }
        db::connection::rekey::change_key(path.as_ref(), &Config { create: false, ..self.db }, new)
    }
}
