//! Armenian and Georgian: one romanisation, letter by letter.

use super::phonetic::{Orthography, phonetic_with_vowels};
use super::transliteration::{drop_covered, match_prefix, transliterate};

/// The Latin reading of a word.
pub(super) fn romanised(folded: &str) -> Vec<String> {
    drop_covered([latin(folded, "j")])
}

/// The phonetic key of a word of a name.
pub(super) fn phonetic_keys(folded: &str) -> Vec<String> {
    latin(folded, "dj").map(|word| phonetic_with_vowels(&word, Orthography::Eastern)).into_iter().collect()
}

/// `dj` is the romanisation of the letters with the sound of j in John.
fn latin(folded: &str, dj: &'static str) -> Option<String> {
    transliterate(folded, |rest, out| {
        const MANY: &[(&str, &str)] = &[("ու", "u"), ("եւ", "ev")];
        if out.is_empty() && rest.starts_with('ո') && !rest.starts_with("ու") {
            return Some(('ո'.len_utf8(), if rest.starts_with("ով") { "o" } else { "vo" }));
        }
        match_prefix(rest, MANY).or_else(|| {
            let c = rest.chars().next()?;
            let text = match c {
                'ջ' | 'ჯ' => dj,
                _ => armenian(c).or_else(|| georgian(c))?,
            };
            Some((c.len_utf8(), text))
        })
    })
}

const fn armenian(c: char) -> Option<&'static str> {
    Some(match c {
        'ա' => "a",
        'բ' => "b",
        'գ' => "g",
        'դ' => "d",
        'ե' | 'է' => "e",
        'զ' => "z",
        'ը' | 'յ' => "y",
        'թ' | 'տ' => "t",
        'ժ' => "zh",
        'ի' => "i",
        'լ' => "l",
        'խ' => "kh",
        'ծ' | 'ց' => "ts",
        'կ' | 'ք' => "k",
        'հ' => "h",
        'ձ' => "dz",
        'ղ' => "gh",
        'ճ' | 'չ' => "ch",
        'մ' => "m",
        'ն' => "n",
        'շ' => "sh",
        'ո' | 'օ' => "o",
        'պ' | 'փ' => "p",
        'ռ' | 'ր' => "r",
        'ս' => "s",
        'վ' | 'ւ' => "v",
        'ֆ' => "f",
        _ => return None,
    })
}

const fn georgian(c: char) -> Option<&'static str> {
    Some(match c {
        'ა' => "a",
        'ბ' => "b",
        'გ' => "g",
        'დ' => "d",
        'ე' => "e",
        'ვ' => "v",
        'ზ' => "z",
        'თ' | 'ტ' => "t",
        'ი' => "i",
        'კ' | 'ქ' | 'ყ' => "k",
        'ლ' => "l",
        'მ' => "m",
        'ნ' => "n",
        'ო' => "o",
        'პ' | 'ფ' => "p",
        'ჟ' => "zh",
        'რ' => "r",
        'ს' => "s",
        'უ' => "u",
        'ღ' => "gh",
        'შ' => "sh",
        'ჩ' | 'ჭ' => "ch",
        'ც' | 'წ' => "ts",
        'ძ' => "dz",
        'ხ' => "kh",
        'ჰ' => "h",
        _ => return None,
    })
}
