//! Recovers the readable data of a damaged store into a new one.

use std::fs;
use std::path::{Path, PathBuf};

use crate::db::connection::config::{Config, StoreLocation};
use crate::db::recovery::{self, DamagedFile, InsertOutcome, ParentKind, RecoveredRow, TableSpec};
use crate::db::{self, Write};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::host::maintenance_watch::MaintenanceStep;
use crate::model::ContactId;
use crate::operations::contact::draft::unique_keys;
use crate::operations::context::list_scopes_of;
use crate::operations::list::list_counts::ListCounts;
use crate::operations::list::list_orders::{ListOrders, sort_key};
use crate::operations::maintenance::check::check;
use crate::operations::maintenance::contact_scan::CONTACT_BATCH;
use crate::operations::maintenance::open::open;
use crate::operations::maintenance::reindex::rebuild_index;
use crate::options::Options;

/// The largest number of ids of one kind in a report.
const MAX_REPORTED_IDS: usize = 1_000;

/// The result of a recovery: what was copied and what was lost.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RecoveryReport {
    /// Contacts in the new store, including the trash and absorbed contacts.
    pub contacts: u64,
    /// Contacts that could not be read, as far as the file still shows that they existed.
    pub lost: u64,
    /// The first thousand of them.
    pub lost_contacts: Vec<ContactId>,
    /// Recovered contacts whose data changed: a bit is wrong, or a record of the contact was lost.
    pub damaged: u64,
    /// The first thousand of them.
    pub damaged_contacts: Vec<ContactId>,
    /// Tenants, networks and advisors that could not be read. They get a placeholder name, because contacts refer to
    /// them.
    pub placeholders: u64,
    /// The copied rows, table by table.
    pub tables: Vec<RecoveredTable>,
}

/// The copied rows of one table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RecoveredTable {
    /// Its name in `schema.sql`.
    pub table: String,
    /// Rows that were copied.
    pub rows: u64,
    /// Rows that were read but rejected: they are invalid, or they refer to a lost row.
    pub rejected: u64,
    /// Whether the table could be read to its end. Otherwise rows may be missing.
    pub complete: bool,
}

impl RecoveryReport {
    /// Whether all rows were read and are unchanged.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let tables = self.tables.iter().all(|table| table.complete && table.rejected == 0);
        tables && self.lost == 0 && self.damaged == 0 && self.placeholders == 0
    }
}

/// See [`Options::recover`](crate::Options::recover).
pub(crate) fn recover(options: Options, broken: &Path, new: &Path) -> Result<RecoveryReport> {
    options.check()?;
    match fs::metadata(broken) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::NoBook { path: broken.to_owned() });
        }
        Ok(found) if found.is_file() => {}
        Err(error) => return Err(error.into()),
        Ok(_) => return Err(Error::NotABook { path: broken.to_owned() }),
    }
    if new.symlink_metadata().is_ok() {
        return Err(Error::Io(std::io::ErrorKind::AlreadyExists.into()));
    }
    let files = [db::partial_path(new)?, db::partial_path(new)?, db::partial_path(new)?];
    let done = recover_with_files(options, broken, &files)
        .and_then(|report| Ok((db::rename_into_place(&files[2], new, Some(broken))?, report).1));
    for file in &files {
        db::remove_partial(file);
    }
    done
}

/// Copies bytes only. The original must not be written, and the copy must not be readable for other users.
fn copy_file(from: &Path, to: &Path) -> std::io::Result<()> {
    std::io::copy(&mut fs::File::open(from)?, &mut db::create_private(to)?).map(|_| ())
}

/// Copies the damaged file to the first path, creates an empty store for comparison at the second, and the new store at
/// the third.
fn recover_with_files(
    options: Options,
    broken: &Path,
    [copy, fresh, made]: &[PathBuf; 3],
) -> Result<RecoveryReport> {
    copy_file(broken, copy)?;
    let log = |path: &Path| {
        let mut name = path.as_os_str().to_owned();
        name.push("-wal");
        PathBuf::from(name)
    };
    if log(broken).is_file() {
        copy_file(&log(broken), &log(copy))?;
    }
    let options = Options { db: Config { read_only: false, create: true, ..options.db }, ..options };
    drop(open(StoreLocation::File(fresh.clone()), options.clone())?);
    let damaged_file = DamagedFile::open(copy, fresh, &options.db)?;
    let identity = damaged_file.identity();
    let locale = options.locale.clone().or_else(|| identity.as_ref().map(|book| book.locale.clone()));
    // An invalid locale is damage too.
    let known = |locale: &String| locale.is_empty() || crate::text::collate::Collator::new(locale).is_ok();
    let locale = locale.filter(known).filter(|locale| !locale.is_empty());
    let engine = open(StoreLocation::File(made.clone()), Options { locale, ..options })?;
    let engine = &engine;
    let report = engine.write(&engine.watch().token(), |db| {
        let mut fill = RecoveryWriter {
            engine,
            db,
            damaged_file: &damaged_file,
            report: RecoveryReport::default(),
            merged: Vec::new(),
            altered: Vec::new(),
        };
        fill.copy_tables()?;
        fill.rebuild_derived()?;
        if let Some(identity) = &identity {
            recovery::restore_identity(db, identity)?;
        }
        fill.restart_change_log()?;
        fill.into_report()
    })?;
    rebuild_index(engine)?;
    if !check(engine)?.is_ok() {
        return Err(Error::Damaged { what: "the recovered store failed its check", source: None });
    }
    engine.checkpoint()?;
    Ok(report)
}

