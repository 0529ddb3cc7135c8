//! Words with letters mistyped.
//!
//! The distance is the optimal string alignment: letters put in, left out, replaced, and neighbours swapped, each counted
//! once. A query is held against the beginnings of a word, since it may still be growing.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::index::index_key::prefix_successor;

/// Letters that may be mistyped in a word of a query: none below four letters, one from four, two from eight. A number is
/// meant as it is typed.
pub(crate) fn max_typos(word: &str) -> u8 {
    if word.chars().all(char::is_numeric) {
        return 0;
    }
    match word.chars().take(MAX_FUZZY_WORD_LEN.saturating_add(1)).count() {
        4..=7 => 1,
        8..=MAX_FUZZY_WORD_LEN => 2,
        _ => 0,
    }
}

/// Letters of a word beyond which nobody retypes it: the work grows with the square.
const MAX_FUZZY_WORD_LEN: usize = 48;

/// How far a word of a query is from the nearest beginning of a word, and the length of that beginning in bytes (the longest
/// of several), if it is at most `most` letters.
pub(crate) fn prefix_distance(query: &str, word: &str, most: u8) -> Option<(u8, usize)> {
    let mut table = EditDistanceTable::new(query, most);
    let mut best = table.accepted_distance().map(|distance| (distance, 0));
    for (at, c) in word.char_indices() {
        if !table.push(c) {
            break;
        }
        if let Some(distance) = table.accepted_distance()
            && best.is_none_or(|(known, _)| distance <= known)
        {
            best = Some((distance, at.saturating_add(c.len_utf8())));
        }
    }
    best
}

/// The table of the alignment: a row for each letter of the word so far, and one before them.
struct EditDistanceTable {
    query: Vec<char>,
    word: String,
    cells: Vec<u8>,
    max_distance: u8,
}

impl EditDistanceTable {
    fn new(query: &str, most: u8) -> Self {
        let query: Vec<char> = query.chars().collect();
        let cells = (0..=query.len()).map(|n| u8::try_from(n).unwrap_or(u8::MAX)).collect();
        Self { query, word: String::new(), cells, max_distance: most }
    }

    /// Cells of a row.
    fn width(&self) -> usize {
        self.query.len().saturating_add(1)
    }

    /// The distance of the word so far, if it is small enough.
    fn accepted_distance(&self) -> Option<u8> {
        self.cells.last().copied().filter(|last| *last <= self.max_distance)
    }

    /// Adds a letter to the word; false if nothing that begins so can be near enough.
    fn push(&mut self, c: char) -> bool {
        let (width, end) = (self.width(), self.cells.len());
        let above = end.saturating_sub(width);
        let over = above.checked_sub(width);
        let before = self.word.chars().next_back();
        let cell = |cells: &[u8], at: usize| cells.get(at).copied().unwrap_or(u8::MAX);
        let first = cell(&self.cells, above);
        let mut left = first.saturating_add(1);
        // A swap looks two rows back: what it can save, a letter left out in the row between saves as well.
        let mut least = left;
        self.cells.push(left);
        let (mut corner, mut swap) = (first, None);
        for (at, letter) in (above.saturating_add(1)..).zip(&self.query) {
            let up = cell(&self.cells, at);
            let mut best = left.min(up).saturating_add(1).min(corner.saturating_add(u8::from(*letter != c)));
            if let Some((over, other)) = over.zip(swap)
                && other == c
                && before == Some(*letter)
            {
                let over = over.saturating_add(at.saturating_sub(above)).saturating_sub(2);
                best = best.min(cell(&self.cells, over).saturating_add(1));
            }
            self.cells.push(best);
            least = least.min(best);
            (left, corner, swap) = (best, up, Some(*letter));
        }
        self.word.push(c);
        least <= self.max_distance
    }

    /// The next letter after one that led nowhere, of those that lead on: letters of the query near the place that is reached, since a
    /// letter that the query has not would have led on anywhere.
    fn next_viable_letter(&mut self, dead: char) -> Option<char> {
        let reached = self.cells.len().checked_div(self.width()).unwrap_or_default();
        let most = usize::from(self.max_distance);
        let near = reached.saturating_sub(most.saturating_add(2))..=reached.saturating_add(most);
        let near = near.filter_map(|at| self.query.get(at).copied()).filter(|letter| *letter > dead);
        let mut letters: Vec<char> = near.collect();
        letters.sort_unstable();
        letters.into_iter().find(|letter| {
            let leads = self.push(*letter);
            self.pop();
            leads
        })
    }

