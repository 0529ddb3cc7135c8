//! Entitlements for an e-mail address without an advisor. They apply once an advisor has the address.

use rusqlite::{Row, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{concat_sql, statements};
use crate::db::directory::entitlement::{Grant, advisor_phone};
use crate::model::Timestamp;

/// The start of a query for [`from_row`].
const SELECT: &str = "SELECT p.network, p.email, p.federation_group, p.phone, p.normalized, p.created_at,
            EXISTS (SELECT 1 FROM number_pool n WHERE n.tenant = p.tenant AND n.network = p.network AND n.normalized = p.normalized)
        FROM pre_entitlement p";

statements! {
    INSERT = "INSERT INTO pre_entitlement (tenant, email_key, network, email, federation_group, phone, normalized, created_at)
        VALUES (:tenant, :email_key, :network, :email, :federation_group, :phone, :normalized, :created_at)";
    DELETE = "DELETE FROM pre_entitlement WHERE tenant = :tenant AND email_key = :email_key AND network = :network";
    ONE = concat_sql!(SELECT, " WHERE p.tenant = :tenant AND p.email_key = :email_key AND p.network = :network");
    ALL = concat_sql!(SELECT, " WHERE p.tenant = :tenant AND p.email_key = :email_key ORDER BY p.network");
}

pub(crate) fn insert(
    db: &Write<'_>,
    tenant: i64,
    email_key: &str,
    email: &str,
    grant: &Grant,
) -> DbResult<()> {
    let (phone, normalized) = grant.phone_columns();
    db.prepare(&INSERT)?.execute(named_params! {
        ":tenant": tenant, ":email_key": email_key, ":network": grant.network, ":email": email,
        ":federation_group": grant.group, ":phone": phone, ":normalized": normalized,
        ":created_at": grant.created_at.0,
    })?;
    Ok(())
}

pub(crate) fn delete(db: &Write<'_>, tenant: i64, email_key: &str, network: i64) -> DbResult<()> {
    let params = named_params! {":tenant": tenant, ":email_key": email_key, ":network": network};
    db.prepare(&DELETE)?.execute(params)?;
    Ok(())
}

/// The entitlement for an e-mail address on one network, with the address as given.
pub(crate) fn one(
    db: &Read<'_>,
    tenant: i64,
    email_key: &str,
    network: i64,
) -> DbResult<Option<(String, Grant)>> {
    let mut statement = db.prepare(&ONE)?;
    let params = named_params! {":tenant": tenant, ":email_key": email_key, ":network": network};
    let mut rows = statement.query_and_then(params, from_row)?;
    rows.next().transpose()
}

/// All entitlements for an e-mail address.
pub(crate) fn all(db: &Read<'_>, tenant: i64, email_key: &str) -> DbResult<Vec<Grant>> {
    let mut statement = db.prepare(&ALL)?;
    let rows =
        statement.query_and_then(named_params! {":tenant": tenant, ":email_key": email_key}, from_row)?;
    rows.map(|row| row.map(|(_, grant)| grant)).collect()
}

fn from_row(row: &Row<'_>) -> DbResult<(String, Grant)> {
    let grant = Grant {
        network: row.get(0)?,
        group: row.get(2)?,
        phone: advisor_phone(row.get(3)?, row.get(4)?, row.get(6)?),
        created_at: Timestamp(row.get(5)?),
    };
    Ok((row.get(1)?, grant))
}
