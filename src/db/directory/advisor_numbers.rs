//! The phone numbers of advisors: which are assigned, and which a tenant has in its pool.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{concat_sql, statements};
use crate::model::PooledNumber;

/// Whether the number of the row `n` is assigned to an advisor of any tenant, also by an entitlement that is not applied yet.
const IS_ASSIGNED_EXPRESSION: &str =
    "(EXISTS (SELECT 1 FROM entitlement e WHERE e.network = n.network AND e.normalized = n.normalized AND e.normalized <> '')
            OR EXISTS (SELECT 1 FROM pre_entitlement p WHERE p.network = n.network AND p.normalized = n.normalized AND p.normalized <> ''))";

/// The start of a query for [`from_row`].
const SELECT: &str =
    concat_sql!("SELECT n.phone, n.normalized, ", IS_ASSIGNED_EXPRESSION, " FROM number_pool n");

statements! {
    IS_ASSIGNED = "SELECT 1 FROM entitlement WHERE network = :network AND normalized = :normalized AND normalized <> ''
        UNION ALL SELECT 1 FROM pre_entitlement WHERE network = :network AND normalized = :normalized AND normalized <> ''";
    HAS_POOL = "SELECT 1 FROM number_pool WHERE tenant = :tenant AND network = :network";
    ALL = concat_sql!(SELECT, " WHERE n.tenant = :tenant AND n.network = :network ORDER BY n.normalized");
    ONE = concat_sql!(SELECT, " WHERE n.tenant = :tenant AND n.network = :network AND n.normalized = :normalized");
    FIRST_FREE = concat_sql!("SELECT n.phone, n.normalized, 0 FROM number_pool n
        WHERE n.tenant = :tenant AND n.network = :network AND NOT ", IS_ASSIGNED_EXPRESSION, " ORDER BY n.normalized LIMIT 1");
    INSERT = "INSERT INTO number_pool (tenant, network, normalized, phone) VALUES (:tenant, :network, :normalized, :phone)
        ON CONFLICT (tenant, network, normalized) DO NOTHING";
    DELETE = "DELETE FROM number_pool WHERE tenant = :tenant AND network = :network AND normalized = :normalized";
}

/// Whether a number is assigned to an advisor of any tenant on a network, also by an entitlement that is not applied yet.
pub(crate) fn is_assigned(db: &Read<'_>, network: i64, normalized: &str) -> DbResult<bool> {
    Ok(db.prepare(&IS_ASSIGNED)?.exists(named_params! {":network": network, ":normalized": normalized})?)
}

/// Whether a tenant has a pool on a network, with free numbers or not.
pub(crate) fn has_pool(db: &Read<'_>, tenant: i64, network: i64) -> DbResult<bool> {
    Ok(db.prepare(&HAS_POOL)?.exists(named_params! {":tenant": tenant, ":network": network})?)
}

/// The numbers of the pool, in the order of their normalized form.
pub(crate) fn all(db: &Read<'_>, tenant: i64, network: i64) -> DbResult<Vec<PooledNumber>> {
    let mut statement = db.prepare(&ALL)?;
    let rows = statement.query_map(named_params! {":tenant": tenant, ":network": network}, from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A number of the pool.
pub(crate) fn one(
    db: &Read<'_>,
    tenant: i64,
    network: i64,
    normalized: &str,
) -> DbResult<Option<PooledNumber>> {
    let params = named_params! {":tenant": tenant, ":network": network, ":normalized": normalized};
    Ok(db.prepare(&ONE)?.query_row(params, from_row).optional()?)
}

/// The first number of the pool that is not assigned.
pub(crate) fn first_free(db: &Read<'_>, tenant: i64, network: i64) -> DbResult<Option<PooledNumber>> {
    let params = named_params! {":tenant": tenant, ":network": network};
    Ok(db.prepare(&FIRST_FREE)?.query_row(params, from_row).optional()?)
}

/// Adds a number to the pool. Returns false if it was in the pool.
pub(crate) fn insert(
    db: &Write<'_>,
    tenant: i64,
    network: i64,
    text: &str,
    normalized: &str,
) -> DbResult<bool> {
    let params =
        named_params! {":tenant": tenant, ":network": network, ":normalized": normalized, ":phone": text};
    Ok(db.prepare(&INSERT)?.execute(params)? > 0)
}

/// Removes a number from the pool. Returns false if it was not in the pool.
pub(crate) fn delete(db: &Write<'_>, tenant: i64, network: i64, normalized: &str) -> DbResult<bool> {
    let params = named_params! {":tenant": tenant, ":network": network, ":normalized": normalized};
    Ok(db.prepare(&DELETE)?.execute(params)? > 0)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<PooledNumber> {
    Ok(PooledNumber { text: row.get(0)?, normalized: row.get(1)?, assigned: row.get(2)? })
}
