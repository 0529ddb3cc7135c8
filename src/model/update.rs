use std::fmt;

use serde_json::Value;

use crate::error::Error;
use crate::model::{AttributeSpace, Contact, ContactPatch, Field};

/// Changes to a contact's fields and to the values of its attributes, together.
///
/// ```
/// use cardex::{AttributeSpace, ContactPatch, Update};
/// let update = Update::new(ContactPatch::new().company("Acme"))
///     .value(AttributeSpace::Custom, "plan", "gold").remove(AttributeSpace::Custom, "trial").skip_faults();
/// # let _ = update;
/// ```
#[derive(Clone, Default)]
pub struct Update {
    pub(crate) patch: ContactPatch,
    pub(crate) values: Vec<(AttributeSpace, String, Option<Value>)>,
    pub(crate) skips: bool,
    pub(crate) unchecked: bool,
    pub(crate) declared_only: bool,
}

impl fmt::Debug for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Update").field("skips", &self.skips).finish_non_exhaustive()
    }
}

impl Update {
    /// Changes these fields.
    #[must_use]
    pub fn new(patch: ContactPatch) -> Self {
        Self { patch, ..Self::default() }
    }

    /// Gives an attribute a value: any JSON of at most [`limits::ATTRIBUTE_VALUE`](crate::limits::ATTRIBUTE_VALUE) bytes. One that
    /// nobody declared is made. A declared one loses its value by `null` or a blank text.
    #[must_use]
    pub fn value(mut self, space: AttributeSpace, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.values.push((space, key.into(), Some(value.into())));
        self
    }

    /// Takes the value of an attribute away. A key that nothing has is no fault.
    #[must_use]
    pub fn remove(mut self, space: AttributeSpace, key: impl Into<String>) -> Self {
        self.values.push((space, key.into(), None));
        self
    }

    /// What breaks a rule is left out and told of; else it refuses the whole.
    #[must_use]
    pub const fn skip_faults(mut self) -> Self {
        self.skips = true;
        self
    }

    /// Values need not be what their definitions say.
    #[must_use]
    pub const fn unchecked(mut self) -> Self {
        self.unchecked = true;
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
pub enum UpdatePart {
    /// A field.
    Field(Field),
    /// An attribute, by its key.
    Attribute(AttributeSpace, String),
}

/// What an update did.
#[derive(Debug)]
#[non_exhaustive]
pub struct Updated {
    /// The contact as it is now.
    pub contact: Contact,
    /// What is as was asked, also if it was before.
    pub set: Vec<UpdatePart>,
    /// What was left out, and why.
    pub skipped: Vec<(UpdatePart, Error)>,
}
