//! Merges the memtable and the segments into one sorted sequence, in both directions.

use std::cell::Cell;
use std::collections::btree_map::Range;
use std::ops::Bound;

use crate::error::Result;
use crate::index::key_range::{Direction, KeyRange};
use crate::index::segment::block_cache::BlockSource;
use crate::index::segment::block_cursor::BlockCursor;
use crate::index::segment::index_state::{IndexState, MemtableEntry, MemtableKey};
use crate::index::segment::posting::Posting;
use crate::index::segment::posting_list::PostingCursor;
use crate::index::segment::segment_reader::{BlockIter, SegmentReader};
use crate::index::segment::separator_map::UpperBound;

/// One sorted input.
#[derive(Debug)]
struct MergeInput<'a> {
    source: InputSource<'a>,
    /// Whether [`MergeIterator::advance`] has returned the current posting, or skipped it as a duplicate.
    consumed: Cell<bool>,
}

#[derive(Debug)]
enum InputSource<'a> {
    Memtable { remaining: Range<'a, MemtableKey, MemtableEntry>, current: Option<(&'a [u8], Posting)> },
    Segment(SegmentIterator<'a>),
}

#[derive(Debug)]
struct SegmentIterator<'a> {
    segment: &'a SegmentReader,
    /// The blocks not yet read.
    remaining: BlockIter<'a>,
    cursor: Option<BlockCursor>,
    /// The current posting and the remaining ones of the cursor's key.
    postings: Option<PostingCursor>,
}

/// All postings of a range, each once. If several inputs hold a posting, the newest one counts. Tombstones are included.
#[derive(Debug)]
pub(crate) struct MergeIterator<'a> {
    scan: KeyScan<'a>,
    /// Newest first. Inputs without a key of the range are left out.
    inputs: Vec<MergeInput<'a>>,
    /// The input of the posting that `advance` returned last.
    current: usize,
}

/// What all inputs scan, and in which direction.
#[derive(Debug)]
struct KeyScan<'a> {
    source: BlockSource<'a>,
    range: KeyRange,
    direction: Direction,
}

impl<'a> MergeIterator<'a> {
    /// The postings of a range, strictly beyond `from` if it is given. `segments` are newest first.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a block cannot be read.
    pub(crate) fn new(
        source: BlockSource<'a>,
        state: &'a IndexState,
        segments: &'a [SegmentReader],
        range: KeyRange,
        from: Option<&MemtableKey>,
        direction: Direction,
    ) -> Result<Self> {
        let scan = KeyScan { source, range, direction };
        let mut inputs = Vec::with_capacity(segments.len().saturating_add(1));
        let mut add = |source| {
            let input = MergeInput { source, consumed: Cell::new(false) };
            if input.current().is_some() {
                inputs.push(input);
            }
        };
        if !state.memtable.is_empty() {
            add(scan.open_memtable(state, from));
        }
        for segment in segments {
            add(InputSource::Segment(scan.open_segment(segment, from)?));
        }
        Ok(Self { scan, inputs, current: 0 })
    }

    /// Moves to the next posting. [`MergeIterator::key`] is then its key.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a block cannot be read.
    pub(crate) fn advance(&mut self) -> Result<Option<Posting>> {
        for input in &mut self.inputs {
            if input.consumed.replace(false) {
                self.scan.advance(&mut input.source)?;
            }
        }
        if let [input] = self.inputs.as_slice() {
            input.consumed.set(true);
            return Ok(input.current().map(|(_, posting)| posting));
        }
        let mut best: Option<(usize, (&[u8], Posting))> = None;
        for (at, input) in self.inputs.iter().enumerate() {
            let Some((key, posting)) = input.current() else { continue };
            let is_better = best.is_none_or(|(_, (best_key, best))| match self.scan.direction {
                Direction::Forward => (key, posting.contact) < (best_key, best.contact),
                Direction::Backward => (key, posting.contact) > (best_key, best.contact),
            });
            if is_better {
                best = Some((at, (key, posting)));
            }
        }
        let Some((at, (key, posting))) = best else { return Ok(None) };
        for input in &self.inputs {
            let is_same =
                |(other_key, other): (&[u8], Posting)| other.contact == posting.contact && other_key == key;
            input.consumed.set(input.current().is_some_and(is_same));
        }
        self.current = at;
        Ok(Some(posting))
    }

    /// The key of the posting that [`MergeIterator::advance`] returned last.
    pub(crate) fn key(&self) -> &[u8] {
        self.inputs.get(self.current).and_then(MergeInput::current).map_or(&[], |(key, _)| key)
    }
}

