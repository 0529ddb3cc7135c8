//! Cursors: where a page ends, as opaque text. It is bound to its query, encrypted and authenticated.
//!
//! | bytes | content |
//! | --- | --- |
//! | 1 | version |
//! | … | encrypted and authenticated with the key of the book: `engine/cursor_key.rs` |
//!
//! The encrypted text:
//!
//! | bytes | content |
//! | --- | --- |
//! | 1 | direction: 0 after, 1 before |
//! | 8 | fingerprint of the query, little-endian |
//! | … | key of the last item |
//!
//! The text of the cursor is these bytes in base64url without padding (RFC 4648, section 5).

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::engine::cursor_key::CursorKey;
use crate::error::{Error, Result};
use crate::model::limits;
use crate::model::serial::serialized_as_text;

const VERSION: u8 = 2;

/// A position in a list or in the hits of a search: the last item of a page.
///
/// It stays valid across restarts, processes and writes. A contact that exists unchanged during a whole walk is returned exactly
/// once. A cursor belongs to its query (text, filters, scope, order, book); any other query rejects it.
///
/// A cursor is encrypted and authenticated with a key of the book, so its holder learns nothing from it and cannot make one. It has at
/// most [`limits::CURSOR`](crate::limits::CURSOR) characters; a usual one has 124. A copy of the book has the same key, also after a
/// change of the encryption key, so cursors are valid in a restored copy. [`Options::recover`](crate::Options::recover) makes a new
/// key: cursors of the damaged book are then refused.
#[derive(Clone)]
pub struct Cursor(Form);

#[derive(Clone)]
enum Form {
    /// As a caller gave it.
    Text(String),
    /// Made by a query of this process.
    Position(Arc<Position>),
}

/// A position that is encrypted when somebody asks for its text. The next page needs only the position, and each page has two cursors.
struct Position {
    cursor_key: Arc<CursorKey>,
    /// Direction, fingerprint of the query, and key of the last item.
    plain: Vec<u8>,
    text: OnceLock<String>,
}

impl Position {
    fn text(&self) -> &str {
        self.text.get_or_init(|| {
            URL_SAFE_NO_PAD.encode([&[VERSION][..], &self.cursor_key.seal(&self.plain)].concat())
        })
    }
}

impl PartialEq for Cursor {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Cursor {}

impl Hash for Cursor {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for Cursor {
    /// Without the text: it gives access to a position.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cursor").finish_non_exhaustive()
    }
}

impl Cursor {
    /// A cursor for a key and a query.
    pub(crate) fn encode(query: BoundQuery<'_>, before: bool, key: &[u8]) -> Self {
        let plain = [&[u8::from(before)][..], &query.fingerprint.to_le_bytes(), key].concat();
        let position = Position { cursor_key: Arc::clone(query.cursor_key), plain, text: OnceLock::new() };
        Self(Form::Position(Arc::new(position)))
    }

    /// The key of the last item.
    ///
    /// # Errors
    /// [`Error::BadCursor`] if the text is damaged, or the cursor of another book; [`Error::CursorMismatch`] if it is a cursor of
    /// another query or direction.
    pub(crate) fn decode(&self, query: BoundQuery<'_>, before: bool) -> Result<Vec<u8>> {
        let plain = self.plain(query.cursor_key)?;
        let (direction, rest) = plain.split_first().ok_or(Error::BadCursor)?;
        let (fingerprint, key) = rest.split_first_chunk::<8>().ok_or(Error::BadCursor)?;
        if *fingerprint != query.fingerprint.to_le_bytes() || *direction != u8::from(before) {
            return Err(Error::CursorMismatch);
        }
        Ok(key.to_vec())
    }

