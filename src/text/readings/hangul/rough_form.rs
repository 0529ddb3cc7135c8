//! The rough form, in which names in Hangul and queries in Latin letters meet.

use super::latin;
use super::syllables::Syllable;

/// The marker at the start of rough forms.
const ROUGH_FORM_MARKER: char = 'K';

pub(super) fn rough_form(word: &[Syllable]) -> String {
    word.iter().map(latin::rough_romanization).collect()
}

pub(super) fn with_marker(rough: &str) -> String {
    if rough.is_empty() {
        String::new()
    } else {
        format!("{ROUGH_FORM_MARKER}{}", latin::collapse_doubles(rough))
    }
}