impl<'a> KeyScan<'a> {
    fn open_memtable(&self, state: &'a IndexState, from: Option<&MemtableKey>) -> InputSource<'a> {
        let mut low = Bound::Included((self.range.low.clone(), i64::MIN));
        let mut high = match &self.range.high {
            Some(high) => Bound::Excluded((high.clone(), i64::MIN)),
            None => Bound::Unbounded,
        };
        if let Some(from) = from {
            match self.direction {
                Direction::Forward => low = Bound::Excluded(from.clone()),
                Direction::Backward => high = Bound::Excluded(from.clone()),
            }
        }
        let mut remaining = state.memtable.range((low, high));
        let current = next_memtable_entry(&mut remaining, self.direction);
        InputSource::Memtable { remaining, current }
    }

    fn open_segment(
        &self,
        segment: &'a SegmentReader,
        from: Option<&MemtableKey>,
    ) -> Result<SegmentIterator<'a>> {
        let source = self.source;
        let from_key = from.map(|(key, _)| key.as_slice());
        let (remaining, cursor) = match self.direction {
            Direction::Forward => {
                let start = from_key.unwrap_or(&self.range.low);
                let mut remaining = segment.blocks_from(source, start)?;
                let first = remaining.next(source, &self.range)?;
                let first = first.map(|number| source.block(&segment.header, number)).transpose()?;
                (remaining, first.map(|block| BlockCursor::at_or_after(block, start)))
            }
            Direction::Backward => {
                // The key of `from` is included: `load_postings` skips its contacts up to that of `from`.
                let end = match (from_key, &self.range.high) {
                    (Some(key), _) => Some(UpperBound::Through(key)),
                    (None, high) => high.as_deref().map(UpperBound::Below),
                };
                let mut remaining = segment.blocks_before(source, end)?;
                let last = remaining.next(source, &self.range)?;
                let last = last.map(|number| source.block(&segment.header, number)).transpose()?;
                let cursor = last.map(|block| match end {
                    Some(UpperBound::Through(key)) => BlockCursor::at_or_before(block, key),
                    Some(UpperBound::Below(key)) => BlockCursor::before(block, key),
                    None => BlockCursor::at_last(block),
                });
                (remaining, cursor)
            }
        };
        let mut iterator = SegmentIterator { segment, remaining, cursor, postings: None };
        self.load_postings(&mut iterator, from)?;
        Ok(iterator)
    }

    /// Opens the postings of the cursor's key, after the cursor has moved. If the key is that of `from`, only the contacts beyond
    /// it. A key without such postings is skipped.
    fn load_postings(&self, iterator: &mut SegmentIterator<'a>, from: Option<&MemtableKey>) -> Result<()> {
        loop {
            let Some(cursor) = &mut iterator.cursor else { return Ok(()) };
            match cursor.entry() {
                Some((key, postings_ref)) if self.range.contains(key) => {
                    let beyond = from.filter(|(from_key, _)| from_key == key).map(|(_, contact)| *contact);
                    let postings = PostingCursor::open(cursor.block(), postings_ref, self.direction, beyond);
                    if postings.current().is_some() {
                        iterator.postings = Some(postings);
                        return Ok(());
                    }
                    cursor.step(self.direction);
                }
                Some(_) => iterator.cursor = None,
                None => {
                    iterator.cursor = None;
                    if let Some(next) = iterator.remaining.next(self.source, &self.range)? {
                        let block = self.source.block(&iterator.segment.header, next)?;
                        iterator.cursor = Some(match self.direction {
                            Direction::Forward => BlockCursor::at_or_after(block, &[]),
                            Direction::Backward => BlockCursor::at_last(block),
                        });
                    }
                }
            }
        }
    }

    fn advance(&self, source: &mut InputSource<'a>) -> Result<()> {
        match source {
            InputSource::Memtable { remaining, current } => {
                *current = next_memtable_entry(remaining, self.direction);
                Ok(())
            }
            InputSource::Segment(iterator) => {
                if let Some(postings) = &mut iterator.postings {
                    postings.advance();
                    if postings.current().is_some() {
                        return Ok(());
                    }
                }
                if let Some(cursor) = &mut iterator.cursor {
                    cursor.step(self.direction);
                }
                self.load_postings(iterator, None)
            }
        }
    }
}

impl MergeInput<'_> {
    /// The current key and posting.
    fn current(&self) -> Option<(&[u8], Posting)> {
        match &self.source {
            InputSource::Memtable { current, .. } => *current,
            InputSource::Segment(iterator) => {
                let (key, _) = iterator.cursor.as_ref()?.entry()?;
                Some((key, iterator.postings.as_ref()?.current()?))
            }
        }
    }
}

fn next_memtable_entry<'a>(
    remaining: &mut Range<'a, MemtableKey, MemtableEntry>,
    direction: Direction,
) -> Option<(&'a [u8], Posting)> {
    let next = match direction {
        Direction::Forward => remaining.next(),
        Direction::Backward => remaining.next_back(),
    };
    next.map(|((key, contact), entry)| (key.as_slice(), entry.posting(*contact)))
}
