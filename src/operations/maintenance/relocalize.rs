//! Relocalizing: builds the lists in another order beside the old one.
//!
//! One generation of list entries answers. The other is built in batches, each in a short transaction. Contacts up to
//! `next_done` are in both generations, and every write maintains both. The last batch makes the new generation answer.
//! The old one is then deleted in batches. The progress is stored in the metadata row, so every opened store continues
//! it, and every write runs a small batch.

use crate::db::metadata::{Metadata, NextOrder};
use crate::db::{self, Write};
use crate::engine::Engine;
use crate::error::Result;
use crate::operations::context::list_scopes_of;
use crate::operations::list::list_counts::ListCounts;
use crate::operations::list::list_orders::{ListOrders, sort_key};
use crate::operations::maintenance::contact_scan::ContactScan;

/// Sets the target order. `requested` is the locale with which the store is opened. Builds nothing.
pub(crate) fn set_target_locale(engine: &Engine, db: &Write<'_>, requested: Option<&str>) -> Result<()> {
    let mut book = db::metadata::read(db)?;
    let Some(next) = target_locale(engine, &book, requested)? else { return Ok(()) };
    if !book.clearing_other_generation {
        book.next_processed_through = 0;
    }
    book.clearing_other_generation |= book.next.is_some();
    if next.collation == book.collation {
        book.locale = next.locale;
        book.next = None;
    } else {
        book.next = Some(next);
    }
    Ok(db::metadata::set_order(db, &book)?)
}

/// The order to change to; `None` if the lists have it, or are being changed to it.
pub(crate) fn target_locale(
    engine: &Engine,
    book: &Metadata,
    requested: Option<&str>,
) -> Result<Option<NextOrder>> {
    let known = |next: &NextOrder| engine.collators.get_exact(&next.locale, &next.collation).is_some();
    let locale = requested.unwrap_or(&book.locale);
    let next =
        NextOrder { locale: locale.to_owned(), collation: engine.collators.get(locale)?.stamp().to_owned() };
    let is_there = match (&book.next, requested) {
        // Without a requested locale, a started change continues.
        (Some(begun), None) => known(begun) || next.collation == book.collation,
        (Some(begun), Some(_)) => *begun == next,
        (None, _) => next.collation == book.collation && next.locale == book.locale,
    };
    Ok((!is_there).then_some(next))
}

/// Processes up to `most` contacts or entries; true if nothing is left.
pub(crate) fn run_batch(engine: &Engine, db: &Write<'_>, most: i64) -> Result<bool> {
    let book = db::metadata::read(db)?;
    if book.clearing_other_generation {
        clear_old_generation(db, book, most)?;
        return Ok(false);
    }
    if book.next.is_none() {
        return Ok(true);
    }
    let list_orders = ListOrders::for_reading(engine, &book)?;
    build_next_generation(db, &list_orders, book, most)
}

/// Deletes a batch of the old generation.
fn clear_old_generation(db: &Write<'_>, mut book: Metadata, most: i64) -> Result<()> {
    let gone = book.generation.other();
    if db::entries::delete_batch(db, gone, most)? || db::bucket::delete_batch(db, gone, most)? {
        return Ok(());
    }
    if let Some(last) = db::contact::clear_sort_keys(db, gone, book.next_processed_through, most)? {
        return Ok(db::metadata::set_next_processed(db, last)?);
    }
    (book.clearing_other_generation, book.next_processed_through) = (false, 0);
    Ok(db::metadata::set_order(db, &book)?)
}

/// Adds a batch of contacts to the generation that is being built. After the last contact, it becomes the answering
/// one.
fn build_next_generation(
    db: &Write<'_>,
    list_orders: &ListOrders,
    mut book: Metadata,
    most: i64,
) -> Result<bool> {
    let generation = book.generation.other();
    // An order that this library cannot make is built by another version.
    let Some(collator) = list_orders.collator_of(generation) else { return Ok(true) };
    let mut contacts = ContactScan::starting_after(db, book.next_processed_through, most);
    let (mut entries, mut seen) = (Vec::new(), 0_i64);
    while let Some(stored) = contacts.next_in_batch()? {
        seen = seen.saturating_add(1);
        book.next_processed_through = stored.id;
        let mut place = db::contact::sort_keys(db, stored.id)?;
        if place.key(generation).is_some() {
            continue; // this contact was processed before
        }
        let key = sort_key(collator, &stored.contact);
        place.set(generation, Some(key.clone()));
        db::contact::set_sort_keys(db, stored.id, &place)?;
        let scopes = list_scopes_of(&stored, &db::entries::advisors_of(db, stored.id)?);
        entries.extend(
            scopes.into_iter().map(|scope| (scope.in_generation(generation), key.clone(), stored.id)),
        );
    }
    let mut counts = ListCounts::default();
    counts.insert_sorted(db, entries)?;
    counts.flush(db, list_orders)?;
    if seen >= most {
        db::metadata::set_next_processed(db, book.next_processed_through)?;
        return Ok(false);
    }
    if let Some(NextOrder { locale, collation }) = book.next.take() {
        (book.locale, book.collation, book.generation) = (locale, collation, generation);
        (book.next_processed_through, book.clearing_other_generation) = (0, true);
        db::metadata::set_order(db, &book)?;
    }
    Ok(false)
}
