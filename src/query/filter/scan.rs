//! Contacts that match a filter, in the order of their local ids: for bulk work that goes through all contacts.

use crate::access::rights::Rights;
use crate::db::Read;
use crate::db::contact::{StoredContact, ids_in_range, many};
use crate::db::list::filter_lookup;
use crate::db::metadata::IdRange;
use crate::engine::Engine;
use crate::error::{Error, Result, ValidationError};
use crate::model::{Condition, Field, Filter, Network, Timestamp};
use crate::query::filter::compiled_filter::CompiledFilter;
use crate::query::filter::scopes::{contacts_of_scopes, filter_tenants, is_in_scopes};

/// The result of one call.
#[derive(Debug)]
pub(crate) struct FilterScan {
    pub(crate) matched: Vec<StoredContact>,
    /// How many contacts were tested, of those that the actor sees.
    pub(crate) scanned: usize,
    /// The local id of the last contact tested. The next call starts after it.
    pub(crate) position: i64,
    /// Whether no contact of the range is left.
    pub(crate) finished: bool,
}

/// Up to `limit` contacts of an id range that the actor sees, on one network or all, and that match a filter. Relative days are counted
/// from `now`. A call that reaches its work limit returns fewer.
///
/// # Errors
/// [`Error::Invalid`] for an invalid filter; [`Error::NoNetwork`].
pub(crate) fn scan_filtered(
    engine: &Engine,
    db: &Read<'_>,
    rights: &Rights,
    (network, filter, now): (Option<&Network>, &Filter, Timestamp),
    range: IdRange,
    limit: usize,
) -> Result<FilterScan> {
    let scopes = rights.scopes(db, network, None)?;
    let tuning = db.tuning().query;
    let compiled = CompiledFilter::compile_at(engine, db, rights, &scopes, filter, now)?;
    let batch = i64::try_from(tuning.scan_batch).unwrap_or(i64::MAX);
    let mut rows = tuning.scan_max_rows;
    let visible = contacts_of_scopes(db, &scopes)?;
    let is_last = |position| {
        let rest = visible.as_ref().map(|visible| visible.ids_between(position, range.last, false, 1));
        rest.map_or(position >= range.last, |rest| rest.is_empty())
    };
    let mut scan = FilterScan { matched: Vec::new(), scanned: 0, position: range.after, finished: false };
    while rows > 0 && scan.scanned < tuning.scan_max_contacts {
        let ids = match &visible {
            Some(visible) => visible.ids_between(scan.position, range.last, false, tuning.scan_batch),
            None => ids_in_range(db, IdRange { after: scan.position, ..range }, false, batch)?,
        };
        let Some(last) = ids.last().copied() else {
            scan.finished = true;
            break;
        };
        let matching = match &compiled {
            Some(compiled) => compiled.filter_ids(db, &ids, &mut rows)?,
            None => ids.iter().map(|id| (*id, None)).collect(),
        };
        let unread: Vec<i64> = matching.iter().filter(|(_, row)| row.is_none()).map(|(id, _)| *id).collect();
        rows = rows.saturating_sub(unread.len());
        let mut read = many(db, &unread)?.into_iter();
        for (id, row) in matching {
            let Some(stored) = row.or_else(|| read.next()) else { continue };
            if !is_in_scopes(db, &stored, &scopes)? {
                continue;
            }
            scan.matched.push(stored);
            if scan.matched.len() >= limit {
                let tested = ids.iter().take_while(|other| **other <= id).count();
                (scan.scanned, scan.position) = (scan.scanned.saturating_add(tested), id);
                scan.finished = is_last(id);
                return Ok(scan);
            }
        }
        (scan.scanned, scan.position) = (scan.scanned.saturating_add(ids.len()), last);
    }
    scan.finished |= is_last(scan.position);
    Ok(scan)
}

/// Rejects a filter that names a tag or an attribute that no tenant of the actor has.
///
/// A list finds no contact with such a name. But `not` turns that into all contacts, which is dangerous for work that changes contacts.
///
/// # Errors
/// [`Error::Invalid`] with [`ValidationError::Unknown`].
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
        let found = tenants.iter().map(|tenant| filter_lookup::tag_by_name(db, *tenant, &name));
        if !found.collect::<Result<Vec<_>, _>>()?.iter().any(Option::is_some) {
            return unknown();
        }
    }
    for key in keys {
        let found = tenants.iter().map(|tenant| filter_lookup::attribute_by_key(db, *tenant, &key));
        if !found.collect::<Result<Vec<_>, _>>()?.iter().any(Option::is_some) {
            return unknown();
        }
    }
    Ok(())
}
