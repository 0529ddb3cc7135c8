//! A book that is encrypted with another key.

use std::path::Path;

use crate::db;
use crate::db::connection::config::Config;
use crate::error::{Error, Result};
use crate::host::encryption_key::EncryptionKey;
use crate::options::Options;

impl Options {
    /// Encrypts the encrypted book at `path` with another key, in its place. Nobody may have it open meanwhile, in this process or another.
    /// It is one transaction through the log: whatever happens, the book has the old key or the new one, whole. It takes as long as
    /// a copy and as much room again.
    ///
    /// Copies made before keep the key they have. Pages as they were under the old key may linger where the disk had them: if that key is
    /// known to others, treat what the book said then as known to them.
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
    /// [`Error::Busy`](crate::Error::Busy) if somebody has the book open; [`Error::BadOption`](crate::Error::BadOption) without a key of
    /// these options, or if the new one cannot be used; [`Error::ReadOnly`](crate::Error::ReadOnly);
    /// [`Error::DiskFull`](crate::Error::DiskFull); those of [`Options::open`]. The book has the key it had.
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
