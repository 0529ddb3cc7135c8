//! Another order for the lists, made beside the old one.
//!
//! One generation of list entries answers. The other is made in slices of contacts, each a short transaction; contacts up to
//! `next_done` are in both, and every write keeps them there. The slice that finds no more contacts lets the new generation
//! answer; the old one is then deleted in slices. All of it stands in the book's row, so whoever opens the book goes on with
//! it, and every write does a little.

use crate::db::metadata::{Book, NextOrder};
use crate::db::{self, Write};
use crate::engine::Inner;
use crate::error::Result;
use crate::operations::list::order::{Orders, sort_key};
use crate::operations::maintenance::admin::Contacts;
use crate::operations::{Tally, scopes_of};

/// Says which order the lists should be in; `wish` is the locale the book is opened with. Makes nothing.
pub(crate) fn wish(inner: &Inner, db: &Write<'_>, wish: Option<&str>) -> Result<()> {
    let mut book = db::metadata::read(db)?;
    let Some(next) = wanted(inner, &book, wish)? else { return Ok(()) };
    if !book.remains {
        book.next_done = 0;
    }
    book.remains |= book.next.is_some();
    if next.collation == book.collation {
        book.locale = next.locale;
        book.next = None;
    } else {
        book.next = Some(next);
    }
    Ok(db::metadata::set_order(db, &book)?)
}

/// The order to change to; `None` if the lists are in it, or on their way to it.
pub(crate) fn wanted(inner: &Inner, book: &Book, wish: Option<&str>) -> Result<Option<NextOrder>> {
    let known = |next: &NextOrder| inner.collators.exact(&next.locale, &next.collation).is_some();
    let locale = wish.unwrap_or(&book.locale);
    let next =
        NextOrder { locale: locale.to_owned(), collation: inner.collators.get(locale)?.stamp().to_owned() };
    let is_there = match (&book.next, wish) {
        // Without a wish, what has been begun goes on.
        (Some(begun), None) => known(begun) || next.collation == book.collation,
        (Some(begun), Some(_)) => *begun == next,
        (None, _) => next.collation == book.collation && next.locale == book.locale,
    };
    Ok((!is_there).then_some(next))
}

/// Does a slice of up to `most` contacts or entries; true if there is nothing left to do.
pub(crate) fn slice(inner: &Inner, db: &Write<'_>, most: i64) -> Result<bool> {
    let book = db::metadata::read(db)?;
    if book.remains {
        clear(db, book, most)?;
        return Ok(false);
    }
    if book.next.is_none() {
        return Ok(true);
    }
    let orders = Orders::of(inner, &book)?;
    make(db, &orders, book, most)
}

/// Deletes a slice of the generation that does not answer.
fn clear(db: &Write<'_>, mut book: Book, most: i64) -> Result<()> {
    let gone = book.generation.other();
    if db::entries::delete_some(db, gone, most)? || db::bucket::delete_some(db, gone, most)? {
        return Ok(());
    }
    if let Some(last) = db::contact::clear_keys(db, gone, book.next_done, most)? {
        return Ok(db::metadata::set_done(db, last)?);
    }
    (book.remains, book.next_done) = (false, 0);
    Ok(db::metadata::set_order(db, &book)?)
}

/// Puts a slice of contacts into the generation that is being made; after the last one, lets it answer.
fn make(db: &Write<'_>, orders: &Orders, mut book: Book, most: i64) -> Result<bool> {
    let generation = book.generation.other();
    // Keys of a library that is not ours are its own business.
    let Some(collator) = orders.order(generation) else { return Ok(true) };
    let mut contacts = Contacts::after(db, book.next_done, most);
    let (mut entries, mut seen) = (Vec::new(), 0_i64);
    while let Some(stored) = contacts.next_of_slice()? {
        seen = seen.saturating_add(1);
        book.next_done = stored.id;
        let mut place = db::contact::place(db, stored.id)?;
        if place.key(generation).is_some() {
            continue; // gone through once before
        }
        let key = sort_key(collator, &stored.contact);
        place.set(generation, Some(key.clone()));
        db::contact::set_place(db, stored.id, &place)?;
        let scopes = scopes_of(&stored, &db::entries::advisors_of(db, stored.id)?);
        entries.extend(scopes.into_iter().map(|scope| (scope.of(generation), key.clone(), stored.id)));
    }
    let mut tally = Tally::default();
    tally.enter_sorted(db, entries)?;
    tally.write(db, orders)?;
    if seen >= most {
        db::metadata::set_done(db, book.next_done)?;
        return Ok(false);
    }
    if let Some(NextOrder { locale, collation }) = book.next.take() {
        (book.locale, book.collation, book.generation) = (locale, collation, generation);
        (book.next_done, book.remains) = (0, true);
        db::metadata::set_order(db, &book)?;
    }
    Ok(false)
}
