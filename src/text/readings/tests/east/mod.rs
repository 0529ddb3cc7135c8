//! East Asian names and their queries, by script.

mod han;
mod hangul;
mod kana;
mod shares;

use std::ops::Range;

use proptest::prelude::*;

use super::super::script::Script;
use super::super::{NamePart, joined_name_readings, name_readings, query_readings};
use crate::text::fold::fold;

/// A searchable text of a contact: a query is a prefix of it.
struct ReadingKey {
    field: usize,
    /// The byte range of the field.
    span: Range<usize>,
    text: String,
    /// Whether the text is the word as written. Then a query covers only the typed bytes.
    is_written: bool,
}

/// The keys of a contact's fields, as an index would have them.
fn keys(fields: &[(NamePart, &str)]) -> Vec<ReadingKey> {
    let mut keys = Vec::new();
    for (field, (part, written)) in fields.iter().enumerate() {
        let folded = fold(written);
        let mut start = 0;
        for word in folded.split(' ') {
            let span = start..start + word.len();
            keys.push(ReadingKey { field, span, text: word.to_owned(), is_written: true });
            for reading in name_readings(written, word, *part) {
                assert!(word.get(reading.span.clone()).is_some_and(|part| !part.is_empty()), "{reading:?}");
                assert!(!reading.text.is_empty() && !reading.text.contains(' '), "{reading:?}");
                let span = start + reading.span.start..start + reading.span.end;
                keys.push(ReadingKey { field, span, text: reading.text, is_written: false });
            }
            start += word.len() + 1;
        }
    }
    let field_of =
        |expected: NamePart| fields.iter().find(|(part, _)| *part == expected).map(|(_, text)| fold(text));
    if let (Some(family), Some(given)) = (field_of(NamePart::Family), field_of(NamePart::Given)) {
        let whole = |text| ReadingKey { field: usize::MAX, span: 0..usize::MAX, text, is_written: false };
        keys.extend(joined_name_readings(&family, &given).into_iter().map(whole));
    }
    keys
}

/// Whether every word of a query is a prefix of a key, and no two words cover the same bytes.
fn finds(fields: &[(NamePart, &str)], query: &str) -> bool {
    let keys = keys(fields);
    let words: Vec<Vec<String>> = fold(query)
        .split(' ')
        .map(|word| std::iter::once(word.to_owned()).chain(query_readings(query, word)).collect())
        .collect();
    assign(&keys, &words, &mut Vec::new())
}

fn assign(keys: &[ReadingKey], words: &[Vec<String>], taken: &mut Vec<(usize, Range<usize>)>) -> bool {
    let Some((word, rest)) = words.split_first() else { return true };
    for key in keys {
        let Some(text) = word.iter().find(|text| key.text.starts_with(text.as_str())) else { continue };
        let end = if key.is_written { key.span.start + text.len() } else { key.span.end };
        let span = key.span.start..end;
        let is_free = taken.iter().all(|(field, other)| {
            let is_same_field = *field == key.field || *field == usize::MAX || key.field == usize::MAX;
            !is_same_field || other.end <= span.start || span.end <= other.start
        });
        if is_free {
            taken.push((key.field, span));
            if assign(keys, rest, taken) {
                return true;
            }
            taken.pop();
        }
    }
    false
}

/// Checks queries that must match a name and queries that must not. A space in the name separates surname and given name, which are in
/// different fields.
fn check(names: &[(&str, &[&str], &[&str])]) {
    for (name, found, not_found) in names {
        let two_fields = name
            .split_once(' ')
            .map(|(family, given)| vec![(NamePart::Family, family), (NamePart::Given, given)]);
        let fields = two_fields.unwrap_or_else(|| vec![(NamePart::Other, *name)]);
        for query in *found {
            assert!(finds(&fields, query), "{name} by {query}: {:?}", show_keys(&fields));
        }
        for query in *not_found {
            assert!(!finds(&fields, query), "{name} by {query}: {:?}", show_keys(&fields));
        }
    }
}

fn show_keys(fields: &[(NamePart, &str)]) -> Vec<String> {
    keys(fields).into_iter().map(|key| format!("{} {:?}", key.text, key.span)).collect()
}

/// The readings of a word.
fn texts(word: &str, part: NamePart) -> Vec<String> {
    name_readings(word, &fold(word), part).into_iter().map(|reading| reading.text).collect()
}

#[test]
fn latin_words_have_no_readings() {
    for word in ["smith", "wang", "ohno", "kim", ""] {
        assert!(texts(word, NamePart::Other).is_empty());
    }
}

#[test]
fn readings_of_any_text_are_limited() {
    for word in [
        "々",
        "〇",
        "㐀",
        "王々",
        "王〇",
        "ー",
        "っ",
        "ゝゞ",
        "ゃ",
        "ㄱ",
        "ㅏ",
        "ㅏㅏㅏ",
        "ㄱㄱㅏ",
        "김a",
        "王김",
        "a王b",
        "𠮷野",
        "\u{3099}",
    ] {
        for part in [NamePart::Given, NamePart::Family, NamePart::Other] {
            let _ = keys(&[(part, word), (NamePart::Given, word), (NamePart::Family, word)]);
        }
        let _ = query_readings(word, &fold(word));
    }
    for text in ["한", "王", "あ"] {
        let long = text.repeat(500);
        let readings = name_readings(&long, &fold(&long), NamePart::Other);
        assert!(readings.len() <= 24);
    }
    assert!(query_readings("", "").is_empty());
}

/// Letters of the three scripts, and separators.
fn tricky_text() -> impl Strategy<Value = String> {
    let letters =
        "王小明单欧阳林田中太郎佐々〇𠮷たなっゃーゝゞァんヴヶ김이철ㄱㅏㅘㅄ남궁azngyoue1v\u{3099}\u{11A8}";
    let one = prop::sample::select(letters.chars().collect::<Vec<_>>());
    prop::collection::vec(one, 0..8).prop_map(String::from_iter)
}

proptest! {
    #![proptest_config(crate::support::cases(256))]

    #[test]
    fn readings_cover_a_part_of_their_word(written in tricky_text(), other in tricky_text()) {
        let (folded, second) = (fold(&written), fold(&other));
        for part in [NamePart::Given, NamePart::Family, NamePart::Other] {
            for reading in name_readings(&written, &folded, part) {
                let covered = folded.get(reading.span.clone());
                prop_assert!(covered.is_some_and(|covered| !covered.is_empty()), "{:?}", reading);
                prop_assert!(!reading.text.is_empty());
            }
        }
        prop_assert!(query_readings(&written, &folded).iter().all(|text| !text.is_empty() && *text != folded));
        prop_assert!(query_readings(&written, &folded).len() <= 16);
        prop_assert!(joined_name_readings(&folded, &second).iter().all(|text| !text.is_empty()));
    }
}
