//! Every word of an owner's lists once, whoever has it and on whatever network: where mistyped words are looked for.
//!
//! Its keys are on a network that is none, of a contact that is none. They are made when keys become a segment, and merged like all
//! others. A word that nobody has any more costs a look, until a merge that reaches down to the oldest segment leaves it out: what
//! was purged must not stand there either. Words that are still in the delta are looked for there.

use std::cmp::Ordering;
use std::collections::HashSet;

use crate::db::{Owner, Scope, directory};
use crate::error::Result;
use crate::index::index_key::{KEY_PREFIX_LEN, TermField, WORD_FIELDS};
use crate::index::read::merge_iterator::{BlockSource, Direction, KeyRange, MergeIterator};
use crate::index::segment::Segment;
use crate::index::segment::index_state::IndexState;
use crate::index::segment::postings::Posting;

/// All networks of an owner.
const ALL_NETWORKS: i64 = 0;

/// What a key of the dictionary has in the place of a contact.
pub(crate) const DICTIONARY_POSTING: Posting = Posting { contact: 0, live: true, dedup_prefix_len: 0 };

/// Bytes of a key that say whose it is.
const OWNER_PREFIX_LEN: usize = KEY_PREFIX_LEN - 3;

/// The list that has the words of all of an owner's lists.
pub(crate) fn dictionary_scope(owner: Owner) -> Scope {
    owner.on_network(ALL_NETWORKS)
}

/// Puts the words among recent keys beside them.
pub(crate) fn add_dictionary_words(view: &mut IndexState) {
    let live = view.memtable.iter().filter(|(_, mark)| mark.live);
    let words: HashSet<Vec<u8>> = live.filter_map(|((key, _), _)| dictionary_key(key)).collect();
    for key in words {
        view.insert(key, DICTIONARY_POSTING);
    }
}

/// The key by which the dictionary has the text of a key, if that is a word.
fn dictionary_key(key: &[u8]) -> Option<Vec<u8>> {
    let (head, text) = key.split_first_chunk::<KEY_PREFIX_LEN>()?;
    let [k, o0, o1, o2, o3, _, _, shelf] = *head;
    let [n0, n1] = [0, 0]; // `EVERY`
    let kept = WORD_FIELDS.iter().any(|kept| kept.number() == shelf);
    kept.then(|| [&[k, o0, o1, o2, o3, n0, n1, TermField::Dictionary.number()], text].concat())
}

/// The words that keys in their order have shown, of the owner at hand.
#[derive(Debug, Default)]
pub(crate) struct SeenWords {
    owner: Vec<u8>,
    words: HashSet<Vec<u8>>,
}

impl SeenWords {
    /// Takes a key down if it is one of the dictionary, which come before all others of their owner.
    pub(crate) fn observe(&mut self, key: &[u8]) -> bool {
        let owner = key.get(..OWNER_PREFIX_LEN).unwrap_or_default();
        if owner != self.owner {
            self.owner = owner.to_vec();
            self.words.clear();
        }
        let is_word = key.get(KEY_PREFIX_LEN - 1) == Some(&TermField::Dictionary.number());
        if is_word {
            self.words.insert(key.get(KEY_PREFIX_LEN..).unwrap_or_default().to_vec());
        }
        is_word
    }

    /// Whether the dictionary has the text of a key, or needs not.
    pub(crate) fn covers(&self, key: &[u8]) -> bool {
        dictionary_key(key)
            .is_none_or(|word| self.words.contains(word.get(KEY_PREFIX_LEN..).unwrap_or_default()))
    }
}

/// Who has words, while keys are merged that are all there are of them: what nobody has is left out.
#[derive(Debug)]
pub(crate) struct WordUsage<'a> {
    source: BlockSource<'a>,
    view: &'a IndexState,
    segments: &'a [Segment],
    /// Whose words these are; and the words of each of its lists, from the one that was asked for last on.
    owner: Vec<u8>,
    word_iters: Vec<(MergeIterator<'a>, Option<Posting>)>,
}

impl<'a> WordUsage<'a> {
    pub(crate) fn new(source: BlockSource<'a>, view: &'a IndexState, segments: &'a [Segment]) -> Self {
        Self { source, view, segments, owner: Vec::new(), word_iters: Vec::new() }
    }

    /// Whether a key is of the dictionary and nobody has its word. Keys come in their order.
    pub(crate) fn is_unused(&mut self, key: &[u8]) -> Result<bool> {
        let (Some(owner), Some(text)) = (key.get(..OWNER_PREFIX_LEN), key.get(KEY_PREFIX_LEN..)) else {
            return Ok(false);
        };
        if key.get(KEY_PREFIX_LEN - 1) != Some(&TermField::Dictionary.number()) {
            return Ok(false);
        }
        if owner != self.owner {
            self.open(owner, text)?;
        }
        for (list, here) in &mut self.word_iters {
            while let Some(posting) = here {
                match list.key().get(KEY_PREFIX_LEN..).unwrap_or_default().cmp(text) {
                    Ordering::Greater => break,
                    Ordering::Equal if posting.live => return Ok(false),
                    _ => *here = list.advance()?,
                }
            }
        }
        Ok(true)
    }

    fn open(&mut self, owner: &[u8], text: &[u8]) -> Result<()> {
        self.owner = owner.to_vec();
        self.word_iters.clear();
        for network in directory::network_ids(self.source.db)? {
            for shelf in WORD_FIELDS {
                let network = u16::try_from(network).unwrap_or(u16::MAX).to_be_bytes();
                let head = [owner, &network, &[shelf.number()]].concat();
                let low = [&head[..], text].concat();
                let span = KeyRange { low, ..KeyRange::with_prefix(head) };
                let mut list = MergeIterator::new(
                    self.source,
                    self.view,
                    self.segments,
                    span,
                    None,
                    Direction::Forward,
                )?;
                let first = list.advance()?;
                self.word_iters.push((list, first));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Owner;
    use crate::index::index_key::IndexKey;

    /// Each owner's words come before their other keys, and are no other owner's.
    #[test]
    fn seen_words_are_kept_per_owner() {
        let (first, second) = (Owner::Tenant(1), Owner::Tenant(2));
        let key = |owner: Owner, shelf, text| IndexKey::encode(owner.on_network(7), shelf, text);
        let word = |owner, text| IndexKey::encode(dictionary_scope(owner), TermField::Dictionary, text);
        let mut shown = SeenWords::default();
        assert!(shown.observe(&word(first, "anna")) && shown.observe(&word(first, "berg")));
        for text in ["anna", "berg"] {
            assert!(!shown.observe(&key(first, TermField::Word, text)));
            assert!(
                shown.covers(&key(first, TermField::Word, text))
                    && shown.covers(&key(first, TermField::LeadingWord, text)),
                "{text}"
            );
        }
        assert!(!shown.covers(&key(first, TermField::Word, "ann")));
        assert!(shown.covers(&key(first, TermField::FirstName, "ann")), "the dictionary has words alone");
        assert!(!shown.observe(&key(second, TermField::Word, "anna")));
        assert!(!shown.covers(&key(second, TermField::Word, "anna")));
    }
}
