//! The script of a word.

use std::ops::Range;

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

/// The parts of a folded word, if it has several: a change of script separates them, and so do at signs and plus signs. Han and kana
/// are one script here; digits and marks belong to the letters before them.
pub(crate) fn word_parts(folded: &str) -> Vec<Range<usize>> {
    let is_sign = |c: char| matches!(c, '@' | '+');
    if folded.is_ascii() && !folded.bytes().any(|byte| matches!(byte, b'@' | b'+')) {
        return Vec::new(); // most words
    }
    let mut scripts = folded.chars().map(letter_script);
    if let Some(first @ Some(_)) = scripts.next()
        && scripts.all(|script| script == first)
    {
        return Vec::new(); // most other words
    }
    let mut parts: Vec<Range<usize>> = Vec::new();
    let (mut script, mut is_open) = (None, false);
    for (at, c) in folded.char_indices() {
        let end = at.saturating_add(c.len_utf8());
        if is_sign(c) {
            (script, is_open) = (None, false);
            continue;
        }
        let own = letter_script(c);
        match parts.last_mut().filter(|_| is_open && (own.is_none() || script.is_none() || own == script)) {
            Some(part) => part.end = end,
            None => parts.push(at..end),
        }
        (script, is_open) = (own.or(script.filter(|_| is_open)), true);
    }
    if parts.len() == 1 && parts.first() == Some(&(0..folded.len())) { Vec::new() } else { parts }
}

/// The script of a letter; `None` for other characters. Kana are Han here.
fn letter_script(c: char) -> Option<Script> {
    let common = common_letter_script(c);
    if common.is_some() { common } else { c.is_alphabetic().then(|| uncommon_letter_script(c)) }
}

fn uncommon_letter_script(c: char) -> Script {
    match of_letter(c) {
        Script::Other if is_latin(c) => Script::Latin,
        Script::Other if kana::is_kana(c) || han::is_han(c) => Script::Han,
        Script::Other if hangul::is_hangul(c) => Script::Hangul,
        script => script,
    }
}

/// [`letter_script`] for the letters of most names: `char::is_alphabetic` takes ten times as long for letters that are not ASCII.
const fn common_letter_script(c: char) -> Option<Script> {
    Some(match c {
        'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{24F}' => {
            Script::Latin
        }
        '\u{3B1}'..='\u{3C9}' => Script::Greek,
        '\u{400}'..='\u{481}' => Script::Cyrillic,
        '\u{561}'..='\u{586}' => Script::Armenian,
        '\u{5D0}'..='\u{5EA}' => Script::Hebrew,
        '\u{620}'..='\u{64A}' => Script::Arabic,
        '\u{905}'..='\u{939}' => Script::Indic,
        '\u{10D0}'..='\u{10FA}' => Script::Georgian,
        '\u{1780}'..='\u{17B3}' => Script::Khmer,
        '\u{3041}'..='\u{3096}' | '\u{4E00}'..='\u{9FFF}' => Script::Han,
        '\u{3131}'..='\u{3163}' => Script::Hangul,
        _ => return None,
    })
}

/// Whether a character is a letter.
pub(crate) fn is_letter(c: char) -> bool {
    common_letter_script(c).is_some() || c.is_alphabetic()
}

/// Whether a folded word consists of Han and kana.
pub(crate) fn is_han_or_kana(folded: &str) -> bool {
    !folded.is_empty() && folded.chars().all(|c| han::is_han(c) || kana::is_kana(c))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_letters_are_letters_of_their_script() {
        let mut common = 0;
        for c in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            assert_eq!(is_letter(c), c.is_alphabetic(), "{c:?}");
            if c.is_alphabetic() {
                assert_eq!(letter_script(c), Some(uncommon_letter_script(c)), "{c:?}");
            } else {
                assert_eq!(letter_script(c), None, "{c:?}");
            }
            common += u32::from(common_letter_script(c).is_some());
        }
        assert!(common > 20_000);
    }
}
