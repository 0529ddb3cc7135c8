//! The options and the outcomes of an import.

use crate::error::Error;
use crate::error_report::ErrorReport;
use crate::model::ContactId;
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

    /// Sets the number of contacts in one transaction, at least 1. After 64 MiB of cards a transaction ends earlier. A failure of the
    /// store loses one transaction at most.
    pub const fn batch(self, contacts: usize) -> Self {
        Self { batch: if contacts == 0 { 1 } else { contacts }, ..self }
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
    Updated(ContactId),
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
            Self::Updated(id) => ImportOutcome::Updated(*id),
            Self::Unchanged(id) => ImportOutcome::Unchanged(*id),
            Self::Rejected(error) => ImportOutcome::Rejected(error.into()),
        }
    }
}
