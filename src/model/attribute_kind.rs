//! The kinds of attribute values.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of the values of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum AttributeKind {
    /// Any JSON: an attribute that was never declared.
    Any,
    /// A text.
    Text,
    /// A number, or a text that contains one.
    Number,
    /// An amount of money: a number.
    Currency,
    /// A percentage: a number.
    Percent,
    /// An address that starts with `http://` or `https://`.
    Link,
    /// A day (`2026-02-28`), a time (`2026-02-28 10:00:00`, in UTC) or an RFC 3339 time.
    Date,
    /// One of the choices.
    List,
    /// True or false, or a text that means one of them.
    Checkbox,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
}

impl AttributeKind {
    /// All kinds, in the order of their numbers in the book. Append only.
    pub const ALL: [Self; 11] = [
        Self::Any,
        Self::Text,
        Self::Number,
        Self::Currency,
        Self::Percent,
        Self::Link,
        Self::Date,
        Self::List,
        Self::Checkbox,
        Self::Email,
        Self::Phone,
    ];

    /// The name in JSON and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Text => "text",
            Self::Number => "number",
            Self::Currency => "currency",
            Self::Percent => "percent",
            Self::Link => "link",
            Self::Date => "date",
            Self::List => "list",
            Self::Checkbox => "checkbox",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

impl fmt::Display for AttributeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
