//! The case-insensitive, accent-sensitive key of a text: NFC in lower case, without white space at the ends.
//!
//! Unlike the fold of the search, this key must never change: it is stored, and no reindexing updates it.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// The key of a text.
pub(crate) fn caseless_key(text: &str) -> String {
    let text = text.trim();
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lower = text.to_lowercase();
    match ComposingNormalizerBorrowed::new_nfc().normalize(&lower) {
        Cow::Borrowed(_) => lower,
        Cow::Owned(composed) => composed,
    }
}

/// The text truncated to `max_len` bytes, at a character boundary.
pub(crate) fn truncate_at_char(mut text: String, max_len: usize) -> String {
    let mut end = max_len.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.truncate(end);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignores_case_and_composition_but_not_accents() {
        assert_eq!(caseless_key(" VIP "), "vip");
        assert_eq!(caseless_key("E\u{301}te\u{301}"), "\u{e9}t\u{e9}");
        assert_ne!(caseless_key("été"), caseless_key("ete"));
        assert_eq!(caseless_key("ÄÖ"), caseless_key("äö"));
        assert_eq!(caseless_key(""), "");
    }

    #[test]
    fn truncates_at_a_character_boundary() {
        assert_eq!(truncate_at_char("aé".to_owned(), 2), "a");
        assert_eq!(truncate_at_char("aé".to_owned(), 3), "aé");
        assert_eq!(truncate_at_char("aé".to_owned(), 9), "aé");
    }
}
