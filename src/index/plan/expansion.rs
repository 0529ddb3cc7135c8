//! What a query may mean besides its words: nicknames, variant characters, words typed together or apart, another keyboard layout.
//!
//! All of it is derived from the query, so the index has no terms for it.

use crate::index::plan::query_word::{QueryWord, query_words};
use crate::text::fold::fold;
use crate::text::spelling::{equivalent_names, layout_variants};

/// The lengths, in characters, of words that may be several words typed together.
const SPLIT_LENGTHS: std::ops::RangeInclusive<usize> = 4..=16;

/// The most words of a query that are read as one word.
const MAX_JOINED_WORDS: usize = 4;

/// Particles that people write together with the rest of a last name, and their words.
const JOINED_PARTICLES: [(&str, &[&str]); 6] = [
    ("vanden", &["van", "den"]),
    ("vander", &["van", "der"]),
    ("vande", &["van", "de"]),
    ("delos", &["de", "los"]),
    ("delas", &["de", "las"]),
    ("dela", &["de", "la"]),
];

/// What a query without hits may mean, best first: words that a contact must have instead of its words.
pub(super) fn fallbacks(text: &str, folded: &str, words: &[QueryWord]) -> Vec<Vec<QueryWord>> {
    let mut found = match words {
        [word] => splits(word.folded()),
        _ if words.len() <= MAX_JOINED_WORDS => joins(words),
        _ => Vec::new(),
    };
    for typed in layout_variants(text) {
        let typed_folded = fold(&typed);
        let words = query_words(&typed, &typed_folded);
        if !words.is_empty() && typed_folded != folded {
            found.push(words);
        }
    }
    found
}

/// The words with other names of the same people: nicknames, and names in variant characters.
pub(super) fn equivalents(words: &[QueryWord]) -> Option<Vec<QueryWord>> {
    let mut is_any = false;
    let mut expand = |word: &QueryWord| {
        let others = equivalent_names(word.folded());
        if others.is_empty() {
            return word.clone();
        }
        is_any = true;
        // The ordinary stages have read the terms of a lone word.
        let own = if words.len() > 1 { word.forms().to_vec() } else { Vec::new() };
        QueryWord::with_forms(word.folded(), own.into_iter().chain(others).collect())
    };
    let expanded = words.iter().map(&mut expand).collect();
    is_any.then_some(expanded)
}

/// A word cut into words: after each of its letters, after the first two, before the last two, and after particles.
fn splits(word: &str) -> Vec<Vec<QueryWord>> {
    let count = word.chars().count();
    if !SPLIT_LENGTHS.contains(&count) || !word.chars().all(char::is_alphabetic) {
        return Vec::new();
    }
    let cut = |ends: &[usize]| {
        let mut rest = word.chars();
        let mut part = |len: usize| rest.by_ref().take(len).collect::<String>();
        let mut start = 0_usize;
        let mut parts = Vec::with_capacity(ends.len().saturating_add(1));
        for end in ends.iter().copied().chain([count]) {
            parts.push(QueryWord::plain(&part(end.saturating_sub(start))));
            start = end;
        }
        parts
    };
    let mut found: Vec<_> = (1..count).map(|at| cut(&[at])).collect();
    found.push(cut(&[1, 2]));
    found.push(cut(&[count.saturating_sub(2), count.saturating_sub(1)]));
    for (joined, particles) in JOINED_PARTICLES {
        if let Some(rest) = word.strip_prefix(joined).filter(|rest| rest.chars().nth(1).is_some()) {
            found.push(particles.iter().chain([&rest]).map(|part| QueryWord::plain(part)).collect());
        }
    }
    found
}

/// Two neighbouring words as one word, and all words as one.
fn joins(words: &[QueryWord]) -> Vec<Vec<QueryWord>> {
    let texts: Vec<&str> = words.iter().map(QueryWord::folded).collect();
    let mut found = Vec::new();
    for (at, pair) in texts.windows(2).enumerate() {
        let before = texts.iter().take(at).map(|text| (*text).to_owned());
        let after = texts.iter().skip(at.saturating_add(2)).map(|text| (*text).to_owned());
        found.push(before.chain([pair.concat()]).chain(after).collect::<Vec<_>>());
    }
    if texts.len() > 2 {
        found.push(vec![texts.concat()]);
    }
    let plain = |texts: Vec<String>| texts.iter().map(|text| QueryWord::plain(text)).collect();
    found.into_iter().map(plain).collect()
}
