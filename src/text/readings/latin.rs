//! Latin: letters that people type as two letters on other keyboards.

use super::transliteration::respell;

/// The other spelling of a Latin word of a name or query: mueller for müller, mammadov for məmmədov. Spellings without marks match by
/// the fold.
pub(super) fn spellings(written: &str, folded: &str) -> Vec<String> {
    let azeri = written.contains(['ə', 'Ə']);
    // Đ is d in Vietnamese and dj in Croatian. In Spanish, ü after g is not an umlaut.
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

/// The two-letter spelling of a letter, composed or with a combining mark.
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

/// The international spelling of Azerbaijani letters. Only for words with ə, which is unique to Azerbaijani names.
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
