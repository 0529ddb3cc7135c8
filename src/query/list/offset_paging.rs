//! Pages by number, for contracts that number them.

use crate::db::list::{bucket, offset_cache};
use crate::db::scope::EntryKey;
use crate::error::{Error, Result, ValidationError};
use crate::feed::page_limit;
use crate::model::{Contact, Field, SortField, SortOrder, limits};
use crate::query::list::list_executor::ListExecutor;
use crate::query::list::list_scan::{ListScanResult, ScanBudget};
use crate::query::list::merge_walk::{MergeWalk, WalkStep};
use crate::query::{ContactList, Page};

/// Entries that are sooner passed over than the run of a list by name is found.
const MAX_LINEAR_SKIP: usize = if cfg!(test) { 4 } else { 4_096 };

/// What a call may look at to find a page under conditions.
const OFFSET_BUDGET: ScanBudget = ScanBudget {
    rows: limits::COUNT_SCAN_ROWS,
    entries: limits::COUNT_SCAN_ROWS * 100,
    lookups: limits::COUNT_SCAN_ROWS * 2,
};

impl ContactList<'_> {
    /// The page with this number, from 1, where all pages have as many contacts as the limit says: for contracts that number pages. Who
    /// walks takes the cursors of the page instead, since whatever is written in between moves the numbers. A page behind the last one is
    /// empty.
    ///
    /// In the order of names the cost does not grow with the number; in another order what stands before the page, or behind it if that is
    /// less, is passed over in the index, some ten million contacts a second. Where a page was found is remembered until something is
    /// written, so a walk from page to page is a step each. With conditions the contacts before it are held against
    /// them, up to [`limits::COUNTED`] rows: beyond that the page is empty, with [`Page::refine`] set and a cursor to go on from.
    ///
    /// # Errors
    /// Those of [`List::page`]; [`Error::Invalid`] for the number 0.
    pub fn page_number(&self, number: u64) -> Result<Page<Contact>> {
        let limit = self.page_size();
        page_limit(limit)?;
        let Some(pages) = number.checked_sub(1) else {
            return Err(Error::invalid(Field::Limit, ValidationError::OutOfRange { min: 1, max: i64::MAX }));
        };
        let skip = usize::try_from(pages).unwrap_or(usize::MAX).saturating_mul(limit);
        self.execute(|run| {
            let mut place = None;
            if let Some(before) = skip.checked_sub(1) {
                match run.find_nth(before)? {
                    NthEntry::Found(entry) => place = Some(entry),
                    NthEntry::PastEnd => {
                        return Ok(Page { items: Vec::new(), before: None, after: None, incomplete: false });
                    }
                    NthEntry::BudgetSpent(stopped) => {
                        let after = Some(run.encode_cursor(&stopped, false));
                        return Ok(Page { items: Vec::new(), before: None, after, incomplete: true });
                    }
                }
            }
            let found = run.page(place.as_ref(), false, limit)?;
            if let (true, Some(_), Some((last, _))) = (run.is_unfiltered(), &place, found.items.last()) {
                let number = skip.saturating_add(found.items.len()).saturating_sub(1);
                offset_cache::remember_offset(run.db, run.offset_cache_key(), number, last);
            }
            Ok(found.into_page(
                |(entry, _), before| run.encode_cursor(entry, before),
                |(_, stored)| stored.contact,
            ))
        })
    }
}

/// What stands at a place in a list.
enum NthEntry {
    Found(EntryKey),
    /// The list is shorter.
    PastEnd,
    /// It would be too much to look at; that far it went.
    BudgetSpent(EntryKey),
}

