//! The default backend. It reads numbers like libphonenumber, from metadata that are compiled in.
//!
//! The algorithm follows libphonenumber (Copyright The Libphonenumber Authors, Apache-2.0); the code is new.

use super::candidate::candidate;
pub(crate) use super::metadata::BACKEND_VERSION;
use super::phone_text::ascii_digit;
use super::region::Region;
use super::regions;

/// A region whose national numbers are expected.
pub(super) type RegionHint = &'static Region;

pub(super) fn region_hint(region: &str) -> Option<RegionHint> {
    regions::find(region)
}

/// A number as the backend reads it.
pub(super) struct ParsedNumber {
    /// The number in E.164 form.
    pub(super) e164: String,
    calling_code: u16,
    /// The national number, in digits.
    national: String,
}

/// The fewest and the most digits of a national number.
const MIN_NATIONAL_DIGITS: usize = 2;
const MAX_NATIONAL_DIGITS: usize = 17;

/// Reads a number.
pub(super) fn parse_number(text: &str, hint: Option<RegionHint>) -> Option<ParsedNumber> {
    let text = candidate(text)?;
    let without_plus = text.trim_start_matches(['+', '＋']);
    let digits = dialled_digits(without_plus);
    let (region, national) = if without_plus.len() == text.len() {
        let hint = hint?;
        let (region, national) = split_region(digits, hint)?;
        (region.unwrap_or(hint), national)
    } else {
        if digits.len() <= MIN_NATIONAL_DIGITS {
            return None;
        }
        if let Some((region, national)) = regions::split_calling_code(&digits) {
            (region, national.to_owned())
        } else {
            // The plus may be a mistake before a number with an international prefix.
            let (region, national) = split_region(digits, hint?)?;
            (region?, national)
        }
    };
    if national.len() < MIN_NATIONAL_DIGITS {
        return None;
    }
    let stripped = region.strip_national_prefix(&national);
    let national = if region.is_long_enough(&stripped) { stripped.into_owned() } else { national };
    (MIN_NATIONAL_DIGITS..=MAX_NATIONAL_DIGITS).contains(&national.len()).then(|| ParsedNumber {
        e164: format!("+{}{national}", region.calling_code),
        calling_code: region.calling_code,
        national,
    })
}

/// The digits after the international prefix of a region, if they start with it.
pub(super) fn after_international_prefix(digits: &str, hint: RegionHint) -> Option<&str> {
    hint.strip_international_prefix(digits).filter(|rest| rest.len() < digits.len() && !rest.is_empty())
}

/// Whether the number is valid in its country's plan.
pub(super) fn is_valid(number: &ParsedNumber) -> bool {
    regions::is_valid(number.calling_code, &number.national)
}

/// Splits digits without a plus into the main region of their calling code and the digits after it. The region is `None` if
/// they start with no calling code.
///
/// Returns `None` if an international prefix is not followed by a calling code.
fn split_region(digits: String, hint: RegionHint) -> Option<(Option<RegionHint>, String)> {
    if let Some(rest) = hint.strip_international_prefix(&digits) {
        let (region, national) =
            regions::split_calling_code(rest).filter(|_| rest.len() > MIN_NATIONAL_DIGITS)?;
        return Some((Some(region), national.to_owned()));
    }
    if let Some(rest) = digits.strip_prefix(&hint.calling_code.to_string()) {
        let national = hint.strip_national_prefix(rest);
        if (!hint.matches_general(&digits) && hint.matches_general(&national)) || hint.is_too_long(&digits) {
            return Some((regions::with_calling_code(hint.calling_code).first(), national.into_owned()));
        }
    }
    Some((None, digits))
}

/// The digits of a text. If it has three letters or more, its letters become the digits of a telephone keypad.
fn dialled_digits(text: &str) -> String {
    if text.bytes().filter(u8::is_ascii_alphabetic).nth(2).is_none() {
        return text.chars().filter_map(ascii_digit).collect();
    }
    let keypad_digit = |c: char| match c.to_ascii_lowercase() {
        '0'..='9' => Some(c),
        'a'..='c' => Some('2'),
        'd'..='f' => Some('3'),
        'g'..='i' => Some('4'),
        'j'..='l' => Some('5'),
        'm'..='o' => Some('6'),
        'p'..='s' => Some('7'),
        't'..='v' => Some('8'),
        'w'..='z' => Some('9'),
        _ => None,
    };
    text.chars().filter_map(keypad_digit).collect()
}
