//! Delta and segments merged into one ordered run, both ways.

use std::cell::Cell;
use std::collections::btree_map::Range;
use std::ops::Bound;
use std::sync::Arc;

use crate::db::Read;
use crate::db::index::index_store;
use crate::error::Result;
use crate::index::key::successor;
use crate::index::read::block_cursor::PartCursor;
use crate::index::segment::block::Part;
use crate::index::segment::block_cache::{PartCache, load};
use crate::index::segment::memtable::{DeltaKey, Mark, View};
use crate::index::segment::postings::{Posting, Postings};
use crate::index::segment::{End, Parts, Segment};

/// Which way a stream or a page goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
}

impl Direction {
    /// The other way.
    pub(crate) fn turned(self) -> Self {
        match self {
            Self::Forward => Self::Backward,
            Self::Backward => Self::Forward,
        }
    }
}

/// Where parts come from: a search keeps them, a merge reads each one once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) db: &'a Read<'a>,
    pub(crate) cache: Option<&'a PartCache>,
}

impl Source<'_> {
    pub(crate) fn part(&self, row: &index_store::PartRow) -> Result<Arc<Part>> {
        match self.cache {
            Some(cache) => cache.get(self.db, row),
            None => Ok(Arc::new(load(self.db, row)?)),
        }
    }
}

/// Keys from `low` on, below `high`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) low: Vec<u8>,
    /// `None`: to the end.
    pub(crate) high: Option<Vec<u8>>,
}

impl Span {
    /// All keys that start with a prefix.
    pub(crate) fn of(prefix: Vec<u8>) -> Self {
        Self { high: successor(&prefix), low: prefix }
    }

    pub(crate) fn has(&self, text: &[u8]) -> bool {
        text >= self.low.as_slice() && self.is_below_end(text)
    }

    fn is_below_end(&self, text: &[u8]) -> bool {
        self.high.as_ref().is_none_or(|high| text < high.as_slice())
    }

    /// Whether a part may have a key of the span.
    pub(crate) fn meets(&self, part: &index_store::PartRow) -> bool {
        part.last_key >= self.low && self.is_below_end(&part.first_key)
    }
}

/// One sorted run, and whether `advance` has handed on what it is at.
#[derive(Debug)]
struct Run<'a> {
    keys: Keys<'a>,
    passed: Cell<bool>,
}

/// The delta, or a segment.
#[derive(Debug)]
enum Keys<'a> {
    Delta { rest: Range<'a, DeltaKey, Mark>, here: Option<(&'a [u8], Posting)> },
    Segment(SegmentRun<'a>),
}

#[derive(Debug)]
struct SegmentRun<'a> {
    /// The parts not yet reached.
    rest: Parts<'a>,
    cursor: Option<PartCursor>,
    /// The contacts under the cursor's key that are still to come.
    postings: Option<Postings>,
}

/// Runs merged into one: every key once, as the newest run has it, tombstones included.
#[derive(Debug)]
pub(crate) struct Merged<'a> {
    way: Way<'a>,
    /// Newest first; none that has nothing for the span.
    runs: Vec<Run<'a>>,
    /// The run whose key `advance` has reached.
    best: usize,
}

/// Where keys are read, and which way.
#[derive(Debug)]
struct Way<'a> {
    source: Source<'a>,
    span: Span,
    direction: Direction,
}

impl<'a> Merged<'a> {
    /// The keys of a span, beyond `from` if it is given, whose text is in the span. `segments` are newest first.
    pub(crate) fn new(
        source: Source<'a>,
        view: &'a View,
        segments: &'a [Segment],
        span: Span,
        from: Option<&DeltaKey>,
        direction: Direction,
    ) -> Result<Self> {
        let way = Way { source, span, direction };
        let mut runs = Vec::with_capacity(segments.len().saturating_add(1));
        let mut add = |keys| {
            let run = Run { keys, passed: Cell::new(false) };
            if run.here().is_some() {
                runs.push(run);
            }
        };
        if !view.delta.is_empty() {
            add(way.delta(view, from));
        }
        for segment in segments {
            add(Keys::Segment(way.segment(segment, from)?));
        }
        Ok(Self { way, runs, best: 0 })
    }

    /// Moves to the next key. Its text is in [`Merged::text`].
    pub(crate) fn advance(&mut self) -> Result<Option<Posting>> {
        for run in &mut self.runs {
            if run.passed.replace(false) {
                self.way.advance(&mut run.keys)?;
            }
        }
        if let [run] = self.runs.as_slice() {
            run.passed.set(true);
            return Ok(run.here().map(|(_, posting)| posting));
        }
        let mut best: Option<(usize, (&[u8], Posting))> = None;
        for (at, run) in self.runs.iter().enumerate() {
            let Some((text, posting)) = run.here() else { continue };
            let better = best.is_none_or(|(_, (best, known))| match self.way.direction {
                Direction::Forward => (text, posting.contact) < (best, known.contact),
                Direction::Backward => (text, posting.contact) > (best, known.contact),
            });
            if better {
                best = Some((at, (text, posting)));
            }
        }
        let Some((at, (text, posting))) = best else { return Ok(None) };
        for run in &self.runs {
            let same = |(other, here): (&[u8], Posting)| here.contact == posting.contact && other == text;
            run.passed.set(run.here().is_some_and(same));
        }
        self.best = at;
        Ok(Some(posting))
    }

