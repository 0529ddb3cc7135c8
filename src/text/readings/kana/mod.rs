//! Japanese: kana by romaji, and the kanji of common names.
//!
//! Hepburn is what names are indexed by, with long vowels both as kana write them (satou, oono) and short (sato, ono);
//! what is typed in another system is brought to Hepburn by [`typed`].

mod names;
mod query;
mod readings;
mod romaji;

pub(super) use query::{latin_query_readings, query_readings};
pub(super) use readings::{add_kanji_readings, joined_name_readings, name_readings};
pub(super) use romaji::is_kana;
