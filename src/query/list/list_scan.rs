//! Scanning a list until enough contacts match its filter. Contacts are tested one batch after another. If that is expensive, candidates
//! are built, and other contacts are skipped.

use crate::db;
use crate::db::contact::StoredContact;
use crate::db::scope::EntryKey;
use crate::error::Result;
use crate::host::tuning::QueryTuning;
use crate::model::limits;
use crate::query::cost::{self, ScanProgress};
use crate::query::filter::{CandidateBitmap, CompiledFilter};
use crate::query::list::list_executor::{ListCandidates, ListExecutor};
use crate::query::list::merge_walk::{MergeWalk, WalkStep, compare_entries};

/// What a call may still read.
#[derive(Debug, Clone, Copy)]
pub(super) struct ScanBudget {
    pub(super) rows: usize,
    /// Entries of the list to pass over.
    pub(super) entries: usize,
    /// Contacts to test, with their tags and attributes.
    pub(super) lookups: usize,
}

impl ScanBudget {
    /// The budget of one page with `limit` contacts.
    pub(super) fn for_page(tuning: &QueryTuning, limit: usize) -> Self {
        Self {
            rows: tuning.list_max_rows.max(limit),
            entries: tuning.list_max_entries.max(limit),
            lookups: tuning.list_max_lookups.max(limit),
        }
    }

    /// No limit.
    const UNLIMITED: Self = Self { rows: usize::MAX, entries: usize::MAX, lookups: usize::MAX };

    fn is_spent(self) -> bool {
        self.rows == 0 || self.entries == 0 || self.lookups == 0
    }
}

/// The result of a scan.
pub(super) struct ListScanResult {
    /// Entries in the direction of the scan, each with its contact if its row was read.
    pub(super) found: Vec<(EntryKey, Option<StoredContact>)>,
    /// Where the scan stopped, if the budget was spent before enough contacts were found.
    pub(super) stopped_at: Option<EntryKey>,
}

/// Which candidates a scan uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PlanLevel {
    /// None.
    Unplanned,
    /// Those of bitmaps and short ranges.
    Quick,
    /// Those of bitmaps and all ranges; nothing more can be built.
    Full,
}

/// One scan.
struct ListScan<'r> {
    executor: &'r ListExecutor<'r>,
    from: Option<&'r EntryKey>,
    back: bool,
    limit: usize,
    budget: ScanBudget,
    /// Entries of the tenant's list that may be passed over in search of the advisor's contacts.
    foreign_entries: usize,
    sorted_candidates: Option<std::vec::IntoIter<EntryKey>>,
    walk: MergeWalk<'r>,
    candidate_bitmap: Option<&'r CandidateBitmap>,
    plan_level: PlanLevel,
    found: Vec<(EntryKey, Option<StoredContact>)>,
    /// All entries up to this one have been considered.
    last_entry: Option<EntryKey>,
    exhausted: bool,
    stopped: bool,
    batch_size: usize,
    /// Contacts that were tested since candidates were last built, and how many of them matched.
    tested: usize,
    matched: usize,
}

