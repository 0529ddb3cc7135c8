//! The fold: the form in which names and queries are compared.
//!
//! A person types what the keyboard offers: no marks, no capitals, perhaps no apostrophe. So a name and a query
//! both pass through the same fold, and what remains is compared byte by byte:
//!
//! 1. compatibility decomposition (NFKD), full case folding, and again until nothing changes,
//! 2. marks dropped **by block**: those of Latin, Greek, Cyrillic, Hebrew and Arabic. Marks that make another
//!    letter elsewhere (kana voicing, Indic and Thai vowels) stay, and so does the breve of й,
//! 3. our table for letters that do not decompose (ł, ø, đ, þ, ı, æ, …),
//! 4. invisible characters dropped, white space and punctuation to one space, none at the ends,
//! 5. canonical composition (NFC).
//!
//! The parts: `chars` has the tables, `stream` the pipeline, `spans` the way back to the original text.

mod ascii;
mod chars;
mod spans;
mod stream;
#[cfg(test)]
mod tests;

pub(crate) use spans::Spans;

use stream::{Seen, Stream};

/// Changes whenever the output for any text changes; stored in the file and in cursors.
pub(crate) const FOLD_VERSION: u32 = 1;

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

/// The primary fold: names and queries alike. Empty if the text has nothing but punctuation.
pub(crate) fn fold(text: &str) -> String {
    in_form(text, Form::Primary).0
}

/// The forms under which a name is to be found: the primary fold first, then the joined and the split form
/// where they differ from it.
pub(crate) fn variants(text: &str) -> Variants {
    let (primary, seen) = in_form(text, Form::Primary);
    let mut others = Vec::new();
    for (wanted, form) in [(seen.hyphen, Form::Joined), (seen.apostrophe, Form::Split)] {
        if wanted {
            let (other, _) = in_form(text, form);
            if other != primary && !others.contains(&other) {
                others.push(other);
            }
        }
    }
    Variants { primary, others }
}

/// The forms of one name, made by [`variants`]. Allocates beyond the primary form only where forms differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variants {
    primary: String,
    others: Vec<String>,
}

impl Variants {
    /// The primary fold.
    pub(crate) fn primary(&self) -> &str {
        &self.primary
    }

    /// All forms, the primary first, each once.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.primary.as_str()).chain(self.others.iter().map(String::as_str))
    }
}

fn in_form(text: &str, form: Form) -> (String, Seen) {
    if text.is_ascii() {
        return ascii::fold(text, form);
    }
    let mut stream = Stream::new(form, String::with_capacity(text.len()));
    for (at, c) in text.char_indices() {
        stream.push(c, at);
    }
    stream.finish()
}
