//! Syllables in Latin letters: the Revised Romanisation, and the rough form.

use super::syllables::Syllable;

/// Consonants: key, Revised Romanisation at the start and at the end of a syllable, rough form.
const CONSONANTS: &[(char, &str, &str, &str)] = &[
    ('ㄱ', "g", "k", "g"),
    ('ㄲ', "kk", "k", "g"),
    ('ㄴ', "n", "n", "n"),
    ('ㄷ', "d", "t", "d"),
    ('ㄸ', "tt", "t", "d"),
    ('ㄹ', "r", "l", "r"),
    ('ㅁ', "m", "m", "m"),
    ('ㅂ', "b", "p", "b"),
    ('ㅃ', "pp", "p", "b"),
    ('ㅅ', "s", "t", "s"),
    ('ㅆ', "ss", "t", "s"),
    ('ㅇ', "", "ng", ""),
    ('ㅈ', "j", "t", "j"),
    ('ㅉ', "jj", "t", "j"),
    ('ㅊ', "ch", "t", "j"),
    ('ㅋ', "k", "k", "g"),
    ('ㅌ', "t", "t", "d"),
    ('ㅍ', "p", "p", "b"),
    ('ㅎ', "h", "t", "h"),
];

/// Vowels: keys, Revised Romanisation, rough form (v is ㅓ).
const VOWELS: &[(char, Option<char>, &str, &str)] = &[
    ('ㅏ', None, "a", "a"),
    ('ㅐ', None, "ae", "e"),
    ('ㅑ', None, "ya", "ya"),
    ('ㅒ', None, "yae", "ye"),
    ('ㅓ', None, "eo", "v"),
    ('ㅔ', None, "e", "e"),
    ('ㅕ', None, "yeo", "yv"),
    ('ㅖ', None, "ye", "ye"),
    ('ㅗ', None, "o", "o"),
    ('ㅗ', Some('ㅏ'), "wa", "wa"),
    ('ㅗ', Some('ㅐ'), "wae", "we"),
    ('ㅗ', Some('ㅣ'), "oe", "we"),
    ('ㅛ', None, "yo", "yo"),
    ('ㅜ', None, "u", "u"),
    ('ㅜ', Some('ㅓ'), "wo", "wo"),
    ('ㅜ', Some('ㅔ'), "we", "we"),
    ('ㅜ', Some('ㅣ'), "wi", "wi"),
    ('ㅠ', None, "yu", "yu"),
    ('ㅡ', None, "eu", "u"),
    ('ㅡ', Some('ㅣ'), "ui", "i"),
    ('ㅣ', None, "i", "i"),
];

/// A syllable in the Revised Romanisation for names: independent of its neighbours.
pub(super) fn revised_romanization(syllable: &Syllable) -> String {
    spell_syllable(syllable, |(_, first, _, _)| first, |(_, _, last, _)| last, |(_, _, official, _)| official)
}

/// A syllable in the rough form: no difference between plain, tense and aspirated consonants; vowels by their sound.
pub(super) fn rough_romanization(syllable: &Syllable) -> String {
    spell_syllable(syllable, |(_, _, _, rough)| rough, rough_final, |(_, _, _, rough)| rough)
}

/// A row of the consonant table.
type Consonant = (char, &'static str, &'static str, &'static str);
/// A row of the vowel table.
type Vowel = (char, Option<char>, &'static str, &'static str);

fn rough_final((_, _, last, rough): Consonant) -> &'static str {
    match last {
        "t" => "d",
        "ng" => "ng",
        _ => rough,
    }
}

fn spell_syllable(
    syllable: &Syllable,
    first: impl Fn(Consonant) -> &'static str,
    last: impl Fn(Consonant) -> &'static str,
    middle: impl Fn(Vowel) -> &'static str,
) -> String {
    let consonant = |key: char| CONSONANTS.iter().copied().find(|row| row.0 == key);
    let vowel = VOWELS.iter().copied().find(|row| (row.0, row.1) == syllable.vowel);
    let mut text = consonant(syllable.initial).map_or("", first).to_owned();
    text.push_str(vowel.map_or("", middle));
    text.push_str(syllable.final_consonant.and_then(consonant).map_or("", last));
    text
}

/// Collapses double consonants: 석규 is Seokkyu and Sukyu.
pub(super) fn collapse_doubles(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for c in text.chars() {
        if !collapsed.ends_with(c) || matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'v') {
            collapsed.push(c);
        }
    }
    collapsed
}
