//! What a connection remembers for pages by number; `list/offset_cache.rs` reads and writes it.

use std::collections::VecDeque;

use crate::db::scope::{Entry, Scope};
use crate::model::Order;

/// What a connection remembers.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// The state of the book that they are of.
    pub(in crate::db) state: Option<(i64, u64)>,
    /// The one asked for last is the first.
    pub(in crate::db) lists: VecDeque<Marked>,
}

/// One list in one order.
#[derive(Debug)]
pub(in crate::db) struct Marked {
    pub(in crate::db) scopes: Vec<Scope>,
    pub(in crate::db) order: Order,
    pub(in crate::db) total: usize,
    /// The newest is the last.
    pub(in crate::db) places: VecDeque<(usize, Entry)>,
}
