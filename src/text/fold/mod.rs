//! The fold: the form in which names and queries are compared.
//!
//! A person types what the keyboard offers: no marks, no capitals, perhaps no apostrophe. So a name and a query
//! both pass through the same fold, and what remains is compared byte by byte:
//!
//! 1. compatibility decomposition (NFKD), full case folding, and again until nothing changes,
//! 2. marks dropped **by block**: those of Latin, Greek, Cyrillic, Hebrew and Arabic. Marks that make another
//!    letter elsewhere (kana voicing, Indic and Thai vowels) stay, and so does the breve of й,
//! 3. our table for letters that do not decompose (ł, ø, đ, þ, ı, æ, …), and for those of Arabic, Persian and Hebrew that
//!    are one to a reader (ك ک, ي ی ى, ه ة, מ ם); digits of every script to ASCII, katakana to hiragana,
//! 4. Hangul to the keys it is typed with, so that every state of a half-typed syllable is a prefix of the whole,
//! 5. invisible characters dropped, white space and punctuation to one space, none at the ends,
//! 6. canonical composition (NFC).
//!
//! The parts: `chars` and `hangul` have the tables, `stream` the pipeline, `known` remembers what it makes of single letters,
//! `spans` is the way back to the original text.

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
