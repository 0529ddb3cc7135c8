//! Single conditions, and the calls that make them.

use crate::error::ValidationError;
use crate::model::filter::Filter;
use crate::model::{ContactId, Network, Status, Timestamp, limits};

/// A text of a contact that conditions can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum TextField {
    /// First (given) name.
    FirstName,
    /// Last (family) name.
    LastName,
    /// Name as displayed.
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
    /// Any identifier, in whatever name space.
    Identifier,
    /// City.
    City,
    /// Country.
    Country,
}

/// A moment of a contact that conditions can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    /// One of these; any at all.
    Tag(Option<Vec<String>>),
    /// One of these; any at all.
    Status(Option<Vec<Status>>),
    Network(Vec<Network>),
    Id(Vec<ContactId>),
    Blocked,
    /// A sign of life in the last seconds.
    Online,
}

/// What a text has to be; one of several is enough.
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

/// What an attribute has to be. Its definition says what the values mean.
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

/// A moment to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeValue {
    At(Timestamp),
    /// The first moment of the day so many days before today, in UTC.
    DaysAgo(u32),
}

/// What an attribute is compared with.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Operand {
    Value(String),
    DaysAgo(u32),
}

const DAY_MS: i64 = 86_400_000;

impl TimeValue {
    /// The moment it is, given what time it is now.
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

/// A condition on a text being put together; see [`Filter::field`].
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct TextCondition(pub(super) TextField);

/// A condition on a moment being put together; see [`Filter::time`].
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct TimeCondition(pub(super) TimeField);

/// A condition on an attribute being put together; see [`Filter::attribute`].
#[derive(Debug, Clone)]
#[must_use]
pub struct AttributeCondition(pub(super) String);

fn list<T: Into<String>>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    values.into_iter().map(Into::into).collect()
}

macro_rules! text_conditions {
    ($name:ident, $self:ident => $make:expr) => {
        impl $name {
            /// There is one.
            pub fn present($self) -> Filter {
                ($make)(TextTest::Present)
            }

            /// It is this text.
            pub fn equals($self, value: impl Into<String>) -> Filter {
                $self.one_of([value])
            }

            /// It is one of these.
            pub fn one_of<T: Into<String>>($self, values: impl IntoIterator<Item = T>) -> Filter {
                ($make)(TextTest::Equals(list(values)))
            }

            /// This stands somewhere in it.
            pub fn contains($self, value: impl Into<String>) -> Filter {
                $self.contains_any([value])
            }

            /// One of these stands somewhere in it.
            pub fn contains_any<T: Into<String>>($self, values: impl IntoIterator<Item = T>) -> Filter {
                ($make)(TextTest::Contains(list(values)))
            }

            /// It starts with this.
            pub fn starts_with($self, value: impl Into<String>) -> Filter {
                $self.starts_with_any([value])
            }

            /// It starts with one of these.
            pub fn starts_with_any<T: Into<String>>($self, values: impl IntoIterator<Item = T>) -> Filter {
                ($make)(TextTest::StartsWith(list(values)))
            }
        }
    };
}
text_conditions!(TextCondition, self => |test| Filter::from_condition(Condition::Text(self.0, test)));
text_conditions!(AttributeCondition, self => |test| Filter::from_condition(Condition::Attribute(self.0, AttributeTest::Text(test))));

impl TimeCondition {
    /// There is one.
    pub fn present(self) -> Filter {
        Filter::from_condition(Condition::Time(self.0, TimeTest::Present))
    }

    /// Later than a moment.
    pub fn after(self, at: Timestamp) -> Filter {
        self.compare(Comparison::Greater, TimeValue::At(at))
    }

    /// At a moment or later.
    pub fn since(self, at: Timestamp) -> Filter {
        self.compare(Comparison::AtLeast, TimeValue::At(at))
    }

    /// Earlier than a moment.
    pub fn before(self, at: Timestamp) -> Filter {
        self.compare(Comparison::Less, TimeValue::At(at))
    }

    /// At a moment or earlier.
    pub fn until(self, at: Timestamp) -> Filter {
        self.compare(Comparison::AtMost, TimeValue::At(at))
    }

    /// Before the day, in UTC, so many days before today.
    pub fn days_before(self, days: u32) -> Filter {
        self.compare(Comparison::Less, TimeValue::DaysAgo(days))
    }

    /// On the day, in UTC, so many days before today, or later.
    pub fn within_days(self, days: u32) -> Filter {
        self.compare(Comparison::AtLeast, TimeValue::DaysAgo(days))
    }

    pub(super) fn compare(self, compare: Comparison, moment: TimeValue) -> Filter {
        Filter::from_condition(Condition::Time(self.0, TimeTest::Compares(compare, moment)))
    }
}

impl AttributeCondition {
    /// Greater than a value: a number or a date, as the attribute's type writes it.
    pub fn greater(self, value: impl Into<String>) -> Filter {
        self.compare(Comparison::Greater, Operand::Value(value.into()))
    }

    /// This value, or greater.
    pub fn at_least(self, value: impl Into<String>) -> Filter {
        self.compare(Comparison::AtLeast, Operand::Value(value.into()))
    }

    /// Less than a value.
    pub fn less(self, value: impl Into<String>) -> Filter {
        self.compare(Comparison::Less, Operand::Value(value.into()))
    }

    /// This value, or less.
    pub fn at_most(self, value: impl Into<String>) -> Filter {
        self.compare(Comparison::AtMost, Operand::Value(value.into()))
    }

    /// For a date: before the day, in UTC, so many days before today.
    pub fn days_before(self, days: u32) -> Filter {
        self.compare(Comparison::Less, Operand::DaysAgo(days))
    }

    pub(super) fn compare(self, compare: Comparison, operand: Operand) -> Filter {
        Filter::from_condition(Condition::Attribute(self.0, AttributeTest::Compares(compare, operand)))
    }
}
