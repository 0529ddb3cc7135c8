//! Ranges of keys and the direction of a scan.

use crate::index::index_key::{TermField, prefix_successor};

/// The direction of a scan or of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
}

impl Direction {
    /// The opposite direction.
    pub(crate) fn reversed(self) -> Self {
        match self {
            Self::Forward => Self::Backward,
            Self::Backward => Self::Forward,
        }
    }
}

/// Key prefixes of a stage: term fields, each with prefixes of terms. Prefixes are sorted, and none starts with another.
pub(crate) type PrefixRanges = Vec<(TermField, Vec<String>)>;

/// A half-open range of keys: `low` is included, `high` is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyRange {
    pub(crate) low: Vec<u8>,
    /// `None`: the range has no upper end.
    pub(crate) high: Option<Vec<u8>>,
}

impl KeyRange {
    /// All keys.
    pub(crate) const ALL: Self = Self { low: Vec::new(), high: None };

    /// All keys that start with a prefix.
    pub(crate) fn with_prefix(prefix: Vec<u8>) -> Self {
        Self { high: prefix_successor(&prefix), low: prefix }
    }

    pub(crate) fn contains(&self, key: &[u8]) -> bool {
        key >= self.low.as_slice() && self.is_below_end(key)
    }

    fn is_below_end(&self, key: &[u8]) -> bool {
        self.high.as_ref().is_none_or(|high| key < high.as_slice())
    }
}
