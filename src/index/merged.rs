//! Delta and segments merged into one ordered run, both ways.

use std::collections::btree_map::Range;
use std::ops::Bound;
use std::sync::Arc;

use super::cache::{PartCache, load};
use super::cursor::PartCursor;
use super::part::{Part, Posting};
use super::view::{DeltaKey, View};
use crate::db::{Read, search};
use crate::error::Result;

/// Which way a stream or a page goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
}

/// Where parts come from: a search keeps them, a merge reads each one once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) db: &'a Read<'a>,
    pub(super) cache: Option<&'a PartCache>,
}

impl Source<'_> {
    fn part(&self, row: &search::PartRow) -> Result<Arc<Part>> {
        match self.cache {
            Some(cache) => cache.get(self.db, row),
            None => Ok(Arc::new(load(self.db, row)?)),
        }
    }
}

/// One sorted run: the delta, or a segment.
#[derive(Debug)]
enum Run<'a> {
    Delta { rest: Range<'a, DeltaKey, bool>, here: Option<(&'a [u8], Posting)> },
    Segment(SegmentRun<'a>),
}

#[derive(Debug)]
struct SegmentRun<'a> {
    /// The parts not yet reached, in the order they will be.
    rest: &'a [search::PartRow],
    cursor: Option<PartCursor>,
    /// The contacts under the cursor's key that are still to come; taken from the end.
    postings: Vec<Posting>,
}

/// Runs merged into one: every key once, as the newest run has it, tombstones included.
#[derive(Debug)]
pub(super) struct Merged<'a> {
    source: Source<'a>,
    prefix: Vec<u8>,
    direction: Direction,
    /// Newest first.
    runs: Vec<Run<'a>>,
    /// The key that `advance` has reached.
    text: Vec<u8>,
}

impl<'a> Merged<'a> {
    /// The keys that start with `prefix`, from `from` on (not included) if it is given. `segments` are newest first.
    pub(super) fn new(
        source: Source<'a>,
        view: &'a View,
        segments: &'a [search::SegmentRow],
        prefix: Vec<u8>,
        from: Option<&DeltaKey>,
        direction: Direction,
    ) -> Result<Self> {
        let mut merged = Self { source, prefix, direction, runs: Vec::new(), text: Vec::new() };
        let delta = merged.delta(view, from);
        merged.runs.push(delta);
        for segment in segments {
            let run = merged.segment(&segment.parts, from)?;
            // A segment with nothing for this prefix costs no more than the look at its list of parts.
            if run.cursor.is_some() {
                merged.runs.push(Run::Segment(run));
            }
        }
        Ok(merged)
    }

