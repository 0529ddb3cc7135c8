//! Several lists merged into one order: each list is read in that order, and the first of their next entries is returned.

use std::cmp::Ordering;
use std::collections::VecDeque;

use crate::db::list::range_scan::{OrderedList, RangeScan};
use crate::db::list::sort_index::{self, SortedList};
use crate::db::scope::EntryKey;
use crate::db::{self, Bitmap, Generation, Read, Scope};
use crate::error::Result;
use crate::host::tuning::QueryTuning;
use crate::model::{SortField, SortOrder};

/// Greater than every sort key.
const MAX_KEY: [u8; 9] = [0xFF; 9];

/// Compares two entries in the direction of a walk. Contacts that lack the sorted field come last in both orders.
pub(super) fn compare_entries(order: SortOrder, back: bool, a: &EntryKey, b: &EntryKey) -> Ordering {
    let lacks_field = |entry: &EntryKey| order.field != SortField::Name && entry.0.is_empty();
    let by_key = if order.descending { b.cmp(a) } else { a.cmp(b) };
    let ordering = lacks_field(a).cmp(&lacks_field(b)).then(by_key);
    if back { ordering.reverse() } else { ordering }
}

/// The entries of several lists from a position on.
pub(super) struct MergeWalk<'a> {
    db: &'a Read<'a>,
    order: SortOrder,
    back: bool,
    sub_iterators: Vec<ListSubIterator>,
    /// Other contacts are skipped.
    allowed_ids: Option<&'a Bitmap>,
    tuning: QueryTuning,
}

/// The next step of a walk.
#[derive(Debug)]
pub(super) enum WalkStep {
    Entry(EntryKey),
    /// The budget is spent. All entries up to this position have been returned.
    Stopped(EntryKey),
    Exhausted,
}

/// One list of a walk.
struct ListSubIterator {
    scope: Scope,
    buffer: VecDeque<EntryKey>,
    /// The last entry that was read, or where the walk starts.
    position: Option<EntryKey>,
    /// Whether the walk is among the contacts that lack the sorted field. They follow all others.
    in_empty_keys: bool,
    exhausted: bool,
    /// How many entries to read next.
    fetch_size: usize,
    max_fetch: usize,
}

impl<'a> MergeWalk<'a> {
    /// A walk from a position on (exclusive), or from an end. The caller expects to read `expected` entries.
    pub(super) fn new(
        db: &'a Read<'a>,
        scopes: &[Scope],
        (order, back): (SortOrder, bool),
        from: Option<&EntryKey>,
        expected: usize,
    ) -> Self {
        let tuning = db.tuning().query;
        let in_empty_keys = order.field != SortField::Name && from.map_or(back, |from| from.0.is_empty());
        let sub_iterator = |scope: &Scope| ListSubIterator {
            scope: *scope,
            buffer: VecDeque::new(),
            position: from.cloned(),
            in_empty_keys,
            exhausted: false,
            fetch_size: expected.clamp(tuning.walk_first_fetch, tuning.walk_max_fetch),
            max_fetch: tuning.walk_max_fetch,
        };
        let sub_iterators = scopes.iter().map(sub_iterator).collect();
        Self { db, order, back, sub_iterators, allowed_ids: None, tuning }
    }

    /// From now on, the walk returns contacts of a bitmap only.
    pub(super) fn restrict_to(&mut self, ids: &'a Bitmap) {
        for list in &mut self.sub_iterators {
            list.buffer.retain(|(_, id)| ids.contains(*id));
            list.fetch_size = self.tuning.walk_first_filtered_fetch;
        }
        self.allowed_ids = Some(ids);
    }

    /// Skips entries, in jumps whose entries are not read.
    ///
    /// For each list, the entry one jump ahead is looked up, and the list whose entry comes first moves there. This is done only while the
    /// jumps of all lists together are no longer than what is left to skip: at most so many entries precede that entry. Then the jump is
    /// halved. The last few entries are read one by one.
    pub(super) fn skip(&mut self, generation: Generation, mut left: usize) -> Result<()> {
        let (db, order) = (self.db, (self.order, self.back));
        for list in &mut self.sub_iterators {
            list.exhausted = list.peek_ahead(db, order, generation, 1)?.is_none();
        }
        let mut lists: Vec<&mut ListSubIterator> =
            self.sub_iterators.iter_mut().filter(|list| !list.exhausted).collect();
        let count = lists.len();
        let parts = if count > 1 { count.saturating_mul(self.tuning.walk_jumps_per_list) } else { 1 };
        let mut jump = left.checked_div(parts).unwrap_or_default();
        while jump >= self.tuning.walk_min_jump {
            let jump_of_all = jump.saturating_mul(count);
            let mut ahead = Vec::new();
            for list in lists.iter().filter(|_| jump_of_all <= left) {
                ahead.push(list.peek_ahead(db, order, generation, jump)?);
            }
            while jump_of_all <= left {
                let candidates = lists.iter_mut().zip(&mut ahead).filter(|(_, ahead)| ahead.is_some());
                let nearest = candidates.min_by(|(_, a), (_, b)| match (a, b) {
                    (Some(a), Some(b)) => compare_entries(order.0, order.1, a, b),
                    _ => Ordering::Equal,
                });
                let Some((list, entry)) = nearest else { break };
                if let Some(entry) = entry.take() {
                    list.in_empty_keys = order.0.field != SortField::Name && entry.0.is_empty();
                    list.position = Some(entry);
                }
                left = left.saturating_sub(jump);
                if jump_of_all <= left {
                    *entry = list.peek_ahead(db, order, generation, jump)?;
                }
            }
            jump /= 2;
        }
        let mut unlimited = usize::MAX;
        for _ in 0..left {
            self.next(generation, &mut unlimited)?;
        }
        Ok(())
    }

