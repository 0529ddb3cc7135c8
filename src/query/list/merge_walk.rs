//! Lists in one order, merged: the entries of each come in that order, and the nearest is next.

use std::cmp::Ordering;
use std::collections::VecDeque;

use crate::db::list::range_scan::{OrderedList, RangeScan};
use crate::db::list::sort_index::{self, SortedList};
use crate::db::scope::EntryKey;
use crate::db::{self, Bitmap, Generation, Read, Scope};
use crate::error::Result;
use crate::model::{SortField, SortOrder};

/// Entries read at a time, at first and later.
const FIRST_FETCH: usize = if cfg!(test) { 2 } else { 16 };
const MAX_FETCH: usize = if cfg!(test) { 8 } else { 1_024 };

/// Greater than every key.
const MAX_KEY: [u8; 9] = [0xFF; 9];

/// Entries read of a list at first where most are left out.
const FIRST_FILTERED_FETCH: usize = if cfg!(test) { 2 } else { 64 };

/// Leaps of each list in which what is to be passed over is first cut, and entries of the shortest leap.
const LEAPS_PER_LIST: usize = if cfg!(test) { 2 } else { 8 };
const MIN_LEAP: usize = if cfg!(test) { 2 } else { 16 };

/// How two places compare on the way.
pub(crate) fn compare_entries(order: SortOrder, back: bool, a: &EntryKey, b: &EntryKey) -> Ordering {
    let lacks = |entry: &EntryKey| order.field != SortField::Name && entry.0.is_empty();
    let upwards = if order.descending { b.cmp(a) } else { a.cmp(b) };
    let ordering = lacks(a).cmp(&lacks(b)).then(upwards);
    if back { ordering.reverse() } else { ordering }
}

/// The entries of some lists from a place on.
pub(crate) struct MergeWalk<'a> {
    db: &'a Read<'a>,
    order: SortOrder,
    back: bool,
    sub_iterators: Vec<ListSubIterator>,
    /// Others are left out.
    allowed_ids: Option<&'a Bitmap>,
}

/// What comes next on a walk.
#[derive(Debug)]
pub(crate) enum WalkStep {
    Entry(EntryKey),
    /// No more may be read. Up to here all has been handed on.
    Stopped(EntryKey),
    Exhausted,
}

/// One list.
struct ListSubIterator {
    scope: Scope,
    buffer: VecDeque<EntryKey>,
    /// The last entry read, or where to start.
    position: Option<EntryKey>,
    /// Among those that lack what the order goes by; they stand behind all others.
    in_empty_keys: bool,
    exhausted: bool,
    fetch_size: usize,
}

impl<'a> MergeWalk<'a> {
    /// From a place on (not included), or from an end. At least `wanted` entries will be asked for.
    pub(crate) fn new(
        db: &'a Read<'a>,
        scopes: &[Scope],
        (order, back): (SortOrder, bool),
        from: Option<&EntryKey>,
        wanted: usize,
    ) -> Self {
        let lacking = order.field != SortField::Name && from.map_or(back, |from| from.0.is_empty());
        let lane = |scope: &Scope| ListSubIterator {
            scope: *scope,
            buffer: VecDeque::new(),
            position: from.cloned(),
            in_empty_keys: lacking,
            exhausted: false,
            fetch_size: wanted.clamp(FIRST_FETCH, MAX_FETCH),
        };
        Self { db, order, back, sub_iterators: scopes.iter().map(lane).collect(), allowed_ids: None }
    }

    /// From here on, only contacts of a set.
    pub(crate) fn restrict_to(&mut self, ids: &'a Bitmap) {
        for lane in &mut self.sub_iterators {
            lane.buffer.retain(|(_, id)| ids.contains(*id));
            lane.fetch_size = FIRST_FILTERED_FETCH;
        }
        self.allowed_ids = Some(ids);
    }

    /// Passes over some entries, in leaps that are not read. Of each list it is asked what stands a leap ahead; the list whose entry is the
    /// nearest goes there, if a leap of each is no more than is left: no more than that stands up to that entry. Then leaps are halved;
    /// the last few entries are passed over one by one.
    pub(crate) fn skip(&mut self, generation: Generation, mut left: usize) -> Result<()> {
        for lane in &mut self.sub_iterators {
            lane.exhausted = lane.peek_ahead(self.db, (self.order, self.back), generation, 1)?.is_none();
        }
        let (db, order) = (self.db, (self.order, self.back));
        let mut lanes: Vec<&mut ListSubIterator> =
            self.sub_iterators.iter_mut().filter(|lane| !lane.exhausted).collect();
        let count = lanes.len();
        let parts = if count > 1 { count.saturating_mul(LEAPS_PER_LIST) } else { 1 };
        let mut leap = left.checked_div(parts).unwrap_or_default();
        while leap >= MIN_LEAP {
            let all = leap.saturating_mul(count);
            let mut ahead = Vec::new();
            for lane in lanes.iter().filter(|_| all <= left) {
                ahead.push(lane.peek_ahead(db, order, generation, leap)?);
            }
            while all <= left {
                let known = lanes.iter_mut().zip(&mut ahead).filter(|(_, ahead)| ahead.is_some());
                let nearest = known.min_by(|(_, a), (_, b)| match (a, b) {
                    (Some(a), Some(b)) => compare_entries(order.0, order.1, a, b),
                    _ => Ordering::Equal,
                });
                let Some((lane, place)) = nearest else { break };
                if let Some(place) = place.take() {
                    lane.in_empty_keys = order.0.field != SortField::Name && place.0.is_empty();
                    lane.position = Some(place);
                }
                left = left.saturating_sub(leap);
                if all <= left {
                    *place = lane.peek_ahead(db, order, generation, leap)?;
                }
            }
            leap /= 2;
        }
        let mut all = usize::MAX;
        for _ in 0..left {
            self.next(generation, &mut all)?;
        }
        Ok(())
    }

