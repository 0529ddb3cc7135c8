//! Collation by ICU, and the sections derived from it.

use std::cmp::Ordering;

use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use icu_locale_core::Locale;

use super::pinyin_order::PinyinOrder;
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

/// Letters that are the label of their section in a language, though another letter with the same position sorts before them: the
/// index characters of CLDR. In every language, A to Z are labels before letters with marks.
const PREFERRED_LABELS: [(&str, &[char]); 2] = [("ar", &['ا', 'ت', 'ي']), ("ro", &['Ș', 'Ț'])];

/// The largest number of strokes of a character that has a section of its own.
const MAX_STROKES: u32 = 64;

/// The tables of one locale.
#[derive(Debug)]
pub(super) struct IcuCollation {
    language: String,
    tertiary: CollatorBorrowed<'static>,
    /// Compares only base letters: ignores marks and case.
    primary: CollatorBorrowed<'static>,
    /// In the Chinese order by sound.
    pinyin: Option<PinyinOrder>,
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
        let language = locale.id.language.to_string();
        let mut icu = Self { language, tertiary, primary, pinyin: None };
        if icu.marker('A').is_some() {
            icu.pinyin = Some(PinyinOrder::new(icu.letter_sections()));
        }
        Ok((icu, stamp))
    }

    /// The key of the parts, not truncated.
    pub(super) fn key(&self, parts: &[&str]) -> Vec<u8> {
        let Some(pinyin) = &self.pinyin else { return self.icu_key(parts) };
        let respelled = parts.first().and_then(|name| pinyin.respell(name));
        let mut key = match (&respelled, parts) {
            (Some(first), [_, rest @ ..]) => self.icu_key(&[&[first.as_str()], rest].concat()),
            _ => self.icu_key(parts),
        };
        pinyin.prefix(&mut key);
        key
    }

    fn icu_key(&self, parts: &[&str]) -> Vec<u8> {
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

    pub(super) fn sections(&self) -> SectionTable {
        match &self.pinyin {
            Some(pinyin) => pinyin.table(),
            None => SectionTable::new(self.letter_sections()),
        }
    }

    /// All letters that do not sort like another letter, or like several letters, in this locale: first keys and labels, in order.
    fn letter_sections(&self) -> Vec<(Vec<u8>, String)> {
        let han = self.han_sections();
        // In the order by sound, all Latin names have one of the sections A to Z.
        let by_pinyin = han.iter().any(|(_, label)| label == "A");
        let is_section =
            |name: &String| !by_pinyin || name.is_ascii() || !name.starts_with(|c| c < '\u{250}');
        let single = letters().map(String::from).chain(DIGRAPHS.map(str::to_owned)).filter(is_section);
        let single = single.chain(KANA.map(String::from)).map(|name| (self.primary_key(&name), name));
        let hangul = HANGUL.into_iter().map(|(label, initial, _)| {
            (self.primary_key(initial.encode_utf8(&mut [0; 4])), label.to_owned())
        });
        let mut all: Vec<_> = single.chain(hangul).chain(han).collect();
        all.retain(|(key, _)| !key.is_empty());
        // If several letters have the same primary key, the plain letter comes first in the tertiary order and is the label.
        all.sort_by(|(a, a_name), (b, b_name)| match a.cmp(b) {
            Ordering::Equal => {
                let by_language = self.is_preferred(b_name).cmp(&self.is_preferred(a_name));
                by_language.then_with(|| self.tertiary.compare(a_name, b_name))
            }
            order => order,
        });
        // A key that continues another key is a sequence of letters, like Æ in most languages.
        all.dedup_by(|(key, _), (before, _)| key.starts_with(before));
        all
    }

    fn is_preferred(&self, label: &str) -> bool {
        let of_language = PREFERRED_LABELS.iter().find(|(language, _)| *language == self.language);
        let of_language = of_language.map_or(&[][..], |(_, letters)| letters);
        label.is_ascii() || of_language.iter().any(|letter| label.chars().eq([*letter]))
    }

    fn primary_key(&self, text: &str) -> Vec<u8> {
        key(&self.primary, text)
    }

    /// The first key of a section of Han characters. The Chinese orders have markers: U+FDD0, then a letter of pinyin, a letter of
    /// bopomofo, or U+2800 plus a number of strokes.
    fn marker(&self, letter: char) -> Option<Vec<u8>> {
        let key = self.primary_key(&format!("\u{FDD0}{letter}"));
        (key.first() != self.primary_key("\u{FDD0}").first()).then_some(key)
    }

    /// The sections of Han characters: by the markers of the order. In orders without markers Han are one section, from the first
    /// character in use.
    fn han_sections(&self) -> Vec<(Vec<u8>, String)> {
        // Characters that the order does not list sort after those it lists.
        let rest: Vec<u8> = self.primary_key("\u{20000}").into_iter().take(1).collect();
        let by_sound = ('A'..='Z').chain('\u{3105}'..='\u{3129}').map(|letter| (letter, letter.to_string()));
        let by_strokes = (1..=MAX_STROKES).filter_map(|strokes| {
            Some((char::from_u32(0x2800_u32.saturating_add(strokes))?, format!("{strokes}劃")))
        });
        let marked: Vec<_> = by_sound
            .chain(by_strokes)
            .filter_map(|(marker, label)| Some((self.marker(marker)?, label)))
            .collect();
        if !marked.is_empty() {
            return marked.into_iter().chain([(rest, HAN_LABEL.to_owned())]).collect();
        }
        let hangul = self.primary_key("가");
        let listed = ["一", "亜"].map(|han| self.primary_key(han));
        let first = listed.into_iter().filter(|key| key.first() != hangul.first()).chain([rest]).min();
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
