//! Sizes of the search index.

/// Sizes of the search index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IndexTuning {}

impl IndexTuning {
    /// As measured.
    pub(crate) const STANDARD: Self = Self {};

    /// For tests.
    pub(crate) const SMALL: Self = Self {};
}
