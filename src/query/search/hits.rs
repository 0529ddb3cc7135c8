//! Hits, from candidates whose rows are read.

use crate::db::contact::{StoredContact, many};
use crate::error::Result;
use crate::index::Candidate;
use crate::query::search::builder::Hit;
use crate::query::search::search_executor::SearchExecutor;

/// A hit and its place in the order.
pub(crate) struct RankedHit {
    pub(crate) candidate: Candidate,
    pub(crate) hit: Hit,
}

/// The hits of a page being read.
pub(crate) struct HitCollector {
    pub(crate) hits: Vec<RankedHit>,
    limit: usize,
    /// Whether there is a hit beyond those found that needed no look.
    pub(crate) has_more: bool,
}

impl HitCollector {
    pub(crate) fn new(limit: usize) -> Self {
        Self { hits: Vec::with_capacity(limit.saturating_add(1)), limit, has_more: false }
    }

    /// Whether there are more than a page has.
    pub(crate) fn is_full(&self) -> bool {
        self.has_more || self.hits.len() > self.limit
    }
}

/// What a call may still do.
#[derive(Debug)]
pub(crate) struct SearchBudget {
    pub(crate) rows: usize,
    pub(crate) candidates: usize,
    /// The last candidate looked at.
    pub(crate) last_candidate: Option<Candidate>,
}

impl SearchBudget {
    pub(crate) fn new(rows: usize, candidates: usize) -> Self {
        Self { rows, candidates, last_candidate: None }
    }
}

impl SearchExecutor<'_, '_> {
    /// Reads the candidates' rows and keeps those that are hits, until there are more than a page has; true if there was too much
    /// to read.
    pub(crate) fn collect_hits(
        &mut self,
        hits: &mut HitCollector,
        next: impl FnMut() -> Result<Option<Candidate>>,
    ) -> Result<bool> {
        self.fill_hits(hits, hits.limit.saturating_add(1), next)
    }

    /// The same where each candidate is a hit if the index is as it was written: that there are more than a page has is told without
    /// a row.
    pub(crate) fn collect_certain_hits(
        &mut self,
        hits: &mut HitCollector,
        mut next: impl FnMut() -> Result<Option<Candidate>>,
    ) -> Result<bool> {
        let stopped = self.fill_hits(hits, hits.limit, &mut next)?;
        if !stopped && hits.hits.len() >= hits.limit {
            hits.has_more = next()?.is_some();
        }
        Ok(stopped)
    }

    fn fill_hits(
        &mut self,
        hits: &mut HitCollector,
        most: usize,
        mut next: impl FnMut() -> Result<Option<Candidate>>,
    ) -> Result<bool> {
        let watch = self.session.cancel_token();
        while hits.hits.len() < most {
            let room = most.saturating_sub(hits.hits.len()).min(self.budget.rows);
            let mut candidates = Vec::with_capacity(room);
            while candidates.len() < room {
                let Some(candidate) = next()? else { break };
                candidates.push(candidate);
            }
            if candidates.is_empty() {
                return Ok(self.budget.rows == 0);
            }
            watch.check()?;
            self.budget.rows = self.budget.rows.saturating_sub(candidates.len());
            self.budget.last_candidate = candidates.last().cloned();
            self.verify_candidates(candidates, &mut hits.hits)?;
        }
        Ok(false)
    }

    fn verify_candidates(&self, candidates: Vec<Candidate>, hits: &mut Vec<RankedHit>) -> Result<()> {
        let mut known = self.loaded_rows.take();
        let ids: Vec<i64> = candidates.iter().map(|candidate| candidate.contact).collect();
        let facts = self.load_filter_inputs(&ids)?;
        let ids: Vec<i64> = ids.into_iter().filter(|id| !known.contains_key(id)).collect();
        // Rows come in the order of the candidates; of one whose row is gone there is none.
        let mut rows = many(&self.snapshot.db, &ids)?.into_iter().peekable();
        for candidate in candidates {
            let read = rows.next_if(|row| row.id == candidate.contact);
            let Some(row) = read.as_ref().or_else(|| known.get(&candidate.contact)) else { continue };
            if !self.may_match(row, &facts) {
                continue;
            }
            // Shown at its best place only, and at no place that its row does not have.
            let Some(matched) = self.match_at(row, &candidate)? else { continue };
            if self.matches(row, &facts)?
                && let Some(StoredContact { contact, .. }) = read.or_else(|| known.remove(&candidate.contact))
            {
                hits.push(RankedHit { candidate, hit: Hit { contact, matched } });
            }
        }
        self.loaded_rows.replace(known);
        Ok(())
    }
}
