//! Groups keys into syllables.

use std::ops::Range;

use crate::text::fold::hangul::{is_consonant, is_jamo};

/// Whether a folded character is Hangul.
pub(in super::super) const fn is_hangul(c: char) -> bool {
    is_jamo(c)
}

/// One syllable: its keys, and their byte range in the folded word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Syllable {
    pub(super) initial: char,
    /// One key, or two keys of a compound vowel.
    pub(super) vowel: (char, Option<char>),
    /// The first key of the final.
    pub(super) final_consonant: Option<char>,
    pub(super) span: Range<usize>,
}

/// The syllables of a folded word; `None` if it has incomplete ones. A consonant before a vowel starts a syllable.
pub(super) fn syllables(folded: &str) -> Option<Vec<Syllable>> {
    let mut word: Vec<Syllable> = Vec::new();
    let mut keys = folded.char_indices().peekable();
    while let Some((at, c)) = keys.next() {
        let end = at.saturating_add(c.len_utf8());
        if !is_jamo(c) {
            return None;
        }
        let starts_syllable =
            is_consonant(c) && keys.peek().is_some_and(|(_, next)| is_jamo(*next) && !is_consonant(*next));
        if starts_syllable {
            let (at_vowel, vowel) = keys.next()?;
            let end = at_vowel.saturating_add(vowel.len_utf8());
            word.push(Syllable { initial: c, vowel: (vowel, None), final_consonant: None, span: at..end });
            continue;
        }
        let open = word.last_mut()?;
        open.span.end = end;
        if is_consonant(c) {
            open.final_consonant = open.final_consonant.or(Some(c));
        } else if open.vowel.1.is_none() && open.final_consonant.is_none() {
            open.vowel.1 = Some(c);
        } else {
            return None;
        }
    }
    (!word.is_empty()).then_some(word)
}
