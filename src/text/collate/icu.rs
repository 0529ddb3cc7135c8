//! Collation by ICU, and the sections derived from it.

use std::cmp::Ordering;

use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use icu_locale_core::Locale;

use super::section_letters::{HAN_LABEL, HANGUL, KANA, SECTIONS_VERSION, SectionTable, letters};
use crate::error::{Error, Result};

/// Separates the parts of a name. ICU sorts it below every other character on each level.
const SEPARATOR: char = '\u{FFFE}';

/// Digraphs and trigraphs that sort as a letter in some language: Czech, Croatian, Hungarian, Welsh, Albanian, traditional
/// Spanish, Maltese, Uzbek.
const DIGRAPHS: [&str; 26] = [
    "Ch", "Cs", "Dd", "Dh", "Dz", "Dzs", "Dž", "Ff", "Gh", "Gj", "Gy", "Għ", "Lj", "Ll", "Ly", "Ng", "Nj",
    "Ny", "Ph", "Rh", "Rr", "Sh", "Sz", "Th", "Ty", "Zs",
];

/// The tables of one locale.
#[derive(Debug)]
pub(super) struct IcuCollation {
    tertiary: CollatorBorrowed<'static>,
    /// Compares only base letters: ignores marks and case.
    primary: CollatorBorrowed<'static>,
}

impl IcuCollation {
    /// The tables of a locale, and their stamp.
    pub(super) fn new(locale: &str) -> Result<(Self, String)> {
        let bad_option = |reason: String| Error::BadOption { option: "locale", reason };
        let locale = match locale.trim() {
            "" => Locale::UNKNOWN,
            tag => Locale::try_from_str(tag).map_err(|error| bad_option(error.to_string()))?,
        };
        let collator = |strength| {
            let mut options = CollatorOptions::default();
            options.strength = Some(strength);
            CollatorBorrowed::try_new(CollatorPreferences::from(&locale), options)
                .map_err(|error| bad_option(error.to_string()))
        };
        let tertiary = collator(Strength::Tertiary)?;
        let primary = collator(Strength::Primary)?;
        let stamp = format!("icu {locale} {SECTIONS_VERSION} {:08x}", checksum(&tertiary));
        Ok((Self { tertiary, primary }, stamp))
    }

    /// The key of the parts, not truncated.
    pub(super) fn key(&self, parts: &[&str]) -> Vec<u8> {
        match parts {
            [part] if !part.contains(SEPARATOR) => key(&self.tertiary, part),
            parts => {
                let bytes = parts.iter().map(|part| part.len().saturating_add(SEPARATOR.len_utf8())).sum();
                let mut text = String::with_capacity(bytes);
                for (i, part) in parts.iter().enumerate() {
                    if i > 0 {
                        text.push(SEPARATOR);
                    }
                    // U+FFFE is not a character, so no name needs it. In a name it would shift the parts.
                    text.extend(part.chars().filter(|&c| c != SEPARATOR));
                }
                key(&self.tertiary, &text)
            }
        }
    }

    /// All letters that do not sort like another letter, or like several letters, in this locale.
    pub(super) fn sections(&self) -> SectionTable {
        let primary = |text: &str| key(&self.primary, text);
        let han = self.han_sections();
        let by_pinyin = han.iter().any(|(_, label)| label == "A");
        let latin = letters().map(String::from).chain(DIGRAPHS.map(str::to_owned)).map(|name| {
            let is_latin = name.starts_with(|c| c < '\u{250}');
            let label = if by_pinyin && is_latin { name.to_lowercase() } else { name.clone() };
            (primary(&name), name, label)
        });
        let same = |(key, label): (Vec<u8>, String)| (key, label.clone(), label);
        let kana = KANA.into_iter().map(|c| same((primary(c.encode_utf8(&mut [0; 4])), c.to_string())));
        let hangul = HANGUL
            .into_iter()
            .map(|(label, initial, _)| same((primary(initial.encode_utf8(&mut [0; 4])), label.to_owned())));
        let mut all: Vec<_> = latin.chain(kana).chain(hangul).chain(han.into_iter().map(same)).collect();
        all.retain(|(key, ..)| !key.is_empty());
        // If several letters have the same primary key, the plain letter comes first in the tertiary order and is the label.
        all.sort_by(|(a, a_name, _), (b, b_name, _)| match a.cmp(b) {
            Ordering::Equal => self.tertiary.compare(a_name, b_name),
            order => order,
        });
        SectionTable::new(all.into_iter().map(|(key, _, label)| (key, label)).collect())
    }

    /// The sections of Han characters. The Chinese orders have markers: U+FDD0 and a letter of pinyin, a letter of bopomofo, or the
    /// first number of strokes. In other orders Han are one section, from the first character in use.
    fn han_sections(&self) -> Vec<(Vec<u8>, String)> {
        let primary = |text: &str| key(&self.primary, text);
        let unmarked = primary("\u{FDD0}");
        let marker = |letter: char| {
            let key = primary(&format!("\u{FDD0}{letter}"));
            (key.first() != unmarked.first()).then_some(key)
        };
        // Characters that the order does not list sort after those it lists.
        let rest: Vec<u8> = primary("\u{20000}").into_iter().take(1).collect();
        let by_sound: Vec<_> = ('A'..='Z')
            .chain('\u{3105}'..='\u{3129}')
            .filter_map(|letter| Some((marker(letter)?, letter.to_string())))
            .collect();
        if !by_sound.is_empty() {
            return by_sound.into_iter().chain([(rest, HAN_LABEL.to_owned())]).collect();
        }
        let hangul = primary("가");
        let listed = ["一", "亜"].map(primary).into_iter().filter(|key| key.first() != hangul.first());
        let first = listed.chain(marker('\u{2801}')).chain([rest]).min();
        first.map(|first| (first, HAN_LABEL.to_owned())).into_iter().collect()
    }
}

fn key(collator: &CollatorBorrowed<'_>, text: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(text.len().saturating_mul(2).saturating_add(8));
    let Ok(()) = collator.write_sort_key_to(text, &mut key);
    key
}

/// A checksum of a key that contains the scripts of most names. ICU keys are only valid for one version of its code and data. ICU gives
/// no version number, so the stamp has this checksum.
fn checksum(collator: &CollatorBorrowed<'_>) -> u32 {
    let scripts = [' '..='\u{24F}', '\u{370}'..='\u{52F}', '\u{5D0}'..='\u{6FF}', '\u{905}'..='\u{939}']
        .into_iter()
        .chain([
            '\u{E01}'..='\u{E2E}',
            '\u{3041}'..='\u{30FF}',
            '\u{4E00}'..='\u{4EFF}',
            '\u{AC00}'..='\u{AC20}',
        ]);
    let text: String = scripts.flatten().collect();
    crc32fast::hash(&key(collator, &text))
}
