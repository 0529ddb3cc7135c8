//! All regions of the metadata: by id and by calling code.
//!
//! The algorithm follows libphonenumber (Copyright The Libphonenumber Authors, Apache-2.0); the code is new.

use super::metadata::REGIONS;
use super::pattern;
use super::region::Region;

/// The region with this id of two capitals.
pub(super) fn find(id: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|region| region.id == id && region.id.len() == 2)
}

/// The regions with this calling code, the main one first.
pub(super) fn with_calling_code(code: u16) -> &'static [Region] {
    let start = REGIONS.partition_point(|region| region.calling_code < code);
    let end = REGIONS.partition_point(|region| region.calling_code <= code);
    REGIONS.get(start..end).unwrap_or_default()
}

/// The main region of the calling code at the start of the digits, and the digits after that code.
pub(super) fn split_calling_code(digits: &str) -> Option<(&'static Region, &str)> {
    (1..=3).filter(|_| !digits.starts_with('0')).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        Some((with_calling_code(code.parse().ok()?).first()?, national))
    })
}

/// Whether the number is valid in its region. Of the regions that share the calling code, the first one that claims the
/// number by its leading digits or by a number type is the number's region.
pub(super) fn is_valid(calling_code: u16, national: &str) -> bool {
    let claims = |region: &&Region| {
        (!region.leading_digits.is_empty() && pattern::match_start(region.leading_digits, national).is_some())
            || region.has_valid(national)
    };
    match with_calling_code(calling_code) {
        [only] => only.has_valid(national),
        regions => regions.iter().find(claims).is_some_and(|region| region.has_valid(national)),
    }
}
