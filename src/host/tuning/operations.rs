//! Sizes of operations, the feed and background work.

/// Sizes of operations, the feed and background work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OperationsTuning {}

impl OperationsTuning {
    /// As measured.
    pub(crate) const STANDARD: Self = Self {};

    /// For tests.
    pub(crate) const SMALL: Self = Self {};
}
