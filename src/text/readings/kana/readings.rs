//! Readings of names in kana, and of common names in kanji.

use std::ops::Range;

use super::super::reading::{NamePart, Reading};
use super::super::reading_collector::ReadingCollector;
use super::names;
use super::romaji::{is_kana, romaji, shorten_vowels};

/// The readings of a word that has kana in it.
pub(in super::super) fn name_readings(folded: &str, part: NamePart) -> Vec<Reading> {
    let mut found = ReadingCollector::default();
    add_kanji_readings(folded, part, &mut found);
    // One kana within a word is a particle in a surname: 一ノ瀬.
    for run in kana_ranges(folded).into_iter().filter(|run| run.start == 0 || run.len() > 3) {
        let text = folded.get(run.clone()).unwrap_or_default();
        add_long_and_short(&mut found, &run, &romaji(text));
    }
    found.into_readings()
}

/// The stretches of kana in a word.
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

/// Adds a romanised text with its vowels long and short. A short one that the long one starts with is found by it.
fn add_long_and_short(found: &mut ReadingCollector, span: &Range<usize>, text: &str) {
    let short = shorten_vowels(text);
    found.add(span.clone(), text);
    if !text.starts_with(&short) {
        found.add(span.clone(), short);
    }
}

/// Adds the readings of a word that is a common name in kanji, or a surname followed by more.
pub(in super::super) fn add_kanji_readings(folded: &str, part: NamePart, found: &mut ReadingCollector) {
    let all = 0..folded.len();
    if part != NamePart::Given {
        family_readings(folded).for_each(|text| add_long_and_short(found, &all, text));
    }
    if part != NamePart::Family {
        given_readings(folded).for_each(|text| add_long_and_short(found, &all, text));
    }
    let Some(at) = surname_end(folded, part) else { return };
    let (first, last) = folded.split_at_checked(at).unwrap_or_default();
    found.add(at..all.end, last);
    let lasts = given_name_forms(last);
    for family in family_readings(first) {
        add_long_and_short(found, &(0..at), family);
        for last in lasts.iter().take(2) {
            add_long_and_short(found, &all, &format!("{family}{last}"));
        }
    }
    for text in lasts {
        add_long_and_short(found, &(at..all.end), &text);
    }
}

/// Where a surname ends that is followed by a given name. One character alone is a surname only before a known name:
/// 林太郎 and 森さくら, not 林先生.
fn surname_end(folded: &str, part: NamePart) -> Option<usize> {
    let shortest = match part {
        NamePart::Family => return None,
        NamePart::Given => 3,
        NamePart::Other => 2,
    };
    let count = folded.chars().count();
    if count < shortest {
        return None;
    }
    let ends = folded.char_indices().skip(1).take(3).map(|(at, _)| at).collect::<Vec<_>>();
    ends.into_iter().enumerate().rev().find_map(|(before, at)| {
        let (first, last) = folded.split_at_checked(at)?;
        let known = given_readings(last).next().is_some() || last.chars().all(is_kana);
        let single = before == 0;
        let name = known || (!single && last.chars().count() <= 3);
        (name && family_readings(first).next().is_some()).then_some(at)
    })
}

/// How a given name may be read: kana as they are, kanji by the table.
fn given_name_forms(name: &str) -> Vec<String> {
    if name.chars().all(is_kana) {
        return vec![romaji(name)];
    }
    given_readings(name).map(str::to_owned).collect()
}

/// What two fields are typed as without a blank: たなかたろう as tanakatarou and tanakatarō, 田中太郎 as tanakatarou.
pub(in super::super) fn joined_name_readings(first: &str, last: &str) -> Vec<String> {
    let firsts: Vec<String> = if first.chars().all(is_kana) {
        vec![romaji(first)]
    } else {
        family_readings(first).map(str::to_owned).collect()
    };
    let lasts = given_name_forms(last);
    let mut found = ReadingCollector::default();
    for first in firsts.iter().take(2) {
        for last in lasts.iter().take(2) {
            add_long_and_short(&mut found, &(0..0), &format!("{first}{last}"));
        }
    }
    found.into_readings().into_iter().map(|reading| reading.text).collect()
}

fn family_readings(name: &str) -> impl Iterator<Item = &'static str> {
    look_up(names::FAMILY, name)
}

fn given_readings(name: &str) -> impl Iterator<Item = &'static str> {
    look_up(names::GIVEN, name)
}

/// The readings of a name in a table, the commonest first.
fn look_up(table: &'static [(&str, &str)], name: &str) -> impl Iterator<Item = &'static str> {
    let at = table.binary_search_by(|(key, _)| (*key).cmp(name)).ok();
    at.and_then(|at| table.get(at)).map_or("", |(_, readings)| readings).split_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_in_order_and_read_as_kana_do() {
        for table in [names::FAMILY, names::GIVEN] {
            assert!(table.windows(2).all(|pair| pair[0].0 < pair[1].0));
            for (name, readings) in table {
                assert!(readings.chars().all(|c| c.is_ascii_lowercase() || c == ' '), "{name}");
                assert_eq!(crate::text::fold::fold(name), *name);
            }
        }
    }
}
