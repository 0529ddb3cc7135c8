//! Events: their declared names, and those that were fired.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::row_order::ensure_ascending;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{concat_sql, statements};
use crate::model::{ContactId, Timestamp};

/// One row of the table `event`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EventRow {
    pub(crate) seq: i64,
    pub(crate) tenant: i64,
    pub(crate) contact: ContactId,
    pub(crate) name: String,
    pub(crate) payload: Option<String>,
    pub(crate) origin: String,
    pub(crate) at: Timestamp,
}

/// The start of a query for [`from_row`].
const SELECT: &str = "SELECT seq, tenant, contact, name, payload, origin, at FROM event";

statements! {
    DECLARE = "INSERT INTO event_name (tenant, name, created_at) VALUES (:tenant, :name, :now)
        ON CONFLICT (tenant, name) DO NOTHING";
    UNDECLARE = "DELETE FROM event_name WHERE tenant = :tenant AND name = :name";
    NAMES = "SELECT name FROM event_name WHERE tenant = :tenant ORDER BY name LIMIT :most";
    IS_DECLARED = "SELECT 1 FROM event_name WHERE tenant = :tenant AND name = :name";
    INSERT = "INSERT INTO event (tenant, contact, name, payload, origin, at)
        VALUES (:tenant, :contact, :name, :payload, :origin, :at)";
    ONE = concat_sql!(SELECT, " WHERE seq = :seq");
    SINCE = concat_sql!(SELECT, " WHERE seq > :seq ORDER BY seq LIMIT :most");
    OF_CONTACT = concat_sql!(SELECT, " WHERE contact = :contact AND seq > :seq
        AND (:tenant IS NULL OR tenant = :tenant) ORDER BY seq LIMIT :most");
    OF_CONTACT_BACK = concat_sql!(SELECT, " WHERE contact = :contact AND seq < :seq
        AND (:tenant IS NULL OR tenant = :tenant) ORDER BY seq DESC LIMIT :most");
    LAST = "SELECT coalesce(max(seq), 0) FROM event";
    DELETE_OF_CONTACT = "DELETE FROM event WHERE contact = :contact";
}

/// Declares a name. Returns false if it was declared.
pub(crate) fn declare(db: &Write<'_>, tenant: i64, name: &str, now: Timestamp) -> DbResult<bool> {
    let params = named_params! {":tenant": tenant, ":name": name, ":now": now.0};
    Ok(db.prepare(&DECLARE)?.execute(params)? > 0)
}

/// Deletes a declaration. Returns false if there was none.
pub(crate) fn undeclare(db: &Write<'_>, tenant: i64, name: &str) -> DbResult<bool> {
    Ok(db.prepare(&UNDECLARE)?.execute(named_params! {":tenant": tenant, ":name": name})? > 0)
}

/// Up to `most` names of a tenant, in alphabetical order.
pub(crate) fn names(db: &Read<'_>, tenant: i64, most: i64) -> DbResult<Vec<String>> {
    let mut statement = db.prepare(&NAMES)?;
    let rows = statement.query_map(named_params! {":tenant": tenant, ":most": most}, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn is_declared(db: &Read<'_>, tenant: i64, name: &str) -> DbResult<bool> {
    Ok(db.prepare(&IS_DECLARED)?.exists(named_params! {":tenant": tenant, ":name": name})?)
}

/// Appends an event and returns its number.
pub(crate) fn insert(db: &Write<'_>, new: &EventRow) -> DbResult<i64> {
    db.prepare(&INSERT)?.execute(named_params! {
        ":tenant": new.tenant, ":contact": new.contact.0, ":name": new.name, ":payload": new.payload,
        ":origin": new.origin, ":at": new.at.0,
    })?;
    Ok(db.last_insert_id())
}

pub(crate) fn one(db: &Read<'_>, seq: i64) -> DbResult<Option<EventRow>> {
    Ok(db.prepare(&ONE)?.query_row(named_params! {":seq": seq}, from_row).optional()?)
}

/// Up to `most` events after number `seq`.
pub(crate) fn since(db: &Read<'_>, seq: i64, most: i64) -> DbResult<Vec<EventRow>> {
    let mut statement = db.prepare(&SINCE)?;
    let rows = statement.query_map(named_params! {":seq": seq, ":most": most}, from_row)?;
    let rows: Vec<EventRow> = rows.collect::<Result<_, _>>()?;
    ensure_ascending(Some(seq), rows.iter().map(|row| row.seq))?;
    Ok(rows)
}

/// Up to `most` events of a contact, of one tenant or of all: before number `seq` (exclusive), newest first; or, if `older` is false,
/// after it, oldest first.
pub(crate) fn of_contact(
    db: &Read<'_>,
    contact: ContactId,
    tenant: Option<i64>,
    seq: i64,
    older: bool,
    most: i64,
) -> DbResult<Vec<EventRow>> {
    let mut statement = db.prepare(if older { &OF_CONTACT_BACK } else { &OF_CONTACT })?;
    let params = named_params! {":contact": contact.0, ":tenant": tenant, ":seq": seq, ":most": most};
    let rows = statement.query_map(params, from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The number of the last event.
pub(crate) fn last(db: &Read<'_>) -> DbResult<i64> {
    Ok(db.prepare(&LAST)?.query_row([], |row| row.get(0))?)
}

/// Deletes the events of a contact.
pub(crate) fn delete_of_contact(db: &Write<'_>, contact: ContactId) -> DbResult<()> {
    db.prepare(&DELETE_OF_CONTACT)?.execute(named_params! {":contact": contact.0})?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<EventRow> {
    Ok(EventRow {
        seq: row.get(0)?,
        tenant: row.get(1)?,
        contact: ContactId(row.get(2)?),
        name: row.get(3)?,
        payload: row.get(4)?,
        origin: row.get(5)?,
        at: Timestamp(row.get(6)?),
    })
}
