//! Typed calls that make conditions.

use crate::model::filter::condition::{
    AttributeTest, Comparison, Condition, Operand, TextField, TextTest, TimeField, TimeTest, TimeValue,
};
use crate::model::filter::tree::Filter;
use crate::model::time::Timestamp;

impl Filter {
    /// A condition on a text field.
    pub const fn field(field: TextField) -> TextCondition {
        TextCondition(field)
    }

    /// A condition on a time field.
    pub const fn time(field: TimeField) -> TimeCondition {
        TimeCondition(field)
    }

    /// A condition on the attribute with this key. Comparisons use the kind of the attribute: text, number, date, list, ….
    pub fn attribute(key: impl Into<String>) -> AttributeCondition {
        AttributeCondition(key.into())
    }
}

/// A condition on a text field under construction; see [`Filter::field`].
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct TextCondition(pub(super) TextField);

/// A condition on a time field under construction; see [`Filter::time`].
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct TimeCondition(pub(super) TimeField);

/// A condition on an attribute under construction; see [`Filter::attribute`].
#[derive(Debug, Clone)]
#[must_use]
pub struct AttributeCondition(pub(super) String);

fn strings<T: Into<String>>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    values.into_iter().map(Into::into).collect()
}

macro_rules! text_conditions {
    ($name:ident, $self:ident => $make:expr) => {
        impl $name {
            /// It has a value.
            pub fn present($self) -> Filter {
                ($make)(TextTest::Present)
            }

            /// It equals this text.
            pub fn equals($self, value: impl Into<String>) -> Filter {
                $self.one_of([value])
            }

            /// It equals one of these texts.
            pub fn one_of<T: Into<String>>($self, values: impl IntoIterator<Item = T>) -> Filter {
                ($make)(TextTest::Equals(strings(values)))
            }

            /// It contains this text.
            pub fn contains($self, value: impl Into<String>) -> Filter {
                $self.contains_any([value])
            }

            /// It contains one of these texts.
            pub fn contains_any<T: Into<String>>($self, values: impl IntoIterator<Item = T>) -> Filter {
                ($make)(TextTest::Contains(strings(values)))
            }

            /// It starts with this text.
            pub fn starts_with($self, value: impl Into<String>) -> Filter {
                $self.starts_with_any([value])
            }

            /// It starts with one of these texts.
            pub fn starts_with_any<T: Into<String>>($self, values: impl IntoIterator<Item = T>) -> Filter {
                ($make)(TextTest::StartsWith(strings(values)))
            }
        }
    };
}
text_conditions!(TextCondition, self => |test| Filter::from_condition(Condition::Text(self.0, test)));
text_conditions!(AttributeCondition, self => |test| Filter::from_condition(Condition::Attribute(self.0, AttributeTest::Text(test))));

impl TimeCondition {
    /// It has a value.
    pub fn present(self) -> Filter {
        Filter::from_condition(Condition::Time(self.0, TimeTest::Present))
    }

    /// Later than this time.
    pub fn after(self, at: Timestamp) -> Filter {
        self.compare(Comparison::Greater, TimeValue::At(at))
    }

    /// At this time or later.
    pub fn since(self, at: Timestamp) -> Filter {
        self.compare(Comparison::AtLeast, TimeValue::At(at))
    }

    /// Earlier than this time.
    pub fn before(self, at: Timestamp) -> Filter {
        self.compare(Comparison::Less, TimeValue::At(at))
    }

    /// At this time or earlier.
    pub fn until(self, at: Timestamp) -> Filter {
        self.compare(Comparison::AtMost, TimeValue::At(at))
    }

    /// Before the start of the day this many days before today, in UTC.
    pub fn days_before(self, days: u32) -> Filter {
        self.compare(Comparison::Less, TimeValue::DaysAgo(days))
    }

    /// At the start of the day this many days before today, in UTC, or later.
    pub fn within_days(self, days: u32) -> Filter {
        self.compare(Comparison::AtLeast, TimeValue::DaysAgo(days))
    }

    pub(super) fn compare(self, comparison: Comparison, value: TimeValue) -> Filter {
        Filter::from_condition(Condition::Time(self.0, TimeTest::Compares(comparison, value)))
    }
}

impl AttributeCondition {
    /// Greater than this value: a number or a date, in the text form of the attribute's kind.
    pub fn greater(self, value: impl Into<String>) -> Filter {
        self.compare(Comparison::Greater, Operand::Value(value.into()))
    }

    /// Greater than this value, or equal.
    pub fn at_least(self, value: impl Into<String>) -> Filter {
        self.compare(Comparison::AtLeast, Operand::Value(value.into()))
    }

    /// Less than this value.
    pub fn less(self, value: impl Into<String>) -> Filter {
        self.compare(Comparison::Less, Operand::Value(value.into()))
    }

    /// Less than this value, or equal.
    pub fn at_most(self, value: impl Into<String>) -> Filter {
        self.compare(Comparison::AtMost, Operand::Value(value.into()))
    }

    /// For a date: before the start of the day this many days before today, in UTC.
    pub fn days_before(self, days: u32) -> Filter {
        self.compare(Comparison::Less, Operand::DaysAgo(days))
    }

    pub(super) fn compare(self, comparison: Comparison, operand: Operand) -> Filter {
        Filter::from_condition(Condition::Attribute(self.0, AttributeTest::Compares(comparison, operand)))
    }
}
