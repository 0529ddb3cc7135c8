//! Maps offsets of the fold to offsets of the original text, for highlights.

use std::ops::Range;

use super::form::{Form, SeparatorFlags};
use super::pipeline::{FoldPipeline, Sink};

/// A folded text with the original range of each folded character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OffsetMap {
    folded: String,
    /// One span for each folded character, in order.
    spans: Vec<OffsetSpan>,
    /// The length of the original text, in bytes.
    original_len: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct OffsetSpan {
    /// The byte offset of the character in the folded text.
    folded: usize,
    /// Its byte range in the original text.
    original: Range<usize>,
}

impl Sink for OffsetMap {
    fn put(&mut self, c: char, from: &Range<usize>) {
        self.spans.push(OffsetSpan { folded: self.folded.len(), original: from.clone() });
        self.folded.push(c);
    }
}

impl OffsetMap {
    /// Folds a text in one of its forms.
    pub(super) fn of(text: &str, form: Form) -> Self {
        Self::with_flags(text, form).0
    }

    /// Like [`OffsetMap::of`], with the characters that make the forms differ.
    pub(super) fn with_flags(text: &str, form: Form) -> (Self, SeparatorFlags) {
        let (folded, spans) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
        let empty = Self { folded, spans, original_len: text.len() };
        let mut pipeline = FoldPipeline::new(form, empty);
        for (at, c) in text.char_indices() {
            pipeline.push(c, at);
        }
        let (mut map, flags) = pipeline.finish();
        map.share_marks();
        (map, flags)
    }

    /// The folded text.
    pub(super) fn folded(&self) -> &str {
        &self.folded
    }

    /// The byte range of the original text for a range of folded bytes, with the marks of the last letter. On character boundaries;
    /// dropped characters between two letters are included. An empty range gives an empty range; a range beyond the fold is clipped.
    pub(super) fn original_range(&self, folded: Range<usize>) -> Range<usize> {
        let start = self.span_at(folded.start).map_or(self.original_len, |span| span.original.start);
        if folded.is_empty() || folded.start >= self.folded.len() {
            return start..start;
        }
        let last = folded.end.saturating_sub(1);
        let end = self.span_at(last).or(self.spans.last()).map_or(start, |span| span.original.end);
        start..end.max(start)
    }

    /// The span that contains a folded byte.
    fn span_at(&self, byte: usize) -> Option<&OffsetSpan> {
        if byte >= self.folded.len() {
            return None;
        }
        let after = self.spans.partition_point(|span| span.folded <= byte);
        self.spans.get(after.checked_sub(1)?)
    }

    /// Extends all letters of one original character (ae of æ) over its marks.
    fn share_marks(&mut self) {
        let mut next: Option<Range<usize>> = None;
        for span in self.spans.iter_mut().rev() {
            if let Some(next) = next
                && next.start == span.original.start
            {
                span.original.end = next.end.max(span.original.end);
            }
            next = Some(span.original.clone());
        }
    }
}
