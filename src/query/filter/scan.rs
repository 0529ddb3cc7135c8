//! The next contacts that a filter leaves, in the order of their local ids: for work that goes through all of them.

use crate::access::rights::Rights;
use crate::db::Read;
use crate::db::contact::{Stored, ids_in, many};
use crate::db::list::filter_lookup;
use crate::db::metadata::Gap;
use crate::engine::Inner;
use crate::error::{Error, Problem, Result};
use crate::model::{Condition, Field, Filter, Network, Timestamp};
use crate::query::filter::{Sieve, tenants};
use crate::query::is_in;

/// Contacts looked at together.
const BATCH: usize = if cfg!(test) { 3 } else { 500 };

/// Rows that one call reads, but for a batch more.
const ROWS: usize = if cfg!(test) { 6 } else { 2_000 };

/// Contacts that one call looks at, but for a batch more.
const LOOKED: usize = if cfg!(test) { 24 } else { 32_768 };

/// What one call has found.
#[derive(Debug)]
pub(crate) struct Pick {
    pub(crate) found: Vec<Stored>,
    /// How many contacts were looked at, in all lists of the book.
    pub(crate) looked: usize,
    /// The last of them; what is left comes after it.
    pub(crate) position: i64,
    /// Whether nothing is left.
    pub(crate) finished: bool,
}

/// Up to `most` contacts of a gap that the actor sees, on one network or all, and that meet a filter, days counted from `now`; fewer if that is much work.
pub(crate) fn pick(
    inner: &Inner,
    db: &Read<'_>,
    rights: &Rights,
    (network, filter, now): (Option<&Network>, &Filter, Timestamp),
    gap: Gap,
    most: usize,
) -> Result<Pick> {
    let scopes = rights.scopes(db, network, None)?;
    let sieve = Sieve::as_of(inner, db, rights, &scopes, filter, now)?;
    let batch = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let mut rows = ROWS;
    let mut picked = Pick { found: Vec::new(), looked: 0, position: gap.after, finished: false };
    while rows > 0 && picked.looked < LOOKED {
        let ids = ids_in(db, Gap { after: picked.position, ..gap }, false, batch)?;
        let Some(last) = ids.last().copied() else {
            picked.finished = true;
            break;
        };
        let left = match &sieve {
            Some(sieve) => sieve.sift(db, &ids, &mut rows)?,
            None => ids.iter().map(|id| (*id, None)).collect(),
        };
        let unread: Vec<i64> = left.iter().filter(|(_, row)| row.is_none()).map(|(id, _)| *id).collect();
        rows = rows.saturating_sub(unread.len());
        let mut read = many(db, &unread)?.into_iter();
        for (id, row) in left {
            let Some(stored) = row.or_else(|| read.next()) else { continue };
            if !is_in(db, &stored, &scopes)? {
                continue;
            }
            picked.found.push(stored);
            if picked.found.len() >= most {
                let passed = ids.iter().take_while(|other| **other <= id).count();
                (picked.looked, picked.position) = (picked.looked.saturating_add(passed), id);
                picked.finished = id >= gap.last;
                return Ok(picked);
            }
        }
        (picked.looked, picked.position) = (picked.looked.saturating_add(ids.len()), last);
    }
    picked.finished |= picked.position >= gap.last;
    Ok(picked)
}

/// Refuses a filter that names a tag or an attribute that no tenant of the actor has. A list just finds nobody with it; but `not` turns
/// nobody into everybody, and that is no mistake to make with work that changes contacts.
pub(crate) fn refuse_unknown(db: &Read<'_>, rights: &Rights, filter: &Filter) -> Result<()> {
    let tenants = tenants(db, rights, &[])?;
    let (mut tags, mut keys) = (Vec::new(), Vec::new());
    filter.each(&mut |condition| match condition {
        Condition::Tag(Some(names)) => tags.extend(names.iter().map(|name| name.trim().to_lowercase())),
        Condition::Attribute(key, _) => keys.push(key.clone()),
        _ => {}
    });
    let unknown = || Err(Error::invalid(Field::Filter, Problem::Unknown));
    for name in tags {
        let known = tenants.iter().map(|tenant| filter_lookup::tag(db, *tenant, &name));
        if !known.collect::<Result<Vec<_>, _>>()?.iter().any(Option::is_some) {
            return unknown();
        }
    }
    for key in keys {
        let known = tenants.iter().map(|tenant| filter_lookup::definition(db, *tenant, &key));
        if !known.collect::<Result<Vec<_>, _>>()?.iter().any(Option::is_some) {
            return unknown();
        }
    }
    Ok(())
}
