//! Edit distances and the fuzzy search, against their definitions.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::index::plan::edit_distance::{EditDistanceTable, max_typos, prefix_distance};
use crate::index::read::FuzzyMatches;
use crate::index::segment::index_state::MemtableEntry;
use crate::index::segment::word_set::{DictionarySet, WordSetBuilder};

/// The distance of two whole words, from its definition.
#[allow(clippy::many_single_char_names)]
fn alignment(a: &[char], b: &[char]) -> u8 {
    match (a, b) {
        ([], rest) | (rest, []) => u8::try_from(rest.len()).unwrap(),
        ([x, a1 @ ..], [y, b1 @ ..]) => {
            let mut best = alignment(a1, b).min(alignment(a, b1)) + 1;
            best = best.min(alignment(a1, b1) + u8::from(x != y));
            if let ([p, q, a2 @ ..], [r, s, b2 @ ..]) = (a, b)
                && p == s
                && q == r
            {
                best = best.min(alignment(a2, b2) + 1);
            }
            best
        }
    }
}

/// [`prefix_distance`] from its definition.
fn min_prefix_distance(query: &str, word: &str, max_distance: u8) -> Option<u8> {
    let (query, word): (Vec<char>, Vec<char>) = (query.chars().collect(), word.chars().collect());
    (0..=word.len())
        .map(|end| alignment(&query, &word[..end]))
        .min()
        .filter(|distance| *distance <= max_distance)
}

#[test]
fn distances_of_examples() {
    assert_eq!(prefix_distance("jhon", "john", 1), Some((1, 4)));
    assert_eq!(prefix_distance("jhon", "johnson", 1), Some((1, 4)));
    assert_eq!(prefix_distance("john", "john", 2), Some((0, 4)));
    assert_eq!(prefix_distance("ojnh", "john", 1), None);
    assert_eq!(prefix_distance("aaab", "aaca", 1), None, "both letters of a swap must be in the word");
    assert_eq!(prefix_distance("müler", "müller", 1), Some((1, 7)));
    assert_eq!(
        [max_typos("joh"), max_typos("john"), max_typos("johannes"), max_typos("12345678")],
        [0, 1, 2, 0]
    );
}

proptest! {
    #[test]
    fn distances_match_the_definition(query in "[abé]{1,6}", word in "[abé]{0,7}", max_distance in 0_u8..3) {
        prop_assert_eq!(prefix_distance(&query, &word, max_distance).map(|(d, _)| d), min_prefix_distance(&query, &word, max_distance));
    }

    #[test]
    fn fuzzy_prefixes_cover_all_words_within_distance(
        query in "[abé]{1,6}", max_typos in 0_u8..3, words in prop::collection::btree_set("[abé]{1,6}", 1..30),
    ) {
        let covered = |found: &BTreeSet<String>| words.iter().filter(|word| found.iter().any(|f| word.starts_with(f.as_str()))).cloned().collect::<Vec<_>>();
        let expected: Vec<String> = words.iter().filter(|word| min_prefix_distance(&query, word, max_typos).is_some()).cloned().collect();
        let new = || FuzzyMatches { table: EditDistanceTable::new(&query, max_typos), found: BTreeSet::new() };

        let entry = MemtableEntry { live: true, dedup_prefix_len: 0 };
        let memtable = words.iter().map(|word| ((format!("headhead{word}").into_bytes(), 1), entry)).collect();
        let mut in_memtable = new();
        in_memtable.visit_memtable(&memtable, b"headhead");
        prop_assert_eq!(&covered(&in_memtable.found), &expected);

        let mut builder = WordSetBuilder::new(64);
        let mut sets = Vec::new();
        for owner in ["owne1", "owner", "ownes"] {
            for word in &words {
                sets.extend(builder.add(format!("{owner}{word}").as_bytes()).unwrap());
            }
        }
        sets.extend(builder.take().unwrap());
        let mut in_sets = new();
        for set in sets {
            DictionarySet::decode(set.bytes).unwrap().visit(b"owner", &mut in_sets);
        }
        prop_assert_eq!(&in_sets.found, &in_memtable.found);
    }
}
