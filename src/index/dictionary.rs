//! Every word of an owner's lists once, whoever has it and on whatever network: where mistyped words are looked for.
//!
//! Its keys are on a network that is none, of a contact that is none. They are made when keys become a segment, and merged like all
//! others. A word that nobody has any more stays until keys are made anew: it costs a look. Words that are still in the delta are
//! looked for there.

use std::collections::HashSet;

use super::key::{HEAD, Shelf, WORDS};
use super::postings::Posting;
use super::view::View;
use crate::db::{Owner, Scope};

/// All networks of an owner.
const EVERY: i64 = 0;

/// What a key of the dictionary has in the place of a contact.
pub(super) const WORD: Posting = Posting { contact: 0, live: true, hidden: 0 };

/// Bytes of a key that say whose it is.
const OWNER: usize = HEAD - 3;

/// The list that has the words of all of an owner's lists.
pub(super) fn list(owner: Owner) -> Scope {
    owner.on(EVERY)
}

/// Puts the words among recent keys beside them.
pub(super) fn note(view: &mut View) {
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
pub(super) struct Shown {
    owner: Vec<u8>,
    words: HashSet<Vec<u8>>,
}

impl Shown {
    /// Takes a key down if it is one of the dictionary, which come before all others of their owner.
    pub(super) fn takes(&mut self, key: &[u8]) -> bool {
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
    pub(super) fn has(&self, key: &[u8]) -> bool {
        word(key).is_none_or(|word| self.words.contains(word.get(HEAD..).unwrap_or_default()))
    }
}