impl ListExecutor<'_> {
    /// The entry with this index.
    fn find_nth(&self, index: usize) -> Result<NthEntry> {
        let at = |entry: Option<EntryKey>| entry.map_or(NthEntry::PastEnd, NthEntry::Found);
        if self.filter.is_some() {
            let ListScanResult { mut found, stopped_at: stopped } =
                self.scan(None, false, index.saturating_add(1), OFFSET_BUDGET)?;
            if let Some(stopped) = stopped {
                return Ok(NthEntry::BudgetSpent(stopped));
            }
            let last = found.pop().map(|(entry, _)| entry);
            return Ok(at(last.filter(|_| found.len() == index)));
        }
        if let Some(few) = &self.sorted_candidates {
            return Ok(at(few.get(index).cloned()));
        }
        if self.is_filtered_by_advisor() {
            if self.count_entries()? <= index {
                return Ok(NthEntry::PastEnd);
            }
            let ListScanResult { mut found, stopped_at: stopped } =
                self.scan(None, false, index.saturating_add(1), OFFSET_BUDGET)?;
            return Ok(stopped.map_or_else(|| at(found.pop().map(|(entry, _)| entry)), NthEntry::BudgetSpent));
        }
        let near = offset_cache::nearest_offset(self.db, self.offset_cache_key(), index)?;
        let (total, mark) = match near {
            Some(near) => (near.total, near.nearest),
            None => (self.count_entries()?, None),
        };
        let Some(from_end) = total.checked_sub(index.saturating_add(1)) else { return Ok(NthEntry::PastEnd) };
        let found = match mark {
            Some((number, entry)) if number == index => Some(entry),
            mark => self.walk_to_index(index, from_end, mark)?,
        };
        offset_cache::remember_list(self.db, self.offset_cache_key(), total);
        if let Some(entry) = &found {
            offset_cache::remember_offset(self.db, self.offset_cache_key(), index, entry);
        }
        Ok(at(found))
    }

    /// How many entries the lists have together.
    fn count_entries(&self) -> Result<usize> {
        let mut total = 0_i64;
        for list in self.listings() {
            total = total.saturating_add(bucket::total(self.db, list)?);
        }
        Ok(usize::try_from(total).unwrap_or_default())
    }

    /// Whether all of the lists is asked for, so that places in it are remembered.
    fn is_unfiltered(&self) -> bool {
        self.filter.is_none() && self.sorted_candidates.is_none() && !self.is_filtered_by_advisor()
    }

    /// What places are remembered by.
    fn offset_cache_key(&self) -> offset_cache::OrderedScopes<'_> {
        (&self.scopes, self.order)
    }

    /// The entry with this index, and so many behind it, from whatever is nearest: an end, or a place that is known.
    fn walk_to_index(
        &self,
        index: usize,
        from_end: usize,
        mark: Option<(usize, EntryKey)>,
    ) -> Result<Option<EntryKey>> {
        let mark = mark.map(|(number, entry)| {
            let back = number > index;
            (number.abs_diff(index).saturating_sub(1), back, Some(entry))
        });
        let ways = [(index, false, None), (from_end, true, None)].into_iter().chain(mark);
        let Some((mut skip, back, mut start)) = ways.min_by_key(|(skip, ..)| *skip) else { return Ok(None) };
        let mut way = (self.order, back);
        if self.order.field == SortField::Name && skip > MAX_LINEAR_SKIP {
            // Counted from the low end of the keys.
            let low = if self.order.descending { from_end } else { index };
            let (entry, passed) = self.bucket_start_before(low)?;
            (start, skip, way) = (entry, low.saturating_sub(passed), (SortOrder::default(), false));
        }
        let mut walk = MergeWalk::new(self.db, &self.scopes, way, start.as_ref(), 1);
        walk.skip(self.metadata.generation, skip)?;
        let mut all = usize::MAX;
        match walk.next(self.metadata.generation, &mut all)? {
            WalkStep::Entry(entry) => Ok(Some(entry)),
            WalkStep::Stopped(_) | WalkStep::Exhausted => Ok(None),
        }
    }

    /// The start of a run of the lists by name that is not behind the entry with this index, and near it: a place in front of it, and
    /// how many entries stand before that.
    fn bucket_start_before(&self, index: usize) -> Result<(Option<EntryKey>, usize)> {
        let mut starts = Vec::new();
        for list in self.listings() {
            starts.extend(bucket::bucket_starts(self.db, list)?);
        }
        starts.sort_unstable();
        // Runs that begin earlier may reach beyond this start, so no more than their sum stands before it.
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
        for list in self.listings() {
            before = before.saturating_add(bucket::total_before(self.db, list, &(key.clone(), id))?);
        }
        Ok((Some((key, id.saturating_sub(1))), usize::try_from(before).unwrap_or_default()))
    }
}
