//! Pages by number, for contracts that number them.

use crate::db::list::{bucket, offset_cache};
use crate::db::scope::Entry;
use crate::error::{Error, Problem, Result};
use crate::feed::page_limit;
use crate::model::{Contact, Field, Order, Sort, limits};
use crate::query::list::executor::Run;
use crate::query::list::list_scan::{Stretch, Work};
use crate::query::list::merge_walk::{Next, Walk};
use crate::query::{List, Page};

/// Entries that are sooner passed over than the run of a list by name is found.
const NEAR: usize = if cfg!(test) { 4 } else { 4_096 };

/// What a call may look at to find a page under conditions.
const WORK: Work = Work { rows: limits::COUNTED, entries: limits::COUNTED * 100, facts: limits::COUNTED * 2 };

impl List<'_> {
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
    pub fn numbered(&self, number: u64) -> Result<Page<Contact>> {
        let limit = self.page_size();
        page_limit(limit)?;
        let Some(pages) = number.checked_sub(1) else {
            return Err(Error::invalid(Field::Limit, Problem::OutOfRange { least: 1, most: i64::MAX }));
        };
        let skip = usize::try_from(pages).unwrap_or(usize::MAX).saturating_mul(limit);
        self.run(|run| {
            let mut place = None;
            if let Some(before) = skip.checked_sub(1) {
                match run.nth(before)? {
                    Nth::At(entry) => place = Some(entry),
                    Nth::Behind => {
                        return Ok(Page { items: Vec::new(), before: None, after: None, refine: false });
                    }
                    Nth::TooFar(stopped) => {
                        let after = Some(run.seal(&stopped, false));
                        return Ok(Page { items: Vec::new(), before: None, after, refine: true });
                    }
                }
            }
            let found = run.page(place.as_ref(), false, limit)?;
            if let (true, Some(_), Some((last, _))) = (run.is_plain(), &place, found.items.last()) {
                let number = skip.saturating_add(found.items.len()).saturating_sub(1);
                offset_cache::add(run.db, run.marked(), number, last);
            }
            Ok(found.into_page(|(entry, _), before| run.seal(entry, before), |(_, stored)| stored.contact))
        })
    }
}

/// What stands at a place in a list.
enum Nth {
    At(Entry),
    /// The list is shorter.
    Behind,
    /// It would be too much to look at; that far it went.
    TooFar(Entry),
}

impl Run<'_> {
    /// The entry with this index.
    fn nth(&self, index: usize) -> Result<Nth> {
        let at = |entry: Option<Entry>| entry.map_or(Nth::Behind, Nth::At);
        if self.sieve.is_some() {
            let Stretch { mut found, stopped } = self.read(None, false, index.saturating_add(1), WORK)?;
            if let Some(stopped) = stopped {
                return Ok(Nth::TooFar(stopped));
            }
            let last = found.pop().map(|(entry, _)| entry);
            return Ok(at(last.filter(|_| found.len() == index)));
        }
        if let Some(few) = &self.few {
            return Ok(at(few.get(index).cloned()));
        }
        if self.is_sifted() {
            if self.total()? <= index {
                return Ok(Nth::Behind);
            }
            let Stretch { mut found, stopped } = self.read(None, false, index.saturating_add(1), WORK)?;
            return Ok(stopped.map_or_else(|| at(found.pop().map(|(entry, _)| entry)), Nth::TooFar));
        }
        let near = offset_cache::near(self.db, self.marked(), index)?;
        let (total, mark) = match near {
            Some(near) => (near.total, near.place),
            None => (self.total()?, None),
        };
        let Some(from_end) = total.checked_sub(index.saturating_add(1)) else { return Ok(Nth::Behind) };
        let found = match mark {
            Some((number, entry)) if number == index => Some(entry),
            mark => self.walk_to(index, from_end, mark)?,
        };
        offset_cache::begin(self.db, self.marked(), total);
        if let Some(entry) = &found {
            offset_cache::add(self.db, self.marked(), index, entry);
        }
        Ok(at(found))
    }

    /// How many entries the lists have together.
    fn total(&self) -> Result<usize> {
        let mut total = 0_i64;
        for list in self.lists() {
            total = total.saturating_add(bucket::total(self.db, list)?);
        }
        Ok(usize::try_from(total).unwrap_or_default())
    }

    /// Whether all of the lists is asked for, so that places in it are remembered.
    fn is_plain(&self) -> bool {
        self.sieve.is_none() && self.few.is_none() && !self.is_sifted()
    }

    /// What places are remembered by.
    fn marked(&self) -> offset_cache::Of<'_> {
        (&self.scopes, self.order)
    }

    /// The entry with this index, and so many behind it, from whatever is nearest: an end, or a place that is known.
    fn walk_to(&self, index: usize, from_end: usize, mark: Option<(usize, Entry)>) -> Result<Option<Entry>> {
        let mark = mark.map(|(number, entry)| {
            let back = number > index;
            (number.abs_diff(index).saturating_sub(1), back, Some(entry))
        });
        let ways = [(index, false, None), (from_end, true, None)].into_iter().chain(mark);
        let Some((mut skip, back, mut start)) = ways.min_by_key(|(skip, ..)| *skip) else { return Ok(None) };
        let mut way = (self.order, back);
        if self.order.sort == Sort::Name && skip > NEAR {
            // Counted from the low end of the keys.
            let low = if self.order.descending { from_end } else { index };
            let (entry, passed) = self.run_before(low)?;
            (start, skip, way) = (entry, low.saturating_sub(passed), (Order::default(), false));
        }
        let mut walk = Walk::new(self.db, &self.scopes, way, start.as_ref(), 1);
        walk.pass(self.book.generation, skip)?;
        let mut all = usize::MAX;
        match walk.next(self.book.generation, &mut all)? {
            Next::Entry(entry) => Ok(Some(entry)),
            Next::Stopped(_) | Next::Over => Ok(None),
        }
    }

    /// The start of a run of the lists by name that is not behind the entry with this index, and near it: a place in front of it, and
    /// how many entries stand before that.
    fn run_before(&self, index: usize) -> Result<(Option<Entry>, usize)> {
        let mut starts = Vec::new();
        for list in self.lists() {
            starts.extend(bucket::starts(self.db, list)?);
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
        for list in self.lists() {
            before = before.saturating_add(bucket::total_before(self.db, list, &(key.clone(), id))?);
        }
        Ok((Some((key, id.saturating_sub(1))), usize::try_from(before).unwrap_or_default()))
    }
}
