//! Known positions in lists: after a page was requested by its offset, the next request starts from a near position.
//!
//! The positions belong to one connection. They are valid until something is committed, by any connection.

use std::collections::VecDeque;

use crate::db::connection::conn::Read;
use crate::db::connection::offset_state::{CachedList, OffsetCache};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::index::index_store;
use crate::db::scope::{EntryKey, Scope};
use crate::model::SortOrder;

/// A list in an order.
pub(crate) type OrderedScopes<'a> = (&'a [Scope], SortOrder);

/// What is known of a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OffsetHint {
    /// The number of its entries.
    pub(crate) total: usize,
    /// The nearest known position: offset from 0, and the entry there.
    pub(crate) nearest: Option<(usize, EntryKey)>,
}

/// The version of the store: changes with every commit of another connection, and with every row that this connection changes.
fn store_version(db: &Read<'_>) -> DbResult<(i64, u64)> {
    Ok((index_store::data_version(db)?, db.conn.sqlite.total_changes()))
}

/// What is known of a list near an offset; `None` if the list is not known.
pub(crate) fn nearest_offset(
    db: &Read<'_>,
    (scopes, order): OrderedScopes<'_>,
    offset: usize,
) -> DbResult<Option<OffsetHint>> {
    let version = store_version(db)?;
    let mut cache = db.conn.offset_cache.borrow_mut();
    if cache.store_version != Some(version) {
        *cache = OffsetCache { store_version: Some(version), lists: VecDeque::new() };
    }
    let at = cache.lists.iter().position(|list| list.scopes == scopes && list.order == order);
    let Some(list) = at.and_then(|at| cache.lists.remove(at)) else { return Ok(None) };
    let nearest = list.offsets.iter().min_by_key(|(known, _)| known.abs_diff(offset)).cloned();
    let hint = OffsetHint { total: list.total, nearest };
    cache.lists.push_front(list);
    Ok(Some(hint))
}

/// Adds a list to the cache. Call it in the same transaction as [`nearest_offset`].
pub(crate) fn remember_list(db: &Read<'_>, (scopes, order): OrderedScopes<'_>, total: usize) {
    let mut cache = db.conn.offset_cache.borrow_mut();
    if !cache.lists.iter().any(|list| list.scopes == scopes && list.order == order) {
        cache.lists.push_front(CachedList {
            scopes: scopes.to_vec(),
            order,
            total,
            offsets: VecDeque::new(),
        });
        cache.lists.truncate(db.tuning().storage.cached_lists);
    }
}

/// Adds a position of a list to the cache. Call it in the same transaction as [`remember_list`].
pub(crate) fn remember_offset(
    db: &Read<'_>,
    (scopes, order): OrderedScopes<'_>,
    offset: usize,
    entry: &EntryKey,
) {
    let mut cache = db.conn.offset_cache.borrow_mut();
    let list = cache.lists.iter_mut().find(|list| list.scopes == scopes && list.order == order);
    if let Some(list) = list {
        list.offsets.retain(|(known, _)| *known != offset);
        list.offsets.push_back((offset, entry.clone()));
        if list.offsets.len() > db.tuning().storage.cached_offsets_per_list {
            list.offsets.pop_front();
        }
    }
}