    /// Direction, fingerprint of the query, and key of the last item.
    fn plain(&self, cursor_key: &Arc<CursorKey>) -> Result<Cow<'_, [u8]>> {
        match &self.0 {
            Form::Position(position) if Arc::ptr_eq(&position.cursor_key, cursor_key) => {
                Ok(Cow::Borrowed(&position.plain))
            }
            // Another store may have the same book open, so the text decides.
            Form::Position(_) | Form::Text(_) => {
                let bytes = URL_SAFE_NO_PAD.decode(self.as_str()).map_err(|_| Error::BadCursor)?;
                let Some((&VERSION, sealed)) = bytes.split_first() else { return Err(Error::BadCursor) };
                Ok(Cow::Owned(cursor_key.open(sealed).ok_or(Error::BadCursor)?))
            }
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Form::Text(text) => text,
            Form::Position(position) => position.text(),
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Cursor {
    type Err = Error;

    /// Parses the text of a cursor. Its authenticity and its query are verified when it is used.
    ///
    /// # Errors
    /// [`Error::BadCursor`] for an empty or too long text, or one with characters that are not base64url.
    fn from_str(text: &str) -> Result<Self> {
        let is_base64url = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if text.is_empty() || text.len() > limits::CURSOR || !text.bytes().all(is_base64url) {
            return Err(Error::BadCursor);
        }
        Ok(Self(Form::Text(text.to_owned())))
    }
}

serialized_as_text!(Cursor);

/// Identifies a query: FNV-1a over everything that decides which items are returned in which order.
///
/// It is part of cursors that users store, so it must not change with the compiler, as the hashes of the standard library may.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QueryFingerprint<'a> {
    cursor_key: &'a Arc<CursorKey>,
    fingerprint: u64,
}

/// A query and the key of its book: what a cursor is bound to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BoundQuery<'a> {
    cursor_key: &'a Arc<CursorKey>,
    fingerprint: u64,
}

impl<'a> QueryFingerprint<'a> {
    pub(crate) fn new(cursor_key: &'a Arc<CursorKey>, kind: &str) -> Self {
        Self { cursor_key, fingerprint: 0xCBF2_9CE4_8422_2325 }.add_text(kind)
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
        let fingerprint = (self.fingerprint ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        Self { fingerprint, ..self }
    }

    pub(crate) fn finish(self) -> BoundQuery<'a> {
        BoundQuery { cursor_key: self.cursor_key, fingerprint: self.fingerprint }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::cursor_key::generate;

    fn key(seed: u64) -> Arc<CursorKey> {
        Arc::new(CursorKey::new(&generate(Some(seed)).unwrap()))
    }

    #[test]
    fn a_cursor_decodes_for_its_own_query_only() {
        let key = key(1);
        let query = |fingerprint| BoundQuery { cursor_key: &key, fingerprint };
        let cursor = Cursor::encode(query(7), false, b"key");
        assert_eq!(cursor.decode(query(7), false).unwrap(), b"key");
        assert_eq!(cursor.decode(query(8), false).unwrap_err().code(), "cursor-mismatch");
        assert_eq!(cursor.decode(query(7), true).unwrap_err().code(), "cursor-mismatch");
        let text = cursor.to_string().parse::<Cursor>().unwrap();
        assert_eq!(text, cursor);
        assert_eq!(text.decode(query(7), false).unwrap(), b"key");
        assert_eq!(text.decode(query(8), false).unwrap_err().code(), "cursor-mismatch");
        let again = self::key(1);
        let reopened = BoundQuery { cursor_key: &again, fingerprint: 7 };
        assert_eq!(cursor.decode(reopened, false).unwrap(), b"key", "the same book, opened again");
        let other = self::key(2);
        let elsewhere = BoundQuery { cursor_key: &other, fingerprint: 7 };
        assert_eq!(cursor.decode(elsewhere, false).unwrap_err().code(), "bad-cursor", "another book");
    }

    #[test]
    fn every_changed_character_is_detected() {
        let key = key(1);
        let query = BoundQuery { cursor_key: &key, fingerprint: 7 };
        let cursor = Cursor::encode(query, true, b"some key");
        for at in 0..cursor.as_str().len() {
            for other in ['A', 'B', '-', '9'] {
                let mut text: Vec<char> = cursor.as_str().chars().collect();
                if text[at] == other {
                    continue;
                }
                text[at] = other;
                let text: String = text.into_iter().collect();
                let decoded = text.parse::<Cursor>().and_then(|cursor| cursor.decode(query, true));
                // The last character has unused bits; a strict decoder rejects them too.
                assert_eq!(decoded.unwrap_err().code(), "bad-cursor", "{at} {other}");
            }
        }
        for text in ["", "=", "a b", "ä", &"A".repeat(limits::CURSOR + 1)] {
            assert_eq!(text.parse::<Cursor>().unwrap_err().code(), "bad-cursor");
        }
    }

    /// The longest keys are those of searches: an index text with its position.
    #[test]
    fn the_longest_key_fits() {
        let key = key(1);
        let query = BoundQuery { cursor_key: &key, fingerprint: 7 };
        let longest = vec![b'a'; limits::INDEX_KEY_BYTES + 25];
        let cursor = Cursor::encode(query, true, &longest).to_string();
        assert_eq!(cursor.len(), 1_490);
        assert_eq!(cursor.parse::<Cursor>().unwrap().decode(query, true).unwrap(), longest);
        assert_eq!(Cursor::encode(query, true, b"a usual key").as_str().len(), 124);
    }

    proptest! {
        #[test]
        fn no_text_makes_decode_panic(text in ".*") {
            let key = key(1);
            if let Ok(cursor) = text.parse::<Cursor>() {
                let _ = cursor.decode(BoundQuery { cursor_key: &key, fingerprint: 1 }, false);
            }
        }
    }
}
