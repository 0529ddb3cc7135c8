//! Phones, e-mail addresses and identifiers of contacts.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, ValidationError};
use crate::model::field::Field;
use crate::model::limits;

/// A phone number of a contact.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Phone {
    /// The number as written.
    pub text: String,
    /// The form for comparisons: E.164 (`+33612345678`) if the country is known from the text or the region hint, otherwise only
    /// the digits. Of an imported text that is not a phone number: the text in lower case.
    pub normalized: String,
    /// The label: `cell`, `work`, …; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
}

/// An e-mail address of a contact.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Email {
    /// The address as written. Comparisons ignore case.
    pub text: String,
    /// The label: `home`, `work`, …; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
}

/// The id of a contact in another system. Compared exactly; unique in the tenant and namespace.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Identifier {
    /// The system that the value belongs to; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// The value.
    pub value: String,
}

/// A phone number to store.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NewPhone {
    /// The number, as people write it.
    pub text: String,
    /// The label, such as `work`; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
}

/// An e-mail address to store.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NewEmail {
    /// The address.
    pub text: String,
    /// The label, such as `work`; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
}

impl Phone {
    /// A number as written, and its form for comparisons.
    #[must_use]
    pub fn new(text: impl Into<String>, normalized: impl Into<String>) -> Self {
        Self { text: text.into(), normalized: normalized.into(), label: String::new() }
    }

    /// The number in E.164 form, if its country is known.
    #[must_use]
    pub fn e164(&self) -> Option<&str> {
        self.normalized.starts_with('+').then_some(self.normalized.as_str())
    }
}

impl NewPhone {
    /// A number as written, at most [`limits::PHONE`] characters.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), label: String::new() }
    }

    /// Sets the label.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }
}

impl NewEmail {
    /// An address, at most [`limits::EMAIL`] characters.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), label: String::new() }
    }

    /// Sets the label.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }
}

impl<T: Into<String>> From<T> for NewPhone {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

impl<T: Into<String>> From<T> for NewEmail {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

impl Identifier {
    /// A value in a namespace, at most [`limits::IDENTIFIER`] characters each. The namespace may be empty.
    #[must_use]
    pub fn new(namespace: impl Into<String>, value: impl Into<String>) -> Self {
        Self { namespace: namespace.into(), value: value.into() }
    }

    pub(crate) fn check(&self) -> Result<()> {
        check_length(Field::Identifier, &self.namespace, limits::IDENTIFIER)?;
        check_length(Field::Identifier, &self.value, limits::IDENTIFIER)?;
        if self.value.trim().is_empty() {
            return Err(Error::invalid(Field::Identifier, ValidationError::Required { network: None }));
        }
        if self.namespace.chars().chain(self.value.chars()).any(char::is_control) {
            let allowed = "no control characters";
            return Err(Error::invalid(Field::Identifier, ValidationError::InvalidCharacters { allowed }));
        }
        Ok(())
    }
}

impl Email {
    /// An address.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), label: String::new() }
    }
}

impl NewEmail {
    /// Checks the address by the loose rule that all three products share: text, one `@`, text, no white space.
    ///
    /// # Errors
    /// [`Error::Invalid`] with [`Field::Email`].
    pub fn check(&self) -> Result<()> {
        check_length(Field::Email, &self.text, limits::EMAIL)?;
        check_length(Field::Email, &self.label, limits::NAME)?;
        let is_valid = match self.text.trim().split_once('@') {
            Some((local, domain)) => {
                let is_allowed = |c: char| !c.is_whitespace() && !c.is_control() && c != '@';
                !local.is_empty() && !domain.is_empty() && local.chars().chain(domain.chars()).all(is_allowed)
            }
            None => false,
        };
        if is_valid { Ok(()) } else { Err(Error::invalid(Field::Email, ValidationError::NotAnEmail)) }
    }
}

/// The form of an e-mail address for comparisons.
pub(crate) fn fold_email(text: &str) -> String {
    text.trim().to_lowercase()
}

pub(crate) fn check_length(field: Field, text: &str, limit: usize) -> Result<()> {
    // A text has at most as many characters as bytes, and most texts are short: no need to count.
    if text.len() > limit && text.chars().count() > limit {
        return Err(Error::invalid(field, ValidationError::TooLong { limit }));
    }
    Ok(())
}

macro_rules! redacted_debug {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            /// Shows only the type: names, numbers and addresses stay out of logs.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}
redacted_debug!(Phone, Email, Identifier, NewPhone, NewEmail);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn email_addresses() {
        for valid in ["a@b", "x.y+z@example.com", " a@b ", "用户@例子.广告"] {
            assert!(NewEmail::new(valid).check().is_ok(), "{valid:?}");
        }
        for invalid in ["", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\nc"] {
            assert!(NewEmail::new(invalid).check().is_err(), "{invalid:?}");
        }
        assert!(NewEmail::new(format!("{}@b", "a".repeat(limits::EMAIL - 2))).check().is_ok());
        assert!(NewEmail::new(format!("{}@b", "a".repeat(limits::EMAIL - 1))).check().is_err());
        assert_eq!(fold_email(" John@Example.COM"), "john@example.com");
    }

    #[test]
    fn debug_hides_people() {
        assert_eq!(format!("{:?}", NewEmail::new("a@b")), "NewEmail { .. }");
    }
}
