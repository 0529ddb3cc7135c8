//! Pages by number, for APIs that number pages.

use crate::db::list::{bucket, offset_cache};
use crate::db::scope::EntryKey;
use crate::error::{Error, Result, ValidationError};
use crate::feed::page_limit;
use crate::model::{Contact, Field, SortField, SortOrder, limits};
use crate::query::cost;
use crate::query::list::builder::ContactList;
use crate::query::list::list_executor::ListExecutor;
use crate::query::list::list_scan::{ListScanResult, ScanBudget};
use crate::query::list::merge_walk::{MergeWalk, WalkStep};
use crate::query::page::Page;

/// What a call may read to find a page of a list with a filter.
const OFFSET_BUDGET: ScanBudget = ScanBudget {
    rows: limits::COUNT_SCAN_ROWS,
    entries: limits::COUNT_SCAN_ROWS * 100,
    lookups: limits::COUNT_SCAN_ROWS * 2,
};

impl ContactList<'_> {
    /// The page with a number, from 1, if all pages have as many contacts as the limit: for APIs that number pages. A page behind the last
    /// one is empty. To walk a list, use the cursors of its pages: writes change the numbers of pages.
    ///
    /// In the order of names, the cost does not grow with the number. In other orders, the entries before the page are skipped in the index,
    /// or those behind it if they are fewer, about ten million a second. The position of a page is cached until the next write, so the
    /// following page is found in one step.
    ///
    /// With a filter, the contacts before the page are tested, up to [`limits::COUNT_SCAN_ROWS`] rows. Beyond that the page is empty, with
    /// [`Page::incomplete`] set and a cursor to continue from.
    ///
    /// # Errors
    /// Those of [`ContactList::page`]; [`Error::Invalid`] for the number 0.
    pub fn page_number(&self, number: u64) -> Result<Page<Contact>> {
        let limit = self.page_size();
        page_limit(limit)?;
        let Some(pages) = number.checked_sub(1) else {
            return Err(Error::invalid(Field::Limit, ValidationError::OutOfRange { min: 1, max: i64::MAX }));
        };
        let skip = usize::try_from(pages).unwrap_or(usize::MAX).saturating_mul(limit);
        self.execute(|executor| {
            let mut from = None;
            if let Some(before) = skip.checked_sub(1) {
                match executor.find_nth(before)? {
                    NthEntry::Found(entry) => from = Some(entry),
                    NthEntry::PastEnd => return Ok(Page::empty()),
                    NthEntry::BudgetSpent(stopped_at) => {
                        let after = Some(executor.encode_cursor(&stopped_at, false));
                        return Ok(Page { after, incomplete: true, ..Page::empty() });
                    }
                }
            }
            let read = executor.page(from.as_ref(), false, limit, false)?;
            if let (true, Some(_), Some((last, _))) = (executor.is_unfiltered(), &from, read.items.last()) {
                let index = skip.saturating_add(read.items.len()).saturating_sub(1);
                offset_cache::remember_offset(executor.db, executor.offset_cache_key(), index, last);
            }
            Ok(read.into_page(
                |(entry, _), before| executor.encode_cursor(entry, before),
                |(_, stored)| stored.contact,
            ))
        })
    }
}

/// The entry of a list with some index.
enum NthEntry {
    Found(EntryKey),
    /// The list has fewer entries.
    PastEnd,
    /// The budget was spent at this entry.
    BudgetSpent(EntryKey),
}

