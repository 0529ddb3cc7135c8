//! An advisor's contacts among those of the tenant. The index keeps whole names for each advisor, and everything else for the
//! tenant only: what is found there is held against who is in the advisor's lists.

use std::sync::Arc;

use super::run::Run;
use crate::db::{self, IdSet, Owner, Read, Scope};
use crate::error::Result;
use crate::index::{Candidate, Fit, Reach, Stage, collect, members};

/// Contacts of an advisor up to which they are all read once whole names do not fill a page.
const ALL: usize = if cfg!(test) { 3 } else { 32 };

/// The same where a stage finds very many contacts of the tenant.
const ALL_OF_MANY: usize = if cfg!(test) { 8 } else { 2_048 };

/// Contacts of the tenant that a stage finds, up to which they are held against the advisor's.
const SIFTED: usize = if cfg!(test) { 10 } else { 1 << 16 };

/// Hits that fill a page, as an estimate goes.
const PAGE: usize = 20;

/// Candidates that are gone through in the time of one row read.
const ROW: usize = 40;

/// Whose lists are searched, if they are an advisor's.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// The lists that have all keys: those of the tenant for an advisor's.
    pub(super) wide: Vec<Scope>,
    advisor: bool,
    /// Read when it is first needed.
    ids: Option<Arc<IdSet>>,
    /// Where the advisor's contacts stand, in order, if they have all been read.
    places: Option<Vec<Candidate>>,
}

/// What of a stage is an advisor's.
pub(super) enum Own {
    /// These places, in order, and those of other stages.
    Places(Vec<Candidate>),
    /// Those of these contacts that the stage finds.
    Among(IdSet),
    /// The same, where so much of what the stage finds is the advisor's that a page is soon full.
    Soon(IdSet),
}

impl Members {
    pub(super) fn of(db: &Read<'_>, scopes: &[Scope]) -> Result<Self> {
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
    pub(super) fn is_some(&self) -> bool {
        self.advisor
    }
}

impl Run<'_, '_> {
    /// What of a stage of the tenant's lists is the advisor's, in whichever way is the least work.
    pub(super) fn own(&mut self, stage: &Stage, reach: &Reach) -> Result<Own> {
        if let Some(places) = &self.members.places {
            return Ok(Own::Places(places.clone()));
        }
        let ids = match &self.members.ids {
            Some(ids) => Arc::clone(ids),
            None => Arc::clone(self.members.ids.insert(members(self.index(), &self.scopes)?)),
        };
        if ids.len() > ALL {
            let plain = self.query.plain(stage);
            let (found, whole) = collect(self.index(), &self.members.wide, reach, Fit::Start, plain, SIFTED)?;
            let own = found.and(&ids);
            // Either the tenant's candidates are gone through until a page is full, or the advisor's contacts are all read.
            let walk = found.len().saturating_mul(PAGE).checked_div(own.len()).unwrap_or(usize::MAX);
            if whole {
                let soon = walk < own.len().saturating_mul(ROW);
                return Ok(if soon { Own::Soon(own) } else { Own::Among(own) });
            }
            if walk < ids.len().saturating_mul(ROW) || ids.len() > ALL_OF_MANY {
                return Ok(Own::Among(IdSet::clone(&ids)));
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
}
