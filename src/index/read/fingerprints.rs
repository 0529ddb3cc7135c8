//! Fingerprints of keys, to compare the index with the rows.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::db::{Read, Scope};
use crate::error::Result;
use crate::index::analyzer::{ContactTerms, Term};
use crate::index::index_key::IndexKey;
use crate::index::key_range::{Direction, KeyRange};
use crate::index::read::merge_iterator::MergeIterator;
use crate::index::segment::block_cache::{BlockCache, BlockSource};
use crate::index::segment::index_state::IndexState;
use crate::index::segment::posting::Posting;
use crate::index::segment::word_dictionary::word_of;
use crate::model::Contact;

/// The fingerprint of each key that a contact must have in some scopes.
pub(crate) fn fingerprints(id: i64, contact: &Contact, scopes: &[Scope]) -> Vec<u64> {
    let terms = ContactTerms::analyze(contact);
    let of_scope = |scope: &Scope| {
        let of_term = |term: &Term| {
            let posting = Posting { contact: id, live: true, dedup_prefix_len: term.dedup_prefix_len };
            fingerprint(&IndexKey::encode(*scope, term.field, &term.text), posting)
        };
        let indexed = terms.0.iter().filter(|term| term.field.is_indexed_in(*scope));
        indexed.map(of_term).collect::<Vec<_>>()
    };
    scopes.iter().flat_map(of_scope).collect()
}

/// Calls `each` with the contact and the fingerprint of every live key of the index. A word that is missing in the dictionary
/// counts as missing: the fuzzy search does not find it.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) if a block cannot be read.
pub(crate) fn for_each_fingerprint(
    db: &Read<'_>,
    cache: &BlockCache,
    state: &IndexState,
    mut each: impl FnMut(i64, u64),
) -> Result<()> {
    let source = BlockSource { db, cache: Some(cache) };
    let mut merged =
        MergeIterator::new(source, state, &state.segments, KeyRange::ALL, None, Direction::Forward)?;
    let mut last_key = Vec::new();
    let mut is_covered = false;
    while let Some(posting) = merged.advance()? {
        let key = merged.key();
        if !posting.live {
            continue;
        }
        if key != last_key {
            last_key = key.to_vec();
            is_covered = is_in_dictionary(source, state, key)?;
        }
        // Words of the memtable need no dictionary.
        if is_covered || state.memtable.contains_key(&(key.to_vec(), posting.contact)) {
            each(posting.contact, fingerprint(key, posting));
        }
    }
    Ok(())
}

/// Whether a dictionary has the term of a key. Also true if the term is not a word.
fn is_in_dictionary(source: BlockSource<'_>, state: &IndexState, key: &[u8]) -> Result<bool> {
    let Some(word) = word_of(key) else { return Ok(true) };
    for segment in &state.segments {
        if segment.contains_word(source, &word)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn fingerprint(key: &[u8], posting: Posting) -> u64 {
    let mut hasher = DefaultHasher::new();
    (key, posting.contact, posting.dedup_prefix_len).hash(&mut hasher);
    hasher.finish()
}