    /// The key that [`Merged::advance`] has reached: scope ‖ shelf ‖ text.
    pub(crate) fn text(&self) -> &[u8] {
        self.runs.get(self.best).and_then(Run::here).map_or(&[], |(text, _)| text)
    }
}

impl<'a> Way<'a> {
    fn delta(&self, view: &'a View, from: Option<&DeltaKey>) -> Keys<'a> {
        let mut low = Bound::Included((self.span.low.clone(), i64::MIN));
        let mut high = match &self.span.high {
            Some(high) => Bound::Excluded((high.clone(), i64::MIN)),
            None => Bound::Unbounded,
        };
        if let Some(from) = from {
            match self.direction {
                Direction::Forward => low = Bound::Excluded(from.clone()),
                Direction::Backward => high = Bound::Excluded(from.clone()),
            }
        }
        let mut rest = view.delta.range((low, high));
        let here = next(&mut rest, self.direction);
        Keys::Delta { rest, here }
    }

    fn segment(&self, segment: &'a Segment, from: Option<&DeltaKey>) -> Result<SegmentRun<'a>> {
        let db = self.source.db;
        let from_text = from.map(|(text, _)| text.as_slice());
        let mut run = match self.direction {
            Direction::Forward => {
                let start = from_text.unwrap_or(&self.span.low);
                let mut rest = segment.parts_from(db, start)?;
                let first = rest.next(db, &self.span)?.map(|part| self.source.part(part)).transpose()?;
                let cursor = first.map(|part| PartCursor::at_or_after(part, start));
                SegmentRun { rest, cursor, postings: None }
            }
            Direction::Backward => {
                // Everything below `end`, or at it: the contacts of `from`'s own text are sorted out below.
                let end = match (from_text, &self.span.high) {
                    (Some(key), _) => Some(End { key, included: true }),
                    (None, high) => high.as_deref().map(|key| End { key, included: false }),
                };
                let mut rest = segment.parts_before(db, end)?;
                let last = rest.next(db, &self.span)?.map(|part| self.source.part(part)).transpose()?;
                let cursor = last.map(|part| match end {
                    Some(End { key, included: true }) => PartCursor::at_or_before(part, key),
                    Some(End { key, .. }) => PartCursor::before(part, key),
                    None => PartCursor::at_last(part),
                });
                SegmentRun { rest, cursor, postings: None }
            }
        };
        self.settle(&mut run, from)?;
        Ok(run)
    }

    /// Reads the contacts under a cursor that has just moved, beyond `from` if this is its key; goes on where there are none.
    fn settle(&self, run: &mut SegmentRun<'a>, from: Option<&DeltaKey>) -> Result<()> {
        loop {
            let Some(cursor) = &mut run.cursor else { return Ok(()) };
            match cursor.entry() {
                Some((text, value)) if self.span.has(text) => {
                    let beyond = from.filter(|(at, _)| at == text).map(|(_, contact)| *contact);
                    let postings = Postings::open(cursor.part(), value, self.direction, beyond);
                    if postings.here().is_some() {
                        run.postings = Some(postings);
                        return Ok(());
                    }
                    cursor.step(self.direction);
                }
                Some(_) => run.cursor = None,
                None => {
                    run.cursor = None;
                    if let Some(next) = run.rest.next(self.source.db, &self.span)? {
                        let part = self.source.part(next)?;
                        run.cursor = Some(match self.direction {
                            Direction::Forward => PartCursor::at_or_after(part, &[]),
                            Direction::Backward => PartCursor::at_last(part),
                        });
                    }
                }
            }
        }
    }

    fn advance(&self, keys: &mut Keys<'a>) -> Result<()> {
        match keys {
            Keys::Delta { rest, here } => {
                *here = next(rest, self.direction);
                Ok(())
            }
            Keys::Segment(segment) => {
                if let Some(postings) = &mut segment.postings {
                    postings.advance();
                    if postings.here().is_some() {
                        return Ok(());
                    }
                }
                if let Some(cursor) = &mut segment.cursor {
                    cursor.step(self.direction);
                }
                self.settle(segment, None)
            }
        }
    }
}

impl Run<'_> {
    fn here(&self) -> Option<(&[u8], Posting)> {
        match &self.keys {
            Keys::Delta { here, .. } => *here,
            Keys::Segment(run) => {
                let (text, _) = run.cursor.as_ref()?.entry()?;
                Some((text, run.postings.as_ref()?.here()?))
            }
        }
    }
}

/// The next of the recent keys.
fn next<'a>(rest: &mut Range<'a, DeltaKey, Mark>, direction: Direction) -> Option<(&'a [u8], Posting)> {
    let next = match direction {
        Direction::Forward => rest.next(),
        Direction::Backward => rest.next_back(),
    };
    next.map(|((text, contact), mark)| {
        (text.as_slice(), Posting { contact: *contact, live: mark.live, hidden: mark.hidden })
    })
}
