//! The change log.

use rusqlite::{named_params, params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::row_order::{ensure_ascending, ensure_rows_affected};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;

/// One row of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangeRow {
    pub(crate) seq: i64,
    /// 0: shared between tenants.
    pub(crate) tenant: i64,
    pub(crate) contact: i64,
    pub(crate) kind: i64,
    pub(crate) fields: i64,
    pub(crate) other: Option<i64>,
    pub(crate) origin: String,
    pub(crate) at: i64,
}

statements! {
    INSERT = "INSERT INTO change (tenant, contact, kind, fields, other, origin, at)
        VALUES (:tenant, :contact, :kind, :fields, :other, :origin, :at)";
    SINCE = "SELECT seq, tenant, contact, kind, fields, other, origin, at FROM change WHERE seq > :seq ORDER BY seq LIMIT :most";
    LAST = "SELECT coalesce((SELECT max(seq) FROM change), (SELECT changes_pruned_through FROM metadata WHERE id = 1))";
    PRUNED_THROUGH = "SELECT changes_pruned_through FROM metadata WHERE id = 1";
    OLDEST = "SELECT seq, at FROM change WHERE seq > 0 ORDER BY seq LIMIT :most";
    PRUNE = "DELETE FROM change WHERE seq <= :seq";
    SET_PRUNED_THROUGH = "UPDATE metadata SET changes_pruned_through = :seq WHERE id = 1";
}

/// The number of the last change.
pub(crate) fn last(db: &Read<'_>) -> DbResult<i64> {
    Ok(db.prepare(&LAST)?.query_row([], |row| row.get(0))?)
}

/// The number of the last change that was pruned.
pub(crate) fn pruned_through(db: &Read<'_>) -> DbResult<i64> {
    Ok(db.prepare(&PRUNED_THROUGH)?.query_row([], |row| row.get(0))?)
}

/// Appends a change. The log assigns its number.
pub(crate) fn insert(db: &Write<'_>, row: &ChangeRow) -> DbResult<()> {
    let params = params![row.tenant, row.contact, row.kind, row.fields, row.other, row.origin, row.at];
    db.prepare(&INSERT)?.execute(params)?;
    Ok(())
}

/// Up to `most` changes after number `seq`.
pub(crate) fn since(db: &Read<'_>, seq: i64, most: i64) -> DbResult<Vec<ChangeRow>> {
    let mut statement = db.prepare(&SINCE)?;
    let rows = statement.query_map(named_params! {":seq": seq, ":most": most}, |row| {
        Ok(ChangeRow {
            seq: row.get(0)?,
            tenant: row.get(1)?,
            contact: row.get(2)?,
            kind: row.get(3)?,
            fields: row.get(4)?,
            other: row.get(5)?,
            origin: row.get(6)?,
            at: row.get(7)?,
        })
    })?;
    let rows: Vec<ChangeRow> = rows.collect::<Result<_, _>>()?;
    ensure_ascending(Some(seq), rows.iter().map(|row| row.seq))?;
    Ok(rows)
}

/// Deletes the first changes of the log that are older than `before`, up to `most`, and records the last one. Returns their number.
pub(crate) fn prune(db: &Write<'_>, before: i64, most: i64) -> DbResult<u64> {
    let oldest: Vec<(i64, i64)> = {
        let mut statement = db.prepare(&OLDEST)?;
        let rows =
            statement.query_map(named_params! {":most": most}, |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<Result<_, _>>()?
    };
    let old: Vec<i64> = oldest.iter().take_while(|(_, at)| *at < before).map(|(seq, _)| *seq).collect();
    let Some(last) = old.last() else { return Ok(0) };
    ensure_rows_affected(delete_through(db, *last)?)?;
    Ok(u64::try_from(old.len()).unwrap_or_default())
}

/// Deletes all changes up to a number, and records that number. Returns how many were deleted.
pub(crate) fn delete_through(db: &Write<'_>, last: i64) -> DbResult<usize> {
    let deleted = db.prepare(&PRUNE)?.execute(named_params! {":seq": last})?;
    db.prepare(&SET_PRUNED_THROUGH)?.execute(named_params! {":seq": last})?;
    Ok(deleted)
}
