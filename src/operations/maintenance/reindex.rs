//! Search keys made anew: by another fold, or because the index is damaged.
//!
//! All keys go at once. From then on the contacts there were have none, and searches answer for them from the rows; new ones are
//! keyed as ever. Slices of contacts, each a short transaction, are given their keys, from the oldest on. How far that has come
//! stands in the book's row, so whoever opens the book goes on with it, and every write does a little.

use std::time::Duration;

use crate::db::metadata::Gap;
use crate::db::{self, Write};
use crate::engine::Inner;
use crate::error::{Error, Result};
use crate::host::interrupt::Watch;
use crate::index::{self, Bulk, Due, Texts};
use crate::operations::maintenance::admin::Contacts;
use crate::operations::maintenance::{background_tasks, substring_index};
use crate::operations::scopes_of;
use crate::text::fold::FOLD_VERSION;

/// Takes all keys away, and all that the index of substrings has.
fn begin(db: &Write<'_>) -> Result<()> {
    index::retire(db)?;
    substring_index::forget(db)
}

/// Begins to key the book by this library's fold, unless that has been done by somebody else.
pub(crate) fn adopt(db: &Write<'_>) -> Result<()> {
    if db::metadata::read(db)?.fold == FOLD_VERSION {
        return Ok(());
    }
    begin(db)?;
    Ok(db::metadata::set_fold(db, FOLD_VERSION)?)
}

/// Gives up to `most` contacts their keys; true if there are none left.
pub(crate) fn slice(_: &Inner, db: &Write<'_>, most: i64) -> Result<bool> {
    let book = db::metadata::read(db)?;
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
        let scopes = scopes_of(&stored, &db::entries::advisors_of(db, stored.id)?);
        db::sort_index::refold(db, &stored)?;
        keys.add(stored.id, Texts::of(&stored.contact), &scopes);
    }
    if seen < most {
        gap = Gap::default();
    }
    // First the mark: what is beyond it gets no keys.
    db::metadata::set_unkeyed(db, gap)?;
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

/// See [`Store::rebuild_index`](crate::Store::rebuild_index).
pub(crate) fn rebuild_index(inner: &Inner) -> Result<()> {
    let watch = Watch::default();
    inner.write(&watch, |db| {
        db::bitmap_index::rebuild(db)?;
        begin(db)
    })?;
    let merged = |_: &Inner, db: &Write<'_>, _| Ok(!merge(db)?);
    let all: [background_tasks::Chore; 3] = [slice, substring_index::slice, merged];
    for work in all {
        background_tasks::in_turns(Duration::MAX, || {
            inner.write(&watch, |db| work(inner, db, background_tasks::SLICE))
        })?;
    }
    Ok(())
}
