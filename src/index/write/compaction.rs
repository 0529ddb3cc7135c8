//! From delta to segments, and from segments to fewer segments, a bounded piece at a time.

use crate::db::Write;
use crate::db::index::index_store;
use crate::db::index::index_store::{SegmentHeader, SegmentRow, SegmentState};
use crate::error::{Error, Result};
use crate::index::read::merge_iterator::{BlockSource, Direction, KeyRange, MergeIterator};
use crate::index::segment::Segment;
use crate::index::segment::block::{BlockBuilder, BuiltBlock};
use crate::index::segment::index_state::IndexState;
use crate::index::segment::postings::Posting;
use crate::index::segment::word_dictionary::{self, WordUsage};

/// A segment is left alone while it is at least this many times larger than all newer ones together. So the number of
/// segments stays within log4 of (keys / `FLUSH_AT`), plus one, and a key is rewritten about as often.
const SIZE_RATIO: i64 = 3;

/// Parts of a segment that nothing reads any more, removed in one step.
const DELETE_BATCH: usize = if cfg!(test) { 2 } else { 1024 };

/// Parts that a merge makes in one step.
const MERGE_BATCH: usize = if cfg!(test) { 1 } else { 64 };

/// Which merges are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CompactionGoal {
    /// Those that keep the number of segments small.
    FewSegments,
    /// All, until there is one segment.
    OneSegment,
}

/// Moves the delta into a segment. It holds few keys, since every write that adds to it looks.
///
/// # Errors
/// Those of the store; [`Error::Damaged`] if a key cannot be read.
pub(crate) fn flush_memtable(db: &Write<'_>) -> Result<()> {
    let mut view = IndexState::read_memtable(db)?;
    if view.memtable.is_empty() {
        return Ok(());
    }
    word_dictionary::add_dictionary_words(&mut view);
    let tombstones = !index_store::segment_headers(db, SegmentState::Live)?.is_empty();
    let mut writer = SegmentWriter::new(db)?;
    for ((key, contact), mark) in &view.memtable {
        if mark.live || tombstones {
            writer.add(
                key,
                Posting { contact: *contact, live: mark.live, dedup_prefix_len: mark.dedup_prefix_len },
            )?;
        }
    }
    writer.finish()?;
    index_store::clear_memtable_log(db)?;
    Ok(index_store::increment_epoch(db)?)
}

/// Does one bounded piece of what is due: makes some parts of a merge, or removes some of what a merge has left behind. False
/// if nothing was due.
///
/// # Errors
/// Those of the store; [`Error::Damaged`] at a part that cannot be read. Such a merge waits until the index is made anew.
pub(crate) fn run_compaction_step(db: &Write<'_>, due: CompactionGoal) -> Result<bool> {
    if let Some(segment) = index_store::segment_headers(db, SegmentState::Obsolete)?.into_iter().next() {
        let parts = index_store::load_segment(db, segment)?.blocks.len();
        let from = i64::try_from(parts.saturating_sub(DELETE_BATCH)).unwrap_or_default();
        if from == 0 {
            index_store::delete_segment(db, segment.id)?;
        } else {
            index_store::delete_blocks_from(db, segment.id, from)?;
            index_store::set_segment_counts(db, segment.id, segment.key_count, from)?;
        }
        return Ok(true);
    }
    // A merge of the newest segments does not wait for a larger one of older segments that is still going on: else segments would
    // gather in front of it.
    let begun = index_store::segment_headers(db, SegmentState::Building)?.into_iter().next();
    let new =
        if due == CompactionGoal::FewSegments || begun.is_none() { start_merge(db, due)? } else { None };
    let Some(building) = new.or(begun) else { return Ok(false) };
    let live = index_store::segment_headers(db, SegmentState::Live)?;
    let (sources, others): (Vec<_>, Vec<_>) =
        live.into_iter().partition(|segment| segment.merge_target == Some(building.id));
    let oldest = sources.iter().map(|segment| segment.sequence).min().unwrap_or_default();
    let sources = sources.into_iter().map(|head| Segment::open(db, head)).collect::<Result<Vec<_>>>()?;
    let building = index_store::load_segment(db, building)?;
    merge_blocks(db, &building, &sources, others.iter().any(|other| other.sequence < oldest))?;
    Ok(true)
}

