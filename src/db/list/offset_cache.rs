//! Places in lists whose number is known, because a page was asked for by its number: the next one is then a step from there.
//!
//! They are a connection's, and hold for the book as it was when they were found: nothing may have been committed since, by whomever.

use std::collections::VecDeque;

use crate::db::connection::offset_state::{CachedList, OffsetCache};
use crate::db::index::index_store;
use crate::db::scope::EntryKey;
use crate::db::{DbResult, Read, Scope};
use crate::model::SortOrder;

/// Lists that are remembered, and places in each.
const MAX_LISTS: usize = if cfg!(test) { 2 } else { 8 };
const MAX_OFFSETS_PER_LIST: usize = if cfg!(test) { 4 } else { 64 };

/// A list in an order.
pub(crate) type OrderedScopes<'a> = (&'a [Scope], SortOrder);

/// What is remembered of a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OffsetHint {
    /// How many it has.
    pub(crate) total: usize,
    /// The nearest known place, and its number, from 0.
    pub(crate) nearest: Option<(usize, EntryKey)>,
}

/// The state of the book: moved by every commit of another connection, and by every row that this one has changed.
fn store_version(db: &Read<'_>) -> DbResult<(i64, u64)> {
    Ok((index_store::data_version(db)?, db.conn.sqlite.total_changes()))
}

/// What is remembered of a list, near an entry with a number.
pub(crate) fn nearest_offset(
    db: &Read<'_>,
    (scopes, order): OrderedScopes<'_>,
    number: usize,
) -> DbResult<Option<OffsetHint>> {
    let state = store_version(db)?;
    let mut marks = db.conn.marks.borrow_mut();
    if marks.store_version != Some(state) {
        *marks = OffsetCache { store_version: Some(state), lists: VecDeque::new() };
    }
    let at = marks.lists.iter().position(|list| list.scopes == scopes && list.order == order);
    let Some(list) = at.and_then(|at| marks.lists.remove(at)) else { return Ok(None) };
    let place = list.offsets.iter().min_by_key(|(known, _)| known.abs_diff(number)).cloned();
    let near = OffsetHint { total: list.total, nearest: place };
    marks.lists.push_front(list);
    Ok(Some(near))
}

/// Remembers a list; in the same transaction as [`near`].
pub(crate) fn remember_list(db: &Read<'_>, (scopes, order): OrderedScopes<'_>, total: usize) {
    let mut marks = db.conn.marks.borrow_mut();
    if !marks.lists.iter().any(|list| list.scopes == scopes && list.order == order) {
        marks.lists.push_front(CachedList {
            scopes: scopes.to_vec(),
            order,
            total,
            offsets: VecDeque::new(),
        });
        marks.lists.truncate(MAX_LISTS);
    }
}

/// Remembers a place in a list; in the same transaction as [`begin`].
pub(crate) fn remember_offset(
    db: &Read<'_>,
    (scopes, order): OrderedScopes<'_>,
    number: usize,
    entry: &EntryKey,
) {
    let mut marks = db.conn.marks.borrow_mut();
    let list = marks.lists.iter_mut().find(|list| list.scopes == scopes && list.order == order);
    if let Some(list) = list {
        list.offsets.retain(|(known, _)| *known != number);
        list.offsets.push_back((number, entry.clone()));
        if list.offsets.len() > MAX_OFFSETS_PER_LIST {
            list.offsets.pop_front();
        }
    }
}
