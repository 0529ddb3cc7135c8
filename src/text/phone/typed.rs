//! A telephone number while it is being typed: which numbers it may become.

use super::plan::openings;
use super::written::{MOST_DIGITS, digit, separates};

/// The beginning of a number, or the whole or the end of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypedPhone {
    /// The digits, in ASCII; at least one.
    pub(crate) digits: String,
    plus: bool,
}

impl TypedPhone {
    /// None if the text has anything but digits and what people part them with, or no digit.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut typed = Self { digits: String::new(), plus: false };
        for c in text.chars() {
            if let Some(digit) = digit(c) {
                typed.digits.push(digit);
            } else if matches!(c, '+' | '＋') && typed.digits.is_empty() {
                typed.plus = true;
            } else if !separates(c) {
                return None;
            }
        }
        (1..=MOST_DIGITS).contains(&typed.digits.len()).then_some(typed)
    }

    /// What the number may begin with as it is written, without a plus: as typed, or after the international prefix 00.
    pub(crate) fn beginnings(&self) -> Vec<String> {
        let mut found = vec![self.digits.clone()];
        let after = self.digits.strip_prefix("00").filter(|rest| !self.plus && !rest.is_empty());
        found.extend(after.map(str::to_owned));
        found
    }

    /// What the number's E.164 form may begin with, without its plus, if this was typed as inside a country: each calling
    /// code with it, with and without the national prefix.
    pub(crate) fn abroad(&self) -> Vec<String> {
        if self.plus { Vec::new() } else { openings(&self.digits) }
    }

    /// The digits that a number ends with, if they are enough to ask for the end of one.
    pub(crate) fn ending(&self) -> Option<&str> {
        (!self.plus && self.digits.len() >= FEWEST).then_some(self.digits.as_str())
    }
}

/// Last digits by which a number is looked for, at least.
const FEWEST: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_far_as_it_is_typed() {
        let typed = |text| TypedPhone::read(text).unwrap();
        assert_eq!(typed("+33 6").beginnings(), ["336"]);
        assert_eq!(typed("0033 6").beginnings(), ["00336", "336"]);
        assert!(typed("+33 6").abroad().is_empty() && typed("+3361").ending().is_none());
        let abroad = typed("06 1").abroad();
        for wanted in ["3361", "33061", "4461", "39061", "361"] {
            assert!(abroad.contains(&wanted.to_owned()), "{wanted} in {abroad:?}");
        }
        assert!(!abroad.contains(&"3961".to_owned()), "Italy keeps its zero");
        assert!(typed("8 912").abroad().contains(&"7912".to_owned()), "Russia dials 8");
        assert_eq!(typed("١٢٣٤").ending(), Some("1234"));
        assert_eq!(typed("123").ending(), None);
        for text in ["", " ", "+", "jo", "1 jo", "a1"] {
            assert!(TypedPhone::read(text).is_none(), "{text}");
        }
    }
}