    /// The next entry. What is handed on is taken from `room`; where most are left out, what is read.
    pub(crate) fn next(&mut self, generation: Generation, room: &mut usize) -> Result<WalkStep> {
        let (order, back, only) = (self.order, self.back, self.allowed_ids);
        loop {
            // Nothing of a list stands in front of its first entry, or, where none has been read, of the place it was read up to.
            let left =
                self.sub_iterators.iter_mut().filter(|lane| !lane.exhausted || !lane.buffer.is_empty());
            let nearest = left.min_by(|a, b| match (a.lower_bound(), b.lower_bound()) {
                (Some(a), Some(b)) => compare_entries(order, back, a, b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            });
            let Some(lane) = nearest else { return Ok(WalkStep::Exhausted) };
            if let Some(entry) = lane.buffer.pop_front() {
                *room = room.saturating_sub(usize::from(only.is_none()));
                return Ok(WalkStep::Entry(entry));
            }
            match (only, &lane.position) {
                (None, _) => lane.fill(self.db, order, back, generation)?,
                (Some(_), Some(at)) if *room == 0 => return Ok(WalkStep::Stopped(at.clone())),
                (Some(ids), _) => {
                    let read = lane.fill_filtered(self.db, (order, back), generation, ids)?;
                    *room = room.saturating_sub(read);
                }
            }
        }
    }
}

impl ListSubIterator {
    /// What none of its entries that are still to come stands in front of.
    fn lower_bound(&self) -> Option<&EntryKey> {
        self.buffer.front().or(self.position.as_ref())
    }

    /// What is left of it, up to where those with a value meet those without.
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

    /// Whether another stretch follows the one it is in.
    fn has_second_range(&self, (order, back): (SortOrder, bool)) -> bool {
        order.field != SortField::Name && self.in_empty_keys == back
    }

    /// The entry so many places on, if there are that many.
    fn peek_ahead(
        &self,
        db: &Read<'_>,
        way: (SortOrder, bool),
        generation: Generation,
        places: usize,
    ) -> Result<Option<EntryKey>> {
        let skip = i64::try_from(places.saturating_sub(1)).unwrap_or(i64::MAX);
        let stretch = self.remaining_range(way, generation);
        let passed = match stretch.skip(db, skip)? {
            Ok(entry) => return Ok(Some(entry)),
            Err(_) if !self.has_second_range(way) => return Ok(None),
            Err(passed) => passed,
        };
        let other = RangeScan { after: None, without_value: !self.in_empty_keys, ..stretch };
        Ok(other.skip(db, skip.saturating_sub(passed))?.ok())
    }

    /// Reads on, and keeps those that are in a set; how many were read.
    fn fill_filtered(
        &mut self,
        db: &Read<'_>,
        way: (SortOrder, bool),
        generation: Generation,
        ids: &Bitmap,
    ) -> Result<usize> {
        let mut found = VecDeque::new();
        let (read, last) =
            self.remaining_range(way, generation)
                .scan_filtered(db, self.fetch_size, ids, |entry| found.push_back(entry))?;
        self.buffer = found;
        if read == self.fetch_size {
            self.position = last;
        } else if self.has_second_range(way) {
            (self.in_empty_keys, self.position) = (!self.in_empty_keys, None);
        } else {
            self.exhausted = true;
        }
        self.fetch_size = self.fetch_size.saturating_mul(2).min(MAX_FETCH);
        Ok(read)
    }

    /// Reads on.
    fn fill(&mut self, db: &Read<'_>, order: SortOrder, back: bool, generation: Generation) -> Result<()> {
        let down = order.descending != back;
        let most = i64::try_from(self.fetch_size).unwrap_or(i64::MAX);
        let read = if order.field == SortField::Name {
            db::entries::entries(
                db,
                self.scope.in_generation(generation),
                self.position.as_ref(),
                down,
                most,
            )?
        } else {
            let start = match (self.in_empty_keys, down) {
                (true, false) => (&[][..], 0),
                (true, true) | (false, false) => (&[][..], i64::MAX),
                (false, true) => (&MAX_KEY[..], i64::MAX),
            };
            let at = self.position.as_ref().map_or(start, |(key, id)| (key.as_slice(), *id));
            sort_index::entries(db, SortedList { sort: order.field, scope: self.scope }, at, down, most)?
        };
        let count = read.len();
        let lacking = self.in_empty_keys;
        let own = |entry: &EntryKey| order.field == SortField::Name || entry.0.is_empty() == lacking;
        self.buffer.extend(read.into_iter().take_while(own));
        if self.buffer.len() == self.fetch_size {
            self.position = self.buffer.back().cloned();
        } else if order.field != SortField::Name && lacking == back {
            // Those with a value have come to an end; downwards, those without.
            (self.in_empty_keys, self.position) = (!lacking, None);
        } else {
            self.exhausted = true;
        }
        debug_assert!(count <= self.fetch_size, "no more than was asked for");
        self.fetch_size = self.fetch_size.saturating_mul(2).min(MAX_FETCH);
        Ok(())
    }
}
