//! Delta and segments merged into one ordered run, both ways.

use std::cell::Cell;
use std::collections::btree_map::Range;
use std::ops::Bound;
use std::sync::Arc;

use crate::db::Read;
use crate::db::index::index_store;
use crate::error::Result;
use crate::index::index_key::prefix_successor;
use crate::index::read::block_cursor::BlockCursor;
use crate::index::segment::block::LeafBlock;
use crate::index::segment::block_cache::{BlockCache, load_block};
use crate::index::segment::index_state::{IndexState, MemtableEntry, MemtableKey};
use crate::index::segment::postings::{Posting, PostingCursor};
use crate::index::segment::{BlockIter, Segment, UpperBound};

/// Which way a stream or a page goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
}

impl Direction {
    /// The other way.
    pub(crate) fn reversed(self) -> Self {
        match self {
            Self::Forward => Self::Backward,
            Self::Backward => Self::Forward,
        }
    }
}

/// Where parts come from: a search keeps them, a merge reads each one once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockSource<'a> {
    pub(crate) db: &'a Read<'a>,
    pub(crate) cache: Option<&'a BlockCache>,
}

impl BlockSource<'_> {
    pub(crate) fn block(&self, row: &index_store::BlockHandle) -> Result<Arc<LeafBlock>> {
        match self.cache {
            Some(cache) => cache.get(self.db, row),
            None => Ok(Arc::new(load_block(self.db, row)?)),
        }
    }
}

/// Keys from `low` on, below `high`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyRange {
    pub(crate) low: Vec<u8>,
    /// `None`: to the end.
    pub(crate) high: Option<Vec<u8>>,
}

impl KeyRange {
    /// All keys that start with a prefix.
    pub(crate) fn with_prefix(prefix: Vec<u8>) -> Self {
        Self { high: prefix_successor(&prefix), low: prefix }
    }

    pub(crate) fn contains(&self, text: &[u8]) -> bool {
        text >= self.low.as_slice() && self.is_below_end(text)
    }

    fn is_below_end(&self, text: &[u8]) -> bool {
        self.high.as_ref().is_none_or(|high| text < high.as_slice())
    }

    /// Whether a part may have a key of the span.
    pub(crate) fn overlaps(&self, part: &index_store::BlockHandle) -> bool {
        part.last_key >= self.low && self.is_below_end(&part.first_key)
    }
}

/// One sorted run, and whether `advance` has handed on what it is at.
#[derive(Debug)]
struct MergeInput<'a> {
    source: InputSource<'a>,
    consumed: Cell<bool>,
}

/// The delta, or a segment.
#[derive(Debug)]
enum InputSource<'a> {
    Memtable { remaining: Range<'a, MemtableKey, MemtableEntry>, current: Option<(&'a [u8], Posting)> },
    Segment(SegmentIterator<'a>),
}

#[derive(Debug)]
struct SegmentIterator<'a> {
    /// The parts not yet reached.
    remaining: BlockIter<'a>,
    cursor: Option<BlockCursor>,
    /// The contacts under the cursor's key that are still to come.
    postings: Option<PostingCursor>,
}

/// Runs merged into one: every key once, as the newest run has it, tombstones included.
#[derive(Debug)]
pub(crate) struct MergeIterator<'a> {
    scan: KeyScan<'a>,
    /// Newest first; none that has nothing for the span.
    inputs: Vec<MergeInput<'a>>,
    /// The run whose key `advance` has reached.
    current: usize,
}

/// Where keys are read, and which way.
#[derive(Debug)]
struct KeyScan<'a> {
    source: BlockSource<'a>,
    range: KeyRange,
    direction: Direction,
}

impl<'a> MergeIterator<'a> {
    /// The keys of a span, beyond `from` if it is given, whose text is in the span. `segments` are newest first.
    pub(crate) fn new(
        source: BlockSource<'a>,
        view: &'a IndexState,
        segments: &'a [Segment],
        span: KeyRange,
        from: Option<&MemtableKey>,
        direction: Direction,
    ) -> Result<Self> {
        let way = KeyScan { source, range: span, direction };
        let mut runs = Vec::with_capacity(segments.len().saturating_add(1));
        let mut add = |keys| {
            let run = MergeInput { source: keys, consumed: Cell::new(false) };
            if run.current().is_some() {
                runs.push(run);
            }
        };
        if !view.memtable.is_empty() {
            add(way.open_memtable(view, from));
        }
        for segment in segments {
            add(InputSource::Segment(way.open_segment(segment, from)?));
        }
        Ok(Self { scan: way, inputs: runs, current: 0 })
    }

    /// Moves to the next key. Its text is in [`Merged::text`].
    pub(crate) fn advance(&mut self) -> Result<Option<Posting>> {
        for run in &mut self.inputs {
            if run.consumed.replace(false) {
                self.scan.advance(&mut run.source)?;
            }
        }
        if let [run] = self.inputs.as_slice() {
            run.consumed.set(true);
            return Ok(run.current().map(|(_, posting)| posting));
        }
        let mut best: Option<(usize, (&[u8], Posting))> = None;
        for (at, run) in self.inputs.iter().enumerate() {
            let Some((text, posting)) = run.current() else { continue };
            let better = best.is_none_or(|(_, (best, known))| match self.scan.direction {
                Direction::Forward => (text, posting.contact) < (best, known.contact),
                Direction::Backward => (text, posting.contact) > (best, known.contact),
            });
            if better {
                best = Some((at, (text, posting)));
            }
        }
        let Some((at, (text, posting))) = best else { return Ok(None) };
        for run in &self.inputs {
            let same = |(other, here): (&[u8], Posting)| here.contact == posting.contact && other == text;
            run.consumed.set(run.current().is_some_and(same));
        }
        self.current = at;
        Ok(Some(posting))
    }

