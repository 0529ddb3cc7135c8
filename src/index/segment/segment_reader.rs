//! A segment that is searched: which of its parts may hold a key or a word.

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::db::Read;
use crate::db::index_store::{self, SegmentHeader};
use crate::error::Result;
use crate::index::index_key::prefix_successor;
use crate::index::key_range::{Direction, KeyRange};
use crate::index::segment::block_cache::BlockSource;
use crate::index::segment::separator_map::{SeparatorMap, UpperBound};
use crate::index::segment::term_index::TermIndexRoot;
use crate::index::segment::word_dictionary;
use crate::index::segment::word_set::DictionarySet;

/// A segment that is searched.
#[derive(Debug)]
pub(crate) struct SegmentReader {
    pub(crate) header: SegmentHeader,
    root: TermIndexRoot,
    /// The piece of the term index that was used last.
    last_piece: RefCell<Option<(u32, Arc<SeparatorMap>)>>,
    /// The first words of the sets of words; `None` if there are none.
    dictionary: Option<SeparatorMap>,
}

impl SegmentReader {
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a root cannot be read.
    pub(crate) fn open(db: &Read<'_>, header: SegmentHeader) -> Result<Self> {
        let roots = index_store::segment_roots(db, header.id)?;
        let root = TermIndexRoot::decode(&header, roots.term_index)?;
        let dictionary = word_dictionary::decode_root(&header, roots.dictionary)?;
        Ok(Self { header, root, last_piece: RefCell::default(), dictionary })
    }

    /// The blocks in ascending order, from the first one that may hold a key at or above `start`.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if the term index cannot be read.
    pub(crate) fn blocks_from(&self, source: BlockSource<'_>, start: &[u8]) -> Result<BlockIter<'_>> {
        let next = Some(self.last_block_within(source, UpperBound::Through(start))?);
        Ok(BlockIter { segment: self, next, end: BlockIterEnd::NotStarted, direction: Direction::Forward })
    }

    /// Blocks that [`blocks_of`](Self::blocks_of) returned, in ascending order.
    pub(crate) fn blocks_in(&self, blocks: Option<RangeInclusive<u32>>) -> BlockIter<'_> {
        let (next, end) = blocks.map(RangeInclusive::into_inner).unzip();
        BlockIter { segment: self, next, end: BlockIterEnd::Block(end), direction: Direction::Forward }
    }

