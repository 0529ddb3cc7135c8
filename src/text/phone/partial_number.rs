//! A partly typed phone number, and the numbers that it may match.

use super::numbering_plan::{
    NATIONAL_PREFIXES, TWO_DIGIT_NATIONAL_PREFIX, may_dial_nationally, split_calling_code,
};
use super::phone_text::{MAX_DIGITS, ascii_digit, is_separator};

/// The start of a number, a whole number, or the end of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PartialPhone {
    /// The digits, in ASCII; at least one.
    pub(crate) digits: String,
    plus: bool,
}

impl PartialPhone {
    /// `None` if the text has no digit, or has characters that are not digits or separators.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut typed = Self { digits: String::new(), plus: false };
        for c in text.chars() {
            if let Some(digit) = ascii_digit(c) {
                typed.digits.push(digit);
            } else if matches!(c, '+' | '＋') && typed.digits.is_empty() {
                typed.plus = true;
            } else if !is_separator(c) {
                return None;
            }
        }
        (1..=MAX_DIGITS).contains(&typed.digits.len()).then_some(typed)
    }

    /// The possible starts of the full number, without a plus: as typed, or after the international prefix 00.
    pub(crate) fn number_prefixes(&self) -> Vec<String> {
        let mut prefixes = vec![self.digits.clone()];
        let after_00 = self.digits.strip_prefix("00").filter(|rest| !self.plus && !rest.is_empty());
        prefixes.extend(after_00.map(str::to_owned));
        prefixes
    }

    /// The possible starts of the national number: as typed, or without a national prefix of one or two digits.
    pub(crate) fn national_number_prefixes(&self) -> Vec<String> {
        if self.plus {
            return Vec::new();
        }
        let after_one = self.digits.strip_prefix(NATIONAL_PREFIXES);
        let after_two = self.digits.strip_prefix(TWO_DIGIT_NATIONAL_PREFIX.1);
        let all = std::iter::once(self.digits.as_str()).chain(after_one).chain(after_two);
        all.filter(|rest| !rest.is_empty()).map(str::to_owned).collect()
    }

    /// Whether the typed digits may be the start of a number, dialled inside its country. `number` is the digits of the E.164 form.
    pub(crate) fn may_dial(&self, number: &str) -> bool {
        !self.plus && may_dial_nationally(&self.digits, number)
    }

    /// The digits, if they are enough to search for the end of a number.
    pub(crate) fn suffix(&self) -> Option<&str> {
        (!self.plus && self.digits.len() >= MIN_SUFFIX_DIGITS).then_some(self.digits.as_str())
    }
}

/// The national number in the digits of an E.164 form, if its calling code is known.
pub(crate) fn national_number(number: &str) -> Option<&str> {
    split_calling_code(number).map(|(_, national)| national)
}

/// The fewest digits in a search for the end of a number.
const MIN_SUFFIX_DIGITS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_digits_match_numbers() {
        let typed = |text| PartialPhone::parse(text).unwrap();
        assert_eq!(typed("+33 6").number_prefixes(), ["336"]);
        assert_eq!(typed("0033 6").number_prefixes(), ["00336", "336"]);
        assert!(typed("+33 6").national_number_prefixes().is_empty() && typed("+3361").suffix().is_none());
        assert_eq!(typed("06 1").national_number_prefixes(), ["061", "61", "1"]);
        assert_eq!(typed("07 1").national_number_prefixes(), ["071", "71"]);
        assert_eq!(
            (typed("61").national_number_prefixes(), typed("0").national_number_prefixes()),
            (vec!["61".to_owned()], vec!["0".to_owned()])
        );
        for (text, number) in [
            ("06 1", "33612345678"),
            ("6 1", "33612345678"),
            ("02", "390212345678"),
            ("061", "3612345678"),
            ("8 912", "79123456789"),
            ("212", "12125550123"),
        ] {
            assert!(typed(text).may_dial(number), "{text} is {number}");
        }
        for (text, number) in
            [("0612", "39612345678"), ("+6 1", "33612345678"), ("07", "33612345678"), ("0", "33612345678")]
        {
            assert!(!typed(text).may_dial(number), "{text} is not {number}");
        }
        assert_eq!((national_number("33612345678"), national_number("0")), (Some("612345678"), None));
        assert_eq!(typed("١٢٣٤").suffix(), Some("1234"));
        assert_eq!(typed("123").suffix(), None);
        for text in ["", " ", "+", "jo", "1 jo", "a1"] {
            assert!(PartialPhone::parse(text).is_none(), "{text}");
        }
    }
}
