use std::fmt;

use serde_json::Value;

use crate::error::Error;
use crate::model::attribute::AttributeNamespace;
use crate::model::contact::Contact;
use crate::model::field::Field;
use crate::model::patch::ContactPatch;

/// Changes to a contact's fields and to the values of its attributes, together.
///
/// ```
/// use cardex::{ContactPatch, ContactUpdate};
/// use cardex::attributes::AttributeNamespace;
/// let update = ContactUpdate::new(ContactPatch::new().company("Acme"))
///     .set_attribute(AttributeNamespace::Custom, "plan", "gold").remove_attribute(AttributeNamespace::Custom, "trial").skip_invalid();
/// # let _ = update;
/// ```
#[derive(Clone, Default)]
pub struct ContactUpdate {
    pub(crate) patch: ContactPatch,
    pub(crate) attribute_values: Vec<(AttributeNamespace, String, Option<Value>)>,
    pub(crate) skip_invalid: bool,
    pub(crate) skip_type_checks: bool,
    pub(crate) declared_only: bool,
}

impl fmt::Debug for ContactUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Update").field("skips", &self.skip_invalid).finish_non_exhaustive()
    }
}

impl ContactUpdate {
    /// Changes these fields.
    #[must_use]
    pub fn new(patch: ContactPatch) -> Self {
        Self { patch, ..Self::default() }
    }

    /// Gives an attribute a value: any JSON of at most [`limits::ATTRIBUTE_VALUE`](crate::limits::ATTRIBUTE_VALUE) bytes. One that
    /// nobody declared is made. A declared one loses its value by `null` or a blank text.
    #[must_use]
    pub fn set_attribute(
        mut self,
        space: AttributeNamespace,
        key: impl Into<String>,
        value: impl Into<Value>,
    ) -> Self {
        self.attribute_values.push((space, key.into(), Some(value.into())));
        self
    }

    /// Takes the value of an attribute away. A key that nothing has is no fault.
    #[must_use]
    pub fn remove_attribute(mut self, space: AttributeNamespace, key: impl Into<String>) -> Self {
        self.attribute_values.push((space, key.into(), None));
        self
    }

    /// What breaks a rule is left out and told of; else it refuses the whole.
    #[must_use]
    pub const fn skip_invalid(mut self) -> Self {
        self.skip_invalid = true;
        self
    }

    /// Values need not be what their definitions say.
    #[must_use]
    pub const fn skip_type_checks(mut self) -> Self {
        self.skip_type_checks = true;
        self
    }

    /// A value of an attribute that nobody declared is a fault.
    #[must_use]
    pub const fn declared_only(mut self) -> Self {
        self.declared_only = true;
        self
    }
}

/// A part of an update.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UpdateTarget {
    /// A field.
    Field(Field),
    /// An attribute, by its key.
    Attribute(AttributeNamespace, String),
}

/// What an update did.
#[derive(Debug)]
#[non_exhaustive]
pub struct UpdateResult {
    /// The contact as it is now.
    pub contact: Contact,
    /// What is as was asked, also if it was before.
    pub applied: Vec<UpdateTarget>,
    /// What was left out, and why.
    pub skipped: Vec<(UpdateTarget, Error)>,
}
