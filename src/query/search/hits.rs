//! Hits, from candidates whose rows are read.

use crate::db::contact::{Stored, many};
use crate::error::Result;
use crate::index::Candidate;
use crate::query::search::builder::Hit;
use crate::query::search::executor::Run;

/// A hit and its place in the order.
pub(crate) struct Found {
    pub(crate) candidate: Candidate,
    pub(crate) hit: Hit,
}

/// The hits of a page being read.
pub(crate) struct Hits {
    pub(crate) found: Vec<Found>,
    limit: usize,
    /// Whether there is a hit beyond those found that needed no look.
    pub(crate) more: bool,
}

impl Hits {
    pub(crate) fn new(limit: usize) -> Self {
        Self { found: Vec::with_capacity(limit.saturating_add(1)), limit, more: false }
    }

    /// Whether there are more than a page has.
    pub(crate) fn is_over(&self) -> bool {
        self.more || self.found.len() > self.limit
    }
}

/// What a call may still do.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) rows: usize,
    pub(crate) candidates: usize,
    /// The last candidate looked at.
    pub(crate) last: Option<Candidate>,
}

impl Work {
    pub(crate) fn new(rows: usize, candidates: usize) -> Self {
        Self { rows, candidates, last: None }
    }
}

impl Run<'_, '_> {
    /// Reads the candidates' rows and keeps those that are hits, until there are more than a page has; true if there was too much
    /// to read.
    pub(crate) fn hits(
        &mut self,
        hits: &mut Hits,
        next: impl FnMut() -> Result<Option<Candidate>>,
    ) -> Result<bool> {
        self.fill(hits, hits.limit.saturating_add(1), next)
    }

    /// The same where each candidate is a hit if the index is as it was written: that there are more than a page has is told without
    /// a row.
    pub(crate) fn sure_hits(
        &mut self,
        hits: &mut Hits,
        mut next: impl FnMut() -> Result<Option<Candidate>>,
    ) -> Result<bool> {
        let stopped = self.fill(hits, hits.limit, &mut next)?;
        if !stopped && hits.found.len() >= hits.limit {
            hits.more = next()?.is_some();
        }
        Ok(stopped)
    }

    fn fill(
        &mut self,
        hits: &mut Hits,
        most: usize,
        mut next: impl FnMut() -> Result<Option<Candidate>>,
    ) -> Result<bool> {
        let watch = self.session.watch();
        while hits.found.len() < most {
            let room = most.saturating_sub(hits.found.len()).min(self.work.rows);
            let mut candidates = Vec::with_capacity(room);
            while candidates.len() < room {
                let Some(candidate) = next()? else { break };
                candidates.push(candidate);
            }
            if candidates.is_empty() {
                return Ok(self.work.rows == 0);
            }
            watch.check()?;
            self.work.rows = self.work.rows.saturating_sub(candidates.len());
            self.work.last = candidates.last().cloned();
            self.keep_hits(candidates, &mut hits.found)?;
        }
        Ok(false)
    }

    fn keep_hits(&self, candidates: Vec<Candidate>, hits: &mut Vec<Found>) -> Result<()> {
        let mut known = self.known.take();
        let ids: Vec<i64> = candidates.iter().map(|candidate| candidate.contact).collect();
        let facts = self.facts(&ids)?;
        let ids: Vec<i64> = ids.into_iter().filter(|id| !known.contains_key(id)).collect();
        // Rows come in the order of the candidates; of one whose row is gone there is none.
        let mut rows = many(&self.snapshot.db, &ids)?.into_iter().peekable();
        for candidate in candidates {
            let read = rows.next_if(|row| row.id == candidate.contact);
            let Some(row) = read.as_ref().or_else(|| known.get(&candidate.contact)) else { continue };
            if !self.may_admit(row, &facts) {
                continue;
            }
            // Shown at its best place only, and at no place that its row does not have.
            let Some(matched) = self.matched(row, &candidate)? else { continue };
            if self.admits(row, &facts)?
                && let Some(Stored { contact, .. }) = read.or_else(|| known.remove(&candidate.contact))
            {
                hits.push(Found { candidate, hit: Hit { contact, matched } });
            }
        }
        self.known.replace(known);
        Ok(())
    }
}
