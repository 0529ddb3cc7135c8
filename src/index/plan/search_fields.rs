//! Which fields a search looks at.

/// Which fields of a contact a search looks at.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SearchFields {
    /// First name, last name and display name, each from its start.
    Names,
    /// Also every word of the names, the nickname and the company, in any order; initials; and names by their sound.
    Words,
    /// Also e-mail addresses, phones and identifiers.
    #[default]
    Everything,
}

/// The order of the hits of a search.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum SearchOrder {
    /// Names that have the text as a whole word come before names that start with it: "li" finds Wei Li before Lisa Roe. So for a text of
    /// one word with at least two letters, or one letter outside of ASCII. Then as [`SearchOrder::Fields`].
    #[default]
    WholeWords,
    /// First names that start with the text, then last names, then display names, then the other kinds of match.
    Fields,
}
