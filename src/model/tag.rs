//! Tags and colours.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, ValidationError};
use crate::model::field::Field;
use crate::model::id::TagId;
use crate::model::serial::present;

/// A colour: six hexadecimal digits, such as `ff8800`. The parser accepts a leading `#`; the output has none.
///
/// ```
/// use cardex::tags::Color;
/// let orange: Color = "#FF8800".parse()?;
/// assert_eq!(orange.to_string(), "ff8800");
/// assert!("orange".parse::<Color>().is_err());
/// # Ok::<(), cardex::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Color(pub(crate) u32);

impl FromStr for Color {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let digits = text.trim().trim_start_matches('#');
        let is_valid = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let number = u32::from_str_radix(digits, 16).ok().filter(|_| is_valid);
        let invalid = || {
            Error::invalid(Field::Color, ValidationError::InvalidCharacters { allowed: "six of 0-9 and a-f" })
        };
        number.map(Self).ok_or_else(invalid)
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06x}", self.0)
    }
}

impl TryFrom<String> for Color {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Color> for String {
    fn from(color: Color) -> Self {
        color.to_string()
    }
}

/// A tag of a tenant. Some products call it a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Tag {
    /// The id, unique across books.
    pub id: TagId,
    /// The name as given, unique in the tenant, case-insensitive.
    pub name: String,
    /// The colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
    /// The number of contacts that have it, without those in the trash.
    pub contacts: u64,
}

/// The fields of a new tag, or changes to a tag. Fields that are not set stay as they are.
///
/// ```
/// use cardex::tags::TagPatch;
/// let patch = TagPatch::new().name("VIP").color(Some("ff8800".parse()?));
/// # let _ = patch;
/// # Ok::<(), cardex::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TagPatch {
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) name: Option<String>,
    #[allow(clippy::option_option)] // not set, set to `None`, set to a value
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) color: Option<Option<Color>>,
}

impl TagPatch {
    /// A patch without changes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the name, at most [`limits::NAME`](crate::limits::NAME) characters. Contacts keep the tag.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets or removes the colour.
    #[must_use]
    pub const fn color(mut self, color: Option<Color>) -> Self {
        self.color = Some(color);
        self
    }
}

/// How a call treats a tag name that the tenant does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum UnknownTagPolicy {
    /// Create the tag.
    Create,
    /// Fail.
    Reject,
}
