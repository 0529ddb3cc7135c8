//! Inserts contacts into lists and removes them. Changes of counts are collected and written together.

use crate::db::contact::SortKeys;
use crate::db::scope::EntryKey;
use crate::db::{self, ListKey, Scope, Write};
use crate::error::Result;
use crate::operations::list::list_orders::ListOrders;

/// Entries that are written, but not yet counted.
#[derive(Debug, Default)]
pub(crate) struct ListCounts(Vec<CountChange>);

/// An inserted (1) or removed (-1) entry, ordered by list.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct CountChange {
    list: ListKey,
    entry: EntryKey,
    delta: i64,
}

impl ListCounts {
    /// Inserts entries in the order of their keys, because neighbours share pages.
    pub(crate) fn insert_sorted(
        &mut self,
        db: &Write<'_>,
        mut entries: Vec<(ListKey, Vec<u8>, i64)>,
    ) -> Result<()> {
        entries.sort_unstable();
        for (list, sort_key, id) in entries {
            db::entries::insert_entry(db, list, &sort_key, id)?;
            self.0.push(CountChange { list, entry: (sort_key, id), delta: 1 });
        }
        Ok(())
    }

    /// Writes the counts. The entries must be written before.
    pub(crate) fn flush(&mut self, db: &Write<'_>, list_orders: &ListOrders) -> Result<()> {
        self.0.sort_unstable();
        let mut left = self.0.as_slice();
        while let Some(first) = left.first() {
            let letter =
                list_orders.collator_of(first.list.generation).map(|order| order.section(&first.entry.0));
            let letter_end = letter.and_then(|letter| letter.end);
            let together = |other: &CountChange| {
                other.list == first.list && letter_end.is_none_or(|end| other.entry.0.as_slice() < end)
            };
            let alone = left.get(1).is_none_or(|second| !together(second));
            // With one contact in a list, as in most advisors' lists, the count itself finds the bucket.
            let end = if alone { None } else { db::bucket::next_start(db, first.list, &first.entry)? };
            let within =
                |other: &&CountChange| together(other) && end.as_ref().is_none_or(|end| other.entry < *end);
            let length = if alone { 1 } else { left.iter().take_while(within).count() };
            let (run, rest) = left.split_at_checked(length.max(1)).unwrap_or((left, &[]));
            let by = run.iter().fold(0_i64, |sum, each| sum.saturating_add(each.delta));
            if by != 0 {
                let section = letter.map(|letter| (letter.label, letter.start));
                db::bucket::adjust_count(db, first.list, &first.entry, section, by)?;
            }
            left = rest;
        }
        self.0.clear();
        Ok(())
    }
}

/// Inserts a contact into lists.
pub(crate) fn insert_entries(
    db: &Write<'_>,
    counts: &mut ListCounts,
    scopes: &[Scope],
    place: &SortKeys,
    id: i64,
) -> Result<()> {
    for (list, key) in listings_of(scopes, place) {
        db::entries::insert_entry(db, list, key, id)?;
        counts.0.push(CountChange { list, entry: (key.to_vec(), id), delta: 1 });
    }
    Ok(())
}

/// Removes a contact from lists.
pub(crate) fn remove_entries(
    db: &Write<'_>,
    counts: &mut ListCounts,
    scopes: &[Scope],
    place: &SortKeys,
    id: i64,
) -> Result<()> {
    for (list, key) in listings_of(scopes, place) {
        db::entries::delete_entry(db, list, key, id)?;
        counts.0.push(CountChange { list, entry: (key.to_vec(), id), delta: -1 });
    }
    Ok(())
}

/// The current sort keys and lists of a contact before a change. If this library cannot make the keys of the next
/// order, the contact is removed from that generation and processed again later.
pub(crate) fn current_position<S: AsRef<[Scope]>>(
    db: &Write<'_>,
    list_orders: &ListOrders,
    counts: &mut ListCounts,
    scopes: impl FnOnce() -> Result<S>,
    id: i64,
) -> Result<SortKeys> {
    let mut place = list_orders.current_sort_keys(db, id)?;
    let other = list_orders.generation.other();
    if list_orders.is_next_foreign() && place.key(other).is_some() {
        let mut gone = place.clone();
        gone.set(list_orders.generation, None);
        remove_entries(db, counts, scopes()?.as_ref(), &gone, id)?;
        place.set(other, None);
        db::contact::set_sort_keys(db, id, &place)?;
        db::metadata::lower_next_processed(db, id.saturating_sub(1))?;
    }
    Ok(place)
}

/// The lists of a contact in each generation, with the sort key there.
pub(crate) fn listings_of<'a>(
    scopes: &'a [Scope],
    place: &'a SortKeys,
) -> impl Iterator<Item = (ListKey, &'a [u8])> {
    let each =
        |(generation, key)| scopes.iter().map(move |scope: &Scope| (scope.in_generation(generation), key));
    place.keys().flat_map(each)
}
