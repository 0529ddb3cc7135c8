//! The form in which names and values are compared where accents count: NFC in lower case, without blanks at the ends. Unlike
//! the fold of the search it must never change, because it is stored and nothing makes it anew.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// The form of a text in which it is compared.
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

/// The first bytes of a text, cut at a character.
pub(crate) fn truncate_at_char(mut text: String, most: usize) -> String {
    let mut end = most.min(text.len());
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
    fn case_and_composition_do_not_matter_and_accents_do() {
        assert_eq!(caseless_key(" VIP "), "vip");
        assert_eq!(caseless_key("E\u{301}te\u{301}"), "\u{e9}t\u{e9}");
        assert_ne!(caseless_key("été"), caseless_key("ete"));
        assert_eq!(caseless_key("ÄÖ"), caseless_key("äö"));
        assert_eq!(caseless_key(""), "");
    }

    #[test]
    fn a_head_ends_at_a_character() {
        assert_eq!(truncate_at_char("aé".to_owned(), 2), "a");
        assert_eq!(truncate_at_char("aé".to_owned(), 3), "aé");
        assert_eq!(truncate_at_char("aé".to_owned(), 9), "aé");
    }
}
