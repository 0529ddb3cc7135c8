//! Reindexing: builds all search keys again, for another fold version or for a damaged index.
//!
//! All keys are deleted first. Searches then read the rows of the contacts that have no keys. New contacts get keys as
//! usual. Each batch is a short transaction that indexes the next contacts in the order of local ids. The progress is
//! stored in the metadata row, so every opened store continues it, and every write runs a small batch.

use std::time::Duration;

use crate::db::contact::StoredContact;
use crate::db::metadata::IdRange;
use crate::db::{self, Write};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::host::maintenance_watch::MaintenanceStep;
use crate::index::{self, BulkIndexer, CompactionGoal, ContactTerms};
use crate::operations::context::list_scopes_of;
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
    let mut contacts = db::contact::batch_after(db, gap.after, most)?;
    contacts.retain(|stored| gap.contains(stored.id));
    let mut keys = BulkIndexer::new(db.tuning().index);
    for (stored, terms) in contacts.iter().zip(analyze_all(&contacts)?) {
        gap.after = stored.id;
        let scopes = list_scopes_of(stored, &db::entries::advisors_of(db, stored.id)?);
        db::sort_entries::refold(db, stored)?;
        keys.add(stored.id, terms, &scopes);
    }
    if i64::try_from(contacts.len()).is_ok_and(|read| read < most) {
        gap = IdRange::default();
    }
    // The progress is stored first: contacts after it get no keys from their own writes.
    db::metadata::set_unindexed(db, gap)?;
    keys.build()?.store(db)?;
    Ok(gap.is_empty())
}

/// The terms of contacts. Two threads make those of many contacts.
fn analyze_all(contacts: &[StoredContact]) -> Result<Vec<ContactTerms>> {
    let analyze = |part: &[StoredContact]| -> Vec<ContactTerms> {
        part.iter().map(|stored| ContactTerms::analyze(&stored.contact)).collect()
    };
    let middle = if contacts.len() < CONTACTS_PER_THREAD { 0 } else { contacts.len() / 2 };
    let Some((left, right)) = contacts.split_at_checked(middle).filter(|(left, _)| !left.is_empty()) else {
        return Ok(analyze(contacts));
    };
    std::thread::scope(|scope| {
        let left = scope.spawn(|| analyze(left));
        let right = analyze(right);
        let mut terms =
            left.join().map_err(|_| Error::Storage("a thread of reindexing has panicked".into()))?;
        terms.extend(right);
        Ok(terms)
    })
}

/// The number of contacts from which a second thread saves time.
const CONTACTS_PER_THREAD: usize = 200;

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
    let sizes = engine.tuning().operations;
    let all: [(BackgroundTask, i64); 3] = [
        (run_batch, sizes.reindex_batch),
        (substring_index::run_batch, sizes.background_batch),
        (merged, sizes.background_batch),
    ];
    for (work, most) in all {
        run_for(Duration::MAX, || {
            let (done, after) = engine.write(&cancel, |db| {
                let done = work(engine, db, most)?;
                let after = db::metadata::read(db)?.unindexed.after;
                Ok((done, if done { db::contact::last_id(db)? } else { after }))
            })?;
            // Local ids begin at 1 and have few gaps, so they count contacts well enough.
            let indexed = u64::try_from(after).unwrap_or_default();
            engine.watch().report(MaintenanceStep::Reindex, indexed, None);
            Ok(done)
        })?;
    }
    engine.release_free_pages(&cancel)
}
