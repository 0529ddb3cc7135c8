//! Bits of sets that a transaction has changed and not yet written; `list/bitmap_index.rs` writes them.

/// What a piece is stored under: the columns of its set, and its number.
pub(in crate::db) type ChunkKey = (i64, i64, i64, i64);

/// A contact that comes into a set (true), or goes: the piece, its place there.
pub(in crate::db) type BitChange = (ChunkKey, u16, bool);

/// What a transaction has done to sets and not yet written, in the order it was done.
#[derive(Debug, Default)]
pub(crate) struct PendingChanges {
    pub(in crate::db) changes: Vec<BitChange>,
    /// Steps that may be undone, within one another.
    pub(in crate::db) savepoint_depth: u32,
}

impl PendingChanges {
    /// Whether nothing waits to be written.
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Begins a step that may be undone; what is given back says up to where.
    pub(super) fn begin_savepoint(&mut self) -> usize {
        self.savepoint_depth = self.savepoint_depth.saturating_add(1);
        self.changes.len()
    }

    /// Ends a step; undoes what was noted in it, if that is given.
    pub(super) fn end_savepoint(&mut self, undone: Option<usize>) {
        self.savepoint_depth = self.savepoint_depth.saturating_sub(1);
        if let Some(begun) = undone {
            self.changes.truncate(begun);
        }
    }
}
