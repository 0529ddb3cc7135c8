//! Queries in Hangul, and queries in Latin letters that may be a Korean name.

use super::super::reading_collector::distinct_except;
use super::rough_form::with_marker;
use super::syllables::syllables;
use super::{latin, names};
use crate::text::fold::hangul::is_consonant;

/// The longest query: no Korean name is longer.
const MAX_QUERY_LEN: usize = 24;

/// The most rough forms of a query. A query has several: u may be ㅜ or ㅓ, and the last letter may be incomplete.
const MAX_FORMS: usize = 6;

/// Spellings of vowels, longest first, and the rough letters that they may mean.
const VOWELS: &[(&str, &[&str])] = &[
    ("yeou", &["yvu"]),
    ("aeu", &["au", "eu"]),
    ("oeu", &["ou"]),
    ("yeo", &["yv"]),
    ("yoo", &["yu"]),
    ("you", &["yu", "yv"]),
    ("yae", &["ye"]),
    ("yai", &["ye"]),
    ("wae", &["we"]),
    ("woo", &["u"]),
    ("weo", &["wo"]),
    ("wou", &["wo"]),
    ("eui", &["i"]),
    ("eo", &["v"]),
    ("eu", &["u"]),
    ("ee", &["i"]),
    ("ae", &["e"]),
    ("ai", &["e"]),
    ("oe", &["we"]),
    ("oo", &["u"]),
    ("ou", &["u", "v"]),
    ("wu", &["u"]),
    ("wi", &["wi"]),
    ("wo", &["wo"]),
    ("we", &["we"]),
    ("wa", &["wa"]),
    ("ya", &["ya"]),
    ("ye", &["ye"]),
    ("yi", &["i"]),
    ("yo", &["yo"]),
    ("yu", &["yu", "yv"]),
    ("a", &["a"]),
    ("e", &["e"]),
    ("i", &["i"]),
    ("o", &["o"]),
    ("u", &["u", "v"]),
];

/// Spellings of consonants, and the rough letter.
const CONSONANTS: &[(&str, &str)] = &[
    ("ch", "j"),
    ("sh", "s"),
    ("gh", "g"),
    ("kh", "g"),
    ("bh", "b"),
    ("ph", "b"),
    ("th", "d"),
    ("rh", "r"),
    ("g", "g"),
    ("k", "g"),
    ("n", "n"),
    ("d", "d"),
    ("t", "d"),
    ("r", "r"),
    ("l", "r"),
    ("m", "m"),
    ("b", "b"),
    ("p", "b"),
    ("s", "s"),
    ("j", "j"),
    ("h", "h"),
];

/// A query in Hangul, in Latin letters, for names in Latin letters: with the usual spelling of the surname, and with the official
/// romanisation.
pub(in super::super) fn query_readings(folded: &str) -> Vec<String> {
    // The last syllable may be incomplete. A consonant without a vowel has no spelling.
    let complete = folded.trim_end_matches(is_consonant);
    let Some(word) = syllables(folded).or_else(|| syllables(complete)) else { return Vec::new() };
    let official: String = word.iter().map(latin::revised_romanization).collect();
    let usual = (1..=2_usize).rev().find_map(|count| {
        let (first, rest) = word.split_at_checked(count)?;
        let spelled = names::usual_spelling(folded.get(..first.last()?.span.end)?)?;
        Some(rest.iter().map(latin::revised_romanization).fold(spelled.to_owned(), |text, next| text + &next))
    });
    distinct_except(usual.into_iter().chain([official]), folded)
}

/// The rough forms of a query in Latin letters. Empty if it cannot be a Korean name.
pub(in super::super) fn latin_query_readings(folded: &str) -> Vec<String> {
    // A single consonant may be the start of any name. A single vowel is a syllable, as in Ji-a.
    let is_single_consonant = folded.len() == 1 && !folded.starts_with(['a', 'i', 'o', 'u']);
    if is_single_consonant || folded.len() > MAX_QUERY_LEN {
        return Vec::new();
    }
    let mut forms = vec![String::new()];
    let mut rest = folded;
    let (mut consonants, mut vowels) = (0_u32, 0_u32);
    while !rest.is_empty() {
        if let Some((choices, after)) = vowel(rest) {
            forms = extend_forms(&forms, choices);
            vowels = vowels.saturating_add(1);
            consonants = 0;
            rest = after;
        } else if let Some((letter, after)) = consonant(rest) {
            forms = extend_forms(&forms, &[letter]);
            consonants = consonants.saturating_add(1);
            vowels = 0;
            rest = after;
        } else {
            return Vec::new();
        }
        // At most the end of a syllable and the start of the next one; ng has two letters.
        if vowels > 3 || consonants > 3 {
            return Vec::new();
        }
    }
    distinct_except(forms.iter().map(|form| with_marker(form)), folded)
}

/// Each form with each of the possible next letters.
fn extend_forms(forms: &[String], letters: &[&str]) -> Vec<String> {
    letters
        .iter()
        .flat_map(|letter| forms.iter().map(move |form| format!("{form}{letter}")))
        .take(MAX_FORMS)
        .collect()
}

/// The vowel at the start: the rough letters that it may mean, and the rest.
fn vowel(rest: &str) -> Option<(&'static [&'static str], &str)> {
    match rest {
        // Incomplete: eo, ee, eu, oo, ae.
        "e" => return Some((&["v", "e", "i", "u"], "")),
        "o" => return Some((&["o", "u"], "")),
        "a" => return Some((&["a", "e"], "")),
        "y" | "w" => return Some((&[""], "")),
        "ye" => return Some((&["ye", "yv"], "")),
        "yo" => return Some((&["yo", "yu", "yv"], "")),
        "wo" => return Some((&["wo", "u"], "")),
        _ => {}
    }
    let (typed, choices) = VOWELS.iter().find(|(typed, _)| rest.starts_with(typed))?;
    let after = rest.get(typed.len()..)?;
    // An h after a vowel, and not before one, only lengthens it: Noh, Ahn, Suh.
    let after_mute_h =
        after.strip_prefix('h').filter(|next| !next.starts_with(['a', 'e', 'i', 'o', 'u', 'w', 'y']));
    let choices: &[&str] = if *typed == "u" && after_mute_h.is_some() { &["v", "u"] } else { choices };
    Some((choices, after_mute_h.unwrap_or(after)))
}

/// The consonant at the start, and the rest. A single c is an incomplete ch, and 희 is hui or hi.
fn consonant(rest: &str) -> Option<(&'static str, &str)> {
    if rest == "c" {
        return Some(("j", ""));
    }
    if let Some(after) = rest.strip_prefix("hui") {
        return Some(("hi", after));
    }
    let (typed, letter) = CONSONANTS.iter().find(|(typed, _)| rest.starts_with(typed))?;
    Some((letter, rest.get(typed.len()..)?))
}
