//! Flushes the memtable into a segment, and merges segments, one bounded step at a time.

use std::collections::BTreeSet;

use crate::db::index_store::{self, SegmentHeader, SegmentState};
use crate::db::{Write, segment_parts};
use crate::error::{Error, Result};
use crate::index::key_range::{Direction, KeyRange};
use crate::index::read::merge_iterator::MergeIterator;
use crate::index::segment::block_cache::BlockSource;
use crate::index::segment::index_state::IndexState;
use crate::index::segment::segment_reader::SegmentReader;
use crate::index::segment::word_dictionary;
use crate::index::write::merged_words::MergedWords;
use crate::index::write::segment_writer::{SegmentWriter, last_key};
use crate::index::write::word_usage::WordUsage;

/// A segment is not merged while it is at least this many times larger than all newer ones together. So the number of segments
/// is at most log4(keys / memtable size) + 1, and a key is rewritten about as often.
const SIZE_RATIO: i64 = 3;

/// Which merges are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CompactionGoal {
    /// Merges that keep the number of segments small.
    FewSegments,
    /// All merges, until one segment is left.
    OneSegment,
}

/// Moves the memtable into a new segment. The memtable is small, since every write that adds to it checks its size.
///
/// # Errors
/// Those of the store; [`Error::Damaged`] if a key cannot be read.
pub(crate) fn flush_memtable(db: &Write<'_>) -> Result<()> {
    let state = IndexState::read_memtable(db)?;
    if state.memtable.is_empty() {
        return Ok(());
    }
    let keep_tombstones = !index_store::segment_headers(db, SegmentState::Live)?.is_empty();
    let mut writer = SegmentWriter::new(db)?;
    let live = state.memtable.iter().filter(|(_, entry)| entry.live);
    let words: BTreeSet<Vec<u8>> = live.filter_map(|((key, _), _)| word_dictionary::word_of(key)).collect();
    for word in &words {
        writer.add_word(word)?;
    }
    for ((key, contact), entry) in &state.memtable {
        if entry.live || keep_tombstones {
            writer.add(key, entry.posting(*contact))?;
        }
    }
    writer.finish()?;
    index_store::clear_memtable_log(db)?;
    Ok(index_store::increment_epoch(db)?)
}

/// Does one bounded step: writes some blocks of a merge, or deletes some blocks of an obsolete segment. False if nothing was
/// due.
///
/// # Errors
/// Those of the store; [`Error::Damaged`] if a block cannot be read. Such a merge waits until the index is rebuilt.
pub(crate) fn run_compaction_step(db: &Write<'_>, goal: CompactionGoal) -> Result<bool> {
    if let Some(segment) = index_store::segment_headers(db, SegmentState::Obsolete)?.into_iter().next() {
        let delete_from = segment.block_count.saturating_sub(db.tuning().index.blocks_per_delete_step);
        if delete_from == 0 {
            index_store::delete_segment(db, segment.id)?;
        } else {
            segment_parts::delete_blocks_from(db, segment.id, delete_from)?;
            index_store::set_segment_counts(db, &SegmentHeader { block_count: delete_from, ..segment })?;
        }
        return Ok(true);
    }
    // A merge of the newest segments may start while a larger merge of older ones is in progress: else small segments would
    // pile up until the larger merge is done.
    let in_progress = index_store::segment_headers(db, SegmentState::Building)?.into_iter().next();
    let may_start = goal == CompactionGoal::FewSegments || in_progress.is_none();
    let started = if may_start { start_merge(db, goal)? } else { None };
    let Some(building) = started.or(in_progress) else { return Ok(false) };
    let live = index_store::segment_headers(db, SegmentState::Live)?;
    let (sources, others): (Vec<_>, Vec<_>) =
        live.into_iter().partition(|segment| segment.merge_target == Some(building.id));
    let oldest = sources.iter().map(|segment| segment.sequence).min().unwrap_or_default();
    let sources =
        sources.into_iter().map(|header| SegmentReader::open(db, header)).collect::<Result<Vec<_>>>()?;
    let keep_tombstones = others.iter().any(|other| other.sequence < oldest);
    merge_parts(db, building, &sources, keep_tombstones)?;
    Ok(true)
}

/// Starts a merge if one is due. It takes only segments that are newer than all segments of merges in progress.
fn start_merge(db: &Write<'_>, goal: CompactionGoal) -> Result<Option<SegmentHeader>> {
    let live = index_store::segment_headers(db, SegmentState::Live)?;
    let mut key_count = 0_i64;
    let mut source_count = 0_usize;
    for segment in live.iter().take_while(|segment| segment.merge_target.is_none()) {
        if goal == CompactionGoal::FewSegments
            && source_count > 0
            && segment.key_count >= key_count.saturating_mul(SIZE_RATIO)
        {
            break;
        }
        key_count = key_count.saturating_add(segment.key_count);
        source_count = source_count.saturating_add(1);
    }
    if source_count < 2 {
        return Ok(None);
    }
    let target = index_store::insert_segment(db, SegmentState::Building)?;
    for segment in live.iter().take(source_count) {
        index_store::set_merge_target(db, segment.id, target.id)?;
    }
    Ok(index_store::segment_headers(db, SegmentState::Building)?.into_iter().next())
}

