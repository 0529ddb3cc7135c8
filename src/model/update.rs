//! Changes to a contact and its attribute values.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Error;
use crate::error_report::ErrorReport;
use crate::model::attribute::AttributeNamespace;
use crate::model::contact::Contact;
use crate::model::field::Field;
use crate::model::patch::ContactPatch;
use crate::model::serial::is_default;
use crate::model::serial_lists::attribute_changes;

/// Changes to the fields and the attribute values of a contact, in one call.
///
/// ```
/// use cardex::attributes::AttributeNamespace;
/// use cardex::{ContactPatch, ContactUpdate};
/// let update = ContactUpdate::new(ContactPatch::new().company("Acme"))
///     .set_attribute(AttributeNamespace::Custom, "plan", "gold")
///     .remove_attribute(AttributeNamespace::Custom, "trial")
///     .skip_invalid();
/// # let _ = update;
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ContactUpdate {
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) patch: ContactPatch,
    #[serde(with = "attribute_changes", skip_serializing_if = "is_default")]
    pub(crate) attribute_values: Vec<(AttributeNamespace, String, Option<Value>)>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) skip_invalid: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) skip_type_checks: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) declared_only: bool,
}

impl fmt::Debug for ContactUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContactUpdate").field("skip_invalid", &self.skip_invalid).finish_non_exhaustive()
    }
}

impl ContactUpdate {
    /// Changes to these fields.
    #[must_use]
    pub fn new(patch: ContactPatch) -> Self {
        Self { patch, ..Self::default() }
    }

    /// Sets the value of an attribute: any JSON of at most [`limits::ATTRIBUTE_VALUE`](crate::limits::ATTRIBUTE_VALUE) bytes. An
    /// undeclared attribute is created. For a declared attribute, `null` or a blank text removes the value.
    #[must_use]
    pub fn set_attribute(
        mut self,
        namespace: AttributeNamespace,
        key: impl Into<String>,
        value: impl Into<Value>,
    ) -> Self {
        self.attribute_values.push((namespace, key.into(), Some(value.into())));
        self
    }

    /// Removes the value of an attribute. An unknown key is not an error.
    #[must_use]
    pub fn remove_attribute(mut self, namespace: AttributeNamespace, key: impl Into<String>) -> Self {
        self.attribute_values.push((namespace, key.into(), None));
        self
    }

    /// Skips and reports changes that break a rule. Without it, such a change makes the whole call fail.
    #[must_use]
    pub const fn skip_invalid(mut self) -> Self {
        self.skip_invalid = true;
        self
    }

    /// Accepts values that do not have the kind of their attribute.
    #[must_use]
    pub const fn skip_type_checks(mut self) -> Self {
        self.skip_type_checks = true;
        self
    }

    /// Treats a value of an undeclared attribute as invalid.
    #[must_use]
    pub const fn declared_only(mut self) -> Self {
        self.declared_only = true;
        self
    }
}

/// A part of an update.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "TargetForm", into = "TargetForm")]
#[non_exhaustive]
pub enum UpdateTarget {
    /// A field of the contact.
    Field(Field),
    /// An attribute, by its key.
    Attribute(AttributeNamespace, String),
}

/// The result of an update. With the reports of errors in their place, it can be read from JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(serialize = "E: Serialize", deserialize = "E: Deserialize<'de>"))]
#[non_exhaustive]
pub struct UpdateResult<E = Error> {
    /// The contact after the update.
    pub contact: Contact,
    /// The targets that have the requested value now, even if they had it before.
    pub applied: Vec<UpdateTarget>,
    /// The skipped targets, each with the reason.
    #[serde(with = "skipped_targets")]
    pub skipped: Vec<(UpdateTarget, E)>,
}

impl UpdateResult {
    /// The result with the reports of its errors.
    #[must_use]
    pub fn to_report(&self) -> UpdateResult<ErrorReport> {
        let skipped = self.skipped.iter().map(|(target, error)| (target.clone(), error.into()));
        UpdateResult {
            contact: self.contact.clone(),
            applied: self.applied.clone(),
            skipped: skipped.collect(),
        }
    }
}

/// The serialized form of [`UpdateTarget`]: an object with its members by name.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum TargetForm {
    Field { field: Field },
    Attribute { namespace: AttributeNamespace, key: String },
}

impl From<TargetForm> for UpdateTarget {
    fn from(form: TargetForm) -> Self {
        match form {
            TargetForm::Field { field } => Self::Field(field),
            TargetForm::Attribute { namespace, key } => Self::Attribute(namespace, key),
        }
    }
}

impl From<UpdateTarget> for TargetForm {
    fn from(target: UpdateTarget) -> Self {
        match target {
            UpdateTarget::Field(field) => Self::Field { field },
            UpdateTarget::Attribute(namespace, key) => Self::Attribute { namespace, key },
        }
    }
}

/// The skipped targets with their reasons: a list of objects.
mod skipped_targets {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::UpdateTarget;

    #[derive(Serialize, Deserialize)]
    struct SkippedTarget<T, E> {
        target: T,
        error: E,
    }

    pub(super) fn serialize<E: Serialize, S: Serializer>(
        skipped: &[(UpdateTarget, E)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(skipped.iter().map(|(target, error)| SkippedTarget { target, error }))
    }

    pub(super) fn deserialize<'de, E: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(UpdateTarget, E)>, D::Error> {
        let skipped = Vec::<SkippedTarget<UpdateTarget, E>>::deserialize(deserializer)?;
        Ok(skipped.into_iter().map(|SkippedTarget { target, error }| (target, error)).collect())
    }
}
