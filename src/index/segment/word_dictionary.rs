//! Every word of an owner's lists once, whoever has it and on whatever network: where mistyped words are looked for.
//!
//! Its keys are on a network that is none, of a contact that is none. They are made when keys become a segment, and merged like all
//! others. A word that nobody has any more costs a look, until a merge that reaches down to the oldest segment leaves it out: what
//! was purged must not stand there either. Words that are still in the delta are looked for there.

use std::cmp::Ordering;
use std::collections::HashSet;

use crate::db::{Owner, Scope, directory};
use crate::error::Result;
use crate::index::key::{HEAD, Shelf, WORDS};
use crate::index::read::merge_iterator::{Direction, Merged, Source, Span};
use crate::index::segment::Segment;
use crate::index::segment::memtable::View;
use crate::index::segment::postings::Posting;

/// All networks of an owner.
const EVERY: i64 = 0;

/// What a key of the dictionary has in the place of a contact.
pub(crate) const WORD: Posting = Posting { contact: 0, live: true, hidden: 0 };

/// Bytes of a key that say whose it is.
const OWNER: usize = HEAD - 3;

/// The list that has the words of all of an owner's lists.
pub(crate) fn list(owner: Owner) -> Scope {
    owner.on(EVERY)
}

/// Puts the words among recent keys beside them.
pub(crate) fn note(view: &mut View) {
    let live = view.delta.iter().filter(|(_, mark)| mark.live);
    let words: HashSet<Vec<u8>> = live.filter_map(|((key, _), _)| word(key)).collect();
    for key in words {
        view.remember(key, WORD);
    }
}

/// The key by which the dictionary has the text of a key, if that is a word.
fn word(key: &[u8]) -> Option<Vec<u8>> {
    let (head, text) = key.split_first_chunk::<HEAD>()?;
    let [k, o0, o1, o2, o3, _, _, shelf] = *head;
    let [n0, n1] = [0, 0]; // `EVERY`
    let kept = WORDS.iter().any(|kept| kept.number() == shelf);
    kept.then(|| [&[k, o0, o1, o2, o3, n0, n1, Shelf::Dictionary.number()], text].concat())
}

/// The words that keys in their order have shown, of the owner at hand.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    owner: Vec<u8>,
    words: HashSet<Vec<u8>>,
}

impl Shown {
    /// Takes a key down if it is one of the dictionary, which come before all others of their owner.
    pub(crate) fn takes(&mut self, key: &[u8]) -> bool {
        let owner = key.get(..OWNER).unwrap_or_default();
        if owner != self.owner {
            self.owner = owner.to_vec();
            self.words.clear();
        }
        let is_word = key.get(HEAD - 1) == Some(&Shelf::Dictionary.number());
        if is_word {
            self.words.insert(key.get(HEAD..).unwrap_or_default().to_vec());
        }
        is_word
    }

    /// Whether the dictionary has the text of a key, or needs not.
    pub(crate) fn has(&self, key: &[u8]) -> bool {
        word(key).is_none_or(|word| self.words.contains(word.get(HEAD..).unwrap_or_default()))
    }
}

/// Who has words, while keys are merged that are all there are of them: what nobody has is left out.
#[derive(Debug)]
pub(crate) struct Living<'a> {
    source: Source<'a>,
    view: &'a View,
    segments: &'a [Segment],
    /// Whose words these are; and the words of each of its lists, from the one that was asked for last on.
    owner: Vec<u8>,
    lists: Vec<(Merged<'a>, Option<Posting>)>,
}

impl<'a> Living<'a> {
    pub(crate) fn new(source: Source<'a>, view: &'a View, segments: &'a [Segment]) -> Self {
        Self { source, view, segments, owner: Vec::new(), lists: Vec::new() }
    }

    /// Whether a key is of the dictionary and nobody has its word. Keys come in their order.
    pub(crate) fn lacks(&mut self, key: &[u8]) -> Result<bool> {
        let (Some(owner), Some(text)) = (key.get(..OWNER), key.get(HEAD..)) else { return Ok(false) };
        if key.get(HEAD - 1) != Some(&Shelf::Dictionary.number()) {
            return Ok(false);
        }
        if owner != self.owner {
            self.open(owner, text)?;
        }
        for (list, here) in &mut self.lists {
            while let Some(posting) = here {
                match list.text().get(HEAD..).unwrap_or_default().cmp(text) {
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
        self.lists.clear();
        for network in directory::network_ids(self.source.db)? {
            for shelf in WORDS {
                let network = u16::try_from(network).unwrap_or(u16::MAX).to_be_bytes();
                let head = [owner, &network, &[shelf.number()]].concat();
                let low = [&head[..], text].concat();
                let span = Span { low, ..Span::of(head) };
                let mut list =
                    Merged::new(self.source, self.view, self.segments, span, None, Direction::Forward)?;
                let first = list.advance()?;
                self.lists.push((list, first));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Owner;
    use crate::index::key::Key;

    /// Each owner's words come before their other keys, and are no other owner's.
    #[test]
    fn shown_words_are_an_owners_own() {
        let (first, second) = (Owner::Tenant(1), Owner::Tenant(2));
        let key = |owner: Owner, shelf, text| Key::of(owner.on(7), shelf, text);
        let word = |owner, text| Key::of(list(owner), Shelf::Dictionary, text);
        let mut shown = Shown::default();
        assert!(shown.takes(&word(first, "anna")) && shown.takes(&word(first, "berg")));
        for text in ["anna", "berg"] {
            assert!(!shown.takes(&key(first, Shelf::Word, text)));
            assert!(
                shown.has(&key(first, Shelf::Word, text)) && shown.has(&key(first, Shelf::Lead, text)),
                "{text}"
            );
        }
        assert!(!shown.has(&key(first, Shelf::Word, "ann")));
        assert!(shown.has(&key(first, Shelf::First, "ann")), "the dictionary has words alone");
        assert!(!shown.takes(&key(second, Shelf::Word, "anna")));
        assert!(!shown.has(&key(second, Shelf::Word, "anna")));
    }
}
