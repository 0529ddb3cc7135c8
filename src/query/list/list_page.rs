//! One page of a list.

use crate::db::contact::{StoredContact, many, summaries};
use crate::db::scope::EntryKey;
use crate::error::Result;
use crate::model::Contact;
use crate::query::list::list_executor::{ListExecutor, missing_contact};
use crate::query::list::list_scan::{ListScanResult, ScanBudget};
use crate::query::page::{Page, PageRead, Start, truncate_page};

impl ListExecutor<'_> {
    /// The page from a position on (exclusive). With `is_summary`, rows that the filter has not read have the columns of a summary only.
    pub(super) fn page(
        &self,
        from: Option<&EntryKey>,
        back: bool,
        limit: usize,
        is_summary: bool,
    ) -> Result<PageRead<(EntryKey, StoredContact)>> {
        let fetch = limit.saturating_add(1);
        let budget = ScanBudget::for_page(&self.tuning, fetch);
        let ListScanResult { mut found, stopped_at } = self.scan(from, back, fetch, budget)?;
        let has_more = truncate_page(&mut found, limit);
        let items = self.load_contacts(found, is_summary)?;
        let has_items_behind = match (from, items.first()) {
            (Some(_), Some((first, _))) => self.has_entry_beyond(first, !back)?,
            _ => false,
        };
        let stopped_at = stopped_at.map(|entry| self.encode_cursor(&entry, back));
        Ok(PageRead { items, has_more, back, has_items_behind, stopped_at })
    }

    /// Gives an empty page a cursor back to the contacts before its start: the page starts behind the last section, or the filter matches
    /// no contact.
    pub(super) fn set_return_cursor(
        &self,
        page: &mut Page<Contact>,
        (key, id): EntryKey,
        start: &Start,
    ) -> Result<()> {
        // The contact at the position of a cursor belongs to the page that gave the cursor.
        let step = if self.order.descending { -1 } else { 1 };
        let at = match start {
            Start::First => (key, id),
            Start::After(_) => (key, id.saturating_add(step)),
            Start::Before(_) => (key, id.saturating_sub(step)),
        };
        let back = !start.is_back();
        if self.has_entry_beyond(&at, back)? {
            let cursor = Some(self.encode_cursor(&at, back));
            if back { page.before = cursor } else { page.after = cursor }
        }
        Ok(())
    }

    /// Loads the contacts of entries whose rows have not been read.
    fn load_contacts(
        &self,
        found: Vec<(EntryKey, Option<StoredContact>)>,
        is_summary: bool,
    ) -> Result<Vec<(EntryKey, StoredContact)>> {
        let missing = found.iter().filter(|(_, row)| row.is_none());
        let ids: Vec<i64> = missing.map(|((_, id), _)| *id).collect();
        let read = if is_summary { summaries(self.db, &ids, false)? } else { many(self.db, &ids)? };
        let mut rows = read.into_iter();
        let mut items = Vec::with_capacity(found.len());
        for (entry, row) in found {
            let row = row.or_else(|| rows.next()).filter(|row| row.id == entry.1);
            items.push((entry, row.ok_or_else(missing_contact)?));
        }
        Ok(items)
    }

    /// Whether a contact beyond a position matches the filter. If the work limit is reached first, one is assumed.
    fn has_entry_beyond(&self, at: &EntryKey, back: bool) -> Result<bool> {
        let budget = ScanBudget::for_page(&self.tuning, 1);
        let ListScanResult { found, stopped_at } = self.scan(Some(at), back, 1, budget)?;
        Ok(stopped_at.is_some() || !found.is_empty())
    }
}
