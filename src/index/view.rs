//! What one connection knows of the index: the recent keys, as a sorted run in memory, and the list of segments.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::key::HEAD;
use super::postings::Posting;
use super::record;
use super::segment::Segment;
use crate::db::{IdSet, Read, Scope, search};
use crate::error::Result;

/// A key as the index orders it: scope ‖ shelf ‖ text, then the contact.
pub(super) type DeltaKey = (Vec<u8>, i64);

/// Whether a recent key is there, and [`Posting::hidden`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) live: bool,
    pub(super) hidden: u8,
}

/// The index as of the snapshot it was last refreshed in.
#[derive(Default)]
pub(crate) struct View {
    /// `None` until the first refresh.
    data_version: Option<i64>,
    epoch: i64,
    seq: i64,
    pub(super) delta: BTreeMap<DeltaKey, Mark>,
    /// Newest first: of two that hold a key, the first is right.
    pub(super) segments: Vec<Segment>,
    /// Whether the segments have a key that starts so, as far as somebody has asked: what is shared between tenants, and most
    /// networks of most books, are empty, and each search asks for all of them; and few names begin with a digit.
    kept: RefCell<HashMap<Start, bool>>,
    /// Whose lists were asked for last, and who is in them.
    pub(super) members: RefCell<Option<(Vec<Scope>, Arc<IdSet>)>>,
}

/// The start of a key, and perhaps the first byte of its text.
pub(super) type Start = ([u8; HEAD], Option<u8>);

/// Starts of keys that a view remembers.
const KEPT: usize = 16_384;

impl std::fmt::Debug for View {
    /// The shape only: keys are names.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("View").field("shape", &self.shape()).finish_non_exhaustive()
    }
}

impl View {
    /// Brings the view to the snapshot of `db`. `sole` says that this connection writes too: then its own commits,
    /// which do not move the data version, must be looked for.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a key cannot be read.
    pub(crate) fn refresh(&mut self, db: &Read<'_>, sole: bool) -> Result<()> {
        let version = search::data_version(db)?;
        if self.data_version == Some(version) && !sole {
            return Ok(());
        }
        self.members = RefCell::default();
        let epoch = search::epoch(db)?;
        // A failure below must not leave a view that looks fresh, in whole or in part.
        let known = self.data_version.take().is_some();
        if !known || epoch != self.epoch {
            self.epoch = epoch;
            self.seq = 0;
            self.delta.clear();
            self.kept.borrow_mut().clear();
            let known = std::mem::take(&mut self.segments);
            let mut known = if sole { Vec::new() } else { known };
            for head in search::heads(db, search::State::Live)? {
                // A segment that others can see never changes. What this connection has not committed may have been undone.
                let at = known.iter().position(|segment| segment.id == head.id);
                let mut segment =
                    at.map_or_else(|| Segment::open(db, head), |at| Ok(known.swap_remove(at)))?;
                segment.age = head.age;
                self.segments.push(segment);
            }
        }
        for row in search::delta_since(db, self.seq)? {
            record::read(&row, |key, posting| self.remember(key, posting))?;
            self.seq = row.seq;
        }
        self.data_version = Some(version);
        Ok(())
    }

    /// Whether there may be a key that starts so: one among the recent ones, or in the segments, where `look` finds out.
    pub(super) fn has_any(&self, start: Start, look: impl FnOnce(&[u8]) -> Result<bool>) -> Result<bool> {
        let known = self.kept.borrow().get(&start).copied();
        if known == Some(true) {
            return Ok(true);
        }
        let any = [&start.0[..], start.1.as_slice()].concat();
        let recent = self.delta.range((any.clone(), i64::MIN)..).next();
        if recent.is_some_and(|((key, _), _)| key.starts_with(&any)) {
            return Ok(true);
        }
        if let Some(known) = known {
            return Ok(known);
        }
        let found = look(&any)?;
        let mut kept = self.kept.borrow_mut();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(start, found);
        Ok(found)
    }

    pub(super) fn remember(&mut self, key: Vec<u8>, posting: Posting) {
        let mark = Mark { live: posting.live, hidden: posting.hidden };
        self.delta.insert((key, posting.contact), mark);
    }

    /// The recent keys alone, for a transaction that moves them.
    pub(super) fn recent(db: &Read<'_>) -> Result<Self> {
        let mut view = Self::default();
        for row in search::delta_since(db, 0)? {
            record::read(&row, |key, posting| view.remember(key, posting))?;
        }
        Ok(view)
    }

    /// How many segments there are, and keys in the delta.
    pub(crate) fn shape(&self) -> (usize, usize) {
        (self.segments.len(), self.delta.len())
    }
}
