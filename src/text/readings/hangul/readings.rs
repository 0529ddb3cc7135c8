//! Readings of names in Hangul.

use super::super::reading::{NamePart, Reading};
use super::super::reading_collector::{ReadingCollector, distinct_except};
use super::names;
use super::rough_form::{rough_form, with_marker};
use super::syllables::{Syllable, syllables};

/// Longer words are not names: only this many syllables are romanised.
const MAX_SYLLABLES: usize = 8;

/// The readings of a word in Hangul.
pub(in super::super) fn name_readings(folded: &str, part: NamePart) -> Vec<Reading> {
    let mut found = ReadingCollector::default();
    let Some(word) = syllables(folded) else { return Vec::new() };
    let family = surname_len(&word, folded, part);
    let all = 0..folded.len();
    found.add(all.clone(), initials(&word));
    let (surname, given) = word.split_at_checked(family).unwrap_or((&[], &word));
    let surnames = surname_forms(surname, folded);
    if let Some(start) = given.first().map(|syllable| syllable.span.start).filter(|_| family > 0) {
        found.add(start..all.end, folded.get(start..).unwrap_or_default());
        found.add(start..all.end, initials(given));
        for surname in surnames.iter().take(2) {
            found.add(all.clone(), with_marker(&format!("{surname}{}", rough_form(given))));
        }
    }
    if let Some(end) = surname.last().map(|syllable| syllable.span.end) {
        for surname in &surnames {
            found.add(0..end, with_marker(surname));
        }
    }
    add_given_name(&mut found, given, folded, part);
    found.into_readings()
}

/// Ways to type two fields without a space: by initials, and as kimcheolsu for 김 and 철수.
pub(in super::super) fn joined_name_readings(family: &str, given: &str) -> Vec<String> {
    let (Some(surname), Some(given)) = (syllables(family), syllables(given)) else { return Vec::new() };
    let mut texts = vec![first_letters(&surname) + &first_letters(&given)];
    texts.extend(
        surname_forms(&surname, family)
            .iter()
            .take(2)
            .map(|name| with_marker(&format!("{name}{}", rough_form(&given)))),
    );
    distinct_except(texts, "")
}

/// Adds the readings of a given name, or of a word that is not split: whole, and by single syllables if people may write them apart.
fn add_given_name(found: &mut ReadingCollector, word: &[Syllable], folded: &str, part: NamePart) {
    let (Some(first), Some(last)) = (word.first(), word.last()) else { return };
    let (start, end) = (first.span.start, last.span.end);
    let romanised = word.get(..MAX_SYLLABLES).unwrap_or(word);
    found.add(start..end, with_marker(&rough_form(romanised)));
    if (2..=3).contains(&word.len()) && (part != NamePart::Other || end < folded.len() || start > 0) {
        for syllable in word {
            found.add(syllable.span.clone(), with_marker(&rough_form(std::slice::from_ref(syllable))));
        }
    }
}

/// The number of surname syllables at the start; 0 if the word is not a whole name.
fn surname_len(word: &[Syllable], folded: &str, part: NamePart) -> usize {
    let is_surname = |count: usize| {
        let end = word.get(count.wrapping_sub(1)).map_or(0, |syllable| syllable.span.end);
        names::is_surname(folded.get(..end).unwrap_or_default())
    };
    match (part, word.len()) {
        (NamePart::Family, count @ (1 | 2)) => count,
        (NamePart::Given, 0..=2) | (_, 0 | 1 | 5..) => 0,
        (_, 3 | 4) if is_surname(2) => 2,
        (_, 2 | 3) if is_surname(1) => 1,
        _ => 0,
    }
}

/// The rough forms of a surname, the usual one first.
fn surname_forms(word: &[Syllable], folded: &str) -> Vec<String> {
    let Some(end) = word.last().map(|syllable| syllable.span.end) else { return Vec::new() };
    let regular = rough_form(word);
    let spelled = names::rough_spellings(folded.get(..end).unwrap_or_default()).map(str::to_owned);
    distinct_except(spelled.chain([regular]), "")
}

/// The initials. Empty for one syllable: its initial is its prefix.
fn initials(word: &[Syllable]) -> String {
    if word.len() < 2 { String::new() } else { first_letters(word) }
}

fn first_letters(word: &[Syllable]) -> String {
    word.iter().map(|syllable| syllable.initial).collect()
}
