//! Other texts that a user may type for a name: nicknames, variant characters, and the letters of another keyboard layout.
//!
//! May import: `fold`. Change here: the tables. A name or character of a new line is found by each other one of its line.

mod nicknames;
mod variant_characters;

use std::collections::HashMap;
use std::sync::OnceLock;

use self::nicknames::NICKNAMES;
use self::variant_characters::VARIANTS;
use super::fold::fold;

/// The most spellings of a word in variant characters.
const MAX_SPELLINGS: usize = 8;

/// The nicknames by name: numbers of lines.
fn lines_of(name: &str) -> &'static [usize] {
    static LINES: OnceLock<HashMap<&'static str, Vec<usize>>> = OnceLock::new();
    let lines = LINES.get_or_init(|| {
        let mut lines: HashMap<&str, Vec<usize>> = HashMap::new();
        for (number, line) in NICKNAMES.iter().enumerate() {
            for name in line.split(' ') {
                lines.entry(name).or_default().push(number);
            }
        }
        lines
    });
    lines.get(name).map_or(&[], Vec::as_slice)
}

/// The other names of people who may be called by a folded word, and the word in variant characters. Empty for most words.
pub(crate) fn equivalent_names(word: &str) -> Vec<String> {
    let lines = lines_of(word).iter().filter_map(|line| NICKNAMES.get(*line));
    let mut found: Vec<String> = lines.flat_map(|line| line.split(' ')).map(str::to_owned).collect();
    found.extend(variant_spellings(word));
    found.sort_unstable();
    found.dedup();
    found.retain(|name| name != word);
    found
}

fn variant_spellings(word: &str) -> Vec<String> {
    if word.is_ascii() {
        return Vec::new();
    }
    let mut spellings = vec![String::new()];
    for letter in word.chars() {
        let same: Vec<char> =
            VARIANTS.iter().filter(|line| line.contains(letter)).flat_map(|line| line.chars()).collect();
        let mut next = Vec::with_capacity(spellings.len());
        for spelling in &spellings {
            let others = same.iter().copied().filter(|other| *other != letter);
            next.extend([letter].into_iter().chain(others).map(|letter| format!("{spelling}{letter}")));
        }
        next.truncate(MAX_SPELLINGS);
        spellings = next;
    }
    spellings
}

/// Keys of a Latin keyboard and the letters that they type on a Russian one.
const RUSSIAN: (&str, &str) = ("qwertyuiop[]asdfghjkl;'zxcvbnm,.`", "йцукенгшщзхъфывапролджэячсмитьбюё");

/// Keys of a Latin keyboard and the letters that they type on a Korean one (dubeolsik). A capital is a key with shift.
const KOREAN: (&str, &str) = (
    "qwertyuiopasdfghjklzxcvbnmQWERTOP",
    "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ",
);

/// The fewest letters of a text that may be typed on the wrong layout.
const MIN_LAYOUT_LETTERS: usize = 3;

/// What the keys of a text type on another keyboard layout: Russian and Korean instead of Latin, and Latin instead of those. Empty if no
/// layout has all its letters.
pub(crate) fn layout_variants(text: &str) -> Vec<String> {
    let text = text.trim();
    if text.chars().nth(MIN_LAYOUT_LETTERS.saturating_sub(1)).is_none() {
        return Vec::new();
    }
    let lower = text.to_lowercase();
    let jamo = fold(text);
    let typed = [
        retype(&lower, RUSSIAN.0, RUSSIAN.1),
        retype(text, KOREAN.0, KOREAN.1).or_else(|| retype(&lower, KOREAN.0, KOREAN.1)),
        retype(&lower, RUSSIAN.1, RUSSIAN.0),
        retype(&jamo, KOREAN.1, KOREAN.0),
    ];
    typed.into_iter().flatten().collect()
}

/// A text with each letter of one layout replaced by that of another; `None` if a letter is in neither.
fn retype(text: &str, from: &str, to: &str) -> Option<String> {
    let key = |letter: char| match letter {
        ' ' => Some(' '),
        _ => to.chars().nth(from.chars().position(|other| other == letter)?),
    };
    text.chars().map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_folded_and_lines_have_no_duplicates() {
        for line in NICKNAMES {
            let names: Vec<&str> = line.split(' ').collect();
            assert!(names.len() > 1 && names.iter().all(|name| fold(name) == *name), "{line}");
            let mut distinct = names.clone();
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!(distinct.len(), names.len(), "{line}");
        }
        for (from, to) in [RUSSIAN, KOREAN] {
            assert_eq!(from.chars().count(), to.chars().count());
        }
    }

    #[test]
    fn names_have_equivalents() {
        assert_eq!(equivalent_names("bill"), ["billy", "liam", "will", "william", "willie", "willy"]);
        assert!(equivalent_names("paco").contains(&"francisco".to_owned()));
        assert!(equivalent_names("саша").contains(&"александра".to_owned()));
        assert!(equivalent_names("fritz").contains(&"friedrich".to_owned()));
        assert_eq!(equivalent_names("高橋"), ["髙橋"]);
        assert_eq!(equivalent_names("陈"), ["陳"]);
        assert!(equivalent_names("zoe").is_empty() && equivalent_names("橋").is_empty());
    }

    #[test]
    fn keys_of_other_layouts() {
        assert_eq!(layout_variants("bdfy"), ["иван", "ㅠㅇㄹㅛ"]);
        assert_eq!(layout_variants("dkfl"), ["влад", "ㅇㅏㄹㅣ"]);
        assert_eq!(layout_variants("ощрт"), ["john"]);
        assert_eq!(layout_variants("ㅓㅐㅗㅜ"), ["john"]);
        assert!(layout_variants("ab").is_empty() && layout_variants("a1b2").is_empty());
    }
}
