//! From delta to segments, and from segments to fewer segments, a bounded piece at a time.

use crate::db::Write;
use crate::db::index::index_store;
use crate::db::index::index_store::{SegmentHead, SegmentRow, State};
use crate::error::{Error, Result};
use crate::index::read::merge_iterator::{Direction, Merged, Source, Span};
use crate::index::segment::Segment;
use crate::index::segment::block::{Built, PartBuilder};
use crate::index::segment::memtable::View;
use crate::index::segment::postings::Posting;
use crate::index::segment::word_dictionary::{self, Living};

/// A segment is left alone while it is at least this many times larger than all newer ones together. So the number of
/// segments stays within log4 of (keys / `FLUSH_AT`), plus one, and a key is rewritten about as often.
const RATIO: i64 = 3;

/// Parts of a segment that nothing reads any more, removed in one step.
const REMOVED: usize = if cfg!(test) { 2 } else { 1024 };

/// Parts that a merge makes in one step.
const MADE: usize = if cfg!(test) { 1 } else { 64 };

/// Which merges are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Those that keep the number of segments small.
    Some,
    /// All, until there is one segment.
    All,
}

/// Moves the delta into a segment. It holds few keys, since every write that adds to it looks.
///
/// # Errors
/// Those of the store; [`Error::Damaged`] if a key cannot be read.
pub(crate) fn flush(db: &Write<'_>) -> Result<()> {
    let mut view = View::recent(db)?;
    if view.delta.is_empty() {
        return Ok(());
    }
    word_dictionary::note(&mut view);
    let tombstones = !index_store::heads(db, State::Live)?.is_empty();
    let mut writer = SegmentWriter::new(db)?;
    for ((key, contact), mark) in &view.delta {
        if mark.live || tombstones {
            writer.add(key, Posting { contact: *contact, live: mark.live, hidden: mark.hidden })?;
        }
    }
    writer.finish()?;
    index_store::clear_delta(db)?;
    Ok(index_store::next_epoch(db)?)
}

/// Does one bounded piece of what is due: makes some parts of a merge, or removes some of what a merge has left behind. False
/// if nothing was due.
///
/// # Errors
/// Those of the store; [`Error::Damaged`] at a part that cannot be read. Such a merge waits until the index is made anew.
pub(crate) fn step(db: &Write<'_>, due: Due) -> Result<bool> {
    if let Some(segment) = index_store::heads(db, State::Dead)?.into_iter().next() {
        let parts = index_store::whole(db, segment)?.parts.len();
        let from = i64::try_from(parts.saturating_sub(REMOVED)).unwrap_or_default();
        if from == 0 {
            index_store::delete_segment(db, segment.id)?;
        } else {
            index_store::delete_parts(db, segment.id, from)?;
            index_store::set_segment(db, segment.id, segment.keys, from)?;
        }
        return Ok(true);
    }
    // A merge of the newest segments does not wait for a larger one of older segments that is still going on: else segments would
    // gather in front of it.
    let begun = index_store::heads(db, State::Building)?.into_iter().next();
    let new = if due == Due::Some || begun.is_none() { begin(db, due)? } else { None };
    let Some(building) = new.or(begun) else { return Ok(false) };
    let live = index_store::heads(db, State::Live)?;
    let (sources, others): (Vec<_>, Vec<_>) =
        live.into_iter().partition(|segment| segment.target == Some(building.id));
    let oldest = sources.iter().map(|segment| segment.age).min().unwrap_or_default();
    let sources = sources.into_iter().map(|head| Segment::open(db, head)).collect::<Result<Vec<_>>>()?;
    let building = index_store::whole(db, building)?;
    build_parts(db, &building, &sources, others.iter().any(|other| other.age < oldest))?;
    Ok(true)
}

/// Starts a merge if one is due, among the segments that are newer than any that is being merged.
fn begin(db: &Write<'_>, due: Due) -> Result<Option<SegmentHead>> {
    let live = index_store::heads(db, State::Live)?;
    let mut size = 0_i64;
    let mut taken = 0_usize;
    for segment in live.iter().take_while(|segment| segment.target.is_none()) {
        if due == Due::Some && taken > 0 && segment.keys >= size.saturating_mul(RATIO) {
            break;
        }
        size = size.saturating_add(segment.keys);
        taken = taken.saturating_add(1);
    }
    if taken < 2 {
        return Ok(None);
    }
    let target = index_store::insert_segment(db, State::Building)?;
    for segment in live.iter().take(taken) {
        index_store::set_target(db, segment.id, target)?;
    }
    Ok(index_store::heads(db, State::Building)?.into_iter().next())
}

