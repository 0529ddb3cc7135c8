//! The contacts of the searched lists by id, if there are few.

use crate::db::{self, Read, Scope};
use crate::error::Result;

/// The contacts of the searched lists.
pub(super) enum ScopeContacts {
    /// Not read yet.
    Unknown,
    /// By local id, ascending.
    Ids(Vec<i64>),
    /// More than [`QueryTuning::substring_max_listed`](crate::host::tuning::QueryTuning).
    TooMany,
}

/// Reads the contacts of some lists.
pub(super) fn scope_contacts(db: &Read<'_>, scopes: &[Scope]) -> Result<ScopeContacts> {
    let limit = db.tuning().query.substring_max_listed;
    let generation = db::metadata::read(db)?.generation;
    let mut ids = Vec::new();
    for scope in scopes {
        let fetch = limit.saturating_sub(ids.len()).saturating_add(1);
        let fetch = i64::try_from(fetch).unwrap_or(i64::MAX);
        let entries = db::entries::entries(db, scope.in_generation(generation), None, false, fetch)?;
        ids.extend(entries.into_iter().map(|(_, id)| id));
        if ids.len() > limit {
            return Ok(ScopeContacts::TooMany);
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ScopeContacts::Ids(ids))
}
