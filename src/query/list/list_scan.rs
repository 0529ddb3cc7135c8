//! Reading on in a list until enough contacts meet the conditions: what is looked up, what is passed over, who is held against them.

use crate::db;
use crate::db::contact::StoredContact;
use crate::db::scope::EntryKey;
use crate::error::Result;
use crate::model::limits;
use crate::query::filter::{CandidateBitmap, CompiledFilter, MAX_CANDIDATE_BITMAP, QUICK_RANGE_LIMIT};
use crate::query::list::list_executor::ListExecutor;
use crate::query::list::merge_walk::{MergeWalk, WalkStep, compare_entries};

/// Contacts that one page reads at most, beyond those it shows.
const MAX_ROWS_PER_PAGE: usize = if cfg!(test) { 6 } else { 2_000 };

/// Entries that one page passes over at most without reading their contacts.
const MAX_ENTRIES_PER_PAGE: usize = if cfg!(test) { 24 } else { 32_768 };

/// Contacts that one page holds against conditions at most, of which most may be told by tags and attributes.
const MAX_LOOKUPS_PER_PAGE: usize = if cfg!(test) { 12 } else { 4_096 };

/// Contacts that are held against the conditions before it is asked whom these leave, and after that before longer ranges are read;
/// then it is asked if more than `DEAR` would have to be held to fill the page, or more than `CHEAP` where sets alone tell.
const PLAN_AFTER_TESTED: usize = if cfg!(test) { 4 } else { 32 };
const SCAN_COST_LIMIT: usize = if cfg!(test) { 6 } else { 256 };
const SCAN_COST_LIMIT_WITH_BITMAPS: usize = if cfg!(test) { 3 } else { 64 };

/// Contacts looked at together where some are left out, at first and later.
const FIRST_BATCH: usize = if cfg!(test) { 2 } else { 32 };
const MAX_BATCH: usize = if cfg!(test) { 4 } else { 512 };

/// What a call may still look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScanBudget {
    pub(crate) rows: usize,
    pub(crate) entries: usize,
    /// Entries whose tags or attributes are looked up.
    pub(crate) lookups: usize,
}

impl ScanBudget {
    /// Of one page.
    pub(crate) fn for_page(most: usize) -> Self {
        Self {
            rows: MAX_ROWS_PER_PAGE.max(most),
            entries: MAX_ENTRIES_PER_PAGE.max(most),
            lookups: MAX_LOOKUPS_PER_PAGE.max(most),
        }
    }

    fn is_spent(self) -> bool {
        self.rows == 0 || self.entries == 0 || self.lookups == 0
    }
}

/// What was found in the direction it was read, each with its contact if that had to be read, and where the reading stopped before
/// there was enough, if it did.
pub(crate) struct ListScanResult {
    pub(crate) found: Vec<(EntryKey, Option<StoredContact>)>,
    pub(crate) stopped_at: Option<EntryKey>,
}

/// What conditions leave of a list.
pub(crate) enum ListCandidates {
    /// These, in the order of the list.
    Sorted(Vec<EntryKey>),
    /// Some of these, or all of them.
    Bitmap(CandidateBitmap),
    /// Nothing tells.
    Unknown,
}

/// How much has been looked up of whom the conditions leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PlanLevel {
    Unplanned,
    /// What sets and short ranges tell.
    Quick,
    Full,
}

/// One reading.
struct ListScan<'r> {
    executor: &'r ListExecutor<'r>,
    from: Option<&'r EntryKey>,
    back: bool,
    limit: usize,
    budget: ScanBudget,
    sorted_candidates: Option<std::vec::IntoIter<EntryKey>>,
    walk: MergeWalk<'r>,
    candidate_bitmap: Option<&'r CandidateBitmap>,
    plan_level: PlanLevel,
    found: Vec<(EntryKey, Option<StoredContact>)>,
    /// Up to here all has been looked at.
    last_entry: Option<EntryKey>,
    exhausted: bool,
    stopped: bool,
    batch_size: usize,
    /// Contacts held against the conditions since something was last looked up, and how many met them.
    tested: usize,
    matched: usize,
}

