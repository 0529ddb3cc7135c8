//! Numbers that advisors write from: who has which, and which a tenant has left.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::db::{DbResult, Read, Write, statements};
use crate::model::PooledNumber;

/// Whether the number of the row `n` is an advisor's, of any tenant, or promised to one.
macro_rules! is_assigned {
    () => {
        "(EXISTS (SELECT 1 FROM entitlement e WHERE e.network = n.network AND e.normalized = n.normalized AND e.normalized <> '')
            OR EXISTS (SELECT 1 FROM pre_entitlement p WHERE p.network = n.network AND p.normalized = n.normalized AND p.normalized <> ''))"
    };
}

statements! {
    IS_ASSIGNED = "SELECT 1 FROM entitlement WHERE network = :network AND normalized = :normalized AND normalized <> ''
        UNION ALL SELECT 1 FROM pre_entitlement WHERE network = :network AND normalized = :normalized AND normalized <> ''";
    HAS_POOL = "SELECT 1 FROM number_pool WHERE tenant = :tenant AND network = :network";
    ALL = concat!("SELECT n.phone, n.normalized, ", is_assigned!(), " FROM number_pool n
        WHERE n.tenant = :tenant AND n.network = :network ORDER BY n.normalized");
    ONE = concat!("SELECT n.phone, n.normalized, ", is_assigned!(), " FROM number_pool n
        WHERE n.tenant = :tenant AND n.network = :network AND n.normalized = :normalized");
    FIRST_FREE = concat!("SELECT n.phone, n.normalized, 0 FROM number_pool n
        WHERE n.tenant = :tenant AND n.network = :network AND NOT ", is_assigned!(), " ORDER BY n.normalized LIMIT 1");
    INSERT = "INSERT INTO number_pool (tenant, network, normalized, phone) VALUES (:tenant, :network, :normalized, :phone)
        ON CONFLICT (tenant, network, normalized) DO NOTHING";
    DELETE = "DELETE FROM number_pool WHERE tenant = :tenant AND network = :network AND normalized = :normalized";
}

/// Whether an advisor of any tenant has a number on a network, or is to get it.
pub(crate) fn is_assigned(db: &Read<'_>, network: i64, normal: &str) -> DbResult<bool> {
    Ok(db.prepare(&IS_ASSIGNED)?.exists(named_params! {":network": network, ":normalized": normal})?)
}

/// Whether a tenant has a pool on a network at all, with numbers left or not.
pub(crate) fn has_pool(db: &Read<'_>, tenant: i64, network: i64) -> DbResult<bool> {
    Ok(db.prepare(&HAS_POOL)?.exists(named_params! {":tenant": tenant, ":network": network})?)
}

/// The pool, in the order of the numbers as compared.
pub(crate) fn all(db: &Read<'_>, tenant: i64, network: i64) -> DbResult<Vec<PooledNumber>> {
    let mut statement = db.prepare(&ALL)?;
    let rows = statement.query_map(named_params! {":tenant": tenant, ":network": network}, from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A number of the pool.
pub(crate) fn one(db: &Read<'_>, tenant: i64, network: i64, normal: &str) -> DbResult<Option<PooledNumber>> {
    let params = named_params! {":tenant": tenant, ":network": network, ":normalized": normal};
    Ok(db.prepare(&ONE)?.query_row(params, from_row).optional()?)
}

/// The first number of the pool that nobody has.
pub(crate) fn first_free(db: &Read<'_>, tenant: i64, network: i64) -> DbResult<Option<PooledNumber>> {
    let params = named_params! {":tenant": tenant, ":network": network};
    Ok(db.prepare(&FIRST_FREE)?.query_row(params, from_row).optional()?)
}

/// Puts a number into the pool; false if it was there.
pub(crate) fn insert(db: &Write<'_>, tenant: i64, network: i64, text: &str, normal: &str) -> DbResult<bool> {
    let params =
        named_params! {":tenant": tenant, ":network": network, ":normalized": normal, ":phone": text};
    Ok(db.prepare(&INSERT)?.execute(params)? > 0)
}

/// Takes a number out of the pool; false if it was not there.
pub(crate) fn delete(db: &Write<'_>, tenant: i64, network: i64, normal: &str) -> DbResult<bool> {
    let params = named_params! {":tenant": tenant, ":network": network, ":normalized": normal};
    Ok(db.prepare(&DELETE)?.execute(params)? > 0)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<PooledNumber> {
    Ok(PooledNumber { text: row.get(0)?, normalized: row.get(1)?, assigned: row.get(2)? })
}
