//! Sizes of tables and caches.

/// Sizes of tables and caches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StorageTuning {}

impl StorageTuning {
    /// As measured.
    pub(crate) const STANDARD: Self = Self {};

    /// For tests.
    pub(crate) const SMALL: Self = Self {};
}