/// Starts a merge if one is due, among the segments that are newer than any that is being merged.
fn start_merge(db: &Write<'_>, due: CompactionGoal) -> Result<Option<SegmentHeader>> {
    let live = index_store::segment_headers(db, SegmentState::Live)?;
    let mut size = 0_i64;
    let mut taken = 0_usize;
    for segment in live.iter().take_while(|segment| segment.merge_target.is_none()) {
        if due == CompactionGoal::FewSegments
            && taken > 0
            && segment.key_count >= size.saturating_mul(SIZE_RATIO)
        {
            break;
        }
        size = size.saturating_add(segment.key_count);
        taken = taken.saturating_add(1);
    }
    if taken < 2 {
        return Ok(None);
    }
    let target = index_store::insert_segment(db, SegmentState::Building)?;
    for segment in live.iter().take(taken) {
        index_store::set_merge_target(db, segment.id, target)?;
    }
    Ok(index_store::segment_headers(db, SegmentState::Building)?.into_iter().next())
}

/// Makes the next parts of a merge; after the last one, the new segment takes the place of its sources. Tombstones are kept
/// if there is anything older below them.
fn merge_blocks(db: &Write<'_>, building: &SegmentRow, sources: &[Segment], tombstones: bool) -> Result<()> {
    let view = IndexState::default();
    // A part holds all contacts of its last key.
    let from = building.blocks.last().map(|part| (part.last_key.clone(), i64::MAX));
    let source = BlockSource { db, cache: None };
    let span = KeyRange { low: Vec::new(), high: None };
    let mut merged = MergeIterator::new(source, &view, sources, span, from.as_ref(), Direction::Forward)?;
    let mut writer = SegmentWriter::resume(db, building);
    let mut made = 0;
    let mut living = WordUsage::new(source, &view, sources);
    while let Some(posting) = merged.advance()? {
        let kept = tombstones || posting.live && !living.is_unused(merged.key())?;
        if kept && writer.add(merged.key(), posting)? {
            made = usize::saturating_add(made, 1);
            if made >= MERGE_BATCH {
                return writer.pause();
            }
        }
    }
    let age = sources.iter().map(|segment| segment.age).max().unwrap_or(building.sequence);
    index_store::retire_sources(db, building.id)?;
    if writer.finish()? {
        index_store::publish_segment(db, building.id, age)?;
    }
    Ok(index_store::increment_epoch(db)?)
}

/// Writes the parts of a segment; keys come in order.
#[derive(Debug)]
pub(crate) struct SegmentWriter<'d, 'c> {
    db: &'d Write<'c>,
    segment: i64,
    block_count: i64,
    /// Keys in the parts that are stored.
    key_count: i64,
    builder: BlockBuilder,
}

impl<'d, 'c> SegmentWriter<'d, 'c> {
    /// A new segment, the newest of all.
    pub(crate) fn new(db: &'d Write<'c>) -> Result<Self> {
        let segment = index_store::insert_segment(db, SegmentState::Live)?;
        Ok(Self { db, segment, block_count: 0, key_count: 0, builder: BlockBuilder::new() })
    }

    /// The next parts of a segment that a merge is making.
    fn resume(db: &'d Write<'c>, building: &SegmentRow) -> Self {
        let parts = i64::try_from(building.blocks.len()).unwrap_or(i64::MAX);
        Self {
            db,
            segment: building.id,
            block_count: parts,
            key_count: building.key_count,
            builder: BlockBuilder::new(),
        }
    }

    /// Adds a key. True if that has filled a part; the key is then not in it but in the next.
    pub(crate) fn add(&mut self, key: &[u8], posting: Posting) -> Result<bool> {
        let full = self.builder.add(key, posting)?;
        let filled = full.is_some();
        self.store_block(full)?;
        Ok(filled)
    }

    fn store_block(&mut self, part: Option<BuiltBlock>) -> Result<()> {
        if let Some(part) = part {
            index_store::insert_block(self.db, self.segment, self.block_count, &part.row, &part.body)?;
            self.block_count = self.block_count.saturating_add(1);
            self.key_count = self.key_count.saturating_add(part.key_count);
        }
        Ok(())
    }

    /// Adds whole parts, which follow what there is.
    pub(crate) fn add_blocks(&mut self, parts: Vec<BuiltBlock>) -> Result<()> {
        parts.into_iter().try_for_each(|part| self.store_block(Some(part)))
    }

