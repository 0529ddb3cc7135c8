//! The key of a book that encrypts and authenticates cursors.
//!
//! | bytes | content |
//! | --- | --- |
//! | 12 | nonce: keyed `BLAKE2b` of the padded text |
//! | a multiple of 64 | the padded text, encrypted by `ChaCha20` |
//! | 16 | the tag of Poly1305 |
//!
//! The nonce is computed from the text. So equal positions give equal cursors, and no nonce is used for two texts. The padding hides
//! the length of a name.

use std::fmt;

use cryptoxide::chacha20poly1305::ChaCha20Poly1305;
use cryptoxide::hashing::blake2b::Blake2b;

use crate::error::{Error, Result};
use crate::host::random::NonceSource;

/// Bytes of the stored key.
pub(crate) const KEY_LENGTH: usize = 32;

const NONCE_LENGTH: usize = 12;
const TAG_LENGTH: usize = 16;

/// Encrypted texts have a multiple of so many bytes.
const PADDING: usize = 64;

/// The first byte of the padding. Zeros follow it.
const PADDING_START: u8 = 0x80;

/// Makes the key of a new book: from the operating system, or from a seed.
///
/// # Errors
/// [`Error::Io`] if the operating system has no randomness.
pub(crate) fn generate(seed: Option<u64>) -> Result<[u8; KEY_LENGTH]> {
    let mut key = [0; KEY_LENGTH];
    match seed {
        Some(seed) => {
            let source = NonceSource::new(seed);
            for part in key.chunks_exact_mut(8) {
                part.copy_from_slice(&source.next().to_le_bytes());
            }
        }
        None => getrandom::fill(&mut key).map_err(|error| Error::Io(error.into()))?,
    }
    Ok(key)
}

/// Encrypts and decrypts the positions in cursors.
pub(crate) struct CursorKey {
    encryption: [u8; 32],
    nonces: [u8; 32],
}

impl fmt::Debug for CursorKey {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CursorKey").finish_non_exhaustive()
    }
}

impl CursorKey {
    /// The key that a book has stored.
    pub(crate) fn new(stored: &[u8; KEY_LENGTH]) -> Self {
        let derive = |purpose: &[u8]| Blake2b::<256>::new_keyed(stored).update(purpose).finalize();
        Self { encryption: derive(b"cardex cursor encryption"), nonces: derive(b"cardex cursor nonce") }
    }

    /// Encrypts a text.
    pub(crate) fn seal(&self, text: &[u8]) -> Vec<u8> {
        let padded_length = text.len().saturating_add(1).next_multiple_of(PADDING);
        let mut padded = text.to_vec();
        padded.push(PADDING_START);
        padded.resize(padded_length, 0);
        let hash = Blake2b::<256>::new_keyed(&self.nonces).update(&padded).finalize();
        let mut nonce = [0; NONCE_LENGTH];
        nonce.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        let mut encrypted = vec![0; padded_length];
        let mut tag = [0; TAG_LENGTH];
        ChaCha20Poly1305::new(&self.encryption, &nonce, &[]).encrypt(&padded, &mut encrypted, &mut tag);
        [&nonce[..], &encrypted, &tag].concat()
    }

    /// The text of [`CursorKey::seal`]; `None` if another key made it, or if it was changed.
    pub(crate) fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LENGTH>()?;
        let (encrypted, tag) = rest.split_last_chunk::<TAG_LENGTH>()?;
        let mut text = vec![0; encrypted.len()];
        if !ChaCha20Poly1305::new(&self.encryption, nonce, &[]).decrypt(encrypted, &mut text, tag) {
            return None;
        }
        while text.pop()? != PADDING_START {}
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(seed: u64) -> CursorKey {
        CursorKey::new(&generate(Some(seed)).unwrap())
    }

    #[test]
    fn keys_are_random_unless_there_is_a_seed() {
        assert_ne!(generate(None).unwrap(), generate(None).unwrap());
        assert_eq!(generate(Some(1)).unwrap(), generate(Some(1)).unwrap());
        assert_ne!(generate(Some(1)).unwrap(), generate(Some(2)).unwrap());
    }

    #[test]
    fn the_length_is_that_of_the_padding_only() {
        let key = key(1);
        let length = |bytes| key.seal(&vec![7; bytes]).len();
        assert_eq!((length(0), length(63)), (92, 92));
        assert_eq!((length(64), length(127)), (156, 156));
    }

    #[test]
    fn nothing_of_the_text_is_visible() {
        let sealed = key(1).seal(b"secretsecretsecretsecret");
        assert!(!sealed.windows(3).any(|part| part == b"sec"));
        assert_ne!(key(1).seal(b"a"), key(1).seal(b"b"));
        assert_ne!(key(1).seal(b"a"), key(2).seal(b"a"));
    }

    proptest! {
        #[test]
        fn a_text_is_read_with_its_own_key_only(text in prop::collection::vec(any::<u8>(), 0..300), bit in any::<usize>()) {
            let mut sealed = key(1).seal(&text);
            prop_assert_eq!(key(1).open(&sealed), Some(text));
            prop_assert_eq!(key(2).open(&sealed), None);
            let bit = bit.checked_rem(sealed.len() << 3).unwrap();
            sealed[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(key(1).open(&sealed), None);
            prop_assert_eq!(key(1).open(&sealed[..bit / 8]), None);
        }
    }
}