    fn delta(&self, view: &'a View, from: Option<&DeltaKey>) -> Run<'a> {
        let start = || (self.prefix.clone(), i64::MIN);
        let (low, high) = match (self.direction, from) {
            (Direction::Forward, Some(from)) => (Bound::Excluded(from.clone()), Bound::Unbounded),
            (Direction::Forward, None) => (Bound::Included(start()), Bound::Unbounded),
            (Direction::Backward, Some(from)) => (Bound::Included(start()), Bound::Excluded(from.clone())),
            (Direction::Backward, None) => {
                let end =
                    successor(&self.prefix).map_or(Bound::Unbounded, |end| Bound::Excluded((end, i64::MIN)));
                (Bound::Included(start()), end)
            }
        };
        let mut run = Run::Delta { rest: view.delta.range((low, high)), here: None };
        run.advance_delta(self.direction, &self.prefix);
        run
    }

    fn segment(&self, parts: &'a [search::PartRow], from: Option<&DeltaKey>) -> Result<SegmentRun<'a>> {
        let none = SegmentRun { rest: &[], cursor: None, postings: Vec::new() };
        let mut run = match self.direction {
            Direction::Forward => {
                let start = from.map_or(self.prefix.as_slice(), |(text, _)| text);
                let reached = parts.partition_point(|part| part.last_key.as_slice() < start);
                let Some((first, rest)) = parts.get(reached..).unwrap_or_default().split_first() else {
                    return Ok(none);
                };
                if first.first_key.as_slice() > start && !first.first_key.starts_with(&self.prefix) {
                    return Ok(none);
                }
                let cursor = PartCursor::at_or_after(self.source.part(first)?, start);
                SegmentRun { rest, cursor: Some(cursor), postings: Vec::new() }
            }
            Direction::Backward => {
                // Everything below `end`, or at it: the contacts of `from`'s own text are sorted out below.
                let successor = successor(&self.prefix);
                let (end, included) = match (from, &successor) {
                    (Some((text, _)), _) => (Some(text.as_slice()), true),
                    (None, end) => (end.as_deref(), false),
                };
                let below = |part: &search::PartRow| match end {
                    Some(end) if included => part.first_key.as_slice() <= end,
                    Some(end) => part.first_key.as_slice() < end,
                    None => true,
                };
                let reached = parts.partition_point(below);
                let Some((last, rest)) = parts.get(..reached).unwrap_or_default().split_last() else {
                    return Ok(none);
                };
                if last.last_key.as_slice() < self.prefix.as_slice() {
                    return Ok(none);
                }
                let part = self.source.part(last)?;
                let cursor = match end {
                    Some(end) if included => {
                        let mut cursor = PartCursor::at_or_after(Arc::clone(&part), end);
                        if cursor.entry().is_none_or(|(text, _)| text != end) {
                            cursor = PartCursor::before(part, end);
                        }
                        cursor
                    }
                    Some(end) => PartCursor::before(part, end),
                    None => PartCursor::at_last(part),
                };
                SegmentRun { rest, cursor: Some(cursor), postings: Vec::new() }
            }
        };
        self.settle(&mut run)?;
        if let Some((text, contact)) = from {
            // The first key may be that of `from`: keep what lies beyond it.
            if run.text() == Some(text.as_slice()) {
                match self.direction {
                    Direction::Forward => run.postings.retain(|posting| posting.contact > *contact),
                    Direction::Backward => run.postings.retain(|posting| posting.contact < *contact),
                }
                if run.postings.is_empty() {
                    self.step(&mut run)?;
                }
            }
        }
        Ok(run)
    }

    /// Reads the contacts under a cursor that has just moved; goes to the next part where one ends.
    fn settle(&self, run: &mut SegmentRun<'a>) -> Result<()> {
        loop {
            let Some(cursor) = &run.cursor else { return Ok(()) };
            match cursor.entry() {
                Some((text, value)) if text.starts_with(&self.prefix) => {
                    cursor.part().postings(value, &mut run.postings);
                    if self.direction == Direction::Forward {
                        run.postings.reverse();
                    }
                    return Ok(());
                }
                Some(_) => {
                    run.cursor = None;
                    return Ok(());
                }
                None => {
                    let next = match self.direction {
                        Direction::Forward => run.rest.split_first(),
                        Direction::Backward => run.rest.split_last(),
                    };
                    let Some((next, rest)) = next else {
                        run.cursor = None;
                        return Ok(());
                    };
                    let outside = match self.direction {
                        Direction::Forward => !next.first_key.starts_with(&self.prefix),
                        Direction::Backward => !next.last_key.starts_with(&self.prefix),
                    };
                    run.rest = rest;
                    run.cursor = if outside {
                        None
                    } else {
                        let part = self.source.part(next)?;
                        Some(match self.direction {
                            Direction::Forward => PartCursor::at_or_after(part, &[]),
                            Direction::Backward => PartCursor::at_last(part),
                        })
                    };
                }
            }
        }
    }

    fn step(&self, run: &mut SegmentRun<'a>) -> Result<()> {
        if let Some(cursor) = &mut run.cursor {
            match self.direction {
                Direction::Forward => cursor.next(),
                Direction::Backward => cursor.previous(),
            }
        }
        self.settle(run)
    }

    /// Moves to the next key. Its text is in [`Merged::text`].
    pub(super) fn advance(&mut self) -> Result<Option<Posting>> {
        let mut best: Option<(&[u8], Posting)> = None;
        for run in &self.runs {
            if let Some((text, posting)) = run.here() {
                let order = |best: &(&[u8], Posting)| (text, posting.contact).cmp(&(best.0, best.1.contact));
                let better = match (&best, self.direction) {
                    (None, _) => true,
                    (Some(best), Direction::Forward) => order(best).is_lt(),
                    (Some(best), Direction::Backward) => order(best).is_gt(),
                };
                if better {
                    best = Some((text, posting));
                }
            }
        }
        let Some((text, posting)) = best else { return Ok(None) };
        let mut reached = std::mem::take(&mut self.text);
        reached.clear();
        reached.extend_from_slice(text);
        let mut runs = std::mem::take(&mut self.runs);
        let moved = runs.iter_mut().try_for_each(|run| {
            let at =
                run.here().is_some_and(|(text, here)| text == reached && here.contact == posting.contact);
            if at { self.advance_run(run) } else { Ok(()) }
        });
        self.runs = runs;
        self.text = reached;
        moved.map(|()| Some(posting))
    }

    fn advance_run(&self, run: &mut Run<'a>) -> Result<()> {
        match run {
            Run::Delta { .. } => {
                run.advance_delta(self.direction, &self.prefix);
                Ok(())
            }
            Run::Segment(segment) => {
                segment.postings.pop();
                if segment.postings.is_empty() { self.step(segment) } else { Ok(()) }
            }
        }
    }

    /// The key that [`Merged::advance`] has reached: scope ‖ class ‖ text.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }
}

impl Run<'_> {
    fn here(&self) -> Option<(&[u8], Posting)> {
        match self {
            Run::Delta { here, .. } => *here,
            Run::Segment(run) => Some((run.text()?, *run.postings.last()?)),
        }
    }

    fn advance_delta(&mut self, direction: Direction, prefix: &[u8]) {
        if let Run::Delta { rest, here } = self {
            let next = match direction {
                Direction::Forward => rest.next(),
                Direction::Backward => rest.next_back(),
            };
            *here = next
                .filter(|((text, _), _)| text.starts_with(prefix))
                .map(|((text, contact), live)| (text.as_slice(), Posting { contact: *contact, live: *live }));
        }
    }
}

impl SegmentRun<'_> {
    fn text(&self) -> Option<&[u8]> {
        self.cursor.as_ref()?.entry().map(|(text, _)| text)
    }
}

/// The least text above everything that starts with `prefix`; `None` if there is none.
fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let keep = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut next = prefix.get(..=keep)?.to_vec();
    if let Some(last) = next.last_mut() {
        *last = last.saturating_add(1);
    }
    Some(next)
}
