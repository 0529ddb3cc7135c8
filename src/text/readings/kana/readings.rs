//! Readings of names in kana, and of common names in kanji.

use std::ops::Range;

use super::super::reading::{NamePart, Reading};
use super::super::reading_collector::ReadingCollector;
use super::names;
use super::romaji::{is_kana, romaji, shorten_vowels};

/// The readings of a word that contains kana.
pub(in super::super) fn name_readings(folded: &str, part: NamePart) -> Vec<Reading> {
    let mut readings = ReadingCollector::default();
    add_kanji_readings(folded, part, &mut readings);
    // A single kana inside a word is a particle in a surname: 一ノ瀬.
    for run in kana_ranges(folded).into_iter().filter(|run| run.start == 0 || run.len() > 3) {
        let text = folded.get(run.clone()).unwrap_or_default();
        add_long_and_short(&mut readings, &run, &romaji(text));
    }
    readings.into_readings()
}

/// The byte ranges of adjacent kana in a word.
fn kana_ranges(folded: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, c) in folded.char_indices().filter(|(_, c)| is_kana(*c)) {
        let end = at.saturating_add(c.len_utf8());
        match runs.last_mut() {
            Some(run) if run.end == at => run.end = end,
            _ => runs.push(at..end),
        }
    }
    runs
}

/// Adds a romanised text with long vowels and with short vowels. The short form is not needed if it is a prefix of the long one.
fn add_long_and_short(found: &mut ReadingCollector, span: &Range<usize>, text: &str) {
    let short = shorten_vowels(text);
    found.add(span.clone(), text);
    if !text.starts_with(&short) {
        found.add(span.clone(), short);
    }
}

/// Adds the readings of a word that is a common name in kanji, or a surname with a given name.
pub(in super::super) fn add_kanji_readings(folded: &str, part: NamePart, found: &mut ReadingCollector) {
    let all = 0..folded.len();
    if part != NamePart::Given {
        family_readings(folded).for_each(|text| add_long_and_short(found, &all, text));
    }
    if part != NamePart::Family {
        given_readings(folded).for_each(|text| add_long_and_short(found, &all, text));
    }
    let Some(at) = surname_end(folded, part) else { return };
    let (surname, given) = folded.split_at_checked(at).unwrap_or_default();
    found.add(at..all.end, given);
    let given_forms = given_name_forms(given);
    for family in family_readings(surname) {
        add_long_and_short(found, &(0..at), family);
        for given in given_forms.iter().take(2) {
            add_long_and_short(found, &all, &format!("{family}{given}"));
        }
    }
    for text in given_forms {
        add_long_and_short(found, &(at..all.end), &text);
    }
}

/// The end of a surname before a given name. A single character is a surname only before a known given name: 林太郎 and 森さくら, not
/// 林先生.
fn surname_end(folded: &str, part: NamePart) -> Option<usize> {
    let min_chars = match part {
        NamePart::Family => return None,
        NamePart::Given => 3,
        NamePart::Other => 2,
    };
    let count = folded.chars().count();
    if count < min_chars {
        return None;
    }
    let ends = folded.char_indices().skip(1).take(3).map(|(at, _)| at).collect::<Vec<_>>();
    ends.into_iter().enumerate().rev().find_map(|(before, at)| {
        let (surname, given) = folded.split_at_checked(at)?;
        let is_known = given_readings(given).next().is_some() || given.chars().all(is_kana);
        let is_single = before == 0;
        let is_given = is_known || (!is_single && given.chars().count() <= 3);
        (is_given && family_readings(surname).next().is_some()).then_some(at)
    })
}

/// The romanised forms of a given name: kana directly, kanji by the table.
fn given_name_forms(name: &str) -> Vec<String> {
    if name.chars().all(is_kana) {
        return vec![romaji(name)];
    }
    given_readings(name).map(str::to_owned).collect()
}

/// Ways to type two fields without a space: たなか たろう and 田中 太郎 as tanakatarou and tanakataro.
pub(in super::super) fn joined_name_readings(family: &str, given: &str) -> Vec<String> {
    let family_forms: Vec<String> = if family.chars().all(is_kana) {
        vec![romaji(family)]
    } else {
        family_readings(family).map(str::to_owned).collect()
    };
    let given_forms = given_name_forms(given);
    let mut readings = ReadingCollector::default();
    for family in family_forms.iter().take(2) {
        for given in given_forms.iter().take(2) {
            add_long_and_short(&mut readings, &(0..0), &format!("{family}{given}"));
        }
    }
    readings.into_readings().into_iter().map(|reading| reading.text).collect()
}

fn family_readings(name: &str) -> impl Iterator<Item = &'static str> {
    look_up(names::FAMILY, name)
}

fn given_readings(name: &str) -> impl Iterator<Item = &'static str> {
    look_up(names::GIVEN, name)
}

/// The readings of a name in a table, the most common first.
fn look_up(table: &'static [(&str, &str)], name: &str) -> impl Iterator<Item = &'static str> {
    let at = table.binary_search_by(|(key, _)| (*key).cmp(name)).ok();
    at.and_then(|at| table.get(at)).map_or("", |(_, readings)| readings).split_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_folded() {
        for table in [names::FAMILY, names::GIVEN] {
            assert!(table.windows(2).all(|pair| pair[0].0 < pair[1].0));
            for (name, readings) in table {
                assert!(readings.chars().all(|c| c.is_ascii_lowercase() || c == ' '), "{name}");
                assert_eq!(crate::text::fold::fold(name), *name);
            }
        }
    }
}
