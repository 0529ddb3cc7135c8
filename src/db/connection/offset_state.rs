//! The list positions that a connection knows. `list/offset_cache.rs` reads and writes them.

use std::collections::VecDeque;

use crate::db::scope::{EntryKey, Scope};
use crate::model::SortOrder;

/// Known positions of several lists.
#[derive(Debug, Default)]
pub(in crate::db) struct OffsetCache {
    /// The version of the store that the positions belong to.
    pub(in crate::db) store_version: Option<(i64, u64)>,
    /// The most recently used list is the first.
    pub(in crate::db) lists: VecDeque<CachedList>,
}

/// The known positions of one list in one order.
#[derive(Debug)]
pub(in crate::db) struct CachedList {
    pub(in crate::db) scopes: Vec<Scope>,
    pub(in crate::db) order: SortOrder,
    pub(in crate::db) total: usize,
    /// Offset from 0, and the entry there. The newest is the last.
    pub(in crate::db) offsets: VecDeque<(usize, EntryKey)>,
}