/// The writer of the new store.
struct RecoveryWriter<'a> {
    engine: &'a Engine,
    db: &'a Write<'a>,
    damaged_file: &'a DamagedFile,
    report: RecoveryReport,
    /// Local ids of merged contacts and of their survivors. They are set when all contacts are copied.
    merged: Vec<(i64, i64)>,
    /// Local ids of contacts whose data changed.
    altered: Vec<i64>,
}

impl RecoveryWriter<'_> {
    fn copied_rows(&self) -> u64 {
        self.report.tables.iter().map(|table| table.rows).sum()
    }

    fn copy_tables(&mut self) -> Result<()> {
        let sequences = self.damaged_file.sequences();
        recovery::delete_default_tenant(self.db)?;
        let mut contacts = 0;
        for table in recovery::TABLES {
            let given_out =
                sequences.iter().find(|(name, _)| name == table.name).map_or(0, |(_, last)| *last);
            let mut table_report =
                RecoveredTable { table: table.name.to_owned(), rows: 0, rejected: 0, complete: false };
            let damaged_file = self.damaged_file;
            self.engine.watch().report(MaintenanceStep::Recover, self.copied_rows(), None);
            table_report.complete = damaged_file.rows(table, given_out.max(contacts), |row| {
                let count = match self.copy_row(table, row)? {
                    InsertOutcome::Inserted => &mut table_report.rows,
                    InsertOutcome::Rejected => &mut table_report.rejected,
                    InsertOutcome::Duplicate => return Ok(()),
                };
                *count = count.saturating_add(1);
                Ok(())
            })?;
            if table.name == "contact" {
                self.report.contacts = table_report.rows;
                contacts = db::contact::last_id(self.db)?;
            }
            self.report.tables.push(table_report);
        }
        if self.report.tables.iter().all(|table| table.rows == 0) {
            return Err(Error::Damaged { what: "nothing can be read of the book", source: None });
        }
        // A store has at least one tenant.
        if self.report.tables.iter().all(|table| table.table != "tenant" || table.rows == 0) {
            self.create_missing_parent(ParentKind::Tenant, 1)?;
        }
        for (table, last) in sequences {
            recovery::raise_sequence(self.db, &table, last)?;
        }
        Ok(())
    }

    /// If anything is lost or changed, the change log is no longer complete, so it is emptied. One sequence number is
    /// skipped, so that every subscriber gets an error and reads everything again, even one that has read the whole
    /// log.
    fn restart_change_log(&self) -> Result<()> {
        let lost = |table: &RecoveredTable| !table.complete || table.rejected > 0;
        if self.altered.is_empty() && !self.report.tables.iter().any(lost) {
            return Ok(());
        }
        let given_out = self.damaged_file.sequences().into_iter().find(|(name, _)| name == "change");
        let last = db::changes::last(self.db)?.max(given_out.map_or(0, |(_, last)| last)).saturating_add(1);
        recovery::raise_sequence(self.db, "change", last)?;
        db::changes::delete_through(self.db, last)?;
        Ok(())
    }

    /// Copies a row, and creates placeholders for missing rows that it refers to.
    fn copy_row(&mut self, table: &TableSpec, mut row: RecoveredRow) -> Result<InsertOutcome> {
        for (kind, column) in [
            (ParentKind::Tenant, "tenant"),
            (ParentKind::Network, "network"),
            (ParentKind::Advisor, "advisor"),
        ] {
            // A contact without tenant is shared. Of the records of advisors, only a link creates a placeholder.
            let is_selected = match kind {
                ParentKind::Tenant => table.name != "change" && table.name != "event",
                ParentKind::Network => table.name == "contact",
                ParentKind::Advisor => table.name == "link",
            };
            if let Some(id) = row.integer(table, column).filter(|_| is_selected) {
                self.create_missing_parent(kind, id)?;
            }
        }
        let contact = match table.name {
            "contact" => row.integer(table, "id"),
            _ => row.integer(table, "contact"),
        };
        let mut as_written = row.checksum_matches;
        if table.name == "contact" {
            let (survivor, changed) = recovery::repair_contact(self.db, table, &mut row)?;
            as_written &= !changed;
            self.merged.extend(contact.zip(survivor));
        }
        let done = recovery::insert(self.db, table, &mut row)?;
        if done == InsertOutcome::Inserted && !as_written {
            self.altered.extend(contact);
        }
        Ok(done)
    }

    fn create_missing_parent(&mut self, kind: ParentKind, id: i64) -> Result<()> {
        let made = recovery::ensure_parent(self.db, kind, id)?;
        self.report.placeholders = self.report.placeholders.saturating_add(u64::from(made));
        Ok(())
    }

    /// Rebuilds the derived data of contacts: list entries, look-up tables and unique values.
    fn rebuild_derived(&mut self) -> Result<()> {
        let db = self.db;
        let mut lost_survivors = Vec::new();
        for (id, survivor) in std::mem::take(&mut self.merged) {
            if !recovery::set_merged_into(db, id, survivor)? {
                lost_survivors.push(id);
            }
        }
        self.altered.extend(lost_survivors);
        let list_orders = ListOrders::for_writing(self.engine, db)?;
        let mut after = 0;
        loop {
            let slice = db::contact::batch_after(db, after, CONTACT_BATCH)?;
            let Some(last) = slice.last() else { break };
            after = last.id;
            self.rebuild_derived_batch(&list_orders, &slice)?;
        }
        Ok(recovery::recompute_derived(db)?)
    }

    fn rebuild_derived_batch(
        &mut self,
        list_orders: &ListOrders,
        slice: &[db::contact::StoredContact],
    ) -> Result<()> {
        let db = self.db;
        let (mut sorted, mut entries) = (Vec::new(), Vec::new());
        for stored in slice {
            let key = sort_key(&list_orders.collator, &stored.contact);
            let place = list_orders.target_sort_keys(key, &stored.contact, stored.id);
            db::contact::set_sort_keys(db, stored.id, &place)?;
            sorted.extend(db::sort_entries::rebuild_entries(db, stored)?);
            db::contact_methods::insert(db, stored.id, &stored.contact)?;
            if stored.contact.trashed_at.is_none() {
                self.claim_unique_keys(stored)?;
            }
            let scopes = list_scopes_of(stored, &db::entries::advisors_of(db, stored.id)?);
            for (generation, key) in place.keys() {
                entries.extend(
                    scopes.iter().map(|scope| (scope.in_generation(generation), key.to_vec(), stored.id)),
                );
            }
        }
        db::sort_entries::insert_entries(db, sorted)?;
        let mut counts = ListCounts::default();
        counts.insert_sorted(db, entries)?;
        counts.flush(db, list_orders)
    }

    /// A value that another contact already has stays with that contact.
    fn claim_unique_keys(&mut self, stored: &db::contact::StoredContact) -> Result<()> {
        let (_, policy) = db::directory::network(self.db, &stored.contact.network)?;
        for key in unique_keys(stored, &policy, stored.network, stored.group) {
            if db::unique_values::holder(self.db, stored.tenant.unwrap_or(0), &key)?.is_some() {
                self.altered.push(stored.id);
            } else {
                db::unique_values::claim(self.db, stored.tenant, stored.id, &[key])?;
            }
        }
        Ok(())
    }

    /// Determines the lost and the changed contacts.
    fn into_report(mut self) -> Result<RecoveryReport> {
        let report = &mut self.report;
        let known = self.damaged_file.listed_contacts();
        // The id of a lost contact is not given to another one.
        if let Some(last) = known.last() {
            recovery::raise_sequence(self.db, "contact", last.0)?;
        }
        self.altered.sort_unstable();
        self.altered.dedup();
        report.damaged = u64::try_from(self.altered.len()).unwrap_or(u64::MAX);
        for id in self.altered.into_iter().take(MAX_REPORTED_IDS) {
            report.damaged_contacts.extend(db::contact::one(self.db, id)?.map(|stored| stored.contact.id));
        }
        for id in known {
            if !db::contact::exists(self.db, id)? {
                report.lost = report.lost.saturating_add(1);
                if report.lost_contacts.len() < MAX_REPORTED_IDS {
                    report.lost_contacts.push(id);
                }
            }
        }
        Ok(self.report)
    }
}

#[cfg(test)]
mod tests {
    use super::{RecoveredTable, RecoveryReport};

    #[test]
    fn any_loss_makes_the_report_incomplete() {
        let table = |refused, whole| RecoveredTable {
            table: "contact".to_owned(),
            rows: 1,
            rejected: refused,
            complete: whole,
        };
        let whole =
            RecoveryReport { contacts: 1, tables: vec![table(0, true); 2], ..RecoveryReport::default() };
        assert!(whole.is_complete());
        let with = |table| RecoveryReport { tables: vec![table, whole.tables[0].clone()], ..whole.clone() };
        for not in [
            RecoveryReport { lost: 1, ..whole.clone() },
            RecoveryReport { damaged: 1, ..whole.clone() },
            RecoveryReport { placeholders: 1, ..whole.clone() },
            with(table(1, true)),
            with(table(0, false)),
        ] {
            assert!(!not.is_complete(), "{not:?}");
        }
    }
}
