//! Links between contacts and advisors, and the entries of lists by name. `bucket.rs` has their counts.

use std::rc::Rc;

use rusqlite::types::Value;
use rusqlite::{named_params, params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::row_order::{ensure_ordered, ensure_rows_affected};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{Statement, concat_sql, statements};
use crate::db::directory::advisors::{ADVISOR_COLUMNS, advisor_from_row};
use crate::db::scope::{EntryKey, Generation, ListKey, Owner};
use crate::model::{Advisor, AdvisorId, Timestamp};

statements! {
    INSERT_LINK = "INSERT INTO link (contact, advisor, created_at) VALUES (:contact, :advisor, :now)
        ON CONFLICT (contact, advisor) DO NOTHING";
    DELETE_LINK = "DELETE FROM link WHERE contact = :contact AND advisor = :advisor";
    IS_LINKED = "SELECT 1 FROM link WHERE contact = :contact AND advisor = :advisor";
    ADVISORS_OF = "SELECT advisor FROM link WHERE contact = :contact ORDER BY advisor";
    ADVISORS_OF_MANY = "SELECT l.contact, a.public_id FROM rarray(:contacts) r CROSS JOIN link l ON l.contact = r.value
        JOIN advisor a ON a.id = l.advisor WHERE :tenant IS NULL OR a.tenant = :tenant";
    ADVISOR_PAGE = concat_sql!("SELECT ", ADVISOR_COLUMNS, ", a.id
        FROM link l JOIN advisor a ON a.id = l.advisor JOIN tenant t ON t.id = a.tenant
        WHERE l.contact = :contact AND l.advisor > :after AND (:tenant IS NULL OR a.tenant = :tenant) ORDER BY l.advisor LIMIT :most");
    ADVISOR_PAGE_BACK = concat_sql!("SELECT ", ADVISOR_COLUMNS, ", a.id
        FROM link l JOIN advisor a ON a.id = l.advisor JOIN tenant t ON t.id = a.tenant
        WHERE l.contact = :contact AND l.advisor < :before AND (:tenant IS NULL OR a.tenant = :tenant) ORDER BY l.advisor DESC LIMIT :most");
    INSERT_ENTRY = "INSERT INTO list_entry (generation, owner_kind, owner, network, sort_key, contact)
        VALUES (:generation, :owner_kind, :owner, :network, :sort_key, :contact)";
    DELETE_ENTRY = "DELETE FROM list_entry WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key = :sort_key AND contact = :contact";
    ENTRIES = "SELECT sort_key, contact FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND (sort_key, contact) > (:sort_key, :contact)
        ORDER BY sort_key, contact LIMIT :most";
    ENTRIES_BACK = "SELECT sort_key, contact FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network AND (sort_key, contact) < (:sort_key, :contact)
        ORDER BY sort_key DESC, contact DESC LIMIT :most";
    ENTRIES_FROM_END = "SELECT sort_key, contact FROM list_entry
        WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        ORDER BY sort_key DESC, contact DESC LIMIT :most";
    HAS_ENTRY = "SELECT 1 FROM list_entry WHERE generation = :generation AND owner_kind = :owner_kind AND owner = :owner AND network = :network
        AND sort_key = :sort_key AND contact = :contact";
    /// The first `:most` entries of a generation; the last row is the one that is used.
    LAST_OF_BATCH = "SELECT owner_kind, owner, network, sort_key, contact FROM list_entry WHERE generation = :generation
        ORDER BY owner_kind, owner, network, sort_key, contact LIMIT :most";
    DELETE_UP_TO = "DELETE FROM list_entry WHERE generation = :generation
        AND (owner_kind, owner, network, sort_key, contact) <= (:owner_kind, :owner, :network, :sort_key, :contact)";
    ALL_ENTRIES = "SELECT owner_kind, owner, network, sort_key, contact FROM list_entry WHERE generation = :generation
        ORDER BY owner_kind, owner, network, sort_key, contact";
}

/// Links a contact to an advisor. Returns false if they were linked already.
pub(crate) fn link(db: &Write<'_>, contact: i64, advisor: i64, now: Timestamp) -> DbResult<bool> {
    Ok(db.prepare(&INSERT_LINK)?.execute(params![contact, advisor, now.0])? > 0)
}

/// Removes a link. Returns false if there was none.
pub(crate) fn unlink(db: &Write<'_>, contact: i64, advisor: i64) -> DbResult<bool> {
    Ok(db.prepare(&DELETE_LINK)?.execute(params![contact, advisor])? > 0)
}

pub(crate) fn is_linked(db: &Read<'_>, contact: i64, advisor: i64) -> DbResult<bool> {
    Ok(db.prepare(&IS_LINKED)?.exists(params![contact, advisor])?)
}

/// The advisors of a contact, as local ids.
pub(crate) fn advisors_of(db: &Read<'_>, contact: i64) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(&ADVISORS_OF)?;
    let rows = statement.query_map(params![contact], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The advisors of contacts, as pairs of local contact id and advisor: of one tenant, or of all. Those of one contact are in the order
/// in which they were added to the store.
pub(crate) fn advisors_of_many(
    db: &Read<'_>,
    contacts: impl IntoIterator<Item = i64>,
    tenant: Option<i64>,
) -> DbResult<Vec<(i64, AdvisorId)>> {
    let contacts = Rc::new(contacts.into_iter().map(Value::from).collect::<Vec<_>>());
    let mut statement = db.prepare(&ADVISORS_OF_MANY)?;
    let params = named_params! {":contacts": contacts, ":tenant": tenant};
    let rows = statement.query_map(params, |row| Ok((row.get(0)?, AdvisorId(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Up to `most` advisors of a contact with their local ids: of one tenant, or of all; after `at` (exclusive), or before it if `back` is
/// true.
pub(crate) fn advisor_page(
    db: &Read<'_>,
    contact: i64,
    tenant: Option<i64>,
    at: i64,
    back: bool,
    most: i64,
) -> DbResult<Vec<(i64, Advisor)>> {
    let mut statement = db.prepare(if back { &ADVISOR_PAGE_BACK } else { &ADVISOR_PAGE })?;
    let rows = statement
        .query_map(params![contact, at, tenant, most], |row| Ok((row.get(5)?, advisor_from_row(row)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Inserts a contact into a list, without a change of its counts.
pub(crate) fn insert_entry(db: &Write<'_>, list: ListKey, sort_key: &[u8], contact: i64) -> DbResult<()> {
    let (generation, kind, owner, network) = list.columns();
    db.prepare(&INSERT_ENTRY)?.execute(params![generation, kind, owner, network, sort_key, contact])?;
    Ok(())
}

/// Removes a contact from a list, without a change of its counts.
pub(crate) fn delete_entry(db: &Write<'_>, list: ListKey, sort_key: &[u8], contact: i64) -> DbResult<()> {
    let (generation, kind, owner, network) = list.columns();
    db.prepare(&DELETE_ENTRY)?.execute(params![generation, kind, owner, network, sort_key, contact])?;
    Ok(())
}

/// Up to `most` entries of a list after `at` (exclusive), or before it if `back` is true. `None` means an end of the list.
pub(crate) fn entries(
    db: &Read<'_>,
    list: ListKey,
    at: Option<&EntryKey>,
    back: bool,
    most: i64,
) -> DbResult<Vec<EntryKey>> {
    let (generation, kind, owner, network) = list.columns();
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let rows: Vec<EntryKey> = match (at, back) {
        (None, true) => db
            .prepare(&ENTRIES_FROM_END)?
            .query_map(params![generation, kind, owner, network, most], read)?
            .collect::<Result<_, _>>()?,
        (at, back) => {
            // The empty key is the smallest, and ids start at 1.
            let (sort_key, contact) =
                at.map_or((&[][..], 0), |(sort_key, contact)| (sort_key.as_slice(), *contact));
            db.prepare(if back { &ENTRIES_BACK } else { &ENTRIES })?
                .query_map(params![generation, kind, owner, network, sort_key, contact, most], read)?
                .collect::<Result<_, _>>()?
        }
    };
    ensure_ordered(back, at, &rows)?;
    Ok(rows)
}

/// Whether a list has this entry.
pub(crate) fn has_entry(db: &Read<'_>, list: ListKey, sort_key: &[u8], contact: i64) -> DbResult<bool> {
    let (generation, kind, owner, network) = list.columns();
    Ok(db.prepare(&HAS_ENTRY)?.exists(params![generation, kind, owner, network, sort_key, contact])?)
}

/// Deletes the first entries of a generation, up to `most`. Returns false if there was none.
pub(crate) fn delete_batch(db: &Write<'_>, generation: Generation, most: i64) -> DbResult<bool> {
    delete_batch_with(db, &LAST_OF_BATCH, &DELETE_UP_TO, generation, most)
}

/// Deletes the first rows of a generation, up to `most`: `last_of_batch` reads them, `delete_up_to` deletes up to the last of them.
pub(crate) fn delete_batch_with(
    db: &Write<'_>,
    last_of_batch: &Statement,
    delete_up_to: &Statement,
    generation: Generation,
    most: i64,
) -> DbResult<bool> {
    type Row = (i64, i64, i64, Vec<u8>, i64);
    let generation = generation.column();
    let last: Option<Row> = {
        let mut statement = db.prepare(last_of_batch)?;
        let rows = statement.query_map(params![generation, most], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })?;
        rows.last().transpose()?
    };
    let Some((kind, owner, network, sort_key, contact)) = last else { return Ok(false) };
    ensure_rows_affected(
        db.prepare(delete_up_to)?.execute(params![generation, kind, owner, network, sort_key, contact])?,
    )?;
    Ok(true)
}

/// Calls `each` with every entry of a generation, in order.
pub(crate) fn for_each_entry(
    db: &Read<'_>,
    generation: Generation,
    mut each: impl FnMut(ListKey, &[u8], i64) -> crate::Result<()>,
) -> crate::Result<()> {
    let mut statement = db.prepare(&ALL_ENTRIES)?;
    let mut rows = statement
        .query(params![generation.column()])
        .map_err(crate::db::connection::sqlite_error::DbError::from)?;
    while let Some(row) = rows.next().map_err(crate::db::connection::sqlite_error::DbError::from)? {
        let owner = Owner::from_columns(get(row, 0)?, get(row, 1)?)?;
        let sort_key: Vec<u8> = get(row, 3)?;
        each(owner.on_network(get(row, 2)?).in_generation(generation), &sort_key, get(row, 4)?)?;
    }
    Ok(())
}

fn get<T: rusqlite::types::FromSql>(row: &rusqlite::Row<'_>, column: usize) -> DbResult<T> {
    Ok(row.get(column)?)
}
