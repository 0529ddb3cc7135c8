//! Phone numbers: parsing, E.164 form, and matching of partly typed numbers.
//!
//! Results follow libphonenumber. Three rules are decided here:
//!
//! * A number has an E.164 form if its length is possible in a call from abroad. It need not be valid: numbering plans change, and a
//!   number of an old plan must stay usable. A length that is possible only inside an area (`253-0000` in the United States) is
//!   not enough.
//! * Where a table determines the result, the backend is not called. This applies to most `+` numbers, and to national numbers with
//!   one leading `0` in regions where nothing else is possible.
//! * A number that the backend does not know, or reads in two ways, keeps its digits and has no E.164 form.
//!
//! May import only `error`. `parser` is the entry; the default backend reads generated metadata (`metadata`, `region`, `regions`,
//! `pattern`, `candidate`). A newcomer updates the metadata with `tests/fixtures/phones/make.py`.

#[cfg(not(feature = "phonenumber"))]
mod candidate;
#[cfg(not(feature = "phonenumber"))]
mod metadata;
mod numbering_plan;
mod parser;
mod partial_number;
#[cfg(not(feature = "phonenumber"))]
mod pattern;
mod phone_text;
#[cfg(not(feature = "phonenumber"))]
mod region;
#[cfg(not(feature = "phonenumber"))]
mod regions;
mod table;

#[cfg_attr(feature = "phonenumber", path = "backend_phonenumber.rs")]
#[cfg_attr(not(feature = "phonenumber"), path = "backend_builtin.rs")]
mod backend;

#[cfg(test)]
mod tests;

pub(crate) use backend::BACKEND_VERSION;
pub(crate) use parser::{ParsedPhone, PhoneParser};
pub(crate) use partial_number::{PartialPhone, national_number};
pub(crate) use phone_text::{ascii_digit, is_separator};
