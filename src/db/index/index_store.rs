//! The rows of the search index: recent keys, segments, parts. What is in them is the business of `index/`.

use rusqlite::{OptionalExtension as _, named_params, params};

use crate::db::index::term_index::{self, HANDLES_PER_PAGE as PIECE_OF};
use crate::db::{DbResult, Read, Write, ensure_rows_affected, statements};
use crate::error::Error;

/// One row of `search_delta`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemtableLogRow {
    pub(crate) seq: i64,
    pub(crate) contact: i64,
    pub(crate) scopes: Vec<u8>,
    pub(crate) entries: Vec<u8>,
}

/// A part without its body; also a piece of a list of parts, by the keys of its first and its last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BlockHandle {
    pub(crate) id: i64,
    pub(crate) first_key: Vec<u8>,
    pub(crate) last_key: Vec<u8>,
    pub(crate) checksum: u32,
}

/// A segment without its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    pub(crate) id: i64,
    pub(crate) sequence: i64,
    /// The segment that it is being merged into.
    pub(crate) merge_target: Option<i64>,
    pub(crate) key_count: i64,
    /// How many parts it has.
    pub(crate) block_count: i64,
    state: SegmentState,
}

/// A segment that is not searched, with its parts in key order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SegmentRow {
    pub(crate) id: i64,
    pub(crate) sequence: i64,
    pub(crate) key_count: i64,
    pub(crate) blocks: Vec<BlockHandle>,
}

/// What a segment is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SegmentState {
    /// It is searched.
    Live,
    /// A merge is making it.
    Building,
    /// Nothing reads it any more.
    Obsolete,
}

statements! {
    INSERT_LOG = "INSERT INTO memtable_log (contact, scopes, entries, cumulative_keys) VALUES (:contact, :scopes, :entries, :cumulative_keys)";
    LAST_CUMULATIVE_KEYS = "SELECT cumulative_keys FROM memtable_log WHERE seq > 0 ORDER BY seq DESC LIMIT 1";
    LOG_SINCE = "SELECT seq, contact, scopes, entries FROM memtable_log WHERE seq > :seq ORDER BY seq";
    CLEAR_LOG = "DELETE FROM memtable_log";
    EPOCH = "SELECT search_epoch FROM metadata WHERE id = 1";
    INCREMENT_EPOCH = "UPDATE metadata SET search_epoch = search_epoch + 1 WHERE id = 1";
    SEGMENTS = "SELECT id, sequence, merge_target, key_count, block_count FROM search_segment WHERE state = :state ORDER BY sequence DESC";
    BLOCKS = "SELECT id, first_key, last_key, checksum FROM search_block WHERE segment = :segment ORDER BY number";
    BYTES = "SELECT coalesce(sum(length(body)), 0) FROM search_block";
    BODY = "SELECT body FROM search_block WHERE id = :id";
    INSERT_SEGMENT = "INSERT INTO search_segment (sequence, state, key_count, block_count)
        VALUES (coalesce((SELECT max(sequence) FROM search_segment), 0) + 1, :state, 0, 0)";
    SET_SEGMENT = "UPDATE search_segment SET key_count = :key_count, block_count = :block_count WHERE id = :id";
    TERM_INDEX_ROOT = "SELECT term_index_root FROM search_segment WHERE id = :id";
    TERM_INDEX_PAGE = "SELECT entries FROM search_term_index WHERE id = :id";
    INSERT_TERM_INDEX_PAGE = "INSERT INTO search_term_index (segment, entries) VALUES (:segment, :entries)";
    DELETE_TERM_INDEX = "DELETE FROM search_term_index WHERE segment = :segment";
    SET_TERM_INDEX_ROOT = "UPDATE search_segment SET term_index_root = :term_index_root WHERE id = :id";
    SET_MERGE_TARGET = "UPDATE search_segment SET merge_target = :merge_target WHERE id = :id";
    RETIRE_SOURCES = "UPDATE search_segment SET state = 2 WHERE state = 0 AND merge_target = :merge_target";
    PUBLISH = "UPDATE search_segment SET state = 0, sequence = :sequence WHERE id = :id AND state = 1";
    INSERT_BLOCK = "INSERT INTO search_block (segment, number, first_key, last_key, checksum, body)
        VALUES (:segment, :number, :first_key, :last_key, :checksum, :body)";
    DELETE_BLOCKS = "DELETE FROM search_block WHERE segment = :segment AND number >= :from";
    DELETE_SEGMENT = "DELETE FROM search_segment WHERE id = :segment";
    RETIRE_ALL = "UPDATE search_segment SET state = 2";
    DELETE_ORPHAN_BLOCKS = "DELETE FROM search_block WHERE segment NOT IN (SELECT id FROM search_segment)";
    DELETE_ORPHAN_TERM_INDEX = "DELETE FROM search_term_index WHERE segment NOT IN (SELECT id FROM search_segment)";
    DATA_VERSION = "PRAGMA data_version";
}

