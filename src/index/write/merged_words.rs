//! The words of the sources of a merge.

use std::vec;

use crate::db::index_store::SegmentHeader;
use crate::error::Result;
use crate::index::segment::block_cache::BlockSource;
use crate::index::segment::checksum::{PartLabel, PartLabelKind};
use crate::index::segment::segment_reader::SegmentReader;

/// All words of some segments, each once, in ascending order.
#[derive(Debug)]
pub(super) struct MergedWords<'a> {
    source: BlockSource<'a>,
    inputs: Vec<WordInput<'a>>,
}

/// The words of one segment.
#[derive(Debug)]
struct WordInput<'a> {
    segment: &'a SegmentHeader,
    next_set: u32,
    words: vec::IntoIter<Vec<u8>>,
    current: Option<Vec<u8>>,
}

impl<'a> MergedWords<'a> {
    /// The words above `after`, or all words.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a set cannot be read.
    pub(super) fn new(
        source: BlockSource<'a>,
        segments: &'a [SegmentReader],
        after: Option<&[u8]>,
    ) -> Result<Self> {
        let mut inputs = Vec::with_capacity(segments.len());
        for segment in segments {
            let next_set = after.map_or(0, |after| segment.word_set_of(after));
            let words = Vec::new().into_iter();
            let mut input = WordInput { segment: &segment.header, next_set, words, current: None };
            input.advance(source, after)?;
            inputs.push(input);
        }
        Ok(Self { source, inputs })
    }

    /// The next word.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if a set cannot be read.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let Some(word) = self.inputs.iter().filter_map(|input| input.current.as_ref()).min().cloned() else {
            return Ok(None);
        };
        for input in &mut self.inputs {
            if input.current.as_ref() == Some(&word) {
                input.advance(self.source, None)?;
            }
        }
        Ok(Some(word))
    }
}

impl WordInput<'_> {
    /// Moves to the next word, in the next set if need be. `after` skips words of that set.
    fn advance(&mut self, source: BlockSource<'_>, after: Option<&[u8]>) -> Result<()> {
        self.current = self.words.next();
        while self.current.is_none() && self.next_set < self.segment.word_set_count {
            let label = PartLabel {
                nonce: self.segment.nonce,
                kind: PartLabelKind::DictionarySet,
                number: self.next_set,
            };
            let words = source.word_set(self.segment, self.next_set)?.words_after(after);
            self.words = words.ok_or_else(|| label.damaged())?.into_iter();
            self.next_set = self.next_set.saturating_add(1);
            self.current = self.words.next();
        }
        Ok(())
    }
}
