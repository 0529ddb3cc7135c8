//! The term index of a segment: the handles of its blocks, in pages. A page is one value to read, instead of one row per block. The
//! segment's row contains the root, the list of the pages, so that the first search of a connection reads little.
//!
//! Root and pages have one format, little-endian. Per block: its id (8 bytes), its checksum (4), the lengths of its first and last key
//! (2 each), and the two keys. At the end: the CRC-32 of all this (4).

use rusqlite::{OptionalExtension as _, named_params};

use crate::db::connection::conn::{Read, Write};
use crate::db::connection::sqlite_error::DbResult;
use crate::db::connection::statement::statements;
use crate::db::index::index_store::{BlockHandle, SegmentHeader, blocks, damaged};

statements! {
    ROOT = "SELECT term_index_root FROM search_segment WHERE id = :id";
    SET_ROOT = "UPDATE search_segment SET term_index_root = :term_index_root WHERE id = :id";
    PAGE = "SELECT entries FROM search_term_index WHERE id = :id";
    INSERT_PAGE = "INSERT INTO search_term_index (segment, entries) VALUES (:segment, :entries)";
}

/// The pages of the term index of a live segment.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) if pages are missing.
pub(crate) fn term_index_root(db: &Read<'_>, header: SegmentHeader) -> DbResult<Vec<BlockHandle>> {
    let entries: Option<Vec<u8>> =
        db.prepare(&ROOT)?.query_row(named_params! {":id": header.id}, |row| row.get(0))?;
    let pages = entries.as_deref().and_then(decode).ok_or_else(damaged)?;
    let blocks = usize::try_from(header.block_count).map_err(|_| damaged())?;
    if pages.len() != blocks.div_ceil(db.tuning().storage.blocks_per_term_index_page) {
        return Err(damaged().into());
    }
    Ok(pages)
}

/// The blocks of a page.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) if the page is missing or differs from its checksum.
pub(crate) fn term_index_page(db: &Read<'_>, page: &BlockHandle) -> DbResult<Vec<BlockHandle>> {
    let entries: Option<Vec<u8>> =
        db.prepare(&PAGE)?.query_row(named_params! {":id": page.id}, |row| row.get(0)).optional()?;
    let entries = entries.filter(|entries| crc32fast::hash(entries) == page.checksum);
    Ok(entries.as_deref().and_then(decode).ok_or_else(damaged)?)
}

/// Writes the term index of a segment whose blocks are all written.
pub(crate) fn write_term_index(db: &Write<'_>, segment: i64) -> DbResult<()> {
    let mut pages = Vec::new();
    for blocks in blocks(db, segment)?.chunks(db.tuning().storage.blocks_per_term_index_page) {
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { continue };
        let entries = encode(blocks);
        db.prepare(&INSERT_PAGE)?.execute(named_params! {":segment": segment, ":entries": entries})?;
        pages.push(BlockHandle {
            id: db.last_insert_id(),
            first_key: first.first_key.clone(),
            last_key: last.last_key.clone(),
            checksum: crc32fast::hash(&entries),
        });
    }
    db.prepare(&SET_ROOT)?.execute(named_params! {":term_index_root": encode(&pages), ":id": segment})?;
    Ok(())
}

fn encode(handles: &[BlockHandle]) -> Vec<u8> {
    let mut entries = Vec::with_capacity(handles.len().saturating_mul(64));
    for handle in handles {
        entries.extend_from_slice(&handle.id.to_le_bytes());
        entries.extend_from_slice(&handle.checksum.to_le_bytes());
        for key in [&handle.first_key, &handle.last_key] {
            // A key is a scope, a term field, and a text of at most `limits::INDEX_KEY_BYTES` bytes.
            entries.extend_from_slice(&u16::try_from(key.len()).unwrap_or(u16::MAX).to_le_bytes());
        }
        entries.extend_from_slice(&handle.first_key);
        entries.extend_from_slice(&handle.last_key);
    }
    let checksum = crc32fast::hash(&entries);
    entries.extend_from_slice(&checksum.to_le_bytes());
    entries
}

/// Decodes a root or page; `None` if the bytes are not valid.
fn decode(entries: &[u8]) -> Option<Vec<BlockHandle>> {
    let (entries, checksum) = entries.split_last_chunk::<4>()?;
    if crc32fast::hash(entries) != u32::from_le_bytes(*checksum) {
        return None;
    }
    let mut rest = entries;
    let mut handles = Vec::new();
    while !rest.is_empty() {
        let id = i64::from_le_bytes(*take(&mut rest)?);
        let checksum = u32::from_le_bytes(*take(&mut rest)?);
        let first = usize::from(u16::from_le_bytes(*take(&mut rest)?));
        let last = usize::from(u16::from_le_bytes(*take(&mut rest)?));
        let (first_key, after) = rest.split_at_checked(first)?;
        let (last_key, after) = after.split_at_checked(last)?;
        rest = after;
        handles.push(BlockHandle {
            id,
            first_key: first_key.to_vec(),
            last_key: last_key.to_vec(),
            checksum,
        });
    }
    Some(handles)
}

fn take<'r, const BYTES: usize>(rest: &mut &'r [u8]) -> Option<&'r [u8; BYTES]> {
    let (first, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn term_index_round_trips_and_detects_corruption() {
        let handle = |id: i64, first: &[u8], last: &[u8]| BlockHandle {
            id,
            first_key: first.to_vec(),
            last_key: last.to_vec(),
            checksum: 7,
        };
        for handles in [vec![], vec![handle(1, b"a", b"b"), handle(i64::MAX, b"", &[255; 300])]] {
            let entries = encode(&handles);
            assert_eq!(decode(&entries).unwrap(), handles);
            for bit in 0..entries.len() * 8 {
                let mut entries = entries.clone();
                entries[bit / 8] ^= 1 << (bit % 8);
                assert!(decode(&entries).is_none(), "bit {bit}");
            }
            for length in 0..entries.len() {
                assert!(decode(&entries[..length]).is_none(), "cut at {length}");
            }
        }
    }
}
