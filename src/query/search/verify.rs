//! From candidates to hits: rows are read in batches, and each candidate is verified against its row.

use crate::db::contact::StoredContact;
use crate::error::Result;
use crate::index::Candidate;
use crate::query::search::executor::SearchExecutor;
use crate::query::search::hits::{Hit, HitCollector, RankedHit};

impl SearchExecutor<'_, '_> {
    /// Reads the rows of candidates and keeps the hits, until there are more than a page has. Returns true if the work limit was reached.
    pub(super) fn collect_hits(
        &mut self,
        hits: &mut HitCollector,
        next: impl FnMut() -> Result<Option<Candidate>>,
    ) -> Result<bool> {
        self.fill_hits(hits, hits.limit.saturating_add(1), next)
    }

    /// [`SearchExecutor::collect_hits`] where the index is exact: each candidate is a hit. That there are more hits than a page has is
    /// then known without reading another row.
    pub(super) fn collect_certain_hits(
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
        target: usize,
        mut next: impl FnMut() -> Result<Option<Candidate>>,
    ) -> Result<bool> {
        let cancel_token = self.session.cancel_token();
        while hits.hits.len() < target {
            let room = target.saturating_sub(hits.hits.len()).min(self.budget.rows);
            let mut candidates = Vec::with_capacity(room);
            while candidates.len() < room {
                let Some(candidate) = next()? else { break };
                candidates.push(candidate);
            }
            if candidates.is_empty() {
                return Ok(self.budget.rows == 0);
            }
            cancel_token.check()?;
            self.budget.rows = self.budget.rows.saturating_sub(candidates.len());
            self.budget.last_candidate = candidates.last().cloned();
            self.verify_candidates(candidates, &mut hits.hits)?;
        }
        Ok(false)
    }

    fn verify_candidates(&self, candidates: Vec<Candidate>, hits: &mut Vec<RankedHit>) -> Result<()> {
        let mut loaded = self.loaded_rows.take();
        let ids: Vec<i64> = candidates.iter().map(|candidate| candidate.contact).collect();
        let inputs = self.load_filter_inputs(&ids)?;
        let ids: Vec<i64> = ids.into_iter().filter(|id| !loaded.contains_key(id)).collect();
        // Rows have the order of the candidates; a deleted contact has no row.
        let last_stage = candidates.iter().map(|candidate| candidate.stage).max().unwrap_or_default();
        let mut rows = self.rows(&ids, last_stage)?.into_iter().peekable();
        for candidate in candidates {
            let read = rows.next_if(|row| row.id == candidate.contact);
            let Some(row) = read.as_ref().or_else(|| loaded.get(&candidate.contact)) else { continue };
            if !self.may_match(row, &inputs) {
                continue;
            }
            // A contact is a hit at its best position only.
            let Some(matched) = self.match_at(row, &candidate)? else { continue };
            if self.matches(row, &inputs)?
                && let Some(StoredContact { contact, .. }) =
                    read.or_else(|| loaded.remove(&candidate.contact))
            {
                hits.push(RankedHit { candidate, hit: Hit { contact, matched } });
            }
        }
        self.loaded_rows.replace(loaded);
        Ok(())
    }
}