    /// The key that [`Merged::advance`] has reached: scope ‖ shelf ‖ text.
    pub(crate) fn key(&self) -> &[u8] {
        self.inputs.get(self.current).and_then(MergeInput::current).map_or(&[], |(text, _)| text)
    }
}

impl<'a> KeyScan<'a> {
    fn open_memtable(&self, view: &'a IndexState, from: Option<&MemtableKey>) -> InputSource<'a> {
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
        let mut rest = view.memtable.range((low, high));
        let here = next_memtable_entry(&mut rest, self.direction);
        InputSource::Memtable { remaining: rest, current: here }
    }

    fn open_segment(&self, segment: &'a Segment, from: Option<&MemtableKey>) -> Result<SegmentIterator<'a>> {
        let db = self.source.db;
        let from_text = from.map(|(text, _)| text.as_slice());
        let mut run = match self.direction {
            Direction::Forward => {
                let start = from_text.unwrap_or(&self.range.low);
                let mut rest = segment.blocks_from(db, start)?;
                let first = rest.next(db, &self.range)?.map(|part| self.source.block(part)).transpose()?;
                let cursor = first.map(|part| BlockCursor::at_or_after(part, start));
                SegmentIterator { remaining: rest, cursor, postings: None }
            }
            Direction::Backward => {
                // Everything below `end`, or at it: the contacts of `from`'s own text are sorted out below.
                let end = match (from_text, &self.range.high) {
                    (Some(key), _) => Some(UpperBound { key, inclusive: true }),
                    (None, high) => high.as_deref().map(|key| UpperBound { key, inclusive: false }),
                };
                let mut rest = segment.blocks_before(db, end)?;
                let last = rest.next(db, &self.range)?.map(|part| self.source.block(part)).transpose()?;
                let cursor = last.map(|part| match end {
                    Some(UpperBound { key, inclusive: true }) => BlockCursor::at_or_before(part, key),
                    Some(UpperBound { key, .. }) => BlockCursor::before(part, key),
                    None => BlockCursor::at_last(part),
                });
                SegmentIterator { remaining: rest, cursor, postings: None }
            }
        };
        self.load_postings(&mut run, from)?;
        Ok(run)
    }

    /// Reads the contacts under a cursor that has just moved, beyond `from` if this is its key; goes on where there are none.
    fn load_postings(&self, run: &mut SegmentIterator<'a>, from: Option<&MemtableKey>) -> Result<()> {
        loop {
            let Some(cursor) = &mut run.cursor else { return Ok(()) };
            match cursor.entry() {
                Some((text, value)) if self.range.contains(text) => {
                    let beyond = from.filter(|(at, _)| at == text).map(|(_, contact)| *contact);
                    let postings = PostingCursor::open(cursor.block(), value, self.direction, beyond);
                    if postings.current().is_some() {
                        run.postings = Some(postings);
                        return Ok(());
                    }
                    cursor.step(self.direction);
                }
                Some(_) => run.cursor = None,
                None => {
                    run.cursor = None;
                    if let Some(next) = run.remaining.next(self.source.db, &self.range)? {
                        let part = self.source.block(next)?;
                        run.cursor = Some(match self.direction {
                            Direction::Forward => BlockCursor::at_or_after(part, &[]),
                            Direction::Backward => BlockCursor::at_last(part),
                        });
                    }
                }
            }
        }
    }

    fn advance(&self, keys: &mut InputSource<'a>) -> Result<()> {
        match keys {
            InputSource::Memtable { remaining: rest, current: here } => {
                *here = next_memtable_entry(rest, self.direction);
                Ok(())
            }
            InputSource::Segment(segment) => {
                if let Some(postings) = &mut segment.postings {
                    postings.advance();
                    if postings.current().is_some() {
                        return Ok(());
                    }
                }
                if let Some(cursor) = &mut segment.cursor {
                    cursor.step(self.direction);
                }
                self.load_postings(segment, None)
            }
        }
    }
}

impl MergeInput<'_> {
    fn current(&self) -> Option<(&[u8], Posting)> {
        match &self.source {
            InputSource::Memtable { current: here, .. } => *here,
            InputSource::Segment(run) => {
                let (text, _) = run.cursor.as_ref()?.entry()?;
                Some((text, run.postings.as_ref()?.current()?))
            }
        }
    }
}

/// The next of the recent keys.
fn next_memtable_entry<'a>(
    rest: &mut Range<'a, MemtableKey, MemtableEntry>,
    direction: Direction,
) -> Option<(&'a [u8], Posting)> {
    let next = match direction {
        Direction::Forward => rest.next(),
        Direction::Backward => rest.next_back(),
    };
    next.map(|((text, contact), mark)| {
        (
            text.as_slice(),
            Posting { contact: *contact, live: mark.live, dedup_prefix_len: mark.dedup_prefix_len },
        )
    })
}