    /// The next entry. Without a bitmap, each returned entry is subtracted from `budget`; with one, each entry that is read.
    pub(super) fn next(&mut self, generation: Generation, budget: &mut usize) -> Result<WalkStep> {
        let (order, back, allowed_ids) = (self.order, self.back, self.allowed_ids);
        loop {
            // The list with the lowest bound is next: its first buffered entry, or, without one, the position up to which it was read.
            let open =
                self.sub_iterators.iter_mut().filter(|list| !list.exhausted || !list.buffer.is_empty());
            let nearest = open.min_by(|a, b| match (a.lower_bound(), b.lower_bound()) {
                (Some(a), Some(b)) => compare_entries(order, back, a, b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            });
            let Some(list) = nearest else { return Ok(WalkStep::Exhausted) };
            if let Some(entry) = list.buffer.pop_front() {
                *budget = budget.saturating_sub(usize::from(allowed_ids.is_none()));
                return Ok(WalkStep::Entry(entry));
            }
            match (allowed_ids, &list.position) {
                (None, _) => list.fill(self.db, order, back, generation)?,
                (Some(_), Some(at)) if *budget == 0 => return Ok(WalkStep::Stopped(at.clone())),
                (Some(ids), _) => {
                    let read = list.fill_filtered(self.db, (order, back), generation, ids)?;
                    *budget = budget.saturating_sub(read);
                }
            }
        }
    }
}

impl ListSubIterator {
    /// A position that no further entry of this list precedes.
    fn lower_bound(&self) -> Option<&EntryKey> {
        self.buffer.front().or(self.position.as_ref())
    }

    /// The rest of the list, up to the border between contacts with and without the sorted field.
    fn remaining_range(&self, (order, back): (SortOrder, bool), generation: Generation) -> RangeScan<'_> {
        let list = match order.field {
            SortField::Name => OrderedList::ByName(self.scope.in_generation(generation)),
            sort => OrderedList::BySort(SortedList { sort, scope: self.scope }),
        };
        RangeScan {
            list,
            after: self.position.as_ref(),
            without_value: self.in_empty_keys,
            descending: order.descending != back,
        }
    }

    /// Whether another range follows behind that border.
    fn has_second_range(&self, (order, back): (SortOrder, bool)) -> bool {
        order.field != SortField::Name && self.in_empty_keys == back
    }

    /// The entry `distance` entries ahead; `None` if the list has fewer.
    fn peek_ahead(
        &self,
        db: &Read<'_>,
        order: (SortOrder, bool),
        generation: Generation,
        distance: usize,
    ) -> Result<Option<EntryKey>> {
        let skip = i64::try_from(distance.saturating_sub(1)).unwrap_or(i64::MAX);
        let range = self.remaining_range(order, generation);
        let skipped = match range.skip(db, skip)? {
            Ok(entry) => return Ok(Some(entry)),
            Err(_) if !self.has_second_range(order) => return Ok(None),
            Err(skipped) => skipped,
        };
        let second = RangeScan { after: None, without_value: !self.in_empty_keys, ..range };
        Ok(second.skip(db, skip.saturating_sub(skipped))?.ok())
    }

    /// Reads the next entries and buffers those of a bitmap. Returns how many were read.
    fn fill_filtered(
        &mut self,
        db: &Read<'_>,
        order: (SortOrder, bool),
        generation: Generation,
        ids: &Bitmap,
    ) -> Result<usize> {
        let mut found = VecDeque::new();
        let (read, last) =
            self.remaining_range(order, generation)
                .scan_filtered(db, self.fetch_size, ids, |entry| found.push_back(entry))?;
        self.buffer = found;
        if read == self.fetch_size {
            self.position = last;
        } else if self.has_second_range(order) {
            (self.in_empty_keys, self.position) = (!self.in_empty_keys, None);
        } else {
            self.exhausted = true;
        }
        self.fetch_size = self.fetch_size.saturating_mul(2).min(self.max_fetch);
        Ok(read)
    }

    /// Reads the next entries.
    fn fill(&mut self, db: &Read<'_>, order: SortOrder, back: bool, generation: Generation) -> Result<()> {
        let descending = order.descending != back;
        let fetch = i64::try_from(self.fetch_size).unwrap_or(i64::MAX);
        let read = if order.field == SortField::Name {
            db::entries::entries(
                db,
                self.scope.in_generation(generation),
                self.position.as_ref(),
                descending,
                fetch,
            )?
        } else {
            let start = match (self.in_empty_keys, descending) {
                (true, false) => (&[][..], 0),
                (true, true) | (false, false) => (&[][..], i64::MAX),
                (false, true) => (&MAX_KEY[..], i64::MAX),
            };
            let at = self.position.as_ref().map_or(start, |(key, id)| (key.as_slice(), *id));
            let list = SortedList { sort: order.field, scope: self.scope };
            sort_index::entries(db, list, at, descending, fetch)?
        };
        let count = read.len();
        let in_empty_keys = self.in_empty_keys;
        let is_in_range =
            |entry: &EntryKey| order.field == SortField::Name || entry.0.is_empty() == in_empty_keys;
        self.buffer.extend(read.into_iter().take_while(is_in_range));
        if self.buffer.len() == self.fetch_size {
            self.position = self.buffer.back().cloned();
        } else if self.has_second_range((order, back)) {
            (self.in_empty_keys, self.position) = (!in_empty_keys, None);
        } else {
            self.exhausted = true;
        }
        debug_assert!(count <= self.fetch_size, "a fetch returns at most fetch_size entries");
        self.fetch_size = self.fetch_size.saturating_mul(2).min(self.max_fetch);
        Ok(())
    }
}
