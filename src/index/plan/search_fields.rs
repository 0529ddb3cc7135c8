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
