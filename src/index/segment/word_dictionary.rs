//! The word dictionary of a segment: every word of an owner's lists once, on whatever network. The fuzzy search looks for words there.
//!
//! It consists of sets of words ([`word_set`](super::word_set)), in order. The root is a map from the first word of each set to its
//! number: the bytes of a [`SeparatorMap`], and the checksum (4). A word without contacts costs a fruitless look-up; a merge that
//! includes the oldest segment drops it, so that no purged name remains. The fuzzy search finds words of the memtable in the
//! memtable itself.

use crate::db::index_store::SegmentHeader;
use crate::db::{Owner, Write, segment_parts};
use crate::error::Result;
use crate::index::index_key::{IndexKey, KEY_PREFIX_LEN, WORD_FIELDS};
use crate::index::segment::block_cache::BlockSource;
use crate::index::segment::checksum::{PartLabel, PartLabelKind};
use crate::index::segment::separator_map::SeparatorMap;
use crate::index::segment::word_set::{BuiltWordSet, WordSetBuilder};

/// Bytes of a word before its text: owner kind and owner, as in a key.
pub(crate) const OWNER_LEN: usize = KEY_PREFIX_LEN - 3;

/// The bytes with which an owner's words start.
pub(crate) fn owner_prefix(owner: Owner) -> [u8; OWNER_LEN] {
    let [k, o0, o1, o2, o3, _, _] = IndexKey::scope_prefix(owner.on_network(0));
    [k, o0, o1, o2, o3]
}

/// The word of a key, with its owner; `None` if the term of the key is not a word.
pub(crate) fn word_of(key: &[u8]) -> Option<Vec<u8>> {
    let (prefix, term) = key.split_first_chunk::<KEY_PREFIX_LEN>()?;
    let [k, o0, o1, o2, o3, _, _, number] = *prefix;
    let is_word = WORD_FIELDS.iter().any(|field| field.number() == number);
    is_word.then(|| [&[k, o0, o1, o2, o3], term].concat())
}

fn root_label(segment: &SegmentHeader) -> PartLabel {
    PartLabel { nonce: segment.nonce, kind: PartLabelKind::DictionaryRoot, number: segment.word_set_count }
}

/// Decodes the root of a segment's dictionary; `None` if the dictionary is empty.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) if it is not what was written, or has another number of sets than the segment.
pub(super) fn decode_root(segment: &SegmentHeader, stored: Option<Vec<u8>>) -> Result<Option<SeparatorMap>> {
    if segment.word_set_count == 0 && stored.is_none() {
        return Ok(None);
    }
    let label = root_label(segment);
    let body = label.strip_checksum(stored.unwrap_or_default())?;
    SeparatorMap::decode(&body).map(Some).ok_or_else(|| label.damaged())
}

/// Writes the dictionary of a segment; words come in ascending order.
#[derive(Debug)]
pub(crate) struct DictionaryWriter {
    builder: WordSetBuilder,
}

impl DictionaryWriter {
    pub(crate) fn new(set_size: usize) -> Self {
        Self { builder: WordSetBuilder::new(set_size) }
    }

    /// Adds a word. True if this stored a set. `segment.word_set_count` is the number of the next set.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn add(&mut self, db: &Write<'_>, segment: &mut SegmentHeader, word: &[u8]) -> Result<bool> {
        match self.builder.add(word)? {
            Some(set) => store_set(db, segment, set).map(|()| true),
            None => Ok(false),
        }
    }

    /// Stores the words since the last set as a set of their own.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn flush(&mut self, db: &Write<'_>, segment: &mut SegmentHeader) -> Result<()> {
        self.builder.take()?.map_or(Ok(()), |set| store_set(db, segment, set))
    }

    /// Stores the last set, and returns the root; `None` if there are no words.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn finish(mut self, db: &Write<'_>, segment: &mut SegmentHeader) -> Result<Option<Vec<u8>>> {
        self.flush(db, segment)?;
        if segment.word_set_count == 0 {
            return Ok(None);
        }
        let mut body = SeparatorMap::encode(&segment_parts::first_words(db, segment.id)?, 0)?;
        root_label(segment).append_checksum(&mut body);
        Ok(Some(body))
    }
}

/// Stores a set as the next one of a segment.
///
/// # Errors
/// Those of the store.
pub(crate) fn store_set(db: &Write<'_>, segment: &mut SegmentHeader, mut set: BuiltWordSet) -> Result<()> {
    let number = segment.word_set_count;
    PartLabel { nonce: segment.nonce, kind: PartLabelKind::DictionarySet, number }
        .append_checksum(&mut set.bytes);
    segment_parts::insert_word_set(db, segment.id, number, &set.first_word, &set.bytes)?;
    segment.word_set_count = number.saturating_add(1);
    Ok(())
}

/// The last word of a segment that is being built; `None` if it has none yet.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged) if the last set cannot be read.
pub(crate) fn last_word(source: BlockSource<'_>, segment: &SegmentHeader) -> Result<Option<Vec<u8>>> {
    let Some(last) = segment.word_set_count.checked_sub(1) else { return Ok(None) };
    Ok(source.word_set(segment, last)?.last_word())
}
