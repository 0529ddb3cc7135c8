//! One list in one snapshot: its entries, those that conditions leave, and pages of them.

use std::cell::OnceCell;
use std::collections::HashSet;

use super::filter::{Known, SET, Sieve};
use super::walk::{Walk, compare};
use super::{Cursor, Page, Read as Found, Start, cut, number_key, split_number_key};
use crate::db::book::Book;
use crate::db::contact::{Stored, many};
use crate::db::lists::Entry;
use crate::db::sorts::Placed;
use crate::db::{self, Owner, Read, Scope, sorts};
use crate::error::{Error, Result};
use crate::model::{Contact, Order, Sort, limits};
use crate::store::Inner;

/// Contacts that one page reads at most, beyond those it shows.
const ROWS: usize = if cfg!(test) { 6 } else { 2_000 };

/// Entries that one page passes over at most without reading their contacts.
const ENTRIES: usize = if cfg!(test) { 24 } else { 32_768 };

/// Contacts that one page holds against conditions at most, of which most may be told by tags and attributes.
const FACTS: usize = if cfg!(test) { 12 } else { 4_096 };

/// Entries that a page may take before it is asked which contacts the conditions leave, and those it looks at first in any case.
const SOON: usize = if cfg!(test) { 6 } else { 1_024 };
const FIRST: usize = if cfg!(test) { 4 } else { 96 };

/// Contacts looked at together where some are left out, at first and later.
const BATCH: usize = if cfg!(test) { 2 } else { 32 };
const MOST: usize = if cfg!(test) { 4 } else { 512 };

/// Contacts of an advisor up to which they are all sorted, instead of looked for among the tenant's.
const MEMBERS: i64 = if cfg!(test) { 3 } else { 2_048 };

pub(super) fn decode(key: &[u8]) -> Result<Entry> {
    let (contact, sort_key) = split_number_key(key)?;
    Ok((sort_key.to_vec(), contact))
}

/// What a call may still look at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work {
    pub(super) rows: usize,
    pub(super) entries: usize,
    /// Entries whose tags or attributes are looked up.
    pub(super) facts: usize,
}

impl Work {
    /// Of one page.
    pub(super) fn page(most: usize) -> Self {
        Self { rows: ROWS.max(most), entries: ENTRIES.max(most), facts: FACTS.max(most) }
    }
}

/// What was found in the direction it was read, each with its contact if that had to be read, and where the reading stopped before
/// there was enough, if it did.
pub(super) struct Stretch {
    pub(super) found: Vec<(Entry, Option<Stored>)>,
    pub(super) stopped: Option<Entry>,
}

/// What conditions leave of a list.
enum Narrowed {
    /// These, in the order of the list.
    Few(Vec<Entry>),
    /// Some of these, or all of them.
    Among(Known),
    /// Nothing tells.
    Open,
}

/// One list in one snapshot.
pub(super) struct Run<'a> {
    pub(super) inner: &'a Inner,
    pub(super) db: &'a Read<'a>,
    pub(super) book: Book,
    /// The fingerprint of the query.
    pub(super) sum: u64,
    pub(super) order: Order,
    /// What the actor sees, in parts that have no contact in common.
    pub(super) scopes: Vec<Scope>,
    /// What is walked: the same, or the tenant's lists if an advisor's are not kept in this order.
    walked: Vec<Scope>,
    /// Whether those who are walked are to be held against the advisor's lists.
    sift_members: bool,
    pub(super) sieve: Option<Sieve>,
    /// The contacts that conditions may leave, in the order of the list, if they are few.
    pub(super) few: Option<Vec<Entry>>,
    /// What else is known of them, once it has been asked for.
    known: OnceCell<Narrowed>,
    pub(super) counting: super::section::Counting,
}

impl<'a> Run<'a> {
    #[allow(clippy::too_many_arguments)] // what a call knows when it begins
    pub(super) fn new(
        inner: &'a Inner,
        db: &'a Read<'a>,
        book: Book,
        (sum, order): (u64, Order),
        scopes: Vec<Scope>,
        sieve: Option<Sieve>,
        counting: super::section::Counting,
    ) -> Result<Self> {
        let advisors = scopes.iter().any(|scope| matches!(scope.owner, Owner::Advisor(_)));
        let sift_members = advisors && order.sort != Sort::Name;
        let walked = if sift_members { super::filter::wide(db, &scopes)? } else { scopes.clone() };
        let mut run = Self {
            inner,
            db,
            book,
            sum,
            order,
            scopes,
            walked,
            sift_members,
            sieve,
            few: None,
            known: OnceCell::new(),
            counting,
        };
        run.narrow()?;
        Ok(run)
    }

