//! What a connection remembers for pages by number; `list/offset_cache.rs` reads and writes it.

use std::collections::VecDeque;

use crate::db::scope::{EntryKey, Scope};
use crate::model::SortOrder;

/// What a connection remembers.
#[derive(Debug, Default)]
pub(crate) struct OffsetCache {
    /// The state of the book that they are of.
    pub(in crate::db) store_version: Option<(i64, u64)>,
    /// The one asked for last is the first.
    pub(in crate::db) lists: VecDeque<CachedList>,
}

/// One list in one order.
#[derive(Debug)]
pub(in crate::db) struct CachedList {
    pub(in crate::db) scopes: Vec<Scope>,
    pub(in crate::db) order: SortOrder,
    pub(in crate::db) total: usize,
    /// The newest is the last.
    pub(in crate::db) offsets: VecDeque<(usize, EntryKey)>,
}
