//! Imports that can be undone: their runs, the contacts that they added, and the contacts that they changed.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::row_order::{ensure_ordered, ensure_rows_affected};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{concat_sql, statements};
use crate::db::record::job::{JobOwner, Requester};
use crate::error::Error;
use crate::model::{ImportState, Timestamp};

/// One row of the table `import_run`.
#[derive(Debug, Clone)]
pub(crate) struct ImportRow {
    pub(crate) id: i64,
    pub(crate) tenant: Option<i64>,
    pub(crate) requested_by: Requester,
    pub(crate) name: String,
    pub(crate) state: ImportState,
    pub(crate) added: i64,
    pub(crate) updated: i64,
    pub(crate) removed_to: i64,
    pub(crate) restored_to: i64,
    pub(crate) origin: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// One row of the table `import_item`.
#[derive(Debug, Clone)]
pub(crate) struct ImportItemRow {
    pub(crate) contact: i64,
    pub(crate) version: i64,
    pub(crate) earlier: String,
}

/// The start of a query for [`from_row`].
const SELECT: &str = "SELECT id, tenant, requester_kind, advisor, name, state, added, updated, removed_to, restored_to, origin,
            created_at, updated_at FROM import_run";

statements! {
    INSERT = "INSERT INTO import_run (tenant, requester_kind, advisor, name, origin, created_at, updated_at)
        VALUES (:tenant, :requester_kind, :advisor, :name, :origin, :now, :now)";
    ONE = concat_sql!(SELECT, " WHERE id = :id");
    ALL = concat_sql!(SELECT, " WHERE id < :id ORDER BY id DESC LIMIT :most");
    ALL_BACK = concat_sql!(SELECT, " WHERE id > :id ORDER BY id LIMIT :most");
    OF_TENANT = concat_sql!(SELECT, "
        WHERE tenant = :of AND id < :id AND requester_kind >= :least ORDER BY id DESC LIMIT :most");
    OF_TENANT_BACK = concat_sql!(SELECT, "
        WHERE tenant = :of AND id > :id AND requester_kind >= :least ORDER BY id LIMIT :most");
    OF_ADVISOR = concat_sql!(SELECT, "
        WHERE advisor = :of AND id < :id AND requester_kind >= :least ORDER BY id DESC LIMIT :most");
    OF_ADVISOR_BACK = concat_sql!(SELECT, "
        WHERE advisor = :of AND id > :id AND requester_kind >= :least ORDER BY id LIMIT :most");
    NEWEST = "SELECT id FROM import_run WHERE tenant IS :tenant AND requester_kind = :requester_kind AND advisor IS :advisor
        ORDER BY id DESC LIMIT :most";
    UPDATE = "UPDATE import_run SET state = :state, added = :added, updated = :updated, removed_to = :removed_to,
            restored_to = :restored_to, updated_at = :updated_at
        WHERE id = :id";
    DELETE = "DELETE FROM import_run WHERE id = :id";
    INSERT_RANGE = "INSERT INTO import_range (run, first, last) VALUES (:run, :first, :last)";
    NEXT_RANGE = "SELECT first, last FROM import_range WHERE run = :run AND last > :at ORDER BY first LIMIT 1";
    DELETE_RANGES = "DELETE FROM import_range WHERE run = :run";
    PUT_ITEM = "INSERT INTO import_item (run, contact, version, earlier, checksum)
        VALUES (:run, :contact, :version, :earlier, row_sum(:run, :contact, :version, :earlier))
        ON CONFLICT (run, contact) DO UPDATE SET version = excluded.version, earlier = excluded.earlier, checksum = excluded.checksum";
    ITEM = "SELECT contact, version, earlier FROM import_item WHERE run = :run AND contact = :contact";
    ITEMS = "SELECT contact, version, earlier FROM import_item WHERE run = :run AND contact > :at ORDER BY contact LIMIT :most";
    DELETE_ITEMS = "DELETE FROM import_item WHERE run = :run AND contact <= :last";
    DELETE_ITEMS_OF_CONTACT = "DELETE FROM import_item WHERE contact = :contact";
}

/// Inserts an import and returns its number.
pub(crate) fn insert(db: &Write<'_>, new: &ImportRow) -> DbResult<i64> {
    let (requester_kind, advisor) = new.requested_by.columns();
    db.prepare(&INSERT)?.execute(named_params! {
        ":tenant": new.tenant, ":requester_kind": requester_kind, ":advisor": advisor, ":name": new.name,
        ":origin": new.origin, ":now": new.created_at.0,
    })?;
    Ok(db.last_insert_id())
}

pub(crate) fn one(db: &Read<'_>, id: i64) -> DbResult<Option<ImportRow>> {
    let mut statement = db.prepare(&ONE)?;
    let found = statement.query_row(named_params! {":id": id}, from_row).optional()?;
    found.transpose()
}

/// Up to `most` imports before number `id`, newest first; or, if `older` is false, after it, oldest first.
pub(crate) fn page(db: &Read<'_>, of: JobOwner, id: i64, older: bool, most: i64) -> DbResult<Vec<ImportRow>> {
    let (statement, of, least) = match (of, older) {
        (JobOwner::All, true) => (&ALL, None, 0),
        (JobOwner::All, false) => (&ALL_BACK, None, 0),
        (JobOwner::Tenant(tenant, with_system), true) => (&OF_TENANT, Some(tenant), i64::from(!with_system)),
        (JobOwner::Tenant(tenant, with_system), false) => {
            (&OF_TENANT_BACK, Some(tenant), i64::from(!with_system))
        }
        (JobOwner::Advisor(advisor), true) => (&OF_ADVISOR, Some(advisor), 0),
        (JobOwner::Advisor(advisor), false) => (&OF_ADVISOR_BACK, Some(advisor), 0),
    };
    let mut statement = db.prepare(statement)?;
    let rows = match of {
        None => statement.query_map(named_params! {":id": id, ":most": most}, from_row)?,
        Some(of) => {
            let params = named_params! {":of": of, ":id": id, ":least": least, ":most": most};
            statement.query_map(params, from_row)?
        }
    };
    rows.map(|row| row?).collect()
}

/// The numbers of the newest imports of a requester, newest first.
pub(crate) fn newest(
    db: &Read<'_>,
    tenant: Option<i64>,
    requested_by: Requester,
    most: i64,
) -> DbResult<Vec<i64>> {
    let (requester_kind, advisor) = requested_by.columns();
    let params = named_params! {
        ":tenant": tenant, ":requester_kind": requester_kind, ":advisor": advisor, ":most": most,
    };
    let mut statement = db.prepare(&NEWEST)?;
    let ids = statement.query_map(params, |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Writes the state and the counts of an import.
pub(crate) fn update(db: &Write<'_>, run: &ImportRow) -> DbResult<()> {
    let state = match run.state {
        ImportState::Recorded => 0,
        ImportState::PartlyUndone => 1,
        ImportState::Undone => 2,
    };
    db.prepare(&UPDATE)?.execute(named_params! {
        ":state": state, ":added": run.added, ":updated": run.updated, ":removed_to": run.removed_to,
        ":restored_to": run.restored_to, ":updated_at": run.updated_at.0, ":id": run.id,
    })?;
    Ok(())
}

/// Deletes an import that has no items.
pub(crate) fn delete(db: &Write<'_>, id: i64) -> DbResult<()> {
    db.prepare(&DELETE_RANGES)?.execute(named_params! {":run": id})?;
    db.prepare(&DELETE)?.execute(named_params! {":id": id})?;
    Ok(())
}

/// Records that the contacts from `first` to `last` were added.
pub(crate) fn insert_range(db: &Write<'_>, run: i64, first: i64, last: i64) -> DbResult<()> {
    db.prepare(&INSERT_RANGE)?.execute(named_params! {":run": run, ":first": first, ":last": last})?;
    Ok(())
}

/// The first range of added contacts with an id above `at`.
pub(crate) fn next_range(db: &Read<'_>, run: i64, at: i64) -> DbResult<Option<(i64, i64)>> {
    let mut statement = db.prepare(&NEXT_RANGE)?;
    let found = statement
        .query_row(named_params! {":run": run, ":at": at}, |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match found {
        Some((_, last)) if last <= at => {
            Err(Error::Damaged { what: "the contacts of an import", source: None }.into())
        }
        found => Ok(found),
    }
}

/// Inserts or replaces an item.
pub(crate) fn put_item(db: &Write<'_>, run: i64, item: &ImportItemRow) -> DbResult<()> {
    db.prepare(&PUT_ITEM)?.execute(named_params! {
        ":run": run, ":contact": item.contact, ":version": item.version, ":earlier": item.earlier,
    })?;
    Ok(())
}

pub(crate) fn item(db: &Read<'_>, run: i64, contact: i64) -> DbResult<Option<ImportItemRow>> {
    let mut statement = db.prepare(&ITEM)?;
    Ok(statement.query_row(named_params! {":run": run, ":contact": contact}, item_from_row).optional()?)
}

/// Up to `most` items after a local id of a contact, by this id.
pub(crate) fn items(db: &Read<'_>, run: i64, at: i64, most: i64) -> DbResult<Vec<ImportItemRow>> {
    let mut statement = db.prepare(&ITEMS)?;
    let params = named_params! {":run": run, ":at": at, ":most": most};
    let items: Vec<ImportItemRow> = statement.query_map(params, item_from_row)?.collect::<Result<_, _>>()?;
    ensure_ordered(false, Some(at), items.iter().map(|item| item.contact))?;
    Ok(items)
}

/// Deletes the items of an import up to a local id of a contact.
pub(crate) fn delete_items(db: &Write<'_>, run: i64, last: i64) -> DbResult<()> {
    ensure_rows_affected(db.prepare(&DELETE_ITEMS)?.execute(named_params! {":run": run, ":last": last})?)
}

/// Deletes what imports recorded about a contact.
pub(crate) fn delete_items_of_contact(db: &Write<'_>, contact: i64) -> DbResult<()> {
    db.prepare(&DELETE_ITEMS_OF_CONTACT)?.execute(named_params! {":contact": contact})?;
    Ok(())
}

fn item_from_row(row: &Row<'_>) -> rusqlite::Result<ImportItemRow> {
    Ok(ImportItemRow { contact: row.get(0)?, version: row.get(1)?, earlier: row.get(2)? })
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<DbResult<ImportRow>> {
    let damaged = || Error::Damaged { what: "an import", source: None };
    let Some(requested_by) = Requester::from_columns(row.get(2)?, row.get(3)?) else {
        return Ok(Err(damaged().into()));
    };
    let state = match row.get::<_, i64>(5)? {
        0 => ImportState::Recorded,
        1 => ImportState::PartlyUndone,
        2 => ImportState::Undone,
        _ => return Ok(Err(damaged().into())),
    };
    Ok(Ok(ImportRow {
        id: row.get(0)?,
        tenant: row.get(1)?,
        requested_by,
        name: row.get(4)?,
        state,
        added: row.get(6)?,
        updated: row.get(7)?,
        removed_to: row.get(8)?,
        restored_to: row.get(9)?,
        origin: row.get(10)?,
        created_at: Timestamp(row.get(11)?),
        updated_at: Timestamp(row.get(12)?),
    }))
}