impl ListExecutor<'_> {
    /// Up to `most` contacts from a place on that meet the conditions.
    pub(crate) fn scan(
        &self,
        from: Option<&EntryKey>,
        back: bool,
        most: usize,
        work: ScanBudget,
    ) -> Result<ListScanResult> {
        let few = self.sorted_candidates.as_ref().map(|few| self.entries_beyond(few, from, back));
        let asked =
            if few.is_some() || self.filter.is_none() { PlanLevel::Full } else { PlanLevel::Unplanned };
        let mut reading = ListScan {
            executor: self,
            from,
            back,
            limit: most,
            budget: work,
            sorted_candidates: few,
            walk: MergeWalk::new(self.db, &self.scan_scopes, (self.order, back), from, most),
            candidate_bitmap: None,
            plan_level: asked,
            found: Vec::new(),
            last_entry: None,
            exhausted: false,
            stopped: false,
            batch_size: FIRST_BATCH,
            tested: 0,
            matched: 0,
        };
        while reading.found.len() < most && !reading.exhausted {
            if reading.stopped || reading.budget.is_spent() {
                return Ok(ListScanResult { found: reading.found, stopped_at: reading.last_entry });
            }
            reading.plan_if_expensive()?;
            let entries = reading.next_entries()?;
            reading.test_entries(entries)?;
        }
        reading.found.truncate(most);
        Ok(ListScanResult { found: reading.found, stopped_at: None })
    }

    /// What of some entries comes from a place on.
    fn entries_beyond(
        &self,
        few: &[EntryKey],
        from: Option<&EntryKey>,
        back: bool,
    ) -> std::vec::IntoIter<EntryKey> {
        let beyond = |entry: &&EntryKey| {
            from.is_none_or(|from| compare_entries(self.order, back, entry, from).is_gt())
        };
        let mut rest: Vec<EntryKey> = few.iter().filter(beyond).cloned().collect();
        if back {
            rest.reverse();
        }
        rest.into_iter()
    }

    /// What is known of the contacts that the conditions leave, by sets and short ranges or by all; looked up when first asked for.
    fn list_candidates(&self, asked: PlanLevel) -> Result<&ListCandidates> {
        let (cell, most) = if asked == PlanLevel::Quick {
            (&self.quick_candidates, QUICK_RANGE_LIMIT)
        } else {
            (&self.full_candidates, MAX_CANDIDATE_BITMAP)
        };
        if let Some(known) = cell.get() {
            return Ok(known);
        }
        let known = self.filter.as_ref().map_or(Ok(None), |sieve| sieve.candidate_bitmap(self.db, most))?;
        let narrowed = match known {
            None => ListCandidates::Unknown,
            Some(known) => {
                // To read where n contacts stand costs about as much as to pass over sixteen entries each; a walk passes over
                // sixteen entries a hit for each n-th contact of the book.
                let even = db::contact::last_id(self.db)?.checked_isqrt();
                if known.ids.len() <= usize::try_from(even.unwrap_or_default()).unwrap_or_default() {
                    let ids: Vec<i64> = known.ids.iter().collect();
                    ListCandidates::Sorted(
                        self.locate_entries(&ids)?.into_iter().map(|(_, entry)| entry).collect(),
                    )
                } else {
                    ListCandidates::Bitmap(known)
                }
            }
        };
        Ok(cell.get_or_init(|| narrowed))
    }
}

impl<'r> ListScan<'r> {
    fn missing(&self) -> usize {
        self.limit.saturating_sub(self.found.len())
    }

