//! The word dictionary: every word of an owner's lists once, on whatever network. The fuzzy search looks for words there.
//!
//! Its keys have network 0 and contact 0. They are made when keys become a segment, and are merged like all other keys. A word
//! without contacts costs a fruitless lookup; a merge that includes the oldest segment drops it, so that no purged name remains.
//! The fuzzy search finds words of the memtable in the memtable itself.

use std::collections::HashSet;

use crate::db::{Owner, Scope};
use crate::index::index_key::{KEY_PREFIX_LEN, TermField, WORD_FIELDS};
use crate::index::segment::index_state::IndexState;
use crate::index::segment::posting::Posting;

/// The network number of dictionary keys.
const ALL_NETWORKS: i64 = 0;

/// The posting of every dictionary key.
pub(crate) const DICTIONARY_POSTING: Posting = Posting { contact: 0, live: true, dedup_prefix_len: 0 };

/// Bytes of a key before its network: owner kind and owner.
pub(crate) const OWNER_PREFIX_LEN: usize = KEY_PREFIX_LEN - 3;

/// The scope of an owner's dictionary keys.
pub(crate) fn dictionary_scope(owner: Owner) -> Scope {
    owner.on_network(ALL_NETWORKS)
}

/// Adds a dictionary key for every word of the memtable.
pub(crate) fn add_dictionary_words(state: &mut IndexState) {
    let live = state.memtable.iter().filter(|(_, entry)| entry.live);
    let keys: HashSet<Vec<u8>> = live.filter_map(|((key, _), _)| dictionary_key(key)).collect();
    for key in keys {
        state.insert(key, DICTIONARY_POSTING);
    }
}

/// Whether a key belongs to a dictionary.
pub(crate) fn is_dictionary_key(key: &[u8]) -> bool {
    key.get(KEY_PREFIX_LEN - 1) == Some(&TermField::Dictionary.number())
}

/// The dictionary key of a word's key; `None` if the term is not a word.
fn dictionary_key(key: &[u8]) -> Option<Vec<u8>> {
    let (prefix, term) = key.split_first_chunk::<KEY_PREFIX_LEN>()?;
    let [k, o0, o1, o2, o3, _, _, number] = *prefix;
    let [n0, n1] = [0, 0]; // `ALL_NETWORKS`
    let is_word = WORD_FIELDS.iter().any(|field| field.number() == number);
    is_word.then(|| [&[k, o0, o1, o2, o3, n0, n1, TermField::Dictionary.number()], term].concat())
}

/// The dictionary words of the current owner, collected while all keys are read in order.
#[derive(Debug, Default)]
pub(crate) struct SeenWords {
    owner: Vec<u8>,
    words: HashSet<Vec<u8>>,
}

impl SeenWords {
    /// Records a key if it is a dictionary key, and says whether it is one. They come before all other keys of their owner.
    pub(crate) fn observe(&mut self, key: &[u8]) -> bool {
        let owner = key.get(..OWNER_PREFIX_LEN).unwrap_or_default();
        if owner != self.owner {
            self.owner = owner.to_vec();
            self.words.clear();
        }
        let is_word = is_dictionary_key(key);
        if is_word {
            self.words.insert(key.get(KEY_PREFIX_LEN..).unwrap_or_default().to_vec());
        }
        is_word
    }

    /// Whether the dictionary holds the term of a key. Also true if the term is not a word.
    pub(crate) fn covers(&self, key: &[u8]) -> bool {
        dictionary_key(key)
            .is_none_or(|word| self.words.contains(word.get(KEY_PREFIX_LEN..).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::index_key::IndexKey;

    /// The words of an owner come before its other keys. They are not words of the next owner.
    #[test]
    fn seen_words_are_kept_per_owner() {
        let (first, second) = (Owner::Tenant(1), Owner::Tenant(2));
        let key = |owner: Owner, field, term| IndexKey::encode(owner.on_network(7), field, term);
        let word = |owner, term| IndexKey::encode(dictionary_scope(owner), TermField::Dictionary, term);
        let mut seen = SeenWords::default();
        assert!(seen.observe(&word(first, "anna")) && seen.observe(&word(first, "berg")));
        for term in ["anna", "berg"] {
            assert!(!seen.observe(&key(first, TermField::Word, term)));
            assert!(
                seen.covers(&key(first, TermField::Word, term))
                    && seen.covers(&key(first, TermField::LeadingWord, term)),
                "{term}"
            );
        }
        assert!(!seen.covers(&key(first, TermField::Word, "ann")));
        assert!(seen.covers(&key(first, TermField::FirstName, "ann")), "the dictionary holds words only");
        assert!(!seen.observe(&key(second, TermField::Word, "anna")));
        assert!(!seen.covers(&key(second, TermField::Word, "anna")));
    }
}
