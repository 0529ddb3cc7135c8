//! The default backend: `rlibphonenumber`, a port of libphonenumber.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

use super::Number;

/// Name and metadata version of the backend, as stored in the file.
pub(crate) const METADATA: &str = "rlibphonenumber 9.0.42";

/// A region hint as the library knows it.
pub(super) type Hint = Region;

pub(super) fn hint(region: &str) -> Option<Hint> {
    region.parse().ok()
}

/// Reads a number, in E.164 form.
pub(super) fn read(text: &str, hint: Option<Hint>) -> Option<Number> {
    let number = PHONE_NUMBER_UTIL.parse(text, hint).ok()?;
    let e164 = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned();
    Some(Number { e164, inner: number })
}

pub(super) type Inner = rlibphonenumber::PhoneNumber;

/// Whether the number is valid in its country's plan.
pub(super) fn is_valid(number: &Inner) -> bool {
    PHONE_NUMBER_UTIL.is_valid_number(number)
}
