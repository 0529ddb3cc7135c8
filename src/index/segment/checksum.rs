//! The checksum at the end of each part of a segment: a CRC-32 of what the part is, and of its bytes.
//!
//! It covers the nonce of the segment (8 bytes), the kind of the part (1), its number (4), all little-endian, and then the body. So
//! the part of another segment, or another part of the same one, does not pass for this part.

use crate::error::Error;

/// The kind of a part, as its checksum contains it. Stored: numbers never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PartLabelKind {
    Block = 0,
    TermIndexPiece = 1,
    DictionarySet = 2,
    TermIndexRoot = 3,
    DictionaryRoot = 4,
    PendingSeparators = 5,
}

/// What a part is. Also its key in the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PartLabel {
    /// The random number of the segment.
    pub(crate) nonce: i64,
    pub(crate) kind: PartLabelKind,
    /// The number among the parts of its kind; 0 if there is only one.
    pub(crate) number: u32,
}

impl PartLabel {
    /// Appends the checksum of a body.
    pub(crate) fn append_checksum(self, body: &mut Vec<u8>) {
        let checksum = self.checksum(body);
        body.extend_from_slice(&checksum.to_le_bytes());
    }

    /// Verifies the checksum at the end of a body, and removes it.
    ///
    /// # Errors
    /// [`Error::Damaged`] if the body is not what was written.
    pub(crate) fn strip_checksum(self, mut body: Vec<u8>) -> Result<Vec<u8>, Error> {
        let stored = body.split_last_chunk::<4>();
        let length = stored.filter(|(rest, stored)| self.checksum(rest) == u32::from_le_bytes(**stored));
        let length = length.map(|(rest, _)| rest.len()).ok_or_else(|| self.damaged())?;
        body.truncate(length);
        Ok(body)
    }

    /// The error for a part that is not what was written.
    pub(crate) fn damaged(self) -> Error {
        let what = match self.kind {
            PartLabelKind::Block => "a block of the search index",
            PartLabelKind::DictionarySet | PartLabelKind::DictionaryRoot => {
                "a word dictionary of the search index"
            }
            PartLabelKind::TermIndexPiece
            | PartLabelKind::TermIndexRoot
            | PartLabelKind::PendingSeparators => "a term index of the search index",
        };
        Error::Damaged { what, source: None }
    }

    fn checksum(self, body: &[u8]) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&self.nonce.to_le_bytes());
        hasher.update(&[self.kind as u8]);
        hasher.update(&self.number.to_le_bytes());
        hasher.update(body);
        hasher.finalize()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_detects_flipped_bits_truncation_and_other_labels() {
        let label = PartLabel { nonce: -7, kind: PartLabelKind::Block, number: 3 };
        let mut sealed = b"some bytes".to_vec();
        label.append_checksum(&mut sealed);
        assert_eq!(label.strip_checksum(sealed.clone()).unwrap(), b"some bytes");
        for bit in 0..sealed.len() * 8 {
            let mut body = sealed.clone();
            body[bit / 8] ^= 1 << (bit % 8);
            assert!(label.strip_checksum(body).is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(label.strip_checksum(sealed[..length].to_vec()).is_err(), "cut at {length}");
        }
        for other in [
            PartLabel { nonce: 7, ..label },
            PartLabel { number: 4, ..label },
            PartLabel { kind: PartLabelKind::DictionarySet, ..label },
        ] {
            assert!(other.strip_checksum(sealed.clone()).is_err(), "{other:?}");
        }
    }
}
