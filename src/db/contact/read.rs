//! Reads contacts.

use rusqlite::{OptionalExtension as _, named_params, params};

use crate::db::columns::status_column;
use crate::db::connection::conn::Read;
use crate::db::connection::row_order::{ensure_ascending, ensure_ordered};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{Statement, concat_sql, id_array, statements};
use crate::db::contact::row::{SELECT, StoredContact, read_contact};
use crate::db::metadata::IdRange;
use crate::model::{ContactId, Status};

statements! {
    MANY = concat_sql!(SELECT, " FROM rarray(:ids) r CROSS JOIN contact c ON c.id = r.value");
    /// All contacts in batches, for tasks that read every row.
    BATCH_AFTER = concat_sql!(SELECT, " FROM contact WHERE id > :after ORDER BY id LIMIT :most");
    BATCH_BEFORE = concat_sql!(SELECT, " FROM contact WHERE id < :before ORDER BY id DESC LIMIT :most");
    WITH_STATUS = "SELECT id FROM contact WHERE status = :status AND status > 0 LIMIT :most";
    IDS_BETWEEN = "SELECT id FROM contact WHERE id > :after AND id <= :last ORDER BY id LIMIT :most";
    IDS_BETWEEN_BACK = "SELECT id FROM contact WHERE id > :after AND id <= :last ORDER BY id DESC LIMIT :most";
    BY_INVITE_CODE = "SELECT id FROM contact WHERE invite_code = :code AND invite_code <> ''";
    ABSORBED = "SELECT id FROM contact WHERE merged_into = :id AND merged_into IS NOT NULL";
    LAST_ID = "SELECT coalesce(max(id), 0) FROM contact";
    EXISTS = "SELECT 1 FROM contact WHERE id = :id";
}

/// The contacts with these local ids, in the order of `ids`. Contacts that do not exist are left out.
pub(crate) fn many(db: &Read<'_>, ids: &[i64]) -> DbResult<Vec<StoredContact>> {
    let array = id_array(ids);
    let mut statement = db.prepare(&MANY)?;
    let mut found = Vec::with_capacity(ids.len());
    for row in statement.query_and_then([&array], |row| read_contact(db, row))? {
        found.push(row?);
    }
    Ok(found)
}

/// The contact with this local id.
pub(crate) fn one(db: &Read<'_>, id: i64) -> DbResult<Option<StoredContact>> {
    Ok(many(db, &[id])?.pop())
}

/// Up to `most` contacts after the local id `after`, by ascending id; those in the trash are included.
pub(crate) fn batch_after(db: &Read<'_>, after: i64, most: i64) -> DbResult<Vec<StoredContact>> {
    let mut statement = db.prepare(&BATCH_AFTER)?;
    let rows = statement
        .query_and_then(named_params! {":after": after, ":most": most}, |row| read_contact(db, row))?;
    let rows: Vec<StoredContact> = rows.collect::<DbResult<_>>()?;
    ensure_ascending(Some(after), rows.iter().map(|row| row.id))?;
    Ok(rows)
}

/// Up to `most` contacts before the local id `before`, by descending id; those in the trash are included.
pub(crate) fn batch_before(db: &Read<'_>, before: i64, most: i64) -> DbResult<Vec<StoredContact>> {
    let mut statement = db.prepare(&BATCH_BEFORE)?;
    let rows = statement
        .query_and_then(named_params! {":before": before, ":most": most}, |row| read_contact(db, row))?;
    let rows: Vec<StoredContact> = rows.collect::<DbResult<_>>()?;
    ensure_ordered(true, Some(before), rows.iter().map(|row| row.id))?;
    Ok(rows)
}

/// Up to `most` contacts that may have a status, by local id. An expired invitation changes the status without a write, so for two of
/// the statuses some contacts are returned that do not have it.
pub(crate) fn with_status(db: &Read<'_>, status: Status, most: i64) -> DbResult<Vec<i64>> {
    let mut found = ids(db, &WITH_STATUS, status_column(Some(status)), most)?;
    if status == Status::InviteExpired {
        found.extend(ids(db, &WITH_STATUS, status_column(Some(Status::PendingConfirmation)), most)?);
    }
    Ok(found)
}

fn ids(db: &Read<'_>, statement: &Statement, of: i64, most: i64) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(statement)?;
    let rows = statement.query_map(params![of, most], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The contact with this invite code, by local id.
pub(crate) fn with_invite_code(db: &Read<'_>, code: &str) -> DbResult<Option<i64>> {
    Ok(db.prepare(&BY_INVITE_CODE)?.query_row(named_params! {":code": code}, |row| row.get(0)).optional()?)
}

/// The contacts that were merged into this one, by local id.
pub(crate) fn merged_into(db: &Read<'_>, id: i64) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&ABSORBED)?;
    let rows = statement.query_map(named_params! {":id": id}, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The greatest local id; 0 if there is no contact.
pub(crate) fn last_id(db: &Read<'_>) -> DbResult<i64> {
    Ok(db.prepare(&LAST_ID)?.query_row([], |row| row.get(0))?)
}

/// Up to `most` local ids of a range, from its start or, if `back` is true, from its end.
pub(crate) fn ids_in_range(db: &Read<'_>, range: IdRange, back: bool, most: i64) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(if back { &IDS_BETWEEN_BACK } else { &IDS_BETWEEN })?;
    let rows = statement.query_map(params![range.after, range.last, most], |row| row.get(0))?;
    let ids: Vec<i64> = rows.collect::<Result<_, _>>()?;
    let end = if back { range.last.saturating_add(1) } else { range.after };
    ensure_ordered(back, Some(end), ids.iter().copied())?;
    Ok(ids)
}

/// Whether there is a contact with this id, in the trash or not.
pub(crate) fn exists(db: &Read<'_>, id: ContactId) -> DbResult<bool> {
    Ok(db.prepare(&EXISTS)?.exists(named_params! {":id": id.0})?)
}
