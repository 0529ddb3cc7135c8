//! A part: one sorted piece of a segment, some 16 kB, as it lies in the file and in memory.
//!
//! Body, little-endian: magic `CXP2` (4 bytes), length of the FST (4), length of the postings (4), the FST, the postings.
//! The FST maps scope ‖ shelf ‖ text to one number, which `postings` explains. The CRC-32 of the whole body stands in its
//! row.

use fst::raw::{Builder, Fst};

use super::postings::{self, Posting};
use crate::db::search::PartRow;
use crate::error::{Error, Result};

const MAGIC: [u8; 4] = *b"CXP2";
const HEAD: usize = 12;
/// Bytes of FST and postings at which a part is closed. A page wants a few keys of a part, and reads all of it.
const FULL: usize = if cfg!(test) { 200 } else { 1 << 14 };

/// A part in memory, verified.
pub(crate) struct Part {
    pub(super) fst: Fst<Vec<u8>>,
    pub(super) postings: Vec<u8>,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part").field("bytes", &self.size()).finish_non_exhaustive()
    }
}

impl Part {
    /// Takes a body apart, having checked it against the checksum of its row.
    ///
    /// # Errors
    /// [`Error::Damaged`]: an FST that is not what was written would answer wrongly or panic.
    pub(super) fn read(body: Vec<u8>, row: &PartRow) -> Result<Self> {
        let damaged = || Error::Damaged { what: "a part of the search index", source: None };
        if crc32fast::hash(&body) != row.checksum {
            return Err(damaged());
        }
        let word = |at: usize| {
            let bytes = body.get(at..at.checked_add(4)?)?;
            usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
        };
        let (Some(fst_len), Some(postings_len)) = (word(4), word(8)) else { return Err(damaged()) };
        let ends = HEAD.checked_add(fst_len).and_then(|fst| Some((fst, fst.checked_add(postings_len)?)));
        let Some((fst_end, end)) = ends else { return Err(damaged()) };
        if !body.starts_with(&MAGIC) || end != body.len() {
            return Err(damaged());
        }
        let mut body = body;
        let postings = body.split_off(fst_end);
        let fst = Fst::new(body.split_off(HEAD)).map_err(|source| Error::Damaged {
            what: "a part of the search index",
            source: Some(Box::new(source)),
        })?;
        Ok(Self { fst, postings })
    }

    /// Bytes it takes in memory.
    pub(super) fn size(&self) -> usize {
        self.fst.as_bytes().len().saturating_add(self.postings.len())
    }
}

/// A part ready to be stored.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) row: PartRow,
    pub(super) body: Vec<u8>,
    /// Keys in it, tombstones included.
    pub(super) keys: i64,
}

/// Makes parts of keys given in order, handing each part on as it is full.
pub(super) struct PartBuilder {
    fst: Builder<Vec<u8>>,
    postings: Vec<u8>,
    /// The key at hand and its contacts; written when the next one comes.
    text: Vec<u8>,
    contacts: Vec<Posting>,
    first: Vec<u8>,
    last: Vec<u8>,
    /// Keys in the part at hand.
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
    pub(super) fn new() -> Self {
        Self::with_parts_of(FULL)
    }

    /// A builder that closes a part at that many bytes.
    pub(super) fn with_parts_of(full: usize) -> Self {
        Self {
            full,
            fst: Builder::memory(),
            postings: Vec::new(),
            text: Vec::new(),
            contacts: Vec::new(),
            first: Vec::new(),
            last: Vec::new(),
            keys: 0,
        }
    }

    /// Adds a key (scope ‖ shelf ‖ text, contact); keys must come in rising order. Gives a part when one is full.
    pub(super) fn add(&mut self, text: &[u8], posting: Posting) -> Result<Option<Built>> {
        if self.text == text && !self.contacts.is_empty() {
            self.contacts.push(posting);
            return Ok(None);
        }
        self.write_key()?;
        let size = usize::try_from(self.fst.bytes_written())
            .unwrap_or(usize::MAX)
            .saturating_add(self.postings.len());
        let full = if size >= self.full { Some(self.close()?) } else { None };
        self.text.clear();
        self.text.extend_from_slice(text);
        self.contacts.push(posting);
        Ok(full)
    }

    /// The last part, if there is anything in it.
    pub(super) fn finish(mut self) -> Result<Option<Built>> {
        self.write_key()?;
        if self.last.is_empty() { Ok(None) } else { self.close().map(Some) }
    }

    fn write_key(&mut self) -> Result<()> {
        if self.contacts.is_empty() {
            return Ok(());
        }
        self.keys = self.keys.saturating_add(i64::try_from(self.contacts.len()).unwrap_or(i64::MAX));
        let value = postings::write(&self.contacts, &mut self.postings);
        self.contacts.clear();
        self.fst.insert(&self.text, value).map_err(out_of_order)?;
        if self.first.is_empty() {
            self.first.clone_from(&self.text);
        }
        self.last.clone_from(&self.text);
        Ok(())
    }

    fn close(&mut self) -> Result<Built> {
        let fst = std::mem::replace(&mut self.fst, Builder::memory()).into_inner().map_err(out_of_order)?;
        let postings = std::mem::take(&mut self.postings);
        let mut body = Vec::with_capacity(HEAD.saturating_add(fst.len()).saturating_add(postings.len()));
        body.extend_from_slice(&MAGIC);
        for length in [fst.len(), postings.len()] {
            body.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        }
        body.extend_from_slice(&fst);
        body.extend_from_slice(&postings);
        let row = PartRow {
            id: 0,
            first_key: std::mem::take(&mut self.first),
            last_key: std::mem::take(&mut self.last),
            checksum: crc32fast::hash(&body),
        };
        Ok(Built { row, body, keys: std::mem::take(&mut self.keys) })
    }
}

/// Keys out of order: a fault of ours, which must not become a wrong index.
fn out_of_order(source: fst::Error) -> Error {
    Error::Storage(Box::new(source))
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let part = Part::read(built.body.clone(), &built.row).unwrap();
        let read = |text: &[u8]| {
            let mut out = Vec::new();
            postings::each(&part, part.fst.get(text).unwrap().value(), |p| out.push((p.contact, p.live)));
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
            (0..60_000_u64).map(|i| format!("{:016x}", i.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
        let mut texts = texts;
        texts.sort();
        let entries: Vec<_> =
            texts.iter().flat_map(|t| [(t.as_bytes(), 1, true), (t.as_bytes(), 2, true)]).collect();
        let parts = build(&entries);
        assert!(parts.len() > 1);
        for pair in parts.windows(2) {
            assert!(pair[0].row.last_key < pair[1].row.first_key);
        }
        let total: usize = parts.iter().map(|p| Part::read(p.body.clone(), &p.row).unwrap().fst.len()).sum();
        assert_eq!(total, texts.len());
    }

    #[test]
    fn keys_out_of_order_are_refused() {
        let mut builder = PartBuilder::new();
        builder.add(b"b", Posting::live(1)).unwrap();
        builder.add(b"a", Posting::live(1)).unwrap();
        assert!(builder.finish().is_err());
    }
}
