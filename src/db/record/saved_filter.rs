//! Filters that users keep.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{concat_sql, statements};
use crate::error::{EntityKind, Error};
use crate::model::{SavedFilter, SavedFilterId, Timestamp};

/// The start of a query for [`from_row`].
const SELECT: &str = "SELECT id, kind, name, query, created_at, updated_at FROM saved_filter";

statements! {
    INSERT = "INSERT INTO saved_filter (tenant, owner, kind, name, query, created_at, updated_at)
        VALUES (:tenant, :owner, :kind, :name, :query, :now, :now)";
    ONE = concat_sql!(SELECT, " WHERE id = :id AND tenant = :tenant AND owner = :owner");
    OF_KIND = concat_sql!(SELECT, " WHERE tenant = :tenant AND owner = :owner AND kind = :kind ORDER BY id LIMIT :most");
    COUNT = "SELECT count(*) FROM saved_filter WHERE tenant = :tenant AND owner = :owner";
    UPDATE = "UPDATE saved_filter SET name = :name, query = :query, updated_at = :now WHERE id = :id";
    DELETE = "DELETE FROM saved_filter WHERE id = :id";
}

/// Whose filters: the local ids of a tenant and an advisor; 0 for the administrators.
pub(crate) type Owner = (i64, i64);

pub(crate) fn insert(
    db: &Write<'_>,
    (tenant, owner): Owner,
    kind: &str,
    name: &str,
    query: &str,
    now: Timestamp,
) -> DbResult<SavedFilterId> {
    db.prepare(&INSERT)?.execute(named_params! {
        ":tenant": tenant, ":owner": owner, ":kind": kind, ":name": name, ":query": query, ":now": now.0,
    })?;
    Ok(SavedFilterId(db.last_insert_id()))
}

/// # Errors
/// [`Error::NotFound`] if the owner has no such filter.
pub(crate) fn find(db: &Read<'_>, (tenant, owner): Owner, id: SavedFilterId) -> DbResult<SavedFilter> {
    let params = named_params! {":id": id.0, ":tenant": tenant, ":owner": owner};
    let found = db.prepare(&ONE)?.query_row(params, raw_from_row).optional()?;
    from_raw(found.ok_or(Error::NotFound(EntityKind::SavedFilter, id.0))?)
}

/// Up to `most` filters of a kind, in the order in which they were added.
pub(crate) fn of_kind(
    db: &Read<'_>,
    (tenant, owner): Owner,
    kind: &str,
    most: i64,
) -> DbResult<Vec<SavedFilter>> {
    let mut statement = db.prepare(&OF_KIND)?;
    let params = named_params! {":tenant": tenant, ":owner": owner, ":kind": kind, ":most": most};
    let rows = statement.query_map(params, raw_from_row)?;
    rows.map(|row| from_raw(row?)).collect()
}

pub(crate) fn count(db: &Read<'_>, (tenant, owner): Owner) -> DbResult<i64> {
    Ok(db.prepare(&COUNT)?.query_row(named_params! {":tenant": tenant, ":owner": owner}, |row| row.get(0))?)
}

pub(crate) fn update(
    db: &Write<'_>,
    id: SavedFilterId,
    name: &str,
    query: &str,
    now: Timestamp,
) -> DbResult<()> {
    let params = named_params! {":name": name, ":query": query, ":now": now.0, ":id": id.0};
    db.prepare(&UPDATE)?.execute(params)?;
    Ok(())
}

pub(crate) fn delete(db: &Write<'_>, id: SavedFilterId) -> DbResult<()> {
    db.prepare(&DELETE)?.execute(named_params! {":id": id.0})?;
    Ok(())
}

/// A filter, and its query as text.
type RawFilter = (SavedFilter, String);

fn raw_from_row(row: &Row<'_>) -> rusqlite::Result<RawFilter> {
    let filter = SavedFilter {
        id: SavedFilterId(row.get(0)?),
        kind: row.get(1)?,
        name: row.get(2)?,
        query: serde_json::Value::Null,
        created_at: Timestamp(row.get(4)?),
        updated_at: Timestamp(row.get(5)?),
    };
    Ok((filter, row.get(3)?))
}

fn from_raw((filter, query): RawFilter) -> DbResult<SavedFilter> {
    let read = serde_json::from_str(&query);
    let query = read.map_err(|source| Error::Damaged {
        what: "the query of a saved filter",
        source: Some(source.into()),
    })?;
    Ok(SavedFilter { query, ..filter })
}
