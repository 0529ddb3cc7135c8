//! A part: one sorted piece of a segment, some 16 kB, as it lies in the file and in memory.
//!
//! Body, little-endian: magic `CXP3` (4 bytes), length of the keys (4), of the table (4), of the postings (4), and these three.
//! A key is scope ‖ shelf ‖ text. It is written as what it has that the one before it has not: how many first bytes they share,
//! how many bytes follow, these, and the key's number, which `postings` explains; all numbers are LEB128. Every sixteenth key
//! begins a block: it is told from the first key of the part instead, so that it can be read without what stands before it, and
//! its offset stands in the table, in four bytes. The CRC-32 of the whole body stands in the part's row.

use std::cmp::Ordering;
use std::ops::Range;

use crate::db::index::index_store::PartRow;
use crate::error::{Error, Result};
use crate::index::segment::postings::{self, Posting, write_number};

const MAGIC: [u8; 4] = *b"CXP3";
const HEAD: usize = 16;
/// Bytes of keys and postings at which a part is closed. A page wants a few keys of a part, and reads all of it.
const FULL: usize = if cfg!(test) { 256 } else { 3800 };
/// Keys of a block.
const BLOCK: usize = if cfg!(test) { 4 } else { 16 };

/// A part in memory, verified.
pub(crate) struct Part {
    body: Vec<u8>,
    keys: Range<usize>,
    table: Range<usize>,
    postings: Range<usize>,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part").field("bytes", &self.size()).finish_non_exhaustive()
    }
}

/// A key as it is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written<'p> {
    /// How many first bytes it shares with the key before it, or with the part's first if it begins a block.
    pub(crate) shared: usize,
    /// The bytes that follow.
    pub(crate) rest: &'p [u8],
    /// Its number.
    pub(crate) value: u64,
    /// Where the next key is.
    pub(crate) end: usize,
}

impl Part {
    /// Takes a body apart, having checked it against the checksum of its row.
    ///
    /// # Errors
    /// [`Error::Damaged`] if it is not what was written.
    pub(crate) fn read(body: Vec<u8>, row: &PartRow) -> Result<Self> {
        let damaged = || Error::Damaged { what: "a part of the search index", source: None };
        if crc32fast::hash(&body) != row.checksum || !body.starts_with(&MAGIC) {
            return Err(damaged());
        }
        let mut at = HEAD;
        let mut section = |field: usize| {
            let bytes = body.get(field..field.checked_add(4)?)?;
            let length = usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()?;
            let section = at..at.checked_add(length)?;
            at = section.end;
            Some(section)
        };
        let sections = (section(4), section(8), section(12));
        match sections {
            (Some(keys), Some(table), Some(postings)) if at == body.len() => {
                Ok(Self { body, keys, table, postings })
            }
            _ => Err(damaged()),
        }
    }

    /// Bytes it takes in memory.
    pub(crate) fn size(&self) -> usize {
        self.body.len()
    }

    pub(crate) fn postings(&self) -> &[u8] {
        self.body.get(self.postings.clone()).unwrap_or_default()
    }

    /// The key at an offset; `None` behind the last one.
    pub(crate) fn written(&self, at: usize) -> Option<Written<'_>> {
        let keys = self.body.get(self.keys.clone())?;
        let mut rest = keys.get(at..)?;
        let (shared, length) = (number(&mut rest)?, number(&mut rest)?);
        let (own, mut rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        let value = number(&mut rest)?;
        let end = keys.len().saturating_sub(rest.len());
        Some(Written { shared: usize::try_from(shared).ok()?, rest: own, value, end })
    }

    /// How many blocks it has.
    pub(crate) fn blocks(&self) -> usize {
        self.table.len() / 4
    }

    /// Where a block begins.
    pub(crate) fn block(&self, number: usize) -> Option<usize> {
        let table = self.body.get(self.table.clone())?;
        let at = number.checked_mul(4)?;
        let bytes = table.get(at..at.checked_add(4)?)?;
        usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
    }

    /// The first bytes of the part's first key.
    pub(crate) fn start(&self, length: usize) -> &[u8] {
        self.written(0).and_then(|first| first.rest.get(..length)).unwrap_or_default()
    }

