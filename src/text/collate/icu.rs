//! Collation by ICU, and the letters of lists derived from it.

use std::cmp::Ordering;
use std::sync::OnceLock;

use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use icu_locale_core::Locale;

use super::own_letter;
use crate::error::{Error, Result};
use crate::text::fold;

/// Compared level by level like the parts it separates; below every other character on each.
const SEPARATOR: char = '\u{FFFE}';

/// Characters of a name that decide its section: the longest run that sorts as one letter (the Hungarian dzs)
/// and some invisible ones.
const SECTION_CHARS: usize = 8;

/// Pairs and triples that sort as a letter in one language or another: Czech, Croatian, Hungarian, Welsh,
/// Albanian, Spanish of old, Maltese, Uzbek.
const DIGRAPHS: [&str; 26] = [
    "Ch", "Cs", "Dd", "Dh", "Dz", "Dzs", "Dž", "Ff", "Gh", "Gj", "Gy", "Għ", "Lj", "Ll", "Ly", "Ng", "Nj",
    "Ny", "Ph", "Rh", "Rr", "Sh", "Sz", "Th", "Ty", "Zs",
];

/// The tables of one locale.
#[derive(Debug)]
pub(super) struct Tables {
    full: CollatorBorrowed<'static>,
    /// Knows base letters only, neither marks nor case.
    letters: CollatorBorrowed<'static>,
    /// Sections with the keys they begin at, in order; made when first asked for.
    sections: OnceLock<Vec<(Vec<u8>, String)>>,
}

impl Tables {
    /// The tables of a locale, and their stamp.
    pub(super) fn new(locale: &str) -> Result<(Self, String)> {
        let bad = |problem: String| Error::BadOption { option: "locale", problem };
        let locale = match locale.trim() {
            "" => Locale::UNKNOWN,
            tag => Locale::try_from_str(tag).map_err(|error| bad(error.to_string()))?,
        };
        let with = |strength| {
            let mut options = CollatorOptions::default();
            options.strength = Some(strength);
            CollatorBorrowed::try_new(CollatorPreferences::from(&locale), options)
                .map_err(|error| bad(error.to_string()))
        };
        let full = with(Strength::Tertiary)?;
        let letters = with(Strength::Primary)?;
        let stamp = format!("icu {locale} {:08x}", checksum(&full));
        Ok((Self { full, letters, sections: OnceLock::new() }, stamp))
    }

    /// The whole key of the parts.
    pub(super) fn key(&self, parts: &[&str]) -> Vec<u8> {
        match parts {
            [part] if !part.contains(SEPARATOR) => key(&self.full, part),
            parts => {
                let bytes = parts.iter().map(|part| part.len().saturating_add(SEPARATOR.len_utf8())).sum();
                let mut text = String::with_capacity(bytes);
                for (i, part) in parts.iter().enumerate() {
                    if i > 0 {
                        text.push(SEPARATOR);
                    }
                    // No character, so nobody's name; but text in a name must not move the parts.
                    text.extend(part.chars().filter(|&c| c != SEPARATOR));
                }
                key(&self.full, &text)
            }
        }
    }

    /// See [`super::Collator::section`]. Derived from keys, so that sections follow the order of keys: the section
    /// of a name is the last that begins at its key or below.
    pub(super) fn section(&self, text: &str) -> String {
        let rest = text.trim_start_matches(|c: char| {
            !c.is_alphanumeric() && key(&self.letters, c.encode_utf8(&mut [0; 4])).is_empty()
        });
        if !rest.chars().next().is_some_and(is_listed) {
            return match rest.chars().next() {
                Some(c) if c.is_alphabetic() => own_letter(rest),
                _ => "#".to_owned(),
            };
        }
        let end = rest.char_indices().nth(SECTION_CHARS).map_or(rest.len(), |(at, _)| at);
        let key = key(&self.letters, rest.get(..end).unwrap_or(rest));
        let sections = self.sections.get_or_init(|| self.make_sections());
        let after = sections.partition_point(|section| section.0 <= key);
        let found = after.checked_sub(1).and_then(|at| sections.get(at));
        found.map_or_else(|| "#".to_owned(), |section| section.1.clone())
    }

    /// Every letter that does not sort as another one, or as several, in this locale.
    fn make_sections(&self) -> Vec<(Vec<u8>, String)> {
        let capitals = ('A'..='\u{24F}').chain('\u{370}'..='\u{52F}').filter(|c| c.is_uppercase());
        let names = capitals.map(String::from).chain(DIGRAPHS.map(str::to_owned));
        let mut candidates: Vec<_> = names.map(|name| (key(&self.letters, &name), name)).collect();
        // Of letters that sort as one, the plain one comes first in the full order and gives the name.
        candidates.sort_by(|(a, a_name), (b, b_name)| match a.cmp(b) {
            Ordering::Equal => self.full.compare(a_name, b_name),
            order => order,
        });
        // A key that goes on where another ends belongs to several letters, as that of Æ does in most locales.
        candidates.dedup_by(|(key, _), (before, _)| key.starts_with(before));
        candidates
    }
}

fn key(collator: &CollatorBorrowed<'_>, text: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(text.len().saturating_mul(2).saturating_add(8));
    let Ok(()) = collator.write_sort_key_to(text, &mut key);
    key
}

/// True for letters of Latin, Greek and Cyrillic, the scripts with sections in [`Tables::make_sections`].
fn is_listed(c: char) -> bool {
    fold::fold(c.encode_utf8(&mut [0; 4])).chars().next().is_some_and(|c| {
        c.is_alphabetic()
            && matches!(c, 'a'..='z' | '\u{C0}'..='\u{2AF}' | '\u{370}'..='\u{3E1}' | '\u{3F0}'..='\u{52F}' | '\u{1E00}'..='\u{1FFF}')
    })
}

/// A checksum over one key that holds the scripts of most names. ICU says that its keys die with any new version
/// of its code or its data; no version number can be asked for, so the stamp has what the tables do.
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
