//! Tenants, their federation groups, and the networks that both may use.

use rusqlite::{Row, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::{DbResult, map_unique_violation};
use crate::db::connection::statement::statements;
use crate::db::directory::networks::network_code;
use crate::error::{EntityKind, Error};
use crate::model::{Group, GroupId, Network, Tenant, TenantId, TenantPolicy};

statements! {
    INSERT_TENANT = "INSERT INTO tenant (name) VALUES (:name)";
    TENANTS = "SELECT id, name, requires_entitlement, calling_code FROM tenant ORDER BY id";
    TENANT_IDS = "SELECT id FROM tenant ORDER BY id";
    TENANT_EXISTS = "SELECT 1 FROM tenant WHERE id = :id";
    POLICY = "SELECT requires_entitlement, calling_code FROM tenant WHERE id = :id";
    SET_POLICY = "UPDATE tenant SET requires_entitlement = :requires_entitlement, calling_code = :calling_code WHERE id = :id";
    INSERT_GROUP = "INSERT INTO federation_group (tenant, name) VALUES (:tenant, :name)";
    GROUPS = "SELECT id, name FROM federation_group WHERE tenant = :tenant ORDER BY name";
    GROUP_PAGE = "SELECT id, name FROM federation_group WHERE tenant = :tenant AND name > :at ORDER BY name LIMIT :most";
    GROUP_PAGE_BACK = "SELECT id, name FROM federation_group WHERE tenant = :tenant AND name < :at ORDER BY name DESC LIMIT :most";
    GROUP_EXISTS = "SELECT 1 FROM federation_group WHERE id = :id AND tenant = :tenant";
    CLOSE_NETWORK = "INSERT INTO closed_network (tenant, federation_group, network) VALUES (:tenant, :federation_group, :network)
        ON CONFLICT (tenant, federation_group, network) DO NOTHING";
    OPEN_NETWORK = "DELETE FROM closed_network WHERE tenant = :tenant AND federation_group = :federation_group AND network = :network";
    IS_NETWORK_CLOSED = "SELECT 1 FROM closed_network WHERE tenant = :tenant AND federation_group IN (0, :federation_group) AND network = :network";
    OPEN_NETWORKS = "SELECT n.id FROM network n WHERE NOT EXISTS
        (SELECT 1 FROM closed_network c WHERE c.tenant = :tenant AND c.federation_group IN (0, :federation_group) AND c.network = n.id) ORDER BY n.id";
}

pub(crate) fn insert_tenant(db: &Write<'_>, name: &str) -> DbResult<i64> {
    let done = db.prepare(&INSERT_TENANT)?.execute(named_params! {":name": name});
    map_unique_violation(done, EntityKind::Tenant)?;
    Ok(db.last_insert_id())
}

/// All tenants with their local ids, in the order in which they were added.
pub(crate) fn tenants(db: &Read<'_>) -> DbResult<Vec<(i64, Tenant)>> {
    let mut statement = db.prepare(&TENANTS)?;
    let rows = statement.query_map([], |row| {
        Ok((row.get(0)?, Tenant { id: TenantId(row.get(0)?), name: row.get(1)?, policy: policy_from(row)? }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The local ids of all tenants.
pub(crate) fn tenant_ids(db: &Read<'_>) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&TENANT_IDS)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The number of an existing tenant.
pub(crate) fn tenant_local_id(db: &Read<'_>, id: TenantId) -> DbResult<i64> {
    let exists = db.prepare(&TENANT_EXISTS)?.exists(named_params! {":id": id.0})?;
    if exists { Ok(id.0) } else { Err(Error::NotFound(EntityKind::Tenant, id.0).into()) }
}

/// What a tenant requires of its advisors.
pub(crate) fn policy(db: &Read<'_>, tenant: i64) -> DbResult<TenantPolicy> {
    Ok(db.prepare(&POLICY)?.query_row(named_params! {":id": tenant}, policy_from)?)
}

pub(crate) fn set_policy(db: &Write<'_>, tenant: i64, policy: &TenantPolicy) -> DbResult<()> {
    db.prepare(&SET_POLICY)?.execute(named_params! {
        ":requires_entitlement": policy.requires_entitlement, ":calling_code": policy.calling_code, ":id": tenant,
    })?;
    Ok(())
}

fn policy_from(row: &Row<'_>) -> rusqlite::Result<TenantPolicy> {
    let policy = TenantPolicy::new().requires_entitlement(row.get("requires_entitlement")?);
    Ok(policy.calling_code(row.get::<_, String>("calling_code")?))
}

pub(crate) fn insert_group(db: &Write<'_>, tenant: i64, name: &str) -> DbResult<GroupId> {
    let done = db.prepare(&INSERT_GROUP)?.execute(named_params! {":tenant": tenant, ":name": name});
    map_unique_violation(done, EntityKind::Group)?;
    Ok(GroupId(db.last_insert_id()))
}

/// The groups of a tenant, by name.
pub(crate) fn groups(db: &Read<'_>, tenant: i64) -> DbResult<Vec<Group>> {
    let mut statement = db.prepare(&GROUPS)?;
    let rows =
        statement.query_and_then(named_params! {":tenant": tenant}, |row| group_from_row(db, row, tenant))?;
    rows.collect()
}

/// Up to `most` groups of a tenant by name: after `at` (exclusive), or before it if `back` is true.
pub(crate) fn group_page(
    db: &Read<'_>,
    tenant: i64,
    at: &str,
    back: bool,
    most: i64,
) -> DbResult<Vec<Group>> {
    let mut statement = db.prepare(if back { &GROUP_PAGE_BACK } else { &GROUP_PAGE })?;
    let params = named_params! {":tenant": tenant, ":at": at, ":most": most};
    let rows = statement.query_and_then(params, |row| group_from_row(db, row, tenant))?;
    rows.collect()
}

fn group_from_row(db: &Read<'_>, row: &Row<'_>, tenant: i64) -> DbResult<Group> {
    let networks = open_networks(db, tenant, row.get(0)?)?;
    Ok(Group { id: GroupId(row.get(0)?), tenant: TenantId(tenant), name: row.get(1)?, networks })
}

pub(crate) fn group_local_id(db: &Read<'_>, id: GroupId, tenant: i64) -> DbResult<i64> {
    let exists = db.prepare(&GROUP_EXISTS)?.exists(named_params! {":id": id.0, ":tenant": tenant})?;
    if exists { Ok(id.0) } else { Err(Error::NotFound(EntityKind::Group, id.0).into()) }
}

/// Opens or closes a network for a tenant (`group` 0), or for one of its groups.
pub(crate) fn set_network_open(
    db: &Write<'_>,
    tenant: i64,
    group: i64,
    network: i64,
    open: bool,
) -> DbResult<()> {
    let params = named_params! {":tenant": tenant, ":federation_group": group, ":network": network};
    db.prepare(if open { &OPEN_NETWORK } else { &CLOSE_NETWORK })?.execute(params)?;
    Ok(())
}

/// Whether a tenant (`group` 0), or one of its groups, may use a network. A network that is closed for the tenant is closed for its groups.
pub(crate) fn is_network_open(db: &Read<'_>, tenant: i64, group: i64, network: i64) -> DbResult<bool> {
    let params = named_params! {":tenant": tenant, ":federation_group": group, ":network": network};
    Ok(!db.prepare(&IS_NETWORK_CLOSED)?.exists(params)?)
}

/// The networks that a tenant (`group` 0), or one of its groups, may use, in the order in which they were added.
pub(crate) fn open_networks(db: &Read<'_>, tenant: i64, group: i64) -> DbResult<Vec<Network>> {
    let mut statement = db.prepare(&OPEN_NETWORKS)?;
    let rows = statement
        .query_and_then(named_params! {":tenant": tenant, ":federation_group": group}, |row| {
            network_code(db, row.get(0)?)
        })?;
    rows.collect()
}
