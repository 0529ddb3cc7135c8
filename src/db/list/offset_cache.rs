//! Places in lists whose number is known, because a page was asked for by its number: the next one is then a step from there.
//!
//! They are a connection's, and hold for the book as it was when they were found: nothing may have been committed since, by whomever.

use std::collections::VecDeque;

use crate::db::connection::offset_state::{Marked, Marks};
use crate::db::index::index_store;
use crate::db::scope::Entry;
use crate::db::{DbResult, Read, Scope};
use crate::model::Order;

/// Lists that are remembered, and places in each.
const LISTS: usize = if cfg!(test) { 2 } else { 8 };
const PLACES: usize = if cfg!(test) { 4 } else { 64 };

/// A list in an order.
pub(crate) type Of<'a> = (&'a [Scope], Order);

/// What is remembered of a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Near {
    /// How many it has.
    pub(crate) total: usize,
    /// The nearest known place, and its number, from 0.
    pub(crate) place: Option<(usize, Entry)>,
}

/// The state of the book: moved by every commit of another connection, and by every row that this one has changed.
fn state(db: &Read<'_>) -> DbResult<(i64, u64)> {
    Ok((index_store::data_version(db)?, db.conn.sqlite.total_changes()))
}

/// What is remembered of a list, near an entry with a number.
pub(crate) fn near(db: &Read<'_>, (scopes, order): Of<'_>, number: usize) -> DbResult<Option<Near>> {
    let state = state(db)?;
    let mut marks = db.conn.marks.borrow_mut();
    if marks.state != Some(state) {
        *marks = Marks { state: Some(state), lists: VecDeque::new() };
    }
    let at = marks.lists.iter().position(|list| list.scopes == scopes && list.order == order);
    let Some(list) = at.and_then(|at| marks.lists.remove(at)) else { return Ok(None) };
    let place = list.places.iter().min_by_key(|(known, _)| known.abs_diff(number)).cloned();
    let near = Near { total: list.total, place };
    marks.lists.push_front(list);
    Ok(Some(near))
}

/// Remembers a list; in the same transaction as [`near`].
pub(crate) fn begin(db: &Read<'_>, (scopes, order): Of<'_>, total: usize) {
    let mut marks = db.conn.marks.borrow_mut();
    if !marks.lists.iter().any(|list| list.scopes == scopes && list.order == order) {
        marks.lists.push_front(Marked { scopes: scopes.to_vec(), order, total, places: VecDeque::new() });
        marks.lists.truncate(LISTS);
    }
}

/// Remembers a place in a list; in the same transaction as [`begin`].
pub(crate) fn add(db: &Read<'_>, (scopes, order): Of<'_>, number: usize, entry: &Entry) {
    let mut marks = db.conn.marks.borrow_mut();
    let list = marks.lists.iter_mut().find(|list| list.scopes == scopes && list.order == order);
    if let Some(list) = list {
        list.places.retain(|(known, _)| *known != number);
        list.places.push_back((number, entry.clone()));
        if list.places.len() > PLACES {
            list.places.pop_front();
        }
    }
}
