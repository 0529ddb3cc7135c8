//! Lists in one order, merged: the entries of each come in that order, and the nearest is next.

use std::cmp::Ordering;
use std::collections::VecDeque;

use crate::db::lists::Entry;
use crate::db::sorts::{self, Sorted};
use crate::db::{self, Generation, Read, Scope};
use crate::error::Result;
use crate::model::{Order, Sort};

/// Entries read at a time, at first and later.
const FETCH: usize = if cfg!(test) { 2 } else { 16 };
const MOST: usize = if cfg!(test) { 8 } else { 1_024 };

/// Greater than every key.
const END: [u8; 9] = [0xFF; 9];

/// Leaps of each list in which what is to be passed over is first cut, and entries of the shortest leap.
const LEAPS: usize = if cfg!(test) { 2 } else { 8 };
const LEAST: usize = if cfg!(test) { 2 } else { 16 };

/// Those with a value, or those who lack it, from a place on: between which keys they stand.
fn range(lacking: bool, down: bool, at: Option<(&[u8], i64)>) -> sorts::Range<'_> {
    let (first, middle, last) = ((&[][..], i64::MIN), (&[][..], i64::MAX), (&END[..], i64::MAX));
    let (low, high) = if lacking { (first, middle) } else { (middle, last) };
    if down { (low, at.unwrap_or(high)) } else { (at.unwrap_or(low), high) }
}

/// How two places compare on the way.
pub(super) fn compare(order: Order, back: bool, a: &Entry, b: &Entry) -> Ordering {
    let lacks = |entry: &Entry| order.sort != Sort::Name && entry.0.is_empty();
    let upwards = if order.descending { b.cmp(a) } else { a.cmp(b) };
    let ordering = lacks(a).cmp(&lacks(b)).then(upwards);
    if back { ordering.reverse() } else { ordering }
}

/// The entries of some lists from a place on.
pub(super) struct Walk<'a> {
    db: &'a Read<'a>,
    order: Order,
    back: bool,
    lanes: Vec<Lane>,
}

/// One list.
struct Lane {
    scope: Scope,
    read: VecDeque<Entry>,
    /// The last entry read, or where to start.
    at: Option<Entry>,
    /// Among those that lack what the order goes by; they stand behind all others.
    lacking: bool,
    over: bool,
    fetch: usize,
}

impl<'a> Walk<'a> {
    /// From a place on (not included), or from an end. At least `wanted` entries will be asked for.
    pub(super) fn new(
        db: &'a Read<'a>,
        scopes: &[Scope],
        (order, back): (Order, bool),
        from: Option<&Entry>,
        wanted: usize,
    ) -> Self {
        let lacking = order.sort != Sort::Name && from.map_or(back, |from| from.0.is_empty());
        let lane = |scope: &Scope| Lane {
            scope: *scope,
            read: VecDeque::new(),
            at: from.cloned(),
            lacking,
            over: false,
            fetch: wanted.clamp(FETCH, MOST),
        };
        Self { db, order, back, lanes: scopes.iter().map(lane).collect() }
    }

    /// Passes over some entries, in leaps that are not read. Of each list it is asked what stands a leap ahead; the list whose entry is the
    /// nearest goes there, if a leap of each is no more than is left: no more than that stands up to that entry. Then leaps are halved;
    /// the last few entries are passed over one by one.
    pub(super) fn pass(&mut self, generation: Generation, mut left: usize) -> Result<()> {
        for lane in &mut self.lanes {
            lane.over = lane.ahead(self.db, (self.order, self.back), generation, 1)?.is_none();
        }
        let (db, order) = (self.db, (self.order, self.back));
        let mut lanes: Vec<&mut Lane> = self.lanes.iter_mut().filter(|lane| !lane.over).collect();
        let count = lanes.len();
        let parts = if count > 1 { count.saturating_mul(LEAPS) } else { 1 };
        let mut leap = left.checked_div(parts).unwrap_or_default();
        while leap >= LEAST {
            let all = leap.saturating_mul(count);
            let mut ahead = Vec::new();
            for lane in lanes.iter().filter(|_| all <= left) {
                ahead.push(lane.ahead(db, order, generation, leap)?);
            }
            while all <= left {
                let known = lanes.iter_mut().zip(&mut ahead).filter(|(_, ahead)| ahead.is_some());
                let nearest = known.min_by(|(_, a), (_, b)| match (a, b) {
                    (Some(a), Some(b)) => compare(order.0, order.1, a, b),
                    _ => Ordering::Equal,
                });
                let Some((lane, place)) = nearest else { break };
                if let Some(place) = place.take() {
                    lane.lacking = order.0.sort != Sort::Name && place.0.is_empty();
                    lane.at = Some(place);
                }
                left = left.saturating_sub(leap);
                if all <= left {
                    *place = lane.ahead(db, order, generation, leap)?;
                }
            }
            leap /= 2;
        }
        for _ in 0..left {
            self.next(generation)?;
        }
        Ok(())
    }

