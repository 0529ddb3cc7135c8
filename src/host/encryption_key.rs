//! What a book is encrypted with.

use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::error::{Error, Result};

/// What a book is encrypted with: a passphrase, or 32 bytes. It never prints itself.
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

/// Bytes as SQLCipher takes them.
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
        f.write_str("Key(..)")
    }
}

impl EncryptionKey {
    /// A text, from which the key is made by 256,000 rounds of PBKDF2: so that it cannot be tried out quickly, each connection takes
    /// some tenths of a second to open. One to 1,000 bytes, none of them zero.
    pub fn passphrase(text: impl Into<String>) -> Self {
        Self(Arc::new(Secret::Passphrase(text.into())))
    }

    /// The key itself, such as a system's key chain keeps it: from a random source, not from a text.
    #[must_use]
    pub fn raw(bytes: [u8; 32]) -> Self {
        Self(Arc::new(Secret::Raw(bytes)))
    }

    /// As SQLCipher takes it.
    pub(crate) fn pragma_value(&self) -> String {
        match &*self.0 {
            Secret::Passphrase(text) => text.clone(),
            Secret::Raw(bytes) => hex_literal(bytes),
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        let problem = match &*self.0 {
            Secret::Passphrase(text) if text.is_empty() || text.len() > 1_000 => "must have 1 to 1,000 bytes",
            Secret::Passphrase(text) if text.contains('\0') => "must have no zero byte",
            // SQLCipher would take these for a key, and not for a text to make one of.
            Secret::Passphrase(text) if text.starts_with("x'") && text.ends_with('\'') => {
                "must not be written as a raw key is"
            }
            _ => return Ok(()),
        };
        Err(Error::BadOption { option: "key", reason: problem.to_owned() })
    }
}
