//! The candidates for section letters. The order of the locale decides which of them have a section.

use std::ops::RangeInclusive;

/// Part of the stamp of a collator. Increase it when the section letters change.
pub(super) const SECTIONS_VERSION: u32 = 2;

/// The section of everything before the first letter.
pub(super) const SYMBOLS_LABEL: &str = "#";

/// The section of Han characters in an order that does not sort them by a reading.
pub(super) const HAN_LABEL: &str = "漢";

/// Scripts with case. Only capitals are section letters.
const CASED: [RangeInclusive<char>; 3] = ['A'..='\u{24F}', '\u{370}'..='\u{52F}', '\u{531}'..='\u{556}'];

/// Scripts without case: Hebrew, Arabic, Syriac, Thaana, those of India, Sinhala, Thai, Lao, Tibetan, Burmese, Georgian, Khmer.
const UNCASED: [RangeInclusive<char>; 20] = [
    '\u{5D0}'..='\u{5EA}',
    '\u{621}'..='\u{64A}',
    '\u{671}'..='\u{6D3}',
    '\u{710}'..='\u{72F}',
    '\u{780}'..='\u{7A5}',
    '\u{905}'..='\u{939}',
    '\u{985}'..='\u{9B9}',
    '\u{A05}'..='\u{A39}',
    '\u{A85}'..='\u{AB9}',
    '\u{B05}'..='\u{B39}',
    '\u{B83}'..='\u{BB9}',
    '\u{C05}'..='\u{C39}',
    '\u{C85}'..='\u{CB9}',
    '\u{D05}'..='\u{D39}',
    '\u{D85}'..='\u{DC6}',
    '\u{E01}'..='\u{E2E}',
    '\u{E81}'..='\u{EAE}',
    '\u{F40}'..='\u{F6C}',
    '\u{1000}'..='\u{102A}',
    '\u{10D0}'..='\u{10F0}',
];
const KHMER: RangeInclusive<char> = '\u{1780}'..='\u{17B3}';

/// Ethiopic has a section for each family of eight syllables.
const ETHIOPIC: RangeInclusive<char> = '\u{1200}'..='\u{1357}';

/// Scripts with one section each, labelled by the first letter: Cherokee, Canadian syllables, Mongolian, Glagolitic, Coptic,
/// Tifinagh, Bopomofo, Yi, Lisu, Vai.
const SINGLE_SECTION_SCRIPTS: [char; 10] = [
    '\u{13A0}', '\u{1401}', '\u{1820}', '\u{2C00}', '\u{2C80}', '\u{2D30}', '\u{3105}', '\u{A000}',
    '\u{A4D0}', '\u{A500}',
];

/// Kana by rows of the gojūon table.
pub(super) const KANA: [char; 10] = ['あ', 'か', 'さ', 'た', 'な', 'は', 'ま', 'や', 'ら', 'わ'];

/// Hangul by initial consonant; tense consonants belong to the plain one. Each: label, consonant, first syllable.
pub(super) const HANGUL: [(&str, char, char); 14] = [
    ("ㄱ", '\u{1100}', '가'),
    ("ㄴ", '\u{1102}', '나'),
    ("ㄷ", '\u{1103}', '다'),
    ("ㄹ", '\u{1105}', '라'),
    ("ㅁ", '\u{1106}', '마'),
    ("ㅂ", '\u{1107}', '바'),
    ("ㅅ", '\u{1109}', '사'),
    ("ㅇ", '\u{110B}', '아'),
    ("ㅈ", '\u{110C}', '자'),
    ("ㅊ", '\u{110E}', '차'),
    ("ㅋ", '\u{110F}', '카'),
    ("ㅌ", '\u{1110}', '타'),
    ("ㅍ", '\u{1111}', '파'),
    ("ㅎ", '\u{1112}', '하'),
];

/// Single letters. Each letter is its own label.
pub(super) fn letters() -> impl Iterator<Item = char> {
    let cased = CASED.into_iter().flatten().filter(|c| c.is_uppercase());
    let uncased = UNCASED.into_iter().chain([KHMER]).flatten().filter(|c| c.is_alphabetic());
    let families = ETHIOPIC.filter(|c| u32::from(*c) % 8 == 0);
    cased.chain(uncased).chain(families).chain(SINGLE_SECTION_SCRIPTS)
}

/// A section of a list: a range of sort keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SectionRange<'a> {
    pub(crate) label: &'a str,
    /// The first key.
    pub(crate) start: &'a [u8],
    /// The first key of the next section; `None` for the last section.
    pub(crate) end: Option<&'a [u8]>,
}

/// The start keys and labels of all sections, in order.
#[derive(Debug)]
pub(super) struct SectionTable(Vec<(Vec<u8>, String)>);

impl SectionTable {
    /// A table from sorted keys and labels. Drops letters without an own position.
    pub(super) fn new(mut sorted: Vec<(Vec<u8>, String)>) -> Self {
        // A key that continues another key is a sequence of letters, like Æ in most languages.
        sorted.dedup_by(|(key, _), (before, _)| key.starts_with(before));
        let mut seen = std::collections::HashSet::new();
        sorted.retain(|(_, label)| seen.insert(label.clone()));
        sorted.insert(0, (Vec::new(), SYMBOLS_LABEL.to_owned()));
        Self(sorted)
    }

    /// The section that contains a key.
    pub(super) fn find(&self, key: &[u8]) -> SectionRange<'_> {
        let after = self.0.partition_point(|(start, _)| start.as_slice() <= key);
        let end = self.0.get(after).map(|(end, _)| end.as_slice());
        let found = after.checked_sub(1).and_then(|at| self.0.get(at));
        let (label, start) = found.map_or((SYMBOLS_LABEL, &[][..]), |(start, label)| (label, start));
        SectionRange { label, start, end }
    }

    /// The start key of a section.
    pub(super) fn start_of(&self, label: &str) -> Option<&[u8]> {
        self.0.iter().find(|(_, candidate)| candidate == label).map(|(start, _)| start.as_slice())
    }
}
