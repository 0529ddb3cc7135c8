//! The state of the index in one connection: the memtable and the list of segments.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::db::index::index_store;
use crate::db::{Bitmap, Read, Scope};
use crate::error::Result;
use crate::index::index_key::KEY_PREFIX_LEN;
use crate::index::key_range::KeyRange;
use crate::index::segment::memtable_log;
use crate::index::segment::posting::Posting;
use crate::index::segment::segment_reader::SegmentReader;

/// A key of the memtable and its contact, in the order of the index.
pub(crate) type MemtableKey = (Vec<u8>, i64);

/// A [`Posting`] without its contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MemtableEntry {
    pub(crate) live: bool,
    pub(crate) dedup_prefix_len: u8,
}

impl MemtableEntry {
    /// The posting of a contact.
    pub(crate) fn posting(self, contact: i64) -> Posting {
        Posting { contact, live: self.live, dedup_prefix_len: self.dedup_prefix_len }
    }
}

/// The index as of the snapshot of the last refresh.
#[derive(Default)]
pub(crate) struct IndexState {
    /// `None` until the first refresh.
    data_version: Option<i64>,
    epoch: i64,
    /// The last row of the memtable log that `memtable` contains.
    seq: i64,
    pub(crate) memtable: BTreeMap<MemtableKey, MemtableEntry>,
    /// Newest first. If several hold a posting, the first one counts.
    pub(crate) segments: Vec<SegmentReader>,
    /// Whether the segments hold a key with a prefix, as far as searches have looked. Most lists of a book are empty, but every
    /// search asks for all of them. Few names begin with a digit.
    prefix_cache: RefCell<HashMap<ProbePrefix, bool>>,
    /// The sets of contacts that searches collected last, the newest last. The next page of a search needs the same sets.
    pub(crate) set_cache: RefCell<Vec<CachedSet>>,
    /// The advisors' lists that the last search used, and their members.
    pub(crate) member_cache: RefCell<Option<(Vec<Scope>, Arc<Bitmap>)>>,
}

/// The contacts of some key ranges.
pub(crate) struct CachedSet {
    pub(crate) ranges: Vec<KeyRange>,
    pub(crate) dedup_text: String,
    pub(crate) contacts: Arc<Bitmap>,
}

/// The prefix of a key up to its term, and the first byte of the term if there is one.
pub(crate) type ProbePrefix = ([u8; KEY_PREFIX_LEN], Option<u8>);

/// Entries of the prefix cache at which it is cleared.
const PREFIX_CACHE_LIMIT: usize = 16_384;

impl std::fmt::Debug for IndexState {
    /// Prints counts only: keys contain names.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IndexState").field("counts", &self.counts()).finish_non_exhaustive()
    }
}

impl IndexState {
    /// Brings the state to the snapshot of `db`. `sole` says that this connection writes too: its own commits do not change the
    /// data version, so the log is read in any case.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a key cannot be read.
    pub(crate) fn refresh(&mut self, db: &Read<'_>, sole: bool) -> Result<()> {
        let version = index_store::data_version(db)?;
        if self.data_version == Some(version) && !sole {
            return Ok(());
        }
        self.member_cache = RefCell::default();
        self.set_cache = RefCell::default();
        let epoch = index_store::epoch(db)?;
        // If a step below fails, the state must not look fresh.
        let is_refreshed = self.data_version.take().is_some();
        if !is_refreshed || epoch != self.epoch {
            self.epoch = epoch;
            self.seq = 0;
            self.memtable.clear();
            self.prefix_cache.borrow_mut().clear();
            let known = std::mem::take(&mut self.segments);
            // A committed segment never changes. A segment of this connection's own transaction may have been rolled back.
            let mut known = if sole { Vec::new() } else { known };
            for header in index_store::segment_headers(db, index_store::SegmentState::Live)? {
                let at = known.iter().position(|segment| {
                    segment.header.nonce == header.nonce && segment.header.id == header.id
                });
                let mut segment =
                    at.map_or_else(|| SegmentReader::open(db, header), |at| Ok(known.swap_remove(at)))?;
                segment.header.sequence = header.sequence;
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

    /// Whether there may be a key with a prefix in the memtable or the segments. `probe` searches the segments.
    ///
    /// # Errors
    /// Those of `probe`.
    pub(crate) fn may_have_prefix(
        &self,
        prefix: ProbePrefix,
        probe: impl FnOnce(&[u8]) -> Result<bool>,
    ) -> Result<bool> {
        let cached = self.prefix_cache.borrow().get(&prefix).copied();
        if cached == Some(true) {
            return Ok(true);
        }
        let bytes = [&prefix.0[..], prefix.1.as_slice()].concat();
        let recent = self.memtable.range((bytes.clone(), i64::MIN)..).next();
        if recent.is_some_and(|((key, _), _)| key.starts_with(&bytes)) {
            return Ok(true);
        }
        if let Some(cached) = cached {
            return Ok(cached);
        }
        let found = probe(&bytes)?;
        let mut cache = self.prefix_cache.borrow_mut();
        if cache.len() >= PREFIX_CACHE_LIMIT {
            cache.clear();
        }
        cache.insert(prefix, found);
        Ok(found)
    }

    /// Adds a key to the memtable, or replaces it.
    pub(crate) fn insert(&mut self, key: Vec<u8>, posting: Posting) {
        let entry = MemtableEntry { live: posting.live, dedup_prefix_len: posting.dedup_prefix_len };
        self.memtable.insert((key, posting.contact), entry);
    }

    /// A state with the memtable only, for a transaction that flushes it.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a key cannot be read.
    pub(crate) fn read_memtable(db: &Read<'_>) -> Result<Self> {
        let mut state = Self::default();
        for row in index_store::memtable_log_since(db, 0)? {
            memtable_log::for_each_key(&row, |key, posting| state.insert(key, posting))?;
        }
        Ok(state)
    }

    /// Number of segments, and of keys in the memtable.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.segments.len(), self.memtable.len())
    }
}
