//! Folds with the way back to the original text.

use std::ops::Range;

use super::form::Form;
use super::offset_map::OffsetMap;
use super::variants::variants;
use super::{ascii, simple};

/// A text in one of its forms, with the way back to it as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Folded {
    pub(crate) form: Form,
    offsets: OffsetMap,
}

impl Folded {
    /// The fold in a form.
    pub(crate) fn new(text: &str, form: Form) -> Self {
        Self { form, offsets: OffsetMap::of(text, form) }
    }

    /// All forms of a text that differ, the primary one first.
    pub(crate) fn all(text: &str) -> Vec<Self> {
        let (offsets, seen) = OffsetMap::with_flags(text, Form::Primary);
        let mut all = vec![Self { form: Form::Primary, offsets }];
        for (wanted, form) in [(seen.hyphen, Form::Joined), (seen.apostrophe, Form::Split)] {
            if wanted {
                let other = Self::new(text, form);
                all.extend(Some(other).filter(|other| all.iter().all(|known| known.text() != other.text())));
            }
        }
        all
    }

    /// The folded text.
    pub(crate) fn text(&self) -> &str {
        self.offsets.folded()
    }

    /// The bytes of the original text that a range of folded bytes came from, on character boundaries.
    pub(crate) fn original_range(&self, folded: Range<usize>) -> Range<usize> {
        self.offsets.original_range(folded)
    }
}

/// The bytes of a text that the first `folded` bytes of its fold come from, with the marks of the last letter.
pub(crate) fn original_range(text: &str, form: Form, folded: usize) -> Range<usize> {
    if text.is_ascii() {
        return ascii::original_range(text, form, folded);
    }
    if folded > 0
        && let Some(origin) = simple::original_range(text, folded)
    {
        return origin;
    }
    OffsetMap::of(text, form).original_range(0..folded)
}

/// Where a folded text stands in another, in whatever form: the bytes of its first place in the text as written, with the
/// marks of the last letter.
pub(crate) fn find_folded(text: &str, folded: &str) -> Option<Range<usize>> {
    let forms = variants(text);
    let place = |form: Form| Some((form, forms.form(form).find(folded)?));
    let (form, at) = Form::ALL.into_iter().find_map(place)?;
    Some(OffsetMap::of(text, form).original_range(at..at.saturating_add(folded.len())))
}
