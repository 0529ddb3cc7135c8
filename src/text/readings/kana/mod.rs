//! Japanese: kana in romaji, and common names in kanji.
//!
//! Names are indexed in Hepburn, with long vowels as in kana (satou, oono) and short (sato, ono). [`latin_query_readings`] converts
//! queries in other romanisations to Hepburn.

mod names;
mod query;
mod readings;
mod romaji;

pub(super) use query::{latin_query_readings, query_readings};
pub(super) use readings::{add_kanji_readings, joined_name_readings, name_readings};
pub(super) use romaji::is_kana;
