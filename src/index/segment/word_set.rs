//! A set of words of the word dictionary: an FST of about `word_set_size` bytes, see
//! [`IndexTuning`](crate::host::tuning::IndexTuning).
//!
//! A word is its owner (five bytes, as in a key) and then its text. Words of several owners may be in one set.

use fst::raw::{Builder, Fst, Node};
use fst::{IntoStreamer as _, Streamer as _};

use crate::error::{Error, Result};
use crate::index::segment::fst_format::is_well_formed;

/// Words in a set at most. A reader accepts no set with more: a small FST can have very many words if it was made to.
const MAX_WORDS: usize = 1 << 16;

/// A set of words, in memory.
pub(crate) struct DictionarySet(Fst<Vec<u8>>);

impl std::fmt::Debug for DictionarySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DictionarySet").field("words", &self.0.len()).finish()
    }
}

/// What a walk over words calls, letter by letter.
pub(crate) trait WordVisitor {
    /// The walk goes on to a letter. Returns whether to visit longer words that start so.
    fn enter(&mut self, letter: char) -> bool;
    /// The walk goes back to before the last letter.
    fn leave(&mut self);
    /// The only letters after which longer words are to be visited, ascending; `None` for all.
    fn next_letters(&self) -> Option<Vec<char>>;
}

impl DictionarySet {
    /// A set from its bytes; `None` if they are not those of a set.
    pub(crate) fn decode(bytes: Vec<u8>) -> Option<Self> {
        let set = if is_well_formed(&bytes) { Fst::new(bytes).ok().map(Self) } else { None };
        set.filter(|set| set.0.len() <= MAX_WORDS)
    }

    /// Bytes in memory.
    pub(crate) fn byte_len(&self) -> usize {
        self.0.size()
    }

    pub(crate) fn contains(&self, word: &[u8]) -> bool {
        self.0.contains_key(word)
    }

    /// The words above `after`, or all words; `None` if there are more than the set says.
    pub(crate) fn words_after(&self, after: Option<&[u8]>) -> Option<Vec<Vec<u8>>> {
        let range = self.0.range();
        let mut stream = match after {
            Some(after) => range.gt(after),
            None => range,
        }
        .into_stream();
        let mut words = Vec::new();
        while let Some((word, _)) = stream.next() {
            (words.len() < self.0.len()).then_some(())?;
            words.push(word.to_vec());
        }
        Some(words)
    }

    /// The last word.
    pub(crate) fn last_word(&self) -> Option<Vec<u8>> {
        let mut word = Vec::new();
        let mut node = self.0.root();
        while let Some(last) = node.len().checked_sub(1) {
            let last = node.transition(last);
            word.push(last.inp);
            node = self.0.node(last.addr);
        }
        (!word.is_empty()).then_some(word)
    }

    /// Visits the letters of all words of an owner, depth first.
    pub(crate) fn visit(&self, owner: &[u8], visitor: &mut impl WordVisitor) {
        let mut node = self.0.root();
        for byte in owner {
            let Some(at) = node.find_input(*byte) else { return };
            node = self.0.node(node.transition(at).addr);
        }
        self.visit_letters(&node, &[], visitor);
    }

    /// The node behind a letter.
    fn after_letter<'f>(&'f self, mut node: Node<'f>, letter: char) -> Option<Node<'f>> {
        for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
            node = self.0.node(node.transition(node.find_input(byte)?).addr);
        }
        Some(node)
    }

    /// Visits what follows a node. `start` are the bytes of an incomplete letter before it.
    fn visit_letters(&self, node: &Node<'_>, start: &[u8], visitor: &mut impl WordVisitor) {
        if start.is_empty()
            && let Some(letters) = visitor.next_letters()
        {
            for letter in letters {
                if let Some(next) = self.after_letter(*node, letter) {
                    if visitor.enter(letter) {
                        self.visit_letters(&next, &[], visitor);
                    }
                    visitor.leave();
                }
            }
            return;
        }
        for transition in node.transitions() {
            let next = self.0.node(transition.addr);
            if start.is_empty() && transition.inp.is_ascii() {
                if visitor.enter(char::from(transition.inp)) {
                    self.visit_letters(&next, &[], visitor);
                }
                visitor.leave();
                continue;
            }
            let bytes = [start, &[transition.inp]].concat();
            match std::str::from_utf8(&bytes).map(|text| text.chars().next()) {
                Ok(Some(letter)) => {
                    if visitor.enter(letter) {
                        self.visit_letters(&next, &[], visitor);
                    }
                    visitor.leave();
                }
                // A letter has at most four bytes.
                Err(error) if error.error_len().is_none() => self.visit_letters(&next, &bytes, visitor),
                _ => {}
            }
        }
    }
}

/// Builds sets of words from sorted words.
pub(crate) struct WordSetBuilder {
    max_size: u64,
    builder: Builder<Vec<u8>>,
    first_word: Vec<u8>,
    word_count: usize,
}

impl std::fmt::Debug for WordSetBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WordSetBuilder").field("words", &self.word_count).finish_non_exhaustive()
    }
}

/// A set ready to be stored.
#[derive(Debug)]
pub(crate) struct BuiltWordSet {
    pub(crate) first_word: Vec<u8>,
    pub(crate) bytes: Vec<u8>,
}

impl WordSetBuilder {
    /// Sets of about `max_size` bytes.
    pub(crate) fn new(max_size: usize) -> Self {
        let max_size = u64::try_from(max_size).unwrap_or(u64::MAX);
        Self { max_size, builder: Builder::memory(), first_word: Vec::new(), word_count: 0 }
    }

    /// Adds a word; words must ascend. Returns a set when one is full.
    ///
    /// # Errors
    /// [`Error::Storage`] if words are out of order.
    pub(crate) fn add(&mut self, word: &[u8]) -> Result<Option<BuiltWordSet>> {
        if self.word_count == 0 {
            self.first_word = word.to_vec();
        }
        // A bug of the caller. It must not become a wrong index.
        self.builder.add(word).map_err(|error| Error::Storage(Box::new(error)))?;
        self.word_count = self.word_count.saturating_add(1);
        let is_full = self.builder.bytes_written() >= self.max_size || self.word_count == MAX_WORDS;
        if is_full { self.take() } else { Ok(None) }
    }

    /// The words added since the last full set, as a set; `None` if there are none.
    ///
    /// # Errors
    /// [`Error::Storage`] if the set cannot be built.
    pub(crate) fn take(&mut self) -> Result<Option<BuiltWordSet>> {
        if self.word_count == 0 {
            return Ok(None);
        }
        self.word_count = 0;
        let builder = std::mem::replace(&mut self.builder, Builder::memory());
        let bytes = builder.into_inner().map_err(|error| Error::Storage(Box::new(error)))?;
        Ok(Some(BuiltWordSet { first_word: std::mem::take(&mut self.first_word), bytes }))
    }
}
