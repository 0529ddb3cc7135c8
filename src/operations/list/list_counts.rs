//! Contacts into lists and out of them, and the counts that go with it, gathered and written at once.

use crate::db::contact::Place;
use crate::db::scope::Entry;
use crate::db::{self, Listing, Scope, Write};
use crate::error::Result;
use crate::operations::list::order::Orders;

/// Entries written and not yet counted.
#[derive(Debug, Default)]
pub(crate) struct Tally(Vec<Move>);

/// An entry that came (1) or went (-1). In the order of lists.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Move {
    list: Listing,
    at: Entry,
    by: i64,
}

impl Tally {
    /// Puts entries into lists: in their order, because neighbours share pages.
    pub(crate) fn enter_sorted(
        &mut self,
        db: &Write<'_>,
        mut entries: Vec<(Listing, Vec<u8>, i64)>,
    ) -> Result<()> {
        entries.sort_unstable();
        for (list, sort_key, id) in entries {
            db::entries::insert_entry(db, list, &sort_key, id)?;
            self.0.push(Move { list, at: (sort_key, id), by: 1 });
        }
        Ok(())
    }

    /// Writes the counts. The entries must have been written.
    pub(crate) fn write(&mut self, db: &Write<'_>, orders: &Orders) -> Result<()> {
        self.0.sort_unstable();
        let mut left = self.0.as_slice();
        while let Some(first) = left.first() {
            let letter = orders.order(first.list.generation).map(|order| order.section(&first.at.0));
            let letter_end = letter.and_then(|letter| letter.end);
            let together = |other: &Move| {
                other.list == first.list && letter_end.is_none_or(|end| other.at.0.as_slice() < end)
            };
            let alone = left.get(1).is_none_or(|second| !together(second));
            // One contact in a list, as in most of an advisor's: the counting itself finds the run.
            let end = if alone { None } else { db::bucket::next_start(db, first.list, &first.at)? };
            let within = |other: &&Move| together(other) && end.as_ref().is_none_or(|end| other.at < *end);
            let length = if alone { 1 } else { left.iter().take_while(within).count() };
            let (run, rest) = left.split_at_checked(length.max(1)).unwrap_or((left, &[]));
            let by = run.iter().fold(0_i64, |sum, each| sum.saturating_add(each.by));
            if by != 0 {
                let section = letter.map(|letter| (letter.label, letter.start));
                db::bucket::count(db, first.list, &first.at, section, by)?;
            }
            left = rest;
        }
        self.0.clear();
        Ok(())
    }
}

/// Puts a contact into lists.
pub(crate) fn enter(
    db: &Write<'_>,
    tally: &mut Tally,
    scopes: &[Scope],
    place: &Place,
    id: i64,
) -> Result<()> {
    for (list, key) in listings(scopes, place) {
        db::entries::insert_entry(db, list, key, id)?;
        tally.0.push(Move { list, at: (key.to_vec(), id), by: 1 });
    }
    Ok(())
}

/// Takes a contact out of lists.
pub(crate) fn leave(
    db: &Write<'_>,
    tally: &mut Tally,
    scopes: &[Scope],
    place: &Place,
    id: i64,
) -> Result<()> {
    for (list, key) in listings(scopes, place) {
        db::entries::delete_entry(db, list, key, id)?;
        tally.0.push(Move { list, at: (key.to_vec(), id), by: -1 });
    }
    Ok(())
}

/// Where a contact stands that is about to be changed, and which lists it is in by `scopes`. An order that this library cannot
/// make is left to those who can: the contact leaves it, and is looked at again.
pub(crate) fn stand<S: AsRef<[Scope]>>(
    db: &Write<'_>,
    orders: &Orders,
    tally: &mut Tally,
    scopes: impl FnOnce() -> Result<S>,
    id: i64,
) -> Result<Place> {
    let mut place = orders.place(db, id)?;
    let other = orders.generation.other();
    if orders.is_next_unknown() && place.key(other).is_some() {
        let mut gone = place.clone();
        gone.set(orders.generation, None);
        leave(db, tally, scopes()?.as_ref(), &gone, id)?;
        place.set(other, None);
        db::contact::set_place(db, id, &place)?;
        db::metadata::lower_done(db, id.saturating_sub(1))?;
    }
    Ok(place)
}

/// The lists of a contact in every generation it is in, with its key there.
pub(crate) fn listings<'a>(
    scopes: &'a [Scope],
    place: &'a Place,
) -> impl Iterator<Item = (Listing, &'a [u8])> {
    let each = |(generation, key)| scopes.iter().map(move |scope: &Scope| (scope.of(generation), key));
    place.keys().flat_map(each)
}
