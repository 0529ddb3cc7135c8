//! Search keys made anew: by another fold, or because the index is damaged.
//!
//! All keys go at once. From then on the contacts there were have none, and searches answer for them from the rows; new ones are
//! keyed as ever. Slices of contacts, each a short transaction, are given their keys, from the oldest on. How far that has come
//! stands in the book's row, so whoever opens the book goes on with it, and every write does a little.

use std::time::Duration;

use crate::db::metadata::IdRange;
use crate::db::{self, Write};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::host::interrupt::CancelToken;
use crate::index::{self, BulkIndexer, CompactionGoal, ContactTerms};
use crate::operations::context::list_scopes_of;
use crate::operations::maintenance::contact_scan::ContactScan;
use crate::operations::maintenance::substring_index;
use crate::operations::maintenance::task_runner::{BackgroundTask, run_for};
use crate::text::fold::FOLD_VERSION;

/// Takes all keys away, and all that the index of substrings has.
fn clear_indexes(db: &Write<'_>) -> Result<()> {
    index::reset_index(db)?;
    substring_index::restart_if_enabled(db)
}

/// Begins to key the book by this library's fold, unless that has been done by somebody else.
pub(crate) fn start_if_fold_changed(db: &Write<'_>) -> Result<()> {
    if db::metadata::read(db)?.fold_version == FOLD_VERSION {
        return Ok(());
    }
    clear_indexes(db)?;
    Ok(db::metadata::set_fold_version(db, FOLD_VERSION)?)
}

/// Gives up to `most` contacts their keys; true if there are none left.
pub(crate) fn run_batch(_: &Engine, db: &Write<'_>, most: i64) -> Result<bool> {
    let book = db::metadata::read(db)?;
    let mut gap = book.unindexed;
    // Keys of another fold are its library's business.
    if gap.is_empty() || book.fold_version != FOLD_VERSION {
        return Ok(true);
    }
    // The first slice is all that a small book needs; after it, segments must not gather.
    if gap.after > 0 && merge_segments(db)? {
        return Ok(false);
    }
    let mut contacts = ContactScan::starting_after(db, gap.after, most);
    let (mut keys, mut seen) = (BulkIndexer::new(db.tuning().index), 0_i64);
    while let Some(stored) = contacts.next_in_batch()?.filter(|stored| gap.contains(stored.id)) {
        seen = seen.saturating_add(1);
        gap.after = stored.id;
        let scopes = list_scopes_of(&stored, &db::entries::advisors_of(db, stored.id)?);
        db::sort_entries::refold(db, &stored)?;
        keys.add(stored.id, ContactTerms::analyze(&stored.contact), &scopes);
    }
    if seen < most {
        gap = IdRange::default();
    }
    // First the mark: what is beyond it gets no keys.
    db::metadata::set_unindexed(db, gap)?;
    keys.store(db)?;
    Ok(gap.is_empty())
}

/// Does a piece of what merging has to do, if it can; what is damaged stands in nobody's way.
fn merge_segments(db: &Write<'_>) -> Result<bool> {
    match index::run_compaction_step(db, CompactionGoal::FewSegments) {
        Err(Error::Damaged { .. }) => Ok(false),
        done => done,
    }
}

/// See [`Store::rebuild_index`](crate::Store::rebuild_index).
pub(crate) fn rebuild_index(engine: &Engine) -> Result<()> {
    let cancel = CancelToken::default();
    engine.write(&cancel, |db| {
        db::bitmap_index::rebuild(db)?;
        clear_indexes(db)
    })?;
    let merged = |_: &Engine, db: &Write<'_>, _| Ok(!merge_segments(db)?);
    let all: [BackgroundTask; 3] = [run_batch, substring_index::run_batch, merged];
    for work in all {
        run_for(Duration::MAX, || {
            engine.write(&cancel, |db| work(engine, db, db.tuning().operations.background_batch))
        })?;
    }
    Ok(())
}
