//! A word of Han characters: its surname, its given name and their syllables.

use super::super::reading::NamePart;
use super::super::reading_collector::ReadingCollector;
use super::names;

/// The most readings of a given name whose characters have several readings.
const MAX_VARIANTS: usize = 3;

/// Longer words are not names: only this many characters are romanised.
const MAX_CHARS: usize = 12;

/// Whether a folded character is Han: a unified ideograph, the iteration mark, the circle for zero.
pub(in super::super) const fn is_han(c: char) -> bool {
    matches!(c, '々' | '〇' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{FA0E}'..='\u{FA29}'
        | '\u{20000}'..='\u{323AF}')
}

/// One syllable, or other text, for each character.
pub(super) type Syllables<'a> = Vec<&'a str>;

/// The initials. Empty for one syllable: its initial is its prefix.
fn initials(syllables: &[&str]) -> String {
    if syllables.len() < 2 {
        return String::new();
    }
    first_letters(syllables)
}

pub(super) fn first_letters(syllables: &[&str]) -> String {
    syllables.iter().filter_map(|syllable| syllable.chars().next()).collect()
}

/// A word with the byte offsets of its characters.
pub(super) struct HanWord<'a> {
    folded: &'a str,
    pub(super) chars: Vec<(usize, char)>,
}

impl<'a> HanWord<'a> {
    pub(super) fn of(folded: &'a str) -> Self {
        Self { folded, chars: folded.char_indices().collect() }
    }

    /// The byte offset of a character; the length of the word for the index after the last one.
    fn byte_offset(&self, index: usize) -> usize {
        self.chars.get(index).map_or(self.folded.len(), |(at, _)| *at)
    }

    /// The text of a range of characters.
    fn text(&self, start: usize, end: usize) -> &'a str {
        self.folded.get(self.byte_offset(start)..self.byte_offset(end)).unwrap_or_default()
    }

    /// The number of surname characters at the start; 0 if the word is not a whole name.
    pub(super) fn surname_len(&self, part: NamePart) -> usize {
        let count = self.chars.len();
        let all_han = self.chars.iter().all(|(_, c)| is_han(*c));
        let is_surname = |index: usize| self.chars.get(index).is_some_and(|(_, c)| names::is_surname(*c));
        match (part, count) {
            _ if !all_han => 0,
            (NamePart::Family, 1 | 2) => count,
            (NamePart::Given, 1 | 2) | (_, 5..) => 0,
            (_, 3 | 4) if names::is_compound(self.text(0, 2)) => 2,
            (_, 4) if is_surname(0) && is_surname(1) => 2,
            (_, 1..=3) if is_surname(0) => 1,
            _ => 0,
        }
    }

    /// Adds the readings of a word that is not a whole name; for a given name, also its single syllables.
    pub(super) fn add_plain_word(&self, found: &mut ReadingCollector, part: NamePart) {
        let count = self.chars.len().min(MAX_CHARS);
        if part == NamePart::Given && count <= 3 {
            return self.add_given_name(found, 0);
        }
        if let Some(syllables) = self.syllables(0, count) {
            found.add(0..self.byte_offset(count), syllables.concat());
            found.add(0..self.byte_offset(count), initials(&syllables));
        }
    }

    /// Adds the readings of a whole name, or of a surname.
    pub(super) fn add_full_name(&self, found: &mut ReadingCollector, family: usize) {
        let count = self.chars.len();
        let all = 0..self.folded.len();
        let surname = self.surname_syllables(0, family);
        if family < count {
            found.add(self.byte_offset(family)..all.end, self.text(family, count));
            for given in self.reading_variants(family, count) {
                if let Some(surname) = &surname {
                    found.add(all.clone(), surname.concat() + &given.concat());
                    found.add(all.clone(), first_letters(surname) + &first_letters(&given));
                }
            }
            self.add_given_name(found, family);
        }
        let span = 0..self.byte_offset(family);
        if let Some(surname) = surname {
            found.add(span.clone(), surname.concat());
            if family > 1 {
                found.add(span.clone(), initials(&surname));
                self.add_each_syllable(found, 0, &surname);
            }
        }
        // The less common reading of a single character. For a compound surname, the table has its syllables instead.
        let text = self.text(0, family);
        let second = names::surname_reading(text)
            .filter(|_| family == 1)
            .and_then(|readings| readings.split(' ').nth(1));
        for text in second.into_iter().chain(names::surname_spellings(text)) {
            found.add(span.clone(), text);
        }
    }

    /// Adds the readings of the given name from a character on: whole, by initials, by single syllables.
    fn add_given_name(&self, found: &mut ReadingCollector, start: usize) {
        let (count, span) = (self.chars.len(), self.byte_offset(start)..self.folded.len());
        for syllables in self.reading_variants(start, count) {
            found.add(span.clone(), syllables.concat());
            found.add(span.clone(), initials(&syllables));
            self.add_each_syllable(found, start, &syllables);
        }
    }

    /// Adds each syllable for its character, so that "xiao ming" matches 小明.
    fn add_each_syllable(&self, found: &mut ReadingCollector, start: usize, syllables: &[&str]) {
        for (index, syllable) in syllables.iter().enumerate() {
            let at = start.saturating_add(index);
            found.add(self.byte_offset(at)..self.byte_offset(at.saturating_add(1)), *syllable);
        }
    }

    /// The syllables of a range of characters. Latin letters and digits are their own syllables. `None` if a character has no syllable.
    fn syllables(&self, start: usize, end: usize) -> Option<Syllables<'a>> {
        (start..end).map(|index| self.syllable(index)).collect()
    }

    fn syllable(&self, index: usize) -> Option<&'a str> {
        let (_, c) = self.chars.get(index)?;
        if c.is_ascii_alphanumeric() {
            return Some(self.text(index, index.saturating_add(1)));
        }
        names::syllable(*c)
    }

    /// The syllables of a surname.
    pub(super) fn surname_syllables(&self, start: usize, end: usize) -> Option<Syllables<'a>> {
        let text = self.text(start, end);
        if let Some(reading) = names::surname_reading(text) {
            let syllables: Syllables<'a> = reading.split(' ').collect();
            return Some(if end.saturating_sub(start) == 1 {
                syllables.into_iter().take(1).collect()
            } else {
                syllables
            });
        }
        (start..end)
            .map(|index| match names::surname_reading(self.text(index, index.saturating_add(1))) {
                // A double surname: each part has its own surname reading.
                Some(reading) if !names::is_compound(text) => reading.split(' ').next(),
                _ => self.syllable(index),
            })
            .collect()
    }

    /// The readings of a given name: the usual one, then variants with another reading of one character.
    pub(super) fn reading_variants(&self, start: usize, end: usize) -> Vec<Syllables<'a>> {
        let Some(usual) = self.syllables(start, end) else { return Vec::new() };
        let mut variants = vec![usual.clone()];
        for (index, (_, c)) in self.chars.iter().skip(start).enumerate() {
            let Some(other) = names::alternative_reading(*c) else { continue };
            let mut variant = usual.clone();
            if let Some(syllable) = variant.get_mut(index).filter(|usual| **usual != other) {
                *syllable = other;
                variants.push(variant);
            }
        }
        variants.truncate(MAX_VARIANTS);
        variants
    }
}
