//! Single conditions.

use serde::{Deserialize, Serialize};

use crate::error::ValidationError;
use crate::model::contact::Status;
use crate::model::id::ContactId;
use crate::model::limits;
use crate::model::network::Network;
use crate::model::time::Timestamp;

/// A text field of a contact, for conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum TextField {
    /// First (given) name.
    FirstName,
    /// Last (family) name.
    LastName,
    /// Display name.
    DisplayName,
    /// Nickname.
    Nickname,
    /// Company.
    Company,
    /// Preferred language.
    Language,
    /// Any e-mail address.
    Email,
    /// Any phone.
    Phone,
    /// Any identifier, in any namespace.
    Identifier,
    /// City.
    City,
    /// Country.
    Country,
}

/// A time field of a contact, for conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum TimeField {
    /// When it was added.
    Created,
    /// When it was last changed.
    Updated,
    /// When it was last active on its network.
    Active,
}

/// One condition.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    Text(TextField, TextTest),
    Time(TimeField, TimeTest),
    Attribute(String, AttributeTest),
    /// One of these tags; `None`: any tag.
    Tag(Option<Vec<String>>),
    /// One of these statuses; `None`: any status.
    Status(Option<Vec<Status>>),
    Network(Vec<Network>),
    Id(Vec<ContactId>),
    Blocked,
    /// Active within the last seconds; see [`limits::ONLINE_MS`].
    Online,
}

/// A test of a text. Of several values, one match is enough.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum TextTest {
    Present,
    Equals(Vec<String>),
    Contains(Vec<String>),
    StartsWith(Vec<String>),
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum TimeTest {
    Present,
    Compares(Comparison, TimeValue),
}

/// A test of an attribute. The definition of the attribute gives the kind of the values.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum AttributeTest {
    Text(TextTest),
    Compares(Comparison, Operand),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// A point in time to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeValue {
    At(Timestamp),
    /// The start of the day this many days before today, in UTC.
    DaysAgo(u32),
}

/// A value to compare an attribute with.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Operand {
    Value(String),
    DaysAgo(u32),
}

const DAY_MS: i64 = 86_400_000;

impl TimeValue {
    /// The point in time, for the given current time.
    pub(crate) fn resolve(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::DaysAgo(days) => {
                let today = now.0.div_euclid(DAY_MS).saturating_sub(i64::from(days));
                Timestamp(today.saturating_mul(DAY_MS))
            }
        }
    }
}

impl TextTest {
    pub(crate) fn values(&self) -> &[String] {
        match self {
            Self::Present => &[],
            Self::Equals(values) | Self::Contains(values) | Self::StartsWith(values) => values,
        }
    }
}

impl Condition {
    pub(super) fn check(&self) -> Result<(), ValidationError> {
        let values: &[String] = match self {
            Self::Text(_, test) | Self::Attribute(_, AttributeTest::Text(test)) => test.values(),
            Self::Attribute(_, AttributeTest::Compares(_, Operand::Value(value))) => {
                std::slice::from_ref(value)
            }
            Self::Tag(Some(names)) => names,
            _ => &[],
        };
        let count = match self {
            Self::Status(Some(all)) => all.len(),
            Self::Network(all) => all.len(),
            Self::Id(all) => all.len(),
            _ => values.len(),
        };
        if count > limits::FILTER_VALUES {
            return Err(ValidationError::TooMany { limit: limits::FILTER_VALUES });
        }
        let key = if let Self::Attribute(key, _) = self { Some(key) } else { None };
        for text in values.iter().chain(key) {
            if text.trim().is_empty() {
                return Err(ValidationError::Blank);
            }
            if text.chars().count() > limits::QUERY {
                return Err(ValidationError::TooLong { limit: limits::QUERY });
            }
        }
        Ok(())
    }
}
