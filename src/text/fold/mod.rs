//! The fold: the form of names and queries for comparisons.
//!
//! People often type without marks, capitals or apostrophes. So names and queries pass through the same fold, and the results are
//! compared byte by byte:
//!
//! 1. compatibility decomposition (NFKD) and full case folding, until nothing changes,
//! 2. marks are dropped **by block**: those of Latin, Greek, Cyrillic, Hebrew and Arabic. Marks that make another letter in other
//!    scripts (kana voicing, Indic and Thai vowels) stay, and so does the breve of й,
//! 3. a table replaces letters that do not decompose (ł, ø, đ, þ, ı, æ, …), and letters of Arabic, Persian and Hebrew that readers
//!    treat as one (ك ک, ي ی ى, ه ة, מ ם). Digits of every script become ASCII, katakana become hiragana,
//! 4. Hangul become the keys that type them, so that every state of a half-typed syllable is a prefix of the syllable,
//! 5. invisible characters are dropped. White space and punctuation become one space, without spaces at the ends,
//! 6. canonical composition (NFC).
//!
//! `chars` and `hangul` have the tables, `pipeline` the algorithm, `letter_cache` the results for single letters, and `offset_map`
//! the offsets in the original text. Imports nothing outside of this folder. After a change of any result, increase
//! `FOLD_VERSION` in `variants`.

mod ascii;
mod chars;
mod folded;
mod form;
pub(super) mod hangul;
mod letter_cache;
mod offset_map;
mod pipeline;
mod simple;
#[cfg(test)]
mod tests;
mod variants;

pub(crate) use folded::{Folded, find_folded, original_range};
pub(crate) use form::Form;
pub(crate) use variants::{FOLD_VERSION, Variants, fold, fold_case_only, is_case_only, variants};
