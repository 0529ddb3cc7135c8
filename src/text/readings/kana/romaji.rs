//! Kana to romaji, in Hepburn spelling.

/// The romaji of ぁ (U+3041) to ゖ.
const MORAE: [&str; 86] = [
    "a", "a", "i", "i", "u", "u", "e", "e", "o", "o", "ka", "ga", "ki", "gi", "ku", "gu", "ke", "ge", "ko",
    "go", "sa", "za", "shi", "ji", "su", "zu", "se", "ze", "so", "zo", "ta", "da", "chi", "ji", "", "tsu",
    "zu", "te", "de", "to", "do", "na", "ni", "nu", "ne", "no", "ha", "ba", "pa", "hi", "bi", "pi", "fu",
    "bu", "pu", "he", "be", "pe", "ho", "bo", "po", "ma", "mi", "mu", "me", "mo", "ya", "ya", "yu", "yu",
    "yo", "yo", "ra", "ri", "ru", "re", "ro", "wa", "wa", "i", "e", "o", "n", "vu", "ka", "ke",
];

/// Whether a folded character is kana: hiragana, iteration and length marks, small letters for Ainu.
pub(in super::super) const fn is_kana(c: char) -> bool {
    matches!(c, 'ぁ'..='ゖ' | '\u{3099}'..='ゞ' | 'ー' | '\u{31F0}'..='\u{31FF}' | 'ヿ')
}

/// Folded kana in romaji: た is ta, っか kka, しゃ sha, ふぁ fa, たなk tanak. Other characters stay; length marks are dropped.
pub(super) fn romaji(kana: &str) -> String {
    let mut text = String::with_capacity(kana.len());
    // The start of the last mora in the output, and its character.
    let (mut start, mut before) = (0_usize, None);
    let mut double = false;
    for c in kana.chars() {
        let c = repeated(c, before).unwrap_or(c);
        match c {
            'っ' => double = true,
            'ー' | '\u{3099}'..='ゞ' => {}
            'ゃ' | 'ゅ' | 'ょ' => small_y(&mut text, start, mora(c)),
            'ぁ' | 'ぃ' | 'ぅ' | 'ぇ' | 'ぉ' => small_vowel(&mut text, start, mora(c)),
            _ => {
                let mut letter = [0; 4];
                let letters = if mora(c).is_empty() { c.encode_utf8(&mut letter) } else { mora(c) };
                if std::mem::take(&mut double) {
                    text.extend(doubled(letters));
                }
                start = text.len();
                text.push_str(letters);
            }
        }
        before = Some(c);
    }
    text
}

/// The romaji of one kana; empty if it has none.
fn mora(c: char) -> &'static str {
    let at = u32::from(c).checked_sub(0x3041).and_then(|at| usize::try_from(at).ok());
    at.and_then(|at| MORAE.get(at)).copied().unwrap_or_default()
}

/// The kana that an iteration mark repeats: みすゞ is みすず.
fn repeated(mark: char, before: Option<char>) -> Option<char> {
    match mark {
        'ゝ' => before,
        // A voiced kana follows its plain one.
        'ゞ' => char::from_u32(u32::from(before?).saturating_add(1)),
        _ => None,
    }
}

/// The letter that っ adds before the romaji of the next kana.
fn doubled(letters: &str) -> Option<char> {
    let first = letters.chars().next().filter(|c| c.is_ascii_alphabetic() && !"aiueon".contains(*c))?;
    Some(if first == 'c' { 't' } else { first })
}

/// きゃ kya, しゃ sha, てゅ tyu.
fn small_y(text: &mut String, start: usize, letters: &str) {
    match text.get(start..).unwrap_or_default() {
        "shi" | "chi" | "ji" => {
            text.pop();
            text.push_str(letters.get(1..).unwrap_or_default());
        }
        last => {
            if last.ends_with(['i', 'e']) && last.len() > 1 {
                text.pop();
            }
            text.push_str(letters);
        }
    }
}

/// ふぁ fa, うぃ wi, しぇ she, てぃ ti, とぅ tu; after any other kana it only lengthens the vowel.
fn small_vowel(text: &mut String, start: usize, vowel: &str) {
    match (text.get(start..).unwrap_or_default(), vowel) {
        ("fu" | "vu" | "tsu", _) | ("shi" | "chi" | "ji", "e") | ("te" | "de", "i") | ("to" | "do", "u") => {
            text.pop();
        }
        ("u" | "ku" | "gu", _) => {
            text.pop();
            text.push('w');
        }
        _ => {}
    }
    text.push_str(vowel);
}

/// Shortens long o and u: satou is sato, oono ono, yuuki yuki. The oue of Inoue is two vowels.
pub(super) fn shorten_vowels(text: &str) -> String {
    let mut short = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        short.push(c);
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        let is_long = match c {
            'o' => {
                (after.starts_with('u') && !(short.ends_with("no") && after.starts_with("ue")))
                    || after.starts_with('o')
            }
            'u' => after.starts_with('u'),
            _ => false,
        };
        rest = if is_long { after.get(1..).unwrap_or_default() } else { after };
    }
    short
}
