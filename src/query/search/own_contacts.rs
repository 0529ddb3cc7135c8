//! An advisor's contacts among those of the tenant. The index keeps whole names for each advisor, and everything else for the
//! tenant only: what is found there is held against who is in the advisor's lists.

use std::sync::Arc;

use crate::db::{self, IdSet, Owner, Read, Scope, contact};
use crate::error::Result;
use crate::index::{Candidate, Extent, PAGE, Reach, Stage, members};
use crate::query::search::executor::Run;

/// Contacts of an advisor up to which they are all read once whole names do not fill a page.
const ALL: usize = if cfg!(test) { 3 } else { 32 };

/// The same where nothing else is less work.
const ALL_OF_MANY: usize = if cfg!(test) { 8 } else { 2_048 };

/// Candidates that are gone through in the time in which a row is read and held against a query.
const CANDIDATES: usize = if cfg!(test) { 2 } else { 100 };

/// Such rows in the time in which it is found out where the contact of a row stands.
const PLACE: usize = 3;

/// Whose lists are searched, if they are an advisor's.
#[derive(Debug, Default)]
pub(crate) struct Members {
    /// The lists that have all keys: those of the tenant for an advisor's.
    pub(crate) wide: Vec<Scope>,
    advisor: bool,
    /// Read when it is first needed.
    ids: Option<Arc<IdSet>>,
    /// Where the advisor's contacts stand, in order, if they have all been read.
    places: Option<Vec<Candidate>>,
}

/// What of a stage is an advisor's.
pub(crate) enum Own {
    /// These places, in order, and those of other stages.
    Places(Vec<Candidate>),
    /// Those of these contacts that the stage finds.
    Among(Arc<IdSet>),
    /// The same, where so much of what the stage finds is the advisor's that a page is soon full.
    Soon(Arc<IdSet>),
}

impl Members {
    pub(crate) fn of(db: &Read<'_>, scopes: &[Scope]) -> Result<Self> {
        let mut members = Self::default();
        for scope in scopes {
            if let Owner::Advisor(advisor) = scope.owner {
                members.advisor = true;
                // Whom an advisor is linked to belongs to the same tenant, or to all.
                let tenant = Owner::Tenant(db::directory::advisor_tenant(db, advisor)?);
                members.wide.extend([Owner::Shared, tenant].map(|owner| owner.on(scope.network)));
            } else {
                members.wide.push(*scope);
            }
        }
        Ok(members)
    }

    /// Whether the lists are an advisor's.
    pub(crate) fn is_some(&self) -> bool {
        self.advisor
    }
}

impl Run<'_, '_> {
    /// What of a stage of the tenant's lists is the advisor's, in whichever way is the least work.
    pub(crate) fn own(&mut self, stage: &Stage, reach: &Reach) -> Result<Own> {
        if let Some(places) = &self.members.places {
            return Ok(Own::Places(places.clone()));
        }
        let ids = match &self.members.ids {
            Some(ids) => Arc::clone(ids),
            None => Arc::clone(self.members.ids.insert(members(self.index(), &self.scopes)?)),
        };
        if ids.len() > ALL {
            let extent = Extent::of(self.index(), &self.members.wide, reach)?;
            let (walk, look) = (self.walk(stage, &extent, &ids)?, extent.rows());
            let all = ids.len().saturating_mul(PLACE);
            if look < walk.min(all) {
                let plain = self.query.plain(stage);
                let (found, _) = extent.look_up(self.index(), plain, usize::MAX)?;
                let own = Arc::new(found.and(&ids));
                let walk = found.len().saturating_mul(PAGE).checked_div(own.len()).unwrap_or(usize::MAX);
                let soon = walk / CANDIDATES < own.len().saturating_mul(PLACE);
                return Ok(if soon { Own::Soon(own) } else { Own::Among(own) });
            }
            if walk < all {
                return Ok(Own::Soon(ids));
            }
            if ids.len() > ALL_OF_MANY {
                return Ok(Own::Among(ids));
            }
        }
        let all: Vec<i64> = ids.iter().collect();
        let stages = &self.query.stages;
        let of_names = |place: u8| stages.get(usize::from(place)).is_some_and(Stage::is_of_names);
        let mut places = self.places(&all, |place| !of_names(place))?;
        places.sort_unstable();
        self.members.places = Some(places.clone());
        Ok(Own::Places(places))
    }

    /// Rows that are read in the time in which a stage's candidates are gone through until a page is full: twice as many of them as if the
    /// advisor's were evenly among all, and every candidate at most, or where other words have to be met.
    fn walk(&self, stage: &Stage, extent: &Extent, ids: &IdSet) -> Result<usize> {
        let mut walk = extent.contacts();
        if self.query.word_texts(stage).next().is_none() {
            let last = usize::try_from(contact::last_id(&self.snapshot.db)?).unwrap_or_default();
            walk = walk.min(last.saturating_mul(2 * PAGE).checked_div(ids.len()).unwrap_or_default());
        }
        Ok(walk.div_ceil(CANDIDATES))
    }
}
