//! The floor: reading the rows of a page when their keys are known.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Params, Statement};

/// The columns of a contact that the engine reads besides `id` and `nonempty_mask`, from its source.
pub(crate) fn columns() -> &'static str {
    let source = include_str!("../../src/db/contact/row.rs");
    let text = source.split_once("const COLUMNS: &str").and_then(|(_, rest)| rest.split('"').nth(1));
    text.unwrap_or("src/db/contact/row.rs has no columns!")
}

/// Reads complete contacts by key, with one prepared statement in one transaction.
pub(crate) fn by_key(sqlite: &Connection, ids: &[i64]) -> rusqlite::Result<usize> {
    let sql = format!("SELECT id, nonempty_mask, {} FROM contact c WHERE c.id = ?", columns());
    let mut select = sqlite.prepare_cached(&sql)?;
    sqlite.prepare_cached("BEGIN")?.execute([])?;
    let read = ids.iter().try_fold(0, |read, id| Ok(read + take(&mut select, [id])?));
    sqlite.prepare_cached("COMMIT")?.execute([])?;
    read
}

/// Runs a statement and reads every column of every row. Texts are copied, because a caller must copy them to keep
/// them.
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
