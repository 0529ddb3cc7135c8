//! The parser of telephone numbers: tables first, then the backend.

use super::phone_text::{PhoneText, PhoneTextKind};
use super::{backend, numbering_plan};
use crate::error::{Error, Result};

/// What a telephone text comes to.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ParsedPhone {
    /// The number in E.164 form, without an extension; none if its country is not known or its length not
    /// possible.
    pub(crate) e164: Option<String>,
    /// The digits as written, in ASCII, without an extension.
    pub(crate) digits: String,
}

impl ParsedPhone {
    /// The form in which numbers are compared: the E.164 form if there is one, else the digits.
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

/// Reads telephone numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct PhoneParser {
    region_hint: Option<backend::RegionHint>,
    /// The calling code of the region, if its national numbers can be turned into E.164 form by a table.
    trunk_calling_code: u16,
}

impl PhoneParser {
    /// A parser that takes numbers written without a country as numbers of this region (ISO 3166, two letters).
    pub(crate) fn new(region: Option<&str>) -> Result<Self> {
        let Some(region) = region else { return Ok(Self::default()) };
        let code = region.to_ascii_uppercase();
        // Asked of the table, so that a book opens without loading the library's metadata.
        match (numbering_plan::trunk_calling_code(&code), backend::region_hint(&code)) {
            (Some(trunk), hint @ Some(_)) => Ok(Self { region_hint: hint, trunk_calling_code: trunk }),
            _ => Err(Error::BadOption {
                option: "region",
                reason: "not the code of a region with telephone numbers, such as FR".to_owned(),
            }),
        }
    }

    /// What the text comes to; none if it is no telephone number at all.
    pub(crate) fn parse(&self, text: &str) -> Option<ParsedPhone> {
        let written = PhoneText::parse(text)?;
        let e164 = self.e164(&written);
        match (written.kind, &e164) {
            // Letters stand for digits only where that makes a number.
            (PhoneTextKind::Letters, None) => None,
            (PhoneTextKind::Letters, Some(number)) => {
                Some(ParsedPhone { digits: number.trim_start_matches('+').to_owned(), e164 })
            }
            _ => Some(ParsedPhone { e164, digits: written.digits }),
        }
    }

    /// The same for a text that is a number with its country in any case, as the contract of a network has it: digits
    /// without a plus are read as if one stood before them where they are no number of the region.
    pub(crate) fn parse_international(&self, text: &str) -> Option<ParsedPhone> {
        let parsed = self.parse(text)?;
        if parsed.e164.is_some() || parsed.digits.starts_with('0') {
            return Some(parsed);
        }
        let abroad = self.parse(&format!("+{}", parsed.digits)).filter(|abroad| abroad.e164.is_some());
        Some(abroad.unwrap_or(parsed))
    }

    /// The forms under which a number may be stored that is written like this: as it is read, and as a number with its country
    /// but without its plus. None if it is no number at all.
    pub(crate) fn stored_forms(&self, text: &str) -> Option<Vec<String>> {
        let mut forms = vec![self.parse(text)?.normalized().to_owned()];
        forms.extend(self.parse_international(text).map(|abroad| abroad.normalized().to_owned()));
        forms.dedup();
        Some(forms)
    }

    fn e164(&self, written: &PhoneText<'_>) -> Option<String> {
        match written.kind {
            PhoneTextKind::ServiceCode => None,
            PhoneTextKind::Letters => {
                let number = backend::parse_number(written.number, self.region_hint)?;
                checked_e164(number.e164.clone()).filter(|_| backend::is_valid(&number))
            }
            PhoneTextKind::PhoneContext => {
                checked_e164(backend::parse_number(written.number, self.region_hint)?.e164)
            }
            // The library reads digits as it reads them with all that people put between.
            PhoneTextKind::Digits if written.plus => {
                let mut text = String::with_capacity(written.digits.len().saturating_add(1));
                text.push('+');
                text.push_str(&written.digits);
                if numbering_plan::is_canonical(&written.digits) {
                    return Some(text);
                }
                let e164 = backend::parse_number(&text, self.region_hint)?.e164;
                if e164 == text {
                    numbering_plan::is_possible(&written.digits).then_some(text)
                } else {
                    checked_e164(e164)
                }
            }
            PhoneTextKind::Digits => {
                let hint = self.region_hint?;
                numbering_plan::national_to_e164(self.trunk_calling_code, &written.digits)
                    .or_else(|| checked_e164(backend::parse_number(&written.digits, Some(hint))?.e164))
            }
        }
    }
}

/// The E.164 form, if its length is possible and it reads as itself.
fn checked_e164(e164: String) -> Option<String> {
    let digits = e164.strip_prefix('+')?;
    let same = || backend::parse_number(&e164, None).is_some_and(|again| again.e164 == e164);
    (numbering_plan::is_canonical(digits) || (numbering_plan::is_possible(digits) && same())).then_some(e164)
}
