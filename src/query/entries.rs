//! One list in one snapshot: its entries, those that conditions leave, and pages of them.

use super::blocked::Blocked;
use super::{Cursor, Page, Read as Found, Start, number_key, split_number_key};
use crate::db::book::Book;
use crate::db::contact::{Stored, many};
use crate::db::lists::Entry;
use crate::db::{self, Listing, Read};
use crate::error::{Error, Result};
use crate::model::Contact;
use crate::store::Inner;

/// Contacts that one page reads at most, beyond those it shows.
const ROWS: usize = if cfg!(test) { 6 } else { 2_000 };

/// Contacts read at a time where some are left out.
const BATCH: usize = if cfg!(test) { 2 } else { 32 };

pub(super) fn decode(key: &[u8]) -> Result<Entry> {
    let (contact, sort_key) = split_number_key(key)?;
    Ok((sort_key.to_vec(), contact))
}

/// Contacts of a list in the direction they were read, and where the reading stopped before there were enough, if it did.
type Stretch = (Vec<(Entry, Stored)>, Option<Entry>);

/// One list in one snapshot.
pub(super) struct Run<'a> {
    pub(super) inner: &'a Inner,
    pub(super) db: &'a Read<'a>,
    pub(super) book: Book,
    /// The fingerprint of the query.
    pub(super) sum: u64,
    /// What the actor sees, in parts that have no contact in common.
    pub(super) lists: Vec<Listing>,
    /// The contacts that filters leave.
    pub(super) filtered: Option<Vec<i64>>,
    /// A condition that the filters have not taken care of, unless they left few.
    pub(super) blocked: Option<Blocked>,
}

impl Run<'_> {
    pub(super) fn page(
        &self,
        from: Option<&Entry>,
        back: bool,
        limit: usize,
    ) -> Result<Found<(Entry, Stored)>> {
        let (items, stopped) = self.read(from, back, limit.saturating_add(1))?;
        let behind = match (from, items.first()) {
            (Some(_), Some((first, _))) => self.is_any(first, !back)?,
            _ => false,
        };
        let stopped = stopped.map(|entry| self.seal(&entry, back));
        Ok(Found { items, limit, back, behind, stopped })
    }

    /// Up to `most` contacts from a place on that meet the conditions; and where the reading stopped, if too many in a row did
    /// not.
    fn read(&self, from: Option<&Entry>, back: bool, most: usize) -> Result<Stretch> {
        let Some(blocked) = self.blocked.as_ref().filter(|_| self.filtered.is_none()) else {
            return Ok((self.rows(self.entries(from, back, most)?)?, None));
        };
        let (mut left, mut at) = (ROWS.max(most), from.cloned());
        let mut found = Vec::new();
        while found.len() < most && left > 0 {
            let fetch = most.saturating_sub(found.len()).max(BATCH).min(left);
            let rows = self.rows(self.entries(at.as_ref(), back, fetch)?)?;
            let whole = rows.len() < fetch;
            left = left.saturating_sub(fetch);
            at = rows.last().map(|(entry, _)| entry.clone()).or(at);
            for row in rows {
                if blocked.admits(self.db, &row.1)? {
                    found.push(row);
                }
            }
            if whole {
                at = None;
                break;
            }
        }
        let stopped = at.filter(|_| found.len() < most);
        found.truncate(most);
        Ok((found, stopped))
    }

    /// Gives a page without contacts the cursor to those it came from: a letter behind the last one, or conditions that left
    /// nobody.
    pub(super) fn turn_back(&self, page: &mut Page<Contact>, (key, id): Entry, start: &Start) -> Result<()> {
        // The place of a cursor is itself on the page that it came from.
        let at = match start {
            Start::First => (key, id),
            Start::After(_) => (key, id.saturating_add(1)),
            Start::Before(_) => (key, id.saturating_sub(1)),
        };
        let back = !start.is_back();
        if self.is_any(&at, back)? {
            let cursor = Some(self.seal(&at, back));
            if back { page.before = cursor } else { page.after = cursor }
        }
        Ok(())
    }

    /// Entries with their contacts.
    fn rows(&self, entries: Vec<Entry>) -> Result<Vec<(Entry, Stored)>> {
        let ids: Vec<i64> = entries.iter().map(|(_, id)| *id).collect();
        let rows = many(self.db, &ids)?;
        if rows.len() != entries.len() {
            return Err(Error::Damaged { what: "a list names a contact that is not there", source: None });
        }
        let mut rows: std::collections::HashMap<i64, Stored> =
            rows.into_iter().map(|row| (row.id, row)).collect();
        let items = entries.into_iter().filter_map(|entry| Some((rows.remove(&entry.1)?, entry)));
        Ok(items.map(|(row, entry)| (entry, row)).collect())
    }

    /// Whether a contact that meets the conditions stands beyond a place, as far as one call looks; if there are too many to
    /// look at, there is.
    fn is_any(&self, at: &Entry, back: bool) -> Result<bool> {
        let (found, stopped) = self.read(Some(at), back, 1)?;
        Ok(stopped.is_some() || !found.is_empty())
    }

    /// Up to `most` entries from a place on: each list's own, merged.
    fn entries(&self, from: Option<&Entry>, back: bool, most: usize) -> Result<Vec<Entry>> {
        let mut all = Vec::new();
        let fetch = i64::try_from(most).unwrap_or(i64::MAX);
        if let Some(few) = self.few()? {
            let beyond =
                |entry: &Entry| from.is_none_or(|from| if back { entry < from } else { entry > from });
            all.extend(few.into_iter().map(|(_, entry)| entry).filter(beyond));
        } else {
            for list in &self.lists {
                all.extend(db::lists::entries(self.db, *list, from, back, fetch)?);
            }
        }
        // Each list comes in order: what is sorted here is a few runs of one page each.
        all.sort();
        if back {
            all.reverse();
        }
        all.truncate(most);
        Ok(all)
    }

    /// The entries of the contacts that filters leave, each with its list; `None` without such filters.
    pub(super) fn few(&self) -> Result<Option<Vec<(Listing, Entry)>>> {
        self.filtered.as_ref().map(|ids| self.entries_of(ids)).transpose()
    }

    /// The entries of contacts, each with its list.
    pub(super) fn entries_of(&self, ids: &[i64]) -> Result<Vec<(Listing, Entry)>> {
        let mut few = Vec::new();
        for id in ids {
            let place = db::contact::place(self.db, *id)?;
            let Some(key) = place.key(self.book.generation) else { continue };
            for list in &self.lists {
                if db::lists::has_entry(self.db, *list, key, *id)? {
                    few.push((*list, (key.to_vec(), *id)));
                }
            }
        }
        Ok(few)
    }

    pub(super) fn seal(&self, entry: &Entry, before: bool) -> Cursor {
        Cursor::seal(self.sum, before, &number_key(entry.1, &entry.0))
    }
}
