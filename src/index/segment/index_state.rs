//! What one connection knows of the index: the recent keys, as a sorted run in memory, and the list of segments.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::db::index::index_store;
use crate::db::{Bitmap, Read, Scope};
use crate::error::Result;
use crate::index::index_key::KEY_PREFIX_LEN;
use crate::index::segment::Segment;
use crate::index::segment::memtable_log;
use crate::index::segment::postings::Posting;

/// A key as the index orders it: scope ‖ shelf ‖ text, then the contact.
pub(crate) type MemtableKey = (Vec<u8>, i64);

/// Whether a recent key is there, and [`Posting::hidden`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MemtableEntry {
    pub(crate) live: bool,
    pub(crate) dedup_prefix_len: u8,
}

/// The index as of the snapshot it was last refreshed in.
#[derive(Default)]
pub(crate) struct IndexState {
    /// `None` until the first refresh.
    data_version: Option<i64>,
    epoch: i64,
    seq: i64,
    pub(crate) memtable: BTreeMap<MemtableKey, MemtableEntry>,
    /// Newest first: of two that hold a key, the first is right.
    pub(crate) segments: Vec<Segment>,
    /// Whether the segments have a key that starts so, as far as somebody has asked: what is shared between tenants, and most
    /// networks of most books, are empty, and each search asks for all of them; and few names begin with a digit.
    prefix_cache: RefCell<HashMap<ProbePrefix, bool>>,
    /// Whose lists were asked for last, and who is in them.
    pub(crate) member_cache: RefCell<Option<(Vec<Scope>, Arc<Bitmap>)>>,
}

/// The start of a key, and perhaps the first byte of its text.
pub(crate) type ProbePrefix = ([u8; KEY_PREFIX_LEN], Option<u8>);

/// Starts of keys that a view remembers.
const PREFIX_CACHE_LIMIT: usize = 16_384;

impl std::fmt::Debug for IndexState {
    /// The shape only: keys are names.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("View").field("shape", &self.counts()).finish_non_exhaustive()
    }
}

impl IndexState {
    /// Brings the view to the snapshot of `db`. `sole` says that this connection writes too: then its own commits,
    /// which do not move the data version, must be looked for.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a key cannot be read.
    pub(crate) fn refresh(&mut self, db: &Read<'_>, sole: bool) -> Result<()> {
        let version = index_store::data_version(db)?;
        if self.data_version == Some(version) && !sole {
            return Ok(());
        }
        self.member_cache = RefCell::default();
        let epoch = index_store::epoch(db)?;
        // A failure below must not leave a view that looks fresh, in whole or in part.
        let known = self.data_version.take().is_some();
        if !known || epoch != self.epoch {
            self.epoch = epoch;
            self.seq = 0;
            self.memtable.clear();
            self.prefix_cache.borrow_mut().clear();
            let known = std::mem::take(&mut self.segments);
            let mut known = if sole { Vec::new() } else { known };
            for head in index_store::segment_headers(db, index_store::SegmentState::Live)? {
                // A segment that others can see never changes. What this connection has not committed may have been undone.
                let at = known.iter().position(|segment| segment.id == head.id);
                let mut segment =
                    at.map_or_else(|| Segment::open(db, head), |at| Ok(known.swap_remove(at)))?;
                segment.age = head.sequence;
                self.segments.push(segment);
            }
        }
        for row in index_store::memtable_log_since(db, self.seq)? {
            memtable_log::for_each_key(&row, |key, posting| self.insert(key, posting))?;
            self.seq = row.seq;
        }
        self.data_version = Some(version);
        Ok(())
    }

    /// Whether there may be a key that starts so: one among the recent ones, or in the segments, where `look` finds out.
    pub(crate) fn may_have_prefix(
        &self,
        start: ProbePrefix,
        look: impl FnOnce(&[u8]) -> Result<bool>,
    ) -> Result<bool> {
        let known = self.prefix_cache.borrow().get(&start).copied();
        if known == Some(true) {
            return Ok(true);
        }
        let any = [&start.0[..], start.1.as_slice()].concat();
        let recent = self.memtable.range((any.clone(), i64::MIN)..).next();
        if recent.is_some_and(|((key, _), _)| key.starts_with(&any)) {
            return Ok(true);
        }
        if let Some(known) = known {
            return Ok(known);
        }
        let found = look(&any)?;
        let mut kept = self.prefix_cache.borrow_mut();
        if kept.len() >= PREFIX_CACHE_LIMIT {
            kept.clear();
        }
        kept.insert(start, found);
        Ok(found)
    }

    pub(crate) fn insert(&mut self, key: Vec<u8>, posting: Posting) {
        let mark = MemtableEntry { live: posting.live, dedup_prefix_len: posting.dedup_prefix_len };
        self.memtable.insert((key, posting.contact), mark);
    }

    /// The recent keys alone, for a transaction that moves them.
    pub(crate) fn read_memtable(db: &Read<'_>) -> Result<Self> {
        let mut view = Self::default();
        for row in index_store::memtable_log_since(db, 0)? {
            memtable_log::for_each_key(&row, |key, posting| view.insert(key, posting))?;
        }
        Ok(view)
    }

    /// How many segments there are, and keys in the delta.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.segments.len(), self.memtable.len())
    }
}
