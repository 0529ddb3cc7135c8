//! Idempotency keys, with the results of their calls.

use rusqlite::{OptionalExtension as _, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;
use crate::model::Timestamp;

/// What a key belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyOwner<'a> {
    /// Local id; 0: all tenants.
    pub(crate) tenant: i64,
    /// Local id of an advisor; 0: an administrator, -1: the system.
    pub(crate) requester: i64,
    pub(crate) operation: i64,
    pub(crate) key: &'a str,
}

/// A call with a key.
#[derive(Debug, Clone)]
pub(crate) struct KeyedResult {
    pub(crate) input: Vec<u8>,
    pub(crate) result: i64,
    pub(crate) at: Timestamp,
}

statements! {
    FIND = "SELECT input, result, at FROM idempotency_key
        WHERE tenant = :tenant AND requester = :requester AND operation = :operation AND key = :key";
    SET = "INSERT INTO idempotency_key (tenant, requester, operation, key, input, result, at)
        VALUES (:tenant, :requester, :operation, :key, :input, :result, :at)
        ON CONFLICT (tenant, requester, operation, key) DO UPDATE SET input = excluded.input, result = excluded.result, at = excluded.at";
    DELETE_BEFORE = "DELETE FROM idempotency_key
        WHERE id IN (SELECT id FROM idempotency_key WHERE at < :before ORDER BY at LIMIT :most)";
}

pub(crate) fn find(db: &Read<'_>, of: KeyOwner<'_>) -> DbResult<Option<KeyedResult>> {
    let params = named_params! {
        ":tenant": of.tenant, ":requester": of.requester, ":operation": of.operation, ":key": of.key,
    };
    let row = |row: &rusqlite::Row<'_>| {
        Ok(KeyedResult { input: row.get(0)?, result: row.get(1)?, at: Timestamp(row.get(2)?) })
    };
    Ok(db.prepare(&FIND)?.query_row(params, row).optional()?)
}

pub(crate) fn set(db: &Write<'_>, of: KeyOwner<'_>, call: &KeyedResult) -> DbResult<()> {
    db.prepare(&SET)?.execute(named_params! {
        ":tenant": of.tenant, ":requester": of.requester, ":operation": of.operation, ":key": of.key,
        ":input": call.input, ":result": call.result, ":at": call.at.0,
    })?;
    Ok(())
}

/// Deletes up to `most` keys of calls before a time.
pub(crate) fn delete_before(db: &Write<'_>, before: Timestamp, most: i64) -> DbResult<()> {
    db.prepare(&DELETE_BEFORE)?.execute(named_params! {":before": before.0, ":most": most})?;
    Ok(())
}
