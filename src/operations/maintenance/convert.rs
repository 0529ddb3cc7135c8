//! Encrypts a plain store, and decrypts an encrypted one.

use std::path::Path;

use crate::db::connection::config::Config;
use crate::db::connection::convert::convert;
use crate::error::{Error, Result};
use crate::host::encryption_key::EncryptionKey;
use crate::options::Options;

impl Options {
    /// Encrypts the plain store at `path`. No process may have it open. A copy is made beside the store, compared with
    /// it table by table, flushed, and then takes its name. Everything stays the same: ids, times, lists, the search
    /// index. A crash or a power loss leaves the plain store or the encrypted one, each complete. The call needs as
    /// much space as a copy. A process that is killed can leave a partial file (`NAME.RANDOM.part`); remove it.
    ///
    /// The disk can still contain the plain pages, and so can earlier copies and other hard links to the file.
    ///
    /// ```
    /// use cardex::{Actor, EncryptionKey, Network, NewContact, Options, Store};
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("book.cardex");
    /// let id = Store::open(&path)?.session(Actor::System).add(NewContact::new(Network::SMS_DIRECT, "John", "Doe"))?.id;
    /// let key = EncryptionKey::raw([7; 32]);
    /// Options::new().encrypt(&path, &key)?;
    /// assert_eq!(Store::open(&path).unwrap_err().code(), "not-a-book");
    /// let store = Options::new().encryption_key(key).open(&path)?;
    /// assert_eq!(store.session(Actor::System).get(id)?.map(|john| john.first_name).as_deref(), Some("John"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Busy`](crate::Error::Busy) if the store is open elsewhere;
    /// [`Error::BadOption`](crate::Error::BadOption) if the key is invalid, or if these options have a key: an encrypted
    /// store gets another key by [`Options::change_key`];
    /// [`Error::ReadOnly`](crate::Error::ReadOnly); [`Error::DiskFull`](crate::Error::DiskFull); the errors of
    /// [`Options::open`]. After an error the store is plain. Only if the last flush of the folder fails, it can be
    /// encrypted.
    pub fn encrypt(self, path: impl AsRef<Path>, key: &EncryptionKey) -> Result<()> {
        key.check()?;
        if self.db.is_encrypted() {
            let problem = "the book to encrypt must have no key".to_owned();
            return Err(Error::BadOption { option: "key", reason: problem });
        }
        self.convert_at(path.as_ref(), Some(key))
    }

    /// Decrypts the encrypted store at `path`, whose key these options have. Everything else is as in
    /// [`Options::encrypt`].
    ///
    /// ```
    /// use cardex::{EncryptionKey, Options, Store};
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("book.cardex");
    /// let options = Options::new().encryption_key(EncryptionKey::raw([7; 32]));
    /// drop(options.clone().open(&path)?);
    /// options.decrypt(&path)?;
    /// assert!(Store::open(&path).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BadOption`](crate::Error::BadOption) without a key; otherwise as [`Options::encrypt`]. After an error the
    /// store is encrypted. Only if the last flush of the folder fails, it can be plain.
    pub fn decrypt(self, path: impl AsRef<Path>) -> Result<()> {
        if !self.db.is_encrypted() {
            let problem = "the key that the book has is needed".to_owned();
            return Err(Error::BadOption { option: "key", reason: problem });
        }
        self.convert_at(path.as_ref(), None)
    }

    fn convert_at(self, path: &Path, key: Option<&EncryptionKey>) -> Result<()> {
        self.check()?;
        if self.db.read_only {
            return Err(Error::ReadOnly);
        }
        convert(path, &Config { create: false, ..self.db }, key)
    }
}
