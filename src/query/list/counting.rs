//! Counting the contacts of a list, and where its sections start.
//!
//! Without a filter, counts are sums over the counts that writes maintain. The list is never walked for them.

use crate::db::list::bucket;
use crate::db::scope::EntryKey;
use crate::db::{Bitmap, ListKey};
use crate::error::{Error, Result, ValidationError};
use crate::model::{Field, SortOrder, limits};
use crate::query::filter::{CandidateBitmap, CompiledFilter, covering_scopes, scopes_bitmap};
use crate::query::list::list_executor::{CountMethod, ListExecutor};
use crate::query::list::list_scan::{ListScanResult, ScanBudget};

/// What counting may read.
const COUNT_BUDGET: ScanBudget = ScanBudget {
    rows: limits::COUNT_SCAN_ROWS,
    entries: limits::COUNT_SCAN_ROWS * 10,
    lookups: limits::COUNT_SCAN_ROWS,
};

/// Contacts tested at a time.
const ID_BATCH: usize = 512;

/// The contacts that match the filter.
pub(super) enum FilteredContacts {
    /// All of them.
    Bitmap(Bitmap),
    /// All of them if the flag is true, otherwise as many as could be counted.
    Ids(Vec<i64>, bool),
}

/// The entries of a list that are counted.
pub(super) enum CountedEntries {
    All,
    /// These.
    Only(Vec<(ListKey, EntryKey)>),
    /// All but these.
    AllExcept(Vec<(ListKey, EntryKey)>),
}

impl CountedEntries {
    /// The entries that are counted one by one.
    pub(super) fn entries(&self) -> &[(ListKey, EntryKey)] {
        match self {
            Self::All => &[],
            Self::Only(entries) | Self::AllExcept(entries) => entries,
        }
    }

    /// Whether the stored counts of the lists are included.
    pub(super) fn includes_stored_counts(&self) -> bool {
        !matches!(self, Self::Only(_))
    }

    /// What one of the entries adds to a count: 1 or -1.
    pub(super) fn sign(&self) -> i64 {
        if matches!(self, Self::AllExcept(_)) { -1 } else { 1 }
    }

    /// What the selected entries add to a count.
    fn sum(&self, is_selected: impl Fn(&EntryKey) -> bool) -> i64 {
        let count = self.entries().iter().filter(|(_, entry)| is_selected(entry)).count();
        i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(self.sign())
    }
}

