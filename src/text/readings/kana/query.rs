//! What a query in kana or in another romanisation than Hepburn stands for.

use super::super::reading_collector::distinct_except;
use super::romaji::{romaji, shorten_vowels};

/// Shorter words are as likely the start of any other name: ti of Tina, hu of Hugo.
const MIN_QUERY_LEN: usize = 4;

/// What Hepburn writes another way, longest first. Kunrei, Nihon and what input methods take.
const SYLLABLES: &[(&str, &str)] = &[
    ("cch", "tch"),
    ("sya", "sha"),
    ("syu", "shu"),
    ("syo", "sho"),
    ("tya", "cha"),
    ("tyu", "chu"),
    ("tyo", "cho"),
    ("zya", "ja"),
    ("zyu", "ju"),
    ("zyo", "jo"),
    ("jya", "ja"),
    ("jyu", "ju"),
    ("jyo", "jo"),
    ("cya", "cha"),
    ("cyu", "chu"),
    ("cyo", "cho"),
    ("sh", "sh"),
    ("ch", "ch"),
    ("ts", "ts"),
    ("tti", "tchi"),
    ("ttu", "ttsu"),
    ("ssi", "sshi"),
    ("si", "shi"),
    ("ti", "chi"),
    ("tu", "tsu"),
    ("hu", "fu"),
    ("zi", "ji"),
    ("mb", "nb"),
    ("mm", "nm"),
    ("mp", "np"),
];

/// The consonants before a vowel.
const ONSETS: &[&str] = &[
    "", "k", "s", "t", "n", "h", "m", "y", "r", "w", "g", "z", "d", "b", "p", "f", "j", "v", "sh", "ch",
    "ts", "ky", "gy", "sy", "ty", "ny", "hy", "my", "ry", "by", "py", "zy", "jy", "dy", "cy", "kw", "gw",
];

/// A query that has kana in it, in romaji: たなk is tanak. Long vowels both ways, and m for n before its like (Namba).
pub(in super::super) fn query_readings(folded: &str) -> Vec<String> {
    let text = romaji(folded);
    let short = shorten_vowels(&text);
    let labial = short.replace("nb", "mb").replace("nm", "mm").replace("np", "mp");
    distinct_except([text, short, labial], folded)
}

/// A query in Latin letters, in Hepburn if it may be Japanese written in another way: yamasita, zyunko, ohno, homma.
pub(in super::super) fn latin_query_readings(folded: &str) -> Vec<String> {
    if folded.len() < MIN_QUERY_LEN || !may_be_romaji(folded) {
        return Vec::new();
    }
    let text = hepburn(folded);
    // Names in Latin letters have the long vowels short, as a rule. An oo is Japanese at the start: oono, but not moore.
    let whole = folded.ends_with(['a', 'i', 'u', 'e', 'o', 'n', 'h']);
    let inner = text.get(1..).is_some_and(|inner| inner.contains("oo"));
    let short = (whole && !inner).then(|| shorten_vowels(&text));
    distinct_except(std::iter::once(text).chain(short), folded)
}

/// Whether a word is made of Japanese syllables, the last one perhaps not complete.
fn may_be_romaji(word: &str) -> bool {
    let mut onset = String::new();
    for c in word.chars() {
        let vowel = matches!(c, 'a' | 'i' | 'u' | 'e' | 'o');
        if !vowel && !c.is_ascii_lowercase() {
            return false;
        }
        if !vowel {
            onset.push(c);
            if onset.len() > 4 {
                return false;
            }
        } else if is_onset(&onset) {
            onset.clear();
        } else {
            return false;
        }
    }
    // A half-typed syllable, or the h of ohno.
    let onset = onset.strip_prefix(['n', 'h', 'm']).unwrap_or(&onset);
    ONSETS.iter().any(|known| known.starts_with(onset)) || is_onset(onset)
}

/// Consonants between two vowels: n, m or h that end a syllable, a double consonant, and those of the next syllable.
fn is_onset(letters: &str) -> bool {
    if ONSETS.contains(&letters) {
        return true;
    }
    let mut chars = letters.chars();
    let Some(first) = chars.next() else { return true };
    let rest = chars.as_str();
    let doubled = rest.starts_with(first) || (matches!(first, 't' | 'c') && rest.starts_with("ch"));
    ONSETS.contains(&rest) && !rest.is_empty() && (doubled || matches!(first, 'n' | 'm' | 'h'))
}

fn hepburn(word: &str) -> String {
    let mut text = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        let known =
            SYLLABLES.iter().find_map(|(from, to)| rest.strip_prefix(from).map(|after| (*from, *to, after)));
        match known {
            // The second letter begins the next syllable.
            Some(("mb" | "mm" | "mp", _, _)) => {
                text.push('n');
                rest = rest.get(1..).unwrap_or_default();
            }
            Some((_, to, after)) => {
                text.push_str(to);
                rest = after;
            }
            None => {
                let after = rest.get(c.len_utf8()..).unwrap_or_default();
                // The h of ohno and satoh is the length of the o.
                let length =
                    c == 'h' && text.ends_with('o') && !after.starts_with(['a', 'i', 'u', 'e', 'o', 'y']);
                if !length {
                    text.push(c);
                }
                rest = after;
            }
        }
    }
    text
}
