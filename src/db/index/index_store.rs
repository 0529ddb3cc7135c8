//! The tables of the search index: memtable log, segments and blocks. `src/index` defines their contents.

use rusqlite::{OptionalExtension as _, named_params, params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::row_order::ensure_rows_affected;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;
use crate::error::Error;

/// One row of the table `memtable_log`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemtableLogRow {
    pub(crate) seq: i64,
    pub(crate) contact: i64,
    pub(crate) scopes: Vec<u8>,
    pub(crate) entries: Vec<u8>,
}

/// A block without its body. Also a page of a term index, with the keys of its first and last block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BlockHandle {
    pub(crate) id: i64,
    pub(crate) first_key: Vec<u8>,
    pub(crate) last_key: Vec<u8>,
    pub(crate) checksum: u32,
}

/// A segment without its blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    pub(crate) id: i64,
    pub(crate) sequence: i64,
    /// The segment that it is being merged into.
    pub(crate) merge_target: Option<i64>,
    pub(crate) key_count: i64,
    /// The number of its blocks.
    pub(crate) block_count: i64,
    state: SegmentState,
}

/// A segment that is not live, with its blocks in key order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SegmentRow {
    pub(crate) id: i64,
    pub(crate) sequence: i64,
    pub(crate) key_count: i64,
    pub(crate) blocks: Vec<BlockHandle>,
}

/// The state of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SegmentState {
    /// It is searched.
    Live,
    /// A merge is building it.
    Building,
    /// It is to be deleted.
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
    DELETE_TERM_INDEX = "DELETE FROM search_term_index WHERE segment = :segment";
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

/// Appends a change of `keys` keys to the log. Returns the number of keys in the log since the last [`clear_memtable_log`].
pub(crate) fn append_memtable_log(
    db: &Write<'_>,
    contact: i64,
    scopes: &[u8],
    entries: &[u8],
    keys: i64,
) -> DbResult<i64> {
    let last: Option<i64> = db.prepare(&LAST_CUMULATIVE_KEYS)?.query_row([], |row| row.get(0)).optional()?;
    let total = last.unwrap_or_default().saturating_add(keys);
    db.prepare(&INSERT_LOG)?.execute(params![contact, scopes, entries, total])?;
    Ok(total)
}

/// The rows of the log after `seq`, oldest first.
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

/// Makes all segments obsolete, and clears the log. The blocks of the segments are deleted later.
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

/// The epoch: the number of changes to the set of segments.
pub(crate) fn epoch(db: &Read<'_>) -> DbResult<i64> {
    Ok(db.prepare(&EPOCH)?.query_row([], |row| row.get(0))?)
}

/// Increments the epoch, after a change to the set of segments.
pub(crate) fn increment_epoch(db: &Write<'_>) -> DbResult<()> {
    db.prepare(&INCREMENT_EPOCH)?.execute([])?;
    Ok(())
}

/// A number that changes when another connection commits. Commits of this connection do not change it.
pub(crate) fn data_version(db: &Read<'_>) -> DbResult<i64> {
    Ok(db.prepare(&DATA_VERSION)?.query_row([], |row| row.get(0))?)
}