/// Writes the next parts of a merge: first the dictionary, then the blocks. After the last one, the new segment replaces its
/// sources. Tombstones, and words without contacts, are needed while an older segment may hold what they hide.
fn merge_parts(
    db: &Write<'_>,
    building: SegmentHeader,
    sources: &[SegmentReader],
    keep_tombstones: bool,
) -> Result<()> {
    let no_memtable = IndexState::default();
    let source = BlockSource { db, cache: None };
    // A block holds all contacts of its last key.
    let from = last_key(source, &building)?.map(|key| (key, i64::MAX));
    let mut writer = SegmentWriter::resume(db, building, from.as_ref().map(|(key, _)| key.clone()))?;
    let tuning = db.tuning().index;
    let mut written = 0_usize;
    if from.is_none() {
        let after = word_dictionary::last_word(source, &building)?;
        let mut words = MergedWords::new(source, sources, after.as_deref())?;
        let mut word_usage = WordUsage::new(source, &no_memtable, sources);
        while let Some(word) = words.next()? {
            if (keep_tombstones || word_usage.is_used(&word)?) && writer.add_word(&word)? {
                // Counted as the blocks that have as many bytes.
                written = written.saturating_add(tuning.word_set_size.div_ceil(tuning.block_size));
                if written >= tuning.blocks_per_merge_step {
                    return writer.pause();
                }
            }
        }
        writer.flush_words()?;
    }
    let mut merged =
        MergeIterator::new(source, &no_memtable, sources, KeyRange::ALL, from.as_ref(), Direction::Forward)?;
    while let Some(posting) = merged.advance()? {
        if (keep_tombstones || posting.live) && writer.add(merged.key(), posting)? {
            written = written.saturating_add(1);
            if written >= tuning.blocks_per_merge_step {
                return writer.pause();
            }
        }
    }
    let sequence = sources.iter().map(|segment| segment.header.sequence).max().unwrap_or(building.sequence);
    index_store::retire_sources(db, building.id)?;
    if writer.finish()? {
        index_store::publish_segment(db, building.id, sequence)?;
    }
    Ok(index_store::increment_epoch(db)?)
}

/// Runs what is due after a write of `new_keys`, with which the memtable has `total_keys`. A large memtable becomes a segment, and
/// the number of compaction steps is proportional to the new keys. A damaged index fails no write: keys are logged, and searches
/// read the rows instead.
///
/// # Errors
/// Those of the store.
pub(super) fn compact_after_write(db: &Write<'_>, new_keys: i64, total_keys: i64) -> Result<()> {
    let tuning = db.tuning().index;
    let work = || {
        if total_keys >= tuning.memtable_flush_threshold {
            flush_memtable(db)?;
        }
        let steps_until = |keys: i64| keys.checked_div(tuning.compaction_step_interval).unwrap_or_default();
        for _ in steps_until(total_keys.saturating_sub(new_keys))..steps_until(total_keys) {
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
    use crate::db::index_store::{self, SegmentState};
    use crate::db::segment_parts;
    use crate::host::interrupt::CancelToken;
    use crate::host::tuning::Tuning;
    use crate::model::{Network, NewContact};
    use crate::{Actor, Options};

    /// Each contact has so many keys that it fills the memtable. Regression: merges once were due by the number of log rows, a
    /// memtable had only one row, and no merge ever ran.
    #[test]
    fn segment_count_stays_bounded_for_large_writes() {
        let store = Options::new().tuning(Tuning::small()).open_in_memory().unwrap();
        let session = store.session(Actor::System);
        let stats = session.stats().unwrap();
        assert_eq!((stats.segments, stats.index_bytes), (0, 0));
        let mut max_segments = 0;
        for n in 0..150 {
            let mut contact = NewContact::new(Network::SMS_DIRECT, format!("Name{n}"), "");
            for item in 0..50 {
                contact = contact.identifier(format!("space{item}"), format!("{item:02}-{n:03}"));
            }
            for item in 0..25 {
                contact = contact.email(format!("n{n}i{item}@host{item}.example"));
            }
            session.add(contact).unwrap();
            max_segments = max_segments.max(session.stats().unwrap().segments);
        }
        let stats = session.stats().unwrap();
        assert!(stats.segments > 0 && stats.index_bytes > 10_000, "there is something to merge: {stats:?}");
        assert!(max_segments <= 12, "{max_segments} segments at once");
        assert!(store.check().unwrap().is_ok());
    }

    /// A segment without its blocks cannot be merged. Contacts are still written and found.
    #[test]
    fn writes_succeed_with_a_damaged_index() {
        let store = Options::new().tuning(Tuning::small()).open_in_memory().unwrap();
        let session = store.session(Actor::System);
        let add = |n: usize| session.add(NewContact::new(Network::SMS_DIRECT, format!("Name{n:03}"), ""));
        for n in 0..200 {
            add(n).unwrap();
        }
        let deleted = store.engine.write(&CancelToken::default(), |db| {
            for header in index_store::segment_headers(db, SegmentState::Live)? {
                segment_parts::delete_blocks_from(db, header.id, 0)?;
            }
            Ok(())
        });
        assert!(deleted.is_ok(), "{deleted:?}");
        assert!(
            session.stats().unwrap().segments > 0 && store.optimize().is_err(),
            "there is something to merge"
        );
        for n in 200..400 {
            add(n).unwrap();
        }
        assert_eq!(session.search("name").iter().count(), 400);
        assert!(!store.check().unwrap().is_ok());
        store.rebuild_index().unwrap();
        assert!(store.check().unwrap().is_ok());
    }
}
