//! The rows of the search index: recent keys, segments, parts. What is in them is the business of `index/`.

use rusqlite::{named_params, params};

use super::{DbResult, Read, Write, statements};
use crate::error::Error;

/// One row of `search_delta`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeltaRow {
    pub(crate) seq: i64,
    pub(crate) key: Vec<u8>,
    pub(crate) live: bool,
}

/// A part without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PartRow {
    pub(crate) id: i64,
    pub(crate) first_key: Vec<u8>,
    pub(crate) last_key: Vec<u8>,
    pub(crate) checksum: u32,
}

/// A segment with its parts in key order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SegmentRow {
    pub(crate) id: i64,
    pub(crate) keys: i64,
    pub(crate) parts: Vec<PartRow>,
}

statements! {
    INSERT_DELTA = "INSERT INTO search_delta (key, live) VALUES (:key, :live)";
    DELTA_SINCE = "SELECT seq, key, live FROM search_delta WHERE seq > :seq ORDER BY seq";
    CLEAR_DELTA = "DELETE FROM search_delta";
    EPOCH = "SELECT search_epoch FROM book WHERE id = 1";
    NEXT_EPOCH = "UPDATE book SET search_epoch = search_epoch + 1 WHERE id = 1";
    SEGMENTS = "SELECT id, keys, parts FROM search_segment ORDER BY id";
    PARTS = "SELECT id, first_key, last_key, checksum FROM search_part WHERE segment = :segment ORDER BY number";
    BODY = "SELECT body FROM search_part WHERE id = :id";
    INSERT_SEGMENT = "INSERT INTO search_segment (keys, parts) VALUES (0, 0)";
    CLOSE_SEGMENT = "UPDATE search_segment SET keys = :keys, parts = :parts WHERE id = :id";
    INSERT_PART = "INSERT INTO search_part (segment, number, first_key, last_key, checksum, body)
        VALUES (:segment, :number, :first_key, :last_key, :checksum, :body)";
    DELETE_PARTS = "DELETE FROM search_part WHERE segment = :segment";
    DELETE_SEGMENT = "DELETE FROM search_segment WHERE id = :segment";
    CLEAR_PARTS = "DELETE FROM search_part";
    CLEAR_SEGMENTS = "DELETE FROM search_segment";
    DATA_VERSION = "PRAGMA data_version";
}

/// Appends a key to the delta and gives the row's number, which counts from 1 after each [`clear_delta`].
pub(crate) fn insert_delta(db: &Write<'_>, key: &[u8], live: bool) -> DbResult<i64> {
    db.prepare(&INSERT_DELTA)?.execute(params![key, live])?;
    Ok(db.last_id())
}

/// The delta after row `seq`, oldest first.
pub(crate) fn delta_since(db: &Read<'_>, seq: i64) -> DbResult<Vec<DeltaRow>> {
    let mut statement = db.prepare(&DELTA_SINCE)?;
    let rows = statement.query_map(named_params! {":seq": seq}, |row| {
        Ok(DeltaRow { seq: row.get(0)?, key: row.get(1)?, live: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets the whole index.
pub(crate) fn clear(db: &Write<'_>) -> DbResult<()> {
    db.prepare(&CLEAR_PARTS)?.execute([])?;
    db.prepare(&CLEAR_SEGMENTS)?.execute([])?;
    clear_delta(db)
}

pub(crate) fn clear_delta(db: &Write<'_>) -> DbResult<()> {
    db.prepare(&CLEAR_DELTA)?.execute([])?;
    Ok(())
}

/// Counts the changes of the set of segments.
pub(crate) fn epoch(db: &Read<'_>) -> DbResult<i64> {
    Ok(db.prepare(&EPOCH)?.query_row([], |row| row.get(0))?)
}

/// Says that the set of segments has changed.
pub(crate) fn next_epoch(db: &Write<'_>) -> DbResult<()> {
    db.prepare(&NEXT_EPOCH)?.execute([])?;
    Ok(())
}

/// A number that moves when another connection commits; the connection's own commits do not move it.
pub(crate) fn data_version(db: &Read<'_>) -> DbResult<i64> {
    Ok(db.prepare(&DATA_VERSION)?.query_row([], |row| row.get(0))?)
}

/// The segments, oldest first.
pub(crate) fn segments(db: &Read<'_>) -> DbResult<Vec<SegmentRow>> {
    let mut statement = db.prepare(&SEGMENTS)?;
    let rows = statement.query_and_then([], |row| {
        let id = row.get(0)?;
        let parts = parts(db, id)?;
        if i64::try_from(parts.len()).ok() != Some(row.get(2)?) {
            return Err(Error::Damaged { what: "a segment of the search index", source: None }.into());
        }
        Ok(SegmentRow { id, keys: row.get(1)?, parts })
    })?;
    rows.collect()
}

fn parts(db: &Read<'_>, segment: i64) -> DbResult<Vec<PartRow>> {
    let mut statement = db.prepare(&PARTS)?;
    let rows = statement.query_map(named_params! {":segment": segment}, |row| {
        Ok(PartRow { id: row.get(0)?, first_key: row.get(1)?, last_key: row.get(2)?, checksum: row.get(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The body of a part.
pub(crate) fn body(db: &Read<'_>, part: i64) -> DbResult<Vec<u8>> {
    Ok(db.prepare(&BODY)?.query_row(named_params! {":id": part}, |row| row.get(0))?)
}

/// Starts a segment, the newest of all, and gives its id.
pub(crate) fn insert_segment(db: &Write<'_>) -> DbResult<i64> {
    db.prepare(&INSERT_SEGMENT)?.execute([])?;
    Ok(db.last_id())
}

/// Says how many keys and parts a segment holds, once they are all there.
pub(crate) fn close_segment(db: &Write<'_>, segment: i64, keys: i64, parts: i64) -> DbResult<()> {
    let params = named_params! {":keys": keys, ":parts": parts, ":id": segment};
    db.prepare(&CLOSE_SEGMENT)?.execute(params)?;
    Ok(())
}

/// Adds a part to a segment; `part.id` is not looked at.
pub(crate) fn insert_part(
    db: &Write<'_>,
    segment: i64,
    number: i64,
    part: &PartRow,
    body: &[u8],
) -> DbResult<()> {
    db.prepare(&INSERT_PART)?.execute(named_params! {
        ":segment": segment, ":number": number, ":first_key": part.first_key, ":last_key": part.last_key,
        ":checksum": part.checksum, ":body": body,
    })?;
    Ok(())
}

pub(crate) fn delete_segment(db: &Write<'_>, segment: i64) -> DbResult<()> {
    db.prepare(&DELETE_PARTS)?.execute(named_params! {":segment": segment})?;
    db.prepare(&DELETE_SEGMENT)?.execute(named_params! {":segment": segment})?;
    Ok(())
}
