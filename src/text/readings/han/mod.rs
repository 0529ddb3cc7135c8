//! Han: Chinese names in pinyin, whole and by initials.
//!
//! The language of a name is unknown from its characters. So every name has its Mandarin reading, and names in a table of common Japanese
//! names also have the Japanese one.

mod names;
mod readings;
mod wade_giles;
mod word;

#[cfg(feature = "locale")]
pub(crate) use names::common_surname_syllables;
pub(crate) use names::syllable as han_syllable;
pub(super) use readings::{joined_name_readings, name_readings, query_readings};
pub(super) use word::is_han;
