//! Latin: letters that are typed as two where the keyboard lacks them.

use super::transliteration::respell;

/// The other spelling of a Latin word, of a name or a query: mueller for müller, mammadov for məmmədov. Without marks it
/// is found by the fold.
pub(super) fn spellings(written: &str, folded: &str) -> Vec<String> {
    let azeri = written.contains(['ə', 'Ə']);
    // Đ is d in Vietnamese and dj in Croatian; ü after g is no umlaut in Spanish.
    let vietnamese = written.contains(is_vietnamese);
    let spanish = folded.contains("gue") || folded.contains("gui");
    let spell = |c: char, mark: Option<char>| match umlaut(c, mark) {
        Some("dj") if vietnamese => None,
        Some("ue") if spanish => None,
        None if azeri => azeri_letter(c),
        other => other,
    };
    respell(written, folded, spell).into_iter().collect()
}

/// The two letters that stand for one, composed or with its mark after it.
const fn umlaut(c: char, mark: Option<char>) -> Option<&'static str> {
    Some(match (c, mark) {
        ('ä' | 'Ä', None) | ('a' | 'A', Some('\u{308}')) => "ae",
        ('ö' | 'Ö' | 'ø' | 'Ø' | 'ǿ' | 'Ǿ', None) | ('o' | 'O', Some('\u{308}')) => "oe",
        ('ü' | 'Ü', None) | ('u' | 'U', Some('\u{308}')) => "ue",
        ('å' | 'Å' | '\u{212B}', None) | ('a' | 'A', Some('\u{30A}')) => "aa",
        ('đ' | 'Đ', None) => "dj",
        _ => return None,
    })
}

/// What Azerbaijani letters are abroad. Only for words with ə, which no other language of names has.
const fn azeri_letter(c: char) -> Option<&'static str> {
    Some(match c {
        'ə' | 'Ə' => "a",
        'c' | 'C' => "j",
        'ç' | 'Ç' => "ch",
        'ğ' | 'Ğ' => "gh",
        'q' | 'Q' => "g",
        'ş' | 'Ş' => "sh",
        'x' | 'X' => "kh",
        _ => return None,
    })
}

/// Letters that only Vietnamese has.
const fn is_vietnamese(c: char) -> bool {
    matches!(c, '\u{1EA0}'..='\u{1EF9}' | 'ơ' | 'Ơ' | 'ư' | 'Ư' | '\u{309}' | '\u{31B}' | '\u{323}')
}
