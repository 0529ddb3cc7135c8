//! Substring search: whether and where a contact contains a text, and the grams of the index.
//!
//! A gram is a sequence of one to three characters. The index has every gram of a field. So a search text of up to three characters
//! is a gram of every field that contains it, and a longer text consists of grams that all these fields have. The index only
//! produces candidates; [`Needle::find`] verifies them.
//!
//! May import `model`, `text::fold` and `text::phone`. A newcomer changes the searched fields in `field`.

mod field;
mod grams;
mod needle;
#[cfg(test)]
mod tests;

pub(crate) use field::SubstringField;
pub(crate) use grams::grams;
pub(crate) use needle::Needle;
