//! The report of a check.

use crate::db::ListKey;
use crate::db::list::bucket::Bucket;
use crate::model::ContactId;

/// The largest number of errors of one kind that a report names.
pub(crate) const MAX_REPORTED: usize = 20;

/// The result of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CheckReport {
    /// Checked contacts, including the trash.
    pub contacts: u64,
    /// Errors that SQLite reports about pages, indexes and references.
    pub sqlite_errors: Vec<String>,
    /// Contacts whose data differs from what was written: the checksum of the row, the card, a note, an attribute value
    /// or a tag is wrong.
    pub checksum_mismatches: u64,
    /// The first twenty of them, if the row still has an id.
    pub checksum_mismatch_contacts: Vec<ContactId>,
    /// Whether such a row cannot be read at all. Then derived data was not checked.
    pub has_unreadable_rows: bool,
    /// Entries that a list lacks or has at a wrong position.
    pub missing_list_entries: u64,
    /// List entries without a contact.
    pub orphan_list_entries: u64,
    /// List buckets (all contacts of a section, or some hundreds of them) with a wrong count.
    pub wrong_list_counts: u64,
    /// The positions of the first twenty of them, with both counts.
    pub wrong_list_count_details: Vec<String>,
    /// Phones and e-mail addresses that are missing in the look-up table or are there without a contact.
    pub wrong_contact_methods: u64,
    /// Unique values that are missing or belong to the wrong contact. Such an address could be used twice, or be
    /// rejected for every contact.
    pub wrong_unique_values: u64,
    /// Search keys that the index lacks.
    pub missing_search_keys: u64,
    /// Search keys in the index without a contact.
    pub orphan_search_keys: u64,
    /// The first twenty contacts with wrong search keys. Keys of missing contacts are not listed.
    pub wrong_search_key_contacts: Vec<ContactId>,
    /// Contacts whose entry in the substring index differs from their row; 0 without a substring index.
    pub wrong_substrings: u64,
    /// Tags whose count of contacts is wrong.
    pub wrong_tag_counts: u64,
    /// Containers of bitmaps (of tags, attributes and lists) that are wrong.
    pub wrong_bitmaps: u64,
    /// Whether a part of an index cannot be read. Its counts above are then 0.
    pub index_damaged: bool,
    /// Files in the folder of the store whose names end in `.part`. They belong to a copy or a new store that is being
    /// created, or to an interrupted one. If no process creates one, delete them. They are not errors of the store.
    pub partial_files: Vec<String>,
}

impl CheckReport {
    /// Whether the check found no error.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        let clean =
            Self { contacts: self.contacts, partial_files: self.partial_files.clone(), ..Self::default() };
        *self == clean
    }
}

impl CheckReport {
    /// This report, with what another one reports of the search keys.
    pub(crate) fn with_search_keys(self, keys: Self) -> Self {
        Self {
            index_damaged: self.index_damaged || keys.index_damaged,
            missing_search_keys: keys.missing_search_keys,
            orphan_search_keys: keys.orphan_search_keys,
            wrong_search_key_contacts: keys.wrong_search_key_contacts,
            ..self
        }
    }

    /// Records a bucket whose count is wrong, or that has entries of another list or section.
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
