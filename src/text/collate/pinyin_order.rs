//! The Chinese order by sound: Latin and Han names share the sections A to Z, and a surname sorts by the sound that it has in names.

use std::collections::HashMap;

use super::section_letters::SectionTable;
use crate::text::readings::{common_surname_syllables, han_syllable};

/// The first byte of the keys in each section: 1 to 26 for A to Z.
const OTHER: u8 = 27;

/// What the order by sound adds to the keys of ICU.
///
/// ICU sorts all Han before all Latin letters. A key therefore begins with the number of its letter.
#[derive(Debug)]
pub(super) struct PinyinOrder {
    /// The sections of ICU's keys: their first keys, in order, with their labels.
    sections: Vec<(Vec<u8>, String)>,
    /// A character for each syllable that surnames have, to sort the surname as.
    homophones: HashMap<&'static str, char>,
}

impl PinyinOrder {
    /// `sections` are those of ICU's keys, in order: A to Z for Latin, A to Z for Han, and the other scripts.
    pub(super) fn new(sections: Vec<(Vec<u8>, String)>) -> Self {
        let mut homophones = HashMap::new();
        for c in '\u{4E00}'..='\u{9FA5}' {
            if let Some(syllable) = han_syllable(c) {
                homophones.entry(syllable).or_insert(c);
            }
        }
        Self { sections, homophones }
    }

    /// Prepends the number of the letter to a key.
    pub(super) fn prefix(&self, key: &mut Vec<u8>) {
        let after = self.sections.partition_point(|(start, _)| start <= key);
        let label = after.checked_sub(1).and_then(|at| self.sections.get(at));
        key.insert(0, label.map_or(0, |(_, label)| section_number(label)));
    }

    /// A name with its surname written in characters that always have the sound of the surname; `None` if it has already.
    pub(super) fn respell(&self, name: &str) -> Option<String> {
        let (surname, syllables) = common_surname_syllables(name)?;
        let rest = name.strip_prefix(surname)?;
        let characters: Option<String> =
            syllables.map(|syllable| self.homophones.get(syllable).copied()).collect();
        Some(characters? + rest)
    }

    /// The sections of the keys.
    pub(super) fn table(&self) -> SectionTable {
        let others = self.sections.iter().filter(|(_, label)| section_number(label) == OTHER);
        let others = others.map(|(start, label)| ([&[OTHER], start.as_slice()].concat(), label.clone()));
        let letters = ('A'..='Z').zip(1..).map(|(letter, number)| (vec![number], letter.to_string()));
        SectionTable::new(letters.chain(others).collect())
    }
}

fn section_number(label: &str) -> u8 {
    match label.as_bytes() {
        [letter @ b'A'..=b'Z'] => letter.saturating_sub(b'A').saturating_add(1),
        _ => OTHER,
    }
}