    /// Looks up whom the conditions leave, once holding contacts against them has turned out to be dear.
    fn plan_if_expensive(&mut self) -> Result<()> {
        let Some(sieve) = self.executor.filter.as_ref().filter(|_| self.plan_level != PlanLevel::Full) else {
            return Ok(());
        };
        let dear = if sieve.is_exact_by_bitmaps() { SCAN_COST_LIMIT_WITH_BITMAPS } else { SCAN_COST_LIMIT };
        let is_dear = self.tested >= PLAN_AFTER_TESTED
            && self.missing().saturating_mul(self.tested) > dear.saturating_mul(self.matched.max(1));
        let is_known = |asked| match asked {
            PlanLevel::Unplanned => {
                self.executor.quick_candidates.get().is_some()
                    || self.executor.full_candidates.get().is_some()
            }
            _ => self.executor.full_candidates.get().is_some(),
        };
        let is_long = self.limit > limits::PAGE * 2;
        if !is_dear && !is_long && !is_known(self.plan_level) {
            return Ok(());
        }
        let at_once =
            is_long || self.plan_level == PlanLevel::Quick || self.executor.full_candidates.get().is_some();
        self.plan_level = if at_once { PlanLevel::Full } else { PlanLevel::Quick };
        let mut known = self.executor.list_candidates(self.plan_level)?;
        // Most of the book is as good as nothing.
        let tells = match known {
            ListCandidates::Unknown => false,
            ListCandidates::Sorted(_) => true,
            ListCandidates::Bitmap(known) => known.exact || known.ids.len() < known.ids.capacity() / 4,
        };
        if self.plan_level == PlanLevel::Quick && !tells {
            if sieve.needs_more_stats() {
                return Ok(());
            }
            self.plan_level = PlanLevel::Full;
            known = self.executor.list_candidates(self.plan_level)?;
        }
        match known {
            ListCandidates::Sorted(all) => {
                self.sorted_candidates = Some(self.executor.entries_beyond(
                    all,
                    self.last_entry.as_ref().or(self.from),
                    self.back,
                ));
                self.plan_level = PlanLevel::Full;
            }
            ListCandidates::Bitmap(known) => {
                self.walk.restrict_to(&known.ids);
                self.candidate_bitmap = Some(known);
                if known.exact {
                    self.plan_level = PlanLevel::Full;
                }
            }
            ListCandidates::Unknown => {}
        }
        (self.tested, self.matched) = (0, 0);
        Ok(())
    }

    /// The conditions, unless nobody has to be held against them.
    fn active_filter(&self) -> Option<&'r CompiledFilter> {
        self.executor.filter.as_ref().filter(|_| !self.candidate_bitmap.is_some_and(|known| known.exact))
    }

    /// The next entries that may meet the conditions.
    fn next_entries(&mut self) -> Result<Vec<EntryKey>> {
        let missing = self.missing();
        let room = match (self.active_filter(), self.candidate_bitmap) {
            (None, _) => missing,
            // As many as are missing, by the share that has met the conditions so far.
            (Some(_), Some(_)) => {
                let all = missing.saturating_mul(self.tested.max(1));
                all.checked_div(self.matched.max(1)).unwrap_or(missing).clamp(missing, MAX_BATCH.max(missing))
            }
            (Some(_), None) => self.batch_size.max(missing),
        };
        let room = if self.active_filter().is_some() {
            room.min(self.budget.rows).min(self.budget.lookups)
        } else {
            room
        };
        self.batch_size = self.batch_size.saturating_mul(2).min(MAX_BATCH);
        let mut entries = Vec::with_capacity(room.min(MAX_BATCH));
        while entries.len() < room && self.budget.entries > 0 {
            let next = match &mut self.sorted_candidates {
                Some(few) => {
                    self.budget.entries = self.budget.entries.saturating_sub(1);
                    few.next().map_or(WalkStep::Exhausted, WalkStep::Entry)
                }
                None => self.walk.next(self.executor.metadata.generation, &mut self.budget.entries)?,
            };
            match next {
                WalkStep::Entry(entry) => {
                    self.last_entry = Some(entry.clone());
                    if self.executor.is_in_advisor_list(entry.1, self.sorted_candidates.is_some())? {
                        entries.push(entry);
                    }
                }
                WalkStep::Stopped(place) => {
                    self.last_entry = Some(place);
                    self.stopped = true;
                    break;
                }
                WalkStep::Exhausted => {
                    self.exhausted = true;
                    break;
                }
            }
        }
        Ok(entries)
    }

    /// Holds contacts against the conditions.
    fn test_entries(&mut self, entries: Vec<EntryKey>) -> Result<()> {
        let Some(sieve) = self.active_filter() else {
            self.found.extend(entries.into_iter().map(|entry| (entry, None)));
            return Ok(());
        };
        self.budget.lookups = self.budget.lookups.saturating_sub(entries.len());
        let ids: Vec<i64> = entries.iter().map(|(_, id)| *id).collect();
        let left = sieve.filter_ids(self.executor.db, &ids, &mut self.budget.rows)?;
        (self.tested, self.matched) =
            (self.tested.saturating_add(ids.len()), self.matched.saturating_add(left.len()));
        let mut left = left.into_iter().peekable();
        for entry in entries {
            if let Some((_, row)) = left.next_if(|(id, _)| *id == entry.1) {
                self.found.push((entry, row));
            }
        }
        Ok(())
    }
}
