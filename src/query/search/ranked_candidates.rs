//! Candidates without the index: contacts are ranked by their rows, a few that a filter leaves, or all of them.

use std::borrow::Cow;
use std::sync::Arc;

use crate::db::{self, Bitmap};
use crate::error::Result;
use crate::host::tuning::QueryTuning;
use crate::index::{Candidate, Direction};
use crate::query::cost;
use crate::query::filter::is_in_scopes;
use crate::query::search::executor::SearchExecutor;

/// Rows read at a time.
const ROW_BATCH: i64 = 1_000;

impl SearchExecutor<'_, '_> {
    /// Determines the candidates of the filter: ranked if they are few, a bitmap if there are more, nothing if no index lists them.
    pub(super) fn find_candidates(&mut self) -> Result<()> {
        let db = &self.snapshot.db;
        let Some(filter) = &self.filter else { return Ok(()) };
        let ids = match filter.candidate_ids(db)? {
            Some(ids) => ids,
            None => match filter.candidate_bitmap(db, self.tuning.filter_max_bitmap)? {
                Some(bitmap) if cost::ranks_candidates(&self.tuning, bitmap.ids.len()) => {
                    bitmap.ids.iter().collect()
                }
                bitmap => {
                    self.allowed_ids = bitmap.map(|bitmap| bitmap.ids);
                    return Ok(());
                }
            },
        };
        let mut ranked = self.rank_contacts(&ids, |_| true)?;
        ranked.sort_unstable();
        self.ranked_candidates = Some(ranked);
        Ok(())
    }

    /// The positions of contacts among the hits, of those that match the filter and whose stage is included.
    pub(super) fn rank_contacts(
        &self,
        ids: &[i64],
        includes_stage: impl Fn(u8) -> bool,
    ) -> Result<Vec<Candidate>> {
        let cancel_token = self.session.cancel_token();
        let mut ranked = Vec::new();
        for ids in ids.chunks(usize::try_from(ROW_BATCH).unwrap_or(usize::MAX)) {
            cancel_token.check()?;
            let inputs = self.load_filter_inputs(ids)?;
            for stored in self.rows(ids, u8::MAX)? {
                if !self.may_match(&stored, &inputs)
                    || !is_in_scopes(&self.snapshot.db, &stored, &self.scopes)?
                {
                    continue;
                }
                let position = self.rank(&stored).filter(|(stage, _)| includes_stage(*stage));
                let Some((stage, text)) = position else { continue };
                if self.matches(&stored, &inputs)? {
                    ranked.push(Candidate { stage, text, contact: stored.id });
                    if cost::ranks_intersection(&self.tuning, ids.len()) {
                        self.loaded_rows.borrow_mut().insert(stored.id, stored);
                    }
                }
            }
        }
        Ok(ranked)
    }

    /// All hits of the query from the rows: slow, but correct in whatever state the index is.
    pub(super) fn rank_all_rows(&self) -> Result<Vec<Candidate>> {
        let db = &self.snapshot.db;
        let generation = db::metadata::read(db)?.generation;
        let mut ranked = Vec::new();
        for scope in &self.scopes {
            let list = scope.in_generation(generation);
            let mut last = None;
            loop {
                let entries = db::entries::entries(db, list, last.as_ref(), false, ROW_BATCH)?;
                let ids: Vec<i64> = entries.iter().map(|(_, id)| *id).collect();
                ranked.extend(self.rank_contacts(&ids, |_| true)?);
                last = entries.into_iter().next_back();
                if last.is_none() {
                    break;
                }
            }
        }
        ranked.sort_unstable();
        ranked.dedup();
        Ok(ranked)
    }
}

/// The intersection of bitmaps if it is small; `None` also without any bitmap.
pub(super) fn small_intersection(tuning: &QueryTuning, bitmaps: &[Arc<Bitmap>]) -> Option<Vec<i64>> {
    let (first, rest) = bitmaps.split_first()?;
    let common =
        rest.iter().fold(Cow::Borrowed(&**first), |common, ids| Cow::Owned(common.intersection(ids)));
    cost::ranks_intersection(tuning, common.len()).then(|| common.iter().collect())
}

/// The sorted candidates beyond a position (exclusive), in a direction.
pub(super) fn candidates_beyond(
    sorted: &[Candidate],
    from: Option<&Candidate>,
    direction: Direction,
) -> Box<dyn Iterator<Item = Candidate>> {
    let rest: Vec<Candidate> = match (from, direction) {
        (None, _) => sorted.to_vec(),
        (Some(from), Direction::Forward) => sorted.iter().filter(|c| *c > from).cloned().collect(),
        (Some(from), Direction::Backward) => sorted.iter().filter(|c| *c < from).cloned().collect(),
    };
    match direction {
        Direction::Forward => Box::new(rest.into_iter()),
        Direction::Backward => Box::new(rest.into_iter().rev()),
    }
}
