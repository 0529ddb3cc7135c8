//! Sizes of searches and lists.

/// Sizes of searches and lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QueryTuning {}

impl QueryTuning {
    /// As measured.
    pub(crate) const STANDARD: Self = Self {};

    /// For tests.
    pub(crate) const SMALL: Self = Self {};
}