    /// The blocks in descending order, from the last one that may hold a key within `bound`; all if there is no bound.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if the term index cannot be read.
    pub(crate) fn blocks_before(
        &self,
        source: BlockSource<'_>,
        bound: Option<UpperBound<'_>>,
    ) -> Result<BlockIter<'_>> {
        let next = match bound {
            Some(bound) => Some(self.last_block_within(source, bound)?),
            None => self.header.block_count.checked_sub(1),
        };
        Ok(BlockIter { segment: self, next, end: BlockIterEnd::NotStarted, direction: Direction::Backward })
    }

    /// The blocks that may hold keys of a range: the first may have none, all others have some.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if the term index cannot be read.
    pub(crate) fn blocks_of(
        &self,
        source: BlockSource<'_>,
        range: &KeyRange,
    ) -> Result<Option<RangeInclusive<u32>>> {
        let first = self.last_block_within(source, UpperBound::Through(&range.low))?;
        let last = self.last_block_of(source, range)?;
        Ok(last.map(|last| first..=last))
    }

    /// The block that may hold a key.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if the term index cannot be read.
    pub(crate) fn block_of(&self, source: BlockSource<'_>, key: &[u8]) -> Result<u32> {
        self.last_block_within(source, UpperBound::Through(key))
    }

    /// The last block that may hold a key of a range.
    fn last_block_of(&self, source: BlockSource<'_>, range: &KeyRange) -> Result<Option<u32>> {
        match &range.high {
            Some(high) => self.last_block_within(source, UpperBound::Below(high)).map(Some),
            None => Ok(self.header.block_count.checked_sub(1)),
        }
    }

    /// The last block that may hold a key within a bound.
    fn last_block_within(&self, source: BlockSource<'_>, bound: UpperBound<'_>) -> Result<u32> {
        match &self.root {
            TermIndexRoot::Blocks(map) => Ok(map.last_within(bound)),
            TermIndexRoot::Pieces(separators) => {
                let piece = u32::try_from(bound.count_within(separators)).unwrap_or(u32::MAX);
                self.last_block_of_piece(source, piece, bound)
            }
        }
    }

    fn last_block_of_piece(
        &self,
        source: BlockSource<'_>,
        number: u32,
        bound: UpperBound<'_>,
    ) -> Result<u32> {
        if let Some((last, piece)) = &*self.last_piece.borrow()
            && *last == number
        {
            return Ok(piece.last_within(bound));
        }
        let piece = source.term_index_piece(&self.header, number)?;
        let found = piece.last_within(bound);
        *self.last_piece.borrow_mut() = Some((number, piece));
        Ok(found)
    }

    /// The sets that may hold words of an owner.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a set cannot be read.
    pub(crate) fn word_sets<'s>(
        &'s self,
        source: BlockSource<'s>,
        owner: &[u8],
    ) -> impl Iterator<Item = Result<Arc<DictionarySet>>> + 's {
        let numbers = self.dictionary.as_ref().and_then(|sets| {
            let first = sets.last_within(UpperBound::Through(owner));
            let last = match prefix_successor(owner) {
                Some(end) => sets.last_within(UpperBound::Below(&end)),
                None => self.header.word_set_count.checked_sub(1)?,
            };
            Some(first..=last)
        });
        numbers.into_iter().flatten().map(move |number| source.word_set(&self.header, number))
    }

    /// The number of the set that holds a word, given with its owner, if the dictionary has the word.
    pub(crate) fn word_set_of(&self, word: &[u8]) -> u32 {
        self.dictionary.as_ref().map_or(0, |sets| sets.last_within(UpperBound::Through(word)))
    }

    /// Whether the dictionary has a word, given with its owner.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a set cannot be read.
    pub(crate) fn contains_word(&self, source: BlockSource<'_>, word: &[u8]) -> Result<bool> {
        let number = self.dictionary.as_ref().map(|sets| sets.last_within(UpperBound::Through(word)));
        let set = number.map(|number| source.word_set(&self.header, number)).transpose()?;
        Ok(set.is_some_and(|set| set.contains(word)))
    }
}

/// The numbers of a segment's blocks in one direction.
#[derive(Debug)]
pub(crate) struct BlockIter<'s> {
    segment: &'s SegmentReader,
    next: Option<u32>,
    end: BlockIterEnd,
    direction: Direction,
}

/// Where a scan ends. Most scans end in their first block, so the end is looked up after it.
#[derive(Debug, Clone, Copy)]
enum BlockIterEnd {
    NotStarted,
    Unknown,
    Block(Option<u32>),
}

impl BlockIter<'_> {
    /// The next block that may hold a key of `range`. `None` ends the scan.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if the term index cannot be read.
    pub(crate) fn next(&mut self, source: BlockSource<'_>, range: &KeyRange) -> Result<Option<u32>> {
        let Some(number) = self.next else { return Ok(None) };
        if let BlockIterEnd::NotStarted = self.end {
            self.end = BlockIterEnd::Unknown;
        } else if self.is_beyond_end(source, range, number)? {
            self.next = None;
            return Ok(None);
        }
        self.next = match self.direction {
            Direction::Forward => number.checked_add(1),
            Direction::Backward => number.checked_sub(1),
        };
        Ok(Some(number))
    }

    /// Whether all keys of a block are below the end of a forward scan. False if that is not known yet.
    pub(crate) fn is_before_end(&self, number: u32) -> bool {
        matches!(self.end, BlockIterEnd::Block(Some(end)) if number < end)
    }

    fn is_beyond_end(&mut self, source: BlockSource<'_>, range: &KeyRange, number: u32) -> Result<bool> {
        let end = if let BlockIterEnd::Block(end) = self.end {
            end
        } else {
            let end = match self.direction {
                Direction::Forward => self.segment.last_block_of(source, range)?,
                Direction::Backward => {
                    Some(self.segment.last_block_within(source, UpperBound::Through(&range.low))?)
                }
            };
            self.end = BlockIterEnd::Block(end);
            end
        };
        Ok(match self.direction {
            Direction::Forward => end.is_none_or(|end| number > end),
            Direction::Backward => end.is_some_and(|end| number < end),
        })
    }
}
