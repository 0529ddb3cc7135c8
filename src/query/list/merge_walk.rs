//! Lists in one order, merged: the entries of each come in that order, and the nearest is next.

use std::cmp::Ordering;
use std::collections::VecDeque;

use crate::db::list::range_scan::{Ordered, Stretch};
use crate::db::list::sort_index::{self, Sorted};
use crate::db::scope::Entry;
use crate::db::{self, Generation, IdSet, Read, Scope};
use crate::error::Result;
use crate::model::{Order, Sort};

/// Entries read at a time, at first and later.
const FETCH: usize = if cfg!(test) { 2 } else { 16 };
const MOST: usize = if cfg!(test) { 8 } else { 1_024 };

/// Greater than every key.
const END: [u8; 9] = [0xFF; 9];

/// Entries read of a list at first where most are left out.
const SIFTED: usize = if cfg!(test) { 2 } else { 64 };

/// Leaps of each list in which what is to be passed over is first cut, and entries of the shortest leap.
const LEAPS: usize = if cfg!(test) { 2 } else { 8 };
const LEAST: usize = if cfg!(test) { 2 } else { 16 };

/// How two places compare on the way.
pub(crate) fn compare(order: Order, back: bool, a: &Entry, b: &Entry) -> Ordering {
    let lacks = |entry: &Entry| order.sort != Sort::Name && entry.0.is_empty();
    let upwards = if order.descending { b.cmp(a) } else { a.cmp(b) };
    let ordering = lacks(a).cmp(&lacks(b)).then(upwards);
    if back { ordering.reverse() } else { ordering }
}

/// The entries of some lists from a place on.
pub(crate) struct Walk<'a> {
    db: &'a Read<'a>,
    order: Order,
    back: bool,
    lanes: Vec<Lane>,
    /// Others are left out.
    only: Option<&'a IdSet>,
}

/// What comes next on a walk.
#[derive(Debug)]
pub(crate) enum Next {
    Entry(Entry),
    /// No more may be read. Up to here all has been handed on.
    Stopped(Entry),
    Over,
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
    pub(crate) fn new(
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
        Self { db, order, back, lanes: scopes.iter().map(lane).collect(), only: None }
    }

    /// From here on, only contacts of a set.
    pub(crate) fn only(&mut self, ids: &'a IdSet) {
        for lane in &mut self.lanes {
            lane.read.retain(|(_, id)| ids.contains(*id));
            lane.fetch = SIFTED;
        }
        self.only = Some(ids);
    }

    /// Passes over some entries, in leaps that are not read. Of each list it is asked what stands a leap ahead; the list whose entry is the
    /// nearest goes there, if a leap of each is no more than is left: no more than that stands up to that entry. Then leaps are halved;
    /// the last few entries are passed over one by one.
    pub(crate) fn pass(&mut self, generation: Generation, mut left: usize) -> Result<()> {
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
        let mut all = usize::MAX;
        for _ in 0..left {
            self.next(generation, &mut all)?;
        }
        Ok(())
    }

    /// The next entry. What is handed on is taken from `room`; where most are left out, what is read.
    pub(crate) fn next(&mut self, generation: Generation, room: &mut usize) -> Result<Next> {
        let (order, back, only) = (self.order, self.back, self.only);
        loop {
            // Nothing of a list stands in front of its first entry, or, where none has been read, of the place it was read up to.
            let left = self.lanes.iter_mut().filter(|lane| !lane.over || !lane.read.is_empty());
            let nearest = left.min_by(|a, b| match (a.bound(), b.bound()) {
                (Some(a), Some(b)) => compare(order, back, a, b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            });
            let Some(lane) = nearest else { return Ok(Next::Over) };
            if let Some(entry) = lane.read.pop_front() {
                *room = room.saturating_sub(usize::from(only.is_none()));
                return Ok(Next::Entry(entry));
            }
            match (only, &lane.at) {
                (None, _) => lane.fill(self.db, order, back, generation)?,
                (Some(_), Some(at)) if *room == 0 => return Ok(Next::Stopped(at.clone())),
                (Some(ids), _) => {
                    let read = lane.sift(self.db, (order, back), generation, ids)?;
                    *room = room.saturating_sub(read);
                }
            }
        }
    }
}

impl Lane {
    /// What none of its entries that are still to come stands in front of.
    fn bound(&self) -> Option<&Entry> {
        self.read.front().or(self.at.as_ref())
    }

    /// What is left of it, up to where those with a value meet those without.
    fn stretch(&self, (order, back): (Order, bool), generation: Generation) -> Stretch<'_> {
        let list = match order.sort {
            Sort::Name => Ordered::ByName(self.scope.of(generation)),
            sort => Ordered::Other(Sorted { sort, scope: self.scope }),
        };
        Stretch { list, at: self.at.as_ref(), lacking: self.lacking, down: order.descending != back }
    }

    /// Whether another stretch follows the one it is in.
    fn has_other(&self, (order, back): (Order, bool)) -> bool {
        order.sort != Sort::Name && self.lacking == back
    }

    /// The entry so many places on, if there are that many.
    fn ahead(
        &self,
        db: &Read<'_>,
        way: (Order, bool),
        generation: Generation,
        places: usize,
    ) -> Result<Option<Entry>> {
        let skip = i64::try_from(places.saturating_sub(1)).unwrap_or(i64::MAX);
        let stretch = self.stretch(way, generation);
        let passed = match stretch.ahead(db, skip)? {
            Ok(entry) => return Ok(Some(entry)),
            Err(_) if !self.has_other(way) => return Ok(None),
            Err(passed) => passed,
        };
        let other = Stretch { at: None, lacking: !self.lacking, ..stretch };
        Ok(other.ahead(db, skip.saturating_sub(passed))?.ok())
    }

    /// Reads on, and keeps those that are in a set; how many were read.
    fn sift(
        &mut self,
        db: &Read<'_>,
        way: (Order, bool),
        generation: Generation,
        ids: &IdSet,
    ) -> Result<usize> {
        let mut found = VecDeque::new();
        let (read, last) =
            self.stretch(way, generation).among(db, self.fetch, ids, |entry| found.push_back(entry))?;
        self.read = found;
        if read == self.fetch {
            self.at = last;
        } else if self.has_other(way) {
            (self.lacking, self.at) = (!self.lacking, None);
        } else {
            self.over = true;
        }
        self.fetch = self.fetch.saturating_mul(2).min(MOST);
        Ok(read)
    }

    /// Reads on.
    fn fill(&mut self, db: &Read<'_>, order: Order, back: bool, generation: Generation) -> Result<()> {
        let down = order.descending != back;
        let most = i64::try_from(self.fetch).unwrap_or(i64::MAX);
        let read = if order.sort == Sort::Name {
            db::entries::entries(db, self.scope.of(generation), self.at.as_ref(), down, most)?
        } else {
            let start = match (self.lacking, down) {
                (true, false) => (&[][..], 0),
                (true, true) | (false, false) => (&[][..], i64::MAX),
                (false, true) => (&END[..], i64::MAX),
            };
            let at = self.at.as_ref().map_or(start, |(key, id)| (key.as_slice(), *id));
            sort_index::entries(db, Sorted { sort: order.sort, scope: self.scope }, at, down, most)?
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
