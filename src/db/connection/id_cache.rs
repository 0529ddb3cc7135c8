//! The public ids that a connection knows.

use std::collections::BTreeMap;

use crate::model::{AdvisorId, Network};

/// Public ids and codes by local id. Neither ever changes, so an entry stays valid.
#[derive(Debug, Default)]
pub(in crate::db) struct IdCache {
    /// The number of the book.
    pub(in crate::db) book: Option<i64>,
    pub(in crate::db) networks: BTreeMap<i64, Network>,
    pub(in crate::db) network_ids: BTreeMap<Network, i64>,
    pub(in crate::db) advisors: BTreeMap<i64, AdvisorId>,
}
