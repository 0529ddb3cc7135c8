//! Cursors: where a page ends, as opaque text. It is bound to its query and has a checksum.
//!
//! | bytes | content |
//! | --- | --- |
//! | 1 | version |
//! | 1 | direction: 0 after, 1 before |
//! | 8 | fingerprint of the query, little-endian |
//! | … | key of the last item |
//! | 4 | CRC-32 of all bytes before it, little-endian |
//!
//! The text is these bytes in base64url without padding (RFC 4648, section 5).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{Error, Result};
use crate::model::limits;

const VERSION: u8 = 1;
const HEADER_LEN: usize = 10;

/// A position in a list or in the hits of a search: the last item of a page.
///
/// It stays valid across restarts, processes and writes. A contact that exists unchanged during a whole walk is returned exactly
/// once. A cursor belongs to its query (text, filters, scope, order, book); any other query rejects it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Cursor(String);

impl fmt::Debug for Cursor {
    /// Without the text: it may contain a name, encoded in base64.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cursor").finish_non_exhaustive()
    }
}

impl Cursor {
    /// A cursor for a key and a query.
    pub(crate) fn encode(fingerprint: u64, before: bool, key: &[u8]) -> Self {
        let mut bytes = vec![VERSION, u8::from(before)];
        bytes.extend_from_slice(&fingerprint.to_le_bytes());
        bytes.extend_from_slice(key);
        bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The key of the last item.
    ///
    /// # Errors
    /// [`Error::BadCursor`] if the text is damaged; [`Error::CursorMismatch`] if it is a cursor of another query or direction.
    pub(crate) fn decode(&self, fingerprint: u64, before: bool) -> Result<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).map_err(|_| Error::BadCursor)?;
        let (body, checksum) = bytes.split_last_chunk::<4>().ok_or(Error::BadCursor)?;
        if crc32fast::hash(body) != u32::from_le_bytes(*checksum) {
            return Err(Error::BadCursor);
        }
        let (header, key) = body.split_at_checked(HEADER_LEN).ok_or(Error::BadCursor)?;
        let [VERSION, direction, own_fingerprint @ ..] = header else { return Err(Error::BadCursor) };
        if *own_fingerprint != fingerprint.to_le_bytes() || *direction != u8::from(before) {
            return Err(Error::CursorMismatch);
        }
        Ok(key.to_vec())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Cursor {
    type Err = Error;

    /// Parses the text of a cursor. Its checksum and its query are verified when it is used.
    ///
    /// # Errors
    /// [`Error::BadCursor`] for an empty or too long text, or one with characters that are not base64url.
    fn from_str(text: &str) -> Result<Self> {
        let is_base64url = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if text.is_empty() || text.len() > limits::CURSOR || !text.bytes().all(is_base64url) {
            return Err(Error::BadCursor);
        }
        Ok(Self(text.to_owned()))
    }
}

impl serde::Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Cursor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Identifies a query: FNV-1a over everything that decides which items are returned in which order.
///
/// It is part of cursors that users store, so it must not change with the compiler, as the hashes of the standard library may.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QueryFingerprint(u64);

impl QueryFingerprint {
    pub(crate) fn new(kind: &str) -> Self {
        Self(0xCBF2_9CE4_8422_2325).add_text(kind)
    }

    /// Adds the eight bytes of a number.
    pub(crate) fn add_number(self, number: i64) -> Self {
        number.to_le_bytes().into_iter().fold(self, Self::add_byte)
    }

    /// Adds a text and an end mark.
    pub(crate) fn add_text(self, text: &str) -> Self {
        text.bytes().fold(self, Self::add_byte).add_byte(0xFF) // 0xFF occurs in no UTF-8 text, so "ab" + "c" differs from "a" + "bc"
    }

    fn add_byte(self, byte: u8) -> Self {
        Self((self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3))
    }

    pub(crate) fn finish(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cursor_decodes_for_its_own_query_only() {
        let cursor = Cursor::encode(7, false, b"key");
        assert_eq!(cursor.decode(7, false).unwrap(), b"key");
        assert_eq!(cursor.decode(8, false).unwrap_err().code(), "cursor-mismatch");
        assert_eq!(cursor.decode(7, true).unwrap_err().code(), "cursor-mismatch");
        assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
    }

    #[test]
    fn every_changed_character_is_detected() {
        let cursor = Cursor::encode(7, true, b"some key");
        for at in 0..cursor.as_str().len() {
            for other in ['A', 'B', '-', '9'] {
                let mut text: Vec<char> = cursor.as_str().chars().collect();
                if text[at] == other {
                    continue;
                }
                text[at] = other;
                let text: String = text.into_iter().collect();
                let decoded = text.parse::<Cursor>().and_then(|cursor| cursor.decode(7, true));
                // The last character has unused bits; a strict decoder rejects them too.
                assert_eq!(decoded.unwrap_err().code(), "bad-cursor", "{at} {other}");
            }
        }
        for text in ["", "=", "a b", "ä", &"A".repeat(limits::CURSOR + 1)] {
            assert_eq!(text.parse::<Cursor>().unwrap_err().code(), "bad-cursor");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_decode_panic(text in ".*") {
            if let Ok(cursor) = text.parse::<Cursor>() {
                let _ = cursor.decode(1, false);
            }
        }
    }
}
