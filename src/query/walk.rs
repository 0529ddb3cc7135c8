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
