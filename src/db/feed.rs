//! The change log.

use rusqlite::{named_params, params};

use super::{DbResult, Read, Write, statements};

/// One row of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangeRow {
    pub(crate) seq: i64,
    pub(crate) contact: i64,
    pub(crate) kind: i64,
    pub(crate) fields: i64,
    pub(crate) origin: String,
    pub(crate) at: i64,
}

statements! {
    INSERT = "INSERT INTO change (contact, kind, fields, origin, at) VALUES (:contact, :kind, :fields, :origin, :at)";
    SINCE = "SELECT seq, contact, kind, fields, origin, at FROM change WHERE seq > :seq ORDER BY seq LIMIT :most";
    LAST = "SELECT coalesce(max(seq), 0) FROM change";
}

/// The number of the last change.
pub(crate) fn last(db: &Read<'_>) -> DbResult<i64> {
    Ok(db.prepare(&LAST)?.query_row([], |row| row.get(0))?)
}

pub(crate) fn insert(
    db: &Write<'_>,
    contact: i64,
    kind: i64,
    fields: i64,
    origin: &str,
    at: i64,
) -> DbResult<()> {
    db.prepare(&INSERT)?.execute(params![contact, kind, fields, origin, at])?;
    Ok(())
}

/// Up to `most` changes after number `seq`.
pub(crate) fn since(db: &Read<'_>, seq: i64, most: i64) -> DbResult<Vec<ChangeRow>> {
    let mut statement = db.prepare(&SINCE)?;
    let rows = statement.query_map(named_params! {":seq": seq, ":most": most}, |row| {
        Ok(ChangeRow {
            seq: row.get(0)?,
            contact: row.get(1)?,
            kind: row.get(2)?,
            fields: row.get(3)?,
            origin: row.get(4)?,
            at: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
