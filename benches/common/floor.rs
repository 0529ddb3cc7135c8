//! The floor: reading the rows of a page when their keys are known.

use std::sync::LazyLock;

use cardex::contacts::PlainField;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Params, Statement};

/// Reads one contact: `id`, `nonempty_mask` and the columns that the engine reads besides, from its source.
static SELECT: LazyLock<String> = LazyLock::new(|| {
    let source = include_str!("../../src/db/contact/row.rs");
    let others = source.split_once("const COLUMNS: &str").and_then(|(_, rest)| rest.split('"').nth(1));
    let others = others.unwrap_or("src/db/contact/row.rs has no columns!");
    let texts = PlainField::ALL.map(|field| snake_case(field.field().as_str())).join(", ");
    format!("SELECT id, nonempty_mask, {texts}{others} FROM contact c WHERE c.id = ?")
});

/// The name of a column: `first_name` of `firstName`.
fn snake_case(name: &str) -> String {
    let snake = |c: char| if c.is_uppercase() { format!("_{}", c.to_lowercase()) } else { c.to_string() };
    name.chars().map(snake).collect()
}

/// Reads complete contacts by key, with one prepared statement in one transaction.
pub(crate) fn by_key(sqlite: &Connection, ids: &[i64]) -> rusqlite::Result<usize> {
    let mut select = sqlite.prepare_cached(&SELECT)?;
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