    /// Leaves the segment as it is stored, to be resumed.
    fn pause(self) -> Result<()> {
        Ok(index_store::set_segment_counts(self.db, self.segment, self.key_count, self.block_count)?)
    }

    /// Closes the segment; one without a key leaves nothing behind, which is false.
    pub(crate) fn finish(mut self) -> Result<bool> {
        let last = std::mem::replace(&mut self.builder, BlockBuilder::new()).finish()?;
        self.store_block(last)?;
        if self.block_count == 0 {
            index_store::delete_segment(self.db, self.segment)?;
            return Ok(false);
        }
        let (db, segment) = (self.db, self.segment);
        self.pause()?;
        index_store::write_term_index(db, segment)?;
        Ok(true)
    }
}

/// What follows a write of `new` keys, with which `waiting` are in the delta: the delta becomes a segment when it is large
/// enough, and merges go on in proportion to the keys that come in. A damaged index stops no write: keys are recorded, and
/// searches answer from the rows.
///
/// # Errors
/// Those of the store.
pub(crate) fn compact_after_write(db: &Write<'_>, new: i64, waiting: i64) -> Result<()> {
    let work = || {
        if waiting >= crate::index::MEMTABLE_FLUSH_THRESHOLD {
            flush_memtable(db)?;
        }
        let passed = |keys: i64| keys / crate::index::COMPACTION_STEP_INTERVAL;
        for _ in passed(waiting.saturating_sub(new))..passed(waiting) {
            if !run_compaction_step(db, CompactionGoal::FewSegments)? {
                break;
            }
        }
        Ok(())
    };
    match work() {
        Err(Error::Damaged { .. }) => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {

    use crate::db::index::index_store::{self, SegmentState};
    use crate::host::interrupt::CancelToken;
    use crate::model::{Network, NewContact};
    use crate::{Actor, Options};

    /// Contacts with so many keys that each fills the delta: merges were counted in rows, of which a delta then had one, and
    /// none was ever done.
    #[test]
    fn segment_count_stays_bounded_for_large_writes() {
        let store = Options::new().open_in_memory().unwrap();
        let desk = store.session(Actor::System);
        let stats = desk.stats().unwrap();
        assert_eq!((stats.segments, stats.index_bytes), (0, 0));
        let mut most = 0;
        for n in 0..150 {
            let mut contact = NewContact::new(Network::SMS_DIRECT, format!("Name{n}"), "");
            for item in 0..50 {
                contact = contact.identifier(format!("space{item}"), format!("{item:02}-{n:03}"));
            }
            for item in 0..25 {
                contact = contact.email(format!("n{n}i{item}@host{item}.example"));
            }
            desk.add(contact).unwrap();
            most = most.max(desk.stats().unwrap().segments);
        }
        let stats = desk.stats().unwrap();
        assert!(stats.segments > 0 && stats.index_bytes > 10_000, "there is something to merge: {stats:?}");
        assert!(most <= 12, "{most} segments at once");
        assert!(store.check().unwrap().is_ok());
    }

    /// A segment that has lost its parts can be merged no more. Contacts are written all the same, and found.
    #[test]
    fn writes_succeed_with_a_damaged_index() {
        let store = Options::new().open_in_memory().unwrap();
        let desk = store.session(Actor::System);
        let add = |n: usize| desk.add(NewContact::new(Network::SMS_DIRECT, format!("Name{n:03}"), ""));
        for n in 0..200 {
            add(n).unwrap();
        }
        let lost = store.engine.write(&CancelToken::default(), |db| {
            for head in index_store::segment_headers(db, SegmentState::Live)? {
                index_store::delete_blocks_from(db, head.id, 0)?;
            }
            Ok(())
        });
        assert!(lost.is_ok(), "{lost:?}");
        assert!(
            desk.stats().unwrap().segments > 0 && store.optimize().is_err(),
            "there is something to merge"
        );
        for n in 200..400 {
            add(n).unwrap();
        }
        assert_eq!(desk.search("name").iter().count(), 400);
        assert!(!store.check().unwrap().is_ok());
        store.rebuild_index().unwrap();
        assert!(store.check().unwrap().is_ok());
    }
}
