//! Greek: the romanisation of passports (ELOT 743), and a phonetic one.

use super::phonetic::{Orthography, phonetic_with_vowels};
use super::transliteration::{drop_covered, match_prefix, transliterate};

/// The Latin readings of a word.
pub(super) fn romanised(folded: &str) -> Vec<String> {
    drop_covered([passport(folded), phonetic_romanisation(folded)])
}

/// The phonetic key of a word of a name.
pub(super) fn phonetic_keys(folded: &str) -> Vec<String> {
    phonetic_romanisation(folded)
        .map(|word| phonetic_with_vowels(&word, Orthography::Eastern))
        .into_iter()
        .collect()
}

fn passport(folded: &str) -> Option<String> {
    transliterate(folded, |rest, out| {
        const MANY: &[(&str, &str)] = &[("γγ", "ng"), ("γξ", "nx"), ("γχ", "nch"), ("ου", "ou")];
        if out.is_empty() && rest.starts_with("μπ") {
            return Some(("μπ".len(), "b"));
        }
        match_prefix(rest, MANY).or_else(|| fricative(rest)).or_else(|| {
            let c = rest.chars().next()?;
            let text = match c {
                'χ' => "ch",
                'υ' => "y",
                _ => common(c)?,
            };
            Some((c.len_utf8(), text))
        })
    })
}

fn phonetic_romanisation(folded: &str) -> Option<String> {
    transliterate(folded, |rest, _| {
        const MANY: &[(&str, &str)] = &[
            ("αι", "e"),
            ("ει", "i"),
            ("οι", "i"),
            ("υι", "i"),
            ("ου", "u"),
            ("μπ", "b"),
            ("ντ", "d"),
            ("γκ", "g"),
            ("γγ", "ng"),
            ("γξ", "nx"),
            ("γχ", "nh"),
        ];
        if let Some(after) = rest.strip_prefix("γι").filter(|after| after.starts_with(['α', 'ε', 'ο', 'ω']))
        {
            return Some((rest.len().saturating_sub(after.len()), "y"));
        }
        match_prefix(rest, MANY).or_else(|| fricative(rest)).or_else(|| {
            let c = rest.chars().next()?;
            let text = match c {
                'χ' => "h",
                'υ' => "i",
                _ => common(c)?,
            };
            Some((c.len_utf8(), text))
        })
    })
}

/// αυ, ευ, ηυ: with v before vowels and voiced consonants, otherwise with f.
fn fricative(rest: &str) -> Option<(usize, &'static str)> {
    let (after, voiced, voiceless) = match rest.split_at_checked("αυ".len())? {
        ("αυ", after) => (after, "av", "af"),
        ("ευ", after) => (after, "ev", "ef"),
        ("ηυ", after) => (after, "iv", "if"),
        _ => return None,
    };
    let is_voiceless = after.is_empty() || after.starts_with(['θ', 'κ', 'ξ', 'π', 'σ', 'τ', 'φ', 'χ', 'ψ']);
    Some(("αυ".len(), if is_voiceless { voiceless } else { voiced }))
}

const fn common(c: char) -> Option<&'static str> {
    Some(match c {
        'α' => "a",
        'β' => "v",
        'γ' => "g",
        'δ' => "d",
        'ε' => "e",
        'ζ' => "z",
        'η' | 'ι' => "i",
        'θ' => "th",
        'κ' => "k",
        'λ' => "l",
        'μ' => "m",
        'ν' => "n",
        'ξ' => "x",
        'ο' | 'ω' => "o",
        'π' => "p",
        'ρ' => "r",
        'σ' | 'ς' => "s",
        'τ' => "t",
        'φ' => "f",
        'ψ' => "ps",
        _ => return None,
    })
}
