//! One list in one snapshot, and pages of it.

use std::cell::OnceCell;
use std::collections::HashSet;

use crate::db::contact::{Stored, many};
use crate::db::list::sort_index;
use crate::db::list::sort_index::Placed;
use crate::db::metadata::Book;
use crate::db::scope::Entry;
use crate::db::{self, Owner, Read, Scope};
use crate::engine::Inner;
use crate::error::{Error, Result};
use crate::model::{Contact, Order, Sort};
use crate::query::filter::Sieve;
use crate::query::list::list_scan::{Narrowed, Stretch, Work};
use crate::query::list::merge_walk::compare;
use crate::query::{Cursor, Page, Read as Found, Start, cut, number_key, split_number_key};

/// Contacts of an advisor up to which they are all sorted, instead of looked for among the tenant's.
const MEMBERS: i64 = if cfg!(test) { 3 } else { 2_048 };

pub(crate) fn decode(key: &[u8]) -> Result<Entry> {
    let (contact, sort_key) = split_number_key(key)?;
    Ok((sort_key.to_vec(), contact))
}

/// One list in one snapshot.
pub(crate) struct Run<'a> {
    pub(crate) inner: &'a Inner,
    pub(crate) db: &'a Read<'a>,
    pub(crate) book: Book,
    /// The fingerprint of the query.
    pub(crate) sum: u64,
    pub(crate) order: Order,
    /// What the actor sees, in parts that have no contact in common.
    pub(crate) scopes: Vec<Scope>,
    /// What is walked: the same, or the tenant's lists if an advisor's are not kept in this order.
    pub(crate) walked: Vec<Scope>,
    /// Whether those who are walked are to be held against the advisor's lists.
    sift_members: bool,
    pub(crate) sieve: Option<Sieve>,
    /// The contacts that conditions may leave, in the order of the list, if they are few.
    pub(crate) few: Option<Vec<Entry>>,
    /// What else is known of them, once it has been asked for: by sets and short ranges, and by all.
    pub(crate) soon: OnceCell<Narrowed>,
    pub(crate) known: OnceCell<Narrowed>,
    pub(crate) counting: crate::query::list::section::Counting,
}

impl<'a> Run<'a> {
    #[allow(clippy::too_many_arguments)] // what a call knows when it begins
    pub(crate) fn new(
        inner: &'a Inner,
        db: &'a Read<'a>,
        book: Book,
        (sum, order): (u64, Order),
        scopes: Vec<Scope>,
        sieve: Option<Sieve>,
        counting: crate::query::list::section::Counting,
    ) -> Result<Self> {
        let advisors = scopes.iter().any(|scope| matches!(scope.owner, Owner::Advisor(_)));
        let sift_members = advisors && order.sort != Sort::Name;
        let walked = if sift_members { crate::query::filter::wide(db, &scopes)? } else { scopes.clone() };
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
            soon: OnceCell::new(),
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
                    let entries = db::entries::entries(self.db, list, None, false, MEMBERS)?;
                    ids.extend(entries.into_iter().map(|(_, id)| id));
                }
                self.few = Some(self.placed(&ids)?.into_iter().map(|(_, entry)| entry).collect());
            }
        }
        Ok(())
    }

    pub(crate) fn page(
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

    /// Whether a contact that was walked past is in an advisor's list, if that is what is asked for.
    pub(crate) fn is_member(&self, id: i64, few: bool) -> Result<bool> {
        if !self.sift_members || few {
            return Ok(true);
        }
        for scope in &self.scopes {
            if let Owner::Advisor(advisor) = scope.owner {
                return Ok(db::entries::is_linked(self.db, id, advisor)?);
            }
        }
        Ok(true)
    }

    /// Gives a page without contacts the cursor to those it came from: a letter behind the last one, or conditions that left
    /// nobody.
    pub(crate) fn turn_back(&self, page: &mut Page<Contact>, (key, id): Entry, start: &Start) -> Result<()> {
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
    pub(crate) fn rows(&self, found: Vec<(Entry, Option<Stored>)>) -> Result<Vec<(Entry, Stored)>> {
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
    pub(crate) fn placed(&self, ids: &[i64]) -> Result<Vec<(Scope, Entry)>> {
        let wanted: HashSet<Scope> = self.scopes.iter().copied().collect();
        let mut placed = Vec::new();
        for Placed { id, scope: own, key } in
            sort_index::placed(self.db, self.order.sort, self.book.generation, ids)?
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
                && db::entries::is_linked(self.db, id, advisor)?
            {
                return Ok(Some(*scope));
            }
        }
        Ok(None)
    }

    /// Whether those who are walked are held against an advisor's lists.
    pub(crate) fn is_sifted(&self) -> bool {
        self.sift_members
    }

    /// Whether an advisor's lists are asked for.
    pub(crate) fn is_advisors(&self) -> bool {
        self.scopes.iter().any(|scope| matches!(scope.owner, Owner::Advisor(_)))
    }

    pub(crate) fn seal(&self, entry: &Entry, before: bool) -> Cursor {
        Cursor::seal(self.sum, before, &number_key(entry.1, &entry.0))
    }
}
