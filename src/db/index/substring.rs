//! The table of the substring index: FTS5 without contents, used as lists of contacts per token.
//!
//! Tokens are made here (owners, network) and in `src/text/substring/` (grams). Their only ASCII characters are letters and digits, so a
//! token in quotes is a valid query.

use rusqlite::params;

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::row_order::ensure_ordered;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;
use crate::db::scope::Owner;

statements! {
    INDEXED_THROUGH = "SELECT substring_indexed_through FROM metadata WHERE id = 1";
    SET_INDEXED_THROUGH = "UPDATE metadata SET substring_indexed_through = :through WHERE id = 1";
    INSERT = "INSERT INTO substring (rowid, tokens) VALUES (:contact, :tokens)";
    DELETE = "DELETE FROM substring WHERE rowid = :contact";
    CLEAR = "INSERT INTO substring (substring) VALUES ('delete-all')";
    /// Bytes of tokens that FTS5 collects in memory before it writes them.
    SET_HASH_SIZE = "INSERT INTO substring (substring, rank) VALUES ('hashsize', 8388608)";
    OPTIMIZE = "INSERT INTO substring (substring) VALUES ('optimize')";
    CANDIDATES = "SELECT rowid FROM substring WHERE substring MATCH :query AND rowid BETWEEN :first AND :last
        ORDER BY rowid LIMIT :most";
    CANDIDATES_BACK = "SELECT rowid FROM substring WHERE substring MATCH :query AND rowid BETWEEN :first AND :last
        ORDER BY rowid DESC LIMIT :most";
    TOKENS = "SELECT doc, term FROM substring_token";
    DOCUMENTS = "SELECT id FROM substring_docsize";
}

/// The local id up to which contacts are in the table; `None` if the table is not maintained.
pub(crate) fn indexed_through(db: &Read<'_>) -> DbResult<Option<i64>> {
    Ok(db.prepare(&INDEXED_THROUGH)?.query_row([], |row| row.get(0))?)
}

/// Writes the local id up to which contacts are in the table.
pub(crate) fn set_indexed_through(db: &Write<'_>, through: Option<i64>) -> DbResult<()> {
    db.prepare(&SET_INDEXED_THROUGH)?.execute(params![through])?;
    Ok(())
}

/// Empties the table.
pub(crate) fn clear(db: &Write<'_>) -> DbResult<()> {
    db.prepare(&CLEAR)?.execute([])?;
    db.prepare(&SET_HASH_SIZE)?.execute([])?;
    Ok(())
}

/// Merges all segments of the table into one.
pub(crate) fn optimize(db: &Write<'_>) -> DbResult<()> {
    db.prepare(&OPTIMIZE)?.execute([])?;
    Ok(())
}

/// Adds a contact that is not in the table.
pub(crate) fn insert(db: &Write<'_>, contact: i64, tokens: &[String]) -> DbResult<()> {
    db.prepare(&INSERT)?.execute(params![contact, tokens.join(" ")])?;
    Ok(())
}

/// Removes a contact from the table, if it is there.
pub(crate) fn delete(db: &Write<'_>, contact: i64) -> DbResult<()> {
    db.prepare(&DELETE)?.execute(params![contact])?;
    Ok(())
}

/// The token of all contacts of an owner.
pub(crate) fn owner_token(owner: Owner) -> String {
    match owner {
        Owner::Shared => "s0".to_owned(),
        Owner::Tenant(id) => format!("t{id}"),
        Owner::Advisor(id) => format!("a{id}"),
        Owner::Trash(tenant) => format!("x{}", tenant.unwrap_or(0)), // not in the table
    }
}

/// The token of all contacts on a network.
pub(crate) fn network_token(network: i64) -> String {
    format!("k{network}")
}

/// A query for contacts with at least one token of each group.
pub(crate) fn match_query(groups: &[Vec<String>]) -> String {
    let group = |tokens: &Vec<String>| {
        let tokens: Vec<_> = tokens.iter().map(|token| format!("\"{token}\"")).collect();
        format!("({})", tokens.join(" OR "))
    };
    groups.iter().map(group).collect::<Vec<_>>().join(" AND ")
}

/// Up to `most` contacts that match a query, with a local id in a range (inclusive): from its start, or from its end if `back` is true.
pub(crate) fn candidates(
    db: &Read<'_>,
    query: &str,
    (first, last): (i64, i64),
    back: bool,
    most: usize,
) -> DbResult<Vec<i64>> {
    let mut statement = db.prepare(if back { &CANDIDATES_BACK } else { &CANDIDATES })?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![query, first, last, most], |row| row.get(0))?;
    let ids: Vec<i64> = rows.collect::<Result<_, _>>()?;
    let end = if back { last.saturating_add(1) } else { first.saturating_sub(1) };
    ensure_ordered(back, Some(end), ids.iter().copied())?;
    Ok(ids)
}

/// Calls `each` with every contact in the table.
pub(crate) fn for_each_document(db: &Read<'_>, mut each: impl FnMut(i64)) -> DbResult<()> {
    let mut statement = db.prepare(&DOCUMENTS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(row.get(0)?);
    }
    Ok(())
}

/// Calls `each` with every token of the table, with its contact.
pub(crate) fn for_each_token(db: &Read<'_>, mut each: impl FnMut(i64, &str)) -> DbResult<()> {
    let mut statement = db.prepare(&TOKENS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(row.get(0)?, row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?);
    }
    Ok(())
}

/// Makes the connection read the state of the table again. SQLite's own check uses the state that this connection has last read, and
/// reports damage if another connection has written since.
pub(crate) fn refresh(db: &Read<'_>) {
    let _ = candidates(db, &match_query(&[vec!["x".to_owned()]]), (1, 1), false, 1); // the check reports damage
}
