//! Arabic and Persian: short vowels are not written, so names match Latin queries by their consonants.

use super::reading::Reading;

const ARTICLE: &str = "ال";

/// The word without its article, which people may omit: الحسن matches حسن.
pub(super) fn name_readings(folded: &str) -> Vec<Reading> {
    let Some(word) = without_article(folded) else { return Vec::new() };
    vec![Reading { span: ARTICLE.len()..folded.len(), text: word.to_owned() }]
}

/// The word after the article, if it is long enough to be a word.
pub(super) fn without_article(folded: &str) -> Option<&str> {
    folded.strip_prefix(ARTICLE).filter(|word| word.chars().nth(2).is_some())
}

/// The phonetic keys of a word of a name: with and without its article, in Arabic and in Persian pronunciation. Some letters are d in
/// Arabic and z in Persian; another one is t or s.
pub(super) fn phonetic_keys(folded: &str) -> Vec<String> {
    let mut keys = Vec::new();
    for word in [Some(folded), without_article(folded)].into_iter().flatten() {
        for persian in [false, true] {
            let key = consonant_skeleton(word, persian);
            if !key.is_empty() && !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys
}

fn consonant_skeleton(word: &str, persian: bool) -> String {
    let mut out = String::with_capacity(word.len());
    let mut before = None;
    for c in word.chars() {
        // A double l counts once, as in Allah.
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
        // ch maps to h, because queries map ch to h for Hebrew.
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
