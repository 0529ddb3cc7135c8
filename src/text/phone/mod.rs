//! The private seam through which every telephone number passes.
//!
//! What a text comes to follows libphonenumber. Three things are decided here and not by the library:
//!
//! * A number is given in E.164 form if its length is one that can be called from abroad. It need not be valid:
//!   numbering plans change, and a number of last month's plan must not be lost. A length that is possible only
//!   inside an area (`253-0000` in the United States) is not enough.
//! * Where a table tells what the library is bound to say, it is not asked: for most `+` numbers, and for
//!   national numbers with one `0` in front in the regions where that is all there is to them.
//! * What the library does not know, or reads in two ways, keeps its digits and has no E.164 form.

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
