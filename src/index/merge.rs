//! From delta to segments, and from segments to fewer segments.

use std::collections::BTreeSet;

use super::FLUSH_AT;
use super::merged::{Direction, Merged, Source};
use super::part::{Built, PartBuilder};
use super::view::View;
use crate::db::{Read, Write, search};
use crate::error::{Error, Result};

/// A segment is left alone while it is at least this many times larger than all newer ones together. So the number of
/// segments stays within log4 of (keys / [`FLUSH_AT`]), plus one, and a key is rewritten about as often.
const RATIO: i64 = 3;

/// Records a change of keys: `old` are gone, `new` are there. Moves the delta into a segment when it is large enough.
///
/// # Errors
/// Those of the store.
pub(crate) fn record(db: &Write<'_>, old: &BTreeSet<Vec<u8>>, new: &BTreeSet<Vec<u8>>) -> Result<()> {
    let mut rows = 0;
    for key in old.difference(new) {
        rows = search::insert_delta(db, key, false)?;
    }
    for key in new.difference(old) {
        rows = search::insert_delta(db, key, true)?;
    }
    if rows < FLUSH_AT { Ok(()) } else { tidy(db) }
}

/// Merges what is due, if the index can be read. A damaged one stops no write: keys are recorded, and searches answer from
/// the rows.
///
/// # Errors
/// Those of the store.
pub(crate) fn tidy(db: &Write<'_>) -> Result<()> {
    match flush(db, false) {
        Err(Error::Damaged { .. }) => Ok(()),
        done => done,
    }
}

/// Moves the delta, and the segments that have become too many, into one new segment; `all` takes every segment.
///
/// # Errors
/// Those of the store; a damaged part.
pub(crate) fn flush(db: &Write<'_>, all: bool) -> Result<()> {
    let view = View::load(db)?;
    let mut size = i64::try_from(view.delta.len()).unwrap_or(i64::MAX);
    let mut taken = 0_usize; // from the newest on
    for segment in &view.segments {
        if !all && size > 0 && segment.keys >= size.saturating_mul(RATIO) {
            break;
        }
        size = size.saturating_add(segment.keys);
        taken = taken.saturating_add(1);
    }
    if view.delta.is_empty() && taken <= 1 {
        return Ok(());
    }
    match merge(db, &view, taken) {
        // A damaged segment stays for `check` to find. The delta needs none of them to become one itself.
        Err(Error::Damaged { .. }) if !all && taken > 0 && !view.delta.is_empty() => merge(db, &view, 0),
        done => done,
    }
}

/// Merges the delta and the `taken` newest segments.
fn merge(db: &Write<'_>, view: &View, taken: usize) -> Result<()> {
    let (merging, kept) = view.segments.split_at_checked(taken).unwrap_or((&view.segments, &[]));
    let writer = SegmentWriter::new(db)?;
    let segment = writer.segment;
    if let Err(error) = fill(writer, db, view, merging, !kept.is_empty()) {
        search::delete_segment(db, segment)?;
        return Err(error);
    }
    for segment in merging {
        search::delete_segment(db, segment.id)?;
    }
    search::clear_delta(db)?;
    search::next_epoch(db)?;
    Ok(())
}

/// Writes what is merged into a new segment. Tombstones are kept if there is anything older below them.
fn fill(
    mut writer: SegmentWriter<'_, '_>,
    db: &Read<'_>,
    view: &View,
    merging: &[search::SegmentRow],
    tombstones: bool,
) -> Result<()> {
    let source = Source { db, cache: None };
    let mut merged = Merged::new(source, view, merging, Vec::new(), None, Direction::Forward)?;
    while let Some(posting) = merged.advance()? {
        if posting.live || tombstones {
            writer.add(merged.text(), posting)?;
        }
    }
    writer.finish()
}

/// Writes a new segment, the newest of all; keys come in order.
#[derive(Debug)]
pub(super) struct SegmentWriter<'d, 'c> {
    db: &'d Write<'c>,
    segment: i64,
    parts: i64,
    /// Keys in parts that came whole.
    whole: i64,
    builder: PartBuilder,
}

impl<'d, 'c> SegmentWriter<'d, 'c> {
    pub(super) fn new(db: &'d Write<'c>) -> Result<Self> {
        Ok(Self { db, segment: search::insert_segment(db)?, parts: 0, whole: 0, builder: PartBuilder::new() })
    }

    pub(super) fn add(&mut self, text: &[u8], posting: super::part::Posting) -> Result<()> {
        let full = self.builder.add(text, posting)?;
        self.store(full)
    }

    fn store(&mut self, part: Option<Built>) -> Result<()> {
        if let Some(part) = part {
            search::insert_part(self.db, self.segment, self.parts, &part.row, &part.body)?;
            self.parts = self.parts.saturating_add(1);
        }
        Ok(())
    }

    /// Adds whole parts, which hold `keys` keys and follow what there is.
    pub(super) fn add_parts(&mut self, parts: Vec<Built>, keys: i64) -> Result<()> {
        self.whole = self.whole.saturating_add(keys);
        parts.into_iter().try_for_each(|part| self.store(Some(part)))
    }

    /// Closes the segment; one without a key leaves nothing behind.
    pub(super) fn finish(mut self) -> Result<()> {
        let keys = self.builder.keys().saturating_add(self.whole);
        let last = std::mem::replace(&mut self.builder, PartBuilder::new()).finish()?;
        self.store(last)?;
        if keys == 0 {
            search::delete_segment(self.db, self.segment)?;
        } else {
            search::close_segment(self.db, self.segment, keys, self.parts)?;
        }
        Ok(())
    }
}
