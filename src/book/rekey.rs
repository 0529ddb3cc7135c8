//! Search keys made anew: by another fold, or because the index is damaged.
//!
//! All keys go at once. From then on the contacts there were have none, and searches answer for them from the rows; new ones are
//! keyed as ever. Slices of contacts, each a short transaction, are given their keys, from the oldest on. How far that has come
//! stands in the book's row, so whoever opens the book goes on with it, and every write does a little.

use std::time::Duration;

use super::care::Contacts;
use super::{chores, scopes_of, substring};
use crate::db::book::Gap;
use crate::db::{self, Write};
use crate::error::{Error, Result};
use crate::index::{self, Bulk, Due, Texts};
use crate::interrupt::Watch;
use crate::store::{Inner, Store};
use crate::text::fold::FOLD_VERSION;

/// Takes all keys away, and all that the index of substrings has.
fn begin(db: &Write<'_>) -> Result<()> {
    index::retire(db)?;
    substring::forget(db)
}

/// Begins to key the book by this library's fold, unless that has been done by somebody else.
pub(super) fn adopt(db: &Write<'_>) -> Result<()> {
    if db::book::read(db)?.fold == FOLD_VERSION {
        return Ok(());
    }
    begin(db)?;
    Ok(db::book::set_fold(db, FOLD_VERSION)?)
}

/// Gives up to `most` contacts their keys; true if there are none left.
pub(super) fn slice(_: &Inner, db: &Write<'_>, most: i64) -> Result<bool> {
    let book = db::book::read(db)?;
    let mut gap = book.unkeyed;
    // Keys of another fold are its library's business.
    if gap.is_empty() || book.fold != FOLD_VERSION {
        return Ok(true);
    }
    // The first slice is all that a small book needs; after it, segments must not gather.
    if gap.after > 0 && merge(db)? {
        return Ok(false);
    }
    let mut contacts = Contacts::after(db, gap.after, most);
    let (mut keys, mut seen) = (Bulk::default(), 0_i64);
    while let Some(stored) = contacts.next_of_slice()?.filter(|stored| gap.has(stored.id)) {
        seen = seen.saturating_add(1);
        gap.after = stored.id;
        let scopes = scopes_of(&stored, &db::lists::advisors_of(db, stored.id)?);
        db::sorts::refold(db, &stored)?;
        keys.add(stored.id, Texts::of(&stored.contact), &scopes);
    }
    if seen < most {
        gap = Gap::default();
    }
    // First the mark: what is beyond it gets no keys.
    db::book::set_unkeyed(db, gap)?;
    keys.store(db)?;
    Ok(gap.is_empty())
}

/// Does a piece of what merging has to do, if it can; what is damaged stands in nobody's way.
fn merge(db: &Write<'_>) -> Result<bool> {
    match index::step(db, Due::Some) {
        Err(Error::Damaged { .. }) => Ok(false),
        done => done,
    }
}

impl Store {
    /// Makes the search index anew from the contacts, the sets of who has which tag and attribute, and the index of substrings if
    /// the book keeps one. For a book whose check complains of one of them.
    ///
    /// The sets are made at once, some seconds at a million contacts. The rest is done in short transactions, with pauses in which others write. Until it is done, searches answer from the rows of the
    /// contacts that have not been reached, as [`Session::search`](crate::Session::search) says. If it is interrupted, every
    /// write and [`Store::maintain`] go on with it.
    ///
    /// # Errors
    /// [`Error::ReadOnly`], [`Error::Busy`]; [`Error::Changed`] if another release makes it anew meanwhile.
    pub fn rebuild_index(&self) -> Result<()> {
        let (inner, watch) = (self.inner(), Watch::default());
        inner.write(&watch, |db| {
            db::members::rebuild(db)?;
            begin(db)
        })?;
        let merged = |_: &Inner, db: &Write<'_>, _| Ok(!merge(db)?);
        let all: [chores::Chore; 3] = [slice, substring::slice, merged];
        for work in all {
            chores::in_turns(Duration::MAX, || inner.write(&watch, |db| work(inner, db, chores::SLICE)))?;
        }
        Ok(())
    }
}
