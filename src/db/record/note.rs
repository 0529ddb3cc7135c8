//! Notes on contacts.

use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{concat_sql, statements};
use crate::db::directory::advisors::advisor_public_id;
use crate::error::{EntityKind, Error};
use crate::model::{ContactId, Note, NoteId, Timestamp};

/// The start of a query for [`raw_from_row`].
const SELECT: &str = "SELECT id, advisor, content, created_at, updated_at FROM note";

statements! {
    INSERT = "INSERT INTO note (contact, tenant, advisor, content, created_at, updated_at, checksum)
        VALUES (:contact, :tenant, :advisor, :content, :now, :now, row_sum(:advisor, :content, :now, :now))";
    ONE = concat_sql!(SELECT, " WHERE id = :id AND contact = :contact AND (:tenant IS NULL OR tenant = :tenant)");
    PAGE = concat_sql!(SELECT, " WHERE contact = :contact AND id < :at AND (:tenant IS NULL OR tenant = :tenant) ORDER BY id DESC LIMIT :most");
    PAGE_BACK = concat_sql!(SELECT, " WHERE contact = :contact AND id > :at AND (:tenant IS NULL OR tenant = :tenant) ORDER BY id LIMIT :most");
    UPDATE = "UPDATE note SET content = :content, advisor = :advisor, updated_at = :now,
            checksum = row_sum(:advisor, :content, created_at, :now)
        WHERE id = :id";
    DELETE = "DELETE FROM note WHERE id = :id AND contact = :contact";
    DELETE_ALL = "DELETE FROM note WHERE contact = :contact";
}

/// The contact of notes, and the tenant that they belong to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotesOf {
    /// The local id.
    pub(crate) local_id: i64,
    pub(crate) contact: ContactId,
    /// `None`: notes of all tenants.
    pub(crate) tenant: Option<i64>,
}

pub(crate) fn insert(
    db: &Write<'_>,
    contact: i64,
    tenant: i64,
    advisor: Option<i64>,
    content: &str,
    now: Timestamp,
) -> DbResult<NoteId> {
    db.prepare(&INSERT)?.execute(named_params! {
        ":contact": contact, ":tenant": tenant, ":advisor": advisor, ":content": content, ":now": now.0,
    })?;
    Ok(NoteId(db.last_insert_id()))
}

/// A note of a contact.
pub(crate) fn find(db: &Read<'_>, of: NotesOf, id: NoteId) -> DbResult<Note> {
    let params = named_params! {":id": id.0, ":contact": of.local_id, ":tenant": of.tenant};
    let found = db.prepare(&ONE)?.query_row(params, raw_from_row).optional()?;
    let row = found.ok_or(Error::NotFound(EntityKind::Note, id.0))?;
    Ok(note(db, of.contact, row)?.1)
}

/// Up to `most` notes of a contact with their local ids: before `at` (exclusive), newest first; or, if `older` is false, after it, oldest
/// first.
pub(crate) fn page(
    db: &Read<'_>,
    of: NotesOf,
    at: i64,
    older: bool,
    most: i64,
) -> DbResult<Vec<(i64, Note)>> {
    let mut statement = db.prepare(if older { &PAGE } else { &PAGE_BACK })?;
    let params = named_params! {":contact": of.local_id, ":tenant": of.tenant, ":at": at, ":most": most};
    let rows = statement.query_map(params, raw_from_row)?;
    rows.map(|row| note(db, of.contact, row?)).collect()
}

pub(crate) fn update(
    db: &Write<'_>,
    id: NoteId,
    content: &str,
    advisor: Option<i64>,
    now: Timestamp,
) -> DbResult<()> {
    let params = named_params! {":content": content, ":advisor": advisor, ":now": now.0, ":id": id.0};
    db.prepare(&UPDATE)?.execute(params)?;
    Ok(())
}

pub(crate) fn delete(db: &Write<'_>, contact: i64, id: NoteId) -> DbResult<()> {
    let done = db.prepare(&DELETE)?.execute(named_params! {":id": id.0, ":contact": contact})?;
    if done == 0 { Err(Error::NotFound(EntityKind::Note, id.0).into()) } else { Ok(()) }
}

/// Deletes all notes of a contact.
pub(crate) fn delete_all(db: &Write<'_>, contact: i64) -> DbResult<()> {
    db.prepare(&DELETE_ALL)?.execute(named_params! {":contact": contact})?;
    Ok(())
}

/// The columns of a note as they are read.
type Raw = (i64, Option<i64>, String, i64, i64);

fn raw_from_row(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

fn note(
    db: &Read<'_>,
    contact: ContactId,
    (id, advisor, content, created, updated): Raw,
) -> DbResult<(i64, Note)> {
    let advisor = advisor.map(|id| advisor_public_id(db, id)).transpose()?;
    let (created_at, updated_at) = (Timestamp(created), Timestamp(updated));
    Ok((id, Note { id: NoteId(id), contact, advisor, content, created_at, updated_at }))
}
