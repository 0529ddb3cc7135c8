//! Typed calls that make conditions.

use crate::model::filter::condition::{
    AttributeTest, Comparison, Condition, Operand, TextField, TextTest, TimeField, TimeTest, TimeValue,
};
use crate::model::filter::tree::Filter;
use crate::model::time::Timestamp;

impl Filter {
    /// A condition on a text of the contact.
    pub const fn field(field: TextField) -> TextCondition {
        TextCondition(field)
    }

    /// A condition on a moment of the contact.
    pub const fn time(field: TimeField) -> TimeCondition {
        TimeCondition(field)
    }

    /// A condition on the attribute with this key, by its type: text, number, date, list, ….
    pub fn attribute(key: impl Into<String>) -> AttributeCondition {
        AttributeCondition(key.into())
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
