//! Definitions and values of attributes.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Result, ValidationError};
use crate::model::attribute_kind::AttributeKind;
use crate::model::contact_method::check_length;
use crate::model::field::Field;
use crate::model::id::AttributeId;
use crate::model::limits;
use crate::model::plain_field::PlainField;
use crate::model::serial::null_as_empty;
use crate::model::time::Timestamp;

/// The namespace of an attribute key. The same key can exist in both namespaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum AttributeNamespace {
    /// For people: `SmartSender`'s variables, Chatwoot's `custom_attributes`.
    Custom,
    /// For programs: Chatwoot's `additional_attributes`.
    Additional,
}

impl std::str::FromStr for AttributeKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        known.ok_or_else(|| Error::invalid(Field::Attributes, ValidationError::Unknown))
    }
}

/// The definition of an attribute that contacts of a tenant can have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AttributeDef {
    /// The id, unique across books.
    pub id: AttributeId,
    /// The namespace of the key.
    pub namespace: AttributeNamespace,
    /// The key, unique in the tenant and namespace. Case-sensitive.
    pub key: String,
    /// The kind of its values.
    pub kind: AttributeKind,
    /// Whether it was declared. Otherwise the first value under its key created it.
    pub declared: bool,
    /// The name for people; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The purpose; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The regular expression that its texts match; empty if any text is allowed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pattern: String,
    /// An explanation of the pattern for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
    /// The choices of a list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// An attribute to declare.
///
/// ```
/// use cardex::attributes::{AttributeKind, AttributeNamespace, AttributePatch, NewAttribute};
/// let plan = NewAttribute::new(AttributeNamespace::Custom, "plan", AttributeKind::List)
///     .with(AttributePatch::new().name("Plan").choices(["free", "gold"]));
/// # let _ = plan;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "AttributeForm", into = "AttributeForm")]
pub struct NewAttribute {
    pub(crate) namespace: AttributeNamespace,
    pub(crate) key: String,
    pub(crate) kind: AttributeKind,
    pub(crate) patch: AttributePatch,
}

/// The serialized form of [`NewAttribute`]: all members on one level.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AttributeForm {
    namespace: AttributeNamespace,
    key: String,
    kind: AttributeKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    choices: Option<Vec<String>>,
}

impl From<AttributeForm> for NewAttribute {
    fn from(form: AttributeForm) -> Self {
        let AttributeForm { namespace, key, kind, name, description, pattern, hint, choices } = form;
        Self { namespace, key, kind, patch: AttributePatch { name, description, pattern, hint, choices } }
    }
}

impl From<NewAttribute> for AttributeForm {
    fn from(new: NewAttribute) -> Self {
        let NewAttribute { namespace, key, kind, patch } = new;
        let AttributePatch { name, description, pattern, hint, choices } = patch;
        Self { namespace, key, kind, name, description, pattern, hint, choices }
    }
}

impl NewAttribute {
    /// An attribute with this key, at most [`limits::ATTRIBUTE_KEY`] characters. Key and kind cannot change later.
    #[must_use]
    pub fn new(namespace: AttributeNamespace, key: impl Into<String>, kind: AttributeKind) -> Self {
        Self { namespace, key: key.into(), kind, patch: AttributePatch::new() }
    }

    /// Sets the other fields.
    #[must_use]
    pub fn with(mut self, patch: AttributePatch) -> Self {
        self.patch = patch;
        self
    }
}

/// Changes to the definition of an attribute. Fields that are not set stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AttributePatch {
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "null_as_empty")]
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "null_as_empty")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "null_as_empty")]
    pub(crate) pattern: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "null_as_empty")]
    pub(crate) hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "null_as_empty")]
    pub(crate) choices: Option<Vec<String>>,
}

impl AttributePatch {
    /// A patch without changes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the name for people, at most [`limits::NAME`] characters.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the purpose, at most [`limits::COMMENT`] characters.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// Sets the regular expression that texts must match somewhere, at most [`limits::PATTERN`] characters, and an explanation for
    /// people. Character classes are ASCII only. Look-around and back references are not supported, so that matching takes
    /// linear time.
    #[must_use]
    pub fn pattern(mut self, pattern: impl Into<String>, hint: impl Into<String>) -> Self {
        (self.pattern, self.hint) = (Some(pattern.into()), Some(hint.into()));
        self
    }

