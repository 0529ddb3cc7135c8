//! Tables of the fold for single characters.

/// The class of a decomposed character for the fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CharClass {
    /// A letter, digit, symbol, or a mark that stays.
    Letter,
    /// White space, or punctuation that separates words.
    Space,
    /// Punctuation that may join or separate words: Jean-Luc, J.R., H&M.
    Hyphen,
    /// Apostrophes and their substitutes.
    Apostrophe,
    /// The dot of the Catalan "col·lega", which joins, and of 约翰·史密斯, which separates.
    MiddleDot,
    /// A mark that does not distinguish names.
    Mark,
    /// Invisible characters: controls, joiners, directions, variation selectors. Also the Arabic tatweel.
    Drop,
}

/// The class of a character that has no decomposition.
pub(super) const fn classify(c: char) -> CharClass {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '@' | '+' => CharClass::Letter,
        '\'' | '`' => CharClass::Apostrophe,
        '-' | '_' | '.' | '/' | '&' => CharClass::Hyphen,
        '\t'..='\r' | ' '..='~' => CharClass::Space,
        '\0'..='\u{7F}' => CharClass::Drop,
        _ if is_dropped_mark(c) => CharClass::Mark,
        _ if is_invisible(c) => CharClass::Drop,
        _ if is_apostrophe(c) => CharClass::Apostrophe,
        '\u{B7}' => CharClass::MiddleDot,
        _ if is_hyphen(c) => CharClass::Hyphen,
        _ if c.is_whitespace() || c == '\u{2800}' || is_punctuation(c) => CharClass::Space,
        _ => CharClass::Letter,
    }
}

/// Marks that people often omit, by block. Other marks make another letter and stay.
const fn is_dropped_mark(c: char) -> bool {
    matches!(c,
        // Latin, Greek, Cyrillic and common marks. U+034F is invisible and dropped as well.
        '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}'
        | '\u{FE20}'..='\u{FE2F}'
        | '\u{483}'..='\u{489}' | '\u{2DE0}'..='\u{2DFF}' | '\u{A66F}'..='\u{A672}' | '\u{A674}'..='\u{A67D}'
        | '\u{A69E}' | '\u{A69F}'
        // Hebrew points and accents.
        | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}' | '\u{5C7}'
        // Arabic vowel signs, hamza and madda (alone or on a letter), and marks of the Quran.
        | '\u{621}' | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}'
        | '\u{6DF}'..='\u{6E4}' | '\u{6E7}' | '\u{6E8}' | '\u{6EA}'..='\u{6ED}'
        | '\u{897}'..='\u{89F}' | '\u{8CA}'..='\u{8E1}' | '\u{8E3}'..='\u{8FF}')
}

/// Unicode's default ignorable characters, the C1 controls except the line break, and the Arabic tatweel.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{84}' | '\u{86}'..='\u{9F}' | '\u{AD}' | '\u{61C}' | '\u{640}'
        | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Apostrophes, accents and primes used as apostrophes, letters for a glottal stop, geresh and gershayim.
const fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\u{B4}' | '\u{2B9}'
            ..='\u{2BF}'
                | '\u{2C8}'
                | '\u{2CA}'
                | '\u{2CB}'
                | '\u{2EE}'
                | '\u{374}'
                | '\u{384}'
                | '\u{55A}'
                | '\u{5F3}'
                | '\u{5F4}'
                | '\u{7F4}'
                | '\u{7F5}'
                | '\u{1FBD}'
                | '\u{1FBF}'
                | '\u{1FEF}'
                | '\u{1FFD}'
                | '\u{1FFE}'
                | '\u{2018}'
                | '\u{2019}'
                | '\u{201B}'
                | '\u{2032}'
                | '\u{2035}'
                | '\u{A78B}'
                | '\u{A78C}'
    )
}

/// Dashes of every length and script, the minus sign, and the dot between Japanese words.
const fn is_hyphen(c: char) -> bool {
    matches!(
        c,
        '\u{58A}' | '\u{5BE}' | '\u{1400}' | '\u{1806}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2027}'
                | '\u{2043}'
                | '\u{2044}'
                | '\u{2212}'
                | '\u{2215}'
                | '\u{2E17}'
                | '\u{2E1A}'
                | '\u{2E31}'
                | '\u{2E3A}'
                | '\u{2E3B}'
                | '\u{2E40}'
                | '\u{2E5D}'
                | '\u{301C}'
                | '\u{3030}'
                | '\u{30A0}'
                | '\u{30FB}'
                | '\u{10EAD}'
    )
}