    /// Finds out whether conditions, or the list itself, leave few.
    fn narrow(&mut self) -> Result<()> {
        let proposed = self.sieve.as_ref().map_or(Ok(None), |sieve| sieve.proposed(self.db))?;
        if let Some(ids) = proposed {
            self.few = Some(self.placed(&ids)?.into_iter().map(|(_, entry)| entry).collect());
            return Ok(());
        }
        if self.sift_members {
            let lists = || self.scopes.iter().map(|scope| scope.of(self.book.generation));
            let mut total = 0_i64;
            for list in lists() {
                total = total.saturating_add(db::bucket::total(self.db, list)?);
            }
            if total <= MEMBERS {
                let mut ids = Vec::new();
                for list in lists() {
                    let entries = db::lists::entries(self.db, list, None, false, MEMBERS)?;
                    ids.extend(entries.into_iter().map(|(_, id)| id));
                }
                self.few = Some(self.placed(&ids)?.into_iter().map(|(_, entry)| entry).collect());
            }
        }
        Ok(())
    }

    pub(super) fn page(
        &self,
        from: Option<&Entry>,
        back: bool,
        limit: usize,
    ) -> Result<Found<(Entry, Stored)>> {
        let most = limit.saturating_add(1);
        let Stretch { mut found, stopped } = self.read(from, back, most, Work::page(most))?;
        let more = cut(&mut found, limit);
        let items = self.rows(found)?;
        let behind = match (from, items.first()) {
            (Some(_), Some((first, _))) => self.is_any(first, !back)?,
            _ => false,
        };
        let stopped = stopped.map(|entry| self.seal(&entry, back));
        Ok(Found { items, more, back, behind, stopped })
    }

    /// What is known of the contacts that the conditions leave; looked up when first asked for.
    fn known(&self) -> Result<&Narrowed> {
        if let Some(known) = self.known.get() {
            return Ok(known);
        }
        let known = self.sieve.as_ref().map_or(Ok(None), |sieve| sieve.known(self.db, SET))?;
        let narrowed = match known {
            None => Narrowed::Open,
            Some(known) => {
                // Reading where n contacts stand costs about as much as passing over ten entries each; a walk passes over some
                // twenty entries a hit for each n-th contact of the book.
                let last = db::contact::last_id(self.db)?;
                let even = last.saturating_mul(3).checked_div(2).and_then(i64::checked_isqrt);
                if known.ids.len() <= usize::try_from(even.unwrap_or_default()).unwrap_or_default() {
                    let ids: Vec<i64> = known.ids.iter().collect();
                    Narrowed::Few(self.placed(&ids)?.into_iter().map(|(_, entry)| entry).collect())
                } else {
                    Narrowed::Among(known)
                }
            }
        };
        Ok(self.known.get_or_init(|| narrowed))
    }

    /// Up to `most` contacts from a place on that meet the conditions.
    pub(super) fn read(
        &self,
        from: Option<&Entry>,
        back: bool,
        most: usize,
        mut work: Work,
    ) -> Result<Stretch> {
        let rest = |few: &[Entry], from: Option<&Entry>| -> std::vec::IntoIter<Entry> {
            let beyond =
                |entry: &&Entry| from.is_none_or(|from| compare(self.order, back, entry, from).is_gt());
            let mut rest: Vec<Entry> = few.iter().filter(beyond).cloned().collect();
            if back {
                rest.reverse();
            }
            rest.into_iter()
        };
        let mut few = self.few.as_ref().map(|few| rest(few, from));
        let mut walk = Walk::new(self.db, &self.walked, (self.order, back), from, most);
        let mut among: Option<&Known> = None;
        let mut is_asked = few.is_some() || self.sieve.is_none();
        let mut found: Vec<(Entry, Option<Stored>)> = Vec::new();
        let (mut last, mut batch, mut over, mut looked) = (None, BATCH, false, 0_usize);
        while found.len() < most && !over {
            let missing = most.saturating_sub(found.len());
            let is_long = missing.saturating_mul(looked) > SOON.saturating_mul(found.len().max(1));
            if !is_asked
                && (self.known.get().is_some() || (looked >= FIRST && is_long) || most > limits::PAGE * 2)
            {
                is_asked = true;
                match self.known()? {
                    Narrowed::Few(all) => few = Some(rest(all, last.as_ref().or(from))),
                    Narrowed::Among(known) => among = Some(known),
                    Narrowed::Open => {}
                }
            }
            if work.rows == 0 || work.entries == 0 || work.facts == 0 {
                return Ok(Stretch { found, stopped: last });
            }
            // Nobody is held against conditions who is known to meet them.
            let sieve = self.sieve.as_ref().filter(|_| !among.is_some_and(|known| known.exact));
            let room =
                if sieve.is_some() { batch.max(missing).min(work.rows).min(work.facts) } else { missing };
            let mut entries = Vec::with_capacity(room.min(MOST));
            while entries.len() < room && work.entries > 0 {
                let next = match &mut few {
                    Some(few) => few.next(),
                    None => walk.next(self.book.generation)?,
                };
                let Some(entry) = next else {
                    over = true;
                    break;
                };
                work.entries = work.entries.saturating_sub(1);
                looked = looked.saturating_add(1);
                let id = entry.1;
                last = Some(entry.clone());
                if among.is_none_or(|known| known.ids.contains(id)) && self.is_member(id, few.is_some())? {
                    entries.push(entry);
                }
            }
            batch = batch.saturating_mul(2).min(MOST);
            let Some(sieve) = sieve else {
                found.extend(entries.into_iter().map(|entry| (entry, None)));
                continue;
            };
            work.facts = work.facts.saturating_sub(entries.len());
            let ids: Vec<i64> = entries.iter().map(|(_, id)| *id).collect();
            let mut left = sieve.sift(self.db, &ids, &mut work.rows)?.into_iter().peekable();
            for entry in entries {
                if let Some((_, row)) = left.next_if(|(id, _)| *id == entry.1) {
                    found.push((entry, row));
                }
            }
        }
        found.truncate(most);
        Ok(Stretch { found, stopped: None })
    }

