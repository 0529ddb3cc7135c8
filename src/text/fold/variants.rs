//! The fold of a text, and the forms of it that differ.

use super::form::{Form, SeparatorFlags};
use super::pipeline::FoldPipeline;
use super::{ascii, simple};

/// The version of the fold. It changes whenever the result for any text, or the words of any name, change. Stored in the file and in cursors.
pub(crate) const FOLD_VERSION: u32 = 3;

/// The primary fold, for names and queries. Empty if the text has only punctuation.
pub(crate) fn fold(text: &str) -> String {
    fold_in_form(text, Form::Primary).0
}

/// The searchable forms of a name: the primary fold, and the joined and the split form where they differ from it.
pub(crate) fn variants(text: &str) -> Variants {
    let (primary, flags) = fold_in_form(text, Form::Primary);
    let other =
        |differs: bool, form| differs.then(|| fold_in_form(text, form).0).filter(|other| *other != primary);
    let (joined, split) = (other(flags.hyphen, Form::Joined), other(flags.apostrophe, Form::Split));
    Variants { primary, joined, split }
}

/// The forms of one name, made by [`variants`]. Allocates other forms than the primary one only where they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variants {
    primary: String,
    joined: Option<String>,
    split: Option<String>,
}

impl Variants {
    /// The name in one form.
    pub(crate) fn form(&self, form: Form) -> &str {
        let other = match form {
            Form::Primary => None,
            Form::Joined => self.joined.as_deref(),
            Form::Split => self.split.as_deref(),
        };
        other.unwrap_or(&self.primary)
    }

    /// Whether all forms are the same.
    pub(crate) fn has_one_form(&self) -> bool {
        self.joined.is_none() && self.split.is_none()
    }
}

/// Whether the text is ASCII and the fold changes only the case: then byte offsets in the fold and the text are equal.
pub(crate) fn is_case_only(text: &str) -> bool {
    text.is_ascii() && ascii::is_case_only(text)
}

/// The fold of a text for which [`is_case_only`] is true; `None` for other texts.
pub(crate) fn fold_case_only(text: &str) -> Option<String> {
    is_case_only(text).then(|| text.to_ascii_lowercase())
}

pub(super) fn fold_in_form(text: &str, form: Form) -> (String, SeparatorFlags) {
    if text.is_ascii() {
        return ascii::fold(text, form);
    }
    if let Some(folded) = simple::fold(text) {
        return (folded, SeparatorFlags::default());
    }
    let mut pipeline = FoldPipeline::new(form, String::with_capacity(text.len()));
    for (at, c) in text.char_indices() {
        pipeline.push(c, at);
    }
    pipeline.finish()
}
