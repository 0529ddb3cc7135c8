//! Folds with the offsets in the original text.

use std::ops::Range;

use super::form::Form;
use super::offset_map::OffsetMap;
use super::variants::variants;
use super::{ascii, simple};

/// A folded text in one form, with the offsets in the original text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Folded {
    pub(crate) form: Form,
    offsets: OffsetMap,
}

impl Folded {
    /// The fold of a text in a form.
    pub(crate) fn new(text: &str, form: Form) -> Self {
        Self { form, offsets: OffsetMap::of(text, form) }
    }

    /// All different forms of a text, the primary one first.
    pub(crate) fn all(text: &str) -> Vec<Self> {
        let (offsets, flags) = OffsetMap::with_flags(text, Form::Primary);
        let mut all = vec![Self { form: Form::Primary, offsets }];
        for (differs, form) in [(flags.hyphen, Form::Joined), (flags.apostrophe, Form::Split)] {
            if differs {
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

    /// The byte range of the original text for a range of folded bytes, on character boundaries.
    pub(crate) fn original_range(&self, folded: Range<usize>) -> Range<usize> {
        self.offsets.original_range(folded)
    }
}

/// The byte range of a text for the first `folded` bytes of its fold, with the marks of the last letter.
pub(crate) fn original_range(text: &str, form: Form, folded: usize) -> Range<usize> {
    if text.is_ascii() {
        return ascii::original_range(text, form, folded);
    }
    if folded > 0
        && let Some(range) = simple::original_range(text, folded)
    {
        return range;
    }
    OffsetMap::of(text, form).original_range(0..folded)
}

/// The first occurrence of a folded text in the fold of another text, in any form: the byte range in the original text, with the
/// marks of the last letter.
pub(crate) fn find_folded(text: &str, folded: &str) -> Option<Range<usize>> {
    let forms = variants(text);
    let position = |form: Form| Some((form, forms.form(form).find(folded)?));
    let (form, at) = Form::ALL.into_iter().find_map(position)?;
    Some(OffsetMap::of(text, form).original_range(at..at.saturating_add(folded.len())))
}
