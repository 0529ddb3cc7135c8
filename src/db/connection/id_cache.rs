//! The public ids that a connection knows.

use std::collections::BTreeMap;

use crate::model::{AdvisorId, GroupId, Network, TenantId};

/// Public ids and codes by local id. Neither ever changes, so an entry stays valid.
#[derive(Debug, Default)]
pub(in crate::db) struct IdCache {
    pub(in crate::db) networks: BTreeMap<i64, Network>,
    pub(in crate::db) network_ids: BTreeMap<Network, i64>,
    pub(in crate::db) tenants: BTreeMap<i64, TenantId>,
    pub(in crate::db) groups: BTreeMap<i64, GroupId>,
    pub(in crate::db) advisors: BTreeMap<i64, AdvisorId>,
}
