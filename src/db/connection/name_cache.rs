//! What a connection knows of public ids: neither side of a pair ever changes.

use std::collections::BTreeMap;

use crate::model::{AdvisorId, GroupId, Network, TenantId};

/// What local ids stand for. Neither side ever changes, so an entry once read stays right.
#[derive(Debug, Default)]
pub(crate) struct IdCache {
    pub(in crate::db) networks: BTreeMap<i64, Network>,
    pub(in crate::db) network_ids: BTreeMap<Network, i64>,
    pub(in crate::db) tenants: BTreeMap<i64, TenantId>,
    pub(in crate::db) groups: BTreeMap<i64, GroupId>,
    pub(in crate::db) advisors: BTreeMap<i64, AdvisorId>,
}
