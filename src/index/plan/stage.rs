//! One stage of a query.

use std::cell::OnceCell;

use crate::index::index_key::TermField;
use crate::index::key_range::{PrefixRanges, TermPart};
use crate::index::match_kind::MatchKind;
use crate::index::plan::query_word::QueryWord;

/// One stage of a query. Its hits come before those of the next stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stage {
    pub(crate) kind: MatchKind,
    /// Number of typos.
    pub(crate) distance: u8,
    /// Which terms of whole names it reads.
    pub(crate) part: TermPart,
    /// The words that it looks for instead of those of the query; empty for most stages.
    pub(super) words: Vec<QueryWord>,
    /// Computed on first use: most pages are full before the last stages.
    pub(super) prefix_ranges: OnceCell<PrefixRanges>,
}

impl Stage {
    pub(super) fn new(kind: MatchKind, distance: u8, ranges: Option<PrefixRanges>) -> Self {
        Self {
            kind,
            distance,
            part: TermPart::All,
            words: Vec::new(),
            prefix_ranges: ranges.map_or_else(OnceCell::new, OnceCell::from),
        }
    }

    /// Whether it looks for whole names. An advisor's list indexes those itself.
    pub(crate) fn is_name_stage(&self) -> bool {
        self.name_field().is_some()
    }

    /// The term field of whole names that the stage reads, if it is a name stage.
    pub(crate) fn name_field(&self) -> Option<TermField> {
        match self.kind {
            MatchKind::FirstName => Some(TermField::FirstName),
            MatchKind::LastName => Some(TermField::LastName),
            MatchKind::DisplayName => Some(TermField::DisplayName),
            _ => None,
        }
    }
}
