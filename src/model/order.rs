//! The order of lists.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, ValidationError};
use crate::model::field::Field;
use crate::model::serial::serialized_as_text;

/// The fields that lists of contacts can be sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SortField {
    /// Last name, then first name, in the order of the book's locale.
    #[default]
    Name,
    /// The first e-mail address, case-insensitive.
    Email,
    /// The first phone, in its form for comparisons.
    Phone,
    /// The time of the last activity on its network.
    Activity,
    /// The creation time.
    Created,
    /// The company, case- and accent-insensitive.
    Company,
    /// The city, case- and accent-insensitive.
    City,
    /// The country, case- and accent-insensitive.
    Country,
}

/// The order of a list. Contacts without the field come last, in both directions. Contacts with equal fields are in the order in
/// which they were added to the book, or in its reverse if the order is descending.
///
/// ```
/// use cardex::{SortField, SortOrder};
/// assert_eq!("-activity".parse::<SortOrder>()?, SortField::Activity.descending());
/// assert_eq!(SortOrder::from(SortField::Company).to_string(), "company");
/// # Ok::<(), cardex::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct SortOrder {
    pub(crate) field: SortField,
    pub(crate) descending: bool,
}

impl SortField {
    /// All fields.
    pub const ALL: [Self; 8] = [
        Self::Name,
        Self::Email,
        Self::Phone,
        Self::Activity,
        Self::Created,
        Self::Company,
        Self::City,
        Self::Country,
    ];

    /// The descending order of this field.
    #[must_use]
    pub const fn descending(self) -> SortOrder {
        SortOrder { field: self, descending: true }
    }

    /// The name in text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Activity => "activity",
            Self::Created => "created",
            Self::Company => "company",
            Self::City => "city",
            Self::Country => "country",
        }
    }
}

impl SortOrder {
    /// The field.
    #[must_use]
    pub const fn field(self) -> SortField {
        self.field
    }

    /// Whether the order is descending.
    #[must_use]
    pub const fn is_descending(self) -> bool {
        self.descending
    }
}

impl From<SortField> for SortOrder {
    fn from(field: SortField) -> Self {
        Self { field, descending: false }
    }
}

impl fmt::Display for SortOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.descending { "-" } else { "" }, self.field.as_str())
    }
}

impl FromStr for SortOrder {
    type Err = Error;

    /// The name of the field, with a minus in front for a descending order.
    fn from_str(text: &str) -> Result<Self> {
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let field = SortField::ALL.into_iter().find(|field| field.as_str() == name);
        let unknown = || {
            let allowed = "name, email, phone, activity, created, company, city or country, with a minus in front for descending";
            Error::invalid(Field::Order, ValidationError::NotOneOf { allowed })
        };
        field.map(|field| Self { field, descending }).ok_or_else(unknown)
    }
}

serialized_as_text!(SortOrder);

#[cfg(test)]
mod tests {
    use super::{SortField, SortOrder};

    #[test]
    fn text_round_trip() {
        for field in SortField::ALL {
            for order in [SortOrder::from(field), field.descending()] {
                assert_eq!(order.to_string().parse::<SortOrder>().unwrap(), order);
            }
        }
        for invalid in ["", "-", "--name", "Name", "name ", "size"] {
            assert_eq!(invalid.parse::<SortOrder>().unwrap_err().code(), "invalid", "{invalid:?}");
        }
    }
}
