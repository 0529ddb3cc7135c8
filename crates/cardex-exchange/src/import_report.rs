//! What an import reports: counts, and what identifies a record.

use cardex::contacts::ImportOutcome;
use cardex::{Error, Field, NewContact};

/// The counts of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ImportReport {
    /// Records added.
    pub added: u64,
    /// Records that changed a contact of the book.
    pub updated: u64,
    /// Records equal to a contact of the book.
    pub unchanged: u64,
    /// Records rejected.
    pub rejected: u64,
    /// Records with warnings; they also count as one of the above.
    pub with_warnings: u64,
    /// Groups of contacts: each is a tag of its members. A dry run does not count them.
    pub groups: u64,
    /// Members of groups that are in no record of the file.
    pub missing_members: u64,
    /// Added records whose times `createdAt` and `activeAt` were not imported; they also count as added.
    pub without_times: u64,
}

impl ImportReport {
    /// All records of the file.
    #[must_use]
    pub const fn records(&self) -> u64 {
        self.added.saturating_add(self.updated).saturating_add(self.unchanged).saturating_add(self.rejected)
    }

    pub(super) fn count(&mut self, outcome: &ImportOutcome, warned: bool, has_times: bool) {
        let lost_times = has_times && matches!(outcome, ImportOutcome::Added(_));
        self.without_times = self.without_times.saturating_add(u64::from(lost_times));
        let counter = match outcome {
            ImportOutcome::Added(_) => &mut self.added,
            ImportOutcome::Updated { .. } => &mut self.updated,
            ImportOutcome::Unchanged(_) => &mut self.unchanged,
            _ => &mut self.rejected,
        };
        *counter = counter.saturating_add(1);
        self.with_warnings = self.with_warnings.saturating_add(u64::from(warned));
    }
}

/// What a message says about a record.
#[derive(Default)]
pub(super) struct RecordLabel {
    pub(super) name: String,
    phone: String,
    email: String,
    pub(super) uid: String,
    /// The name of the record in the groups of its file, beside the UID.
    pub(super) alias: String,
}

impl RecordLabel {
    pub(super) fn of(contact: &NewContact) -> Self {
        let phone = contact.phones.first().map(|phone| phone.text.clone()).unwrap_or_default();
        let email = contact.emails.first().map(|email| email.text.clone()).unwrap_or_default();
        let full = format!("{} {}", contact.first_name.trim(), contact.last_name.trim());
        let names = [&contact.display_name, &full, &contact.nickname, &contact.company, &email, &phone];
        let name = names.into_iter().map(|name| name.trim()).find(|name| !name.is_empty());
        Self {
            name: name.unwrap_or_default().to_owned(),
            uid: contact.uid.clone(),
            phone,
            email,
            ..Self::default()
        }
    }

    /// The value that a rejection is about.
    pub(super) fn rejected_value(&self, outcome: &ImportOutcome) -> &str {
        let ImportOutcome::Rejected(Error::Duplicate { field, .. } | Error::Invalid { field, .. }) = outcome
        else {
            return "";
        };
        match field {
            Field::Phone => &self.phone,
            Field::Email => &self.email,
            Field::Uid => &self.uid,
            _ => "",
        }
    }
}