    /// The last block that begins at or below a key; the first one if none does.
    pub(crate) fn block_of(&self, key: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.blocks());
        while low < high {
            let middle = low.midpoint(high);
            if self.begins(middle, key).is_gt() {
                high = middle;
            } else {
                low = middle.saturating_add(1);
            }
        }
        low.saturating_sub(1)
    }

    /// How the first key of a block stands to another one; greater if there is no such block.
    pub(crate) fn begins(&self, block: usize, key: &[u8]) -> Ordering {
        let Some(first) = self.block(block).and_then(|at| self.written(at)) else { return Ordering::Greater };
        let (start, rest) = key.split_at_checked(first.shared).unwrap_or((key, &[]));
        self.start(first.shared).cmp(start).then_with(|| first.rest.cmp(rest))
    }
}

/// Takes a number off the front; `None` if it is cut off.
fn number(bytes: &mut &[u8]) -> Option<u64> {
    let (mut number, mut shift) = (0_u64, 0_u32);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7F).checked_shl(shift).unwrap_or_default();
        if byte & 0x80 == 0 {
            return Some(number);
        }
        shift = shift.saturating_add(7);
    }
}

/// A part ready to be stored.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) row: PartRow,
    pub(crate) body: Vec<u8>,
    /// Keys in it, tombstones included.
    pub(crate) keys: i64,
}

/// Makes parts of keys given in order, handing each part on as it is full.
pub(crate) struct PartBuilder {
    written: Vec<u8>,
    table: Vec<u8>,
    postings: Vec<u8>,
    /// The key at hand and its contacts; written when the next one comes.
    text: Vec<u8>,
    contacts: Vec<Posting>,
    first: Vec<u8>,
    last: Vec<u8>,
    /// Keys since the last block began.
    in_block: usize,
    /// Keys in the part at hand, as many for each text as it has contacts.
    keys: i64,
    /// Bytes at which a part is closed.
    full: usize,
}

impl std::fmt::Debug for PartBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PartBuilder").field("keys", &self.keys).finish_non_exhaustive()
    }
}

impl PartBuilder {
    pub(crate) fn new() -> Self {
        Self::with_parts_of(FULL)
    }

    /// A builder that closes a part at that many bytes.
    pub(crate) fn with_parts_of(full: usize) -> Self {
        Self {
            full,
            written: Vec::new(),
            table: Vec::new(),
            postings: Vec::new(),
            text: Vec::new(),
            contacts: Vec::new(),
            first: Vec::new(),
            last: Vec::new(),
            in_block: 0,
            keys: 0,
        }
    }

    /// Adds a key (scope ‖ shelf ‖ text, contact); keys must come in rising order. Gives a part when one is full.
    pub(crate) fn add(&mut self, text: &[u8], posting: Posting) -> Result<Option<Built>> {
        if self.text == text && !self.contacts.is_empty() {
            self.contacts.push(posting);
            return Ok(None);
        }
        self.write_key()?;
        let size = self.written.len().saturating_add(self.table.len()).saturating_add(self.postings.len());
        let full = (size >= self.full).then(|| self.close());
        self.text.clear();
        self.text.extend_from_slice(text);
        self.contacts.push(posting);
        Ok(full)
    }

    /// The last part, if there is anything in it.
    pub(crate) fn finish(mut self) -> Result<Option<Built>> {
        self.write_key()?;
        Ok((!self.last.is_empty()).then(|| self.close()))
    }

    fn write_key(&mut self) -> Result<()> {
        if self.contacts.is_empty() {
            return Ok(());
        }
        if self.text <= self.last {
            // A fault of ours, which must not become a wrong index.
            return Err(Error::Storage("keys of the search index are out of order".into()));
        }
        self.keys = self.keys.saturating_add(i64::try_from(self.contacts.len()).unwrap_or(i64::MAX));
        let value = postings::write(&self.contacts, &mut self.postings);
        self.contacts.clear();
        if self.in_block == BLOCK || self.first.is_empty() {
            self.in_block = 0;
            self.table.extend_from_slice(&length(self.written.len()));
        }
        let other = if self.in_block == 0 { &self.first } else { &self.last };
        let shared = other.iter().zip(&self.text).take_while(|(a, b)| a == b).count();
        let rest = self.text.get(shared..).unwrap_or_default();
        for number in [shared, rest.len()] {
            write_number(u64::try_from(number).unwrap_or(u64::MAX), &mut self.written);
        }
        self.written.extend_from_slice(rest);
        write_number(value, &mut self.written);
        self.in_block = self.in_block.saturating_add(1);
        if self.first.is_empty() {
            self.first.clone_from(&self.text);
        }
        self.last.clone_from(&self.text);
        Ok(())
    }

