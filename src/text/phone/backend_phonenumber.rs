//! The alternative backend: the crate `phonenumber`, with guards against its known errors.

use phonenumber::country::{Id, Source};

use super::numbering_plan;

/// Name and metadata version of the backend, as stored in the file.
pub(crate) const BACKEND_VERSION: &str = "phonenumber 9.0.33 with lengths 9.0.42";

/// A region whose national numbers are expected.
pub(super) type RegionHint = Id;

pub(super) fn region_hint(region: &str) -> Option<RegionHint> {
    region.parse().ok()
}

/// A number as the backend reads it.
pub(super) struct ParsedNumber {
    /// The number in E.164 form.
    pub(super) e164: String,
    number: phonenumber::PhoneNumber,
}

/// Reads a number.
///
/// The crate applies the plan of the hint to every number. So a number with its own country is read again without the hint, and
/// rejected if it lost digits. The crate also strips digits that are not a national prefix. So a `+` number of possible length
/// keeps its digits. Any other number may lose only one leading zero; otherwise it is rejected.
pub(super) fn parse_number(text: &str, hint: Option<RegionHint>) -> Option<ParsedNumber> {
    let first_hint = if text.starts_with('+') { None } else { hint };
    let number = phonenumber::parse(first_hint, text).or_else(|_| phonenumber::parse(hint, text)).ok()?;
    let national = number.national().to_string();
    let e164 = format!("+{}{national}", number.code().value());
    if number.code().source() == Source::Idd {
        return if text.ends_with(e164.trim_start_matches('+')) { parse_number(&e164, None) } else { None };
    }
    if let Some(digits) = text.strip_prefix('+')
        && let Some((_, given)) = numbering_plan::split_calling_code(digits)
    {
        if !given.starts_with('0') && numbering_plan::is_possible(digits) {
            return Some(ParsedNumber { e164: text.to_owned(), number });
        }
        if given != national && given.strip_prefix('0') != Some(national.as_str()) {
            return None;
        }
    }
    Some(ParsedNumber { e164, number })
}

/// The crate does not tell the international prefix of a region.
pub(super) fn after_international_prefix(_: &str, _: RegionHint) -> Option<&str> {
    None
}

/// Whether the number is valid in its country's plan.
pub(super) fn is_valid(number: &ParsedNumber) -> bool {
    number.number.is_valid()
}
