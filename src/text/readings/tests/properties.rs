//! Properties of all texts.

use proptest::prelude::*;

use super::{FoundBy, find_in_name};
use crate::text::fold::fold;
use crate::text::readings::{NamePart, name_readings, phonetic_keys, query_phonetic_keys, query_readings};

/// Letters, signs and digits of all supported scripts, with separators and marks.
fn text() -> impl Strategy<Value = String> {
    let one = prop_oneof![
        prop::char::range('a', 'z'),
        prop::char::range('À', 'ɏ'),
        prop::char::range('Ά', 'ώ'),
        prop::char::range('Ѐ', 'ԯ'),
        prop::char::range('Ա', 'և'),
        prop::char::range('\u{591}', 'ת'),
        prop::char::range('\u{610}', 'ۓ'),
        prop::char::range('\u{900}', '\u{9FF}'),
        prop::char::range('ა', 'ჿ'),
        prop::char::range('\u{1780}', '\u{17E9}'),
        prop::sample::select(
            "àäÖøÅđəəгдёїійўијђщьъксджияμπντγκαυιουاللהו -'’·\u{301}\u{308}\u{30A}\u{306}"
                .chars()
                .collect::<Vec<_>>()
        ),
        any::<char>(),
    ];
    prop::collection::vec(one, 0..10).prop_map(String::from_iter)
}

/// Words as the index splits them.
fn words(text: &str) -> Vec<String> {
    fold(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether the text is folded, or a rough form with its marker.
fn is_index_text(text: &str) -> bool {
    let text = text.strip_prefix('K').unwrap_or(text);
    fold(text) == text
}

/// The fold turns a Khmer digit into an ASCII digit. The remaining soft sign made the word Cyrillic, with an empty phonetic key.
#[test]
fn a_word_without_letters_has_no_phonetic_key() {
    for word in words("០ь ь") {
        assert_eq!(phonetic_keys(&word), [""; 0]);
    }
}

proptest! {
    #![proptest_config(crate::support::cases(256))]

    #[test]
    fn readings_are_folded_words_with_whole_spans(text in text()) {
        for word in words(&text) {
            for reading in name_readings(&text, &word, NamePart::Other) {
                prop_assert!(word.get(reading.span.clone()).is_some_and(|part| !part.is_empty()), "{:?}", reading);
                prop_assert!(!reading.text.is_empty() && !reading.text.contains(' '));
                prop_assert!(is_index_text(&reading.text), "{:?}", reading);
            }
            for other in query_readings(&text, &word) {
                prop_assert!(!other.is_empty() && is_index_text(&other), "{:?}", other);
            }
            prop_assert!(name_readings(&text, &word, NamePart::Other).len() <= 24);
            prop_assert!(query_readings(&text, &word).len() <= 16);
        }
    }

    #[test]
    fn phonetic_keys_are_ascii_letters_and_few(text in text()) {
        for word in words(&text) {
            for keys in [phonetic_keys(&word), query_phonetic_keys(&word)] {
                prop_assert!(keys.len() <= 6);
                prop_assert!(keys.iter().all(|key| !key.is_empty()));
                prop_assert!(keys.iter().flat_map(|key| key.bytes()).all(|byte| byte.is_ascii_alphabetic()), "{:?}", keys);
                // Each key is of one form: with vowels in lower case, or without in upper case.
                prop_assert!(keys.iter().all(|key| !key.contains(char::is_lowercase) || !key.contains(char::is_uppercase)));
            }
        }
    }

    #[test]
    fn a_name_matches_its_own_words(text in text()) {
        for word in words(&text) {
            prop_assert_eq!(find_in_name(&text, &word), Some(FoundBy::Word));
        }
    }
}

#[test]
fn ascii_has_no_readings() {
    for word in ["", "smith", "mueller", "o2", "a@b"] {
        assert!(name_readings(word, word, NamePart::Other).is_empty());
        assert!(phonetic_keys(word).is_empty());
    }
}

#[test]
fn a_prefix_of_another_reading_is_dropped() {
    let kept = |texts: &[&str]| {
        super::super::transliteration::drop_covered(texts.iter().map(|text| Some((*text).to_owned())))
    };
    assert_eq!(kept(&["milosh", "milos"]), ["milosh"]);
    assert_eq!(kept(&["milos", "milosh"]), ["milosh"]);
    assert_eq!(kept(&["ab", "b", "ab"]), ["ab", "b"]);
}
