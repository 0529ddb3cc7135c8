//! The parser of phone numbers: tables first, then the backend.

use super::phone_text::{PhoneText, PhoneTextKind, ascii_digit};
use super::{backend, numbering_plan};
use crate::error::{Error, Result};

/// A parsed phone number.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ParsedPhone {
    /// The number in E.164 form, without an extension. `None` if its country is unknown or its length is not possible.
    pub(crate) e164: Option<String>,
    /// The digits as written, in ASCII, without an extension. A code for the network, such as `*100#`, has its signs too: without them
    /// it would be another number.
    pub(crate) digits: String,
}

impl ParsedPhone {
    /// The form for comparisons: the E.164 form if there is one, otherwise the digits.
    pub(crate) fn normalized(&self) -> &str {
        self.e164.as_deref().unwrap_or(&self.digits)
    }
}

impl std::fmt::Debug for ParsedPhone {
    /// Numbers stay out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParsedPhone").finish_non_exhaustive()
    }
}

/// Parses phone numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct PhoneParser {
    region_hint: Option<backend::RegionHint>,
    /// The calling code of the region, if a table can convert its national numbers to E.164 form; otherwise 0.
    trunk_calling_code: u16,
}

impl PhoneParser {
    /// A parser that treats numbers without a country as numbers of this region (ISO 3166, two letters).
    ///
    /// # Errors
    /// [`Error::BadOption`] if the region is unknown or has no phone numbers.
    pub(crate) fn new(region: Option<&str>) -> Result<Self> {
        let Some(region) = region else { return Ok(Self::default()) };
        let code = region.to_ascii_uppercase();
        // Uses the table, so that a book opens without loading the metadata of a backend.
        match (numbering_plan::trunk_calling_code(&code), backend::region_hint(&code)) {
            (Some(trunk), hint @ Some(_)) => Ok(Self { region_hint: hint, trunk_calling_code: trunk }),
            _ => Err(Error::BadOption {
                option: "region",
                reason: "not the code of a region with phone numbers, such as FR".to_owned(),
            }),
        }
    }

    /// Parses a text; `None` if it is not a phone number.
    pub(crate) fn parse(&self, text: &str) -> Option<ParsedPhone> {
        let phone_text = PhoneText::parse(text)?;
        let e164 = self.e164(&phone_text);
        match (phone_text.kind, &e164) {
            // Letters are digits only if the result is a number.
            (PhoneTextKind::Letters, None) => None,
            (PhoneTextKind::Letters, Some(number)) => {
                Some(ParsedPhone { digits: number.trim_start_matches('+').to_owned(), e164 })
            }
            (PhoneTextKind::ServiceCode, _) => {
                let signs = |c| if matches!(c, '*' | '#') { Some(c) } else { ascii_digit(c) };
                Some(ParsedPhone { e164, digits: phone_text.number.chars().filter_map(signs).collect() })
            }
            _ => Some(ParsedPhone { e164, digits: phone_text.digits }),
        }
    }

    /// The starts of stored numbers that a partly or wholly typed number may have, without a plus. It reads what a stored number may be
    /// written with: extensions, letters, signs, an international prefix of the region, a national prefix in brackets.
    pub(crate) fn typed_forms(&self, text: &str) -> Vec<String> {
        let has_sign = text.trim_start().starts_with(['*', '#']);
        if !has_sign && text.chars().filter(|c| ascii_digit(*c).is_some()).nth(2).is_none() {
            return Vec::new(); // most texts
        }
        let mut forms = self.stored_forms(text).unwrap_or_default();
        let digits: String = text.chars().filter_map(ascii_digit).collect();
        if let Some(hint) = self.region_hint.filter(|_| !text.contains(['+', '＋']) && !has_sign) {
            forms.extend(backend::after_international_prefix(&digits, hint).map(str::to_owned));
        }
        if let Some((before, after)) = text.split_once("(0)")
            && PhoneText::parse(text).is_some()
        {
            forms.extend(self.stored_forms(&format!("{before}{after}")).unwrap_or_default());
        }
        for form in &mut forms {
            *form = form.trim_start_matches('+').to_owned();
        }
        forms.retain(|form| !form.is_empty());
        forms.sort_unstable();
        forms.dedup();
        forms
    }

    /// Parses a text that always has a country, as some network contracts require. Digits without a plus that are not a number of the
    /// region are parsed as if they had a plus.
    pub(crate) fn parse_international(&self, text: &str) -> Option<ParsedPhone> {
        let parsed = self.parse(text)?;
        if parsed.e164.is_some() || parsed.digits.starts_with('0') {
            return Some(parsed);
        }
        let international = self.parse(&format!("+{}", parsed.digits)).filter(|number| number.e164.is_some());
        Some(international.unwrap_or(parsed))
    }

    /// The forms in which a number that is written like this may be stored: by [`PhoneParser::parse`], and by
    /// [`PhoneParser::parse_international`]. `None` if it is not a number.
    pub(crate) fn stored_forms(&self, text: &str) -> Option<Vec<String>> {
        let mut forms = vec![self.parse(text)?.normalized().to_owned()];
        forms.extend(self.parse_international(text).map(|number| number.normalized().to_owned()));
        forms.dedup();
        Some(forms)
    }

    fn e164(&self, phone_text: &PhoneText<'_>) -> Option<String> {
        match phone_text.kind {
            PhoneTextKind::ServiceCode => None,
            PhoneTextKind::Letters => {
                let number = backend::parse_number(phone_text.number, self.region_hint)?;
                checked_e164(number.e164.clone()).filter(|_| backend::is_valid(&number))
            }
            PhoneTextKind::PhoneContext => {
                checked_e164(backend::parse_number(phone_text.number, self.region_hint)?.e164)
            }
            // Separators do not change the result, so the backend gets only digits.
            PhoneTextKind::Digits if phone_text.plus => {
                let mut text = String::with_capacity(phone_text.digits.len().saturating_add(1));
                text.push('+');
                text.push_str(&phone_text.digits);
                if numbering_plan::is_canonical(&phone_text.digits) {
                    return Some(text);
                }
                let e164 = backend::parse_number(&text, self.region_hint)?.e164;
                if e164 == text {
                    numbering_plan::is_possible(&phone_text.digits).then_some(text)
                } else {
                    checked_e164(e164)
                }
            }
            PhoneTextKind::Digits => {
                let hint = self.region_hint?;
                numbering_plan::national_to_e164(self.trunk_calling_code, &phone_text.digits)
                    .or_else(|| checked_e164(backend::parse_number(&phone_text.digits, Some(hint))?.e164))
            }
        }
    }
}

/// The E.164 form, if its length is possible and parsing it gives the same form.
fn checked_e164(e164: String) -> Option<String> {
    let digits = e164.strip_prefix('+')?;
    let is_stable = || backend::parse_number(&e164, None).is_some_and(|again| again.e164 == e164);
    (numbering_plan::is_canonical(digits) || (numbering_plan::is_possible(digits) && is_stable()))
        .then_some(e164)
}
