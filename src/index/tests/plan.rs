//! Which queries are found among the hits of an earlier one.

use crate::index::{Query, Within};

fn query(text: &str, within: Within, typos: bool) -> Query {
    Query::new(text, within, typos).unwrap()
}

fn narrows(newer: &str, older: &str, within: Within) -> bool {
    query(newer, within, false).narrows(&query(older, within, false))
}

#[test]
fn a_text_that_grew_narrows() {
    for within in [Within::Names, Within::Words, Within::Everything] {
        assert!(narrows("anna", "ann", within), "{within:?}");
        assert!(narrows("anna", "anna", within), "{within:?}: the same");
        assert!(narrows("anna b", "anna", within), "{within:?}: a word more");
        assert!(!narrows("ann", "anna", within), "{within:?}: it shrank");
        assert!(!narrows("bnna", "ann", within), "{within:?}: another one");
        assert!(!narrows("anna", "", within), "{within:?}: nothing was typed");
    }
    assert!(narrows("x@ex", "x@e", Within::Everything), "an address");
}

#[test]
fn a_text_that_means_more_than_before_does_not_narrow() {
    assert!(!narrows("123456", "12345", Within::Everything), "a number is found by its end");
    assert!(!narrows("an", "a", Within::Words), "from two letters on it is heard");
    let twelve = "a b c d e f g h i j k l";
    assert!(narrows(twelve, &twelve[..twelve.len() - 2], Within::Words));
    assert!(!narrows(&format!("{twelve} m"), twelve, Within::Words), "more words than are looked for");
}

#[test]
fn another_kind_of_query_does_not_narrow() {
    let plain = query("anna", Within::Words, false);
    let mistyped = query("anna", Within::Words, true);
    assert!(plain.narrows(&plain));
    assert!(!mistyped.narrows(&plain), "letters may be mistyped now");
    assert!(!plain.narrows(&mistyped), "they might have been");
    assert!(!plain.narrows(&query("ann", Within::Names, false)), "only names were looked at");
    assert!(!query("anna", Within::Names, false).narrows(&plain));
    assert!(!query("anna", Within::Everything, false).narrows(&plain), "points were not looked at");
}

/// As many words as are looked for, and one more.
#[test]
fn words_are_taken_apart_up_to_twelve() {
    let finds_words = |words: usize| {
        let text = vec!["a"; words].join(" ");
        query(&text, Within::Words, false).words.len()
    };
    assert_eq!((finds_words(1), finds_words(2), finds_words(12), finds_words(13)), (1, 2, 12, 0));
}

/// As many letters as may be asked for, each as long as a letter gets.
#[test]
fn a_query_may_fill_a_key() {
    let letters = |many: usize| Query::new(&"\u{10428}".repeat(many), Within::Everything, true);
    assert_eq!(letters(256).unwrap().folded.len(), 1_024);
    assert!(letters(257).is_err());
}
