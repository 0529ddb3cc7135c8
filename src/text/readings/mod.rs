//! Readings: the other ways to type a word, so that one index serves all scripts.
//!
//! A name is written in one script and often typed in another: Иванов as ivanov, 王小明 as wangxiaoming or wxm, Müller as
//! mueller. Two sides make them meet. [`readings`] gives, for a word of a name, what else it is to be found by from its
//! start; [`typed`] gives, for a word of a query, what else it may stand for. Scripts whose vowels are not written, or
//! are written in many ways, meet in a rougher form: [`sound`] of the name, [`heard`] of the query.
//!
//! All of them take text as the fold makes it: no capitals, no marks, no blanks. Readings are such text too; sounds are
//! compared with sounds only.

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
pub(crate) use reading::{NamePart, Reading};