impl ListExecutor<'_> {
    /// Up to `limit` contacts from a position on (exclusive) that match the filter.
    ///
    /// In an advisor's lists, the budget counts the advisor's contacts only, and the scan stops at one of these. If the lists are short,
    /// it does not stop.
    pub(super) fn scan(
        &self,
        from: Option<&EntryKey>,
        back: bool,
        limit: usize,
        budget: ScanBudget,
    ) -> Result<ListScanResult> {
        let sorted_candidates =
            self.sorted_candidates.as_ref().map(|sorted| self.entries_beyond(sorted, from, back));
        let needs_no_plan = sorted_candidates.is_some() || self.filter.is_none();
        let mut scan = ListScan {
            executor: self,
            from,
            back,
            limit,
            budget: if self.has_short_own_lists() { ScanBudget::UNLIMITED } else { budget },
            foreign_entries: self.tuning.list_max_entries,
            sorted_candidates,
            walk: MergeWalk::new(self.db, &self.scan_scopes, (self.order, back), from, limit),
            candidate_bitmap: None,
            plan_level: if needs_no_plan { PlanLevel::Full } else { PlanLevel::Unplanned },
            found: Vec::new(),
            last_entry: None,
            exhausted: false,
            stopped: false,
            batch_size: self.tuning.list_first_batch,
            tested: 0,
            matched: 0,
        };
        while scan.found.len() < limit && !scan.exhausted {
            if scan.stopped || scan.budget.is_spent() {
                return Ok(ListScanResult { found: scan.found, stopped_at: scan.last_entry });
            }
            scan.plan_if_expensive()?;
            let entries = scan.next_entries()?;
            scan.test_entries(entries)?;
        }
        scan.found.truncate(limit);
        Ok(ListScanResult { found: scan.found, stopped_at: None })
    }

    /// The sorted entries beyond a position (exclusive), in the direction of the scan.
    fn entries_beyond(
        &self,
        sorted: &[EntryKey],
        from: Option<&EntryKey>,
        back: bool,
    ) -> std::vec::IntoIter<EntryKey> {
        let is_beyond = |entry: &&EntryKey| {
            from.is_none_or(|from| compare_entries(self.order, back, entry, from).is_gt())
        };
        let mut rest: Vec<EntryKey> = sorted.iter().filter(is_beyond).cloned().collect();
        if back {
            rest.reverse();
        }
        rest.into_iter()
    }

    /// The candidates of a level; determined at first use.
    fn list_candidates(&self, level: PlanLevel) -> Result<&ListCandidates> {
        let (cell, limit) = if level == PlanLevel::Quick {
            (&self.quick_candidates, self.tuning.filter_quick_range)
        } else {
            (&self.full_candidates, self.tuning.filter_max_bitmap)
        };
        if let Some(candidates) = cell.get() {
            return Ok(candidates);
        }
        let bitmap =
            self.filter.as_ref().map_or(Ok(None), |filter| filter.candidate_bitmap(self.db, limit))?;
        let candidates = match bitmap {
            None => ListCandidates::Unknown,
            Some(bitmap) if cost::sorts_candidates(bitmap.ids.len(), db::contact::last_id(self.db)?) => {
                let ids: Vec<i64> = bitmap.ids.iter().collect();
                ListCandidates::Sorted(self.sorted_entries(&ids)?)
            }
            Some(bitmap) => ListCandidates::Bitmap(bitmap),
        };
        Ok(cell.get_or_init(|| candidates))
    }
}

impl<'r> ListScan<'r> {
    fn progress(&self) -> ScanProgress {
        let missing = self.limit.saturating_sub(self.found.len());
        ScanProgress { missing, tested: self.tested, matched: self.matched }
    }

    /// Builds candidates of the next level, once testing contacts has turned out to be expensive.
    fn plan_if_expensive(&mut self) -> Result<()> {
        let executor = self.executor;
        let Some(filter) = executor.filter.as_ref().filter(|_| self.plan_level != PlanLevel::Full) else {
            return Ok(());
        };
        let is_expensive =
            cost::scan_is_expensive(&executor.tuning, self.progress(), filter.is_exact_by_bitmaps());
        let has_full = executor.full_candidates.get().is_some();
        let is_built = has_full
            || (self.plan_level == PlanLevel::Unplanned && executor.quick_candidates.get().is_some());
        // A count or a page far from the start reads more than any page.
        let is_long = self.limit > limits::PAGE * 2;
        if !is_expensive && !is_long && !is_built {
            return Ok(());
        }
        let skips_quick = is_long || self.plan_level == PlanLevel::Quick || has_full;
        self.plan_level = if skips_quick { PlanLevel::Full } else { PlanLevel::Quick };
        let mut candidates = executor.list_candidates(self.plan_level)?;
        let is_useful = match candidates {
            ListCandidates::Unknown => false,
            ListCandidates::Sorted(_) => true,
            ListCandidates::Bitmap(bitmap) => {
                bitmap.exact || cost::bitmap_narrows(bitmap.ids.len(), bitmap.ids.capacity())
            }
        };
        if self.plan_level == PlanLevel::Quick && !is_useful {
            if filter.needs_more_stats() {
                return Ok(());
            }
            self.plan_level = PlanLevel::Full;
            candidates = executor.list_candidates(self.plan_level)?;
        }
        self.use_candidates(candidates);
        Ok(())
    }