/// Appends a change of `keys` keys to the delta, and gives the number of keys that wait there since the last [`clear_delta`].
pub(crate) fn append_memtable_log(
    db: &Write<'_>,
    contact: i64,
    scopes: &[u8],
    texts: &[u8],
    keys: i64,
) -> DbResult<i64> {
    let waiting: Option<i64> =
        db.prepare(&LAST_CUMULATIVE_KEYS)?.query_row([], |row| row.get(0)).optional()?;
    let total = waiting.unwrap_or_default().saturating_add(keys);
    db.prepare(&INSERT_LOG)?.execute(params![contact, scopes, texts, total])?;
    Ok(total)
}

/// The delta after row `seq`, oldest first.
pub(crate) fn memtable_log_since(db: &Read<'_>, seq: i64) -> DbResult<Vec<MemtableLogRow>> {
    let mut statement = db.prepare(&LOG_SINCE)?;
    let rows = statement.query_map(named_params! {":seq": seq}, |row| {
        Ok(MemtableLogRow {
            seq: row.get(0)?,
            contact: row.get(1)?,
            scopes: row.get(2)?,
            entries: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Leaves no segment to be searched, and no recent key. What the segments are made of is removed later.
pub(crate) fn retire_all(db: &Write<'_>) -> DbResult<()> {
    db.prepare(&DELETE_ORPHAN_BLOCKS)?.execute([])?;
    db.prepare(&DELETE_ORPHAN_TERM_INDEX)?.execute([])?;
    db.prepare(&RETIRE_ALL)?.execute([])?;
    clear_memtable_log(db)
}

pub(crate) fn clear_memtable_log(db: &Write<'_>) -> DbResult<()> {
    db.prepare(&CLEAR_LOG)?.execute([])?;
    Ok(())
}

/// Counts the changes of the set of segments.
pub(crate) fn epoch(db: &Read<'_>) -> DbResult<i64> {
    Ok(db.prepare(&EPOCH)?.query_row([], |row| row.get(0))?)
}

/// Says that the set of segments has changed.
pub(crate) fn increment_epoch(db: &Write<'_>) -> DbResult<()> {
    db.prepare(&INCREMENT_EPOCH)?.execute([])?;
    Ok(())
}

/// A number that moves when another connection commits; the connection's own commits do not move it.
pub(crate) fn data_version(db: &Read<'_>) -> DbResult<i64> {
    Ok(db.prepare(&DATA_VERSION)?.query_row([], |row| row.get(0))?)
}

/// The segments in a state, newest first, without their parts.
pub(crate) fn segment_headers(db: &Read<'_>, state: SegmentState) -> DbResult<Vec<SegmentHeader>> {
    let mut statement = db.prepare(&SEGMENTS)?;
    let rows = statement.query_map(named_params! {":state": state.number()}, |row| {
        let (id, age, target) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(SegmentHeader {
            id,
            sequence: age,
            merge_target: target,
            key_count: row.get(3)?,
            block_count: row.get(4)?,
            state,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A segment that is not searched, with its parts.
///
/// # Errors
/// [`Error::Damaged`] if they are not those that it must have.
pub(crate) fn load_segment(db: &Read<'_>, head: SegmentHeader) -> DbResult<SegmentRow> {
    let SegmentHeader { id, sequence: age, key_count: keys, .. } = head;
    let parts = blocks(db, id)?;
    // What is to be removed may have been damaged.
    if head.state != SegmentState::Obsolete && i64::try_from(parts.len()).ok() != Some(head.block_count) {
        return Err(damaged().into());
    }
    Ok(SegmentRow { id, sequence: age, key_count: keys, blocks: parts })
}

/// The pieces of the list of parts of a segment that is searched.
///
/// # Errors
/// [`Error::Damaged`] if they are not those that it must have.
pub(crate) fn term_index_root(db: &Read<'_>, head: SegmentHeader) -> DbResult<Vec<BlockHandle>> {
    let list: Option<Vec<u8>> =
        db.prepare(&TERM_INDEX_ROOT)?.query_row(named_params! {":id": head.id}, |row| row.get(0))?;
    let pieces = list.as_deref().and_then(term_index::decode).ok_or_else(damaged)?;
    let parts = usize::try_from(head.block_count).map_err(|_| damaged())?;
    if pieces.len() != parts.div_ceil(PIECE_OF) {
        return Err(damaged().into());
    }
    Ok(pieces)
}

/// The parts of a piece.
///
/// # Errors
/// [`Error::Damaged`] if it is not what was written.
pub(crate) fn term_index_page(db: &Read<'_>, piece: &BlockHandle) -> DbResult<Vec<BlockHandle>> {
    let list: Option<Vec<u8>> = db
        .prepare(&TERM_INDEX_PAGE)?
        .query_row(named_params! {":id": piece.id}, |row| row.get(0))
        .optional()?;
    let list = list.filter(|list| crc32fast::hash(list) == piece.checksum);
    Ok(list.as_deref().and_then(term_index::decode).ok_or_else(damaged)?)
}

fn damaged() -> Error {
    Error::Damaged { what: "a segment of the search index", source: None }
}

/// Lets a segment that has all its parts be read.
pub(crate) fn write_term_index(db: &Write<'_>, segment: i64) -> DbResult<()> {
    let mut pieces = Vec::new();
    for parts in blocks(db, segment)?.chunks(PIECE_OF) {
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { continue };
        let list = term_index::encode(parts);
        db.prepare(&INSERT_TERM_INDEX_PAGE)?
            .execute(named_params! {":segment": segment, ":entries": list})?;
        pieces.push(BlockHandle {
            id: db.last_insert_id(),
            first_key: first.first_key.clone(),
            last_key: last.last_key.clone(),
            checksum: crc32fast::hash(&list),
        });
    }
    let list = term_index::encode(&pieces);
    db.prepare(&SET_TERM_INDEX_ROOT)?.execute(named_params! {":term_index_root": list, ":id": segment})?;
    Ok(())
}

impl SegmentState {
    fn number(self) -> i64 {
        match self {
            Self::Live => 0,
            Self::Building => 1,
            Self::Obsolete => 2,
        }
    }
}

fn blocks(db: &Read<'_>, segment: i64) -> DbResult<Vec<BlockHandle>> {
    let mut statement = db.prepare(&BLOCKS)?;
    let rows = statement.query_map(named_params! {":segment": segment}, |row| {
        Ok(BlockHandle {
            id: row.get(0)?,
            first_key: row.get(1)?,
            last_key: row.get(2)?,
            checksum: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Bytes of all parts.
pub(crate) fn total_block_bytes(db: &Read<'_>) -> DbResult<i64> {
    Ok(db.prepare(&BYTES)?.query_row([], |row| row.get(0))?)
}

/// The body of a part.
///
/// # Errors
/// [`Error::Damaged`] if there is none.
pub(crate) fn block_body(db: &Read<'_>, part: i64) -> DbResult<Vec<u8>> {
    let found = db.prepare(&BODY)?.query_row(named_params! {":id": part}, |row| row.get(0)).optional()?;
    Ok(found.ok_or(Error::Damaged { what: "a part of the search index", source: None })?)
}

/// Starts a segment, the newest of all, and gives its id.
pub(crate) fn insert_segment(db: &Write<'_>, state: SegmentState) -> DbResult<i64> {
    db.prepare(&INSERT_SEGMENT)?.execute(named_params! {":state": state.number()})?;
    Ok(db.last_insert_id())
}

/// Says how many keys and parts a segment holds.
pub(crate) fn set_segment_counts(db: &Write<'_>, segment: i64, keys: i64, parts: i64) -> DbResult<()> {
    let params = named_params! {":key_count": keys, ":block_count": parts, ":id": segment};
    ensure_rows_affected(db.prepare(&SET_SEGMENT)?.execute(params)?)
}

/// Says which segment another is being merged into.
pub(crate) fn set_merge_target(db: &Write<'_>, segment: i64, target: i64) -> DbResult<()> {
    ensure_rows_affected(
        db.prepare(&SET_MERGE_TARGET)?.execute(named_params! {":merge_target": target, ":id": segment})?,
    )
}

/// Retires the sources of a segment that a merge has made.
pub(crate) fn retire_sources(db: &Write<'_>, segment: i64) -> DbResult<()> {
    db.prepare(&RETIRE_SOURCES)?.execute(named_params! {":merge_target": segment})?;
    Ok(())
}

/// Puts a merged segment in the place of its sources, which were as old as `age`.
pub(crate) fn publish_segment(db: &Write<'_>, segment: i64, age: i64) -> DbResult<()> {
    ensure_rows_affected(db.prepare(&PUBLISH)?.execute(named_params! {":id": segment, ":sequence": age})?)
}

/// Adds a part to a segment; `part.id` is not looked at.
pub(crate) fn insert_block(
    db: &Write<'_>,
    segment: i64,
    number: i64,
    part: &BlockHandle,
    body: &[u8],
) -> DbResult<()> {
    db.prepare(&INSERT_BLOCK)?.execute(named_params! {
        ":segment": segment, ":number": number, ":first_key": part.first_key, ":last_key": part.last_key,
        ":checksum": part.checksum, ":body": body,
    })?;
    Ok(())
}

/// Removes the parts of a segment from number `from` on.
///
/// # Errors
/// [`Error::Damaged`] if there are none.
pub(crate) fn delete_blocks_from(db: &Write<'_>, segment: i64, from: i64) -> DbResult<()> {
    ensure_rows_affected(
        db.prepare(&DELETE_BLOCKS)?.execute(named_params! {":segment": segment, ":from": from})?,
    )
}

/// Removes a segment with the parts that it still has.
pub(crate) fn delete_segment(db: &Write<'_>, segment: i64) -> DbResult<()> {
    db.prepare(&DELETE_BLOCKS)?.execute(named_params! {":segment": segment, ":from": 0})?;
    db.prepare(&DELETE_TERM_INDEX)?.execute(named_params! {":segment": segment})?;
    ensure_rows_affected(db.prepare(&DELETE_SEGMENT)?.execute(named_params! {":segment": segment})?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;
    use crate::host::interrupt::CancelToken;

    /// A flipped bit in the index of segments told of one being made that had been finished: `optimize` finished it again and again,
    /// and never came back (case 3104 of `tests/damage/harm.rs`, of 10,000). Nothing may be done that does nothing.
    #[test]
    fn changes_of_missing_segments_fail() {
        let store = Options::new().open_in_memory().unwrap();
        let done = store.engine.write(&CancelToken::default(), |db| {
            let segment = insert_segment(db, SegmentState::Live)?;
            assert!(publish_segment(db, segment, 1).is_err(), "it is not being made");
            assert!(delete_blocks_from(db, segment, 0).is_err());
            delete_segment(db, segment)?;
            assert!(delete_segment(db, segment).is_err());
            assert!(set_segment_counts(db, segment, 0, 0).is_err());
            assert!(set_merge_target(db, segment, 1).is_err());
            Ok(())
        });
        assert!(done.is_ok(), "{done:?}");
    }
}
