//! Changes of bitmaps that a transaction has made and not yet written. `list/bitmap_index.rs` writes them.

/// The key of a container: kind, subject and network of its bitmap, and the number of the container.
pub(in crate::db) type ContainerKey = (i64, i64, i64, i64);

/// A contact enters a bitmap (true) or leaves it (false): the container, the bit in it.
pub(in crate::db) type BitChange = (ContainerKey, u16, bool);

/// The pending changes of a transaction, in order.
#[derive(Debug, Default)]
pub(in crate::db) struct PendingChanges {
    pub(in crate::db) changes: Vec<BitChange>,
    /// Number of open savepoints.
    pub(in crate::db) savepoint_depth: u32,
}

impl PendingChanges {
    /// Whether there is nothing to write.
    pub(in crate::db) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Starts a savepoint, and returns it for [`PendingChanges::end_savepoint`].
    pub(in crate::db) fn begin_savepoint(&mut self) -> usize {
        self.savepoint_depth = self.savepoint_depth.saturating_add(1);
        self.changes.len()
    }

    /// Ends a savepoint. Drops the changes since `undone`, if it is given.
    pub(in crate::db) fn end_savepoint(&mut self, undone: Option<usize>) {
        self.savepoint_depth = self.savepoint_depth.saturating_sub(1);
        if let Some(savepoint) = undone {
            self.changes.truncate(savepoint);
        }
    }
}
