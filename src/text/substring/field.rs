//! The fields that a substring search looks in, and their texts.

use crate::model::Contact;
use crate::text::phone::ascii_digit;

/// A group of fields to search in, in the order of rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SubstringField {
    /// Display name; first and last name. Folded.
    Name,
    /// Nickname, company, and other plain fields that are searchable by words. Folded.
    Company,
    /// E-mail addresses, case-insensitive.
    Email,
    /// Phones: the normalized form, the digits as written, and the text if it has letters or signs.
    Phone,
    /// Identifiers, exact.
    Identifier,
}

impl SubstringField {
    pub(crate) const ALL: [Self; 5] = [Self::Name, Self::Company, Self::Email, Self::Phone, Self::Identifier];

    /// The rank as a number, from 0.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Name => 0,
            Self::Company => 1,
            Self::Email => 2,
            Self::Phone => 3,
            Self::Identifier => 4,
        }
    }

    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.number() == number)
    }
}

/// First and last name as one text.
pub(super) fn full_name(contact: &Contact) -> String {
    let (first, last) = (contact.first_name.as_str(), contact.last_name.as_str());
    if first.is_empty() || last.is_empty() { [first, last].concat() } else { [first, " ", last].concat() }
}

/// Lower case, letter by letter. The result for a letter does not depend on its neighbours, so a substring stays a substring.
pub(super) fn lowercase_chars(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// The digits of a phone number as written, with a leading plus if there is one.
pub(super) fn phone_chars(text: &str) -> String {
    text.chars().flat_map(phone_char_filter()).collect()
}

/// A phone number as written, in lower case, if it has letters or signs that belong to it: `1-800-FLOWERS`, `*123#`.
pub(super) fn phone_letters(text: &str) -> Option<String> {
    text.contains(|c: char| c.is_alphabetic() || matches!(c, '*' | '#')).then(|| lowercase_chars(text))
}

/// A stateful filter for the characters of a phone number: it keeps digits, and a plus before the first digit.
pub(super) fn phone_char_filter() -> impl FnMut(char) -> Option<char> {
    let mut started = false;
    move |c| {
        let plus = (!started && matches!(c, '+' | '\u{ff0b}')).then_some('+');
        let kept = plus.or_else(|| ascii_digit(c));
        started |= kept.is_some();
        kept
    }
}