impl ListExecutor<'_> {
    /// The entry with an index, from 0.
    fn find_nth(&self, index: usize) -> Result<NthEntry> {
        let nth = |entry: Option<EntryKey>| entry.map_or(NthEntry::PastEnd, NthEntry::Found);
        if self.filter.is_some() {
            let ListScanResult { mut found, stopped_at } =
                self.scan(None, false, index.saturating_add(1), OFFSET_BUDGET)?;
            if let Some(stopped_at) = stopped_at {
                return Ok(NthEntry::BudgetSpent(stopped_at));
            }
            let last = found.pop().map(|(entry, _)| entry);
            return Ok(nth(last.filter(|_| found.len() == index)));
        }
        if let Some(sorted) = &self.sorted_candidates {
            return Ok(nth(sorted.get(index).cloned()));
        }
        if self.filter_by_advisor {
            if self.count_entries()? <= index {
                return Ok(NthEntry::PastEnd);
            }
            let ListScanResult { mut found, stopped_at } =
                self.scan(None, false, index.saturating_add(1), OFFSET_BUDGET)?;
            return Ok(
                stopped_at.map_or_else(|| nth(found.pop().map(|(entry, _)| entry)), NthEntry::BudgetSpent)
            );
        }
        let hint = offset_cache::nearest_offset(self.db, self.offset_cache_key(), index)?;
        let (total, nearest) = match hint {
            Some(hint) => (hint.total, hint.nearest),
            None => (self.count_entries()?, None),
        };
        let Some(from_end) = total.checked_sub(index.saturating_add(1)) else { return Ok(NthEntry::PastEnd) };
        let found = match nearest {
            Some((own, entry)) if own == index => Some(entry),
            nearest => self.walk_to_index(index, from_end, nearest)?,
        };
        offset_cache::remember_list(self.db, self.offset_cache_key(), total);
        if let Some(entry) = &found {
            offset_cache::remember_offset(self.db, self.offset_cache_key(), index, entry);
        }
        Ok(nth(found))
    }

    /// How many entries the lists have together, by stored counts.
    fn count_entries(&self) -> Result<usize> {
        let mut total = 0_i64;
        for list in self.list_keys() {
            total = total.saturating_add(bucket::total(self.db, list)?);
        }
        Ok(usize::try_from(total).unwrap_or_default())
    }

    /// Whether all contacts of the lists are read, so that positions are cached.
    fn is_unfiltered(&self) -> bool {
        self.filter.is_none() && self.sorted_candidates.is_none() && !self.filter_by_advisor
    }

    /// The key of the position cache.
    fn offset_cache_key(&self) -> offset_cache::OrderedScopes<'_> {
        (&self.scopes, self.order)
    }

    /// The entry with an index, which `from_end` entries follow: from the nearest of both ends and a cached position.
    fn walk_to_index(
        &self,
        index: usize,
        from_end: usize,
        cached: Option<(usize, EntryKey)>,
    ) -> Result<Option<EntryKey>> {
        let cached = cached.map(|(own, entry)| {
            let back = own > index;
            (own.abs_diff(index).saturating_sub(1), back, Some(entry))
        });
        let starts = [(index, false, None), (from_end, true, None)].into_iter().chain(cached);
        let Some((mut skip, back, mut start)) = starts.min_by_key(|(skip, ..)| *skip) else {
            return Ok(None);
        };
        let mut order = (self.order, back);
        if self.order.field == SortField::Name && !cost::skips_linearly(&self.tuning, skip) {
            // The index in ascending order.
            let ascending = if self.order.descending { from_end } else { index };
            let (entry, before) = self.bucket_start_before(ascending)?;
            (start, skip, order) = (entry, ascending.saturating_sub(before), (SortOrder::default(), false));
        }
        let mut walk = MergeWalk::new(self.db, &self.scopes, order, start.as_ref(), 1);
        walk.skip(self.metadata.generation, skip)?;
        let mut unlimited = usize::MAX;
        match walk.next(self.metadata.generation, &mut unlimited)? {
            WalkStep::Entry(entry) => Ok(Some(entry)),
            WalkStep::Stopped(_) | WalkStep::Exhausted => Ok(None),
        }
    }

    /// The start of a bucket of the lists by name, at or shortly before the entry with an index: the position before the start, and how
    /// many entries precede it.
    fn bucket_start_before(&self, index: usize) -> Result<(Option<EntryKey>, usize)> {
        let mut starts = Vec::new();
        for list in self.list_keys() {
            starts.extend(bucket::bucket_starts(self.db, list)?);
        }
        starts.sort_unstable();
        // Buckets that begin earlier may overlap this start, so at most the sum of their counts precedes it.
        let (mut sum, mut best) = (0_usize, None);
        for (start, contacts) in starts {
            if sum > index {
                break;
            }
            best = Some(start);
            sum = sum.saturating_add(usize::try_from(contacts).unwrap_or_default());
        }
        let Some((key, id)) = best else { return Ok((None, 0)) };
        let mut before = 0_i64;
        for list in self.list_keys() {
            before = before.saturating_add(bucket::total_before(self.db, list, &(key.clone(), id))?);
        }
        Ok((Some((key, id.saturating_sub(1))), usize::try_from(before).unwrap_or_default()))
    }
}
