//! Sizes of operations, the feed and background work.

/// Sizes of operations, the feed and background work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OperationsTuning {
    /// Rows that a background task processes in a transaction of its own.
    pub(crate) background_batch: i64,
    /// Rows that a background task processes within a write of something else.
    pub(crate) background_batch_per_write: i64,
    /// Contacts that one transaction of a call for reindexing indexes. Few large segments need fewer merges than many small ones.
    pub(crate) reindex_batch: i64,
    /// Contacts that one transaction adds to the substring index.
    pub(crate) substring_batch: usize,
    /// Links that offboarding cuts in one transaction.
    pub(crate) offboard_batch: usize,
    /// Failures of a job that one transaction deletes.
    pub(crate) failure_delete_batch: i64,
    /// Rows of the change log that one call scans.
    pub(crate) max_scanned_changes: i64,
}

impl OperationsTuning {
    /// As measured.
    pub(crate) const STANDARD: Self = Self {
        background_batch: 1_000,
        background_batch_per_write: 32,
        reindex_batch: 4_000,
        substring_batch: 2_000,
        offboard_batch: 500,
        failure_delete_batch: 10_000,
        max_scanned_changes: 2_000,
    };

    /// For tests.
    pub(crate) const SMALL: Self = Self {
        background_batch: 3,
        background_batch_per_write: 1,
        reindex_batch: 3,
        substring_batch: 3,
        offboard_batch: 3,
        failure_delete_batch: 2,
        max_scanned_changes: 8,
    };
}
