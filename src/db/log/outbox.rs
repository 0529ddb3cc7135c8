//! The outbox: messages that the host has to deliver, in order.

use rusqlite::{Row, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::row_order::ensure_ascending;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{concat_sql, statements};
use crate::model::{TenantId, Timestamp};

/// One row of the table `outbox`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OutboxRow {
    pub(crate) seq: i64,
    pub(crate) tenant: TenantId,
    pub(crate) body: String,
    pub(crate) created_at: Timestamp,
    pub(crate) attempts: i64,
    pub(crate) last_attempt_at: Option<Timestamp>,
}

/// The start of a query for [`from_row`].
const SELECT: &str = "SELECT seq, tenant, body, created_at, attempts, last_attempt_at FROM outbox";

statements! {
    INSERT = "INSERT INTO outbox (tenant, body, created_at) VALUES (:tenant, :body, :now)";
    AFTER = concat_sql!(SELECT, " WHERE seq > :seq ORDER BY seq LIMIT :most");
    AFTER_OF = concat_sql!(SELECT, " WHERE tenant = :tenant AND seq > :seq ORDER BY seq LIMIT :most");
    RECORD_ATTEMPT = "UPDATE outbox SET attempts = attempts + 1, last_attempt_at = :now
        WHERE seq = :seq AND (:tenant IS NULL OR tenant = :tenant)";
    DELETE_CONTAINING = "DELETE FROM outbox WHERE tenant = :tenant AND instr(body, :part) > 0";
    DELETE = "DELETE FROM outbox WHERE seq = :seq AND (:tenant IS NULL OR tenant = :tenant)";
}

pub(crate) fn insert(db: &Write<'_>, tenant: i64, body: &str, now: Timestamp) -> DbResult<()> {
    db.prepare(&INSERT)?.execute(named_params! {":tenant": tenant, ":body": body, ":now": now.0})?;
    Ok(())
}

/// Up to `most` messages after number `seq`, of one tenant or of all.
pub(crate) fn after(db: &Read<'_>, tenant: Option<i64>, seq: i64, most: i64) -> DbResult<Vec<OutboxRow>> {
    let rows: Vec<OutboxRow> = match tenant {
        Some(tenant) => db
            .prepare(&AFTER_OF)?
            .query_map(named_params! {":tenant": tenant, ":seq": seq, ":most": most}, from_row)?
            .collect::<Result<_, _>>()?,
        None => db
            .prepare(&AFTER)?
            .query_map(named_params! {":seq": seq, ":most": most}, from_row)?
            .collect::<Result<_, _>>()?,
    };
    ensure_ascending(Some(seq), rows.iter().map(|row| row.seq))?;
    Ok(rows)
}

/// Records an attempt to deliver a message. Returns false if there is no such message, or none of the tenant.
pub(crate) fn record_attempt(
    db: &Write<'_>,
    tenant: Option<i64>,
    seq: i64,
    now: Timestamp,
) -> DbResult<bool> {
    let params = named_params! {":tenant": tenant, ":seq": seq, ":now": now.0};
    Ok(db.prepare(&RECORD_ATTEMPT)?.execute(params)? > 0)
}

/// Deletes a message. Returns false if there is no such message, or none of the tenant.
pub(crate) fn delete(db: &Write<'_>, tenant: Option<i64>, seq: i64) -> DbResult<bool> {
    Ok(db.prepare(&DELETE)?.execute(named_params! {":tenant": tenant, ":seq": seq})? > 0)
}

/// Deletes the messages of a tenant whose body contains a text. Scans all messages of the tenant.
pub(crate) fn delete_containing(db: &Write<'_>, tenant: i64, part: &str) -> DbResult<()> {
    db.prepare(&DELETE_CONTAINING)?.execute(named_params! {":tenant": tenant, ":part": part})?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<OutboxRow> {
    Ok(OutboxRow {
        seq: row.get(0)?,
        tenant: TenantId(row.get(1)?),
        body: row.get(2)?,
        created_at: Timestamp(row.get(3)?),
        attempts: row.get(4)?,
        last_attempt_at: row.get::<_, Option<i64>>(5)?.map(Timestamp),
    })
}