/// Makes the next parts of a merge; after the last one, the new segment takes the place of its sources. Tombstones are kept
/// if there is anything older below them.
fn build_parts(db: &Write<'_>, building: &SegmentRow, sources: &[Segment], tombstones: bool) -> Result<()> {
    let view = View::default();
    // A part holds all contacts of its last key.
    let from = building.parts.last().map(|part| (part.last_key.clone(), i64::MAX));
    let source = Source { db, cache: None };
    let span = Span { low: Vec::new(), high: None };
    let mut merged = Merged::new(source, &view, sources, span, from.as_ref(), Direction::Forward)?;
    let mut writer = SegmentWriter::resume(db, building);
    let mut made = 0;
    let mut living = Living::new(source, &view, sources);
    while let Some(posting) = merged.advance()? {
        let kept = tombstones || posting.live && !living.lacks(merged.text())?;
        if kept && writer.add(merged.text(), posting)? {
            made = usize::saturating_add(made, 1);
            if made >= MADE {
                return writer.pause();
            }
        }
    }
    let age = sources.iter().map(|segment| segment.age).max().unwrap_or(building.age);
    index_store::retire_sources(db, building.id)?;
    if writer.finish()? {
        index_store::reveal(db, building.id, age)?;
    }
    Ok(index_store::next_epoch(db)?)
}

/// Writes the parts of a segment; keys come in order.
#[derive(Debug)]
pub(crate) struct SegmentWriter<'d, 'c> {
    db: &'d Write<'c>,
    segment: i64,
    parts: i64,
    /// Keys in the parts that are stored.
    keys: i64,
    builder: PartBuilder,
}

impl<'d, 'c> SegmentWriter<'d, 'c> {
    /// A new segment, the newest of all.
    pub(crate) fn new(db: &'d Write<'c>) -> Result<Self> {
        let segment = index_store::insert_segment(db, State::Live)?;
        Ok(Self { db, segment, parts: 0, keys: 0, builder: PartBuilder::new() })
    }

    /// The next parts of a segment that a merge is making.
    fn resume(db: &'d Write<'c>, building: &SegmentRow) -> Self {
        let parts = i64::try_from(building.parts.len()).unwrap_or(i64::MAX);
        Self { db, segment: building.id, parts, keys: building.keys, builder: PartBuilder::new() }
    }

    /// Adds a key. True if that has filled a part; the key is then not in it but in the next.
    pub(crate) fn add(&mut self, key: &[u8], posting: Posting) -> Result<bool> {
        let full = self.builder.add(key, posting)?;
        let filled = full.is_some();
        self.store(full)?;
        Ok(filled)
    }

    fn store(&mut self, part: Option<Built>) -> Result<()> {
        if let Some(part) = part {
            index_store::insert_part(self.db, self.segment, self.parts, &part.row, &part.body)?;
            self.parts = self.parts.saturating_add(1);
            self.keys = self.keys.saturating_add(part.keys);
        }
        Ok(())
    }

    /// Adds whole parts, which follow what there is.
    pub(crate) fn add_parts(&mut self, parts: Vec<Built>) -> Result<()> {
        parts.into_iter().try_for_each(|part| self.store(Some(part)))
    }

    /// Leaves the segment as it is stored, to be resumed.
    fn pause(self) -> Result<()> {
        Ok(index_store::set_segment(self.db, self.segment, self.keys, self.parts)?)
    }

    /// Closes the segment; one without a key leaves nothing behind, which is false.
    pub(crate) fn finish(mut self) -> Result<bool> {
        let last = std::mem::replace(&mut self.builder, PartBuilder::new()).finish()?;
        self.store(last)?;
        if self.parts == 0 {
            index_store::delete_segment(self.db, self.segment)?;
            return Ok(false);
        }
        let (db, segment) = (self.db, self.segment);
        self.pause()?;
        index_store::list_parts(db, segment)?;
        Ok(true)
    }
}

/// What follows a write of `new` keys, with which `waiting` are in the delta: the delta becomes a segment when it is large
/// enough, and merges go on in proportion to the keys that come in. A damaged index stops no write: keys are recorded, and
/// searches answer from the rows.
///
/// # Errors
/// Those of the store.
pub(crate) fn after_write(db: &Write<'_>, new: i64, waiting: i64) -> Result<()> {
    let work = || {
        if waiting >= crate::index::FLUSH_AT {
            flush(db)?;
        }
        let passed = |keys: i64| keys / crate::index::STEP_EVERY;
        for _ in passed(waiting.saturating_sub(new))..passed(waiting) {
            if !step(db, Due::Some)? {
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

    use crate::db::index::index_store::{self, State};
    use crate::host::interrupt::Watch;
    use crate::model::{Network, NewContact};
    use crate::{Actor, Options};

    /// Contacts with so many keys that each fills the delta: merges were counted in rows, of which a delta then had one, and
    /// none was ever done.
    #[test]
    fn segments_stay_few_whatever_a_write_brings() {
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
        assert!(store.check().unwrap().is_sound());
    }

    /// A segment that has lost its parts can be merged no more. Contacts are written all the same, and found.
    #[test]
    fn a_damaged_index_stops_no_write() {
        let store = Options::new().open_in_memory().unwrap();
        let desk = store.session(Actor::System);
        let add = |n: usize| desk.add(NewContact::new(Network::SMS_DIRECT, format!("Name{n:03}"), ""));
        for n in 0..200 {
            add(n).unwrap();
        }
        let lost = store.inner.write(&Watch::default(), |db| {
            for head in index_store::heads(db, State::Live)? {
                index_store::delete_parts(db, head.id, 0)?;
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
        assert!(!store.check().unwrap().is_sound());
        store.rebuild_index().unwrap();
        assert!(store.check().unwrap().is_sound());
    }
}
