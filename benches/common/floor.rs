//! The floor: what it takes to read the rows of a page when their keys are known.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Params, Statement};

/// The columns that the engine reads of a contact besides `id` and `nonempty_mask`, from its own source.
pub(crate) fn columns() -> &'static str {
    let source = include_str!("../../src/db/contact/row.rs");
    let text = source.split_once("const COLUMNS: &str").and_then(|(_, rest)| rest.split('"').nth(1));
    text.unwrap_or("src/db/contact/row.rs has no columns!")
}

/// Reads contacts whole by key: one prepared statement, one transaction, nothing else.
pub(crate) fn by_key(sqlite: &Connection, ids: &[i64]) -> rusqlite::Result<usize> {
    let sql = format!("SELECT id, nonempty_mask, {} FROM contact c WHERE c.id = ?", columns());
    let mut select = sqlite.prepare_cached(&sql)?;
    sqlite.prepare_cached("BEGIN")?.execute([])?;
    let read = ids.iter().try_fold(0, |read, id| Ok(read + take(&mut select, [id])?));
    sqlite.prepare_cached("COMMIT")?.execute([])?;
    read
}

/// Runs a statement and looks at every column of every row; a text is copied, as whoever wants to keep it must.
pub(crate) fn take(select: &mut Statement<'_>, params: impl Params) -> rusqlite::Result<usize> {
    let columns = select.column_count();
    let mut found = select.query(params)?;
    let mut count = 0;
    while let Some(row) = found.next()? {
        for at in 0..columns {
            match row.get_ref(at)? {
                ValueRef::Text(text) if !text.is_empty() => drop(std::hint::black_box(text.to_vec())),
                other => drop(std::hint::black_box(other)),
            }
        }
        count += 1;
    }
    Ok(count)
}
