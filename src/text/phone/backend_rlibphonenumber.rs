//! The default backend: `rlibphonenumber`, a port of libphonenumber.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

use super::BackendNumber;

/// Name and metadata version of the backend, as stored in the file.
pub(crate) const BACKEND_VERSION: &str = "rlibphonenumber 9.0.42";

/// A region hint as the library knows it.
pub(super) type RegionHint = Region;

pub(super) fn region_hint(region: &str) -> Option<RegionHint> {
    region.parse().ok()
}

/// Reads a number, in E.164 form.
pub(super) fn parse_number(text: &str, hint: Option<RegionHint>) -> Option<BackendNumber> {
    let number = PHONE_NUMBER_UTIL.parse(text, hint).ok()?;
    let e164 = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned();
    Some(BackendNumber { e164, library_number: number })
}

pub(super) type LibraryNumber = rlibphonenumber::PhoneNumber;

/// Whether the number is valid in its country's plan.
pub(super) fn is_valid(number: &LibraryNumber) -> bool {
    PHONE_NUMBER_UTIL.is_valid_number(number)
}
