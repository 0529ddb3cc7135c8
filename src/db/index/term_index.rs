//! The list of a segment's parts: in pieces of [`PIECE`], each a value to read instead of a row a part. The segment's row has the list
//! of the pieces, so that the first search of a connection waits for little.
//!
//! Both have one format. Little-endian: of each part its id (8 bytes), checksum (4), the lengths of its first and last key (2 each) and the two keys; then
//! the CRC-32 of all that (4).

use crate::db::index::index_store::BlockHandle;

/// Parts of a piece: some four kilobytes.
pub(crate) const HANDLES_PER_PAGE: usize = if cfg!(test) { 3 } else { 128 };

/// A list as it is stored.
pub(crate) fn encode(parts: &[BlockHandle]) -> Vec<u8> {
    let mut list = Vec::with_capacity(parts.len().saturating_mul(64));
    for part in parts {
        list.extend_from_slice(&part.id.to_le_bytes());
        list.extend_from_slice(&part.checksum.to_le_bytes());
        for key in [&part.first_key, &part.last_key] {
            // A key is scope, shelf and at most `limits::KEY_TEXT` bytes.
            list.extend_from_slice(&u16::try_from(key.len()).unwrap_or(u16::MAX).to_le_bytes());
        }
        list.extend_from_slice(&part.first_key);
        list.extend_from_slice(&part.last_key);
    }
    let checksum = crc32fast::hash(&list);
    list.extend_from_slice(&checksum.to_le_bytes());
    list
}

/// The parts, or `None` if this is not what was stored.
pub(crate) fn decode(list: &[u8]) -> Option<Vec<BlockHandle>> {
    let (list, checksum) = list.split_last_chunk::<4>()?;
    if crc32fast::hash(list) != u32::from_le_bytes(*checksum) {
        return None;
    }
    let mut rest = list;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let id = i64::from_le_bytes(*take(&mut rest)?);
        let checksum = u32::from_le_bytes(*take(&mut rest)?);
        let first = usize::from(u16::from_le_bytes(*take(&mut rest)?));
        let last = usize::from(u16::from_le_bytes(*take(&mut rest)?));
        let (first_key, after) = rest.split_at_checked(first)?;
        let (last_key, after) = after.split_at_checked(last)?;
        rest = after;
        parts.push(BlockHandle { id, first_key: first_key.to_vec(), last_key: last_key.to_vec(), checksum });
    }
    Some(parts)
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
        let part = |id: i64, first: &[u8], last: &[u8]| BlockHandle {
            id,
            first_key: first.to_vec(),
            last_key: last.to_vec(),
            checksum: 7,
        };
        for parts in [vec![], vec![part(1, b"a", b"b"), part(i64::MAX, b"", &[255; 300])]] {
            let list = encode(&parts);
            assert_eq!(decode(&list).unwrap(), parts);
            for bit in 0..list.len() * 8 {
                let mut list = list.clone();
                list[bit / 8] ^= 1 << (bit % 8);
                assert!(decode(&list).is_none(), "bit {bit}");
            }
            for length in 0..list.len() {
                assert!(decode(&list[..length]).is_none(), "cut at {length}");
            }
        }
    }
}
