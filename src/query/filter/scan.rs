//! The next contacts that a filter leaves, in the order of their local ids: for work that goes through all of them.

use crate::access::rights::Rights;
use crate::db::Read;
use crate::db::contact::{StoredContact, ids_in_range, many};
use crate::db::list::filter_lookup;
use crate::db::metadata::IdRange;
use crate::engine::Engine;
use crate::error::{Error, Result, ValidationError};
use crate::model::{Condition, Field, Filter, Network, Timestamp};
use crate::query::filter::{CompiledFilter, filter_tenants};
use crate::query::is_in_scopes;

/// Contacts looked at together.
const ID_BATCH: usize = if cfg!(test) { 3 } else { 500 };

/// Rows that one call reads, but for a batch more.
const MAX_ROWS_PER_CALL: usize = if cfg!(test) { 6 } else { 2_000 };

/// Contacts that one call looks at, but for a batch more.
const MAX_SCANNED_PER_CALL: usize = if cfg!(test) { 24 } else { 32_768 };

/// What one call has found.
#[derive(Debug)]
pub(crate) struct FilterScan {
    pub(crate) matched: Vec<StoredContact>,
    /// How many contacts were looked at, in all lists of the book.
    pub(crate) scanned: usize,
    /// The last of them; what is left comes after it.
    pub(crate) position: i64,
    /// Whether nothing is left.
    pub(crate) finished: bool,
}

/// Up to `most` contacts of a gap that the actor sees, on one network or all, and that meet a filter, days counted from `now`; fewer if that is much work.
pub(crate) fn scan_filtered(
    inner: &Engine,
    db: &Read<'_>,
    rights: &Rights,
    (network, filter, now): (Option<&Network>, &Filter, Timestamp),
    gap: IdRange,
    most: usize,
) -> Result<FilterScan> {
    let scopes = rights.scopes(db, network, None)?;
    let sieve = CompiledFilter::compile_at(inner, db, rights, &scopes, filter, now)?;
    let batch = i64::try_from(ID_BATCH).unwrap_or(i64::MAX);
    let mut rows = MAX_ROWS_PER_CALL;
    let mut picked = FilterScan { matched: Vec::new(), scanned: 0, position: gap.after, finished: false };
    while rows > 0 && picked.scanned < MAX_SCANNED_PER_CALL {
        let ids = ids_in_range(db, IdRange { after: picked.position, ..gap }, false, batch)?;
        let Some(last) = ids.last().copied() else {
            picked.finished = true;
            break;
        };
        let left = match &sieve {
            Some(sieve) => sieve.filter_ids(db, &ids, &mut rows)?,
            None => ids.iter().map(|id| (*id, None)).collect(),
        };
        let unread: Vec<i64> = left.iter().filter(|(_, row)| row.is_none()).map(|(id, _)| *id).collect();
        rows = rows.saturating_sub(unread.len());
        let mut read = many(db, &unread)?.into_iter();
        for (id, row) in left {
            let Some(stored) = row.or_else(|| read.next()) else { continue };
            if !is_in_scopes(db, &stored, &scopes)? {
                continue;
            }
            picked.matched.push(stored);
            if picked.matched.len() >= most {
                let passed = ids.iter().take_while(|other| **other <= id).count();
                (picked.scanned, picked.position) = (picked.scanned.saturating_add(passed), id);
                picked.finished = id >= gap.last;
                return Ok(picked);
            }
        }
        (picked.scanned, picked.position) = (picked.scanned.saturating_add(ids.len()), last);
    }
    picked.finished |= picked.position >= gap.last;
    Ok(picked)
}

/// Refuses a filter that names a tag or an attribute that no tenant of the actor has. A list just finds nobody with it; but `not` turns
/// nobody into everybody, and that is no mistake to make with work that changes contacts.
pub(crate) fn reject_unknown_names(db: &Read<'_>, rights: &Rights, filter: &Filter) -> Result<()> {
    let tenants = filter_tenants(db, rights, &[])?;
    let (mut tags, mut keys) = (Vec::new(), Vec::new());
    filter.visit_conditions(&mut |condition| match condition {
        Condition::Tag(Some(names)) => tags.extend(names.iter().map(|name| name.trim().to_lowercase())),
        Condition::Attribute(key, _) => keys.push(key.clone()),
        _ => {}
    });
    let unknown = || Err(Error::invalid(Field::Filter, ValidationError::Unknown));
    for name in tags {
        let known = tenants.iter().map(|tenant| filter_lookup::tag_by_name(db, *tenant, &name));
        if !known.collect::<Result<Vec<_>, _>>()?.iter().any(Option::is_some) {
            return unknown();
        }
    }
    for key in keys {
        let known = tenants.iter().map(|tenant| filter_lookup::attribute_by_key(db, *tenant, &key));
        if !known.collect::<Result<Vec<_>, _>>()?.iter().any(Option::is_some) {
            return unknown();
        }
    }
    Ok(())
}
