//! Words with letters mistyped.
//!
//! The distance is the optimal string alignment: letters put in, left out, replaced, and neighbours swapped, each counted
//! once. A query is held against the beginnings of a word, since it may still be growing.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use super::cursor::PartCursor;
use super::key::{HEAD, successor};
use super::part::Part;
use super::view::View;

/// Letters that may be mistyped in a word of a query: none below four letters, one from four, two from eight. A number is
/// meant as it is typed.
pub(super) fn allowed(word: &str) -> u8 {
    if word.chars().all(char::is_numeric) {
        return 0;
    }
    match word.chars().take(LONGEST.saturating_add(1)).count() {
        0..=3 => 0,
        4..=7 => 1,
        8..=LONGEST => 2,
        _ => 0,
    }
}

/// Letters of a word beyond which nobody retypes it: the work grows with the square.
const LONGEST: usize = 48;

/// How far a word of a query is from the nearest beginning of a word, and the length of that beginning in bytes (the longest
/// of several), if it is at most `most` letters.
pub(super) fn distance(query: &str, word: &str, most: u8) -> Option<(u8, usize)> {
    let mut table = Table::new(query, most);
    let mut best = table.accepts().map(|distance| (distance, 0));
    for (at, c) in word.char_indices() {
        if !table.push(c) {
            break;
        }
        if let Some(distance) = table.accepts()
            && best.is_none_or(|(known, _)| distance <= known)
        {
            best = Some((distance, at.saturating_add(c.len_utf8())));
        }
    }
    best
}

/// The table of the alignment: a row for each letter of the word so far, and one before them.
struct Table {
    query: Vec<char>,
    word: Vec<char>,
    cells: Vec<u8>,
    most: u8,
}

impl Table {
    fn new(query: &str, most: u8) -> Self {
        let query: Vec<char> = query.chars().collect();
        let cells = (0..=query.len()).map(|n| u8::try_from(n).unwrap_or(u8::MAX)).collect();
        Self { query, word: Vec::new(), cells, most }
    }

    /// Cells of a row.
    fn width(&self) -> usize {
        self.query.len().saturating_add(1)
    }

    /// The distance of the word so far, if it is small enough.
    fn accepts(&self) -> Option<u8> {
        self.cells.last().copied().filter(|last| *last <= self.most)
    }

