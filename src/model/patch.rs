//! Changes to the fields of a contact.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::contact::{Consent, Status};
use crate::model::contact_method::{Identifier, NewEmail, NewPhone};
use crate::model::field::Field;
use crate::model::field_table::plain_fields;
use crate::model::plain_field::PlainField;
use crate::model::serial::{card_change, null_as_empty, present};

/// Changes to a contact. Fields that are not set stay as they are. A list that is set replaces the whole list.
///
/// ```
/// use cardex::ContactPatch;
/// let patch = ContactPatch::new().company("Acme Ltd").expect_version(3);
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "PatchForm", into = "PatchForm")]
pub struct ContactPatch {
    pub(crate) expected_version: Option<i64>,
    pub(crate) texts: BTreeMap<PlainField, String>,
    #[allow(clippy::option_option)] // not set, set to `None`, set to a value
    pub(crate) status: Option<Option<Status>>,
    pub(crate) consent: Option<Consent>,
    pub(crate) phones: Option<Vec<NewPhone>>,
    pub(crate) emails: Option<Vec<NewEmail>>,
    pub(crate) identifiers: Option<Vec<Identifier>>,
    pub(crate) card: Option<String>,
    pub(crate) blocked: Option<bool>,
}

impl fmt::Debug for ContactPatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContactPatch").field("version", &self.expected_version).finish_non_exhaustive()
    }
}

/// Declares the setters of plain fields.
macro_rules! setters {
    ([] $($(#[$doc:meta])* $field:ident $member:ident {
        name: $name:literal, label: $label:literal, option: $option:literal, limit: $limit:ident, $($property:tt)*
    })*) => {
        impl ContactPatch {
            $(#[doc = concat!("Sets the ", $label, ", at most [`limits::", stringify!($limit), "`](crate::limits::", stringify!($limit), ") characters. An empty text removes it.")]
            #[must_use]
            pub fn $member(self, text: impl Into<String>) -> Self {
                self.with_text(PlainField::$field, text)
            })*
        }
    };
}

plain_fields!(setters);

/// Declares the serialized form of [`ContactPatch`]: all members on one level. A member that is absent changes nothing.
macro_rules! form {
    ([] $($(#[$doc:meta])* $field:ident $member:ident { $($property:tt)* })*) => {
        #[derive(Default, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, default)]
        struct PatchForm {
            #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
            expect_version: Option<i64>,
            $(#[serde(skip_serializing_if = "Option::is_none", deserialize_with = "null_as_empty")]
            $member: Option<String>,)*
            #[allow(clippy::option_option)] // absent, `null`, a value
            #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
            status: Option<Option<Status>>,
            #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
            consent: Option<Consent>,
            #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "null_as_empty")]
            phones: Option<Vec<NewPhone>>,
            #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "null_as_empty")]
            emails: Option<Vec<NewEmail>>,
            #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "null_as_empty")]
            identifiers: Option<Vec<Identifier>>,
            #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "card_change")]
            card: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
            blocked: Option<bool>,
        }

        impl From<PatchForm> for ContactPatch {
            fn from(form: PatchForm) -> Self {
                let PatchForm { expect_version, $($member,)* status, consent, phones, emails, identifiers, card, blocked } = form;
                let texts = [$((PlainField::$field, $member)),*];
                let texts = texts.into_iter().filter_map(|(field, text)| Some((field, text?))).collect();
                Self { expected_version: expect_version, texts, status, consent, phones, emails, identifiers, card, blocked }
            }
        }

        impl From<ContactPatch> for PatchForm {
            fn from(patch: ContactPatch) -> Self {
                let ContactPatch { expected_version, mut texts, status, consent, phones, emails, identifiers, card, blocked } = patch;
                Self {
                    expect_version: expected_version,
                    $($member: texts.remove(&PlainField::$field),)*
                    status, consent, phones, emails, identifiers, card, blocked,
                }
            }
        }
    };
}

plain_fields!(form);

impl ContactPatch {
    /// A patch without changes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Requires this version: if the contact has another one, the edit fails.
    #[must_use]
    pub const fn expect_version(mut self, version: i64) -> Self {
        self.expected_version = Some(version);
        self
    }

    /// Sets a plain field.
    #[must_use]
    pub fn with_text(mut self, field: PlainField, text: impl Into<String>) -> Self {
        self.texts.insert(field, text.into());
        self
    }

    /// Sets the status on the network.
    #[must_use]
    pub const fn status(mut self, status: Option<Status>) -> Self {
        self.status = Some(status);
        self
    }

    /// Sets the consent to messages.
    #[must_use]
    pub const fn consent(mut self, consent: Consent) -> Self {
        self.consent = Some(consent);
        self
    }

    /// Replaces the phones.
    #[must_use]
    pub fn phones<T: Into<NewPhone>>(mut self, phones: impl IntoIterator<Item = T>) -> Self {
        self.phones = Some(phones.into_iter().map(Into::into).collect());
        self
    }

    /// Replaces the e-mail addresses.
    #[must_use]
    pub fn emails<T: Into<NewEmail>>(mut self, emails: impl IntoIterator<Item = T>) -> Self {
        self.emails = Some(emails.into_iter().map(Into::into).collect());
        self
    }

    /// Replaces the identifiers.
    #[must_use]
    pub fn identifiers(mut self, identifiers: impl IntoIterator<Item = Identifier>) -> Self {
        self.identifiers = Some(identifiers.into_iter().collect());
        self
    }

    /// Splits the patch into one patch for each field, without the required version. Contact methods come first, because a contact
    /// must always have a field that identifies it.
    pub(crate) fn split_by_field(self) -> Vec<(Field, Self)> {
        let mut patches = Vec::new();
        let Self { phones, emails, identifiers, texts, status, consent, card, .. } = self;
        let mut push = |field, is_set: bool, patch: Self| {
            if is_set {
                patches.push((field, patch));
            }
        };
        push(Field::Phone, phones.is_some(), Self { phones, ..Self::default() });
        push(Field::Email, emails.is_some(), Self { emails, ..Self::default() });
        push(Field::Identifier, identifiers.is_some(), Self { identifiers, ..Self::default() });
        for (field, text) in texts {
            push(field.field(), true, Self::new().with_text(field, text));
        }
        push(Field::Status, status.is_some(), Self { status, ..Self::default() });
        push(Field::Consent, consent.is_some(), Self { consent, ..Self::default() });
        push(Field::Card, card.is_some(), Self { card, ..Self::default() });
        patches
    }

    /// Blocks or unblocks the first phone for the whole tenant, in the same transaction; see
    /// [`BlockedNumbers::set_for_tenant`](crate::blocking::BlockedNumbers::set_for_tenant). Only for administrators and the system. A block alone does not
    /// count as an edit. A contact without a phone cannot be blocked.
    #[must_use]
    pub const fn blocked(mut self, yes: bool) -> Self {
        self.blocked = Some(yes);
        self
    }

    /// Replaces the card document. An empty text removes it.
    #[must_use]
    pub fn card(mut self, json: impl Into<String>) -> Self {
        self.card = Some(json.into());
        self
    }
}
