use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result, ValidationError};

use crate::model::field::Field;

/// What lists of contacts can be in the order of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SortField {
    /// Last name, then first name, as the book's language sorts them.
    #[default]
    Name,
    /// The first e-mail address, without regard to case.
    Email,
    /// The first phone, in the form in which numbers are compared.
    Phone,
    /// When it was last active on its network.
    Activity,
    /// When it was added.
    Created,
    /// The company, without regard to case and accents.
    Company,
    /// The city, without regard to case and accents.
    City,
    /// The country, without regard to case and accents.
    Country,
}

/// The order of a list. Who lacks what it goes by comes last, upwards and downwards. Who has the same stands in the order in which
/// they were added to the book, downwards the last one first.
///
/// ```
/// use cardex::{SortOrder, SortField};
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
    /// All of them.
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

    /// From the greatest down.
    #[must_use]
    pub const fn descending(self) -> SortOrder {
        SortOrder { field: self, descending: true }
    }

    /// Its name in text.
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
    /// What it goes by.
    #[must_use]
    pub const fn field(self) -> SortField {
        self.field
    }

    /// Whether it goes from the greatest down.
    #[must_use]
    pub const fn is_descending(self) -> bool {
        self.descending
    }
}

impl From<SortField> for SortOrder {
    fn from(sort: SortField) -> Self {
        Self { field: sort, descending: false }
    }
}

impl fmt::Display for SortOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.descending { "-" } else { "" }, self.field.as_str())
    }
}

impl FromStr for SortOrder {
    type Err = Error;

    /// The name of what it goes by, a minus in front for downwards.
    fn from_str(text: &str) -> Result<Self> {
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let sort = SortField::ALL.into_iter().find(|sort| sort.as_str() == name);
        let unknown = || {
            let allowed = "name, email, phone, activity, created, company, city or country, with a minus in front for downwards";
            Error::invalid(Field::Order, ValidationError::NotOneOf { allowed })
        };
        sort.map(|sort| Self { field: sort, descending }).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::{SortField, SortOrder};

    #[test]
    fn orders_are_read_as_written() {
        for sort in SortField::ALL {
            for order in [SortOrder::from(sort), sort.descending()] {
                assert_eq!(order.to_string().parse::<SortOrder>().unwrap(), order);
            }
        }
        for bad in ["", "-", "--name", "Name", "name ", "size"] {
            assert_eq!(bad.parse::<SortOrder>().unwrap_err().code(), "invalid", "{bad:?}");
        }
    }
}