    /// Sets the choices, at most [`limits::CHOICES`] texts of [`limits::NAME`] characters. Existing values that are no longer a choice
    /// stay.
    #[must_use]
    pub fn choices<T: Into<String>>(mut self, choices: impl IntoIterator<Item = T>) -> Self {
        self.choices = Some(choices.into_iter().map(Into::into).collect());
        self
    }
}

impl AttributeDef {
    /// Applies a patch to the definition, and checks the result.
    pub(crate) fn apply(&mut self, patch: AttributePatch) -> Result<()> {
        let set = |field: &mut String, value: Option<String>| {
            if let Some(value) = value {
                value.trim().clone_into(field);
            }
        };
        set(&mut self.name, patch.name);
        set(&mut self.description, patch.description);
        set(&mut self.pattern, patch.pattern);
        set(&mut self.hint, patch.hint);
        self.choices = patch.choices.unwrap_or(std::mem::take(&mut self.choices));
        check_length(Field::Name, &self.name, limits::NAME)?;
        check_length(Field::Comment, &self.description, limits::COMMENT)?;
        check_length(Field::Comment, &self.hint, limits::COMMENT)?;
        check_length(Field::Pattern, &self.pattern, limits::PATTERN)?;
        self.regex()?;
        if self.choices.len() > limits::CHOICES {
            return Err(Error::invalid(Field::Choices, ValidationError::TooMany { limit: limits::CHOICES }));
        }
        self.choices.iter().try_for_each(|choice| check_length(Field::Choices, choice, limits::NAME))?;
        if self.kind == AttributeKind::List && self.choices.is_empty() {
            return Err(Error::invalid(Field::Choices, ValidationError::Required { network: None }));
        }
        Ok(())
    }

    /// The compiled pattern; `None` if there is no pattern.
    pub(crate) fn regex(&self) -> Result<Option<regex_lite::Regex>> {
        if self.pattern.is_empty() {
            return Ok(None);
        }
        let mut builder = regex_lite::RegexBuilder::new(&self.pattern);
        let compiled = builder.size_limit(256 * 1024).nest_limit(50).build();
        compiled.map(Some).map_err(|_| Error::invalid(Field::Pattern, ValidationError::InvalidPattern))
    }

    /// Rejects an invalid key. A declared custom key must not be the name of a field of every contact.
    pub(crate) fn check_key(namespace: AttributeNamespace, key: &str, declared: bool) -> Result<()> {
        let invalid = |reason| Err(Error::invalid(Field::AttributeKey, reason));
        if key.trim().is_empty() {
            return invalid(ValidationError::Required { network: None });
        }
        check_length(Field::AttributeKey, key, limits::ATTRIBUTE_KEY)?;
        if declared && namespace == AttributeNamespace::Custom && is_reserved(key) {
            return invalid(ValidationError::Reserved);
        }
        Ok(())
    }
}

fn is_reserved(key: &str) -> bool {
    RESERVED_KEYS.contains(&key) || PlainField::ALL.into_iter().any(|field| field.field().as_str() == key)
}

/// Keys that are the name of another field of every contact, in this library or in a product. Undeclared attributes may use them.
const RESERVED_KEYS: [&str; 22] = [
    "id",
    "fullName",
    "name",
    "status",
    "consent",
    "phone",
    "phones",
    "email",
    "emails",
    "identifier",
    "identifiers",
    "photo",
    "tags",
    "createdAt",
    "updatedAt",
    "phone_number",
    "country_code",
    "created_at",
    "last_activity_at",
    "referer",
    "blocked",
    "labels",
];

/// A value of a contact's attribute.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AttributeValue {
    /// The definition.
    pub attribute: AttributeId,
    /// The namespace of the key.
    pub namespace: AttributeNamespace,
    /// Its key.
    pub key: String,
    /// The value as given: any JSON.
    pub value: Value,
}

impl fmt::Debug for AttributeValue {
    /// Shows the attribute but not the value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttributeValue").field("attribute", &self.attribute).finish_non_exhaustive()
    }
}