    /// Adds a letter to the word; false if nothing that begins so can be near enough.
    fn push(&mut self, c: char) -> bool {
        let (width, end) = (self.width(), self.cells.len());
        let above = end.saturating_sub(width);
        let over = above.checked_sub(width);
        let before = self.word.last().copied();
        let cell = |cells: &[u8], at: usize| cells.get(at).copied().unwrap_or(u8::MAX);
        let first = cell(&self.cells, above);
        let mut left = first.saturating_add(1);
        // A swap looks two rows back: it may still save a row that is one too far.
        let (mut least, mut alive) = (left, first < self.most);
        self.cells.push(left);
        let (mut corner, mut swap) = (first, None);
        for (at, letter) in (above.saturating_add(1)..).zip(&self.query) {
            let up = cell(&self.cells, at);
            alive |= up < self.most;
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
        alive || least <= self.most
    }

    /// Takes the last letter back.
    fn pop(&mut self) {
        if self.word.pop().is_some() {
            self.cells.truncate(self.cells.len().saturating_sub(self.width()));
        }
    }
}

/// The shortest beginnings of the words under `head` in a part that are within `most` letters of a query.
pub(super) fn near(part: &Arc<Part>, head: &[u8], query: &str, most: u8, found: &mut BTreeSet<String>) {
    let mut cursor = PartCursor::at_or_after(Arc::clone(part), head);
    let mut table = Table::new(query, most);
    // What of the word before was read.
    let mut read = String::new();
    while let Some(word) = cursor.entry().and_then(|(key, _)| key.strip_prefix(head)) {
        let shared = read.bytes().zip(word).take_while(|(a, b)| a == *b).count();
        while read.len() > shared {
            read.pop();
            table.pop();
        }
        let rest = word.get(read.len()..).and_then(|rest| std::str::from_utf8(rest).ok());
        let is_told = rest.unwrap_or_default().chars().any(|c| {
            let alive = table.push(c);
            read.push(c);
            let near = table.accepts().is_some();
            if near {
                found.insert(read.clone());
            }
            near || !alive
        });
        if is_told {
            // Whatever begins as far as this was read comes to the same.
            cursor.pass(head.len().saturating_add(read.len()));
        } else {
            cursor.next();
        }
    }
}

/// The same for the recent keys.
pub(super) fn near_recent(view: &View, head: &[u8], query: &str, most: u8, found: &mut BTreeSet<String>) {
    let mut start = Bound::Included((head.to_vec(), i64::MIN));
    while let Some(((key, _), _)) = view.delta.range((start, Bound::Unbounded)).next() {
        if !key.starts_with(head) {
            break;
        }
        let text = key.get(HEAD..).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default();
        let from = match turn(text, query, most) {
            // Whatever begins as far as this was read comes to the same.
            Some((read, near)) => {
                let read = text.get(..read).unwrap_or(text);
                if near {
                    found.insert(read.to_owned());
                }
                match successor(&[head, read.as_bytes()].concat()) {
                    Some(next) => (next, i64::MIN),
                    None => break,
                }
            }
            None => (key.clone(), i64::MAX),
        };
        start = Bound::Excluded(from);
    }
}

/// Whether no word between two keys can be near enough, by what both begin with: then their part need not be read.
pub(super) fn is_hopeless((first, last): (&[u8], &[u8]), head: &[u8], query: &str, most: u8) -> bool {
    let shared = first.iter().zip(last).take_while(|(a, b)| a == b).count();
    let shared = first.get(..shared).and_then(|shared| shared.strip_prefix(head)).unwrap_or_default();
    let whole = match std::str::from_utf8(shared) {
        Ok(text) => text,
        Err(error) => shared
            .get(..error.valid_up_to())
            .and_then(|text| std::str::from_utf8(text).ok())
            .unwrap_or_default(),
    };
    matches!(turn(whole, query, most), Some((_, false)))
}

/// How many bytes of a word have to be read to know that it is near enough, or that nothing that begins so can be; `None` if
/// it ends before that.
fn turn(word: &str, query: &str, most: u8) -> Option<(usize, bool)> {
    let mut table = Table::new(query, most);
    word.char_indices().find_map(|(at, c)| {
        let alive = table.push(c);
        let near = table.accepts().is_some();
        (near || !alive).then(|| (at.saturating_add(c.len_utf8()), near))
    })
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod tests {
    use proptest::prelude::*;

    use super::super::part::PartBuilder;
    use super::super::postings::Posting;
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

    fn nearest(query: &str, word: &str, most: u8) -> Option<u8> {
        let (query, word): (Vec<char>, Vec<char>) = (query.chars().collect(), word.chars().collect());
        (0..=word.len()).map(|end| alignment(&query, &word[..end])).min().filter(|distance| *distance <= most)
    }

    #[test]
    fn by_hand() {
        assert_eq!(distance("jhon", "john", 1), Some((1, 4)));
        assert_eq!(distance("jhon", "johnson", 1), Some((1, 4)));
        assert_eq!(distance("john", "john", 2), Some((0, 4)));
        assert_eq!(distance("ojnh", "john", 1), None);
        assert_eq!(distance("aaab", "aaca", 1), None, "a swap is of two letters that are both there");
        assert_eq!(distance("müler", "müller", 1), Some((1, 7)));
        assert_eq!([allowed("joh"), allowed("john"), allowed("johannes"), allowed("12345678")], [0, 1, 2, 0]);
    }

    proptest! {
        #[test]
        fn distances_are_the_definition(query in "[abé]{1,6}", word in "[abé]{0,7}", most in 0_u8..3) {
            prop_assert_eq!(distance(&query, &word, most).map(|(d, _)| d), nearest(&query, &word, most));
        }

        #[test]
        fn the_walk_finds_what_is_near(
            query in "[abé]{1,6}", most in 0_u8..3, words in prop::collection::btree_set("[abé]{1,6}", 1..30),
        ) {
            let mut builder = PartBuilder::with_parts_of(usize::MAX);
            let mut view = View::default();
            for word in &words {
                builder.add(format!("headhead{word}").as_bytes(), Posting::live(1)).unwrap();
                view.remember(format!("headhead{word}").into_bytes(), Posting::live(1));
            }
            let built = builder.finish().unwrap().unwrap();
            let part = Arc::new(Part::read(built.body, &built.row).unwrap());
            let near_ones = |found: &BTreeSet<String>| words.iter().filter(|word| found.iter().any(|f| word.starts_with(f.as_str()))).cloned().collect::<Vec<_>>();
            let expected: Vec<String> = words.iter().filter(|word| nearest(&query, word, most).is_some()).cloned().collect();
            let mut found = BTreeSet::new();
            near(&part, b"headhead", &query, most, &mut found);
            prop_assert_eq!(near_ones(&found), expected.clone());
            let (first, last) = (words.first().unwrap(), words.last().unwrap());
            let keys = (format!("headhead{first}"), format!("headhead{last}"));
            if is_hopeless((keys.0.as_bytes(), keys.1.as_bytes()), b"headhead", &query, most) {
                prop_assert!(expected.is_empty());
            }
            let mut found = BTreeSet::new();
            near_recent(&view, b"headhead", &query, most, &mut found);
            prop_assert_eq!(near_ones(&found), expected);
        }
    }
}
