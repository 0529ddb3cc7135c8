//! Encodes the postings of a key; [`posting_list`](super::posting_list) documents the format.

use crate::index::segment::posting::Posting;
use crate::index::segment::varint::write_varint;

/// Appends posting lists to the postings section of a block.
#[derive(Debug)]
pub(super) struct PostingWriter {
    chunk_len: usize,
    bytes: Vec<u8>,
}

impl PostingWriter {
    /// A writer that cuts lists into chunks of `chunk_len` postings.
    pub(super) fn new(chunk_len: usize) -> Self {
        Self { chunk_len, bytes: Vec::new() }
    }

    /// Bytes written since the last [`take`](Self::take).
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The section; the next one starts empty.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Writes the postings of a key, which are not none, and returns the key's postings reference.
    pub(super) fn write(&mut self, postings: &[Posting]) -> u64 {
        if let [Posting { contact, live: true, dedup_prefix_len: dedup @ (0 | 1) }] = postings {
            return (to_unsigned(*contact) << 1 | u64::from(*dedup)) << 1;
        }
        let out = &mut self.bytes;
        let at = u64::try_from(out.len()).unwrap_or_default();
        write_varint(u64::try_from(postings.len()).unwrap_or_default(), out);
        if postings.len() <= self.chunk_len {
            write_chunk(postings, 0, out);
        } else {
            let mut chunks = Vec::new();
            let mut previous = 0;
            for chunk in postings.chunks(self.chunk_len) {
                let first = chunk.first().map_or(0, |posting| posting.contact);
                let start = chunks.len();
                write_chunk(chunk, first, &mut chunks);
                write_varint(to_unsigned(first.saturating_sub(previous)), out);
                write_varint(u64::try_from(chunks.len().saturating_sub(start)).unwrap_or_default(), out);
                previous = first;
            }
            out.append(&mut chunks);
        }
        at << 1 | 1
    }
}

fn write_chunk(chunk: &[Posting], mut previous: i64, out: &mut Vec<u8>) {
    for posting in chunk {
        let delta = to_unsigned(posting.contact.saturating_sub(previous)) << 2;
        match posting {
            Posting { live: false, .. } => write_varint(delta | 3, out),
            Posting { dedup_prefix_len: dedup @ (0 | 1), .. } => write_varint(delta | u64::from(*dedup), out),
            Posting { dedup_prefix_len: dedup, .. } => {
                write_varint(delta | 2, out);
                out.push(*dedup);
            }
        }
        previous = posting.contact;
    }
}

fn to_unsigned(contact: i64) -> u64 {
    u64::try_from(contact).unwrap_or_default()
}
