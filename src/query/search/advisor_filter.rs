//! What a search knows of the advisor whose lists it reads.
//!
//! The index has keys of whole names for each advisor, and all other keys for the tenant only. Candidates of the latter are tested
//! against the advisor's lists.

use std::sync::Arc;

use crate::db::{Bitmap, Owner, Read, Scope};
use crate::error::Result;
use crate::index::Candidate;
use crate::query::filter::covering_scopes;

/// The advisor's contacts, if an advisor's lists are searched.
#[derive(Debug, Default)]
pub(super) struct AdvisorFilter {
    /// Lists that have all keys: the shared list and the tenant's list instead of an advisor's.
    pub(super) covering_scopes: Vec<Scope>,
    is_active: bool,
    /// The advisor's contacts; read at first use.
    pub(super) ids: Option<Arc<Bitmap>>,
    /// The positions of the advisor's contacts among the hits, in order, once all have been ranked.
    pub(super) ranked: Option<Vec<Candidate>>,
}

impl AdvisorFilter {
    pub(super) fn build(db: &Read<'_>, scopes: &[Scope]) -> Result<Self> {
        let is_active = scopes.iter().any(|scope| matches!(scope.owner, Owner::Advisor(_)));
        Ok(Self { covering_scopes: covering_scopes(db, scopes)?, is_active, ids: None, ranked: None })
    }

    /// Whether an advisor's lists are searched.
    pub(super) fn is_active(&self) -> bool {
        self.is_active
    }
}
