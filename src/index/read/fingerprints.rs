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
use crate::index::segment::word_dictionary::SeenWords;
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
    let mut words = SeenWords::default();
    while let Some(posting) = merged.advance()? {
        let key = merged.key();
        if !posting.live || words.observe(key) {
            continue;
        }
        // Words of the memtable need no dictionary.
        if words.covers(key) || state.memtable.contains_key(&(key.to_vec(), posting.contact)) {
            each(posting.contact, fingerprint(key, posting));
        }
    }
    Ok(())
}

fn fingerprint(key: &[u8], posting: Posting) -> u64 {
    let mut hasher = DefaultHasher::new();
    (key, posting.contact, posting.dedup_prefix_len).hash(&mut hasher);
    hasher.finish()
}
