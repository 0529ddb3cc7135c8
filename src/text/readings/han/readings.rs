//! Readings of Chinese names, and queries in pinyin.

use super::super::kana;
use super::super::reading::{NamePart, Reading};
use super::super::reading_collector::{ReadingCollector, distinct_except};
use super::wade_giles;
use super::word::{HanWord, first_letters};

/// The readings of a word that begins with or has Han, and no kana.
pub(in super::super) fn name_readings(folded: &str, part: NamePart) -> Vec<Reading> {
    let mut found = ReadingCollector::default();
    let word = HanWord::of(folded);
    let family = word.surname_len(part);
    if family == 0 {
        word.add_plain_word(&mut found, part);
    } else {
        word.add_full_name(&mut found, family);
    }
    kana::add_kanji_readings(folded, part, &mut found);
    found.into_readings()
}

/// What two fields are typed as without a blank: wangxiaoming and wxm for 王 and 小明. The first is read as a surname.
pub(in super::super) fn joined_name_readings(family: &str, given: &str) -> Vec<String> {
    let (first, last) = (HanWord::of(family), HanWord::of(given));
    let mut texts = Vec::new();
    for last in last.reading_variants(0, last.chars.len()) {
        if let Some(first) = first.surname_syllables(0, first.chars.len()) {
            texts.push(first.concat() + &last.concat());
            texts.push(first_letters(&first) + &first_letters(&last));
        }
    }
    texts.extend(kana::joined_name_readings(family, given));
    distinct_except(texts, "")
}

/// A query in Latin letters, in the pinyin of the readings: lv and lyu as lu, and Wade-Giles.
pub(in super::super) fn query_readings(folded: &str) -> Vec<String> {
    let mut texts = wade_giles::query_readings(folded);
    let mut plain = folded.to_owned();
    for (from, to) in [("lv", "lu"), ("nv", "nu"), ("lyu", "lu"), ("nyu", "nu")] {
        if plain.contains(from) {
            plain = plain.replace(from, to);
        }
    }
    texts.push(plain);
    distinct_except(texts, folded)
}
