//! The script of a word.

use super::{han, hangul, kana};

/// A script, or several scripts with the same rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Cyrillic,
    Greek,
    Armenian,
    Georgian,
    Arabic,
    Hebrew,
    /// Devanagari and Bengali.
    Indic,
    Khmer,
    /// Chinese characters, in Chinese, Japanese or Korean names.
    Han,
    /// Kana, alone or with kanji.
    Kana,
    Hangul,
    Other,
}

impl Script {
    /// The script of a folded word: that of its first non-Latin letter.
    pub(super) fn of(folded: &str) -> Self {
        if folded.is_ascii() {
            return Self::Latin;
        }
        match folded.chars().find(|c| !is_latin(*c)).map_or(Self::Latin, of_letter) {
            Self::Other => east_asian(folded),
            script => script,
        }
    }
}

/// The script of a word with East Asian letters.
fn east_asian(folded: &str) -> Script {
    let mut script = Script::Other;
    for c in folded.chars().filter(|c| *c >= '\u{2E80}') {
        if kana::is_kana(c) {
            return Script::Kana;
        }
        if hangul::is_hangul(c) {
            return Script::Hangul;
        }
        if han::is_han(c) {
            script = Script::Han;
        }
    }
    script
}

/// Whether the character is Latin, or has no script.
const fn is_latin(c: char) -> bool {
    matches!(c, '\0'..='\u{36F}' | '\u{1D00}'..='\u{1EFF}' | '\u{2000}'..='\u{2BFF}' | '\u{A720}'..='\u{A7FF}')
}

const fn of_letter(c: char) -> Script {
    match c {
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Script::Greek,
        '\u{400}'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' | '\u{A640}'..='\u{A69F}' => Script::Cyrillic,
        '\u{530}'..='\u{58F}' => Script::Armenian,
        '\u{590}'..='\u{5FF}' => Script::Hebrew,
        '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}' | '\u{8A0}'..='\u{8FF}' => Script::Arabic,
        '\u{900}'..='\u{9FF}' => Script::Indic,
        '\u{10A0}'..='\u{10FF}' | '\u{1C90}'..='\u{1CBF}' | '\u{2D00}'..='\u{2D2F}' => Script::Georgian,
        '\u{1780}'..='\u{17FF}' => Script::Khmer,
        _ => Script::Other,
    }
}
