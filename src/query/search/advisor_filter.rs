//! An advisor's contacts among those of the tenant. The index keeps whole names for each advisor, and everything else for the
//! tenant only: what is found there is held against who is in the advisor's lists.

use std::sync::Arc;

use crate::db::{self, Bitmap, Owner, Read, Scope, contact};
use crate::error::Result;
use crate::index::{ASSUMED_PAGE_LEN, Candidate, PostingScan, PrefixRanges, Stage, list_members};
use crate::query::search::search_executor::SearchExecutor;

/// Contacts of an advisor up to which they are all read once whole names do not fill a page.
const READ_ALL_LIMIT: usize = if cfg!(test) { 3 } else { 32 };

/// The same where nothing else is less work.
const READ_ALL_LIMIT_LAST_RESORT: usize = if cfg!(test) { 8 } else { 2_048 };

/// Candidates that are gone through in the time in which a row is read and held against a query.
const CANDIDATES_PER_ROW: usize = if cfg!(test) { 2 } else { 100 };

/// Such rows in the time in which it is found out where the contact of a row stands.
const RANKING_COST_ROWS: usize = 3;

/// Whose lists are searched, if they are an advisor's.
#[derive(Debug, Default)]
pub(crate) struct AdvisorFilter {
    /// The lists that have all keys: those of the tenant for an advisor's.
    pub(crate) covering_scopes: Vec<Scope>,
    is_advisor: bool,
    /// Read when it is first needed.
    ids: Option<Arc<Bitmap>>,
    /// Where the advisor's contacts stand, in order, if they have all been read.
    ranked: Option<Vec<Candidate>>,
}

/// What of a stage is an advisor's.
pub(crate) enum AdvisorPlan {
    /// These places, in order, and those of other stages.
    Ranked(Vec<Candidate>),
    /// Those of these contacts that the stage finds.
    Intersect(Arc<Bitmap>),
    /// The same, where so much of what the stage finds is the advisor's that a page is soon full.
    FilterWalk(Arc<Bitmap>),
}

impl AdvisorFilter {
    pub(crate) fn build(db: &Read<'_>, scopes: &[Scope]) -> Result<Self> {
        let mut members = Self::default();
        for scope in scopes {
            if let Owner::Advisor(advisor) = scope.owner {
                members.is_advisor = true;
                // Whom an advisor is linked to belongs to the same tenant, or to all.
                let tenant = Owner::Tenant(db::directory::advisor_tenant(db, advisor)?);
                members
                    .covering_scopes
                    .extend([Owner::Shared, tenant].map(|owner| owner.on_network(scope.network)));
            } else {
                members.covering_scopes.push(*scope);
            }
        }
        Ok(members)
    }

    /// Whether the lists are an advisor's.
    pub(crate) fn is_active(&self) -> bool {
        self.is_advisor
    }
}

impl SearchExecutor<'_, '_> {
    /// What of a stage of the tenant's lists is the advisor's, in whichever way is the least work.
    pub(crate) fn plan_advisor_stage(&mut self, stage: &Stage, reach: &PrefixRanges) -> Result<AdvisorPlan> {
        if let Some(places) = &self.advisor_filter.ranked {
            return Ok(AdvisorPlan::Ranked(places.clone()));
        }
        let ids = match &self.advisor_filter.ids {
            Some(ids) => Arc::clone(ids),
            None => Arc::clone(self.advisor_filter.ids.insert(list_members(self.index(), &self.scopes)?)),
        };
        if ids.len() > READ_ALL_LIMIT {
            let extent = PostingScan::plan(self.index(), &self.advisor_filter.covering_scopes, reach)?;
            let (walk, look) = (self.estimate_walk_rows(stage, &extent, &ids)?, extent.cost_in_rows());
            let all = ids.len().saturating_mul(RANKING_COST_ROWS);
            if look < walk.min(all) {
                let plain = self.query.dedup_text(stage);
                let (found, _) = extent.collect(self.index(), plain, usize::MAX)?;
                let own = Arc::new(found.intersection(&ids));
                let walk =
                    found.len().saturating_mul(ASSUMED_PAGE_LEN).checked_div(own.len()).unwrap_or(usize::MAX);
                let soon = walk / CANDIDATES_PER_ROW < own.len().saturating_mul(RANKING_COST_ROWS);
                return Ok(if soon { AdvisorPlan::FilterWalk(own) } else { AdvisorPlan::Intersect(own) });
            }
            if walk < all {
                return Ok(AdvisorPlan::FilterWalk(ids));
            }
            if ids.len() > READ_ALL_LIMIT_LAST_RESORT {
                return Ok(AdvisorPlan::Intersect(ids));
            }
        }
        let all: Vec<i64> = ids.iter().collect();
        let stages = &self.query.stages;
        let of_names = |place: u8| stages.get(usize::from(place)).is_some_and(Stage::is_name_stage);
        let mut places = self.rank_contacts(&all, |place| !of_names(place))?;
        places.sort_unstable();
        self.advisor_filter.ranked = Some(places.clone());
        Ok(AdvisorPlan::Ranked(places))
    }

    /// Rows that are read in the time in which a stage's candidates are gone through until a page is full: twice as many of them as if the
    /// advisor's were evenly among all, and every candidate at most, or where other words have to be met.
    fn estimate_walk_rows(&self, stage: &Stage, extent: &PostingScan, ids: &Bitmap) -> Result<usize> {
        let mut walk = extent.estimated_contacts();
        if self.query.word_expansions(stage).next().is_none() {
            let last = usize::try_from(contact::last_id(&self.snapshot.db)?).unwrap_or_default();
            walk = walk
                .min(last.saturating_mul(2 * ASSUMED_PAGE_LEN).checked_div(ids.len()).unwrap_or_default());
        }
        Ok(walk.div_ceil(CANDIDATES_PER_ROW))
    }
}
