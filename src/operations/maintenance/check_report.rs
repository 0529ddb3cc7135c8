//! The report of a check.

use crate::db::ListKey;
use crate::db::list::bucket::Bucket;
use crate::model::ContactId;

/// How many errors of one kind a report names.
pub(crate) const MAX_REPORTED: usize = 20;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CheckReport {
    /// Contacts looked at, the trash included.
    pub contacts: u64,
    /// Complaints of SQLite about the file: pages, indexes, references.
    pub sqlite_errors: Vec<String>,
    /// Contacts that are not what was written: the row, the card, a note, a value of an attribute or a tag has another checksum.
    pub checksum_mismatches: u64,
    /// The first twenty of those, where the row still has an id.
    pub checksum_mismatch_contacts: Vec<ContactId>,
    /// Whether such a row cannot be read at all; what is derived from contacts was not looked at then.
    pub has_unreadable_rows: bool,
    /// Entries that a list lacks, or has at the wrong place.
    pub missing_list_entries: u64,
    /// Entries of lists that no contact accounts for.
    pub orphan_list_entries: u64,
    /// Runs of a list (all contacts under a letter, or some hundreds of them) whose count is wrong.
    pub wrong_list_counts: u64,
    /// Where the first twenty of those are, with both counts.
    pub wrong_list_count_details: Vec<String>,
    /// Phones and e-mail addresses that a contact is not found by, or is found by and does not have.
    pub wrong_contact_methods: u64,
    /// Values that nobody else may have, and nobody holds although a contact has them, or that are held by none that has them: an
    /// address could be given twice, or be refused to everybody.
    pub wrong_unique_values: u64,
    /// Search keys that a contact should have and the index lacks.
    pub missing_search_keys: u64,
    /// Search keys in the index that no contact accounts for.
    pub orphan_search_keys: u64,
    /// The first twenty contacts whose search keys are wrong. Keys of contacts that are not there have none.
    pub wrong_search_key_contacts: Vec<ContactId>,
    /// Contacts of which the index of substrings says other things than their rows; 0 if the book keeps none.
    pub wrong_substrings: u64,
    /// Tags whose count of contacts is wrong.
    pub wrong_tag_counts: u64,
    /// Pieces of the sets of contacts (who has a tag, who has an attribute, who is in a list) that are wrong.
    pub wrong_bitmaps: u64,
    /// Whether a part of an index cannot be read; its counts above are 0 then.
    pub index_damaged: bool,
    /// Files in the book's folder whose names end in `.part`: a copy, or a new book, that somebody is making, or died over. If nobody is, they
    /// can be deleted. A book is sound with them.
    pub partial_files: Vec<String>,
}

impl CheckReport {
    /// Whether everything is as it should be.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        let clean =
            Self { contacts: self.contacts, partial_files: self.partial_files.clone(), ..Self::default() };
        *self == clean
    }
}

impl CheckReport {
    /// Takes down a run whose count is not the number of its entries, or that has entries of another list or letter.
    pub(crate) fn record_bucket(&mut self, run: Option<&(ListKey, Bucket)>, found: i64, misplaced: bool) {
        let detail = match run {
            Some((_, run)) if run.contacts == found && !misplaced => return,
            None if found == 0 => return,
            Some((list, run)) => format!(
                "{:?}, network {}, letter {}: {} counted, {found} there{}",
                list.scope.owner,
                list.scope.network,
                run.section,
                run.contacts,
                if misplaced { ", some of them elsewhere" } else { "" },
            ),
            None => format!("before all counts: {found} there"),
        };
        self.wrong_list_counts = self.wrong_list_counts.saturating_add(1);
        if self.wrong_list_count_details.len() < MAX_REPORTED {
            self.wrong_list_count_details.push(detail);
        }
    }
}
