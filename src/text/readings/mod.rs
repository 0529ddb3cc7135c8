//! Readings: other ways to type a word, so that one index serves all scripts.
//!
//! People often type a name in another script than it is written in: Иванов as ivanov, 王小明 as wangxiaoming or wxm, Müller as
//! mueller. [`name_readings`] gives other forms of a word of a name, which a query may be a prefix of. [`query_readings`] gives other
//! forms of a word of a query. Scripts without written vowels, or with many spellings of vowels, also match by phonetic keys:
//! [`phonetic_keys`] of the name, [`query_phonetic_keys`] of the query.
//!
//! All functions take folded text: no capitals, no marks, no spaces. Readings are folded text too. Phonetic keys are only compared
//! with phonetic keys.
//!
//! May import only `text::fold`. A newcomer adds a script in `script` and `by_script`, with its rules in a file of its own.

mod arabic;
mod by_script;
mod caucasus;
mod cyrillic;
mod greek;
mod han;
mod hangul;
mod hebrew;
mod indic;
mod kana;
mod khmer;
mod latin;
mod phonetic;
mod reading;
mod reading_collector;
mod script;
#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod tests;
mod transliteration;

pub(crate) use by_script::{
    joined_name_readings, name_readings, phonetic_keys, query_phonetic_keys, query_readings,
};
#[cfg(feature = "locale")]
pub(crate) use han::common_surname_syllables;
pub(crate) use han::han_syllable;
pub(crate) use reading::NamePart;
pub(crate) use script::{is_han_or_kana, is_letter, word_parts};
