//! The key of an encrypted book.

use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::error::{Error, Result};

/// The key of an encrypted book: a passphrase, or 32 bytes. Its `Debug` does not show the key.
///
/// ```
/// use cardex::{EncryptionKey, Options};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("book.cardex");
/// drop(Options::new().encryption_key(EncryptionKey::passphrase("correct horse")).open(&path)?);
/// assert_eq!(Options::new().encryption_key(EncryptionKey::passphrase("battery")).open(&path).unwrap_err().code(), "wrong-key");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct EncryptionKey(Arc<Secret>);

#[derive(PartialEq, Eq)]
enum Secret {
    Passphrase(String),
    Raw([u8; 32]),
}

/// Bytes as a blob literal for SQLCipher.
pub(crate) fn hex_literal(bytes: &[u8]) -> String {
    let mut text = String::from("x'");
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text.push('\'');
    text
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncryptionKey(..)")
    }
}

impl EncryptionKey {
    /// A key derived from a text by 256,000 rounds of PBKDF2. This makes guessing slow; each connection takes some tenths of a second
    /// to open. The text has 1 to 1,000 bytes, none of them zero.
    pub fn passphrase(text: impl Into<String>) -> Self {
        Self(Arc::new(Secret::Passphrase(text.into())))
    }

    /// The raw key, for example from the key chain of the system. It must come from a random source, not from a text.
    #[must_use]
    pub fn raw(bytes: [u8; 32]) -> Self {
        Self(Arc::new(Secret::Raw(bytes)))
    }

    /// The value for `PRAGMA key`.
    pub(crate) fn pragma_value(&self) -> String {
        match &*self.0 {
            Secret::Passphrase(text) => text.clone(),
            Secret::Raw(bytes) => hex_literal(bytes),
        }
    }

    /// Checks the passphrase.
    ///
    /// # Errors
    /// [`Error::BadOption`] if it is empty, too long, has a zero byte, or looks like a raw key.
    pub(crate) fn check(&self) -> Result<()> {
        let reason = match &*self.0 {
            Secret::Passphrase(text) if text.is_empty() || text.len() > 1_000 => "must have 1 to 1,000 bytes",
            Secret::Passphrase(text) if text.contains('\0') => "must have no zero byte",
            // SQLCipher treats this form as a raw key, not as a passphrase.
            Secret::Passphrase(text) if text.starts_with("x'") && text.ends_with('\'') => {
                "must not have the form of a raw key"
            }
            _ => return Ok(()),
        };
        Err(Error::BadOption { option: "key", reason: reason.to_owned() })
    }
}