/// Non-ASCII punctuation of modern scripts. Symbols are not punctuation: people use them in names on purpose.
const fn is_punctuation(c: char) -> bool {
    matches!(c,
        '\u{A1}' | '\u{A7}' | '\u{AB}' | '\u{B6}' | '\u{BB}' | '\u{BF}' | '\u{37E}' | '\u{55B}'..='\u{55F}'
        | '\u{589}' | '\u{5C0}' | '\u{5C3}' | '\u{5C6}' | '\u{609}'..='\u{60D}' | '\u{61B}'
        | '\u{61D}'..='\u{61F}' | '\u{66A}'..='\u{66D}' | '\u{6D4}' | '\u{700}'..='\u{70D}'
        | '\u{964}' | '\u{965}' | '\u{970}' | '\u{DF4}' | '\u{E4F}' | '\u{E5A}' | '\u{E5B}'
        | '\u{104A}'..='\u{104F}' | '\u{10FB}' | '\u{1360}'..='\u{1368}' | '\u{17D4}'..='\u{17D6}'
        | '\u{17D8}'..='\u{17DA}' | '\u{1800}'..='\u{1805}' | '\u{1807}'..='\u{180A}'
        | '\u{2016}' | '\u{2017}' | '\u{201A}' | '\u{201C}'..='\u{2026}' | '\u{2030}'..='\u{205E}'
        | '\u{207D}' | '\u{207E}' | '\u{208D}' | '\u{208E}' | '\u{2308}'..='\u{230B}' | '\u{2329}' | '\u{232A}'
        | '\u{2768}'..='\u{2775}' | '\u{27E6}'..='\u{27EF}' | '\u{2983}'..='\u{2998}'
        | '\u{2E00}'..='\u{2E5C}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}'
        | '\u{3014}'..='\u{301F}' | '\u{303D}' | '\u{FD3E}' | '\u{FD3F}' | '\u{FE45}' | '\u{FE46}')
}

/// The replacement of a letter that does not decompose, as people type it without that letter on the keyboard. The letter must be
/// case-folded. `None` if there is no replacement.
pub(super) const fn replacement_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' | 'ẞ' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ƀ' | 'ɓ' => "b",
        'đ' | 'ð' | 'ɖ' | 'ɗ' | 'ȡ' => "d",
        'ə' | 'ǝ' | 'ɛ' => "e",
        'ƒ' => "f",
        'ǥ' | 'ɠ' => "g",
        'ħ' | 'ⱨ' => "h",
        'ı' | 'ɨ' | 'ɩ' => "i",
        'ȷ' | 'ɉ' => "j",
        'ƙ' | 'ⱪ' => "k",
        'ł' | 'ƚ' | 'ɫ' | 'ⱡ' => "l",
        'ŋ' | 'ɲ' | 'ƞ' => "n",
        'ø' | 'ɔ' | 'ɵ' => "o",
        'ƥ' | 'ᵽ' => "p",
        // Greenlandic writes q for it today.
        'ĸ' => "q",
        'ɍ' | 'ɽ' => "r",
        'ŧ' | 'ƭ' | 'ʈ' | 'ⱦ' => "t",
        'ʉ' => "u",
        'ʋ' => "v",
        'ⱳ' => "w",
        'ƴ' | 'ɏ' => "y",
        'ƶ' | 'ȥ' | 'ʒ' | 'ⱬ' => "z",
        // The Ukrainian letter with upturn, often written without it.
        'ґ' => "г",
        _ => return replacement_semitic(c),
    })
}

/// Letters of Arabic and Hebrew whose form depends on the keyboard, the language or the position in the word.
const fn replacement_semitic(c: char) -> Option<&'static str> {
    Some(match c {
        'ٱ' => "ا",
        'ة' | 'ہ' | 'ھ' | 'ە' | 'ۃ' => "ه",
        'ى' | 'ی' | 'ې' | 'ے' | 'ێ' | 'ۍ' => "ي",
        'ک' | 'ڪ' => "ك",
        'ۆ' => "و",
        'ך' => "כ",
        'ם' => "מ",
        'ן' => "נ",
        'ף' => "פ",
        'ץ' => "צ",
        'װ' => "וו",
        'ױ' => "וי",
        'ײ' => "יי",
        _ => return None,
    })
}

/// The ASCII digit of the same value as a decimal digit of another script.
pub(super) fn decimal_digit(c: char) -> Option<char> {
    /// The zeros of the scripts in use. Nine digits follow each zero.
    const ZEROS: [u32; 36] = [
        0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50,
        0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
        0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0x104A0,
    ];
    if c < '\u{660}' {
        return None;
    }
    let c = u32::from(c);
    let zero = ZEROS.get(ZEROS.partition_point(|zero| *zero <= c).checked_sub(1)?)?;
    char::from_digit(c.checked_sub(*zero)?, 10)
}

/// The hiragana of a katakana. `None` if there is none.
pub(super) const fn hiragana(c: char) -> Option<char> {
    match c {
        'ァ'..='ヶ' | 'ヽ' | 'ヾ' => char::from_u32((c as u32).saturating_sub(0x60)),
        _ => None,
    }
}