    /// The next entry.
    pub(super) fn next(&mut self, generation: Generation) -> Result<Option<Entry>> {
        let (order, back) = (self.order, self.back);
        for lane in &mut self.lanes {
            while lane.read.is_empty() && !lane.over {
                lane.fill(self.db, order, back, generation)?;
            }
        }
        let first = |lane: &&mut Lane| !lane.read.is_empty();
        let best =
            self.lanes.iter_mut().filter(first).min_by(|a, b| match (a.read.front(), b.read.front()) {
                (Some(a), Some(b)) => compare(order, back, a, b),
                _ => Ordering::Equal,
            });
        Ok(best.and_then(|lane| lane.read.pop_front()))
    }
}

impl Lane {
    /// The entry so many places on, if there are that many.
    fn ahead(
        &self,
        db: &Read<'_>,
        (order, back): (Order, bool),
        generation: Generation,
        places: usize,
    ) -> Result<Option<Entry>> {
        let down = order.descending != back;
        let skip = i64::try_from(places.saturating_sub(1)).unwrap_or(i64::MAX);
        if order.sort == Sort::Name {
            debug_assert!(!down, "by name places are counted from the low end");
            return Ok(db::lists::ahead(db, self.scope.of(generation), self.at.as_ref(), skip)?);
        }
        let list = Sorted { sort: order.sort, scope: self.scope };
        let at = self.at.as_ref().map(|(key, id)| (key.as_slice(), *id));
        let range = range(self.lacking, down, at);
        let found = sorts::ahead(db, list, range, down, skip)?;
        if found.is_some() || self.lacking != back {
            return Ok(found);
        }
        let skip = skip.saturating_sub(sorts::count_range(db, list, range)?);
        Ok(sorts::ahead(db, list, self::range(!self.lacking, down, None), down, skip)?)
    }

    /// Reads on.
    fn fill(&mut self, db: &Read<'_>, order: Order, back: bool, generation: Generation) -> Result<()> {
        let down = order.descending != back;
        let most = i64::try_from(self.fetch).unwrap_or(i64::MAX);
        let read = if order.sort == Sort::Name {
            db::lists::entries(db, self.scope.of(generation), self.at.as_ref(), down, most)?
        } else {
            let start = match (self.lacking, down) {
                (true, false) => (&[][..], 0),
                (true, true) | (false, false) => (&[][..], i64::MAX),
                (false, true) => (&END[..], i64::MAX),
            };
            let at = self.at.as_ref().map_or(start, |(key, id)| (key.as_slice(), *id));
            sorts::entries(db, Sorted { sort: order.sort, scope: self.scope }, at, down, most)?
        };
        let count = read.len();
        let lacking = self.lacking;
        let own = |entry: &Entry| order.sort == Sort::Name || entry.0.is_empty() == lacking;
        self.read.extend(read.into_iter().take_while(own));
        if self.read.len() == self.fetch {
            self.at = self.read.back().cloned();
        } else if order.sort != Sort::Name && lacking == back {
            // Those with a value have come to an end; downwards, those without.
            (self.lacking, self.at) = (!lacking, None);
        } else {
            self.over = true;
        }
        debug_assert!(count <= self.fetch, "no more than was asked for");
        self.fetch = self.fetch.saturating_mul(2).min(MOST);
        Ok(())
    }
}
