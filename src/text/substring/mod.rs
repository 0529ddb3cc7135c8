//! Substrings: whether a text is contained in a contact, where, and the grams by which an index proposes contacts.
//!
//! A gram is one to three characters in a row. A field has every gram of its text, so a text of up to three characters is
//! itself a gram of the fields it is contained in, and a longer one is made of grams that they all have. Grams only propose:
//! [`Needle::find`] decides.

mod field;
mod grams;
mod needle;
#[cfg(test)]
mod tests;

pub(crate) use field::SubstringField;
pub(crate) use grams::grams;
pub(crate) use needle::{Needle, SubstringMatch};
