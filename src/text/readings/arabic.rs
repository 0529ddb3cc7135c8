//! Arabic and Persian: vowels are not written, so names meet Latin typing by their consonants.

use super::reading::Reading;

const ARTICLE: &str = "ال";

/// The word without its article, which is typed or not: الحسن by حسن.
pub(super) fn name_readings(folded: &str) -> Vec<Reading> {
    let Some(word) = without_article(folded) else { return Vec::new() };
    vec![Reading { span: ARTICLE.len()..folded.len(), text: word.to_owned() }]
}

/// What stands after the article, if it is long enough to be a word.
pub(super) fn without_article(folded: &str) -> Option<&str> {
    folded.strip_prefix(ARTICLE).filter(|word| word.chars().nth(2).is_some())
}

/// The sounds of a word of a name: with and without its article; and with d and z for the letters that are d to an Arab and
/// z to a Persian, t and s for another.
pub(super) fn phonetic_keys(folded: &str) -> Vec<String> {
    let mut sounds = Vec::new();
    for word in [Some(folded), without_article(folded)].into_iter().flatten() {
        for persian in [false, true] {
            let sound = consonant_skeleton(word, persian);
            if !sound.is_empty() && !sounds.contains(&sound) {
                sounds.push(sound);
            }
        }
    }
    sounds
}

fn consonant_skeleton(word: &str, persian: bool) -> String {
    let mut out = String::with_capacity(word.len());
    let mut before = None;
    for c in word.chars() {
        // As in Allah: the l that is doubled in writing is one.
        if !(c == 'ل' && before == Some('ل')) {
            out.push_str(consonant(c, out.is_empty(), persian));
        }
        before = Some(c);
    }
    out
}

const fn consonant(c: char, start: bool, persian: bool) -> &'static str {
    match c {
        'ا' | 'ع' | 'ي' if start => "A",
        'ب' | 'ڤ' => "B",
        'و' if start => "B",
        'پ' | 'ف' => "P",
        'ت' | 'ط' | 'ٹ' => "T",
        'ث' => {
            if persian {
                "S"
            } else {
                "T"
            }
        }
        'ج' | 'گ' | 'غ' => "G",
        // ch is heard as h, which it is in Hebrew.
        'ح' | 'خ' | 'ه' | 'چ' => "H",
        'د' | 'ڈ' => "D",
        'ذ' | 'ض' | 'ظ' => {
            if persian {
                "Z"
            } else {
                "D"
            }
        }
        'ر' | 'ڑ' => "R",
        'ز' | 'ژ' => "Z",
        'س' | 'ش' | 'ص' => "S",
        'ق' | 'ك' => "K",
        'ل' => "L",
        'م' => "M",
        'ن' | 'ں' => "N",
        _ => "",
    }
}