    /// Continues the scan with the entries of candidates only.
    fn use_candidates(&mut self, candidates: &'r ListCandidates) {
        match candidates {
            ListCandidates::Sorted(all) => {
                let from = self.last_entry.as_ref().or(self.from);
                self.sorted_candidates = Some(self.executor.entries_beyond(all, from, self.back));
                self.plan_level = PlanLevel::Full;
            }
            ListCandidates::Bitmap(bitmap) => {
                self.walk.restrict_to(&bitmap.ids);
                self.candidate_bitmap = Some(bitmap);
                if bitmap.exact {
                    self.plan_level = PlanLevel::Full;
                }
            }
            ListCandidates::Unknown => {}
        }
        (self.tested, self.matched) = (0, 0);
    }

    /// Continues the scan with all entries of the advisor's lists, after too many others were passed over.
    fn use_own_entries(&mut self) -> Result<()> {
        let own = self.executor.sorted_own_entries()?;
        let from = self.last_entry.as_ref().or(self.from);
        self.sorted_candidates = Some(self.executor.entries_beyond(&own, from, self.back));
        self.candidate_bitmap = None;
        self.plan_level = PlanLevel::Full;
        Ok(())
    }

    /// The filter, unless all candidates match it.
    fn active_filter(&self) -> Option<&'r CompiledFilter> {
        self.executor.filter.as_ref().filter(|_| !self.candidate_bitmap.is_some_and(|bitmap| bitmap.exact))
    }

    /// How many entries to read next.
    fn next_batch_size(&mut self) -> usize {
        let tuning = &self.executor.tuning;
        let progress = self.progress();
        let size = match (self.active_filter(), self.candidate_bitmap) {
            (None, _) => progress.missing,
            (Some(_), Some(_)) => cost::tests_to_fill(tuning, progress),
            (Some(_), None) => self.batch_size.max(progress.missing),
        };
        self.batch_size = self.batch_size.saturating_mul(2).min(tuning.list_max_batch);
        if self.active_filter().is_some() {
            size.min(self.budget.rows).min(self.budget.lookups)
        } else {
            size
        }
    }

    /// The next entries that may match the filter.
    fn next_entries(&mut self) -> Result<Vec<EntryKey>> {
        let size = self.next_batch_size();
        let mut entries = Vec::with_capacity(size.min(self.executor.tuning.list_max_batch));
        while entries.len() < size && self.budget.entries > 0 {
            let next = match &mut self.sorted_candidates {
                Some(sorted) => {
                    self.budget.entries = self.budget.entries.saturating_sub(1);
                    sorted.next().map_or(WalkStep::Exhausted, WalkStep::Entry)
                }
                None if self.executor.filter_by_advisor && self.foreign_entries == 0 => {
                    self.use_own_entries()?;
                    continue;
                }
                None if self.executor.filter_by_advisor => {
                    self.walk.next(self.executor.metadata.generation, &mut self.foreign_entries)?
                }
                None => self.walk.next(self.executor.metadata.generation, &mut self.budget.entries)?,
            };
            match next {
                WalkStep::Entry(entry) => {
                    // Candidates are located in the advisor's list, so only walked entries are tested.
                    if self.sorted_candidates.is_some() || self.executor.is_in_advisor_list(entry.1)? {
                        self.last_entry = Some(entry.clone());
                        entries.push(entry);
                    }
                }
                WalkStep::Stopped(_) if self.executor.filter_by_advisor => self.use_own_entries()?,
                WalkStep::Stopped(entry) => {
                    self.last_entry = Some(entry);
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

    /// Tests contacts, and keeps those that match the filter.
    fn test_entries(&mut self, entries: Vec<EntryKey>) -> Result<()> {
        let Some(filter) = self.active_filter() else {
            self.found.extend(entries.into_iter().map(|entry| (entry, None)));
            return Ok(());
        };
        self.budget.lookups = self.budget.lookups.saturating_sub(entries.len());
        let ids: Vec<i64> = entries.iter().map(|(_, id)| *id).collect();
        let matching = filter.filter_ids(self.executor.db, &ids, &mut self.budget.rows)?;
        self.tested = self.tested.saturating_add(ids.len());
        self.matched = self.matched.saturating_add(matching.len());
        let mut matching = matching.into_iter().peekable();
        for entry in entries {
            if let Some((_, row)) = matching.next_if(|(id, _)| *id == entry.1) {
                self.found.push((entry, row));
            }
        }
        Ok(())
    }
}
