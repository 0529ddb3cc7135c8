//! How a stage of the tenant's keys is read for an advisor: `query/cost.rs` chooses, this file counts and carries it out.

use std::sync::Arc;

use crate::db::{Bitmap, contact};
use crate::error::Result;
use crate::index::{Candidate, PostingScan, PrefixRanges, Stage, list_members};
use crate::query::cost::{self, AdvisorStageCost, AdvisorStrategy};
use crate::query::search::executor::SearchExecutor;

/// How to find an advisor's hits of one stage.
pub(super) enum AdvisorPlan {
    /// These positions, in order; those of other stages are among them.
    Ranked(Vec<Candidate>),
    /// The contacts of this bitmap that the stage finds, intersected with those of each word.
    Intersect(Arc<Bitmap>),
    /// The candidates of the stage in order, filtered by this bitmap: a page is soon full.
    FilterWalk(Arc<Bitmap>),
}

impl SearchExecutor<'_, '_> {
    /// Plans one stage of the tenant's keys for an advisor.
    pub(super) fn plan_advisor_stage(&mut self, stage: &Stage, ranges: &PrefixRanges) -> Result<AdvisorPlan> {
        if let Some(ranked) = &self.advisor_filter.ranked {
            return Ok(AdvisorPlan::Ranked(ranked.clone()));
        }
        let ids = match &self.advisor_filter.ids {
            Some(ids) => Arc::clone(ids),
            None => Arc::clone(self.advisor_filter.ids.insert(list_members(self.index(), &self.scopes)?)),
        };
        if cost::ranks_all_at_once(&self.tuning, ids.len()) {
            return self.rank_all_of(&ids);
        }
        let postings = PostingScan::plan(self.index(), &self.advisor_filter.covering_scopes, ranges)?;
        let estimate = AdvisorStageCost {
            contacts: ids.len(),
            walk_rows: self.estimate_walk_rows(stage, &postings, &ids)?,
            collect_rows: match postings.cached(self.index(), self.query.dedup_text(stage)) {
                Some(_) => 0,
                None => postings.cost_in_rows(),
            },
        };
        match cost::advisor_strategy(&self.tuning, estimate) {
            AdvisorStrategy::Collect => {
                let dedup_text = self.query.dedup_text(stage);
                let found =
                    postings.collect_cached(self.index(), dedup_text, usize::MAX)?.unwrap_or_default();
                let own = Arc::new(found.intersection(&ids));
                let walks = cost::walks_collected(&self.tuning, found.len(), own.len());
                Ok(if walks { AdvisorPlan::FilterWalk(own) } else { AdvisorPlan::Intersect(own) })
            }
            AdvisorStrategy::Walk => Ok(AdvisorPlan::FilterWalk(ids)),
            AdvisorStrategy::Intersect => Ok(AdvisorPlan::Intersect(ids)),
            AdvisorStrategy::RankAll => self.rank_all_of(&ids),
        }
    }

    /// Ranks all contacts of the advisor for all stages but those of names, whose keys exist for the advisor.
    fn rank_all_of(&mut self, ids: &Bitmap) -> Result<AdvisorPlan> {
        let all: Vec<i64> = ids.iter().collect();
        let mut ranked = self.rank_contacts(&all, |stage| !self.is_name_stage(stage))?;
        ranked.sort_unstable();
        self.advisor_filter.ranked = Some(ranked.clone());
        Ok(AdvisorPlan::Ranked(ranked))
    }

    fn estimate_walk_rows(&self, stage: &Stage, postings: &PostingScan, ids: &Bitmap) -> Result<usize> {
        let is_single_word = self.query.word_expansions(stage).next().is_none();
        let (of, max_id) =
            if is_single_word { (Some(ids.len()), contact::last_id(&self.snapshot.db)?) } else { (None, 0) };
        Ok(cost::walk_rows(&self.tuning, postings.estimated_contacts(), of, max_id))
    }
}
