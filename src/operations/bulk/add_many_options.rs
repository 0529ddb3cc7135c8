//! The options and the outcomes of an import.

use crate::error::Error;
use crate::error_report::ErrorReport;
use crate::model::{ContactId, Field, ImportId, NewContact};
use crate::operations::bulk::import_matching::MergeCard;

/// Options of [`Session::add_many`](crate::Session::add_many).
#[derive(Debug, Clone, Copy)]
#[must_use]
#[allow(clippy::struct_excessive_bools)] // each option is independent of the others
pub struct AddManyOptions {
    pub(super) update: bool,
    pub(super) dry_run: bool,
    pub(super) batch: usize,
    pub(super) accept_any_phone: bool,
    pub(super) clear_missing: bool,
    pub(super) merge_card: Option<MergeCard>,
    pub(super) journal: Option<ImportId>,
}

impl Default for AddManyOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl AddManyOptions {
    /// Adds only, with a hundred thousand contacts in a transaction.
    pub const fn new() -> Self {
        Self {
            update: false,
            dry_run: false,
            batch: 100_000,
            accept_any_phone: false,
            clear_missing: false,
            merge_card: None,
            journal: None,
        }
    }

    /// Sets whether an existing contact is updated instead of rejected. Contacts with equal UIDs are the same. Without a UID
    /// they are the same with equal first phones in E.164 form, else with equal names and e-mail addresses, else, if one has
    /// no e-mail address, with equal names and first phones. UIDs `urn:uuid:X` and `X` are equal. Empty fields of the record change
    /// nothing, unless [`AddManyOptions::clear_missing`] is set. A record is rejected if an earlier record of the run has its phone
    /// under another name, on a network where the phone is unique.
    pub const fn update(mut self, yes: bool) -> Self {
        self.update = yes;
        self
    }

    /// Sets whether a text that is not a phone number is kept as a phone of its contact instead of rejecting the contact. It is shown
    /// and found as written, and takes no part in uniqueness.
    pub const fn accept_any_phone(mut self, yes: bool) -> Self {
        self.accept_any_phone = yes;
        self
    }

    /// Sets whether an update clears the texts, phones and e-mail addresses that the record does not have. Without it they stay. UID,
    /// status, consent, identifiers, tags and attribute values always stay.
    pub const fn clear_missing(mut self, yes: bool) -> Self {
        self.clear_missing = yes;
        self
    }

    /// Sets a dry run: every contact is checked, and nothing is stored. Outcomes are the same, except new ids.
    pub const fn dry_run(mut self, yes: bool) -> Self {
        self.dry_run = yes;
        self
    }

    /// Sets the function that merges the card of an existing contact. Without it, the new card replaces the old one.
    pub const fn merge_card(self, with: MergeCard) -> Self {
        Self { merge_card: Some(with), ..self }
    }

    /// Records what is added and changed in an import that [`Imports::begin`](crate::imports::Imports::begin) has begun, so that it can be
    /// undone. A dry run records nothing.
    pub const fn record_in(mut self, import: ImportId) -> Self {
        self.journal = Some(import);
        self
    }

    /// Sets the number of contacts in one transaction, at least 1. After 64 MiB of cards a transaction ends earlier. A failure of the
    /// store loses one transaction at most.
    pub const fn batch(self, contacts: usize) -> Self {
        Self { batch: if contacts == 0 { 1 } else { contacts }, ..self }
    }
}

/// What a record of an import is expected to be in the book.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportTarget {
    /// The contact that the rules of [`AddManyOptions::update`] find, else a new one.
    #[default]
    Any,
    /// A new contact. If the rules find one, the record is rejected with [`Error::Duplicate`].
    New,
    /// A new contact, whatever the rules find. Unique values are checked.
    Distinct,
    /// This contact. If it has another version, the record is rejected with [`Error::VersionConflict`].
    Contact {
        /// The contact.
        id: ContactId,
        /// Its version before the import.
        version: i64,
    },
}

/// A contact of an import, with what it is expected to be.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ImportItem {
    /// The contact.
    pub contact: NewContact,
    /// What it is in the book.
    pub target: ImportTarget,
}

impl ImportItem {
    /// A contact with what it is expected to be.
    #[must_use]
    pub const fn new(contact: NewContact, target: ImportTarget) -> Self {
        Self { contact, target }
    }
}

impl From<NewContact> for ImportItem {
    fn from(contact: NewContact) -> Self {
        Self::new(contact, ImportTarget::Any)
    }
}

/// What the import did with one contact. With the report of an error in the place of the error, it can be read from JSON.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ImportOutcome<E = Error> {
    /// The contact was added.
    Added(ContactId),
    /// An existing contact was changed.
    Updated {
        /// The contact.
        contact: ContactId,
        /// The fields that changed.
        fields: Vec<Field>,
    },
    /// An existing contact was already equal.
    Unchanged(ContactId),
    /// The contact was rejected, and nothing was written.
    Rejected(E),
}

impl ImportOutcome {
    /// The outcome with the report of its error.
    #[must_use]
    pub fn to_report(&self) -> ImportOutcome<ErrorReport> {
        match self {
            Self::Added(id) => ImportOutcome::Added(*id),
            Self::Updated { contact, fields } => {
                ImportOutcome::Updated { contact: *contact, fields: fields.clone() }
            }
            Self::Unchanged(id) => ImportOutcome::Unchanged(*id),
            Self::Rejected(error) => ImportOutcome::Rejected(error.into()),
        }
    }
}
