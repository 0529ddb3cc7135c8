//! The format of a memtable log row: changes of the keys of one contact.
//!
//! A row stores each term once for all of its scopes. Scopes: the scope prefix of a key, seven bytes each. Terms: term field
//! (1 byte), live (1), `dedup_prefix_len` (1), length (2, little-endian), bytes.

use crate::db::Scope;
use crate::db::index::index_store;
use crate::error::{Error, Result};
use crate::index::analyzer::Term;
use crate::index::index_key::{IndexKey, KEY_PREFIX_LEN, TermField};
use crate::index::segment::posting::Posting;

/// A term that a contact gets or loses.
#[derive(Debug)]
pub(crate) struct LogEntry<'t> {
    field: TermField,
    live: bool,
    dedup_prefix_len: u8,
    text: &'t str,
}

impl<'t> LogEntry<'t> {
    /// The term is new.
    pub(crate) fn live(term: &'t Term) -> Self {
        Self { field: term.field, live: true, dedup_prefix_len: term.dedup_prefix_len, text: &term.text }
    }

    /// The term is gone.
    pub(crate) fn tombstone(term: &'t Term) -> Self {
        Self { field: term.field, live: false, dedup_prefix_len: 0, text: &term.text }
    }

    pub(crate) fn field(&self) -> TermField {
        self.field
    }
}

/// The scopes column of a row.
pub(crate) fn encode_scopes(scopes: &[Scope]) -> Vec<u8> {
    scopes.iter().flat_map(|scope| IndexKey::scope_prefix(*scope)).collect()
}

/// The terms column of a row.
pub(crate) fn encode_terms(entries: &[&LogEntry<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend_from_slice(&[entry.field.number(), u8::from(entry.live), entry.dedup_prefix_len]);
        // A term has at most `limits::INDEX_KEY_BYTES` bytes.
        bytes.extend_from_slice(&u16::try_from(entry.text.len()).unwrap_or(u16::MAX).to_le_bytes());
        bytes.extend_from_slice(entry.text.as_bytes());
    }
    bytes
}

/// Calls `each` with every key of a row.
///
/// # Errors
/// [`Error::Damaged`] if the row is not what was written.
pub(crate) fn for_each_key(
    row: &index_store::MemtableLogRow,
    mut each: impl FnMut(Vec<u8>, Posting),
) -> Result<()> {
    let damaged = || Error::Damaged { what: "a key in the memtable log of the search index", source: None };
    if !row.scopes.len().is_multiple_of(KEY_PREFIX_LEN - 1) {
        return Err(damaged());
    }
    let mut rest = row.entries.as_slice();
    while let Some(([field, live, dedup, low, high], after)) = rest.split_first_chunk::<5>() {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let (text, after) = after.split_at_checked(length).ok_or_else(damaged)?;
        for scope in row.scopes.chunks(KEY_PREFIX_LEN - 1) {
            let key = [scope, &[*field], text].concat();
            each(key, Posting { contact: row.contact, live: *live == 1, dedup_prefix_len: *dedup });
        }
        rest = after;
    }
    if rest.is_empty() { Ok(()) } else { Err(damaged()) }
}
