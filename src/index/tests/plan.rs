//! Which queries only have hits that an earlier query has.

use crate::index::{Query, SearchFields};
use crate::text::phone::PhoneParser;

fn query(text: &str, fields: SearchFields, fuzzy: bool) -> Query {
    Query::new(text, fields, fuzzy, &PhoneParser::default()).unwrap()
}

fn narrows(newer: &str, older: &str, fields: SearchFields) -> bool {
    query(newer, fields, false).narrows(&query(older, fields, false))
}

#[test]
fn a_text_that_grew_narrows() {
    for fields in [SearchFields::Names, SearchFields::Words, SearchFields::Everything] {
        assert!(narrows("anna", "ann", fields), "{fields:?}");
        assert!(narrows("anna", "anna", fields), "{fields:?}: the same");
        assert!(narrows("anna b", "anna", fields), "{fields:?}: one more word");
        assert!(!narrows("ann", "anna", fields), "{fields:?}: it shrank");
        assert!(!narrows("bnna", "ann", fields), "{fields:?}: another text");
        assert!(!narrows("anna", "", fields), "{fields:?}: the older text is empty");
    }
    assert!(narrows("x@ex", "x@e", SearchFields::Everything), "an address");
}

#[test]
fn a_longer_text_with_more_meanings_does_not_narrow() {
    assert!(
        !narrows("123456", "12345", SearchFields::Everything),
        "a number is also found by its last digits"
    );
    assert!(!narrows("an", "a", SearchFields::Words), "two letters have a phonetic key, one has none");
    let twelve = "a b c d e f g h i j k l";
    assert!(narrows(twelve, &twelve[..twelve.len() - 2], SearchFields::Words));
    assert!(!narrows(&format!("{twelve} m"), twelve, SearchFields::Words), "too many words for word stages");
}

#[test]
fn another_kind_of_query_does_not_narrow() {
    let plain = query("anna", SearchFields::Words, false);
    let fuzzy = query("anna", SearchFields::Words, true);
    assert!(plain.narrows(&plain));
    assert!(!fuzzy.narrows(&plain), "the newer query is fuzzy");
    assert!(!plain.narrows(&fuzzy), "the older query was fuzzy");
    assert!(!plain.narrows(&query("ann", SearchFields::Names, false)), "the older query searched names only");
    assert!(!query("anna", SearchFields::Names, false).narrows(&plain));
    assert!(
        !query("anna", SearchFields::Everything, false).narrows(&plain),
        "the older query did not search contact methods"
    );
}

/// The largest number of words with word stages, and one more.
#[test]
fn a_query_has_word_stages_up_to_twelve_words() {
    let word_count = |words: usize| {
        let text = vec!["a"; words].join(" ");
        query(&text, SearchFields::Words, false).words.len()
    };
    assert_eq!((word_count(1), word_count(2), word_count(12), word_count(13)), (1, 2, 12, 0));
}

/// The longest query, of letters of four bytes each.
#[test]
fn a_query_may_fill_a_key() {
    let query = |letters: usize| {
        Query::new(&"\u{10428}".repeat(letters), SearchFields::Everything, true, &PhoneParser::default())
    };
    assert_eq!(query(256).unwrap().folded.len(), 1_024);
    assert!(query(257).is_err());
}
