//! Hits, and what one call may still read.

use crate::index::{Candidate, Match};
use crate::model::{Contact, ContactSummary};

/// A contact that a search found, and what of it matched.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Hit {
    /// The contact.
    pub contact: Contact,
    /// The part of the contact that matched the text.
    pub matched: Match,
}

/// A hit with what a list shows of its contact.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct SummaryHit {
    /// What a list shows of the contact.
    pub summary: ContactSummary,
    /// The part of the contact that matched the text.
    pub matched: Match,
}

impl From<Hit> for SummaryHit {
    fn from(hit: Hit) -> Self {
        Self { summary: hit.contact.into(), matched: hit.matched }
    }
}

/// A hit and its position in the order of all hits.
pub(super) struct RankedHit {
    pub(super) candidate: Candidate,
    pub(super) hit: Hit,
}

/// The hits of a page while it is read.
pub(super) struct HitCollector {
    pub(super) hits: Vec<RankedHit>,
    pub(super) limit: usize,
    /// Whether there is a further hit, found without reading its row.
    pub(super) has_more: bool,
}

impl HitCollector {
    pub(super) fn new(limit: usize) -> Self {
        Self { hits: Vec::with_capacity(limit.saturating_add(1)), limit, has_more: false }
    }

    /// Whether there are more hits than a page has.
    pub(super) fn is_full(&self) -> bool {
        self.has_more || self.hits.len() > self.limit
    }
}

/// What a call may still read.
#[derive(Debug)]
pub(super) struct SearchBudget {
    /// Rows to read.
    pub(super) rows: usize,
    /// Candidates to pass over.
    pub(super) candidates: usize,
    /// The last candidate that was considered.
    pub(super) last_candidate: Option<Candidate>,
    /// Whether all candidates of this walk, from its first stage on, are first names: then no better stage finds a longer first name.
    pub(super) only_first_names: bool,
}

impl SearchBudget {
    pub(super) fn new(rows: usize, candidates: usize) -> Self {
        Self { rows, candidates, last_candidate: None, only_first_names: false }
    }
}