    fn close(&mut self) -> Built {
        let sections = [&mut self.written, &mut self.table, &mut self.postings].map(std::mem::take);
        let mut body = MAGIC.to_vec();
        body.extend(sections.iter().flat_map(|section| length(section.len())));
        body.extend(sections.iter().flatten());
        let row = PartRow {
            id: 0,
            first_key: std::mem::take(&mut self.first),
            last_key: std::mem::take(&mut self.last),
            checksum: crc32fast::hash(&body),
        };
        Built { row, body, keys: std::mem::take(&mut self.keys) }
    }
}

/// A length or an offset in a part.
fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::index::read::block_cursor::PartCursor;

    fn value(part: &Arc<Part>, text: &[u8]) -> Option<u64> {
        let cursor = PartCursor::at_or_after(Arc::clone(part), text);
        cursor.entry().filter(|(key, _)| *key == text).map(|(_, value)| value)
    }

    fn build(entries: &[(&[u8], i64, bool)]) -> Vec<Built> {
        let mut builder = PartBuilder::new();
        let mut parts = Vec::new();
        for (text, contact, live) in entries {
            let posting = Posting { contact: *contact, live: *live, hidden: 0 };
            parts.extend(builder.add(text, posting).unwrap());
        }
        parts.extend(builder.finish().unwrap());
        parts
    }

    #[test]
    fn what_is_written_is_read() {
        let built = build(&[
            (b"a", 7, true),
            (b"b", 3, true),
            (b"b", 9, false),
            (b"b", 1 << 40, true),
            (b"c", 5, false),
        ]);
        let [built] = built.as_slice() else { panic!("one part") };
        assert_eq!((built.row.first_key.as_slice(), built.row.last_key.as_slice()), (&b"a"[..], &b"c"[..]));
        let part = Arc::new(Part::read(built.body.clone(), &built.row).unwrap());
        let read = |text: &[u8]| {
            let mut out = Vec::new();
            postings::each(&part, value(&part, text).unwrap(), |p| out.push((p.contact, p.live)));
            out
        };
        assert_eq!(read(b"a"), [(7, true)]);
        assert_eq!(read(b"b"), [(3, true), (9, false), (1 << 40, true)]);
        assert_eq!(read(b"c"), [(5, false)]);
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_seen() {
        let built = build(&[(b"anna", 1, true), (b"berta", 2, true), (b"berta", 3, true)]);
        let built = &built[0];
        for bit in 0..built.body.len() * 8 {
            let mut body = built.body.clone();
            body[bit / 8] ^= 1 << (bit % 8);
            assert!(Part::read(body, &built.row).is_err(), "bit {bit}");
        }
        for length in 0..built.body.len() {
            assert!(Part::read(built.body[..length].to_vec(), &built.row).is_err(), "cut at {length}");
        }
    }

    #[test]
    fn a_large_run_becomes_several_parts_and_no_key_is_cut_in_two() {
        let texts: Vec<String> =
            (0..3_000_u64).map(|i| format!("{:016x}", i.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
        let mut texts = texts;
        texts.sort();
        let entries: Vec<_> =
            texts.iter().flat_map(|t| [(t.as_bytes(), 1, true), (t.as_bytes(), 2, true)]).collect();
        let parts = build(&entries);
        assert!(parts.len() > 1);
        for pair in parts.windows(2) {
            assert!(pair[0].row.last_key < pair[1].row.first_key);
        }
        let part = |built: &Built| Arc::new(Part::read(built.body.clone(), &built.row).unwrap());
        for text in &texts {
            let holding = parts.partition_point(|built| built.row.last_key < text.as_bytes().to_vec());
            assert!(value(&part(&parts[holding]), text.as_bytes()).is_some(), "{text}");
        }
    }

    #[test]
    fn keys_out_of_order_are_refused() {
        let mut builder = PartBuilder::new();
        builder.add(b"b", Posting::live(1)).unwrap();
        builder.add(b"a", Posting::live(1)).unwrap();
        assert!(builder.finish().is_err());
    }
}
