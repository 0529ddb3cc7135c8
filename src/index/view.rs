//! What one connection knows of the index: the recent keys, as a sorted run in memory, and the list of segments.

use std::collections::BTreeMap;

use super::key::Key;
use crate::db::{Read, search};
use crate::error::Result;

/// A key as the index orders it: scope ‖ class ‖ text, then the contact.
pub(super) type DeltaKey = (Vec<u8>, i64);

/// The index as of the snapshot it was last refreshed in.
#[derive(Default)]
pub(crate) struct View {
    /// `None` until the first refresh.
    data_version: Option<i64>,
    epoch: i64,
    seq: i64,
    pub(super) delta: BTreeMap<DeltaKey, bool>,
    /// Newest first: of two that hold a key, the first is right.
    pub(super) segments: Vec<search::SegmentRow>,
}

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
        let epoch = search::epoch(db)?;
        if self.data_version.is_none() || epoch != self.epoch {
            self.epoch = epoch;
            self.seq = 0;
            self.delta.clear();
            self.segments = search::segments(db)?;
            self.segments.reverse();
        }
        self.data_version = None; // a failure below must not leave a view that looks fresh
        for row in search::delta_since(db, self.seq)? {
            let (text, contact) = Key::split(&row.key)?;
            self.delta.insert((text.to_vec(), contact), row.live);
            self.seq = row.seq;
        }
        self.data_version = Some(version);
        Ok(())
    }

    /// A view of its own, for a transaction that works on the index.
    pub(super) fn load(db: &Read<'_>) -> Result<Self> {
        let mut view = Self::default();
        view.refresh(db, true)?;
        Ok(view)
    }

    /// How many segments there are, and keys in the delta.
    pub(crate) fn shape(&self) -> (usize, usize) {
        (self.segments.len(), self.delta.len())
    }
}
