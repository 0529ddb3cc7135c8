//! Operations on the file: statistics, optimization, vacuum, pruning, backup.

use std::path::Path;

use crate::access::session::Session;

use crate::db::{self};
use crate::engine::{Engine, Snapshot};
use crate::error::{Error, Result};
use crate::host::interrupt::CancelToken;
use crate::host::maintenance_watch::MaintenanceStep;
use crate::index::{self, CompactionGoal};
use crate::model::Timestamp;
use crate::operations::maintenance::substring_index;

use crate::operations::maintenance::substring_index::SubstringIndexStatus;

use crate::operations::maintenance::contact_scan::CONTACT_BATCH;

/// Statistics of a store.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Stats {
    /// Contacts, without the trash.
    pub contacts: i64,
    /// Contacts in the trash.
    pub trashed: i64,
    /// Links between contacts and advisors.
    pub links: i64,
    /// Advisors.
    pub advisors: i64,
    /// Tenants.
    pub tenants: i64,
    /// Entries of the change log.
    pub changes: i64,
    /// Bytes of the file, without its log.
    pub bytes: i64,
    /// Segments of the search index.
    pub segments: usize,
    /// Search keys not yet in a segment.
    pub memtable_keys: usize,
    /// Contacts that have no search keys yet: see [`Store::maintain`](crate::Store::maintain).
    pub unindexed_contacts: i64,
    /// Bytes of the search index in segments.
    pub index_bytes: i64,
    /// Bytes of search blocks in memory.
    pub cached_bytes: usize,
    /// The status of the substring index.
    pub substring_index: SubstringIndexStatus,
    /// The locale of the list order; empty for the root order.
    pub locale: String,
    /// The locale to which the lists are being changed: see [`Store::maintain`](crate::Store::maintain).
    pub target_locale: Option<String>,
}

impl Engine {
    /// Runs the due compaction, each step in its own transaction.
    pub(crate) fn merge_segments(&self, cancel: &CancelToken, due: CompactionGoal) -> Result<()> {
        while self.write(cancel, |db| index::run_compaction_step(db, due))? {
            cancel.check()?;
        }
        Ok(())
    }

    /// Returns free pages to the file system, some in each transaction, and keeps a few.
    pub(crate) fn release_free_pages(&self, cancel: &CancelToken) -> Result<()> {
        let has_many = |snapshot: &mut Snapshot<'_>| Ok(db::space::has_many_free_pages(&snapshot.db)?);
        if !self.read(cancel, has_many)? {
            return Ok(());
        }
        while self.write(cancel, |db| Ok(db::space::release_pages(db)?))? {
            cancel.check()?;
        }
        Ok(())
    }
}

impl Session {
    /// Statistics of the store. The call counts every row, so do not use it in a loop. For the system.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::Error::Forbidden).
    pub fn stats(&self) -> Result<Stats> {
        self.read(|snapshot| {
            self.rights(&snapshot.db)?.require_system()?;
            snapshot.refresh()?;
            let counts = db::metadata::counts(&snapshot.db)?;
            let book = db::metadata::read(&snapshot.db)?;
            let (segments, delta) = snapshot.view.counts();
            Ok(Stats {
                contacts: counts.contacts,
                trashed: counts.trashed,
                links: counts.links,
                advisors: counts.advisors,
                tenants: counts.tenants,
                changes: counts.changes,
                bytes: counts.bytes,
                segments,
                memtable_keys: delta,
                unindexed_contacts: db::metadata::count_contacts_in(
                    &snapshot.db,
                    index::unindexed(&snapshot.db)?,
                )?,
                index_bytes: db::segment_parts::total_bytes(&snapshot.db)?,
                cached_bytes: self.engine.block_cache.bytes(),
                substring_index: SubstringIndexStatus::from_progress(db::substring::indexed_through(
                    &snapshot.db,
                )?),
                locale: book.locale,
                target_locale: book.next.map(|next| next.locale),
            })
        })
    }
}

/// See [`Store::optimize`](crate::Store::optimize).
pub(crate) fn optimize(engine: &Engine) -> Result<()> {
    let cancel = engine.watch().token();
    engine.write(&cancel, index::flush_memtable)?;
    let mut steps = 0_u64;
    while engine.write(&cancel, |db| index::run_compaction_step(db, CompactionGoal::OneSegment))? {
        cancel.check()?;
        steps = steps.saturating_add(1);
        engine.watch().report(MaintenanceStep::Optimize, steps, None);
    }
    engine.write(&cancel, substring_index::optimize_index)?;
    engine.release_free_pages(&cancel)
}

/// See [`Store::erase_deleted_data`](crate::Store::erase_deleted_data).
pub(crate) fn erase_deleted_data(engine: &Engine) -> Result<()> {
    if !engine.options.db.secure_delete {
        let problem = "what is deleted is overwritten only if this is on".to_owned();
        return Err(Error::BadOption { option: "secure_delete", reason: problem });
    }
    optimize(engine)?;
    engine.checkpoint()
}

/// See [`Store::vacuum`](crate::Store::vacuum).
pub(crate) fn vacuum(engine: &Engine) -> Result<()> {
    engine.vacuum()
}

/// See [`Store::prune_changes`](crate::Store::prune_changes).
pub(crate) fn prune_changes(engine: &Engine, before: Timestamp) -> Result<u64> {
    let (mut gone, cancel) = (0_u64, engine.watch().token());
    loop {
        let some = engine.write(&cancel, |db| Ok(db::changes::prune(db, before.0, CONTACT_BATCH)?))?;
        gone = gone.saturating_add(some);
        if some == 0 {
            return Ok(gone);
        }
    }
}

/// See [`Store::backup_to`](crate::Store::backup_to).
pub(crate) fn backup_to(engine: &Engine, dest: impl AsRef<Path>) -> Result<()> {
    engine.copy_to(dest.as_ref())
}
