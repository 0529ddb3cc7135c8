//! Queries in kana, and in other romanisations than Hepburn.

use super::super::reading_collector::distinct_except;
use super::romaji::{romaji, shorten_vowels};

/// Shorter words may be the start of any other name: ti of Tina, hu of Hugo.
const MIN_QUERY_LEN: usize = 4;

/// Spellings of other romanisations and their Hepburn form, longest first: Kunrei, Nihon, input methods.
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

/// A query with kana, in romaji: たなk is tanak. With long and short vowels, and with m for n before labials (Namba).
pub(in super::super) fn query_readings(folded: &str) -> Vec<String> {
    let text = romaji(folded);
    let short = shorten_vowels(&text);
    let labial = short.replace("nb", "mb").replace("nm", "mm").replace("np", "mp");
    distinct_except([text, short, labial], folded)
}

/// A query in Latin letters, in Hepburn, if it may be Japanese in another romanisation: yamasita, zyunko, ohno, homma.
pub(in super::super) fn latin_query_readings(folded: &str) -> Vec<String> {
    if folded.len() < MIN_QUERY_LEN || !may_be_romaji(folded) {
        return Vec::new();
    }
    let text = hepburn(folded);
    // Names in Latin letters usually have short vowels. An oo is Japanese only at the start: oono, but not moore.
    let is_complete = folded.ends_with(['a', 'i', 'u', 'e', 'o', 'n', 'h']);
    let has_inner_oo = text.get(1..).is_some_and(|inner| inner.contains("oo"));
    let short = (is_complete && !has_inner_oo).then(|| shorten_vowels(&text));
    distinct_except(std::iter::once(text).chain(short), folded)
}

/// Whether a word consists of Japanese syllables; the last one may be incomplete.
fn may_be_romaji(word: &str) -> bool {
    let mut onset = String::new();
    for c in word.chars() {
        let is_vowel = matches!(c, 'a' | 'i' | 'u' | 'e' | 'o');
        if !is_vowel && !c.is_ascii_lowercase() {
            return false;
        }
        if !is_vowel {
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

/// Whether the consonants between two vowels are valid: an optional n, m or h that ends a syllable, or a double consonant; then the onset
/// of the next syllable.
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
            // The second letter belongs to the next syllable.
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
                // The h of ohno and satoh makes the o long.
                let is_length_mark =
                    c == 'h' && text.ends_with('o') && !after.starts_with(['a', 'i', 'u', 'e', 'o', 'y']);
                if !is_length_mark {
                    text.push(c);
                }
                rest = after;
            }
        }
    }
    text
}