    /// Whether a contact that was walked past is in an advisor's list, if that is what is asked for.
    fn is_member(&self, id: i64, few: bool) -> Result<bool> {
        if !self.sift_members || few {
            return Ok(true);
        }
        for scope in &self.scopes {
            if let Owner::Advisor(advisor) = scope.owner {
                return Ok(db::lists::is_linked(self.db, id, advisor)?);
            }
        }
        Ok(true)
    }

    /// Gives a page without contacts the cursor to those it came from: a letter behind the last one, or conditions that left
    /// nobody.
    pub(super) fn turn_back(&self, page: &mut Page<Contact>, (key, id): Entry, start: &Start) -> Result<()> {
        // The place of a cursor is itself on the page that it came from.
        let step = if self.order.descending { -1 } else { 1 };
        let at = match start {
            Start::First => (key, id),
            Start::After(_) => (key, id.saturating_add(step)),
            Start::Before(_) => (key, id.saturating_sub(step)),
        };
        let back = !start.is_back();
        if self.is_any(&at, back)? {
            let cursor = Some(self.seal(&at, back));
            if back { page.before = cursor } else { page.after = cursor }
        }
        Ok(())
    }

    /// Entries with their contacts.
    pub(super) fn rows(&self, found: Vec<(Entry, Option<Stored>)>) -> Result<Vec<(Entry, Stored)>> {
        let missing = found.iter().filter(|(_, row)| row.is_none());
        let ids: Vec<i64> = missing.map(|((_, id), _)| *id).collect();
        let mut rows = many(self.db, &ids)?.into_iter();
        let mut items = Vec::with_capacity(found.len());
        for (entry, row) in found {
            let row = row.or_else(|| rows.next()).filter(|row| row.id == entry.1);
            let none = Error::Damaged { what: "a list names a contact that is not there", source: None };
            items.push((entry, row.ok_or(none)?));
        }
        Ok(items)
    }

    /// Whether a contact that meets the conditions stands beyond a place, as far as one call looks; if there are too many to
    /// look at, there is.
    fn is_any(&self, at: &Entry, back: bool) -> Result<bool> {
        let Stretch { found, stopped } = self.read(Some(at), back, 1, Work::page(1))?;
        Ok(stopped.is_some() || !found.is_empty())
    }

    /// Where those of some contacts stand that are in the lists asked for, in the order of the list, and in which one.
    pub(super) fn placed(&self, ids: &[i64]) -> Result<Vec<(Scope, Entry)>> {
        let wanted: HashSet<Scope> = self.scopes.iter().copied().collect();
        let mut placed = Vec::new();
        for Placed { id, scope: own, key } in
            sorts::placed(self.db, self.order.sort, self.book.generation, ids)?
        {
            let scope = if wanted.contains(&own) { Some(own) } else { self.advisors_list(id, own)? };
            placed.extend(scope.map(|scope| (scope, (key, id))));
        }
        placed.sort_by(|(_, a), (_, b)| compare(self.order, false, a, b));
        Ok(placed)
    }

    /// The advisor's list that a contact is in, if that is one of those asked for.
    fn advisors_list(&self, id: i64, own: Scope) -> Result<Option<Scope>> {
        if matches!(own.owner, Owner::Trash(_)) {
            return Ok(None);
        }
        for scope in self.scopes.iter().filter(|scope| scope.network == own.network) {
            if let Owner::Advisor(advisor) = scope.owner
                && db::lists::is_linked(self.db, id, advisor)?
            {
                return Ok(Some(*scope));
            }
        }
        Ok(None)
    }

    /// Whether those who are walked are held against an advisor's lists.
    pub(super) fn is_sifted(&self) -> bool {
        self.sift_members
    }

    /// Whether an advisor's lists are asked for.
    pub(super) fn is_advisors(&self) -> bool {
        self.scopes.iter().any(|scope| matches!(scope.owner, Owner::Advisor(_)))
    }

    pub(super) fn seal(&self, entry: &Entry, before: bool) -> Cursor {
        Cursor::seal(self.sum, before, &number_key(entry.1, &entry.0))
    }
}