    /// Takes the last letter back.
    fn pop(&mut self) {
        if self.word.pop().is_some() {
            self.cells.truncate(self.cells.len().saturating_sub(self.width()));
        }
    }
}

/// The shortest beginnings of the words under `head` that are within `most` letters of a query. `seek` gives the first key that is not
/// below another one; it is asked for ever greater ones, and not for what lies between two words that may be near.
///
/// # Errors
/// Those of `seek`.
pub(crate) fn collect_fuzzy_prefixes(
    head: &[u8],
    (query, most): (&str, u8),
    found: &mut BTreeSet<String>,
    mut seek: impl FnMut(&[u8]) -> Result<Option<Vec<u8>>>,
) -> Result<()> {
    let mut table = EditDistanceTable::new(query, most);
    let mut next = Some(head.to_vec());
    while let Some(from) = next
        && let Some(key) = seek(&from)?
    {
        let Some(word) = key.strip_prefix(head).and_then(|word| std::str::from_utf8(word).ok()) else {
            break;
        };
        let shared = table.word.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
        while table.word.len() > shared {
            table.pop();
        }
        let beyond = |text: &str| Some([head, text.as_bytes()].concat()).filter(|_| !text.is_empty());
        let mut rest = word.get(table.word.len()..).unwrap_or_default().chars();
        next = loop {
            let Some(c) = rest.next() else { break Some([&key[..], &[0]].concat()) };
            if !table.push(c) {
                table.pop();
                break match table.next_viable_letter(c) {
                    Some(letter) => Some([head, format!("{}{letter}", table.word).as_bytes()].concat()),
                    None => beyond(&table.word).and_then(|start| prefix_successor(&start)),
                };
            }
            if table.accepted_distance().is_some() {
                found.insert(table.word.clone());
                // Whatever begins so comes to the same.
                break beyond(&table.word).and_then(|start| prefix_successor(&start));
            }
        };
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod tests {
    use proptest::prelude::*;

    use super::*;

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

    fn min_prefix_distance(query: &str, word: &str, most: u8) -> Option<u8> {
        let (query, word): (Vec<char>, Vec<char>) = (query.chars().collect(), word.chars().collect());
        (0..=word.len()).map(|end| alignment(&query, &word[..end])).min().filter(|distance| *distance <= most)
    }

    #[test]
    fn distances_of_examples() {
        assert_eq!(prefix_distance("jhon", "john", 1), Some((1, 4)));
        assert_eq!(prefix_distance("jhon", "johnson", 1), Some((1, 4)));
        assert_eq!(prefix_distance("john", "john", 2), Some((0, 4)));
        assert_eq!(prefix_distance("ojnh", "john", 1), None);
        assert_eq!(prefix_distance("aaab", "aaca", 1), None, "a swap is of two letters that are both there");
        assert_eq!(prefix_distance("müler", "müller", 1), Some((1, 7)));
        assert_eq!(
            [max_typos("joh"), max_typos("john"), max_typos("johannes"), max_typos("12345678")],
            [0, 1, 2, 0]
        );
    }

    proptest! {
        #[test]
        fn distances_match_the_definition(query in "[abé]{1,6}", word in "[abé]{0,7}", most in 0_u8..3) {
            prop_assert_eq!(prefix_distance(&query, &word, most).map(|(d, _)| d), min_prefix_distance(&query, &word, most));
        }

        #[test]
        fn walk_finds_all_words_within_distance(
            query in "[abé]{1,6}", most in 0_u8..3, words in prop::collection::btree_set("[abé]{1,6}", 1..30),
        ) {
            let keys: BTreeSet<Vec<u8>> = words.iter().map(|word| format!("headhead{word}").into_bytes()).collect();
            let near_ones = |found: &BTreeSet<String>| words.iter().filter(|word| found.iter().any(|f| word.starts_with(f.as_str()))).cloned().collect::<Vec<_>>();
            let expected: Vec<String> = words.iter().filter(|word| min_prefix_distance(&query, word, most).is_some()).cloned().collect();
            let mut found = BTreeSet::new();
            let mut last = Vec::new();
            collect_fuzzy_prefixes(b"headhead", (&query, most), &mut found, |from| {
                assert!(last.as_slice() < from, "ever greater");
                last = from.to_vec();
                Ok(keys.range(from.to_vec()..).next().cloned())
            }).unwrap();
            prop_assert_eq!(near_ones(&found), expected);
        }
    }
}
