//! A word of a query.

use std::cell::OnceCell;

use crate::index::plan::edit_distance;
use crate::text::readings::{query_phonetic_keys, query_readings, word_parts};

/// A word of a query, with its readings and phonetic keys. These are computed on first use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QueryWord {
    written: String,
    folded: String,
    forms: OnceCell<Vec<String>>,
    phonetic_keys: OnceCell<Vec<String>>,
    /// Typos that are allowed in the word.
    pub(crate) max_typos: u8,
}

impl QueryWord {
    pub(super) fn new(written: &str, folded: &str) -> Self {
        Self {
            written: written.to_owned(),
            folded: folded.to_owned(),
            forms: OnceCell::new(),
            phonetic_keys: OnceCell::new(),
            max_typos: edit_distance::max_typos(folded),
        }
    }

    /// A word with these forms and no others.
    pub(super) fn with_forms(folded: &str, forms: Vec<String>) -> Self {
        let word = Self { max_typos: 0, ..Self::new(folded, folded) };
        Self { forms: OnceCell::from(forms), ..word }
    }

    /// A word without readings.
    pub(super) fn plain(folded: &str) -> Self {
        Self::with_forms(folded, vec![folded.to_owned()])
    }

    pub(crate) fn folded(&self) -> &str {
        &self.folded
    }

    /// The folded word, then its readings in other scripts.
    pub(crate) fn forms(&self) -> &[String] {
        self.forms.get_or_init(|| {
            let mut forms = vec![self.folded.clone()];
            for form in query_readings(&self.written, &self.folded) {
                if !form.is_empty() && !forms.contains(&form) {
                    forms.push(form);
                }
            }
            forms
        })
    }

    /// The phonetic keys of the word.
    pub(crate) fn phonetic_keys(&self) -> &[String] {
        self.phonetic_keys.get_or_init(|| query_phonetic_keys(&self.folded))
    }
}

/// Words of a query above which it has no word stages.
const MAX_QUERY_WORDS: usize = 12;

/// The words of a query; none if there are more than [`MAX_QUERY_WORDS`].
pub(super) fn query_words(text: &str, folded: &str) -> Vec<QueryWord> {
    let folded_words: Vec<&str> =
        folded.split(' ').flat_map(scripts_of).filter(|word| !word.is_empty()).collect();
    if folded_words.len() > MAX_QUERY_WORDS {
        return Vec::new();
    }
    // Readings need the word as written, with its accents. Folding may change the number of words.
    let written: Vec<&str> = text.split_whitespace().flat_map(scripts_of).collect();
    let word = |(at, folded): (usize, &&str)| {
        let written = if written.len() == folded_words.len() { written.get(at).copied() } else { None };
        QueryWord::new(written.unwrap_or(folded), folded)
    };
    folded_words.iter().enumerate().map(word).collect()
}

/// The parts of a word in different scripts; the word itself if it has at signs or plus signs, which addresses have.
fn scripts_of(word: &str) -> Vec<&str> {
    if word.is_ascii() || word.contains(['@', '+']) {
        return vec![word];
    }
    let parts: Vec<&str> = word_parts(word).into_iter().filter_map(|part| word.get(part)).collect();
    if parts.is_empty() { vec![word] } else { parts }
}
