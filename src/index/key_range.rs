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

/// Which terms with a prefix a stage reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TermPart {
    /// All of them.
    All,
    /// Those in which a word ends with the prefix.
    WholeWord,
    /// Those in which the word of the prefix is longer.
    LongerWord,
}

/// The first byte that can continue a word. Folded texts have no sign below it but the blank.
const FIRST_WORD_BYTE: u8 = b'!';

impl TermPart {
    /// Whether a term that starts with `prefix` belongs to this part.
    pub(crate) fn contains(self, term: &str, prefix: &str) -> bool {
        let is_longer = || term.as_bytes().get(prefix.len()).is_some_and(|next| *next >= FIRST_WORD_BYTE);
        match self {
            Self::All => true,
            Self::WholeWord => !is_longer(),
            Self::LongerWord => is_longer(),
        }
    }

    /// The keys of this part among those that start with `prefix`.
    pub(super) fn range(self, prefix: Vec<u8>) -> KeyRange {
        if self == Self::All {
            return KeyRange::with_prefix(prefix);
        }
        let split = [prefix.as_slice(), &[FIRST_WORD_BYTE]].concat();
        if self == Self::WholeWord {
            return KeyRange { low: prefix, high: Some(split) };
        }
        KeyRange { low: split, high: prefix_successor(&prefix) }
    }
}

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