impl ListExecutor<'_> {
    /// Sections and positions exist in the order of names only.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another order.
    pub(super) fn require_name_order(&self) -> Result<()> {
        if self.order == SortOrder::default() {
            return Ok(());
        }
        Err(Error::invalid(
            Field::Order,
            ValidationError::NotOneOf { allowed: "name, for sections and positions" },
        ))
    }

    /// How many contacts precede a position.
    pub(super) fn count_before(&self, at: &EntryKey) -> Result<u64> {
        let counted = self.counted_entries()?;
        let mut sum = counted.sum(|entry| entry < at);
        if counted.includes_stored_counts() {
            for list in self.list_keys() {
                sum = sum.saturating_add(bucket::total_before(self.db, list, at)?);
            }
        }
        Ok(non_negative(sum))
    }

    /// How many contacts the list has, by stored counts. The filter is empty, or on blocks only.
    pub(super) fn count_all(&self) -> Result<u64> {
        let counted = self.counted_entries()?;
        let mut sum = counted.sum(|_| true);
        if counted.includes_stored_counts() {
            for list in self.list_keys() {
                sum = sum.saturating_add(bucket::total(self.db, list)?);
            }
        }
        Ok(non_negative(sum))
    }

    /// The contacts of the list that match the filter.
    pub(super) fn filtered_contacts(&self) -> Result<FilteredContacts> {
        if let (Some(filter), None) = (&self.filter, &self.sorted_candidates)
            && let Some(candidates) = filter.candidate_bitmap(self.db, self.tuning.count_max_range)?
            && let Some(contacts) = self.filtered_candidates(filter, &candidates)?
        {
            return Ok(contacts);
        }
        let ListScanResult { found, stopped_at } = self.scan(None, false, usize::MAX, COUNT_BUDGET)?;
        let ids = found.into_iter().map(|((_, id), _)| id).collect();
        Ok(FilteredContacts::Ids(ids, stopped_at.is_none()))
    }

    /// The candidates that are in the list and match the filter; `None` if there are too many to test.
    fn filtered_candidates(
        &self,
        filter: &CompiledFilter,
        candidates: &CandidateBitmap,
    ) -> Result<Option<FilteredContacts>> {
        let scopes = covering_scopes(self.db, &self.scopes)?;
        let ids = candidates.ids.intersection(&scopes_bitmap(self.db, &scopes)?);
        if candidates.exact && !self.has_advisor_scope() {
            return Ok(Some(FilteredContacts::Bitmap(ids)));
        }
        if ids.len() > limits::COUNT_SCAN_ROWS {
            return Ok(None);
        }
        let ids: Vec<i64> = ids.iter().collect();
        let (mut matching, mut rows) = (Vec::new(), limits::COUNT_SCAN_ROWS);
        for ids in ids.chunks(ID_BATCH) {
            matching.extend(filter.filter_ids(self.db, ids, &mut rows)?.into_iter().map(|(id, _)| id));
        }
        if self.has_advisor_scope() {
            matching = self.locate_entries(&matching)?.into_iter().map(|(_, (_, id))| id).collect();
        }
        Ok(Some(FilteredContacts::Ids(matching, true)))
    }

    /// The entries of the lists that match the filter.
    ///
    /// # Errors
    /// [`Error::Invalid`] if more contacts match than can be counted.
    pub(super) fn counted_entries(&self) -> Result<CountedEntries> {
        let locate = |ids: &[i64]| -> Result<Vec<(ListKey, EntryKey)>> {
            let located = self.locate_entries(ids)?.into_iter();
            Ok(located.map(|(scope, entry)| (scope.in_generation(self.metadata.generation), entry)).collect())
        };
        match &self.count_method {
            CountMethod::All => Ok(CountedEntries::All),
            CountMethod::Blocked(Some(block_filter)) => {
                let ids = block_filter.candidate_ids(self.db, usize::MAX)?.unwrap_or_default();
                let entries = locate(&ids)?;
                Ok(if block_filter.expected {
                    CountedEntries::Only(entries)
                } else {
                    CountedEntries::AllExcept(entries)
                })
            }
            _ => {
                let ids = match self.filtered_contacts()? {
                    FilteredContacts::Bitmap(ids) if ids.len() <= limits::COUNT_SCAN_ROWS => {
                        ids.iter().collect()
                    }
                    FilteredContacts::Ids(ids, true) => ids,
                    _ => return Err(too_many_matches()),
                };
                Ok(CountedEntries::Only(locate(&ids)?))
            }
        }
    }

    /// The position before the first contact of a section.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the list's order has no such section.
    pub(super) fn section_start(&self, label: &str) -> Result<EntryKey> {
        self.require_name_order()?;
        // Local ids start at 1, so an entry with id 0 precedes all contacts with its key.
        let collator = self.engine.collators.get_exact(&self.metadata.locale, &self.metadata.collation);
        if let Some(collator) = collator {
            if let Some(start) = collator.section_start(label) {
                return Ok((start.to_vec(), 0));
            }
        } else {
            // Another version of the library made the keys: the stored counts have the starts of their sections.
            let mut first: Option<Vec<u8>> = None;
            for list in self.list_keys() {
                let sections = bucket::sections(self.db, list)?.into_iter();
                let start = sections.filter(|(_, own, _)| own == label).map(|(start, ..)| start).next();
                first = first.into_iter().chain(start).min();
            }
            if let Some(start) = first {
                return Ok((start, 0));
            }
        }
        Err(Error::invalid(Field::Section, ValidationError::UnknownSection))
    }
}

/// The error for a filter that matches too many contacts to count them.
pub(super) fn too_many_matches() -> Error {
    Error::invalid(Field::Filter, ValidationError::TooMany { limit: limits::COUNT_SCAN_ROWS })
}

/// A count as it is returned; 0 if it is negative.
pub(super) fn non_negative(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
