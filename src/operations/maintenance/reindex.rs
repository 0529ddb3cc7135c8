//! Reindexing: builds all search keys again, for another fold version or for a damaged index.
//!
//! All keys are deleted first. Searches then read the rows of the contacts that have no keys. New contacts get keys as
//! usual. Each batch is a short transaction that indexes the next contacts in the order of local ids. The progress is
//! stored in the metadata row, so every opened store continues it, and every write runs a small batch.

use std::time::Duration;

use crate::db::metadata::IdRange;
use crate::db::{self, Write};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::host::maintenance_watch::MaintenanceStep;
use crate::index::{self, BulkIndexer, CompactionGoal, ContactTerms};
use crate::operations::context::list_scopes_of;
use crate::operations::maintenance::contact_scan::ContactScan;
use crate::operations::maintenance::substring_index;
use crate::operations::maintenance::task_runner::{BackgroundTask, run_for};
use crate::text::fold::FOLD_VERSION;

/// Deletes all search keys and the contents of the substring index.
fn clear_indexes(db: &Write<'_>) -> Result<()> {
    index::reset_index(db)?;
    substring_index::restart_if_enabled(db)
}

/// Starts reindexing for this library's fold version, unless another process has started it.
pub(crate) fn start_if_fold_changed(db: &Write<'_>) -> Result<()> {
    if db::metadata::read(db)?.fold_version == FOLD_VERSION {
        return Ok(());
    }
    clear_indexes(db)?;
    Ok(db::metadata::set_fold_version(db, FOLD_VERSION)?)
}

/// Indexes up to `most` contacts; true if nothing is left.
pub(crate) fn run_batch(_: &Engine, db: &Write<'_>, most: i64) -> Result<bool> {
    let book = db::metadata::read(db)?;
    let mut gap = book.unindexed;
    // Keys of another fold version are built by that version of the library.
    if gap.is_empty() || book.fold_version != FOLD_VERSION {
        return Ok(true);
    }
    // A small store needs one batch only. After the first batch, compaction must keep the number of segments low.
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
    // The progress is stored first: contacts after it get no keys from their own writes.
    db::metadata::set_unindexed(db, gap)?;
    keys.store(db)?;
    Ok(gap.is_empty())
}

/// Runs a compaction step, if one is due. A damaged segment does not stop reindexing.
fn merge_segments(db: &Write<'_>) -> Result<bool> {
    match index::run_compaction_step(db, CompactionGoal::FewSegments) {
        Err(Error::Damaged { .. }) => Ok(false),
        done => done,
    }
}

/// See [`Store::rebuild_index`](crate::Store::rebuild_index).
pub(crate) fn rebuild_index(engine: &Engine) -> Result<()> {
    let cancel = engine.watch().token();
    engine.write(&cancel, |db| {
        db::bitmap_index::rebuild(db)?;
        clear_indexes(db)
    })?;
    let merged = |_: &Engine, db: &Write<'_>, _| Ok(!merge_segments(db)?);
    let all: [BackgroundTask; 3] = [run_batch, substring_index::run_batch, merged];
    for work in all {
        run_for(Duration::MAX, || {
            let (done, after) = engine.write(&cancel, |db| {
                let done = work(engine, db, db.tuning().operations.background_batch)?;
                Ok((done, db::metadata::read(db)?.unindexed.after))
            })?;
            // Local ids begin at 1 and have few gaps, so they count contacts well enough.
            let indexed = u64::try_from(after).unwrap_or_default();
            engine.watch().report(MaintenanceStep::Reindex, indexed, None);
            Ok(done)
        })?;
    }
    Ok(())
}
