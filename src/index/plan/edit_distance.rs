//! Edit distance between a word of a query and the prefixes of a word.
//!
//! The distance is the optimal string alignment distance: insertions, deletions, substitutions, and swaps of neighbours, each
//! counted once. It is to a prefix of the word, since the user may still be typing.

/// Typos that are allowed in a word of a query: none below four letters, one from four, two from eight. Numbers must be exact.
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

/// Letters of a word above which it must be exact: the work grows with the square, and such a word is pasted, not typed.
const MAX_FUZZY_WORD_LEN: usize = 48;

/// The least distance from `query` to a prefix of `word`, and the length of that prefix in bytes (the longest of several); `None`
/// if it is above `max_distance`.
pub(crate) fn prefix_distance(query: &str, word: &str, max_distance: u8) -> Option<(u8, usize)> {
    let mut table = EditDistanceTable::new(query, max_distance);
    let mut best = table.accepted_distance().map(|distance| (distance, 0));
    for (at, letter) in word.char_indices() {
        if !table.push(letter) {
            break;
        }
        if let Some(distance) = table.accepted_distance()
            && best.is_none_or(|(least, _)| distance <= least)
        {
            best = Some((distance, at.saturating_add(letter.len_utf8())));
        }
    }
    best
}

/// The table of the alignment: one row for each letter of the word so far, and one before them.
#[derive(Debug)]
pub(crate) struct EditDistanceTable {
    query: Vec<char>,
    word: String,
    cells: Vec<u8>,
    max_distance: u8,
}

impl EditDistanceTable {
    pub(crate) fn new(query: &str, max_distance: u8) -> Self {
        let query: Vec<char> = query.chars().collect();
        let cells = (0..=query.len()).map(|n| u8::try_from(n).unwrap_or(u8::MAX)).collect();
        Self { query, word: String::new(), cells, max_distance }
    }

    /// The word so far.
    pub(crate) fn word(&self) -> &str {
        &self.word
    }

    /// Cells of a row.
    fn width(&self) -> usize {
        self.query.len().saturating_add(1)
    }

    /// The distance of the word so far; `None` if it is above the maximum.
    pub(crate) fn accepted_distance(&self) -> Option<u8> {
        self.cells.last().copied().filter(|last| *last <= self.max_distance)
    }

    /// Appends a letter to the word. False if no word that starts so can be within the maximum.
    pub(crate) fn push(&mut self, letter: char) -> bool {
        let (width, end) = (self.width(), self.cells.len());
        let above = end.saturating_sub(width);
        let above_twice = above.checked_sub(width);
        let previous = self.word.chars().next_back();
        let cell = |cells: &[u8], at: usize| cells.get(at).copied().unwrap_or(u8::MAX);
        let first = cell(&self.cells, above);
        let mut left = first.saturating_add(1);
        // The least cell of this row bounds all later distances. A swap uses the row before the previous one, but it never beats a
        // deletion in the row between.
        let mut least = left;
        self.cells.push(left);
        let (mut diagonal, mut previous_query) = (first, None);
        for (at, query) in (above.saturating_add(1)..).zip(&self.query) {
            let up = cell(&self.cells, at);
            let mut best =
                left.min(up).saturating_add(1).min(diagonal.saturating_add(u8::from(*query != letter)));
            if let Some((row, other)) = above_twice.zip(previous_query)
                && other == letter
                && previous == Some(*query)
            {
                let before_swap = row.saturating_add(at.saturating_sub(above)).saturating_sub(2);
                best = best.min(cell(&self.cells, before_swap).saturating_add(1));
            }
            self.cells.push(best);
            least = least.min(best);
            (left, diagonal, previous_query) = (best, up, Some(*query));
        }
        self.word.push(letter);
        least <= self.max_distance
    }

    /// The letters that [`push`](Self::push) may accept next, each once and perhaps some more; `None` if any letter may be.
    pub(crate) fn next_letters(&self) -> Option<Vec<char>> {
        let row = self.cells.get(self.cells.len().saturating_sub(self.width())..).unwrap_or_default();
        if row.iter().any(|cell| *cell < self.max_distance) {
            return None;
        }
        // Every error is spent: a letter continues a cell, or completes a swap that began one letter before.
        let continues = row.iter().zip(&self.query).filter(|(cell, _)| **cell == self.max_distance);
        let previous = self.word.chars().next_back();
        let swapped =
            self.query.iter().zip(self.query.iter().skip(1)).filter(|(_, next)| Some(**next) == previous);
        let mut letters: Vec<char> =
            continues.map(|(_, letter)| *letter).chain(swapped.map(|(letter, _)| *letter)).collect();
        letters.sort_unstable();
        letters.dedup();
        Some(letters)
    }

    /// Removes the last letter.
    pub(crate) fn pop(&mut self) {
        if self.word.pop().is_some() {
            self.cells.truncate(self.cells.len().saturating_sub(self.width()));
        }
    }
}
