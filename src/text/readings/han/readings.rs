//! Readings of Chinese names, and queries in pinyin.

use super::super::kana;
use super::super::reading::{NamePart, Reading};
use super::super::reading_collector::{ReadingCollector, distinct_except};
use super::wade_giles;
use super::word::{HanWord, first_letters};

/// The readings of a word with Han and without kana.
pub(in super::super) fn name_readings(folded: &str, part: NamePart) -> Vec<Reading> {
    let mut readings = ReadingCollector::default();
    let word = HanWord::of(folded);
    let family = word.surname_len(part);
    if family == 0 {
        word.add_plain_word(&mut readings, part);
    } else {
        word.add_full_name(&mut readings, family);
    }
    kana::add_kanji_readings(folded, part, &mut readings);
    readings.into_readings()
}

/// Ways to type two fields without a space: wangxiaoming and wxm for 王 and 小明. The first field has surname readings.
pub(in super::super) fn joined_name_readings(family: &str, given: &str) -> Vec<String> {
    let (family_word, given_word) = (HanWord::of(family), HanWord::of(given));
    let mut texts = Vec::new();
    for given in given_word.reading_variants(0, given_word.chars.len()) {
        if let Some(family) = family_word.surname_syllables(0, family_word.chars.len()) {
            texts.push(family.concat() + &given.concat());
            texts.push(first_letters(&family) + &first_letters(&given));
        }
    }
    texts.extend(kana::joined_name_readings(family, given));
    distinct_except(texts, "")
}

/// A query in Latin letters, converted to the pinyin of the readings: from lv and lyu, and from Wade-Giles.
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
