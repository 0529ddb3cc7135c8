//! Which queries are found among the hits of an earlier one.

use crate::index::{Query, SearchFields};

fn query(text: &str, within: SearchFields, typos: bool) -> Query {
    Query::new(text, within, typos).unwrap()
}

fn narrows(newer: &str, older: &str, within: SearchFields) -> bool {
    query(newer, within, false).narrows(&query(older, within, false))
}

#[test]
fn a_text_that_grew_narrows() {
    for within in [SearchFields::Names, SearchFields::Words, SearchFields::Everything] {
        assert!(narrows("anna", "ann", within), "{within:?}");
        assert!(narrows("anna", "anna", within), "{within:?}: the same");
        assert!(narrows("anna b", "anna", within), "{within:?}: a word more");
        assert!(!narrows("ann", "anna", within), "{within:?}: it shrank");
        assert!(!narrows("bnna", "ann", within), "{within:?}: another one");
        assert!(!narrows("anna", "", within), "{within:?}: nothing was typed");
    }
    assert!(narrows("x@ex", "x@e", SearchFields::Everything), "an address");
}

#[test]
fn a_text_that_means_more_than_before_does_not_narrow() {
    assert!(!narrows("123456", "12345", SearchFields::Everything), "a number is found by its end");
    assert!(!narrows("an", "a", SearchFields::Words), "from two letters on it is heard");
    let twelve = "a b c d e f g h i j k l";
    assert!(narrows(twelve, &twelve[..twelve.len() - 2], SearchFields::Words));
    assert!(!narrows(&format!("{twelve} m"), twelve, SearchFields::Words), "more words than are looked for");
}

#[test]
fn another_kind_of_query_does_not_narrow() {
    let plain = query("anna", SearchFields::Words, false);
    let mistyped = query("anna", SearchFields::Words, true);
    assert!(plain.narrows(&plain));
    assert!(!mistyped.narrows(&plain), "letters may be mistyped now");
    assert!(!plain.narrows(&mistyped), "they might have been");
    assert!(!plain.narrows(&query("ann", SearchFields::Names, false)), "only names were looked at");
    assert!(!query("anna", SearchFields::Names, false).narrows(&plain));
    assert!(!query("anna", SearchFields::Everything, false).narrows(&plain), "points were not looked at");
}

/// As many words as are looked for, and one more.
#[test]
fn words_are_taken_apart_up_to_twelve() {
    let finds_words = |words: usize| {
        let text = vec!["a"; words].join(" ");
        query(&text, SearchFields::Words, false).words.len()
    };
    assert_eq!((finds_words(1), finds_words(2), finds_words(12), finds_words(13)), (1, 2, 12, 0));
}

/// As many letters as may be asked for, each as long as a letter gets.
#[test]
fn a_query_may_fill_a_key() {
    let letters = |many: usize| Query::new(&"\u{10428}".repeat(many), SearchFields::Everything, true);
    assert_eq!(letters(256).unwrap().folded.len(), 1_024);
    assert!(letters(257).is_err());
}
