//! Why a contact is a hit, as callers see it.

use std::ops::Range;

use crate::model::Field;

/// By what a contact is found, best first: hits come in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum MatchKind {
    /// First name, then last name, from their start.
    FirstName,
    /// Last name, then first name, from their start.
    LastName,
    /// The name as displayed, from its start, if it is neither of the above.
    DisplayName,
    /// Any words of the names, the nickname and the company, each from its start, in any order; also as they are read in
    /// another script.
    Words,
    /// The first letters of the words of a name.
    Initials,
    /// The sound of a name whose script leaves vowels open.
    Phonetic,
    /// An e-mail address or its domain, a phone number, an identifier.
    ContactMethod,
    /// Words of a name, mistyped.
    Fuzzy,
    /// A text that some field contains; see [`Session::containing`](crate::Session::containing).
    Substring,
}

impl MatchKind {
    /// All classes, best first.
    pub const ALL: [Self; 9] = [
        Self::FirstName,
        Self::LastName,
        Self::DisplayName,
        Self::Words,
        Self::Initials,
        Self::Phonetic,
        Self::ContactMethod,
        Self::Fuzzy,
        Self::Substring,
    ];

    /// The class as a number, from 0.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::FirstName => 0,
            Self::LastName => 1,
            Self::DisplayName => 2,
            Self::Words => 3,
            Self::Initials => 4,
            Self::Phonetic => 5,
            Self::ContactMethod => 6,
            Self::Fuzzy => 7,
            Self::Substring => 8,
        }
    }
}

/// Why a contact is a hit.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Match {
    /// By what it was found.
    pub kind: MatchKind,
    /// The field that decided its place: the one whose start was typed, or the one with the first of the words.
    pub field: Field,
    /// Letters mistyped; 0 but for [`Class::Typo`].
    pub distance: u8,
    /// What was typed, in the fields as they are written.
    pub ranges: Vec<Highlight>,
}

/// A piece of a field that was typed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Highlight {
    /// The field.
    pub field: Field,
    /// Which of the contact's phones, e-mail addresses or identifiers, from 0; 0 for other fields.
    pub item: usize,
    /// The bytes, on character boundaries.
    pub bytes: Range<usize>,
}

impl Highlight {
    pub(crate) fn new(field: Field, bytes: Range<usize>) -> Self {
        Self { field, item: 0, bytes }
    }
}
