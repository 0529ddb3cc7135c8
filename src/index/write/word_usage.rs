//! Finds words of the dictionary that no contact has any more.

use std::cmp::Ordering;

use crate::db::directory;
use crate::error::Result;
use crate::index::index_key::{KEY_PREFIX_LEN, WORD_FIELDS};
use crate::index::key_range::{Direction, KeyRange};
use crate::index::read::merge_iterator::MergeIterator;
use crate::index::segment::block_cache::BlockSource;
use crate::index::segment::index_state::IndexState;
use crate::index::segment::posting::Posting;
use crate::index::segment::segment_reader::SegmentReader;
use crate::index::segment::word_dictionary::OWNER_LEN;

/// Looks up words in the keys of a merge. The merge must include the oldest segment, so that it sees all contacts of a word.
#[derive(Debug)]
pub(super) struct WordUsage<'a> {
    source: BlockSource<'a>,
    state: &'a IndexState,
    segments: &'a [SegmentReader],
    /// The owner of `word_iters`.
    owner: Vec<u8>,
    /// The words of each list of the owner, from the word looked up last on.
    word_iters: Vec<(MergeIterator<'a>, Option<Posting>)>,
}

impl<'a> WordUsage<'a> {
    pub(super) fn new(source: BlockSource<'a>, state: &'a IndexState, segments: &'a [SegmentReader]) -> Self {
        Self { source, state, segments, owner: Vec::new(), word_iters: Vec::new() }
    }

    /// Whether a contact has a word, given with its owner. Words must come in ascending order.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a block cannot be read.
    pub(super) fn is_used(&mut self, word: &[u8]) -> Result<bool> {
        let (owner, word) = word.split_at_checked(OWNER_LEN).unwrap_or_default();
        if owner != self.owner {
            self.open(owner, word)?;
        }
        for (words, current) in &mut self.word_iters {
            while let Some(posting) = current {
                match words.key().get(KEY_PREFIX_LEN..).unwrap_or_default().cmp(word) {
                    Ordering::Greater => break,
                    Ordering::Equal if posting.live => return Ok(true),
                    _ => *current = words.advance()?,
                }
            }
        }
        Ok(false)
    }

    fn open(&mut self, owner: &[u8], word: &[u8]) -> Result<()> {
        self.owner = owner.to_vec();
        self.word_iters.clear();
        for network in directory::network_ids(self.source.db)? {
            for field in WORD_FIELDS {
                let network = u16::try_from(network).unwrap_or(u16::MAX).to_be_bytes();
                let key_prefix = [owner, &network, &[field.number()]].concat();
                let low = [&key_prefix[..], word].concat();
                let range = KeyRange { low, ..KeyRange::with_prefix(key_prefix) };
                let mut words = MergeIterator::new(
                    self.source,
                    self.state,
                    self.segments,
                    range,
                    None,
                    Direction::Forward,
                )?;
                let first = words.advance()?;
                self.word_iters.push((words, first));
            }
        }
        Ok(())
    }
}
