//! The parts of segments: blocks, pieces of the term index, and sets of words. `src/index/segment` defines what they contain.

use rusqlite::{OptionalExtension as _, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::row_order::ensure_rows_affected;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::{Statement, statements};
use crate::error::Error;

/// The kind of a part. Parts of one kind have numbers from 0 in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PartKind {
    Block,
    TermIndex,
    DictionarySet,
}

statements! {
    BLOCK = "SELECT body FROM search_block WHERE id = :id";
    TERM_INDEX = "SELECT body FROM search_term_index WHERE id = :id";
    WORD_SET = "SELECT body FROM search_word_set WHERE id = :id";
    INSERT_BLOCK = "INSERT INTO search_block (id, body) VALUES (:id, :body)";
    INSERT_TERM_INDEX = "INSERT INTO search_term_index (id, separator, body) VALUES (:id, :first, :body)";
    INSERT_WORD_SET = "INSERT INTO search_word_set (id, first_word, body) VALUES (:id, :first, :body)";
    SEPARATORS = "SELECT separator FROM search_term_index WHERE id >= :low AND id < :high ORDER BY id";
    FIRST_WORDS = "SELECT first_word FROM search_word_set WHERE id >= :low AND id < :high ORDER BY id";
    DELETE_BLOCKS = "DELETE FROM search_block WHERE id >= :low AND id < :high";
    DELETE_TERM_INDEX = "DELETE FROM search_term_index WHERE id >= :low AND id < :high";
    DELETE_WORD_SETS = "DELETE FROM search_word_set WHERE id >= :low AND id < :high";
    DELETE_ORPHAN_BLOCKS = "DELETE FROM search_block WHERE id >> 24 NOT IN (SELECT id FROM search_segment)";
    DELETE_ORPHAN_TERM_INDEX = "DELETE FROM search_term_index WHERE id >> 24 NOT IN (SELECT id FROM search_segment)";
    DELETE_ORPHAN_WORD_SETS = "DELETE FROM search_word_set WHERE id >> 24 NOT IN (SELECT id FROM search_segment)";
    BYTES = "SELECT (SELECT coalesce(sum(length(body)), 0) FROM search_block)
        + (SELECT coalesce(sum(length(body)), 0) FROM search_term_index)
        + (SELECT coalesce(sum(length(body)), 0) FROM search_word_set)";
}

/// Bits of a row's id that hold the number of the part; the other bits hold the segment.
const NUMBER_BITS: u32 = 24;

/// The id of a part's row.
fn row_id(segment: i64, number: u32) -> DbResult<i64> {
    let id = segment.checked_mul(1 << NUMBER_BITS).and_then(|first| first.checked_add(i64::from(number)));
    let id = id.filter(|_| number < 1 << NUMBER_BITS);
    Ok(id.ok_or(Error::Damaged { what: "a segment of the search index", source: None })?)
}

/// The rows of a segment's parts from a number on, as a half-open range of ids.
fn row_range(segment: i64, from: u32) -> (i64, i64) {
    let first = |segment: i64| segment.saturating_mul(1 << NUMBER_BITS);
    (first(segment).saturating_add(i64::from(from)), first(segment.saturating_add(1)))
}

/// The body of a part; `None` if it is missing.
pub(crate) fn body(db: &Read<'_>, kind: PartKind, segment: i64, number: u32) -> DbResult<Option<Vec<u8>>> {
    let statement = match kind {
        PartKind::Block => &BLOCK,
        PartKind::TermIndex => &TERM_INDEX,
        PartKind::DictionarySet => &WORD_SET,
    };
    let params = named_params! {":id": row_id(segment, number)?};
    Ok(db.prepare(statement)?.query_row(params, |row| row.get(0)).optional()?)
}

/// Adds a block to a segment.
pub(crate) fn insert_block(db: &Write<'_>, segment: i64, number: u32, body: &[u8]) -> DbResult<()> {
    let params = named_params! {":id": row_id(segment, number)?, ":body": body};
    db.prepare(&INSERT_BLOCK)?.execute(params)?;
    Ok(())
}

/// Adds a piece of the term index. `separator` is that of its first block.
pub(crate) fn insert_term_index_piece(
    db: &Write<'_>,
    segment: i64,
    number: u32,
    separator: &[u8],
    body: &[u8],
) -> DbResult<()> {
    insert_piece(db, &INSERT_TERM_INDEX, (segment, number), separator, body)
}

/// Adds a set of words.
pub(crate) fn insert_word_set(
    db: &Write<'_>,
    segment: i64,
    number: u32,
    first_word: &[u8],
    body: &[u8],
) -> DbResult<()> {
    insert_piece(db, &INSERT_WORD_SET, (segment, number), first_word, body)
}

fn insert_piece(
    db: &Write<'_>,
    statement: &Statement,
    (segment, number): (i64, u32),
    first: &[u8],
    body: &[u8],
) -> DbResult<()> {
    let id = row_id(segment, number)?;
    db.prepare(statement)?.execute(named_params! {":id": id, ":first": first, ":body": body})?;
    Ok(())
}

/// The separators of the pieces of a segment's term index, in order.
pub(crate) fn separators(db: &Read<'_>, segment: i64) -> DbResult<Vec<Vec<u8>>> {
    first_keys(db, &SEPARATORS, segment)
}

/// The first words of a segment's sets of words, in order.
pub(crate) fn first_words(db: &Read<'_>, segment: i64) -> DbResult<Vec<Vec<u8>>> {
    first_keys(db, &FIRST_WORDS, segment)
}

fn first_keys(db: &Read<'_>, statement: &Statement, segment: i64) -> DbResult<Vec<Vec<u8>>> {
    let (low, high) = row_range(segment, 0);
    let mut statement = db.prepare(statement)?;
    let rows = statement.query_map(named_params! {":low": low, ":high": high}, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Deletes the blocks of a segment from a number on.
///
/// # Errors
/// [`Error::Damaged`] if there is none.
pub(crate) fn delete_blocks_from(db: &Write<'_>, segment: i64, from: u32) -> DbResult<()> {
    let (low, high) = row_range(segment, from);
    ensure_rows_affected(db.prepare(&DELETE_BLOCKS)?.execute(named_params! {":low": low, ":high": high})?)
}

/// Deletes all parts of a segment.
pub(super) fn delete_all(db: &Write<'_>, segment: i64) -> DbResult<()> {
    let (low, high) = row_range(segment, 0);
    for statement in [&DELETE_BLOCKS, &DELETE_TERM_INDEX, &DELETE_WORD_SETS] {
        db.prepare(statement)?.execute(named_params! {":low": low, ":high": high})?;
    }
    Ok(())
}

/// Deletes parts whose segment is missing.
pub(super) fn delete_orphans(db: &Write<'_>) -> DbResult<()> {
    for statement in [&DELETE_ORPHAN_BLOCKS, &DELETE_ORPHAN_TERM_INDEX, &DELETE_ORPHAN_WORD_SETS] {
        db.prepare(statement)?.execute([])?;
    }
    Ok(())
}

/// The size of all parts of all segments, in bytes.
pub(crate) fn total_bytes(db: &Read<'_>) -> DbResult<i64> {
    Ok(db.prepare(&BYTES)?.query_row([], |row| row.get(0))?)
}
