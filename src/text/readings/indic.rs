//! Devanagari and Bengali: a consonant has an inherent a, unless a vowel sign or a virama follows. A silent a is dropped. Vowels have
//! many romanisations, so phonetic keys have no vowels.

use super::phonetic::{Orthography, consonant_skeleton};
use super::transliteration::drop_covered;

/// The Latin reading of a word.
pub(super) fn romanised(folded: &str) -> Vec<String> {
    drop_covered([latin(folded)])
}

/// The phonetic key of a word of a name. Its j is never a y.
pub(super) fn phonetic_keys(folded: &str) -> Vec<String> {
    let key = latin(folded).map(|word| consonant_skeleton(&word.replace('j', "g"), Orthography::Eastern));
    key.filter(|key| !key.is_empty()).into_iter().collect()
}

/// A consonant with its vowel, or a vowel.
#[derive(Debug, Clone, Copy)]
struct Syllable {
    consonant: &'static str,
    vowel: Vowel,
    nasal: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Vowel {
    /// The inherent a.
    Inherent,
    /// No vowel, because of a virama: the consonant joins the next one.
    Killed,
    Written(&'static str),
}

fn latin(folded: &str) -> Option<String> {
    let mut syllables: Vec<Syllable> = Vec::new();
    for c in folded.chars() {
        let c = to_devanagari(c);
        if let Some(consonant) = consonant(c) {
            syllables.push(Syllable { consonant, vowel: Vowel::Inherent, nasal: false });
        } else if let Some(vowel) = vowel(c) {
            syllables.push(Syllable { consonant: "", vowel: Vowel::Written(vowel), nasal: false });
        } else {
            let last = syllables.last_mut()?;
            match c {
                '\u{94D}' => last.vowel = Vowel::Killed,
                '\u{901}' | '\u{902}' => last.nasal = true,
                // Visarga and nukta have no romanisation.
                '\u{903}' | '\u{93C}' => {}
                _ => last.vowel = Vowel::Written(sign(c)?),
            }
        }
    }
    without_silent_vowels(&syllables)
}

/// Romanises the syllables. Drops an inherent a at the end, and between a vowel and a consonant with a vowel.
fn without_silent_vowels(syllables: &[Syllable]) -> Option<String> {
    let mut out = String::new();
    let (mut is_open, mut is_joined) = (false, false);
    for (at, syllable) in syllables.iter().enumerate() {
        let next = syllables.get(at.saturating_add(1));
        let after = syllables.get(at.saturating_add(2));
        let text = match syllable.vowel {
            Vowel::Killed => "",
            Vowel::Written(vowel) => vowel,
            Vowel::Inherent => match next {
                None if is_joined => "a",
                None => "",
                Some(next) if is_open && !next.consonant.is_empty() && ends_syllable(next, after) => "",
                Some(_) => "a",
            },
        };
        // व is w after a consonant.
        out.push_str(if is_joined && syllable.consonant == "v" { "w" } else { syllable.consonant });
        out.push_str(text);
        if syllable.nasal {
            out.push_str(if next.is_some_and(|next| next.consonant == "h") { "ng" } else { "n" });
        }
        // A nasal closes the syllable. सिंह is singh.
        is_open = !text.is_empty() && !syllable.nasal;
        is_joined = syllable.vowel == Vowel::Killed;
    }
    let out = if out.ends_with("ngh") || !out.contains("nghh") { out } else { out.replace("nghh", "ngh") };
    (!out.is_empty()).then_some(out)
}

/// Whether a consonant can start a syllable after a dropped a: it has a vowel that is not silent.
fn ends_syllable(next: &Syllable, after: Option<&Syllable>) -> bool {
    match next.vowel {
        Vowel::Written(_) => true,
        Vowel::Inherent => after.is_some(),
        Vowel::Killed => false,
    }
}

/// The Devanagari letter for a Bengali letter. The two blocks have the same order.
fn to_devanagari(c: char) -> char {
    match c {
        '\u{9CE}' => 'त',
        '\u{9B0}' | '\u{9F0}' => 'र',
        '\u{9F1}' => 'व',
        '\u{980}'..='\u{9FF}' => u32::from(c).checked_sub(0x80).and_then(char::from_u32).unwrap_or(c),
        _ => c,
    }
}

const fn consonant(c: char) -> Option<&'static str> {
    Some(match c {
        'क' | '\u{958}' => "k",
        'ख' | '\u{959}' => "kh",
        'ग' | '\u{95A}' => "g",
        'घ' => "gh",
        'ङ' => "ng",
        'च' => "ch",
        'छ' => "chh",
        'ज' | '\u{95B}' => "j",
        'झ' => "jh",
        'ञ' | 'ण' | 'न' => "n",
        'ट' | 'त' => "t",
        'ठ' | 'थ' => "th",
        'ड' | 'द' | '\u{95C}' => "d",
        'ढ' | 'ध' | '\u{95D}' => "dh",
        'प' => "p",
        'फ' | '\u{95E}' => "f",
        'ब' => "b",
        'भ' => "bh",
        'म' => "m",
        'य' | '\u{95F}' => "y",
        'र' => "r",
        'ल' | 'ळ' => "l",
        'व' => "v",
        'श' | 'ष' => "sh",
        'स' => "s",
        'ह' => "h",
        _ => return None,
    })
}

const fn vowel(c: char) -> Option<&'static str> {
    Some(match c {
        'अ' | 'आ' => "a",
        'इ' | 'ई' => "i",
        'उ' | 'ऊ' => "u",
        'ऋ' => "ri",
        'ए' => "e",
        'ऐ' => "ai",
        'ओ' => "o",
        'औ' => "au",
        _ => return None,
    })
}

const fn sign(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{93E}' => "a",
        '\u{93F}' | '\u{940}' => "i",
        '\u{941}' | '\u{942}' => "u",
        '\u{943}' => "ri",
        '\u{947}' => "e",
        '\u{948}' => "ai",
        '\u{94B}' => "o",
        '\u{94C}' | '\u{957}' => "au",
        _ => return None,
    })
}
