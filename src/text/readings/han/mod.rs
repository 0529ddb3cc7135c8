//! Han: Chinese names by pinyin, whole and by initials.
//!
//! Nothing in a name says of which language it is, so every name has its reading in Mandarin, and those of a table of
//! common Japanese names the Japanese one as well.

mod names;
mod readings;
mod wade_giles;
mod word;

pub(super) use readings::{joined_name_readings, name_readings, query_readings};
pub(super) use word::is_han;
