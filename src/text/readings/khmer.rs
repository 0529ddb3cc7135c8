//! Khmer: consonants belong to two series, which determine the sound of a vowel. Names have no standard romanisation, so the reading is
//! one of several.

use super::phonetic::{Orthography, phonetic_with_vowels};
use super::transliteration::drop_covered;

/// The Latin reading of a word.
pub(super) fn romanised(folded: &str) -> Vec<String> {
    drop_covered([latin(folded)])
}

/// The phonetic key of a word of a name.
pub(super) fn phonetic_keys(folded: &str) -> Vec<String> {
    latin(folded).map(|word| phonetic_with_vowels(&word, Orthography::Eastern)).into_iter().collect()
}

const COENG: char = '\u{17D2}';

fn latin(folded: &str) -> Option<String> {
    let mut out = String::new();
    let mut letters = folded.chars().peekable();
    // Whether the last consonant is of the second series, whether it has no vowel yet, and whether the next one is subscript.
    let (mut second, mut bare, mut below) = (false, false, false);
    // Whether the output has no vowel yet.
    let mut first = true;
    while let Some(c) = letters.next() {
        if c == COENG {
            (bare, below) = (false, true);
            continue;
        }
        if let Some((consonant, series)) = consonant(c) {
            // A consonant without a vowel sign has an inherent vowel before another consonant: សង is sang.
            if bare && first {
                out.push_str(if second { "o" } else { "a" });
                first = false;
            }
            out.push_str(consonant);
            // A subscript sonorant does not change the series.
            if !(below && matches!(c, 'ង' | 'ញ' | 'ន' | 'ម' | 'យ' | 'រ' | 'ល' | 'វ')) {
                second = series;
            }
            (bare, below) = (true, false);
            continue;
        }
        match c {
            '\u{17BD}' if letters.peek() == Some(&'យ') => {
                out.push('u');
                (bare, first) = (false, false);
            }
            '\u{17C9}' => {
                second = false;
                if out.ends_with('b') {
                    out.pop();
                    out.push('p');
                }
            }
            '\u{17CA}' => second = true,
            '\u{17D0}' if letters.peek() == Some(&'យ') => {
                out.push('e');
                (bare, first) = (false, false);
            }
            // Signs that shorten or silence the letter before them.
            '\u{17CB}'..='\u{17D1}' | '\u{17DD}' => {}
            // Before ng it is not an m.
            '\u{17C6}' if letters.peek() == Some(&'ង') => {}
            '\u{17C6}' => {
                out.push_str(if bare { "um" } else { "m" });
                bare = false;
            }
            '\u{17C7}' => out.push('h'),
            _ => {
                let vowel = vowel(c, second).or_else(|| independent(c))?;
                out.push_str(vowel);
                (bare, first) = (false, false);
            }
        }
    }
    if bare && first {
        out.push_str(if second { "o" } else { "a" });
    }
    (!out.is_empty()).then_some(out)
}

/// The romanisation of a consonant, and whether it is of the second series.
const fn consonant(c: char) -> Option<(&'static str, bool)> {
    Some(match c {
        'ក' => ("k", false),
        'ខ' => ("kh", false),
        'គ' => ("k", true),
        'ឃ' => ("kh", true),
        'ង' => ("ng", true),
        'ច' => ("ch", false),
        'ឆ' => ("chh", false),
        'ជ' => ("ch", true),
        'ឈ' => ("chh", true),
        'ញ' => ("nh", true),
        'ដ' => ("d", false),
        'ឌ' => ("d", true),
        'ណ' => ("n", false),
        'ត' => ("t", false),
        'ឋ' | 'ថ' => ("th", false),
        'ទ' => ("t", true),
        'ឍ' | 'ធ' => ("th", true),
        'ន' => ("n", true),
        'ប' => ("b", false),
        'ផ' => ("ph", false),
        'ព' => ("p", true),
        'ភ' => ("ph", true),
        'ម' => ("m", true),
        'យ' => ("y", true),
        'រ' => ("r", true),
        'ល' => ("l", true),
        'វ' => ("v", true),
        'ស' => ("s", false),
        'ហ' => ("h", false),
        'ឡ' => ("l", false),
        'អ' => ("", false),
        _ => return None,
    })
}

const fn vowel(c: char, second: bool) -> Option<&'static str> {
    Some(match c {
        '\u{17B6}' => {
            if second {
                "ea"
            } else {
                "a"
            }
        }
        '\u{17B7}'..='\u{17B9}' => "i",
        '\u{17BA}' => "eu",
        '\u{17BB}' | '\u{17BC}' => {
            if second {
                "u"
            } else {
                "o"
            }
        }
        '\u{17BD}' => "uo",
        '\u{17BE}' => "er",
        '\u{17BF}' => "oeu",
        '\u{17C0}' => "ie",
        '\u{17C1}' | '\u{17C2}' => "e",
        '\u{17C3}' => "ai",
        '\u{17C4}' => "o",
        '\u{17C5}' => "ao",
        _ => return None,
    })
}

const fn independent(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{17A3}' | '\u{17A4}' => "a",
        '\u{17A5}' | '\u{17A6}' => "i",
        '\u{17A7}' | '\u{17A9}' => "u",
        '\u{17AB}' | '\u{17AC}' => "ri",
        '\u{17AD}' | '\u{17AE}' => "li",
        '\u{17AF}' => "e",
        '\u{17B0}' => "ai",
        '\u{17B1}' | '\u{17B2}' => "o",
        '\u{17B3}' => "au",
        _ => return None,
    })
}
