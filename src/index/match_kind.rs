//! The match of a hit, as callers see it.

use std::ops::Range;

use crate::model::Field;
use crate::model::serial::is_default;

/// The kind of match that finds a contact. Best first: hits come in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum MatchKind {
    /// First name, then last name, from their start.
    FirstName,
    /// Last name, then first name, from their start.
    LastName,
    /// The name as displayed, from its start, if it is neither of the above.
    DisplayName,
    /// Words of the names, the nickname and the company, each from its start, in any order. Also readings of words in another
    /// script.
    Words,
    /// The first letters of the words of a name.
    Initials,
    /// The sound of a name whose script leaves vowels open.
    Phonetic,
    /// An e-mail address or its domain, a phone number, an identifier.
    ContactMethod,
    /// What the text may mean besides its words: another name of the same person ("bill" for William), a name in variant characters; and,
    /// only if nothing else is found, words typed together or apart ("jsmith", "mc donald"), or on another keyboard layout.
    Expansion,
    /// Words with typos.
    Fuzzy,
    /// A text inside a field; see [`Session::search_substring`](crate::Session::search_substring).
    Substring,
}

impl MatchKind {
    /// All kinds, best first.
    pub const ALL: [Self; 10] = [
        Self::FirstName,
        Self::LastName,
        Self::DisplayName,
        Self::Words,
        Self::Initials,
        Self::Phonetic,
        Self::ContactMethod,
        Self::Expansion,
        Self::Fuzzy,
        Self::Substring,
    ];

    /// The position in [`MatchKind::ALL`], from 0.
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
            Self::Expansion => 7,
            Self::Fuzzy => 8,
            Self::Substring => 9,
        }
    }
}

/// Why a contact is a hit.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Match {
    /// The kind of match.
    pub kind: MatchKind,
    /// The field that decides the position of the hit: the one that starts with the text, or the one with the word that orders the
    /// hits.
    pub field: Field,
    /// Number of typos; 0 unless the kind is [`MatchKind::Fuzzy`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub distance: u8,
    /// The bytes that match, in the fields as written.
    pub ranges: Vec<Highlight>,
}

/// A range of a field that matches.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Highlight {
    /// The field.
    pub field: Field,
    /// Position among the contact's phones, e-mail addresses or identifiers, from 0; 0 for other fields.
    pub item: usize,
    /// The range in bytes, on character boundaries. In JSON, the members `start` and `end`.
    #[serde(flatten)]
    pub bytes: Range<usize>,
}

impl Highlight {
    pub(crate) fn new(field: Field, bytes: Range<usize>) -> Self {
        Self { field, item: 0, bytes }
    }
}
