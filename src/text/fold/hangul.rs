//! Hangul as keys: each syllable becomes the keys that type it on the usual keyboard (dubeolsik), 김 ㄱㅣㅁ and 과 ㄱㅗㅏ.
//!
//! An input method shows 기, 김, 김ㅊ, 김처, 김철 while the user types 김철수, and 기머 after 김: typed syllables change, but the sequence
//! of keys only grows. The keys are letters of the compatibility block (U+3131 to U+3163), which NFC does not change. A double
//! consonant is one key; a compound vowel or compound final is two keys.

/// The keys of a syllable: at most one initial, two for the vowel and two for the final.
pub(in crate::text) type JamoKeys = std::iter::FilterMap<std::array::IntoIter<u8, 5>, fn(u8) -> Option<char>>;

/// The base of the tables, just below the compatibility block. 0 in a table means no key.
const BASE: u32 = 0x3130;

/// ㄱ ㄲ ㄴ ㄷ ㄸ ㄹ ㅁ ㅂ ㅃ ㅅ ㅆ ㅇ ㅈ ㅉ ㅊ ㅋ ㅌ ㅍ ㅎ, from U+1100.
const INITIALS: [u8; 19] = [1, 2, 4, 7, 8, 9, 17, 18, 19, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30];

/// ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅘ ㅙ ㅚ ㅛ ㅜ ㅝ ㅞ ㅟ ㅠ ㅡ ㅢ ㅣ, from U+1161.
const VOWELS: [[u8; 2]; 21] = [
    [31, 0],
    [32, 0],
    [33, 0],
    [34, 0],
    [35, 0],
    [36, 0],
    [37, 0],
    [38, 0],
    [39, 0],
    [39, 31],
    [39, 32],
    [39, 51],
    [43, 0],
    [44, 0],
    [44, 35],
    [44, 36],
    [44, 51],
    [48, 0],
    [49, 0],
    [49, 51],
    [51, 0],
];

/// None, then ㄱ ㄲ ㄳ ㄴ ㄵ ㄶ ㄷ ㄹ ㄺ ㄻ ㄼ ㄽ ㄾ ㄿ ㅀ ㅁ ㅂ ㅄ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ, from U+11A8.
const FINALS: [[u8; 2]; 28] = [
    [0, 0],
    [1, 0],
    [2, 0],
    [1, 21],
    [4, 0],
    [4, 24],
    [4, 30],
    [7, 0],
    [9, 0],
    [9, 1],
    [9, 17],
    [9, 18],
    [9, 21],
    [9, 28],
    [9, 29],
    [9, 30],
    [17, 0],
    [18, 0],
    [18, 21],
    [21, 0],
    [22, 0],
    [23, 0],
    [24, 0],
    [26, 0],
    [27, 0],
    [28, 0],
    [29, 0],
    [30, 0],
];

/// The keys of a syllable, or of a conjoining letter (U+1100 to U+11C2; decomposition maps the other forms to these). `None` for
/// other characters, and for letters of old Korean.
pub(in crate::text) fn jamo_keys(c: char) -> Option<JamoKeys> {
    let code = u32::from(c);
    let (initial, vowel, last) = match c {
        '가'..='힣' => {
            let at = code.checked_sub(0xAC00)?;
            let (initial, rest) = (at / 588, at % 588);
            (Some(initial), Some(rest / 28), Some(rest % 28))
        }
        '\u{1100}'..='\u{1112}' => (code.checked_sub(0x1100), None, None),
        '\u{1161}'..='\u{1175}' => (None, code.checked_sub(0x1161), None),
        '\u{11A8}'..='\u{11C2}' => (None, None, code.checked_sub(0x11A7)),
        _ => return None,
    };
    let initial = initial.map_or(Some(0), |at| INITIALS.get(at as usize).copied())?;
    let [first, second] = vowel.map_or(Some([0, 0]), |at| VOWELS.get(at as usize).copied())?;
    let [third, fourth] = last.map_or(Some([0, 0]), |at| FINALS.get(at as usize).copied())?;
    Some([initial, first, second, third, fourth].into_iter().filter_map(letter))
}

fn letter(offset: u8) -> Option<char> {
    if offset == 0 { None } else { char::from_u32(BASE.saturating_add(offset.into())) }
}

/// Whether a letter continues the previous syllable: a vowel or a final.
pub(super) const fn continues_syllable(c: char) -> bool {
    matches!(c, '\u{1160}'..='\u{11FF}')
}

/// Whether a character is a key, as [`jamo_keys`] gives them.
pub(in crate::text) const fn is_jamo(c: char) -> bool {
    matches!(c, 'ㄱ'..='ㅣ')
}

/// Whether a key is a consonant.
pub(in crate::text) const fn is_consonant(c: char) -> bool {
    matches!(c, 'ㄱ'..='ㅎ')
}