/// The segments in a state, newest first, without their blocks.
pub(crate) fn segment_headers(db: &Read<'_>, state: SegmentState) -> DbResult<Vec<SegmentHeader>> {
    let mut statement = db.prepare(&SEGMENTS)?;
    let rows = statement.query_map(named_params! {":state": state.number()}, |row| {
        Ok(SegmentHeader {
            id: row.get(0)?,
            sequence: row.get(1)?,
            merge_target: row.get(2)?,
            key_count: row.get(3)?,
            block_count: row.get(4)?,
            state,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A segment that is not live, with its blocks.
///
/// # Errors
/// [`Error::Damaged`] if blocks are missing.
pub(crate) fn load_segment(db: &Read<'_>, header: SegmentHeader) -> DbResult<SegmentRow> {
    let SegmentHeader { id, sequence, key_count, .. } = header;
    let blocks = blocks(db, id)?;
    // An obsolete segment may be damaged.
    if header.state != SegmentState::Obsolete && i64::try_from(blocks.len()).ok() != Some(header.block_count)
    {
        return Err(damaged().into());
    }
    Ok(SegmentRow { id, sequence, key_count, blocks })
}

pub(super) fn damaged() -> Error {
    Error::Damaged { what: "a segment of the search index", source: None }
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

/// The blocks of a segment, in key order.
pub(super) fn blocks(db: &Read<'_>, segment: i64) -> DbResult<Vec<BlockHandle>> {
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

/// The size of all blocks, in bytes.
pub(crate) fn total_block_bytes(db: &Read<'_>) -> DbResult<i64> {
    Ok(db.prepare(&BYTES)?.query_row([], |row| row.get(0))?)
}

/// The body of a block.
///
/// # Errors
/// [`Error::Damaged`] if the block is missing.
pub(crate) fn block_body(db: &Read<'_>, block: i64) -> DbResult<Vec<u8>> {
    let found = db.prepare(&BODY)?.query_row(named_params! {":id": block}, |row| row.get(0)).optional()?;
    Ok(found.ok_or(Error::Damaged { what: "a block of the search index", source: None })?)
}

/// Inserts a segment, the newest of all, and returns its id.
pub(crate) fn insert_segment(db: &Write<'_>, state: SegmentState) -> DbResult<i64> {
    db.prepare(&INSERT_SEGMENT)?.execute(named_params! {":state": state.number()})?;
    Ok(db.last_insert_id())
}

/// Writes the number of keys and blocks of a segment.
pub(crate) fn set_segment_counts(db: &Write<'_>, segment: i64, keys: i64, blocks: i64) -> DbResult<()> {
    let params = named_params! {":key_count": keys, ":block_count": blocks, ":id": segment};
    ensure_rows_affected(db.prepare(&SET_SEGMENT)?.execute(params)?)
}

/// Writes the segment that another one is being merged into.
pub(crate) fn set_merge_target(db: &Write<'_>, segment: i64, target: i64) -> DbResult<()> {
    ensure_rows_affected(
        db.prepare(&SET_MERGE_TARGET)?.execute(named_params! {":merge_target": target, ":id": segment})?,
    )
}

/// Makes the sources of a merged segment obsolete.
pub(crate) fn retire_sources(db: &Write<'_>, segment: i64) -> DbResult<()> {
    db.prepare(&RETIRE_SOURCES)?.execute(named_params! {":merge_target": segment})?;
    Ok(())
}

/// Makes a merged segment live, with the sequence number of its sources.
pub(crate) fn publish_segment(db: &Write<'_>, segment: i64, sequence: i64) -> DbResult<()> {
    ensure_rows_affected(
        db.prepare(&PUBLISH)?.execute(named_params! {":id": segment, ":sequence": sequence})?,
    )
}

/// Adds a block to a segment. `block.id` is ignored.
pub(crate) fn insert_block(
    db: &Write<'_>,
    segment: i64,
    number: i64,
    block: &BlockHandle,
    body: &[u8],
) -> DbResult<()> {
    db.prepare(&INSERT_BLOCK)?.execute(named_params! {
        ":segment": segment, ":number": number, ":first_key": block.first_key, ":last_key": block.last_key,
        ":checksum": block.checksum, ":body": body,
    })?;
    Ok(())
}

/// Deletes the blocks of a segment from number `from` on.
///
/// # Errors
/// [`Error::Damaged`] if there is none.
pub(crate) fn delete_blocks_from(db: &Write<'_>, segment: i64, from: i64) -> DbResult<()> {
    ensure_rows_affected(
        db.prepare(&DELETE_BLOCKS)?.execute(named_params! {":segment": segment, ":from": from})?,
    )
}

/// Deletes a segment with its term index and the rest of its blocks.
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

    /// Regression test: a flipped bit in the index of segments made a finished segment look unfinished. `optimize` finished it again and
    /// again, and never returned (case 3104 of 10,000 in `tests/damage/corruption.rs`). So a step that changes nothing must fail.
    #[test]
    fn changes_of_missing_segments_fail() {
        let store = Options::new().open_in_memory().unwrap();
        let done = store.engine.write(&CancelToken::default(), |db| {
            let segment = insert_segment(db, SegmentState::Live)?;
            assert!(publish_segment(db, segment, 1).is_err(), "it is not being built");
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
