//! The fields that a substring search looks in, and their texts.

use crate::model::Contact;
use crate::text::phone::ascii_digit;

/// What of a contact a text is looked for in, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SubstringField {
    /// Display name; first and last name. Folded.
    Name,
    /// Nickname and company. Folded.
    Company,
    /// E-mail addresses, without regard to case.
    Email,
    /// Phones: what they are compared by, and the digits as written.
    Phone,
    /// Identifiers, exactly.
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
        Self::ALL.into_iter().find(|rank| rank.number() == number)
    }
}

/// First and last name as one text.
pub(super) fn full_name(contact: &Contact) -> String {
    let (first, last) = (contact.first_name.as_str(), contact.last_name.as_str());
    if first.is_empty() || last.is_empty() { [first, last].concat() } else { [first, " ", last].concat() }
}

/// Lower case, letter by letter: what surrounds a letter does not change it, so a part of a text stays a part of it.
pub(super) fn lowercase_chars(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// A phone number as written: its digits, with the plus in front.
pub(super) fn phone_chars(text: &str) -> String {
    text.chars().flat_map(phone_char_filter()).collect()
}

/// What a phone number keeps of each character, one after the other.
pub(super) fn phone_char_filter() -> impl FnMut(char) -> Option<char> {
    let mut begun = false;
    move |c| {
        let plus = (!begun && matches!(c, '+' | '\u{ff0b}')).then_some('+');
        let kept = plus.or_else(|| ascii_digit(c));
        begun |= kept.is_some();
        kept
    }
}
