//! The fold: the form in which names and queries are compared.
//!
//! A person types what the keyboard offers: no marks, no capitals, perhaps no apostrophe. So a name and a query
//! both pass through the same fold, and what remains is compared byte by byte:
//!
//! 1. compatibility decomposition (NFKD), full case folding, and again until nothing changes,
//! 2. marks dropped **by block**: those of Latin, Greek, Cyrillic, Hebrew and Arabic. Marks that make another
//!    letter elsewhere (kana voicing, Indic and Thai vowels) stay, and so does the breve of й,
//! 3. our table for letters that do not decompose (ł, ø, đ, þ, ı, æ, …), and for those of Arabic, Persian and Hebrew that
//!    are one to a reader (ك ک, ي ی ى, ه ة, מ ם); digits of every script to ASCII, katakana to hiragana,
//! 4. Hangul to the keys it is typed with, so that every state of a half-typed syllable is a prefix of the whole,
//! 5. invisible characters dropped, white space and punctuation to one space, none at the ends,
//! 6. canonical composition (NFC).
//!
//! The parts: `chars` and `hangul` have the tables, `stream` the pipeline, `known` remembers what it makes of single letters,
//! `spans` is the way back to the original text.

mod ascii;
mod chars;
pub(super) mod hangul;
mod letter_cache;
mod offset_map;
mod pipeline;
mod simple;
#[cfg(test)]
mod tests;

use std::ops::Range;

use offset_map::OffsetMap;

use pipeline::{FoldPipeline, SeparatorFlags};

/// Changes whenever the output for any text changes; stored in the file and in cursors.
pub(crate) const FOLD_VERSION: u32 = 2;

/// What becomes of apostrophes and hyphens. People write O'Neill, Oneill and O Neill, and Jean-Luc, Jean Luc
/// and Jeanluc, and mean the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Apostrophes dropped, hyphens to spaces: "oneill", "jean luc". The form of queries.
    Primary,
    /// Both dropped: "oneill", "jeanluc".
    Joined,
    /// Both to spaces: "o neill", "jean luc".
    Split,
}

impl Form {
    /// All forms, the primary one first.
    pub(crate) const ALL: [Self; 3] = [Self::Primary, Self::Joined, Self::Split];
}

/// The primary fold: names and queries alike. Empty if the text has nothing but punctuation.
pub(crate) fn fold(text: &str) -> String {
    fold_in_form(text, Form::Primary).0
}

/// The forms under which a name is to be found: the primary fold, and the joined and the split form where they
/// differ from it.
pub(crate) fn variants(text: &str) -> Variants {
    let (primary, seen) = fold_in_form(text, Form::Primary);
    let other =
        |wanted: bool, form| wanted.then(|| fold_in_form(text, form).0).filter(|other| *other != primary);
    let (joined, split) = (other(seen.hyphen, Form::Joined), other(seen.apostrophe, Form::Split));
    Variants { primary, joined, split }
}

/// The forms of one name, made by [`variants`]. Allocates beyond the primary form only where forms differ.
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

/// Whether nothing but the case changes, and all of it is ASCII: then the bytes of the fold are the bytes of the text.
pub(crate) fn is_case_only(text: &str) -> bool {
    text.is_ascii() && ascii::is_case_only(text)
}

/// The fold of such a text.
pub(crate) fn fold_case_only(text: &str) -> Option<String> {
    is_case_only(text).then(|| text.to_ascii_lowercase())
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

fn fold_in_form(text: &str, form: Form) -> (String, SeparatorFlags) {
    if text.is_ascii() {
        return ascii::fold(text, form);
    }
    if let Some(folded) = simple::fold(text) {
        return (folded, SeparatorFlags::default());
    }
    let mut stream = FoldPipeline::new(form, String::with_capacity(text.len()));
    for (at, c) in text.char_indices() {
        stream.push(c, at);
    }
    stream.finish()
}
