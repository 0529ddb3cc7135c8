//! The memtable log, and the list of segments of the search index. `src/index` defines what they contain.

use rusqlite::{OptionalExtension as _, named_params, params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::row_order::ensure_rows_affected;
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;
use crate::db::index::segment_parts;

/// One row of the table `memtable_log`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemtableLogRow {
    pub(crate) seq: i64,
    pub(crate) contact: i64,
    pub(crate) scopes: Vec<u8>,
    pub(crate) entries: Vec<u8>,
}

/// A segment without its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    pub(crate) id: i64,
    /// A random number that the checksums of its parts contain.
    pub(crate) nonce: i64,
    pub(crate) sequence: i64,
    /// The segment that it is being merged into.
    pub(crate) merge_target: Option<i64>,
    pub(crate) key_count: i64,
    /// Its blocks have the numbers below this one.
    pub(crate) block_count: u32,
    /// The pieces of its word dictionary have the numbers below this one.
    pub(crate) word_set_count: u32,
}

/// The two columns of a live segment from which its parts are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SegmentRoots {
    pub(crate) term_index: Option<Vec<u8>>,
    /// `None` if the dictionary is empty.
    pub(crate) dictionary: Option<Vec<u8>>,
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
    SEGMENTS = "SELECT id, nonce, sequence, merge_target, key_count, block_count, word_set_count
        FROM search_segment WHERE state = :state ORDER BY sequence DESC";
    ROOTS = "SELECT term_index_root, dictionary_root FROM search_segment WHERE id = :id";
    SET_ROOTS = "UPDATE search_segment SET term_index_root = :term_index_root, dictionary_root = :dictionary_root,
        pending_separators = NULL WHERE id = :id";
    PENDING_SEPARATORS = "SELECT pending_separators FROM search_segment WHERE id = :id";
    SET_PENDING_SEPARATORS = "UPDATE search_segment SET pending_separators = :pending_separators WHERE id = :id";
    INSERT_SEGMENT = "INSERT INTO search_segment (nonce, sequence, state, key_count, block_count, word_set_count)
        VALUES (:nonce, coalesce((SELECT max(sequence) FROM search_segment), 0) + 1, :state, 0, 0, 0)";
    SET_COUNTS = "UPDATE search_segment
        SET key_count = :key_count, block_count = :block_count, word_set_count = :word_set_count WHERE id = :id";
    SET_MERGE_TARGET = "UPDATE search_segment SET merge_target = :merge_target WHERE id = :id";
    RETIRE_SOURCES = "UPDATE search_segment SET state = 2 WHERE state = 0 AND merge_target = :merge_target";
    PUBLISH = "UPDATE search_segment SET state = 0, sequence = :sequence WHERE id = :id AND state = 1";
    DELETE_SEGMENT = "DELETE FROM search_segment WHERE id = :segment";
    RETIRE_ALL = "UPDATE search_segment SET state = 2";
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

/// Makes all segments obsolete, and clears the log. The parts of the segments are deleted later.
pub(crate) fn retire_all(db: &Write<'_>) -> DbResult<()> {
    segment_parts::delete_orphans(db)?;
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

/// The segments in a state, newest first.
pub(crate) fn segment_headers(db: &Read<'_>, state: SegmentState) -> DbResult<Vec<SegmentHeader>> {
    let mut statement = db.prepare(&SEGMENTS)?;
    let rows = statement.query_map(named_params! {":state": state.number()}, |row| {
        // A negative count is damage. It reads as 0, which differs from the count in the root of the term index.
        let count = |count: i64| u32::try_from(count).unwrap_or_default();
        Ok(SegmentHeader {
            id: row.get(0)?,
            nonce: row.get(1)?,
            sequence: row.get(2)?,
            merge_target: row.get(3)?,
            key_count: row.get(4)?,
            block_count: count(row.get(5)?),
            word_set_count: count(row.get(6)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
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

/// The roots of a live segment.
pub(crate) fn segment_roots(db: &Read<'_>, segment: i64) -> DbResult<SegmentRoots> {
    let params = named_params! {":id": segment};
    Ok(db
        .prepare(&ROOTS)?
        .query_row(params, |row| Ok(SegmentRoots { term_index: row.get(0)?, dictionary: row.get(1)? }))?)
}

/// Writes the roots of a segment whose parts are all written.
pub(crate) fn set_segment_roots(db: &Write<'_>, segment: i64, roots: &SegmentRoots) -> DbResult<()> {
    ensure_rows_affected(db.prepare(&SET_ROOTS)?.execute(named_params! {
        ":term_index_root": roots.term_index, ":dictionary_root": roots.dictionary, ":id": segment,
    })?)
}

/// The separators that a merge has not yet written into a piece of the term index.
pub(crate) fn pending_separators(db: &Read<'_>, segment: i64) -> DbResult<Option<Vec<u8>>> {
    let params = named_params! {":id": segment};
    Ok(db.prepare(&PENDING_SEPARATORS)?.query_row(params, |row| row.get(0))?)
}

/// Writes what [`pending_separators`] returns.
pub(crate) fn set_pending_separators(db: &Write<'_>, segment: i64, separators: &[u8]) -> DbResult<()> {
    let params = named_params! {":pending_separators": separators, ":id": segment};
    ensure_rows_affected(db.prepare(&SET_PENDING_SEPARATORS)?.execute(params)?)
}

/// Inserts a segment without parts, the newest of all.
pub(crate) fn insert_segment(db: &Write<'_>, state: SegmentState) -> DbResult<SegmentHeader> {
    let nonce = db.next_nonce();
    db.prepare(&INSERT_SEGMENT)?.execute(named_params! {":nonce": nonce, ":state": state.number()})?;
    Ok(SegmentHeader {
        id: db.last_insert_id(),
        nonce,
        sequence: 0,
        merge_target: None,
        key_count: 0,
        block_count: 0,
        word_set_count: 0,
    })
}

/// Writes the counts of a segment.
pub(crate) fn set_segment_counts(db: &Write<'_>, segment: &SegmentHeader) -> DbResult<()> {
    ensure_rows_affected(db.prepare(&SET_COUNTS)?.execute(named_params! {
        ":key_count": segment.key_count, ":block_count": segment.block_count,
        ":word_set_count": segment.word_set_count, ":id": segment.id,
    })?)
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

/// Deletes a segment and all its parts.
pub(crate) fn delete_segment(db: &Write<'_>, segment: i64) -> DbResult<()> {
    segment_parts::delete_all(db, segment)?;
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
            assert!(publish_segment(db, segment.id, 1).is_err(), "it is not being built");
            assert!(segment_parts::delete_blocks_from(db, segment.id, 0).is_err());
            delete_segment(db, segment.id)?;
            assert!(delete_segment(db, segment.id).is_err());
            assert!(set_segment_counts(db, &segment).is_err());
            assert!(set_merge_target(db, segment.id, 1).is_err());
            assert!(set_pending_separators(db, segment.id, &[]).is_err());
            let roots = SegmentRoots { term_index: None, dictionary: None };
            assert!(set_segment_roots(db, segment.id, &roots).is_err());
            Ok(())
        });
        assert!(done.is_ok(), "{done:?}");
    }
}
