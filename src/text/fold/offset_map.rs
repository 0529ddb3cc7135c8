//! The way back from the fold to the original text, for highlights.

use std::ops::Range;

use super::form::{Form, SeparatorFlags};
use super::pipeline::{FoldPipeline, Sink};

/// A fold that remembers where each folded byte came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OffsetMap {
    folded: String,
    /// One for each folded character, in order.
    spans: Vec<OffsetSpan>,
    /// Bytes in the original text.
    original_len: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct OffsetSpan {
    /// Where the character begins in the folded text.
    folded: usize,
    /// What it came from.
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

    /// The same, and what the text has that makes the forms differ.
    pub(super) fn with_flags(text: &str, form: Form) -> (Self, SeparatorFlags) {
        let empty = Self { folded: String::new(), spans: Vec::new(), original_len: text.len() };
        let mut stream = FoldPipeline::new(form, empty);
        for (at, c) in text.char_indices() {
            stream.push(c, at);
        }
        let (mut spans, seen) = stream.finish();
        spans.share_marks();
        (spans, seen)
    }

    /// The folded text.
    pub(super) fn folded(&self) -> &str {
        &self.folded
    }

    /// The bytes of the original text that produced a range of folded bytes, with the marks of the last letter.
    /// Begins and ends on characters; what was dropped between two letters lies between them here too. An empty
    /// range gives an empty range; what lies beyond the fold is cut off.
    pub(super) fn original_range(&self, folded: Range<usize>) -> Range<usize> {
        let begin = self.span_at(folded.start).map_or(self.original_len, |span| span.original.start);
        if folded.is_empty() || folded.start >= self.folded.len() {
            return begin..begin;
        }
        let last = folded.end.saturating_sub(1);
        let end = self.span_at(last).or(self.spans.last()).map_or(begin, |span| span.original.end);
        begin..end.max(begin)
    }

    /// The span that holds a folded byte.
    fn span_at(&self, byte: usize) -> Option<&OffsetSpan> {
        if byte >= self.folded.len() {
            return None;
        }
        let after = self.spans.partition_point(|span| span.folded <= byte);
        self.spans.get(after.checked_sub(1)?)
    }

    /// Letters that come from one character (ae from æ) all end where its marks end.
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
